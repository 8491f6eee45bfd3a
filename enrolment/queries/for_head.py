"""What waits for the branch head: second returns, the longest waiting first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from enrolment.choices import EscalationWay
from enrolment.models import Escalation, Registration
from outreach.models import User

PAGE_ROWS = 50
COUNTED = 100
"""Nobody needs to know more exactly how many wait, and counting further costs."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and the references to go on from; an empty text where there is nothing that way."""

    rows: list[Registration]
    older: str
    newer: str


def waiting(user: User) -> int:
    """How many wait for this head, up to COUNTED."""
    return _with_head(user)[:COUNTED].count()


def page(user: User, *, older: str = "", newer: str = "") -> Page:
    """Up to PAGE_ROWS by keyset on (with_head_at, id). An unknown reference is the first page."""
    rows, mark = _with_head(user), None
    if older or newer:
        named = rows.filter(reference=(older or newer).replace("\0", ""))
        mark = named.values_list("with_head_at", "id").first()
    backwards = bool(mark and older)
    if mark:
        rows = rows.filter(_before(*mark) if backwards else _after(*mark))
    if backwards:
        rows = rows.order_by("-with_head_at", "-id")
    found = list(rows.select_related("event", "booth", "officer")[: PAGE_ROWS + 1])
    more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    if not found:
        # What lay beyond the mark is decided: better the first page than an empty one.
        return page(user) if mark else Page([], "", "")
    found = found[::-1] if backwards else found
    return Page(
        rows=found,
        older=found[0].reference if (more if backwards else mark) else "",
        newer=found[-1].reference if (backwards or more) else "",
    )


def put_by(rows: Sequence[Registration]) -> dict[UUID, User]:
    """Who put each before the head the last time, in one query."""
    steps = Escalation.objects.filter(registration__in=[row.pk for row in rows], way=EscalationWay.TO_HEAD)
    return {step.registration_id: step.by for step in steps.select_related("by").order_by("number")}


def _with_head(user: User) -> QuerySet:
    rows = Registration.objects.visible_to(user).filter(with_head_at__isnull=False)
    return rows.order_by("with_head_at", "id")


def _after(at: datetime, pk: UUID) -> Q:
    return Q(with_head_at__gte=at) & (Q(with_head_at__gt=at) | Q(id__gt=pk))


def _before(at: datetime, pk: UUID) -> Q:
    return Q(with_head_at__lte=at) & (Q(with_head_at__lt=at) | Q(id__lt=pk))
