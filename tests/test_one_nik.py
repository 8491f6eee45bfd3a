# ruff: noqa: F811  a fixture is asked for by its name
"""Several of one NIK, of which only one can be approved: a bulk approval takes none of them, and a reviewer is told
what to do where one is approved already; of another branch's no more than that."""

import pytest

from enrolment.actions import arbitrations, bulk, consent, decisions, verdicts
from enrolment.choices import ArbitrationOutcome, State, Verdict
from enrolment.models import Registration
from outreach.errors import ActionRefused
from tests import arbitrating, factories
from tests.reviewing import WHO, now
from tests.test_bulk import BULK, approve, desk, left, sent, stays  # noqa: F401  fixtures

pytestmark = pytest.mark.usefixtures("in_english")


def said(by, row) -> str:
    with pytest.raises(ActionRefused) as refusal:
        decisions.move(by=by, registration=row, target=State.APPROVED)
    assert refusal.value.code == "already_approved"
    return str(refusal.value)


def test_of_ones_own_branch_it_names_the_other_one(cast):
    first = factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO)
    second = factories.submitted(by=cast.officer, **WHO)
    assert said(cast.other_reviewer, second) == (
        f"{first} has this NIK and is approved. Return this one, or withdraw that one."
    )
    consent.withdraw(by=cast.officer, registration=first, channel="phone")
    assert said(cast.other_reviewer, second) == (
        f"{first} has this NIK and is approved, and its worker withdrew the consent. Withdraw it first."
    )


def test_of_another_branchs_it_says_whom_to_ask_and_names_nothing(cast):
    _first, second = arbitrating.approved_here(cast)
    assert said(cast.strange_reviewer, second) == (
        "Another branch has approved this NIK: its head decides. Ask under “Possible twins”."
    )


def test_of_another_branchs_without_consent_it_does_not_say_that_it_was_withdrawn(cast):
    first, second = arbitrating.approved_here(cast)
    consent.withdraw(by=cast.officer, registration=first, channel="phone")
    told = "Another branch has not ended its approval of this NIK yet. Let it wait, and try again later."
    assert said(cast.strange_reviewer, second) == told
    (left,) = bulk.approve(by=cast.strange_reviewer, selection=[(second.reference, 1)]).left
    assert (left.code, left.sentence) == ("already_approved", told)


def test_after_different_people_a_bulk_says_the_same_as_a_single_approval(cast):
    case = arbitrating.asked(cast)
    arbitrations.decide(by=cast.head, case=case, outcome=ArbitrationOutcome.DIFFERENT, reason="Orang lain.")
    (left,) = bulk.approve(by=cast.strange_reviewer, selection=[(case.second.reference, 1)]).left
    assert left.sentence == said(cast.strange_reviewer, case.second) == decisions.different_people()


# --- A bulk approval and its forecast


def test_one_nik_twice_in_a_selection_stays_even_where_no_warning_says_so(cast, monkeypatch):
    content = factories.row()
    first = factories.submitted(by=cast.officer, **content)
    second = factories.submitted(
        by=cast.officer, **{**content, "submission_id": factories.row()["submission_id"]}
    )
    monkeypatch.setattr(bulk.duplicates, "warnings_now", lambda rows: {row.pk: [] for row in rows})
    assert left(approve(cast.reviewer, [first, second])) == {first: "shared_nik", second: "shared_nik"}


def apart(cast) -> tuple[Registration, Registration]:
    """Two waiting ones of one NIK that are said to be different people."""
    content = factories.row()
    pair = [
        factories.submitted(by=cast.officer, **{**content, "submission_id": factories.row()["submission_id"]})
        for _ in range(2)
    ]
    said = {"verdict": Verdict.DIFFERENT, "reason": "Orang lain."}
    verdicts.judge(by=cast.reviewer, registration=pair[0], other=pair[1], **said)
    return tuple(pair)


def test_of_different_people_with_one_nik_neither_is_taken_and_neither_is_promised(cast, desk, stays):
    one, other = apart(cast)
    (clean,) = sent(cast)
    plan = desk.get(BULK).context["plan"]
    assert ([reference for reference, _version in plan.take], plan.stay) == ([clean.reference], 2)
    assert "or another one has its NIK" not in desk.get(BULK).text  # two: the plural
    assert "and those with the NIK of another one" in desk.get(BULK).text
    assert [stays(row) for row in (one, other)] == ["shared_nik"] * 2
    decisions.move(by=cast.reviewer, registration=one, target=State.APPROVED)
    assert stays(other) == "already_approved"
    assert desk.get(BULK).context["plan"].take == [(clean.reference, 1)]


def test_once_the_wrong_one_is_returned_the_other_is_clean(cast, desk):
    one, other = apart(cast)
    decisions.move(by=cast.reviewer, registration=one, target=State.RETURNED, reason="NIK keliru.")
    assert desk.get(BULK).context["plan"].take == [(other.reference, 1)]
    assert approve(cast.reviewer, [other]).approved == [other]


def test_an_approval_of_the_same_nik_keeps_it_back_though_it_is_no_twin(cast, stays):
    """Its consent is taken back, so it shows as nobody's twin; it is approved all the same until a reviewer ends it."""
    content = factories.row()
    before = factories.approved(by=cast.officer, reviewer=cast.other_reviewer, **content)
    consent.withdraw(by=cast.officer, registration=before, channel="phone")
    assert now(before).state == State.APPROVED
    again = {**content, "submission_id": factories.row()["submission_id"]}
    second = factories.submitted(by=cast.officer, **again)
    assert stays(second) == "already_approved"
    assert approve(cast.reviewer, [second]).left[0].sentence == (
        f"{before} has this NIK and is approved, and its worker withdrew the consent. Withdraw it first."
    )
