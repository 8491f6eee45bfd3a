"""Two reviewers who judge the same twins at once, and who ask another branch's head at once: processes with real
commits; and with the protection taken out, to see that the harness would have noticed. Two who approve both of one NIK
at once are in tests/test_races.py.
"""

import pytest

from enrolment.models import Arbitration, Registration, TwinVerdict
from outreach.models import AuditEntry, Organisation
from tests import factories
from tests.races import at_once
from tests.reviewing import now
from tests.test_races import PAIRS, assert_chain_is_whole, outcomes, person

pytestmark = pytest.mark.postgres


def twins() -> list[Registration]:
    row = factories.row()
    again = {**row, "submission_id": factories.row()["submission_id"]}
    return [factories.submitted(by=person("petugas"), **one) for one in (row, again)]


def judge(username: str, one: Registration, other: Registration, keep: str) -> dict:
    named = {"reference": one.reference, "other": other.reference, "keep": keep}
    return {"do": "judge", "username": username, **named}


def judge_crosswise(scratch, *, same: bool = True, **options) -> tuple[list[list[str]], list[list[str]]]:
    """Each of two reviewers keeps the one that they look at: what each is told, and what becomes of every pair."""
    told, became = [], []
    with scratch.racers(2, **options) as racers:
        for _ in range(PAIRS):
            one, other = twins()
            orders = [
                judge("verifikator", one, other, one.reference),
                judge("verifikator2", other, one, other.reference if same else ""),
            ]
            told.append(outcomes(at_once(racers, orders)))
            became.append(sorted(now(row).state for row in (one, other)))
    return told, became


def test_of_a_pair_kept_crosswise_one_stands(scratch):
    told, became = judge_crosswise(scratch)
    assert told == [["done", "judged"]] * PAIRS
    assert became == [["submitted", "withdrawn"]] * PAIRS
    assert TwinVerdict.objects.count() == PAIRS
    assert_chain_is_whole()


def test_control_without_lock_and_constraint_both_are_withdrawn(scratch):
    scratch.execute("DROP INDEX twin_verdict_one_in_force_a_pair")
    _told, became = judge_crosswise(scratch, without_pair_lock=True)
    assert ["withdrawn", "withdrawn"] in became


def test_control_locked_as_they_are_named_they_wait_for_each_other(scratch):
    told, _became = judge_crosswise(scratch, without_pair_order=True)
    assert ["OperationalError", "done"] in told


def test_same_and_different_at_once_are_one_verdict(scratch):
    told, became = judge_crosswise(scratch, same=False)
    assert told == [["done", "judged"]] * PAIRS
    said = TwinVerdict.objects.values_list("verdict", flat=True)
    assert (len(said), TwinVerdict.objects.in_force().count()) == (PAIRS, PAIRS)
    assert sorted(said) == sorted(
        "same" if pair == ["submitted", "withdrawn"] else "different" for pair in became
    )


def ask_at_once(scratch, **options) -> list[int]:
    """Two reviewers ask about the same one at once: how many open cases each leaves."""
    stranger = person("orang_lain")
    organiser = Organisation.objects.get(branch=stranger.branch)
    factories.reviewer("verifikator_lain2", of=stranger.branch)
    factories.event(organiser=organiser, officers=[stranger], slug="bazar-lain")
    made = []
    with scratch.racers(2, **options) as racers:
        for _ in range(PAIRS):
            row = factories.row()
            factories.approved(by=person("petugas"), reviewer=person("verifikator"), **row)
            there = {"submission_id": factories.row()["submission_id"], "event": "bazar-lain"}
            second = factories.submitted(by=stranger, **{**row, **there, "officer": "orang_lain"})
            order = {"do": "ask_head", "reference": second.reference}
            names = ("verifikator_lain", "verifikator_lain2")
            answers = at_once(racers, [{**order, "username": name} for name in names])
            assert outcomes(answers) == ["asked", "asked"]
            made.append(Arbitration.objects.filter(second=second).count())
    return made


def test_asked_twice_at_once_it_is_one_case(scratch):
    assert ask_at_once(scratch) == [1] * PAIRS
    assert AuditEntry.objects.filter(action="arbitration.ask").count() == PAIRS


def test_control_without_lock_and_constraint_there_are_two(scratch):
    scratch.execute("DROP INDEX arbitration_one_open_a_registration")
    assert 2 in ask_at_once(scratch, without_case_lock=True)
