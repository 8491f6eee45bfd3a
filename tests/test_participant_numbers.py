"""One participant number for two workers is a typing error: whoever writes it down is told, and may say it is right."""

from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.actions import decisions, identity, payment_files, payments, read_back
from enrolment.actions.participant_numbers import held
from enrolment.actions.payment_files import Row
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, State
from enrolment.collective import DEFAULT_ANSWER
from enrolment.entry import number_index
from enrolment.exports import collective
from enrolment.models import Participation
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories, handing
from tests.paying import CODE, KPJ, accepted, now, paid, url, write
from tests.reviewing import WHO

pytestmark = pytest.mark.usefixtures("in_english")
OTHER = "29061234567"
NUMBER = Said(EntryKind.NUMBER, number=KPJ)
ANOTHER_BRANCH = (
    "A worker of another branch has this participant number already. Compare it with the list of BPJS."
)


def with_number(cast, number: str = KPJ, **changes) -> Participation:
    row = accepted(cast, **changes)
    write(cast, row, Said(EntryKind.NUMBER, number=number))
    return now(row)


def move_away(cast, row: Participation) -> None:
    """Put into another branch by hand."""
    Participation.objects.filter(pk=row.pk).update(branch=cast.other_branch)


def of(row: Participation) -> str:
    return f"{row.registration} has this participant number already. Compare both with the list of BPJS."


def refused(cast, row, said: Said = NUMBER, **more) -> tuple[str, str]:
    with pytest.raises(ActionRefused) as raised:
        write(cast, row, said, **more)
    return raised.value.code, str(raised.value)


def test_a_number_of_another_worker_is_refused_with_their_receipt_number(cast):
    first, second = with_number(cast), accepted(cast)
    assert refused(cast, second) == ("number_held", of(first))
    assert (now(second).number_index, second.entries.count()) == (None, 0)


def test_a_worker_of_another_branch_is_not_named(cast):
    first, second = with_number(cast), accepted(cast)
    move_away(cast, first)
    assert refused(cast, second) == ("number_held", ANOTHER_BRANCH)


def test_the_same_nik_comes_back_with_its_number(cast):
    first = paid(cast, **WHO)
    write(cast, first, NUMBER)
    decisions.move(by=None, registration=first.registration, target=State.LAPSED, reason="Uji.")
    again = accepted(cast, **WHO)
    assert write(cast, again, NUMBER).is_new
    assert len(held([number_index(KPJ)])[number_index(KPJ)]) == 2


def test_a_number_that_was_corrected_is_nobody_s_any_more(cast):
    first, second = with_number(cast), accepted(cast)
    write(cast, first, Said(EntryKind.NUMBER, number=OTHER), reason="Tertukar.")
    assert write(cast, second, NUMBER).is_new
    assert refused(cast, first, reason="Tertukar lagi.") == ("number_held", of(second))


def test_it_may_be_right_and_who_said_so_is_on_record(cast, login):
    first, second = with_number(cast), accepted(cast)
    client, typed = login(cast.reviewer), {"act": "number", "number": KPJ}
    assert "although" not in client.get(url(second)).text
    answer = client.post(url(second), {**typed, "id": str(uuid4())})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"number": [of(first)]})
    assert 'type="checkbox" name="although"' in answer.text
    assert f'type="hidden" name="confirmed" value="{KPJ}"' in answer.text
    yes = {"although": "on", "confirmed": KPJ}
    assert client.post(url(second), {**typed, "id": str(uuid4()), **yes}).status_code == 302
    entry = AuditEntry.objects.filter(action="participation.number").latest("seq")
    assert (entry.object_id, entry.purpose) == (second.registration_id, "number of another")
    for row, other in ((first, second), (second, first)):
        assert client.get(url(row)).context["held"] == of(other)  # as long as it is so
    write(cast, first, Said(EntryKind.NUMBER, number=OTHER), reason="Tertukar.")
    assert "One participant number for two workers" not in client.get(url(second)).text


def test_a_second_yes_is_about_the_number_that_was_asked_about(cast, login):
    with_number(cast)
    other, row = with_number(cast, OTHER), accepted(cast)
    client, typed = login(cast.reviewer), {"act": "number", "although": "on", "confirmed": KPJ}
    wrong = client.post(url(row), {**typed, "id": str(uuid4()), "number": "1"})
    assert "although" not in wrong.text
    answer = client.post(url(row), {**typed, "id": str(uuid4()), "number": OTHER})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"number": [of(other)]})
    assert f'type="hidden" name="confirmed" value="{OTHER}"' in answer.text
    assert 'id="id_number_although">' in answer.text  # unticked
    assert row.entries.count() == 0
    without = {**typed, "id": str(uuid4()), "number": OTHER, "confirmed": ""}
    assert client.post(url(row), without).status_code == 422


def test_a_second_yes_stays_ticked_while_its_number_stays(cast, login):
    with_number(cast)
    row = with_number(cast, OTHER)
    typed = {"act": "number", "although": "on", "confirmed": KPJ, "number": f"{KPJ[:5]} {KPJ[5:]}"}
    answer = login(cast.reviewer).post(url(row), {**typed, "id": str(uuid4())})  # the reason is missing
    assert 'name="although" id="id_number_right_although" checked' in answer.text


def test_asking_after_a_number_is_on_record_and_limited(cast, monkeypatch):
    """The refusal tells who has it, so it must not be asked number after number."""
    with_number(cast)
    row = accepted(cast)
    asked = AuditEntry.objects.filter(action="identity.check", purpose="participant number")
    before = asked.count()
    refused(cast, row)
    assert [(one.count, one.actor) for one in asked.order_by("seq")[before:]] == [(1, cast.reviewer)]
    write(cast, row, Said(EntryKind.CODE, number=CODE))
    assert asked.count() == before + 1
    monkeypatch.setattr(identity, "LIMIT", before + 1)
    assert refused(cast, row) == (
        "limited", "Many participant numbers were written down in a short time. Wait ten minutes, then send it again."
    )  # fmt: skip
    assert asked.count() == before + 2
    assert refused(cast, row, Said(EntryKind.NUMBER, number=OTHER))[0] == "limited"


def test_the_history_says_that_a_number_of_another_was_confirmed(cast, login):
    with_number(cast)
    row = accepted(cast)
    payments.write(
        by=cast.reviewer, participation=row, entry_id=uuid4(), said=NUMBER, reason="", although=True
    )
    page = login(cast.reviewer).get(url(row, "history"))
    words = [one.word for one in page.context["happenings"]]
    assert words.count("Participant number confirmed, although another worker has it") == 1
    assert words.count("Participant number written down") == 1


def lines(cast, *rows: Row) -> list[tuple[int, str, str]]:
    for found in (
        payment_files.preview(rows, by=cast.reviewer),
        payment_files.apply(rows, by=cast.reviewer),
    ):
        said = [(one.number, one.outcome, one.sentence) for one in found]
    return said


def test_a_row_of_a_list_with_the_number_of_another_is_left_whole(cast):
    first, second, third = with_number(cast), accepted(cast), accepted(cast)
    found = lines(
        cast,
        Row(2, reference=first.registration.reference, participant_number=KPJ),
        Row(3, reference=second.registration.reference, participant_number=KPJ, code=CODE),
        Row(4, reference=third.registration.reference, participant_number=OTHER),
    )
    assert found == [(2, "same", ""), (3, "left", _row(2)), (4, "new", "")]
    move_away(cast, first)
    found = lines(cast, Row(2, reference=second.registration.reference, participant_number=KPJ, code=CODE))
    assert found == [(2, "left", ANOTHER_BRANCH)]
    assert second.entries.count() == 0


def _row(number: int) -> str:
    return f"Row {number} has this participant number too, for another worker. Look at both rows."


def test_a_list_that_gives_one_number_to_two_workers_is_believed_of_neither(cast):
    one, two = accepted(cast), accepted(cast)
    stranger = Row(4, nik=factories.nik(serial=9998), participant_number=OTHER)
    found = lines(
        cast,
        Row(2, reference=one.registration.reference, participant_number=KPJ),
        Row(3, reference=two.registration.reference, participant_number=KPJ),
        stranger,
        Row(5, reference=two.registration.reference, participant_number=OTHER),
    )
    assert found == [(2, "left", _row(3)), (3, "left", _row(2)), (4, "stranger", ""), (5, "left", _row(4))]
    assert lines(cast, Row(2, reference=one.registration.reference, participant_number=KPJ)) == [
        (2, "new", "")
    ]


def test_a_list_costs_one_query_for_all_its_numbers(cast):
    rows = [
        Row(n + 2, reference=accepted(cast).registration.reference, participant_number=f"{n:011}")
        for n in range(6)
    ]
    counts = []
    payment_files.preview(rows[:1], by=cast.reviewer)  # from here on what may be asked is counted
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as captured:
            payment_files.preview(some, by=cast.reviewer)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_preview_of_an_answer_says_it_by_row_and_it_is_taken_all_the_same(cast, login):
    first = with_number(cast, "80000000002")
    batch = handing.batch(cast, 2)
    content = handing.as_csv(handing.answer(batch, numbers=True))
    address = reverse("admin:enrolment_batch_answer", args=[batch.number])
    page = login(cast.reviewer).post(address, {"file": SimpleUploadedFile("jawaban.csv", content)})
    assert page.context["planned"].held == ((3, of(first)),)
    assert f"Row 3: {of(first)}" in page.text
    answers = collective.answers(content, DEFAULT_ANSWER)
    assert read_back.apply(by=cast.reviewer, batch=batch, answers=answers, content=content)
    assert Participation.objects.filter(number_index=number_index("80000000002")).count() == 2


def test_the_query_walks_its_index(cast):
    with_number(cast)
    rows = Participation.objects.filter(number_index__in=[number_index(KPJ)])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    # No order: in so small a table PostgreSQL may like the walk along the primary key as much.
    assert "participation_by_number" in rows.order_by().explain()


def test_numbers_of_before_are_indexed_by_the_migration(cast):
    row = with_number(cast)
    Participation.objects.update(number_index=b"none")
    import_module("enrolment.migrations.0048_number_with_its_index").index_numbers(apps, None)
    assert bytes(now(row).number_index) == number_index(KPJ)


@pytest.mark.parametrize("column", ["number_index", "participant_number"])
def test_a_number_and_its_index_are_both_there_or_neither(cast, column):
    with_number(cast)
    with pytest.raises(IntegrityError, match="participation_number_is_indexed"), transaction.atomic():
        Participation.objects.update(**{column: None})
