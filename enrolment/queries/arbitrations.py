"""Cases of twins of two branches, for the head who arbitrates. Nothing of a person is opened here."""

from dataclasses import dataclass

from django.db.models import QuerySet

from enrolment.models import Arbitration
from outreach.models import User

SHOWN, LATELY = 100, 20


@dataclass(frozen=True, slots=True)
class Page:
    """Who waits, the longest first, at most SHOWN; what was decided, the newest first, at most LATELY."""

    waiting: list[Arbitration]
    decided: list[Arbitration]


def page(user: User) -> Page:
    """Two queries."""
    rows = visible(user)
    return Page(
        waiting=list(rows.open().order_by("asked_at", "id")[:SHOWN]),
        decided=list(rows.exclude(closed_at=None).order_by("-closed_at", "-id")[:LATELY]),
    )


def visible(user: User) -> QuerySet:
    """This head's cases, with all that a page says of both."""
    sides = (
        f"{side}__{joined}"
        for side in ("first", "second")
        for joined in ("branch", "event", "booth", "officer", "job_type_1")
    )
    return Arbitration.objects.visible_to(user).select_related("asked_by", "closed_by", *sides)


def waiting(user: User) -> int:
    """How many wait for this head: open cases are few. One query."""
    return Arbitration.objects.visible_to(user).open().count()
