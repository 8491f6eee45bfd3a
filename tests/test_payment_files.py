"""A list of payments from the bank or BPJS: previewed, then written down whole; twice changes nothing."""

import io
from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrolment import payment_files
from enrolment.actions import identity
from enrolment.actions import payment_files as files
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, Stage, State
from enrolment.models import ParticipationEntry
from outreach.models import AuditEntry
from tests import factories
from tests.paying import CODE, KPJ, accepted, at_stage, now, paid, today, waiting, write
from tests.reviewing import NIK, WHO

pytestmark = pytest.mark.usefixtures("in_english")
PAGE = reverse("admin:enrolment_registration_payments")
HEAD = "NIK;Nomor bukti;Kode iuran;Nomor peserta (KPJ);Tanggal bayar;Bulan;Keterangan"
STRANGER = "3172011204880099"


def csv(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *lines)).encode()


def line(nik: str = NIK, *, reference="", code="", number="", on=None, months="", note="x") -> str:
    day = f"{on:%d-%m-%Y}" if on else ""
    return ";".join((nik, reference, code, number, day, months, note))


def previewed(cast, *lines: str, by=None) -> list[tuple]:
    found = files.preview(payment_files.read(csv(*lines), name="daftar.csv"), by=by or cast.reviewer)
    return [(one.number, one.outcome, one.said) for one in found]


def applied(cast, *lines: str) -> list[tuple]:
    found = files.apply(payment_files.read(csv(*lines), name="daftar.csv"), by=cast.reviewer)
    return [(one.number, one.outcome, one.said) for one in found]


# --- Reading


def test_headings_are_known_in_any_order_and_others_passed_by():
    head = "BULAN,Keterangan,tgl_bayar,No. Bukti"
    (row,) = payment_files.read(
        f"{head}\n3,lunas,20-11-2026,7K4-2Q9-3".replace("7K4-2Q9-3", _reference()).encode(), name=""
    )
    assert (row.number, row.months, row.on.isoformat(), row.reference) == (
        2, 3, "2026-11-20", _reference().replace("-", ""),
    )  # fmt: skip


def _reference() -> str:
    from enrolment import references  # a valid one, whatever it is

    body = "7K42Q9"
    return references.grouped(body + references.check_symbol(body))


def faults(content: bytes) -> list[str]:
    with pytest.raises(payment_files.Refused) as raised:
        payment_files.read(content, name="daftar.csv")
    return list(raised.value.sentences)


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ("Nama;Kode iuran", "Row 1 names no column NIK and no column Nomor bukti. Add one of them."),
        (
            "NIK;Nama",
            "Row 1 names no column Kode iuran, Nomor peserta or Tanggal bayar. Add what the list says.",
        ),
        ("NIK;Tanggal bayar", "Row 1 needs both Tanggal bayar and Bulan for a payment."),
        ("NIK;Kode iuran;nik", "The header names a column twice. Each column may stand once."),
    ],
)
def test_a_header_that_says_too_little_is_refused(head, sentence):
    assert faults(csv("1", head=head)) == [sentence]


def test_every_wrong_row_is_named_by_number_and_sentence_without_an_identity():
    found = faults(
        csv(
            line(on=today(), months="1"),
            line(nik="317201120488007", on=today(), months="1"),
            line(code="123"),
            line(on=today()),
            line(number=NIK),
            line(nik="", code=CODE),
            line(),
            line(reference="XXX", code=CODE),
        )
    )
    assert [sentence.partition(":")[0] for sentence in found] == [f"Row {row}" for row in range(3, 10)]
    assert found[1] == "Row 4: A payment code has 12 digits. Here are 3."
    assert found[3] == "Row 6: 16 digits are a NIK. Copy the number that BPJS has issued."
    assert all(NIK not in sentence and CODE not in sentence for sentence in found)


def test_a_day_ahead_refuses_the_file():
    assert faults(csv(line(on=today() + timedelta(days=1), months="1"))) == [
        "Row 2: This day lies ahead. Write down what has happened."
    ]


def test_a_file_without_rows_is_refused():
    assert faults(csv()) == ["This file has a header and no rows. Check that you chose the right one."]


def test_an_xlsx_is_read_with_its_dates(cast):
    book = openpyxl.Workbook()
    book.active.append(["NIK", "Tanggal bayar", "Bulan", "Nomor peserta"])
    book.active.append([NIK, today(), 3, KPJ])
    content = io.BytesIO()
    book.save(content)
    (row,) = payment_files.read(content.getvalue(), name="daftar.xlsx")
    assert (row.nik, row.on, row.months, row.participant_number) == (NIK, today(), 3, KPJ)


# --- Matching


def test_rows_are_matched_by_nik_or_reference_and_strangers_counted(cast):
    mine, other = accepted(cast, **WHO), accepted(cast)
    found = previewed(
        cast,
        line(on=today(), months="3", number=KPJ),
        line(nik="", reference=other.registration.reference, code=CODE),
        line(nik=STRANGER, on=today(), months="1"),
    )
    assert found == [(2, "new", ("paid", "number")), (3, "new", ("code",)), (4, "stranger", ())]
    assert not ParticipationEntry.objects.exists()
    assert now(mine).stage == Stage.ACCEPTED


def test_what_was_previewed_is_written_down_in_one_go_and_the_second_time_nothing(cast):
    mine, unaccepted = accepted(cast, **WHO), waiting(cast)
    lines = (
        line(on=today(), months="3", number=KPJ),
        line(nik="", reference=unaccepted.registration.reference, on=today(), months="1"),
        line(nik=STRANGER, on=today(), months="1"),
    )
    assert previewed(cast, *lines) == applied(cast, *lines) == [
        (2, "new", ("paid", "number")), (3, "new", ("paid",)), (4, "stranger", ()),
    ]  # fmt: skip
    assert [now(one).stage for one in (mine, unaccepted)] == [Stage.PAID, Stage.PAID]
    assert AuditEntry.objects.get(action="participation.file").count == 2
    assert set(ParticipationEntry.objects.values_list("from_file", flat=True)) == {True}
    again = applied(cast, *lines)
    assert [outcome for _row, outcome, _said in again] == ["same", "same", "stranger"]
    assert ParticipationEntry.objects.count() == 3
    assert AuditEntry.objects.filter(action="participation.file").count() == 1


def test_two_payments_of_one_worker_are_the_first_and_a_later_one_in_any_order(cast):
    row = accepted(cast, days=5, **WHO)
    assert applied(cast, line(on=today(), months="1"), line(on=today() - timedelta(days=3), months="3")) == [
        (2, "new", ("later",)),
        (3, "new", ("paid",)),
    ]
    assert now(row).paid_on == today() - timedelta(days=3)


def test_what_says_something_else_is_left_and_nothing_of_that_row_written(cast):
    row = accepted(cast, days=5, **WHO)
    write(cast, row, Said(EntryKind.PAID, on=today(), months=3))
    assert applied(cast, line(on=today(), months="6", number=KPJ)) == [(2, "left", ())]
    assert (now(row).participant_number, ParticipationEntry.objects.count()) == (None, 1)


def test_of_two_rows_of_one_worker_the_one_that_is_left_takes_nothing_of_the_other_along(cast):
    """Who paid is put back too, or the other row could not be stored."""
    row = accepted(cast, days=5, **WHO)
    write(cast, row, Said(EntryKind.CODE, number=CODE))
    found = applied(cast, line(number=KPJ), line(on=today(), months="3", code=CODE[::-1]))
    assert found == [(2, "new", ("number",)), (3, "left", ())]
    assert (now(row).participant_number is None, now(row).paid_on, now(row).paid_by) == (False, None, None)


@pytest.mark.parametrize("how", ["in_batch", "lapsed", "too_early"])
def test_who_can_take_no_payment_is_left_with_a_sentence(cast, how):
    row = waiting(cast, **WHO)
    if how == "in_batch":
        at_stage(row, Stage.IN_BATCH, by=cast.reviewer)
    elif how == "lapsed":
        factories.decisions.move(by=None, registration=row.registration, target=State.LAPSED, reason="Uji.")
    on = today() - timedelta(days=9 if how == "too_early" else 0)
    (found,) = files.apply(payment_files.read(csv(line(on=on, months="1")), name=""), by=cast.reviewer)
    assert (found.outcome, bool(found.sentence), NIK in found.sentence) == ("left", True, False)
    assert not ParticipationEntry.objects.exists()


def test_a_nik_and_a_reference_of_two_registrations_are_left(cast):
    accepted(cast, **WHO)
    other = accepted(cast)
    for nik in (NIK, STRANGER):
        reference = other.registration.reference
        assert applied(cast, line(nik=nik, reference=reference, on=today(), months="1")) == [(2, "left", ())]


def test_who_is_approved_elsewhere_is_a_stranger(cast):
    accepted(cast, **WHO)
    assert previewed(cast, line(on=today(), months="1"), by=cast.strange_reviewer) == [(2, "stranger", ())]


def test_who_was_never_approved_is_a_stranger(cast):
    factories.submitted(by=cast.officer, **WHO)
    assert previewed(cast, line(on=today(), months="1")) == [(2, "stranger", ())]


def test_matching_costs_the_same_for_one_row_and_for_three(cast, django_assert_num_queries):
    rows = [accepted(cast) for _ in range(3)]
    lines = [line(nik="", reference=row.registration.reference, on=today(), months="1") for row in rows]
    for some in (lines[:1], lines):
        parsed = payment_files.read(csv(*some), name="")
        with django_assert_num_queries(3):
            files.preview(parsed, by=cast.reviewer)


# --- Asking after identities


def test_asking_after_niks_is_on_record_with_its_count(cast):
    previewed(cast, line(on=today(), months="1"), line(nik=STRANGER, on=today(), months="1"))
    asked = AuditEntry.objects.get(action="identity.check")
    assert (asked.purpose, asked.count, asked.actor) == ("payment list", 2, cast.reviewer)
    applied(cast, line(on=today(), months="1"))
    assert list(AuditEntry.objects.filter(action="identity.check").values_list("count", flat=True)) == [2, 1]


def test_asking_after_participant_numbers_counts_too(cast):
    reference = accepted(cast).registration.reference
    previewed(cast, line(nik="", reference=reference, number=KPJ), line(nik=STRANGER, number=KPJ))
    assert AuditEntry.objects.get(action="identity.check").count == 3  # two numbers and a NIK


def test_after_too_many_niks_nothing_is_told(cast, login, monkeypatch):
    monkeypatch.setattr(identity, "LIMIT_OF_FILES", 1)
    accepted(cast, **WHO)
    answer = upload(login(cast.reviewer), csv(line(on=today(), months="1"), line(nik=STRANGER, code=CODE)))
    assert answer.status_code == 409
    assert "Wait ten minutes" in answer.text


# --- The page


def upload(client, content: bytes, name: str = "daftar.csv"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def test_a_list_is_previewed_confirmed_and_confirmed_again(cast, login):
    row, client = accepted(cast, **WHO), login(cast.reviewer)
    page = upload(client, csv(line(on=today(), months="3"), line(nik=STRANGER, on=today(), months="1")))
    assert "1 row to write down, 0 known already, 0 left, 1 of nobody approved here." in page.text
    assert NIK not in page.text
    assert now(row).stage == Stage.ACCEPTED
    word = page.context["word"]
    done = client.post(PAGE, {"act": "confirm", "word": word})
    assert (done.status_code, now(row).stage) == (200, Stage.PAID)
    again = client.post(PAGE, {"act": "confirm", "word": word})
    assert "0 rows written down, 1 known already" in again.text
    assert ParticipationEntry.objects.count() == 1


def test_wrong_rows_refuse_the_whole_file_and_the_summary_counts_and_names_each(cast, login):
    row = accepted(cast, **WHO)
    content = csv(line(on=today(), months="3"), line(code="12"), line(number=NIK))
    answer = upload(login(cast.reviewer), content)
    assert answer.status_code == 422
    assert "2 things to correct" in answer.text
    assert answer.context["form"].errors["file"] == [
        "Row 3: A payment code has 12 digits. Here are 2.",
        "Row 4: 16 digits are a NIK. Copy the number that BPJS has issued.",
    ]
    assert now(row).stage == Stage.ACCEPTED


def test_a_word_that_is_not_theirs_confirms_nothing(cast, login):
    accepted(cast, **WHO)
    page = upload(login(cast.reviewer), csv(line(on=today(), months="3")))
    for client, word in (
        (login(cast.other_reviewer), page.context["word"]),
        (login(cast.reviewer), "falsch"),
    ):
        assert client.post(PAGE, {"act": "confirm", "word": word}).status_code == 409
    assert not ParticipationEntry.objects.exists()


def test_what_is_kept_between_is_sealed(cast, login):
    word = upload(login(cast.reviewer), csv(line(on=today(), months="3"))).context["word"]
    kept = cache.get(f"payment-file-{cast.reviewer.pk}")
    assert (kept[0], NIK in str(kept), b64encode(NIK.encode())[:12] in bytes(kept[1])) == (word, False, False)


def test_a_payment_typed_meanwhile_is_known_when_the_list_is_confirmed(cast, login):
    row, client = accepted(cast, **WHO), login(cast.reviewer)
    word = upload(client, csv(line(on=today(), months="3"))).context["word"]
    write(cast, row, Said(EntryKind.PAID, on=today(), months=3), entry_id=uuid4())
    assert "1 known already" in client.post(PAGE, {"act": "confirm", "word": word}).text
    assert ParticipationEntry.objects.count() == 1


def test_a_list_with_a_payment_that_was_corrected_since_writes_it_down_no_more(cast):
    """The same list again changes nothing, also where a correction has given its payment another day."""
    row = paid(cast, days=20, on=today() - timedelta(days=20), **WHO)
    on = today() - timedelta(days=9)
    assert applied(cast, line(on=on, months="3")) == [(2, "new", ("later",))]
    right = Said(
        EntryKind.LATER, on=on - timedelta(days=1), months=3, replaces=row.entries.get(kind="later").pk
    )
    write(cast, row, right, reason="Salah hari di daftar.")
    assert applied(cast, line(on=on, months="3")) == [(2, "left", ())]
    assert applied(cast, line(on=right.on, months="3")) == [(2, "same", ())]
    assert applied(cast, line(on=right.on, months="6")) == [(2, "left", ())]
    write(cast, row, Said(EntryKind.PAID, on=today() - timedelta(days=15), months=1), reason="Salah hari.")
    assert applied(cast, line(on=today() - timedelta(days=20), months="1")) == [(2, "left", ())]
    write(cast, row, Said(EntryKind.PAID, on=today() - timedelta(days=18), months=1), reason="Salah hari.")
    assert applied(cast, line(on=today() - timedelta(days=15), months="1")) == [(2, "left", ())]
    assert ParticipationEntry.objects.count() == 5
