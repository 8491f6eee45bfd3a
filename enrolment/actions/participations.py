"""The way from an approval to a participant, as far as decisions begin and end it; and the second look that some
approvals get."""

from collections.abc import Sequence

from enrolment.actions import draws
from enrolment.choices import Stage, State
from enrolment.models import Decision, Participation


def follow(decisions: Sequence[Decision]) -> None:
    """Begin a participation for each approval among these new decisions, and end it where an approval is taken back;
    second looks are drawn and closed with them. Inside the caller's transaction, under the registrations' locks. Four
    queries at most."""
    left = [decision for decision in decisions if decision.source == State.APPROVED]
    if left:
        (at,) = {decision.at for decision in left}  # one action's decisions
        Participation.objects.live().filter(registration__in=[d.registration_id for d in left]).update(
            ended_at=at
        )
    Participation.objects.bulk_create(
        Participation(
            registration_id=decision.registration_id,
            approval=decision,
            branch_id=decision.registration.branch_id,
            event_id=decision.registration.event_id,
            stage=Stage.WAITING,
            approved_at=decision.at,
        )
        for decision in decisions
        if decision.target == State.APPROVED
    )
    draws.follow(decisions)
