"""What waits to be handed over to the core system, and the batches that were."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from enrolment.choices import Outcome, Stage
from enrolment.models import Batch, BatchRow, Participation
from outreach.models import Event, User

CHECKED = 1_000
"""Of those that wait, so many are looked at together: as many as one file takes."""
BATCHES, ROWS = 25, 100
"""On a page."""


def waiting(user: User, *, event: Event | None = None) -> QuerySet[Participation]:
    """Approved ones that are to be handed over, the longest waiting first. Who has withdrawn their consent
    goes nowhere."""
    rows = Participation.objects.visible_to(user).live().filter(stage=Stage.WAITING)
    rows = rows.filter(registration__consent_withdrawn_at=None)
    return (rows.filter(event=event) if event else rows).order_by("approved_at", "id")


@dataclass(frozen=True, slots=True)
class Figures:
    """`waiting` is at most CHECKED + 1: more than CHECKED is all that is known. `oldest` is None where nobody waits."""

    waiting: int
    oldest: datetime | None
    open_batches: int


def figures(user: User) -> Figures:
    """Three queries, each of which stops at its bound."""
    rows = waiting(user)
    return Figures(
        waiting=rows[: CHECKED + 1].count(),
        oldest=rows.values_list("approved_at", flat=True).first(),
        open_batches=Batch.objects.visible_to(user).open()[:CHECKED].count(),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """The newest batches first, each with `total`, `accepted` and `refused` rows; `older` is the number to go on from,
    0 where there is none."""

    rows: list[Batch]
    older: int


def batches(user: User, *, older: int | None = None) -> Page:
    """A page of the branch's batches, by keyset on the number."""
    found = Batch.objects.visible_to(user).select_related("created_by", "read_back_by", "cancelled_by")
    if older:
        found = found.filter(number__lt=older)
    rows = list(_counted(found).order_by("-number")[: BATCHES + 1])
    more, rows = len(rows) > BATCHES, rows[:BATCHES]
    return Page(rows, rows[-1].number if more else 0)


def with_counts(user: User) -> QuerySet[Batch]:
    """Batches with how many rows they have, and what the core system said to them."""
    return _counted(
        Batch.objects.visible_to(user).select_related(
            "edition", "created_by", "downloaded_by", "read_back_by", "cancelled_by"
        )
    )


def rows_of(batch: Batch, *, after: int = 0) -> tuple[list[BatchRow], int]:
    """(some rows of a batch behind a position, the position to go on from or 0)"""
    found = BatchRow.objects.filter(batch=batch, position__gt=after)
    found = list(found.select_related("registration", "participation").order_by("position")[: ROWS + 1])
    more, found = len(found) > ROWS, found[:ROWS]
    return found, found[-1].position if more else 0


def taken_back(batch: Batch) -> list[BatchRow]:
    """Rows that were in a file and whose worker has withdrawn their consent: the core system has to be told."""
    rows = BatchRow.objects.filter(
        batch=batch, in_file=True, registration__consent_withdrawn_at__isnull=False
    )
    return list(rows.select_related("registration").order_by("position"))


def events(user: User) -> QuerySet[Event]:
    """The events to choose from, the newest first."""
    return Event.objects.visible_to(user).order_by("-first_day", "slug")


def _counted(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    return batches.annotate(
        total=Count("rows"),
        accepted=Count("rows", filter=Q(rows__outcome=Outcome.ACCEPTED)),
        refused=Count("rows", filter=Q(rows__outcome=Outcome.REFUSED)),
    )
