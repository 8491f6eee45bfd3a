"""Bulk approvals beside each other, a return, a correction and an approval of the same NIK, and two answers to one
second look, in the same second: processes with real commits; and with the protection taken out, to see that the harness
would have noticed.
"""

from uuid import uuid4

import pytest

from enrolment.actions import verdicts
from enrolment.choices import State, Verdict
from enrolment.models import Decision, Registration, SecondLook
from tests import factories
from tests.races import at_once
from tests.reviewing import now
from tests.test_races import assert_chain_is_whole, outcomes, person

pytestmark = [pytest.mark.postgres, pytest.mark.once]

ROUNDS, ROWS = 4, 6


def waiting(count: int = ROWS) -> list[Registration]:
    return [factories.submitted(by=person("petugas")) for _ in range(count)]


def bulk(username: str, references: list[str]) -> dict:
    return {"do": "bulk_approve", "username": username, "references": references}


def trail(registration: Registration) -> list[tuple]:
    return list(registration.decisions.order_by("number").values_list("source", "target"))


def is_whole(registration: Registration) -> bool:
    """Each move begins where the one before has ended, and the columns are the last one's."""
    moves = trail(registration)
    ends = [None, *(target for _source, target in moves)]
    return ends[:-1] == [source for source, _target in moves] and ends[-1] == now(registration).state


# --- Two reviewers and one selection


def two_at_once(scratch, **options) -> list[tuple[list[Registration], list[dict]]]:
    """The same selection, by one from its first to its last and by the other from its last to its first."""
    found = []
    with scratch.racers(2, **options) as racers:
        for _ in range(ROUNDS):
            rows = waiting()
            references = [row.reference for row in rows]
            orders = [bulk("verifikator", references), bulk("verifikator2", references[::-1])]
            found.append((rows, at_once(racers, orders)))
    return found


def test_two_reviewers_approve_the_same_selection_once(scratch):
    for rows, answers in two_at_once(scratch):
        assert outcomes(answers) == ["done", "done"]
        assert sorted(one for answer in answers for one in answer["approved"]) == sorted(
            row.reference for row in rows
        )
        left = [code for answer in answers for code in answer["left"].values()]
        assert left == ["move_refused"] * ROWS
        assert [trail(row) for row in rows] == [[(None, "submitted"), ("submitted", "approved")]] * ROWS
    assert_chain_is_whole()


def test_control_without_the_lock_one_of_them_fails(scratch):
    said = [outcomes(answers) for _rows, answers in two_at_once(scratch, without_bulk_lock=True)]
    assert ["IntegrityError", "done"] in said  # the decision's number is taken


def test_control_locked_as_they_were_chosen_they_wait_for_each_other(scratch):
    errors = [
        answer.get("error", "")
        for _rows, answers in two_at_once(scratch, without_bulk_order=True)
        for answer in answers
    ]
    assert any("deadlock" in error for error in errors)


# --- One of them is returned, or corrected


def beside(scratch, other, **options) -> list[Registration]:
    """A bulk, and beside it `other(registration)` of one of the selection; that one of each round."""
    found = []
    with scratch.racers(2, **options) as racers:
        for _ in range(ROUNDS):
            rows = waiting(3)
            answers = at_once(racers, [bulk("verifikator", [row.reference for row in rows]), other(rows[1])])
            assert answers[0]["outcome"] == "done", answers
            assert [now(row).state for row in (rows[0], rows[2])] == [State.APPROVED] * 2
            found.append(rows[1])
    return found


def returned(row: Registration) -> dict:
    return {"do": "decide", "username": "verifikator2", "reference": row.reference, "target": "returned"}


def corrected(row: Registration) -> dict:
    other = factories.row(submission_id=str(row.submission_id))
    return {"do": "bulk_correct", "username": "petugas", "reference": row.reference, "row": other}


def test_one_that_is_returned_meanwhile_is_returned_or_approved(scratch):
    rows = beside(scratch, returned)
    assert [len(trail(row)) for row in rows] == [2] * ROUNDS
    assert [is_whole(row) for row in rows] == [True] * ROUNDS
    assert_chain_is_whole()


def test_control_without_the_lock_a_returned_one_is_approved(scratch):
    rows = beside(scratch, returned, without_bulk_lock=True)
    assert [(None, "submitted"), ("submitted", "returned"), ("submitted", "approved")] in map(trail, rows)


def test_a_correction_that_nobody_saw_is_never_approved(scratch):
    rows = beside(scratch, corrected)
    approved = Decision.objects.filter(registration__in=rows, target=State.APPROVED)
    assert set(approved.values_list("version", flat=True)) <= {1}
    assert [row.state == State.APPROVED for row in map(now, rows)] == [now(row).version == 1 for row in rows]
    assert [is_whole(row) for row in rows] == [True] * ROUNDS


def test_control_without_the_lock_an_unseen_correction_is_approved(scratch):
    rows = map(now, beside(scratch, corrected, without_bulk_lock=True))
    assert (2, State.APPROVED) in [(row.version, row.state) for row in rows]


# --- Another registration of the same NIK is approved between the judging and the writing


def beside_a_twin(scratch, **options) -> tuple[list[Registration], list[dict]]:
    content = factories.row()
    rows = [*waiting(2), factories.submitted(by=person("petugas"), **content)]
    twin = {**content, "submission_id": str(uuid4())}
    orders = [
        bulk("verifikator", [row.reference for row in rows]),
        {"do": "bulk_twin", "officer": "petugas", "reviewer": "verifikator2", "row": twin},
    ]
    with scratch.racers(2, slow_judge=1, **options) as racers:
        return rows, at_once(racers, orders)


def test_a_twin_approved_meanwhile_costs_only_its_own_row(scratch):
    rows, (done, twin) = beside_a_twin(scratch)
    assert (done["outcome"], twin["outcome"]) == ("done", "approved")
    assert done["approved"] == [row.reference for row in rows[:2]]
    assert done["left"] == {rows[2].reference: "not_clean"}
    assert [now(row).state for row in rows] == [State.APPROVED, State.APPROVED, State.SUBMITTED]
    assert_chain_is_whole()


def test_control_without_a_second_try_the_whole_selection_is_lost(scratch):
    rows, (done, _twin) = beside_a_twin(scratch, bulk_tries=1)
    assert done["outcome"] == "IntegrityError"
    assert [now(row).state for row in rows] == [State.SUBMITTED] * 3


# --- Two selections that hold one NIK each of two pairs, crosswise


def crosswise(scratch, **options) -> list[tuple[list[Registration], list[dict]]]:
    """Two pairs of different people with one NIK each, one of either pair in each selection: the first selection is
    written in the order of the NIKs, the other against it, and slowly."""
    scratch.execute(
        "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$"
    )
    scratch.execute(
        "CREATE TRIGGER slowly BEFORE UPDATE ON enrolment_registration FOR EACH ROW EXECUTE FUNCTION slowly()"
    )
    found = []
    with scratch.racers(2, **options) as racers:
        for _ in range(2):
            one, other = factories.row(), factories.row()
            rows = [
                factories.submitted(by=person("petugas"), **{**row, "submission_id": str(uuid4())})
                for row in (one, other, other, one)
            ]
            for pair in (rows[0], rows[3]), (rows[1], rows[2]):
                verdicts.judge(
                    by=person("verifikator"),
                    registration=pair[0],
                    other=pair[1],
                    verdict=Verdict.DIFFERENT,
                    reason="Orang lain.",
                )
            clean = waiting(2)
            orders = [
                bulk("verifikator", [row.reference for row in (*rows[:2], clean[0])]),
                bulk("verifikator2", [row.reference for row in (*rows[2:], clean[1])]),
            ]
            found.append(([*rows, *clean], at_once(racers, orders)))
    return found


def test_two_selections_with_the_same_niks_crosswise_never_wait_for_each_other(scratch):
    for (*twins, one, other), answers in crosswise(scratch):
        assert outcomes(answers) == ["done", "done"]
        assert [answer["approved"] for answer in answers] == [[one.reference], [other.reference]]
        assert [answer["left"] for answer in answers] == [
            {row.reference: "shared_nik" for row in some} for some in (twins[:2], twins[2:])
        ]
        assert [trail(row) for row in twins] == [[(None, "submitted")]] * 4
    assert_chain_is_whole()


def test_control_where_a_shared_nik_is_taken_they_do(scratch):
    answers = [answer for _rows, both in crosswise(scratch, shared_niks_taken=True) for answer in both]
    assert any("deadlock" in answer.get("error", "") for answer in answers)


# --- Two second looks at one approval


def answer_at_once(scratch, **options) -> list[list[str]]:
    """Two reviewers with the same look in the same second, each with another answer."""
    factories.reviewer("verifikator3", of=person("petugas").branch)
    said = []
    with scratch.racers(2, **options) as racers:
        for _ in range(4):
            look = factories.second_look(by=person("petugas"), reviewer=person("verifikator"))
            orders = [
                {"do": "second_look", "username": name, "look": str(look.pk), "result": result}
                for name, result in (("verifikator2", "agrees"), ("verifikator3", "differs"))
            ]
            said.append(outcomes(at_once(racers, orders)))
    return said


def test_two_answers_at_once_are_one(scratch):
    assert answer_at_once(scratch) == [["done", "looked"]] * 4
    assert SecondLook.objects.exclude(result="").count() == 4
    assert_chain_is_whole()


def test_control_without_lock_and_trigger_the_later_answer_wins(scratch):
    scratch.execute("DROP TRIGGER enrolment_secondlook_once ON enrolment_secondlook")
    assert ["done", "done"] in answer_at_once(scratch, without_look_lock=True)
