"""How far the approved ones of an event have come on their way into the core system."""

from dataclasses import dataclass

from django.db.models import Count, Q

from enrolment.choices import Stage
from enrolment.models import Participation
from outreach.models import Event


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Approvals that still stand: in the core system, by file or by hand (`entered`), and in a batch without an answer
    yet (`in_batch`)."""

    entered: int
    in_batch: int


def handed_over(event: Event) -> HandedOver:
    """One query."""
    return HandedOver(
        **Participation.objects.live()
        .filter(event=event)
        .aggregate(
            entered=Count("id", filter=Q(stage__in=Stage.after_acceptance())),
            in_batch=Count("id", filter=Q(stage=Stage.IN_BATCH)),
        )
    )
