"""Several who save an edition at once, as processes on PostgreSQL: one holds, and the months stay covered."""

from itertools import pairwise

import pytest

from enrolment.editions import ONE_DAY
from enrolment.models import ContributionSchedule
from enrolment.queries import editions
from outreach.models import AuditEntry, Branch
from tests.races import at_once
from tests.test_races import outcomes

pytestmark = pytest.mark.postgres

PROCESSES = 4
LATER = [f"2027-0{4 + number}-01" for number in range(PROCESSES)]


def save_at_once(scratch, firsts: list[str], **options) -> list[str]:
    """Everybody saw the effect on the same editions."""
    seen = editions.digest(editions.current())
    about = {"do": "add_schedule", "username": "admin", "seen": seen}
    orders = [{**about, "code": f"bpu-{number}", "first": first} for number, first in enumerate(firsts)]
    with scratch.racers(len(orders), **options) as racers:
        return outcomes(at_once(racers, orders))


def months_are_covered() -> bool:
    rows = list(ContributionSchedule.objects.current().order_by("valid_from", "pk"))
    follows = (one.valid_to and one.valid_to + ONE_DAY == after.valid_from for one, after in pairwise(rows))
    return all(follows) and rows[-1].valid_to is None


@pytest.mark.parametrize("firsts", [LATER, LATER[::-1], ["2015-07-01"] * PROCESSES])
def test_of_four_editions_saved_at_once_one_holds(scratch, firsts):
    assert save_at_once(scratch, firsts) == ["changed_meanwhile"] * 3 + ["saved"]
    assert months_are_covered()
    assert ContributionSchedule.objects.count() == 2
    assert AuditEntry.objects.filter(action="contributionschedule.add").count() == Branch.objects.count()


def test_without_the_lock_the_database_still_keeps_them_apart(scratch):
    answers = save_at_once(scratch, LATER, without_tariff_lock=True)
    assert answers == ["IntegrityError"] * 3 + ["saved"]
    assert months_are_covered()


def test_control_without_lock_and_triggers_two_hold_at_once(scratch):
    for name in ("alone", "shortens"):
        trigger = f"enrolment_contributionschedule_{name}"
        scratch.execute(f"DROP TRIGGER {trigger} ON enrolment_contributionschedule")
    assert save_at_once(scratch, LATER, without_tariff_lock=True).count("saved") > 1
    assert not months_are_covered()
