"""Two phones that record the same goods at the same moment, as processes with real commits; and with the protection
taken out, to see that the harness would have noticed.
"""

from uuid import uuid4

import pytest

from outreach.actions import audit
from outreach.models import Branch, EquipmentLine, EquipmentMove, HandoverRecord, User
from tests import equipping
from tests.races import at_once
from tests.test_races import BRANCH, outcomes

pytestmark = pytest.mark.postgres
TIMES = 8


class World:
    """The cast as it lies in the scratch database."""

    def __init__(self) -> None:
        self.branch = Branch.objects.get(slug=BRANCH)
        self.organiser, self.head = (
            User.objects.select_related("branch").get(username=name) for name in ("karangtaruna", "kepala")
        )
        self.event = self.organiser.organisation.events.get()


def give_back(line: EquipmentLine, username: str, **changes) -> dict:
    order = {
        "do": "give_back",
        "username": username,
        "line": str(line.pk),
        "record": str(uuid4()),
        "numbers": [5, 0, 0],
    }
    return order | changes


def ask(item, **changes) -> dict:
    return {"do": "ask", "username": "karangtaruna", "item": item.pk, "quantity": 3, **changes}


def return_twice(scratch, **options) -> list[list[str]]:
    """The organiser and the branch record one return at once, each with other numbers: outcomes by line."""
    lines = [equipping.handed_over(World()) for _ in range(TIMES)]
    with scratch.racers(2, **options) as racers:
        return [
            outcomes(
                at_once(
                    racers, [give_back(line, "karangtaruna"), give_back(line, "kepala", numbers=[4, 1, 0])]
                )
            )
            for line in lines
        ]


def test_a_return_recorded_by_two_phones_is_one_and_the_other_is_told(scratch):
    assert return_twice(scratch) == [["created", "moved_on"]] * TIMES
    back = EquipmentMove.objects.filter(source="handed_over")
    assert (back.count(), HandoverRecord.objects.filter(direction="back").count()) == (TIMES, TIMES)
    for move in back.select_related("line"):
        line = move.line
        assert (line.state, line.returned, line.damaged) == (move.target, move.quantity, move.damaged)
    assert list(audit.verify(World().branch)) == []


def test_control_without_its_lock_both_are_recorded(scratch):
    assert ["created", "created"] in return_twice(scratch, without_lock=True)


def test_one_record_sent_by_two_at_once_is_stored_once(scratch):
    lines = [equipping.handed_over(World()) for _ in range(TIMES)]
    with scratch.racers(2) as racers:
        answers = [outcomes(at_once(racers, [give_back(line, "karangtaruna")] * 2)) for line in lines]
    assert answers == [["created", "same"]] * TIMES
    assert HandoverRecord.objects.filter(direction="back").count() == TIMES


def test_one_request_sent_by_two_at_once_asks_once(scratch):
    item = equipping.item(World())
    with scratch.racers(2) as racers:
        answers = [outcomes(at_once(racers, [ask(item, line=str(uuid4()))] * 2)) for _ in range(TIMES)]
    assert answers == [["created", "same"]] * TIMES
    assert (EquipmentLine.objects.count(), EquipmentMove.objects.count()) == (TIMES, TIMES)


def record_crosswise(scratch, *, times: int, **options) -> list[list[str]]:
    """Two records over the same lines, each naming them in another order: outcomes by pair."""
    found, world = [], World()
    with scratch.racers(2, **options) as racers:
        for _ in range(times):
            lines = [str(equipping.handed_over(world).pk) for _ in range(4)]
            orders = [
                {
                    "do": "give_back",
                    "username": name,
                    "lines": some,
                    "record": str(uuid4()),
                    "numbers": [5, 0, 0],
                }
                for name, some in (("karangtaruna", lines), ("kepala", lines[::-1]))
            ]
            found.append(outcomes(at_once(racers, orders)))
    return found


def test_records_over_the_same_lines_never_wait_for_each_other(scratch):
    assert record_crosswise(scratch, times=TIMES) == [["created", "moved_on"]] * TIMES


def test_control_locked_as_they_come_one_of_them_is_broken_off(scratch):
    assert ["OperationalError", "created"] in record_crosswise(scratch, times=2, without_order=True)
