"""A later payment that was written down wrongly: corrected by another entry, and all that follows from it; and what a
paid one that is sent back is told."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrolment.actions import decisions, payments
from enrolment.choices import EntryKind, State
from enrolment.coverage import covered_until
from enrolment.models import Participation, ParticipationEntry
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests.paying import accepted, ago, clock, now, paid, today, url, write
from tests.test_payments import code_of, later, payment, said, send

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def twice(cast) -> Participation:
    """Paid for a month 60 days ago, and by two later payments, 30 and 10 days ago."""
    row = paid(cast, days=60, on=today() - timedelta(days=60))
    for one in (later(30, 6), later(10, 1)):
        write(cast, row, one)
    return now(row)


def entry_of(row, days: int) -> ParticipationEntry:
    return row.entries.filter(kind="later", on=today() - timedelta(days=days)).latest("at")


def covered(row, *payments: tuple[int, int]):
    """Until when these pay, by (days ago, months)."""
    days = sorted((today() - timedelta(days=days), months) for days, months in payments)
    return covered_until(row.registration.first_month, days)


def test_a_later_payment_is_corrected_by_another_entry_and_what_it_pays_for_follows(cast, twice):
    wrong = entry_of(twice, 30)
    assert twice.covered_until == covered(twice, (60, 1), (30, 6), (10, 1))
    write(cast, twice, later(20, 3, wrong), reason="Salah baris.", by=cast.other_reviewer)
    assert now(twice).covered_until == covered(twice, (60, 1), (20, 3), (10, 1))
    right = entry_of(twice, 20)
    assert (right.replaces_id, right.by, wrong.months) == (wrong.pk, cast.other_reviewer, 6)
    write(cast, twice, later(40, 12, right), reason="Sekali lagi.")  # a correction too may be wrong
    assert now(twice).covered_until == covered(twice, (60, 1), (40, 12), (10, 1))
    assert twice.entries.filter(kind="later").count() == 4
    entry = AuditEntry.objects.filter(action="participation.correct_later").last()
    assert (entry.object_id, bytes(entry.content)) == (
        twice.registration_id,
        bytes(entry_of(twice, 40).digest),
    )
    call_command("verify_history", stdout=StringIO())
    call_command("verify_counts", stdout=StringIO())


@pytest.mark.parametrize(
    ("right", "reason", "code"),
    [
        ((30, 6), "Keliru.", "same"),
        ((30, 3), "", "reason_missing"),
        ((30, 3), "  ", "reason_missing"),
        ((-1, 6), "Keliru.", "too_late"),
        ((60, 6), "Keliru.", "too_early"),
        ((70, 6), "Keliru.", "too_early"),
        ((10, 6), "Keliru.", "day_taken"),
        ((10, 1), "Keliru.", "day_taken"),
    ],
)
def test_a_correction_that_can_t_be_is_refused_and_nothing_changes(cast, twice, right, reason, code):
    with pytest.raises(ActionRefused) as raised:
        write(cast, twice, later(*right, entry_of(twice, 30)), reason=reason)
    assert code_of(raised) == code
    assert (now(twice).covered_until, twice.entries.count()) == (twice.covered_until, 3)


def test_of_two_corrections_of_one_payment_the_second_is_told(cast, twice):
    wrong, page = entry_of(twice, 30), uuid4()
    assert write(cast, twice, later(25, 3, wrong), reason="Keliru.", entry_id=page).is_new
    assert not write(cast, twice, later(25, 3, wrong), reason="Keliru.", entry_id=page).is_new
    with pytest.raises(ActionRefused) as raised:
        write(cast, twice, later(24, 3, wrong), reason="Keliru.")
    assert code_of(raised) == "corrected"


def test_the_database_takes_one_correction_of_an_entry_and_of_later_payments_alone(cast, twice):
    write(cast, twice, later(25, 3, entry_of(twice, 30)), reason="Keliru.")
    again = entry_of(twice, 25)
    again.pk, again.reason = uuid4(), "Lagi."
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)
    first = twice.entries.get(kind="paid")
    first.replaces_id, first.pk, first.reason = first.pk, uuid4(), "Keliru."
    with pytest.raises(IntegrityError, match="entry_replaces_a_later_payment"), transaction.atomic():
        first.save(force_insert=True)


def test_the_day_of_a_payment_that_stands_no_more_hinders_nobody(cast, twice):
    write(cast, twice, later(20, 6, entry_of(twice, 30)), reason="Keliru.")
    write(cast, twice, payment(today() - timedelta(days=25)), reason="Keliru juga.")
    assert now(twice).covered_until == covered(twice, (25, 3), (20, 6), (10, 1))
    write(cast, twice, later(21, 1))


def test_the_first_payment_stays_before_the_later_ones(cast, twice):
    """Else the later one of that day could not be corrected any more: it must come after the first."""
    for days in (30, 29):
        with pytest.raises(ActionRefused) as raised:
            write(cast, twice, payment(today() - timedelta(days=days)), reason="Keliru.")
        assert code_of(raised) == "too_late"
    assert "has the same or an earlier day" in str(raised.value)
    write(cast, twice, payment(today() - timedelta(days=31)), reason="Keliru.")


def test_entries_stay_in_their_order_when_the_clock_steps_back(cast, twice):
    with clock(timezone.now() - timedelta(minutes=5)):
        write(cast, twice, later(20, 3, entry_of(twice, 10)), reason="Keliru.")
        write(cast, twice, later(15, 3, entry_of(twice, 20)), reason="Keliru juga.")
    assert now(twice).covered_until == covered(twice, (60, 1), (30, 6), (15, 3))
    assert list(twice.entries.order_by("at").values_list("on", flat=True)) == [
        today() - timedelta(days=days) for days in (60, 30, 10, 20, 15)
    ]


def test_same_day_corrections_of_before_stand_as_they_did(cast, twice):
    """Until `replaces` there was, a payment of the same day took the place of the one before it."""
    old = entry_of(twice, 30)
    old.pk, old.months, old.reason = uuid4(), 2, "Dua bulan."
    old.at = timezone.now()
    old.save(force_insert=True)
    write(cast, twice, later(5, 12, entry_of(twice, 10)), reason="Keliru.")
    assert now(twice).covered_until == covered(twice, (60, 1), (30, 2), (5, 12))
    write(cast, twice, later(8, 2, entry_of(twice, 30)), reason="Keliru.")
    assert now(twice).covered_until == covered(twice, (60, 1), (8, 2), (5, 12))


def test_a_payment_corrected_away_lapses_and_one_corrected_up_stays(cast, settings):
    settings.LAPSE_STOPPED_MONTHS = 3
    row = paid(cast)
    with clock(ago(-20)):
        write(cast, row, said(EntryKind.LATER, on=today(), months=12))
    wrong = row.entries.get(kind="later")
    with clock(ago(-30)):
        write(cast, row, said(EntryKind.LATER, on=wrong.on, months=1, replaces=wrong.pk), reason="Satu.")
    with clock(ago(-250)):
        call_command("lapse", stdout=StringIO())
    assert now(row).registration.state == State.LAPSED


# --- The page


def test_a_later_payment_is_corrected_on_the_page(cast, login, twice):
    client, wrong = login(cast.reviewer), entry_of(twice, 30)
    page = client.get(url(twice))
    assert page.text.count("Correct: Later payment") == 1
    (form,) = [one["form"] for one in page.context["forms"] if one["kind"] == "later" and one["correcting"]]
    assert [key for key, _said in form.fields["replaces"].choices] == [
        "", str(wrong.pk), str(entry_of(twice, 10).pk),
    ]  # fmt: skip
    right = {"on": f"{today() - timedelta(days=20):%d-%m-%Y}", "months": "3", "reason": "Salah baris."}
    answer = send(client, twice, "later", replaces="", **right)
    assert (answer.status_code, answer.context["form"].errors) == (
        422,
        {"replaces": ["Choose which payment was written down wrongly."]},
    )
    assert 'id="id_later_right_replaces_error"' in answer.text
    assert send(client, twice, "later", replaces=str(wrong.pk), **right).status_code == 302
    assert now(twice).covered_until == covered(twice, (60, 1), (20, 3), (10, 1))
    assert client.get(url(twice)).text.count("No longer holds: corrected since.") == 1
    again = send(client, twice, "later", replaces=str(wrong.pk), **right)
    assert again.context["form"].errors["replaces"] == [
        "This payment stands there no more. Choose which one is wrong."
    ]
    taken = {**right, "on": f"{today() - timedelta(days=10):%d-%m-%Y}"}
    answer = send(client, twice, "later", replaces=str(entry_of(twice, 20).pk), **taken)
    assert (answer.status_code, "Another later payment of this day" in answer.context["form"].errors["on"][0]) == (
        422, True,
    )  # fmt: skip


def test_who_was_slower_chooses_among_the_payments_that_stand_now(cast, login, twice, monkeypatch):
    wrong, whole = entry_of(twice, 30), payments.write

    def slower(**asked):
        right = later(25, 3, wrong)
        whole(**{**asked, "by": cast.other_reviewer, "said": right, "entry_id": uuid4()})
        return whole(**asked)

    monkeypatch.setattr(payments, "write", slower)
    right = {"on": f"{today() - timedelta(days=20):%d-%m-%Y}", "months": "3", "reason": "Salah baris."}
    answer = send(login(cast.reviewer), twice, "later", replaces=str(wrong.pk), **right)
    field = answer.context["form"]["replaces"]
    assert (answer.status_code, "A colleague has corrected" in field.errors[0]) == (409, True)
    assert [key for key, _said in field.field.choices] == [
        "", str(entry_of(twice, 25).pk), str(entry_of(twice, 10).pk),
    ]  # fmt: skip
    assert "selected" not in str(field)


def test_the_payment_of_somebody_else_is_not_corrected_here(cast, login, twice):
    other = paid(cast, days=60, on=today() - timedelta(days=60))
    write(cast, other, later(30, 6))
    right = {"on": f"{today():%d-%m-%Y}", "months": "3", "reason": "Keliru."}
    answer = send(login(cast.reviewer), twice, "later", replaces=str(entry_of(other, 30).pk), **right)
    assert (answer.status_code, other.entries.count()) == (422, 2)


# --- Sent back

AGAIN = "the payment has to be written down again after the next approval."


def test_who_sends_back_somebody_who_has_paid_is_told_before_the_button(cast, login):
    unpaid, row = accepted(cast), paid(cast)
    client = login(cast.reviewer)
    assert AGAIN not in client.get(url(unpaid, "review")).text
    page = client.get(url(row, "review")).text
    assert page.index(AGAIN) < page.index("Send back to checking</button>")
    assert now(row).ended_at is None
    decisions.move(
        by=cast.reviewer, registration=row.registration, target=State.SUBMITTED, reason="Nama keliru."
    )
    assert AGAIN not in client.get(url(row, "review")).text
