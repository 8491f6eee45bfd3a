"""Where an officer stands, and what came in there."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from enrolment.choices import State
from enrolment.models import Draft, Registration
from outreach.models import Assignment, Booth, BoothReconciliation, User


@dataclass(frozen=True, slots=True)
class Today:
    """The numbers of a stand on a day (Asia/Jakarta): all officers', and the officer's own."""

    stand: int
    own: int


def duties(officer: User, *, day: date) -> list[Assignment]:
    """The officer's booths on a day at events that are open."""
    return list(Assignment.objects.for_officer(officer, day))


def paper_duties(officer: User, *, day: date, limit: int = 6) -> list[Assignment]:
    """Earlier booths of open events: their paper forms may still be entered. The latest first."""
    return list(
        Assignment.objects.open_to(officer)
        .filter(day__lt=day)
        .select_related("booth__event")
        .order_by("-day", "booth__code")[:limit]
    )


def find_duty(officer: User, *, event: str, booth: str, day: date) -> Assignment | None:
    """The officer's duty at a booth: on this day, or else on the last day there."""
    found = (
        Assignment.objects.open_to(officer)
        .filter(booth__event__slug=event, booth__code=booth, day__lte=day)
        .select_related("booth__event")
        .order_by("-day")
    )
    return found.filter(day=day).first() or found.first()


def standing(officer: User, *, event: str, booth: str, day: date) -> Assignment | None:
    """The officer's duty at an event on this day: at this booth of it, or else at another."""
    there = [duty for duty in duties(officer, day=day) if duty.booth.event.slug == event]
    return next((duty for duty in there if duty.booth.code == booth), next(iter(there), None))


def today(booth: Booth, officer: User, *, day: date) -> Today:
    """One query."""
    counted = _received(booth, day).aggregate(stand=Count("id"), own=Count("id", filter=Q(officer=officer)))
    return Today(**counted)


@dataclass(frozen=True, slots=True)
class Shift:
    """What the server knows of a booth's day. `returned` are those of `received` that an officer has to correct,
    `drafts` what was begun there and not sent."""

    received: int
    own: int
    returned: int
    drafts: int


def shift(booth: Booth, person: User, *, day: date) -> Shift:
    """The numbers that the end of a shift is held against; received as on the counts page."""
    counted = _received(booth, day).aggregate(
        received=Count("id"),
        own=Count("id", filter=Q(officer=person)),
        returned=Count("id", filter=Q(state=State.RETURNED)),
    )
    return Shift(**counted, drafts=drafts(booth, day=day))


def drafts(booth: Booth, *, day: date) -> int:
    """How many registrations were begun at this booth on this day and not sent, by any officer. One query."""
    return Draft.objects.live(at=timezone.now()).filter(booth=booth, day=day).count()


def last_closing(booth: Booth, *, day: date) -> BoothReconciliation | None:
    """The latest end of a booth's day, or None while nobody has closed it."""
    return booth.reconciliations.filter(day=day).newest_first().first()


def _received(booth: Booth, day: date) -> QuerySet[Registration]:
    """Everything sent and not withdrawn, as on the head's page."""
    start, end = day_bounds(day)
    return Registration.objects.exclude(state=State.WITHDRAWN).filter(
        booth=booth, registered_at__gte=start, registered_at__lt=end
    )


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day in Asia/Jakarta and of the next."""
    start = timezone.make_aware(datetime.combine(day, time()))
    return start, start + timedelta(days=1)
