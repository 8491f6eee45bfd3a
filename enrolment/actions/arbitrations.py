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
from enrolment.queries import arbitrations as cases
from enrolment.queries import duplicates
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
        withdrew = outcome in (ArbitrationOutcome.FIRST, ArbitrationOutcome.SECOND)
        _record((first, second), by=by, action=f"arbitration.{outcome}", withdrew=withdrew)
    return locked


def take_back(*, by: User, case: Arbitration, reason: str) -> None:
    """The two that the head has said to be different people may be one person after all: both are shown as twins again,
    and the branch that asked may ask anew. Of one person, the withdrawn one is reopened by its own branch instead.

    Raises ActionRefused: `not_allowed`, `not_in_force` (taken back already, or a correction has ended it), `no_twins`
    (one of the two has moved on), `two_people`, `claimed`, `reason_missing`.
    """
    reason = " ".join(reason.split())
    with transaction.atomic():
        pair = verdicts.lock_both(case.first, case.second)
        if not by.has_perm(ARBITRATE) or by.branch_id != pair[0].branch_id:
            raise _not_allowed()
        said = cases.verdict(Arbitration.objects.get(pk=case.pk))
        if said is None or not said.is_different_in_force:
            raise ActionRefused("not_in_force", _("This decision is no longer in force. Look at it again."))
        if not duplicates.alike(*pair):
            raise ActionRefused("no_twins", _("One of the two has moved on: there is nothing to take back."))
        for row in pair:
            decisions.check_judge(by=by, registration=row)
        if not reason:
            raise ActionRefused("reason_missing", _("Write the reason in one sentence."))
        said.ended_by, said.ended_at, said.end_reason = by, timezone.now(), reason
        said.save(update_fields=("ended_by", "ended_at", "end_reason"))
        _record(pair, by=by, action="arbitration.take_back")


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


def reasons(case: Arbitration, said: TwinVerdict | None, *, by: User) -> tuple[str, str]:
    """Why it was decided as it was, and why that was taken back, for the head's own page; empty where nothing is
    stored. One access row, if there is anything to open."""
    ended = said.end_reason if said else None
    if not (case.reason or ended):
        return "", ""
    access = audit.open_access(
        by=by,
        branch_id=by.branch_id,
        objects=(case.pk,),
        parts=(said.pk,) if said else (),
        fields=("reason", "end_reason") if ended else ("reason",),
        purpose="arbitration",
    )
    return tuple(value.reveal(access) if value else "" for value in (case.reason, ended))


def _record(pair: Sequence[Registration], *, by: User, action: str, withdrew: bool = False) -> None:
    """In two chains, always in the same order: two heads who decide on each other's never wait for each other."""
    for row in sorted(pair, key=lambda row: row.branch_id):
        if withdrew and row.state == State.WITHDRAWN:
            audit.record(by=by, branch_id=row.branch_id, action="registration.withdrawn", object_id=row.pk)
        audit.record(by=by, branch_id=row.branch_id, action=action, object_id=row.pk)


def _close(case: Arbitration, *, by: User, at: datetime, outcome: str) -> None:
    case.closed_by, case.closed_at, case.outcome = by, at, outcome
    case.save(update_fields=("closed_by", "closed_at", "outcome", "reason"))


def _not_allowed() -> ActionRefused:
    return ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))
