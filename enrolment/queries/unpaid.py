"""The call list: approved, and not paid yet. The oldest approval stands on top."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from enrolment.choices import PaymentResult, Stage
from enrolment.models import Participation
from outreach.models import User

PAGE_ROWS = 50


class Part(models.TextChoices):
    """The list's parts. All but the last are in the core system and can pay."""

    DUE = "due", _("To call")
    NEXT = "next", _("Later")
    NO_CALLS = "no-calls", _("No more calls")
    WAITING = "waiting", _("Not handed over yet")


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the references to go on from; an empty text where there is nothing that way."""

    rows: list[Participation]
    older: str
    newer: str


def page(user: User, *, part: str, day: date, older: str = "", newer: str = "") -> Page:
    """Up to PAGE_ROWS of a part, by keyset on (approved_at, id). `older` and `newer` are the reference of a row to go
    on from; an unknown one is the first page. Two queries."""
    rows = _part(user, part, day)
    mark = _mark(user, older or newer)
    forwards = not (mark and older)
    if mark:
        rows = rows.filter(_after(*mark) if forwards else _before(*mark))
    order = ("approved_at", "id") if forwards else ("-approved_at", "-id")
    found = list(rows.order_by(*order)[: PAGE_ROWS + 1])
    more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    if not found:
        # What lay beyond the mark has been called or paid since: better the first page than an empty one.
        return page(user, part=part, day=day) if mark else Page([], "", "")
    if not forwards:
        found.reverse()
    first, last = (row.registration.reference for row in (found[0], found[-1]))
    return Page(
        rows=found,
        older=first if (mark if forwards else more) else "",
        newer=last if (more if forwards else mark) else "",
    )


def _part(user: User, part: str, day: date) -> QuerySet:
    rows = Participation.objects.visible_to(user).filter(branch_id=user.branch_id, ended_at=None)
    rows = rows.select_related("registration__booth", "event", "called_by")
    if part == Part.WAITING:
        return rows.filter(stage=Stage.WAITING, registration__consent_withdrawn_at=None)
    rows = rows.unpaid()
    no_calls = Q(call_result__in=PaymentResult.final())
    match part:
        case Part.NO_CALLS:
            return rows.filter(no_calls)
        case Part.NEXT:
            return rows.filter(call_on__gt=day)
        case _:
            return rows.filter(~no_calls, Q(call_on__isnull=True) | Q(call_on__lte=day))


def _mark(user: User, reference: str) -> tuple | None:
    if not reference:
        return None
    rows = Participation.objects.visible_to(user).filter(registration__reference=reference.replace("\0", ""))
    return rows.order_by("-approved_at").values_list("approved_at", "id").first()


def _after(approved_at, pk: UUID) -> Q:
    return Q(approved_at__gte=approved_at) & (Q(approved_at__gt=approved_at) | Q(id__gt=pk))


def _before(approved_at, pk: UUID) -> Q:
    return Q(approved_at__lte=approved_at) & (Q(approved_at__lt=approved_at) | Q(id__lt=pk))
