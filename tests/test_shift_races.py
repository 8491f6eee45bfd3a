# ruff: noqa: F811  a fixture is asked for by its name
"""Several who close a booth's day at once, as processes on PostgreSQL."""

from uuid import uuid4

import pytest
from django.utils import timezone

from outreach.models import AuditEntry, Booth
from tests.races import at_once
from tests.test_races import outcomes, stand  # noqa: F401  its fixture

pytestmark = pytest.mark.postgres


def close_at_once(scratch, stand: Booth, *, processes: int, same_id: bool = False, **options) -> list[str]:
    """Everybody saw a booth that nobody had closed, and closes it with a number of their own."""
    day, one = timezone.localdate().isoformat(), str(uuid4())
    about = {"do": "close_booth", "username": "petugas", "booth": stand.pk, "day": day}
    orders = [
        {**about, "closing_id": one if same_id else str(uuid4()), "taken": 7 if same_id else number}
        for number in range(processes)
    ]
    with scratch.racers(processes, **options) as racers:
        return outcomes(at_once(racers, orders))


def test_of_eight_who_close_a_booth_at_once_one_is_stored_and_the_others_are_told(scratch, stand):
    answers = close_at_once(scratch, stand, processes=8, slow_closing=True)
    assert answers == ["closed", *["closed_meanwhile"] * 7]
    assert [row.number for row in stand.reconciliations.all()] == [1]
    assert AuditEntry.objects.filter(action="booth.close").count() == 1


def test_a_closing_sent_by_eight_processes_at_once_is_one_row(scratch, stand):
    assert close_at_once(scratch, stand, processes=8, same_id=True) == ["closed", *["same"] * 7]
    assert stand.reconciliations.count() == 1


def test_control_without_its_constraint_a_booth_is_closed_twice_with_one_number(scratch, stand):
    scratch.execute("ALTER TABLE outreach_boothreconciliation DROP CONSTRAINT reconciliation_number_once")
    assert close_at_once(scratch, stand, processes=2, slow_closing=True) == ["closed", "closed"]
