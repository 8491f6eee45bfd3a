"""Whom to call: today and overdue, and later."""

from dataclasses import dataclass
from datetime import date

from enrolment.models import Prospect
from outreach.models import User

SHOWN = 50
"""Rows of each part: more than anybody calls in a day."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows in the order of their date, and whether there are more than are shown."""

    rows: list[Prospect]
    more: bool


def due(user: User, *, day: date) -> Part:
    """To be called on this day (Asia/Jakarta) or before."""
    return _part(_open(user, day).filter(follow_up_on__lte=day))


def later(user: User, *, day: date) -> Part:
    """To be called after this day."""
    return _part(_open(user, day).filter(follow_up_on__gt=day))


def count_due(user: User, *, day: date) -> int:
    """One query."""
    return _open(user, day).filter(follow_up_on__lte=day).order_by().count()


def _open(user: User, day: date):
    return Prospect.objects.visible_to(user).to_call(day=day).select_related("event", "booth", "officer")


def _part(rows) -> Part:
    found = list(rows[: SHOWN + 1])
    return Part(rows=found[:SHOWN], more=len(found) > SHOWN)
