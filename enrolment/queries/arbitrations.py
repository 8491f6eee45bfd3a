"""Cases of twins of two branches, for the head who arbitrates and the branch that asked. Nothing of a person is opened
here, and of the other branch's registration the one that asked is told nothing but how it was decided."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from enrolment.models import Arbitration, TwinVerdict
from outreach.models import User

SHOWN, LATELY = 100, 20
ANSWERED_DAYS = 7
"""So long a branch is told on its first page what was answered."""


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A case of the branch that asked. `taken_back`: the head has taken the answer back since."""

    case: Arbitration
    taken_back: bool


def asked(user: User, *, now: datetime) -> list[Asked]:
    """What this reviewer's branch has asked: what still waits, the longest first, then what was answered in the last
    ANSWERED_DAYS, the newest first; at most SHOWN of each. Three queries."""
    rows = Arbitration.objects.asked_by_branch_of(user).select_related("second__event", "asked_by")
    answered = rows.answered_since(now - timedelta(days=ANSWERED_DAYS)).order_by("-closed_at", "-id")
    found = [*rows.open().order_by("asked_at", "id")[:SHOWN], *answered[:SHOWN]]
    taken_back = _taken_back([case for case in found if case.closed_at])
    return [Asked(case, taken_back=case.pk in taken_back) for case in found]


def answers(user: User, *, now: datetime) -> int:
    """How many this reviewer's branch was given in the last ANSWERED_DAYS, up to SHOWN. One query."""
    rows = Arbitration.objects.asked_by_branch_of(user)
    return rows.answered_since(now - timedelta(days=ANSWERED_DAYS)).order_by()[:SHOWN].count()


def verdict(case: Arbitration) -> TwinVerdict | None:
    """What was said of the two by this case, in force or not; None as long as it is open, or if nothing was. One
    query."""
    if case.closed_at is None:
        return None
    both = TwinVerdict.objects.of(case.first_id).of(case.second_id).filter(by=case.closed_by_id)
    meanwhile = both.filter(at__gte=case.asked_at, at__lte=case.closed_at)
    return meanwhile.select_related("ended_by").order_by("-at").first()


def _taken_back(cases: list[Arbitration]) -> set[UUID]:
    """Of these closed ones those whose verdict was. One query."""
    said = (
        TwinVerdict.objects.exclude(end_reason=None).of(*(case.second_id for case in cases)) if cases else ()
    )
    ended = defaultdict(list)
    for one in said:
        ended[frozenset((one.first_id, one.second_id))].append((one.at, one.by_id))
    return {
        case.pk
        for case in cases
        if any(
            case.asked_at <= at <= case.closed_at and by == case.closed_by_id
            for at, by in ended[frozenset((case.first_id, case.second_id))]
        )
    }


def waiting(user: User) -> int:
    """How many wait for this head: open cases are few. One query."""
    return Arbitration.objects.visible_to(user).open().count()
