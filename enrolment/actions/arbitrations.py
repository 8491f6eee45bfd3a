"""Twins of two branches: the branch that wants to approve asks, the head of the one that approved first decides and
sees both (DESIGN, promise 2). What the head looks at is in both branches' chains."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import decisions, verdicts
from enrolment.actions.disclosures import person
from enrolment.choices import LIVE_STATES, ArbitrationOutcome, State, Verdict
from enrolment.models import Arbitration, Registration, TwinVerdict
from enrolment.permissions import ARBITRATE, REVIEW
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import User

HIDDEN = ("nik", "phone")
COMPARED = ("full_name", "birth_date", *HIDDEN)


def ask(*, by: User, registration: Registration) -> Arbitration:
    """Ask the head of the branch that has approved this NIK. Asked twice it is one case.

    Raises ActionRefused: `not_allowed`, `no_twins` (no other branch has approved it, or this one does not wait), and
    `told` (that head has said already that these are different people).
    """
    with transaction.atomic():
        locked = decisions.lock(registration)
        if not by.has_perm(REVIEW) or by.branch_id != locked.branch_id:
            raise _not_allowed()
        first = (
            Registration.objects.standing()
            .filter(nik_index=locked.nik_index, state=State.APPROVED)
            .exclude(branch_id=locked.branch_id)
            .first()
        )
        standing = locked.state in LIVE_STATES and not locked.consent_withdrawn_at
        if first is None or not standing:
            raise ActionRefused("no_twins", _("No other branch has this NIK approved any more."))
        if TwinVerdict.objects.in_force().of(first.pk).of(locked.pk).exists():
            raise ActionRefused(
                "told", _("That branch's head has decided: these are different people. Correct the NIK.")
            )
        now = timezone.now()
        open_case = Arbitration.objects.open().filter(second=locked).first()
        if open_case and open_case.first_id == first.pk:
            return open_case
        if open_case:  # of an approval that is none any more
            _close(open_case, by=by, at=now, outcome=ArbitrationOutcome.MOOT)
        case = Arbitration(first=first, second=locked, asked_by=by, asked_at=now)
        case.save(force_insert=True)
        audit.record(by=by, branch_id=locked.branch_id, action="arbitration.ask", object_id=locked.pk)
    return case


def decide(*, by: User, case: Arbitration, outcome: ArbitrationOutcome, reason: str = "") -> Arbitration:
    """End a case: the approved one stays, the other one stays, they are different people, or, only where one of the
    two has moved on, nothing is left to decide.

    Raises ActionRefused: `not_allowed`, `closed` (a second answer), `moot`, `not_moot`, and as `verdicts.settle`.
    """
    reason = " ".join(reason.split())
    with transaction.atomic():
        first, second = verdicts.lock_both(case.first, case.second)
        locked = Arbitration.objects.select_for_update(of=("self",)).get(pk=case.pk)
        locked.first, locked.second = first, second
        if not by.has_perm(ARBITRATE) or by.branch_id != first.branch_id:
            raise _not_allowed()
        if locked.closed_at:
            raise ActionRefused("closed", _("This case is decided already. Look at it again."))
        if outcome != ArbitrationOutcome.MOOT and locked.is_moot:
            raise ActionRefused("moot", _("One of the two has moved on: there is nothing left to decide."))
        if outcome == ArbitrationOutcome.MOOT and not locked.is_moot:
            raise ActionRefused("not_moot", _("Both still stand. Decide which one stays."))
        if outcome != ArbitrationOutcome.MOOT:
            same = outcome != ArbitrationOutcome.DIFFERENT
            verdicts.settle(
                by=by,
                pair=(first, second),
                verdict=Verdict.SAME if same else Verdict.DIFFERENT,
                kept={ArbitrationOutcome.FIRST: first, ArbitrationOutcome.SECOND: second}.get(outcome),
                reason=reason,
            )
        locked.reason = reason
        _close(locked, by=by, at=timezone.now(), outcome=outcome)
        # Two chains, always in the same order: two heads who decide on each other's never wait for each other.
        for row in sorted((first, second), key=lambda row: row.branch_id):
            if row.state == State.WITHDRAWN and outcome != ArbitrationOutcome.MOOT:
                audit.record(
                    by=by, branch_id=row.branch_id, action="registration.withdrawn", object_id=row.pk
                )
            audit.record(by=by, branch_id=row.branch_id, action=f"arbitration.{outcome}", object_id=row.pk)
    return locked


def opened(case: Arbitration, *, by: User, purpose: str) -> list[dict[str, Any]]:
    """Who both are, for the head who arbitrates: one access row in each branch's chain, so that the one that asked sees
    who looked."""
    found = []
    for row in (case.first, case.second):
        access = audit.open_access(
            by=by, branch_id=row.branch_id, objects=(row.pk,), fields=COMPARED, purpose=purpose
        )
        hidden = {name: getattr(row, name) for name in HIDDEN}
        shown = {name: value.reveal(access) if value else "" for name, value in hidden.items()}
        found.append({**person(row, access), **shown})
    return found


def reasons(cases: Sequence[Arbitration], *, by: User) -> list[str]:
    """Why each was decided as it was, for the head's own page: one access row, if there is anything to open."""
    said = [case for case in cases if case.reason]
    if not said:
        return ["" for _case in cases]
    access = audit.open_access(
        by=by,
        branch_id=by.branch_id,
        objects=[case.pk for case in said],
        fields=("reason",),
        purpose="arbitration",
    )
    return [case.reason.reveal(access) if case.reason else "" for case in cases]


def _close(case: Arbitration, *, by: User, at: datetime, outcome: str) -> None:
    case.closed_by, case.closed_at, case.outcome = by, at, outcome
    case.save(update_fields=("closed_by", "closed_at", "outcome", "reason"))


def _not_allowed() -> ActionRefused:
    return ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))
