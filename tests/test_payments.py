"""What BPJS and the bank say is written down: once, with who and why, and never made up."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from enrolment.actions import consent, decisions
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, Kind, Stage, State
from enrolment.coverage import covered_until
from enrolment.forms.payments import ENTRY_FORMS
from enrolment.models import Participation, ParticipationEntry
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories
from tests.paying import CODE, KPJ, accepted, at_stage, clock, now, paid, today, url, waiting, write
from tests.reviewing import WHO, reads

pytestmark = pytest.mark.usefixtures("in_english")


def said(kind, **values) -> Said:
    return Said(kind, **values)


def payment(on: date | None = None, months: int = 3) -> Said:
    return Said(EntryKind.PAID, on=on or today(), months=months)


def later(days: int, months: int, replaces: ParticipationEntry | None = None) -> Said:
    """A later payment of so many days ago."""
    on = today() - timedelta(days=days)
    return said(EntryKind.LATER, on=on, months=months, replaces=replaces and replaces.pk)


def code_of(raised) -> str:
    return raised.value.code


# --- The forms


def form(kind, **typed):
    return ENTRY_FORMS[kind]({"id": str(uuid4()), **typed}, correcting=False)


@pytest.mark.parametrize(
    ("kind", "typed", "number"),
    [
        (EntryKind.CODE, "1906 1234 5678", CODE),
        (EntryKind.CODE, "1906.1234-5678", CODE),
        (EntryKind.NUMBER, "190612 34567", KPJ),
        (EntryKind.NUMBER, "00000000001", "00000000001"),
    ],
)
def test_a_number_is_taken_as_issued_without_spaces_dots_and_dashes(kind, typed, number):
    bound = form(kind, number=typed)
    assert bound.is_valid()
    assert bound.said() == said(kind, number=number)


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (EntryKind.CODE, "19061234567", "A payment code has 12 digits. Here are 11."),
        (EntryKind.NUMBER, "1906123456", "A participant number has 11 digits. Here are 10."),
        (EntryKind.NUMBER, "3172011204880077", "16 digits are a NIK. Copy the number that BPJS has issued."),
        (EntryKind.CODE, "3172 0112 0488 0077", "16 digits are a NIK. Copy the number that BPJS has issued."),
        (EntryKind.NUMBER, "1906123456O", "This number has digits only. Copy it once more."),
        (EntryKind.NUMBER, "١٩٠٦١٢٣٤٥٦٧", "This number has digits only. Copy it once more."),
        (EntryKind.CODE, "", "Copy the payment code from the list of BPJS."),
    ],
)
def test_another_number_is_refused_with_its_own_sentence(kind, typed, sentence):
    assert form(kind, number=typed).errors["number"] == [sentence]


def test_older_payment_codes_may_have_another_length_by_the_setting(settings):
    settings.BILLING_CODE_DIGITS = (12, 11)
    assert form(EntryKind.CODE, number="19061234567").is_valid()
    assert form(EntryKind.CODE, number="1").errors["number"] == [
        "A payment code has 12 or 11 digits. Here are 1."
    ]


@pytest.mark.parametrize("months", ["4", "", "0", "-1", "24"])
def test_a_payment_is_for_1_2_3_6_or_12_months(months):
    bound = form(EntryKind.PAID, on="20-11-2026", months=months)
    assert bound.errors["months"] == ["Choose how many months were paid for: 1, 2, 3, 6 or 12."]


def test_a_day_ahead_is_refused_by_the_clock_of_jakarta():
    from datetime import UTC, datetime  # the only moment this test needs

    with clock(datetime(2026, 11, 30, 16, 59, tzinfo=UTC)):  # 23.59 in Jakarta
        assert "on" in form(EntryKind.PAID, on="01-12-2026", months="1").errors
    with clock(datetime(2026, 11, 30, 17, 0, tzinfo=UTC)):
        assert form(EntryKind.PAID, on="01-12-2026", months="1").errors == {}


# --- Writing down


def test_numbers_are_sealed_and_kept_with_who(cast):
    row = accepted(cast)
    write(cast, row, said(EntryKind.CODE, number=CODE))
    write(cast, row, said(EntryKind.NUMBER, number=KPJ))
    stored = now(row)
    assert (str(stored.billing_code), str(stored.participant_number)) == ("••••", "••••")
    entries = ParticipationEntry.objects.order_by("at")
    assert [(one.kind, one.by, one.on, one.months) for one in entries] == [
        ("code", cast.reviewer, None, None),
        ("number", cast.reviewer, None, None),
    ]
    assert CODE.encode() not in bytes(entries[0].__dict__["number"])
    assert stored.stage == Stage.ACCEPTED


def test_a_first_payment_makes_a_participant(cast):
    row = accepted(cast)
    done = write(cast, row, payment())
    assert (done.is_new, done.accepted) == (True, False)
    stored = now(row)
    assert (stored.stage, stored.paid_on, stored.paid_months, stored.paid_by) == (
        Stage.PAID, today(), 3, cast.reviewer,
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="participation.paid")
    assert (entry.object_id, entry.actor) == (row.registration_id, cast.reviewer)


def test_a_payment_says_that_the_core_system_has_them(cast):
    row = waiting(cast)
    assert write(cast, row, payment()).accepted is True
    assert (now(row).stage, now(row).accepted_by) == (Stage.PAID, cast.reviewer)


def test_a_payment_of_one_in_a_batch_waits_for_the_answer(cast):
    row = at_stage(waiting(cast), Stage.IN_BATCH, by=cast.reviewer)
    with pytest.raises(ActionRefused) as raised:
        write(cast, row, payment())
    assert code_of(raised) == "in_batch"
    assert now(row).stage == Stage.IN_BATCH


@pytest.mark.parametrize(("days", "code"), [(-1, "too_late"), (6, "too_early")])
def test_a_payment_lies_between_the_approval_and_today(cast, days, code):
    row = accepted(cast, days=5)
    with pytest.raises(ActionRefused) as raised:
        write(cast, row, payment(today() - timedelta(days=days)))
    assert code_of(raised) == code
    write(cast, row, payment(today() - timedelta(days=5)))


def test_the_same_page_sent_twice_is_one_entry(cast):
    row, page = accepted(cast), uuid4()
    first = write(cast, row, payment(), entry_id=page)
    again = write(cast, row, payment(), entry_id=page)
    assert (first.is_new, again.is_new, ParticipationEntry.objects.count()) == (True, False, 1)
    for reason, code in (("", "reason_missing"), ("Satu bulan.", "conflict")):
        with pytest.raises(ActionRefused) as raised:
            write(cast, row, payment(months=1), entry_id=page, reason=reason)
        assert code_of(raised) == code


def test_the_same_said_once_more_is_refused_and_something_else_takes_a_reason(cast):
    row = accepted(cast, days=3)
    write(cast, row, payment())
    for again, code in ((payment(), "same"), (payment(months=6), "reason_missing")):
        with pytest.raises(ActionRefused) as raised:
            write(cast, row, again)
        assert code_of(raised) == code
    write(cast, row, payment(today() - timedelta(days=2), 6), reason="Salah baca daftar bank.")
    assert (now(row).paid_on, now(row).paid_months) == (today() - timedelta(days=2), 6)
    assert list(ParticipationEntry.objects.order_by("at").values_list("months", flat=True)) == [3, 6]


def test_the_card_comes_after_the_payment(cast):
    row = accepted(cast, days=3)
    with pytest.raises(ActionRefused) as raised:
        write(cast, row, said(EntryKind.CARD, on=today()))
    assert code_of(raised) == "not_paid"
    write(cast, row, payment(today() - timedelta(days=1)))
    with pytest.raises(ActionRefused) as raised:
        write(cast, row, said(EntryKind.CARD, on=today() - timedelta(days=2)))
    assert code_of(raised) == "too_early"
    write(cast, row, said(EntryKind.CARD, on=today()))
    assert (now(row).stage, now(row).card_by) == (Stage.CARD, cast.reviewer)


def test_a_correction_of_the_payment_stays_before_the_card(cast):
    row = paid(cast, days=3, on=today() - timedelta(days=2))
    write(cast, row, said(EntryKind.CARD, on=today() - timedelta(days=1)))
    with pytest.raises(ActionRefused) as raised:
        write(cast, row, payment(), reason="Keliru.")
    assert code_of(raised) == "too_late"
    write(cast, row, payment(today() - timedelta(days=3)), reason="Keliru.")
    assert now(row).stage == Stage.CARD


def test_later_payments_are_kept_by_their_day(cast):
    row = paid(cast, days=5, on=today() - timedelta(days=4), months=1)
    for days, months in ((2, 3), (1, 2)):
        write(cast, row, said(EntryKind.LATER, on=today() - timedelta(days=days), months=months))
    first = row.registration.first_month
    assert now(row).covered_until == covered_until(
        first, [(row.paid_on, 1), (row.paid_on, 3), (row.paid_on, 2)]
    )
    for months, code in ((2, "same"), (1, "day_taken")):
        with pytest.raises(ActionRefused) as raised:
            write(cast, row, later(1, months))
        assert code_of(raised) == code


@pytest.mark.parametrize(
    ("payments", "last"),
    [
        ([(date(2026, 11, 21), 1)], date(2026, 11, 1)),
        ([(date(2026, 11, 21), 3)], date(2027, 1, 1)),
        ([(date(2027, 1, 2), 1)], date(2027, 1, 1)),  # paid late: not from November
        ([(date(2026, 11, 21), 2), (date(2026, 12, 1), 1)], date(2027, 1, 1)),  # goes on where the first ends
        (
            [(date(2026, 11, 21), 1), (date(2027, 3, 5), 2)],
            date(2027, 4, 1),
        ),  # after a gap: from its own month
    ],
)
def test_months_covered_are_never_too_few(payments, last):
    assert covered_until(date(2026, 11, 1), payments) == last


@pytest.mark.parametrize("how", ["withdrawn", "lapsed", "consent"])
def test_what_has_ended_takes_nothing_more(cast, how):
    row = accepted(cast)
    if how == "consent":
        consent.withdraw(by=cast.officer, registration=row.registration, channel="phone")
    else:
        by = None if how == "lapsed" else cast.reviewer
        decisions.move(by=by, registration=row.registration, target=State(how), reason="Uji.")
    with pytest.raises(ActionRefused) as raised:
        write(cast, row, payment())
    assert code_of(raised) == ("consent_withdrawn" if how == "consent" else "ended")
    assert not ParticipationEntry.objects.exists()


@pytest.mark.parametrize("person", ["officer", "head", "system_admin", "strange_reviewer"])
def test_who_does_not_follow_payments_writes_nothing(cast, person):
    row = accepted(cast)
    with pytest.raises(ActionRefused) as raised:
        write(cast, row, payment(), by=cast.people[person])
    assert code_of(raised) == "not_allowed"


@pytest.mark.parametrize(
    "change",
    ["UPDATE enrolment_participationentry SET months = 12", "DELETE FROM enrolment_participationentry"],
)
def test_entries_are_append_only(cast, change):
    paid(cast)
    from django.db import connection  # only here

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_the_columns_are_the_last_entries(cast):
    row = paid(cast, days=4, on=today() - timedelta(days=3))
    write(cast, row, payment(today() - timedelta(days=2), 6), reason="Keliru.")
    last = ParticipationEntry.objects.filter(kind="paid").order_by("at").last()
    assert (now(row).paid_on, now(row).paid_months, now(row).paid_at) == (last.on, last.months, last.at)


# --- Who comes back


@pytest.mark.parametrize(("has_paid", "kind"), [(True, Kind.REACTIVATION), (False, Kind.NEW)])
def test_only_who_had_paid_comes_back_as_a_reactivation(cast, has_paid, kind):
    row = (paid if has_paid else accepted)(cast, **WHO)
    decisions.move(by=None, registration=row.registration, target=State.LAPSED, reason="Uji.")
    assert factories.submitted(by=cast.officer, **WHO).kind == kind


# --- The page


def send(client, row, act, **typed):
    return client.post(url(row), {"act": act, "id": str(uuid4()), **typed})


def test_the_page_masks_the_numbers_until_somebody_says_what_for(cast, login):
    row, client = accepted(cast), login(cast.reviewer)
    write(cast, row, said(EntryKind.CODE, number=CODE))
    page = client.get(url(row))
    assert CODE not in page.text
    assert reads()[-1][2:] == ("full_name", "payment", 1)
    refused = client.post(url(row), {"act": "open", "purpose": ""})
    assert (refused.status_code, CODE in refused.text) == (422, False)
    opened = client.post(url(row), {"act": "open", "purpose": "payment: tell the worker"})
    assert opened.text.count(CODE) == 2
    assert reads()[-1][2:] == (
        "billing_code full_name number participant_number",
        "payment: tell the worker",
        1,
    )


def test_a_payment_is_written_down_on_the_page(cast, login):
    row = waiting(cast)
    answer = login(cast.reviewer).post(
        url(row), {"act": "paid", "id": str(uuid4()), "on": f"{today():%d-%m-%Y}", "months": "3"}, follow=True
    )
    assert "it is marked as accepted too" in answer.text
    assert now(row).stage == Stage.PAID


def test_what_was_typed_stays_with_its_error(cast, login):
    row = accepted(cast)
    answer = send(login(cast.reviewer), row, "code", number="1906 1234")
    assert answer.status_code == 422
    assert 'value="1906 1234"' in answer.text
    assert answer.text.count("A payment code has 12 digits. Here are 8.") == 2


def test_a_refusal_of_the_action_stands_at_its_field(cast, login):
    row = accepted(cast, days=1)
    early = today() - timedelta(days=9)
    answer = send(login(cast.reviewer), row, "paid", on=f"{early:%d-%m-%Y}", months="1")
    assert answer.status_code == 422
    assert "This is before the approval" in answer.context["form"].errors["on"][0]


def test_somebody_was_faster_so_a_reason_is_asked_for(cast, login):
    row, client = accepted(cast, days=2), login(cast.reviewer)
    write(cast, row, payment(months=1))
    answer = send(client, row, "paid", on=f"{today():%d-%m-%Y}", months="3")
    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert send(client, row, "paid", on=f"{today():%d-%m-%Y}", months="3", reason="Tiga.").status_code == 302


def test_a_batch_without_an_answer_is_a_conflict_that_keeps_what_was_typed(cast, login):
    row = at_stage(waiting(cast), Stage.IN_BATCH, by=cast.reviewer)
    answer = send(login(cast.reviewer), row, "paid", on=f"{today():%d-%m-%Y}", months="3")
    assert answer.status_code == 409
    assert "Read the answer file first" in answer.text


def test_nothing_is_opened_after_a_withdrawal(cast, login):
    row = accepted(cast, **WHO)
    write(cast, row, said(EntryKind.CODE, number=CODE))
    consent.withdraw(by=cast.officer, registration=row.registration, channel="phone")
    before = len(reads())
    page = login(cast.reviewer).post(url(row), {"act": "open", "purpose": "payment: other"})
    assert (WHO["full_name"] in page.text, CODE in page.text, len(reads())) == (False, False, before)
    assert page.context["forms"] == []


def test_what_was_never_approved_has_no_such_page(cast, login):
    registration = factories.submitted(by=cast.officer)
    assert login(cast.reviewer).get(url(registration)).status_code == 404


def test_an_unknown_act_is_no_request(cast, login):
    assert send(login(cast.reviewer), accepted(cast), "stage").status_code == 400


def test_the_review_page_says_how_far_it_has_come(cast, login):
    row = paid(cast)
    page = login(cast.reviewer).get(url(row, "review"))
    assert page.context["participation"].stage == Stage.PAID
    assert url(row) in page.text


def test_the_review_page_of_one_that_waits_has_no_such_panel(cast, login):
    page = login(cast.reviewer).get(url(factories.submitted(by=cast.officer), "review"))
    assert page.context["participation"] is None
    assert 'id="participation"' not in page.text


def test_no_number_is_in_an_address_or_message_or_str(cast, login):
    row = accepted(cast)
    answer = send(login(cast.reviewer), row, "number", number=KPJ)
    assert KPJ not in answer.url
    assert all(
        KPJ not in str(one) for one in (*Participation.objects.all(), *ParticipationEntry.objects.all())
    )
    assert KPJ not in str(list(AuditEntry.objects.values_list("purpose", "fields")))
