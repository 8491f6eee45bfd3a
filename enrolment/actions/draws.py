"""Which approvals get a second look: chance says, by a keyed hash of the decision's id (crypto.lot). A reviewer can
neither foresee nor steer it, and whoever has the key can work out again that it was chance.
"""

from collections.abc import Sequence

from django.conf import settings

from enrolment.choices import State
from enrolment.models import Decision, SecondLook
from outreach import crypto

PURPOSE = "second look"


def is_drawn(decision: Decision, *, percent: int) -> bool:
    """Does chance give this approval a second look, where so many of a hundred get one?"""
    return crypto.lot(PURPOSE, str(decision.pk)) < percent


def follow(new: Sequence[Decision]) -> None:
    """Draw among the approvals of these new decisions, and close what waits where an approval is taken back. Inside the
    caller's transaction, under the registrations' locks. At most two queries."""
    left = [decision for decision in new if decision.source == State.APPROVED]
    if left:
        waiting = SecondLook.objects.filter(registration__in=[d.registration_id for d in left])
        waiting.filter(looked_at=None, closed_at=None).update(closed_at=left[0].at)
    percent = settings.SECOND_LOOK_PERCENT
    SecondLook.objects.bulk_create(
        SecondLook(
            decision=decision,
            registration_id=decision.registration_id,
            branch_id=decision.registration.branch_id,
            approved_by_id=decision.by_id,
            officer_id=decision.registration.officer_id,
            entered_by_id=decision.registration.entered_by_id,
            percent=percent,
            drawn_at=decision.at,
        )
        for decision in new
        if decision.target == State.APPROVED and is_drawn(decision, percent=percent)
    )
