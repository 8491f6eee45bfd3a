"""The editions that new quotes take, and what is stored that keeps its own."""

import hashlib

from django.db.models import Count
from django.utils import timezone

from enrolment.editions import Tariffs
from enrolment.models import ContributionSchedule, Draft, Registration, Relief


def current() -> Tariffs:
    """Three queries."""
    return Tariffs(
        tuple(ContributionSchedule.objects.current().as_schedules()),
        tuple(Relief.objects.current().as_reliefs()),
    )


def digest(tariffs: Tariffs) -> str:
    """Names a state of the editions. A code never comes back and its row never changes, apart from a day of ending."""
    named = sorted(f"{one.code} {one.valid_to}" for one in (*tariffs.schedules, *tariffs.reliefs))
    return hashlib.sha256("\n".join(named).encode()).hexdigest()


def stored_by_schedule() -> list[tuple[str, int]]:
    """How many registrations of the whole agency name each schedule: their amounts stay. One query."""
    counted = Registration.objects.values_list("schedule__code").annotate(Count("pk"))
    return sorted(counted.order_by())


def unsent() -> int:
    """How many forms wait as drafts: they get their price when they are sent. One query."""
    return Draft.objects.live(at=timezone.now()).count()
