"""Second looks: which wait for a reviewer, and how often the two agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import add, attrgetter
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from enrolment.choices import LookResult
from enrolment.models import SecondLook
from enrolment.queries.counts import JAKARTA
from outreach.models import Assignment, Event, User

PAGE_ROWS = 50
MANY = 100


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of the approvals that chance chose: how many were looked at, and how many of those
    would have been approved by the second reviewer too. `closed`: taken back before anybody looked."""

    drawn: int = 0
    looked: int = 0
    agreed: int = 0
    closed: int = 0

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(*map(add, _figures(self), _figures(other)))

    @property
    def waiting(self) -> int:
        """Those that nobody has looked at yet."""
        return self.drawn - self.looked - self.closed

    @property
    def differed(self) -> int:
        return self.looked - self.agreed


_figures = attrgetter(*Agreement.__slots__)


def waiting(user: User) -> QuerySet:
    """Those that this reviewer may answer, the longest waiting first: none of a booth where they stood that day."""
    stood = Assignment.objects.filter(
        officer=user, booth=OuterRef("registration__booth"), day=OuterRef("stand_day")
    )
    return (
        SecondLook.objects.visible_to(user)
        .open()
        .annotate(stand_day=TruncDate("registration__registered_at", tzinfo=JAKARTA))
        .exclude(Exists(stood))
    )


def how_many(user: User) -> int:
    """How many wait for this reviewer, counted up to MANY. One query."""
    return waiting(user)[:MANY].count()


def page(user: User, *, after: UUID | None = None) -> tuple[list[SecondLook], UUID | None]:
    """(up to PAGE_ROWS that wait behind that one, the last of them if there are more). Two queries at most."""
    rows = waiting(user).select_related(
        "registration__event", "registration__booth", "registration__officer", "registration__job_type_1"
    )
    mark = SecondLook.objects.visible_to(user).filter(pk=after).values_list("drawn_at", "id").first()
    if mark:
        drawn_at, pk = mark
        rows = rows.filter(Q(drawn_at__gte=drawn_at) & (Q(drawn_at__gt=drawn_at) | Q(id__gt=pk)))
    found = list(rows[: PAGE_ROWS + 1])
    return found[:PAGE_ROWS], found[PAGE_ROWS - 1].pk if len(found) > PAGE_ROWS else None


def agreement(event: Event) -> list[tuple[str, str, Agreement]]:
    """(username, full name, figures) of each reviewer whose approvals of this event chance has chosen. One query."""
    grouped = (
        SecondLook.objects.filter(registration__event=event)
        .values("approved_by__username", "approved_by__full_name")
        .order_by("approved_by__full_name", "approved_by__username")
        .annotate(
            drawn=Count("id"),
            looked=Count("id", filter=Q(looked_at__isnull=False)),
            agreed=Count("id", filter=Q(result=LookResult.AGREES)),
            closed=Count("id", filter=Q(closed_at__isnull=False)),
        )
    )
    return [
        (
            row["approved_by__username"],
            row["approved_by__full_name"],
            Agreement(row["drawn"], row["looked"], row["agreed"], row["closed"]),
        )
        for row in grouped
    ]


def together(found: Iterable[tuple[str, str, Agreement]]) -> Agreement:
    """All of them added up."""
    return sum((figures for _username, _name, figures in found), Agreement())
