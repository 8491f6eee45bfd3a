"""Two reviewers who take the next one, and two phones with one NIK, in the same second: processes with real commits;
and with the protection taken out, to see that the harness would have noticed.
"""

from uuid import uuid4

import pytest

from enrolment.models import Registration
from enrolment.queries import duplicates
from tests import factories
from tests.races import at_once
from tests.test_races import PAIRS, outcomes, person, submit

pytestmark = pytest.mark.postgres


def take_at_once(scratch, **options) -> list[list[str]]:
    """Two reviewers take the next one at the same moment, until nobody waits."""
    made = {factories.submitted(by=person("petugas")).reference for _ in range(2 * PAIRS)}
    orders = [{"do": "take", "username": name} for name in ("verifikator", "verifikator2")]
    taken = []
    with scratch.racers(2, **options) as racers:
        for _ in range(PAIRS):
            taken.append([answer["outcome"] for answer in at_once(racers, orders)])
            Registration.objects.filter(reference__in=taken[-1]).update(
                state="withdrawn", **Registration.NO_CLAIM
            )
    assert {reference for pair in taken for reference in pair} <= made
    return taken


def test_two_reviewers_who_take_at_once_never_get_the_same(scratch):
    assert [len(set(pair)) for pair in take_at_once(scratch)] == [2] * PAIRS


def test_control_without_lock_and_condition_they_get_the_same(scratch):
    assert 1 in [len(set(pair)) for pair in take_at_once(scratch, without_claim_lock=True)]


def one_reviewer_takes(scratch, **options) -> list[int]:
    """The same reviewer in two tabs, each with another registration, at once: how many claims each round leaves."""
    held = []
    with scratch.racers(2, **options) as racers:
        for _ in range(PAIRS):
            rows = [factories.submitted(by=person("petugas")) for _ in range(2)]
            order = {"do": "claim", "username": "verifikator"}
            said = at_once(racers, [{**order, "reference": row.reference} for row in rows])
            assert outcomes(said) == ["claimed", "claimed"]
            held.append(Registration.objects.filter(claimed_by=person("verifikator")).count())
    return held


def test_one_reviewer_who_takes_two_at_once_holds_one(scratch):
    assert one_reviewer_takes(scratch) == [1] * PAIRS


def test_control_without_lock_and_constraint_they_hold_two(scratch):
    scratch.execute("DROP INDEX registration_one_claim_a_reviewer")
    assert 2 in one_reviewer_takes(scratch, without_reviewer_lock=True)


def send_twins(scratch) -> list[list[Registration]]:
    """Two phones with one NIK at once, each of which looks for twins before the other has committed."""
    pairs = []
    with scratch.racers(2, slow_look=True) as racers:
        for _ in range(PAIRS):
            row = factories.row()
            again = {**row, "submission_id": str(uuid4()), "full_name": "Nama Lain"}
            answers = at_once(racers, [submit(row), submit(again)])
            assert outcomes(answers) == ["created", "created"]  # never an error page, and both are kept
            pairs.append([Registration.objects.get(reference=a["reference"]) for a in answers])
    return pairs


def test_twins_of_the_same_second_are_both_flagged(scratch):
    for pair in send_twins(scratch):
        shown = duplicates.warnings_now(pair)
        assert [shown[row.pk] for row in pair] == [["duplicate_nik"], ["duplicate_nik"]]
        assert set(
            Registration.objects.filter(duplicates.has_twin(), pk__in=[row.pk for row in pair])
        ) == set(pair)
        for row, other in (pair, pair[::-1]):
            found = duplicates.twins(row, user=person("verifikator"))
            assert [twin.registration for twin in found.here] == [other]


def test_control_what_each_saw_at_the_stand_flags_neither(scratch):
    stored = [[row.warnings for row in pair] for pair in send_twins(scratch)]
    assert [[], []] in stored
