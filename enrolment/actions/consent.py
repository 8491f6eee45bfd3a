"""Taking consent back: the worker's right at any time (UU 27/2022), whatever has become of the registration."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import decisions
from enrolment.choices import State, WithdrawalChannel
from enrolment.models import ConsentWithdrawal, Registration
from enrolment.models.consent_withdrawal import ANSWER_WITHIN
from enrolment.permissions import REGISTER, REVIEW
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import User


def withdraw(
    *, by: User, registration: Registration, channel: str, asked_at: datetime | None = None, reason: str = ""
) -> ConsentWithdrawal:
    """Take in that the worker withdraws their consent; `asked_at=None` is now.

    The registration is withdrawn with it where that move is `by`'s to make; else the request waits, due in 3 × 24
    hours, for the one whose move it is. It is never refused for its state. Raises ActionRefused: `not_allowed`,
    `consent_withdrawn` (already), `asked_at` (not yet, or before they had agreed).
    """
    reason = " ".join(reason.split())
    with transaction.atomic():
        locked = decisions.lock(registration)
        if not may_withdraw(by, locked):
            raise ActionRefused(
                "not_allowed", _("This is not yours to do. Ask a colleague whose task it is.")
            )
        if locked.consent_withdrawn_at:
            raise ActionRefused("consent_withdrawn", _("This consent was withdrawn before. It is on record."))
        now = timezone.now()
        asked_at = asked_at or now
        if not locked.consent_at <= asked_at <= now:
            raise ActionRefused("asked_at", _("Asked after they had agreed, and not later than now."))
        request = ConsentWithdrawal(
            registration=locked,
            channel=channel,
            asked_at=asked_at,
            due_at=asked_at + ANSWER_WITHIN,
            received_by=by,
            at=now,
        )
        request.reason = reason
        request.save(force_insert=True)
        locked.consent_withdrawn_at = asked_at
        locked.save(update_fields=("consent_withdrawn_at",))
        if decisions.refusal(by=by, registration=locked, target=State.WITHDRAWN) is None:
            why = reason or str(WithdrawalChannel(channel).label)
            decisions.move(by=by, registration=locked, target=State.WITHDRAWN, reason=why)
        audit.record(by=by, branch_id=locked.branch_id, action="consent.withdraw", object_id=locked.pk)
    return request


def may_withdraw(by: User, registration: Registration) -> bool:
    """Its officer or typist, and the branch's reviewers."""
    own = by.pk in (registration.officer_id, registration.entered_by_id) and by.has_perm(REGISTER)
    return by.branch_id == registration.branch_id and (own or by.has_perm(REVIEW))
