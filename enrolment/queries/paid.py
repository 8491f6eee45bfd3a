"""Who of those approved at an event has paid, and how soon: the number that matters, because an unpaid registration is
not a participant. `verify_counts` recomputes it from the single rows, without this file's code.

Counted are those approved now and those that lapsed; not who was sent back to checking or withdrawn. Of a registration
that was approved twice, the last approval counts. "Within 7 days" is asked only of those whose 7 days are over, so that
today's approvals neither spoil nor flatter the share.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db.models import Count, DateField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from enrolment.choices import Kind, State
from enrolment.models import Participation
from enrolment.queries.counts import JAKARTA
from outreach.models import Booth, Event

SOON, LATE = 7, 30
"""Days after the day of the approval (Asia/Jakarta)."""


@dataclass(frozen=True, slots=True)
class Paid:
    """`followed`: approved now, or lapsed. `paid`: of them, with a first payment written down; `still`: of these, whose
    approval stands; `acquired`: of the paid, who never were participants before. `over_7`: of the followed, whose 7
    days are over; `within_7`: of these, who paid within them. The same for 30."""

    followed: int = 0
    paid: int = 0
    still: int = 0
    acquired: int = 0
    over_7: int = 0
    within_7: int = 0
    over_30: int = 0
    within_30: int = 0

    def __add__(self, other: "Paid") -> "Paid":
        return Paid(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Paid)))


def paid(event: Event, *, at: datetime) -> dict[str, Paid]:
    """By booth code, every booth of the event, as of `at`. Two queries, whatever the number of rows."""
    found = dict.fromkeys(
        Booth.objects.filter(event=event).order_by("code").values_list("code", flat=True), Paid()
    )
    for group in _groups(event, at):
        code = group.pop("registration__booth__code")
        found[code] = found.get(code, Paid()) + Paid(**group)
    return found


def total(booths: dict[str, Paid]) -> Paid:
    """All booths together."""
    return sum(booths.values(), Paid())


def _groups(event: Event, at: datetime):
    later = Participation.objects.filter(
        registration=OuterRef("registration"), approved_at__gt=OuterRef("approved_at")
    )
    paid, new = Q(paid_on__isnull=False), Q(registration__kind=Kind.NEW)
    return (
        Participation.objects.filter(event=event)
        .filter(
            Q(ended_at__isnull=True, registration__state=State.APPROVED)
            | Q(registration__state=State.LAPSED) & ~Exists(later)
        )
        .annotate(day=TruncDate("approved_at", tzinfo=JAKARTA))
        .values("registration__booth__code")
        .order_by()
        .annotate(
            followed=Count("id"),
            paid=Count("id", filter=paid),
            still=Count("id", filter=paid & Q(ended_at__isnull=True)),
            acquired=Count("id", filter=paid & new),
            **_within(SOON, at),
            **_within(LATE, at),
        )
    )


def _within(days: int, at: datetime) -> dict[str, Count]:
    """Whose days are over by the day of `at`, and who of them paid in time."""
    midnight = timezone.localtime(at, JAKARTA).replace(hour=0, minute=0, second=0, microsecond=0)
    over = Q(approved_at__lt=midnight - timedelta(days=days))
    last = ExpressionWrapper(F("day") + timedelta(days=days), output_field=DateField())
    return {
        f"over_{days}": Count("id", filter=over),
        f"within_{days}": Count("id", filter=over & Q(paid_on__lte=last)),
    }
