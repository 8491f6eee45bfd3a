"""The end of a booth's day: stated beside received, with a reason where they differ; and an event waits for it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from enrolment.actions import shift
from enrolment.queries import counts, stands
from outreach.actions import events
from outreach.choices import EventState
from outreach.errors import ActionRefused
from outreach.models import AuditEntry, Booth, BoothReconciliation, Event
from outreach.queries.shifts import open_shifts
from tests import factories, rawsql

DAY = factories.DAYS[0]
TABLE = "outreach_boothreconciliation"
REASON = "Ibu Rekaan membawa pulang formulirnya."


@pytest.fixture
def booth(cast, in_english) -> Booth:
    return cast.event.booths.get(code="A")


@pytest.fixture
def officer(cast, login):
    return login(cast.officer)


def address(booth: Booth, day: date = DAY) -> str:
    return f"/booths/{booth.pk}/{day.isoformat()}/close/"


def typed(**changes) -> dict:
    return {"closing_id": str(uuid4()), "seen": "0", "taken": "2", "on_paper": "0", "reason": "", **changes}


def stored() -> list[tuple]:
    rows = BoothReconciliation.objects.order_by("number")
    return [
        (row.number, row.taken, row.on_paper, row.received, bool(row.reason), row.by.username) for row in rows
    ]


def refusals(answer) -> dict:
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


@pytest.fixture
def two(cast, booth):
    return [factories.submitted(by=cast.officer) for _ in range(2)]


# --- What is received


def test_received_is_what_the_counts_page_says(cast, booth, two):
    factories.submitted(by=cast.officer, booth="B")
    factories.submitted(by=cast.officer, registered_at="2026-11-21T09:30:00+07:00")
    factories.withdrawn(by=cast.officer)
    factories.returned(by=cast.officer, reviewer=cast.reviewer)
    known = stands.shift(booth, cast.officer, day=DAY)
    assert (known.received, known.own, known.returned, known.drafts) == (3, 3, 1, 0)
    by_booth = {
        (code, day): stands.shift(cast.event.booths.get(code=code), cast.officer, day=day).received
        for code in ("A", "B")
        for day in cast.event.days
    }
    assert sum(by_booth.values()) == counts.event_counts(cast.event).total.registered == 5


def test_typed_by_another_is_received_and_not_ones_own(cast, booth, two):
    assert stands.shift(booth, cast.colleague, day=DAY).own == 0


def test_drafts_of_the_day_are_counted_until_they_are_sent(cast, booth, officer):
    factories.draft(by=cast.officer, of=cast.event)
    known = officer.get(address(booth)).context["known"]
    assert known.drafts == 1


# --- Stating it


def test_numbers_that_agree_are_stored_without_a_reason(cast, booth, officer, two):
    answer = officer.post(address(booth), typed(taken="3", on_paper="1"))
    assert (answer.status_code, answer.url) == (302, "/registrations/?event=bazar-uji&booth=A")
    assert stored() == [(1, 3, 1, 2, False, "petugas")]
    row = AuditEntry.objects.filter(action="booth.close").get()
    assert (row.actor, row.purpose, row.object_id) == (
        cast.officer, "booth bazar-uji A 20-11-2026", BoothReconciliation.objects.get().pk,
    )  # fmt: skip


def test_a_difference_needs_its_reason_and_keeps_what_was_typed(booth, officer, two):
    answer = officer.post(address(booth), typed(taken="5", on_paper="1"))
    assert (answer.status_code, stored()) == (422, [])
    assert refusals(answer) == {
        "reason": ["4 should have been sent, 2 were received. Write in one sentence why."]
    }
    assert 'value="5"' in answer.content.decode()
    officer.post(address(booth), typed(taken="5", on_paper="1", reason=REASON))
    assert stored() == [(1, 5, 1, 2, True, "petugas")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"taken": ""}, "taken"),
        ({"taken": "2,5"}, "taken"),
        ({"taken": "-1"}, "taken"),
        ({"taken": "5001"}, "taken"),
        ({"on_paper": ""}, "on_paper"),
        ({"on_paper": "3"}, "on_paper"),
        ({"closing_id": ""}, "closing_id"),
        ({"seen": "x"}, "seen"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(booth, officer, two, changes, field):
    answer = officer.post(address(booth), typed(**changes))
    assert (answer.status_code, list(refusals(answer)), stored()) == (422, [field], [])


def test_a_thousand_is_written_with_a_dot(booth, officer):
    officer.post(address(booth), typed(taken="1.000", on_paper="1.000"))
    assert stored() == [(1, 1000, 1000, 0, False, "petugas")]


def test_sent_twice_it_is_stored_once(booth, officer, two):
    said = typed()
    answers = [officer.post(address(booth), said, follow=True) for _ in range(2)]
    assert [[message.level_tag for message in one.context["messages"]] for one in answers] == [
        ["success"],
        ["info"],
    ]
    assert len(stored()) == 1


def test_who_did_not_see_a_colleagues_closing_is_told_and_sends_again(cast, booth, officer, two):
    factories.assign(cast.colleague, booth, DAY)
    factories.closed(booth, by=cast.colleague, taken=2)
    answer = officer.post(address(booth), typed(taken="3", on_paper="1"))
    assert answer.status_code == 409
    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]
    page = answer.content.decode()
    assert ('name="seen" value="1"' in page, 'value="3"' in page) == (True, True)
    officer.post(address(booth), typed(seen="1", taken="3", on_paper="1"))
    assert [row[:3] for row in stored()] == [(1, 2, 0), (2, 3, 1)]


def test_the_reason_is_sealed_and_looking_at_it_is_one_access_row(cast, booth, officer, two):
    factories.closed(booth, by=cast.officer, reason=REASON)
    assert REASON not in str(BoothReconciliation.objects.get().__dict__)
    before = AuditEntry.objects.count()
    assert REASON in officer.get(address(booth)).content.decode()
    row = AuditEntry.objects.order_by("-seq").first()
    assert (AuditEntry.objects.count() - before, row.action, row.fields, row.purpose) == (
        1, "read", "reason", "end of shift",
    )  # fmt: skip


# --- Who


def test_the_branch_closes_for_who_went_home_and_says_why(cast, booth, login, two):
    head = login(cast.head)
    answer = head.post(address(booth), typed())
    assert refusals(answer) == {"reason": ["Write in one sentence why you close it for the officer."]}
    answer = head.post(address(booth), typed(reason="Petugas sudah pulang."))
    assert answer.url == f"/admin/outreach/event/{cast.event.pk}/change/"
    assert stored() == [(1, 2, 0, 2, True, "kepala")]


def test_the_action_itself_asks_the_branch_for_a_reason(cast, booth, two):
    with pytest.raises(ActionRefused) as refused:
        factories.closed(booth, by=cast.head, taken=2, reason="")
    assert (refused.value.code, stored()) == ("reason_missing", [])


@pytest.mark.parametrize("part", ["colleague", "reviewer", "stranger", "strange_reviewer", "organiser"])
def test_nobody_else_closes_a_booth(cast, booth, part):
    with pytest.raises(ActionRefused) as refused:
        factories.closed(booth, by=getattr(cast, part))
    assert (refused.value.code, stored()) == ("not_allowed", [])


def test_a_day_that_is_not_the_events_or_has_not_come_is_no_page(cast, booth, login):
    head, today = login(cast.head), timezone.localdate()
    Event.objects.filter(pk=cast.event.pk).update(last_day=today + timedelta(days=3))
    for day in (DAY - timedelta(days=1), today + timedelta(days=1)):
        assert head.get(address(booth, day)).status_code == 404
    assert head.get(f"/booths/{booth.pk}/2026-02-30/close/").status_code == 404
    with pytest.raises(ActionRefused) as refused:
        factories.closed(booth, by=cast.head, day=today + timedelta(days=1))
    assert refused.value.code == "too_early"


# --- Afterwards


@pytest.fixture
def today(cast, in_english) -> Booth:
    day = timezone.localdate()
    made = factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="hari-ini", days=(day, day)
    )
    return made.booths.get(code="A")


def test_registering_goes_on_and_todays_page_shows_the_difference(cast, today, officer):
    page = officer.get("/registrations/").content.decode()
    assert "Close the booth" in page
    day = timezone.localdate()
    factories.closed(today, by=cast.officer, day=day, taken=0, reason="")
    assert "since then" not in officer.get("/registrations/").content.decode()
    now = timezone.localtime().isoformat(timespec="seconds")
    factories.submitted(
        by=cast.officer, event="hari-ini", registered_at=now, consent_at=now, first_month=f"{day:%Y-%m}"
    )
    page = officer.get("/registrations/").content.decode()
    assert "Booth closed" in page
    assert "since then: +1" in page
    assert officer.get("/registrations/new/?event=hari-ini&booth=A").status_code == 200


# --- The event waits


def test_an_event_closes_only_when_every_booth_has_closed_its_days(cast, booth):
    named = [(code, day) for _pk, code, day in open_shifts(cast.event, until=DAY)]
    assert named == [("A", DAY), ("B", DAY)]
    factories.closed(booth, by=cast.officer)
    with pytest.raises(ActionRefused) as refused:
        events.move(by=cast.head, event=cast.event, target=EventState.CLOSED)
    assert refused.value.code == "booths_open"
    assert str(refused.value).endswith("B 20-11-2026, A 21-11-2026, B 21-11-2026.")
    assert Event.objects.get(pk=cast.event.pk).state == EventState.OPEN


def test_days_to_come_and_booths_without_anybody_hold_nothing_up(cast):
    day = timezone.localdate()
    made = factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="besok", days=(day + timedelta(1),) * 2
    )
    empty = factories.event(organiser=cast.organisation, slug="kosong")
    for event in (made, empty):
        assert events.move(by=cast.head, event=event, target=EventState.CLOSED).state == EventState.CLOSED


def test_the_events_page_names_what_is_open_and_leads_there(cast, booth, login):
    page = f"/admin/outreach/event/{cast.event.pk}/change/"
    assert address(booth) in login(cast.head).get(page).content.decode()
    assert address(booth) not in login(cast.reviewer).get(page).content.decode()
    factories.closed(booth, by=cast.officer)
    assert address(booth) not in login(cast.head).get(page).content.decode()


# --- What the database holds


def row(booth, cast, **changes) -> BoothReconciliation:
    said = {"number": 1, "taken": 2, "on_paper": 0, "received": 2, "returned": 0, "at": timezone.now()}
    return BoothReconciliation(id=uuid4(), booth=booth, day=DAY, by=cast.officer, **said | changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"taken": 3}, "reconciliation_difference_has_a_reason"),
        ({"on_paper": 3, "reason": "Alasan uji."}, "reconciliation_paper_within_taken"),
        ({"number": 0}, "reconciliation_number_from_one"),
    ],
)
def test_the_database_refuses_what_can_never_be(cast, booth, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row(booth, cast, **changes).save(force_insert=True)


def test_a_closing_is_neither_changed_nor_deleted(cast, booth):
    factories.closed(booth, by=cast.officer)
    for statement in (f"UPDATE {TABLE} SET taken = 1", f"DELETE FROM {TABLE}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rawsql.execute(statement)
    assert len(stored()) == 1


def test_the_number_is_held_by_the_database(cast, booth, monkeypatch):
    """Without the look-up first, as in a race."""
    factories.closed(booth, by=cast.officer)
    monkeypatch.setattr(shift, "_check", lambda *args: None)
    with pytest.raises(ActionRefused) as refused:
        factories.closed(booth, by=cast.officer)
    assert (refused.value.code, len(stored())) == ("closed_meanwhile", 1)
