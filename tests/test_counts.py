"""The counts of an event: every figure against rows made by hand, and the command that proves them again."""

import dataclasses
from datetime import time
from functools import partial
from io import StringIO
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from enrolment.queries import counts
from enrolment.queries.counts import Tally, event_counts, opening_hours
from outreach.queries.reached import Reached, reached
from tests import factories
from tests.counting import AFTERWARDS, FRIDAY, SATURDAY, L, T

# --- The figures


def test_total_equals_the_rows(world):
    total = event_counts(world.event).total
    assert total == Tally(
        waiting=1,
        approved=3,
        returned=1,
        rejected=1,
        withdrawn=1,
        lapsed=1,
        with_jht=2,
        contribution=3 * T + 2 * L,
        contribution_approved=2 * T + L,
    )
    assert (total.registered, total.live, total.sent) == (7, 5, 8)


def test_amounts_are_integers_on_both_engines(world):
    assert type(event_counts(world.event).total.contribution) is int


def test_breakdown_by_booth_equals_the_rows(world):
    a = Tally(
        waiting=1,
        approved=1,
        returned=1,
        lapsed=1,
        with_jht=1,
        contribution=2 * T + L,
        contribution_approved=T,
    )
    b = Tally(
        approved=2, rejected=1, withdrawn=1, with_jht=1, contribution=T + L, contribution_approved=T + L
    )
    assert [(row.key, row.target, row.tally) for row in event_counts(world.event).booths] == [
        ("A", 50, a),
        ("B", 50, b),
    ]


def test_breakdown_by_officer_equals_the_rows(world):
    petugas = Tally(
        waiting=1,
        approved=1,
        returned=1,
        rejected=1,
        withdrawn=1,
        lapsed=1,
        with_jht=1,
        contribution=2 * T + L,
        contribution_approved=T,
    )
    rekan = Tally(approved=2, with_jht=1, contribution=T + L, contribution_approved=T + L)
    assert [(row.key, row.name, row.tally) for row in event_counts(world.event).officers] == [
        ("petugas", "Petugas Uji", petugas),
        ("rekan", "Rekan Uji", rekan),
    ]


def test_a_moment_before_midnight_utc_is_counted_on_the_next_day_of_jakarta(world):
    days = event_counts(world.event).days
    assert [(row.key, row.tally.registered, row.tally.withdrawn) for row in days] == [
        (FRIDAY, 5, 0),
        (SATURDAY, 2, 1),
    ]


def test_a_moment_after_17_utc_is_the_first_hour_of_the_next_day(cast):
    """Stored as Friday in UTC, but Saturday 00.10 at the stand."""
    factories.submitted(by=cast.officer, registered_at="2026-11-20T17:10:00+00:00")
    found = event_counts(cast.event)
    assert {row.key: row.tally.waiting for row in found.days} == {FRIDAY: 0, SATURDAY: 1}
    assert {row.key: row.tally.waiting for row in found.hours if row.tally.waiting} == {0: 1}


def test_breakdown_by_hour_has_opening_hours_and_outliers(world):
    hours = event_counts(world.event).hours
    assert [(row.key, row.tally.registered) for row in hours] == [
        (6, 1), (8, 1), (9, 2), (10, 2), (11, 0), (12, 0), (13, 0), (14, 1),
    ]  # fmt: skip
    assert [row.key for row in hours if row.tally.withdrawn] == [11]


@pytest.mark.parametrize("breakdown", ["booths", "officers", "days", "hours"])
def test_every_breakdown_adds_up_to_the_total(world, breakdown):
    found = event_counts(world.event)
    assert sum((row.tally for row in getattr(found, breakdown)), Tally()) == found.total


def test_another_events_rows_are_not_counted(world):
    factories.event(organiser=world.organisation, slug="lain", officers=(world.officer,))
    factories.submitted(by=world.officer, event="lain")
    assert event_counts(world.event).total.sent == 8


def test_an_event_without_rows_has_its_booths_officers_days_and_hours(cast):
    found = event_counts(cast.event)
    assert found.total == Tally()
    assert [row.key for row in found.booths] == ["A", "B"]
    assert [row.key for row in found.officers] == ["petugas"]
    assert [row.key for row in found.days] == [FRIDAY, SATURDAY]
    assert [row.key for row in found.hours] == list(range(8, 15))


def test_the_stated_moment_is_the_given_one_or_now(cast):
    before = timezone.now()
    assert event_counts(cast.event, at=AFTERWARDS).at == AFTERWARDS
    assert before <= event_counts(cast.event).at <= timezone.now()


@pytest.mark.parametrize(
    ("opens", "closes", "hours"),
    [((8, 0), (15, 0), [8, 9, 10, 11, 12, 13, 14]), ((8, 30), (10, 30), [8, 9, 10]), ((9, 10), (9, 40), [9])],
)
def test_opening_hours(opens, closes, hours):
    assert list(opening_hours(time(*opens), time(*closes))) == hours


# --- The checker


def verify() -> list[str]:
    out = StringIO()
    call_command("verify_counts", stdout=out)
    return out.getvalue().splitlines()


def test_verify_counts_agrees_one_line_an_event(world):
    factories.event(organiser=world.organisation, slug="kosong")
    assert verify() == [
        "bazar-uji: 59 reached, 7 interested, 7 registered, 3 approved, Rp186000: equal",
        "kosong: 0 reached, 0 interested, 0 registered, 0 approved, Rp0: equal",
    ]


def test_reached_equals_the_rows(world):
    before = event_counts(world.event).reached
    assert before == Reached(at_booths={"A": 3, "B": 1}, sessions=2, in_sessions=55)
    assert (before.greeted, before.people) == (4, 59)
    assert [(row.key, row.greeted) for row in event_counts(world.event).booths] == [("A", 3), ("B", 1)]


@pytest.mark.parametrize(
    "falsehood",
    [
        {"at_booths": {"A": 4, "B": 1}},
        {"at_booths": {"A": 3}},
        {"sessions": 3},
        {"in_sessions": 54},
    ],
    ids=["greeted", "booth lost", "sessions", "people in sessions"],
)
def test_verify_counts_fails_on_any_falsified_figure_of_those_reached(world, monkeypatch, falsehood):
    def falsified(event):
        return dataclasses.replace(reached(event), **falsehood)

    monkeypatch.setattr(counts, "reached", falsified)
    with pytest.raises(CommandError):
        verify()


def test_verify_counts_fails_when_a_booths_greeted_are_anothers(world, monkeypatch):
    """The total is right, the booths are not."""

    def falsified(event):
        return dataclasses.replace(reached(event), at_booths={"A": 1, "B": 3})

    monkeypatch.setattr(counts, "reached", falsified)
    with pytest.raises(CommandError, match=r"^2 figures differ from the rows$"):
        verify()


def test_verify_counts_fails_on_any_falsified_figure(world, monkeypatch):
    def falsified(event, part: str, figure: str, *, at=None):
        true = event_counts(event, at=at)
        more = Tally(**{figure: 1})
        if part == "total":
            return dataclasses.replace(true, total=true.total + more)
        first, *rest = getattr(true, part)
        return dataclasses.replace(
            true, **{part: (dataclasses.replace(first, tally=first.tally + more), *rest)}
        )

    figures = [field.name for field in dataclasses.fields(Tally)]
    unseen = []
    for part, figure in product(("total", "booths", "officers", "days", "hours"), figures):
        monkeypatch.setattr(counts, "event_counts", partial(falsified, part=part, figure=figure))
        try:
            verify()
        except CommandError:
            continue
        unseen.append((part, figure))
    assert unseen == []


def test_verify_counts_names_the_difference(world, monkeypatch):
    def falsified(event, *, at=None):
        true = event_counts(event, at=at)
        return dataclasses.replace(true, total=true.total + Tally(approved=2))

    monkeypatch.setattr(counts, "event_counts", falsified)
    out = StringIO()
    with pytest.raises(CommandError, match=r"^2 figures differ from the rows$"):
        call_command("verify_counts", stdout=out)
    assert out.getvalue().splitlines() == [
        "bazar-uji: total registered: page 9, rows 7",
        "bazar-uji: total approved: page 5, rows 3",
        "bazar-uji: 59 reached, 7 interested, 7 registered, 3 approved, Rp186000: differs",
    ]


def test_verify_counts_fails_when_a_breakdown_lost_a_row(world, monkeypatch):
    def falsified(event, *, at=None):
        true = event_counts(event, at=at)
        return dataclasses.replace(true, hours=true.hours[1:])

    monkeypatch.setattr(counts, "event_counts", falsified)
    with pytest.raises(CommandError):
        verify()


def test_verify_counts_sees_a_state_that_fell_behind_its_last_decision(world):
    """The column is a cache of the decisions; a raw write to it is found."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enrolment_registration SET state = 'withdrawn' WHERE state = 'lapsed'")
    with pytest.raises(CommandError):
        verify()
