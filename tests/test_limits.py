"""A limit holds however many ask at once; it ends by itself; what it counts names nobody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrolment.actions import draft_codes, identity
from outreach.actions import limits
from outreach.models import Allowance, AuditEntry, Event
from tests import factories
from tests.races import at_once
from tests.test_races import outcomes, person

MINUTES = timedelta(minutes=10)


def spend(count: int = 1, what: str = "uji") -> bool:
    return limits.spend(what, limit=3, within=MINUTES, count=count)


def test_so_many_and_no_more(db):
    assert [spend() for _ in range(5)] == [True, True, True, False, False]
    assert spend(what="lain")


def test_what_is_too_much_at_once_is_refused_and_spends_the_rest(db):
    assert [spend(2), spend(2), spend(1)] == [True, False, False]


def test_the_time_runs_from_the_first_and_refused_ones_do_not_lengthen_it(db, monkeypatch):
    start = timezone.now()
    seen = []
    for after in (0, 9, 9, 9, 10):
        monkeypatch.setattr(timezone, "now", lambda after=after: start + timedelta(minutes=after))
        seen.append(spend())
    assert seen == [True, True, True, False, True]


def test_what_was_no_try_is_given_back(db):
    assert [spend() for _ in range(3)] == [True] * 3
    limits.give_back("uji")
    assert [spend() for _ in range(2)] == [True, False]
    limits.give_back("nobody")


def test_what_is_over_is_forgotten_and_what_runs_is_not(db, monkeypatch):
    spend(what="old")
    later = timezone.now() + MINUTES
    monkeypatch.setattr(timezone, "now", lambda: later + timedelta(seconds=1))
    spend(what="new")
    limits.forget()
    assert [bytes(row.key) for row in Allowance.objects.all()] == [limits._key("new")]


def test_once_all_is_spent_nothing_is_written(db):
    for _ in range(3):
        spend()
    with CaptureQueriesContext(connection) as queries:
        assert not spend()
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]


def test_a_row_that_is_forgotten_before_it_is_locked_is_made_again(db, monkeypatch):
    real, made = Allowance.objects.bulk_create, []

    def forgotten_once(rows, **options):
        made.append(real(rows, **options))
        if len(made) == 1:
            Allowance.objects.all().delete()

    monkeypatch.setattr(Allowance.objects, "bulk_create", forgotten_once)
    assert [spend() for _ in range(4)] == [True, True, True, False]
    assert len(made) == 2


def ask_at_once(scratch, **options) -> list[str]:
    """Sixty questions are the limit: after 55 of them, twenty more by four processes at once."""
    assert identity.may_ask(by=person("petugas"), purpose="nik", count=identity.LIMIT - 5)
    orders = [{"do": "ask_nik", "username": "petugas"}] * 4
    with scratch.racers(4, **options) as racers:
        return sorted(said for _ in range(5) for said in outcomes(at_once(racers, orders)))


@pytest.mark.postgres
def test_twenty_questions_at_once_and_five_are_answered(scratch):
    assert ask_at_once(scratch) == ["answered"] * 5 + ["limited"] * 15
    assert AuditEntry.objects.filter(action="identity.check").count() == 21


@pytest.mark.postgres
def test_control_without_the_lock_more_are_answered(scratch):
    assert ask_at_once(scratch, without_limit_lock=True).count("answered") > 5


@pytest.mark.postgres
def test_twenty_codes_at_once_and_five_are_tried(scratch):
    event, today = Event.objects.get(), timezone.localdate()
    Event.objects.update(first_day=today, last_day=today)
    event.refresh_from_db()
    booth = event.booths.get(code="B")
    factories.assign(factories.officer("rekan1", of=event.branch), booth, today)
    code = draft_codes.offer(by=person("petugas"), draft=factories.draft(by=person("petugas"), of=event))
    wrong = f"{(int(code) + 1) % 10**6:06}"
    with scratch.racers(4) as racers:
        orders = [{"do": "take_draft", "username": "rekan1", "code": wrong}] * 4
        said = sorted(one for _ in range(5) for one in outcomes(at_once(racers, orders)))
    assert said == ["code_wrong"] * 5 + ["limited"] * 15
    assert AuditEntry.objects.filter(action="draft.code_wrong").count() == 5
