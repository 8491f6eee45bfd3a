"""The state table of DESIGN.md, written here once more by hand: every move allowed and every other refused."""

import pytest
from django.db import transaction

from enrolment.actions import decisions, registrations
from enrolment.choices import State
from enrolment.models import Decision, Registration
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories

STATES = ("submitted", "approved", "returned", "rejected", "withdrawn", "lapsed")
REVIEWERS, OFFICER, CLOCK = {"reviewer", "other_reviewer"}, {"officer"}, {"clock"}
WITH_CONTENT = {("submitted", "submitted"): OFFICER, ("returned", "submitted"): OFFICER}
WITHOUT = {
    ("submitted", "approved"): REVIEWERS,
    ("submitted", "returned"): REVIEWERS,
    ("submitted", "rejected"): REVIEWERS,
    ("submitted", "withdrawn"): OFFICER,
    ("returned", "withdrawn"): OFFICER,
    ("approved", "submitted"): REVIEWERS,
    ("approved", "withdrawn"): REVIEWERS,
    ("approved", "lapsed"): CLOCK,
    ("withdrawn", "submitted"): REVIEWERS,
}
NEEDS_A_REASON = set(WITHOUT) - {("submitted", "approved")}
MAY_REGISTER = {"officer", "reviewer", "other_reviewer", "head", "system_admin"}
DECIDED = ("approved", "returned", "rejected")


class Undo(Exception):
    pass


def in_state(cast, state: str, **changes) -> Registration:
    make, officer, reviewer = getattr(factories, state), cast.officer, cast.reviewer
    if state in ("submitted", "withdrawn"):
        return make(by=officer, **changes)
    return make(by=officer, reviewer=reviewer, **changes)


def attempt(action, **arguments) -> str:
    """The action's answer, `done` or the refusal's code; everything it wrote is undone."""
    try:
        with transaction.atomic():
            action(**arguments)
            raise Undo
    except ActionRefused as refused:
        return refused.code
    except Undo:
        return "done"


def actors(cast) -> dict:
    return {**cast.people, "clock": None}


def expected(table, source, target, actor) -> str:
    if (source, target) not in table:
        return "move_refused"
    return "done" if actor in table[source, target] else "not_allowed"


@pytest.mark.parametrize("source", STATES)
def test_every_move_without_content_is_done_or_refused_as_the_table_says(cast, source):
    registration = in_state(cast, source)
    answers = {
        (target, name): attempt(
            decisions.move, by=by, registration=registration, target=State(target), reason="Alasan uji."
        )
        for target in STATES
        for name, by in actors(cast).items()
    }
    assert answers == {
        (target, name): expected(WITHOUT, source, target, name) for target in STATES for name in actors(cast)
    }
    assert Registration.objects.get().state == source


@pytest.mark.parametrize("source", STATES)
def test_every_correction_is_done_or_refused_as_the_table_says(cast, source):
    registration, entry = in_state(cast, source), factories.entry(by=cast.officer)
    answers = {
        name: attempt(registrations.correct, by=by, registration=registration, entry=entry)
        for name, by in actors(cast).items()
    }
    assert answers == {name: expected(WITH_CONTENT, source, "submitted", name) for name in actors(cast)}


def test_only_who_may_register_makes_one(cast):
    made = set()
    for name, by in cast.people.items():
        form = factories.form(by=by)
        if form.is_valid() and attempt(registrations.submit, by=by, entry=form.entry()) == "done":
            made.add(name)
    assert made == MAY_REGISTER


@pytest.mark.parametrize(("source", "target"), WITHOUT)
def test_move_leaves_a_decision_row_and_a_chain_row(cast, source, target):
    registration, (name, *_) = in_state(cast, source), sorted(WITHOUT[source, target])
    by, before = actors(cast)[name], Decision.objects.count()
    decisions.move(by=by, registration=registration, target=State(target), reason="  Alasan \n uji. ")
    stored, decision = Registration.objects.get(), Decision.objects.order_by("number").last()
    assert (decision.source, decision.target, decision.by, decision.number) == (
        source,
        target,
        by,
        before + 1,
    )
    assert (decision.version, stored.state) == (1, target)
    opened = audit.open_access(
        by=cast.reviewer, branch_id=cast.branch.pk, objects=(decision.pk,), fields=("reason",), purpose="test"
    )
    assert decision.reason.reveal(opened) == "Alasan uji."
    chained = AuditEntry.objects.filter(object_id=registration.pk).order_by("seq").last()
    assert (chained.action, chained.actor) == (f"registration.{target}", by)
    if target in DECIDED:
        assert (stored.decided_by, stored.decided_at) == (by, decision.at)
    assert list(audit.verify(cast.branch)) == []


@pytest.mark.parametrize("source", ["submitted", "returned"])
def test_correction_leaves_a_new_version_and_a_decision_row(cast, source):
    registration = in_state(cast, source)
    entry = factories.entry(by=cast.officer, full_name="Nama Benar")
    registrations.correct(by=cast.officer, registration=registration, entry=entry)
    stored, decision = Registration.objects.get(), Decision.objects.order_by("number").last()
    assert (stored.version, stored.state, stored.decided_by, stored.decided_at) == (
        2,
        "submitted",
        None,
        None,
    )
    assert (decision.source, decision.target, decision.by, decision.version) == (
        source,
        "submitted",
        cast.officer,
        2,
    )
    assert [(one.number, one.by) for one in stored.versions.all()] == [(1, cast.officer), (2, cast.officer)]
    assert bytes(stored.digest) == entry.digest() == bytes(stored.versions.get(number=2).digest)
    assert stored.submission_id == registration.submission_id
    assert stored.reference == registration.reference


def test_state_is_always_that_of_the_last_decision(cast):
    """A long way through the table, and after every step the cache equals the rows."""
    registration = factories.submitted(by=cast.officer)
    steps = [
        ("returned", cast.reviewer), ("correct", cast.officer), ("correct", cast.officer), ("approved", cast.reviewer),
        ("submitted", cast.other_reviewer), ("withdrawn", cast.officer),
        ("submitted", cast.reviewer), ("approved", cast.other_reviewer), ("lapsed", None),
    ]  # fmt: skip
    for number, (step, by) in enumerate(steps, start=2):
        if step == "correct":
            registrations.correct(by=by, registration=registration, entry=factories.entry(by=cast.officer))
        else:
            decisions.move(by=by, registration=registration, target=State(step), reason="Alasan uji.")
        stored, rows = Registration.objects.get(), list(Decision.objects.order_by("number"))
        assert [row.number for row in rows] == list(range(1, number + 1))
        assert (stored.state, stored.version) == (rows[-1].target, rows[-1].version)
        assert [row.source for row in rows] == [None, *(row.target for row in rows[:-1])]
        assert (stored.decided_at is None) == (stored.decided_by is None)
        if stored.state in DECIDED:
            assert (stored.decided_by, stored.decided_at) == (rows[-1].by, rows[-1].at)


@pytest.mark.parametrize(("source", "target"), sorted(NEEDS_A_REASON))
@pytest.mark.parametrize("reason", ["", " \n "])
def test_move_without_its_reason_is_refused(cast, source, target, reason):
    registration, name = in_state(cast, source), sorted(WITHOUT[source, target])[0]
    by = actors(cast)[name]
    answer = attempt(decisions.move, by=by, registration=registration, target=State(target), reason=reason)
    assert answer == "reason_missing"


def test_approving_needs_no_reason(cast):
    registration = factories.submitted(by=cast.officer)
    assert (
        attempt(decisions.move, by=cast.reviewer, registration=registration, target=State.APPROVED) == "done"
    )


def test_approving_somebody_under_17_needs_a_reason(cast):
    young = factories.submitted(by=cast.officer, birth_date="2009-11-21", guardian="Ibu Uji")
    approve = {"by": cast.reviewer, "registration": young, "target": State.APPROVED}
    assert attempt(decisions.move, **approve) == "reason_missing"
    assert attempt(decisions.move, **approve, reason="Sudah bekerja, wali setuju.") == "done"


def test_approving_without_a_guardian_is_refused(cast):
    young = factories.submitted(by=cast.officer, birth_date="2008-11-21")
    approve = {"by": cast.reviewer, "registration": young, "target": State.APPROVED, "reason": "Boleh."}
    assert attempt(decisions.move, **approve) == "guardian_missing"


def test_a_guardian_who_has_not_agreed_is_told_from_one_who_is_not_named(cast):
    """Each has its own sentence, and the officer is sent to look for what is missing."""
    told = []
    for guardian in ({}, {"guardian": "Ibu Uji"}, {"guardian_agrees": "y"}):
        young = factories.submitted(by=cast.officer, birth_date="2008-11-21", consent_how="aloud", **guardian)
        refused = decisions.refusal(by=cast.reviewer, registration=young, target=State.APPROVED)
        told.append((refused.code, str(refused).partition(".")[0]))
    missing = ("guardian_missing", "Nama wali belum ada")
    assert told == [missing, ("guardian_not_agreed", "Nama wali ada, persetujuannya belum"), missing]


def test_second_approval_of_a_nik_is_refused_until_the_first_ends(cast):
    same = {"nik": factories.nik(), "birth_date": "1988-04-12"}
    first = factories.approved(by=cast.officer, reviewer=cast.reviewer, **same)
    second = factories.submitted(by=cast.officer, **same)
    approve = {"by": cast.reviewer, "registration": second, "target": State.APPROVED}
    assert attempt(decisions.move, **approve) == "already_approved"
    decisions.move(by=None, registration=first, target=State.LAPSED, reason="Tidak pernah membayar.")
    assert attempt(decisions.move, **approve) == "done"


def test_stale_page_is_told_that_somebody_was_faster(cast):
    registration = factories.submitted(by=cast.officer)
    decisions.move(by=cast.reviewer, registration=registration, target=State.APPROVED)
    assert registration.state == "submitted"  # what the other reviewer's page still shows
    answer = attempt(
        decisions.move,
        by=cast.other_reviewer,
        registration=registration,
        target=State.REJECTED,
        reason="Alasan.",
    )
    assert answer == "move_refused"


def test_decision_that_fails_in_the_end_changes_nothing(cast, monkeypatch):
    registration = factories.submitted(by=cast.officer)
    monkeypatch.setattr(audit, "record", lambda **row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        decisions.move(by=cast.reviewer, registration=registration, target=State.APPROVED)
    stored = Registration.objects.get()
    assert (stored.state, stored.decided_by, stored.decisions.count()) == ("submitted", None, 1)
