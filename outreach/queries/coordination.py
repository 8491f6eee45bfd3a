"""What still has to be done, over all events of a branch."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q
from django.utils import timezone

from outreach.models import Coordination, User


@dataclass(frozen=True, slots=True)
class OpenSteps:
    """How many next steps are open, how many of them overdue, and when the first is due: None if there is none."""

    count: int
    late: int
    first_due: date | None


def open_steps(user: User) -> OpenSteps:
    """One query."""
    found = Coordination.objects.visible_to(user).open_steps().order_by()
    late = Count("id", filter=Q(due_on__lt=timezone.localdate()))
    return OpenSteps(**found.aggregate(count=Count("id"), late=late, first_due=Min("due_on")))
