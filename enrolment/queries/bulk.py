"""Which of the waiting ones could be approved at once."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from enrolment.queries import duplicates, queue
from outreach.models import User

COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Plan:
    """(reference, version) of those that would be approved, the longest waiting first; `more` clean ones wait behind
    them. `stay` are all others of the list, counted up to COUNTED."""

    take: list[tuple[str, int]]
    more: bool
    stay: int


def plan(user: User, rows: QuerySet, *, now: datetime, at_most: int) -> Plan:
    """Of these waiting ones the clean ones that this reviewer may decide on and whose NIK nobody else has. Two queries;
    the action judges again."""
    theirs = queue.takeable(user, now=now)[0].order_by().values("pk")
    clean = rows.filter(duplicates.clean(), ~duplicates.contested(), pk__in=theirs)
    found = list(clean.order_by("received_at", "id").values_list("reference", "version")[: at_most + 1])
    take = found[:at_most]
    return Plan(take, len(found) > at_most, rows.order_by()[: COUNTED + len(take)].count() - len(take))
