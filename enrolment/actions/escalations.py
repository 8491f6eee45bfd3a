"""A second return is no longer between a reviewer and an officer: it is put before the branch head, who returns,
rejects or approves it (`decisions.move`), or gives it back to the reviewers. docs/decisions/0023-second-return.md.
"""

import json
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import decisions
from enrolment.choices import EscalationWay, State
from enrolment.models import Escalation, Registration
from enrolment.permissions import DECIDE_FOR_HEAD
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import User


def give_back(
    *,
    by: User,
    registration: Registration,
    reason: str = "",
    version: int | None = None,
    flags: Mapping[str, str] | None = None,
) -> bool:
    """Return it to its officer; what was returned before goes to the branch head instead. True: it is with the head.

    Raises ActionRefused as `decisions.move` does.
    """
    reason, flags = " ".join(reason.split()), dict(flags or {})
    with transaction.atomic():
        locked = decisions.lock(registration, version=version)
        said = reason or " ".join(flags.values())
        decisions.check(by=by, registration=locked, target=State.RETURNED, reason=said)
        if not decisions.goes_to_head(locked):
            decisions.move(
                by=by, registration=locked, target=State.RETURNED, reason=reason, flags=flags, version=version
            )
            return False
        _add(locked, way=EscalationWay.TO_HEAD, by=by, reason=reason, flags=flags)
    return True


def to_reviewers(*, by: User, registration: Registration, reason: str, version: int | None = None) -> None:
    """The head gives it back undecided: into the queue again, with a reason that the reviewers see.

    Not a decision, so who typed it may do it too: else it would stay for ever with the branch's only head. Raises
    ActionRefused: `changed`, `move_refused` (it is not with the head any more), `not_allowed`, `reason_missing`.
    """
    reason = " ".join(reason.split())
    with transaction.atomic():
        locked = decisions.lock(registration, version=version)
        if not by.has_perm(DECIDE_FOR_HEAD) or by.branch_id != locked.branch_id:
            raise ActionRefused(
                "not_allowed", _("This is not yours to do. Ask a colleague whose task it is.")
            )
        if not locked.with_head_at:
            raise ActionRefused(
                "move_refused", _("Somebody was faster: this registration has moved on. Look at it again.")
            )
        if not reason:
            raise ActionRefused("reason_missing", _("Write the reason in one sentence."))
        _add(locked, way=EscalationWay.BACK, by=by, reason=reason)


def _add(
    locked: Registration, *, way: EscalationWay, by: User, reason: str, flags: Mapping[str, str] | None = None
) -> None:
    """The step's row, and the column that is the cache of the last one. Nobody's claim outlives it."""
    now = timezone.now()
    step = Escalation(
        registration=locked,
        number=locked.escalations.count() + 1,
        way=way,
        version=locked.version,
        by=by,
        at=now,
    )
    step.reason = reason
    step.flags = json.dumps(flags, ensure_ascii=False) if flags else ""
    step.save(force_insert=True)
    locked.with_head_at = now if way == EscalationWay.TO_HEAD else None
    locked.claimed_by = locked.claimed_at = locked.claimed_until = None
    locked.save(update_fields=("with_head_at", *Registration.NO_CLAIM))
    audit.record(by=by, branch_id=locked.branch_id, action=f"registration.{way}", object_id=locked.pk)
