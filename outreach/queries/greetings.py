"""How many people were greeted at a booth on a day."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from outreach.models import Booth, Greeting, User
from outreach.models.greeting import TAKE_BACK_WITHIN

PEOPLE = Count("*") - 2 * Count("undoes")
"""People of some rows: a row that takes back counts neither itself nor the tap it names."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A booth's number of a day, and the officer's own last tap there if it can be taken back now."""

    people: int
    last: UUID | None


def counter(booth: Booth, officer: User, *, day: date, at: datetime) -> Counter:
    """Two queries: the sum, and the officer's last row of the booth and day."""
    rows = Greeting.objects.filter(booth=booth, day=day).order_by()
    last = rows.filter(officer=officer).order_by("-at").first()
    may_undo = last is not None and last.undoes_id is None and last.at >= at - TAKE_BACK_WITHIN
    return Counter(people=rows.aggregate(n=PEOPLE)["n"], last=last.pk if may_undo else None)
