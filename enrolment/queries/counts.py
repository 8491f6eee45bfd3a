"""What an event achieved, counted by the database.

One GROUP BY over booth, officer, day and hour carries every figure; totals and breakdowns are additions of its
groups. So all of them are of one snapshot, and no breakdown can differ from the total while a stand is open.
`verify_counts` recomputes everything from the single rows, without this file's code.

Registered means: sent and not withdrawn. A withdrawn one (a duplicate, a changed mind) is no worker towards the
target; a rejected or lapsed one did register.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from operator import add, attrgetter
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.db.models.functions import ExtractHour, TruncDate
from django.utils import timezone

from enrolment.choices import LIVE_STATES, Kind, Package, State
from enrolment.models import Registration
from enrolment.queries.interested import Interested, interested
from outreach.models import Assignment, Booth, Event, User
from outreach.queries.reached import Reached, reached

JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many registrations stand in each state; amounts in Rupiah, as quoted: nothing here has been paid.

    `reactivations` are those registered who were participants before. `with_jht` and `contribution` are of the live
    ones (waiting, returned, approved).
    """

    waiting: int = 0
    approved: int = 0
    returned: int = 0
    rejected: int = 0
    withdrawn: int = 0
    lapsed: int = 0
    reactivations: int = 0
    with_jht: int = 0
    contribution: int = 0
    contribution_approved: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*map(add, _figures(self), _figures(other)))

    @property
    def registered(self) -> int:
        """All but the withdrawn: what is held against the target."""
        return self.waiting + self.approved + self.returned + self.rejected + self.lapsed

    @property
    def acquired(self) -> int:
        """The new participants among the registered: only they count as acquisition."""
        return self.registered - self.reactivations

    @property
    def live(self) -> int:
        """Those that still stand for their worker."""
        return self.waiting + self.returned + self.approved

    @property
    def sent(self) -> int:
        """Every row, the withdrawn too."""
        return self.registered + self.withdrawn


# Found once: a busy event adds up some thousand groups, five times.
_figures = attrgetter(*Tally.__slots__)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a breakdown. `key`: booth code, officer's username, date or hour (0–23), both in Asia/Jakarta.
    `name` is an officer's full name; `target` and `greeted` (people) are a booth's own; `interested` (people) are those
    of a booth or an officer."""

    key: str | date | int
    tally: Tally
    name: str = ""
    target: int = 0
    greeted: int = 0
    interested: int = 0


@dataclass(frozen=True, slots=True)
class EventCounts:
    """An event's figures as they stood at `at`. Each breakdown adds up to `total`; `reached` and `interested` are what
    came before."""

    event: Event
    at: datetime
    reached: Reached
    interested: Interested
    total: Tally
    booths: tuple[Row, ...]
    officers: tuple[Row, ...]
    days: tuple[Row, ...]
    hours: tuple[Row, ...]


def event_counts(event: Event, *, at: datetime | None = None) -> EventCounts:
    """Six queries, whatever the number of rows. `at` is the moment to state: now, unless a test says.

    Booths, assigned officers, days and opening hours without a registration are there with zeros; whatever lies
    outside them (an hour before opening, an officer no longer assigned) is there because it has rows.
    """
    at = at or timezone.now()
    groups = [(group, _tally(group)) for group in _groups(event)]
    keen = interested(event, registered=_registered(groups))
    codes, booths = _booths(event)
    usernames, names = _officers(event, set(keen.by(1)))
    keen_at = {codes[pk]: people for pk, people in keen.by(0).items()}
    keen_of = {usernames[pk]: people for pk, people in keen.by(1).items()}
    for group, _ in groups:
        group["booth"], group["officer"] = codes[group["booth_id"]], usernames[group["officer_id"]]
    hours = opening_hours(event.opens_at, event.closes_at)
    before = reached(event)
    return EventCounts(
        event=event,
        at=at,
        reached=before,
        interested=keen,
        total=sum((tally for _, tally in groups), Tally()),
        booths=tuple(
            Row(k, t, target=booths[k], greeted=before.at_booths.get(k, 0), interested=keen_at.get(k, 0))
            for k, t in _add_up(groups, "booth", booths)
        ),
        officers=tuple(
            Row(k, t, name=names[k] or k, interested=keen_of.get(k, 0))
            for k, t in _add_up(groups, "officer", names)
        ),
        days=tuple(Row(k, t) for k, t in _add_up(groups, "day", event.days)),
        hours=tuple(Row(k, t) for k, t in _add_up(groups, "hour", hours)),
    )


def opening_hours(opens_at: time, closes_at: time) -> range:
    """The hours in which a stand is open: 08.00 to 15.00 is 8 … 14, to 15.30 is 8 … 15."""
    return range(opens_at.hour, closes_at.hour + (closes_at.minute > 0))


def newest_started(user: User, *, on: date) -> Event | None:
    """The event to show first: one that is on that day, else the last that has begun. None if none has."""
    return (
        Event.objects.visible_to(user)
        .filter(first_day__lte=on)
        .order_by(Case(When(last_day__gte=on, then=Value(0)), default=Value(1)), "-first_day", "slug")
        .first()
    )


def newest_events(user: User, *, limit: int = 12) -> list[Event]:
    """The events to change over to, the newest first."""
    return list(Event.objects.visible_to(user).order_by("-first_day", "slug")[:limit])


def _groups(event: Event) -> QuerySet:
    """By ids: at 100,000 rows three times as fast as by the texts of joined tables, which PostgreSQL would sort."""
    live = Q(state__in=LIVE_STATES)
    return (
        Registration.objects.filter(event=event)
        .annotate(
            day=TruncDate("registered_at", tzinfo=JAKARTA), hour=ExtractHour("registered_at", tzinfo=JAKARTA)
        )
        .values("booth_id", "officer_id", "day", "hour")
        .order_by()
        .annotate(
            waiting=Count("id", filter=Q(state=State.SUBMITTED)),
            approved=Count("id", filter=Q(state=State.APPROVED)),
            returned=Count("id", filter=Q(state=State.RETURNED)),
            rejected=Count("id", filter=Q(state=State.REJECTED)),
            withdrawn=Count("id", filter=Q(state=State.WITHDRAWN)),
            lapsed=Count("id", filter=Q(state=State.LAPSED)),
            reactivations=Count("id", filter=Q(kind=Kind.REACTIVATION) & ~Q(state=State.WITHDRAWN)),
            with_jht=Count("id", filter=live & Q(package=Package.L)),
            contribution=Sum("contribution_total", filter=live, default=0),
            contribution_approved=Sum("contribution_total", filter=Q(state=State.APPROVED), default=0),
        )
    )


def _booths(event: Event) -> tuple[dict[int, str], dict[str, int]]:
    """(codes by id, targets by code)"""
    rows = list(Booth.objects.filter(event=event).values_list("pk", "code", "target"))
    return {pk: code for pk, code, _ in rows}, {code: target for _, code, target in rows}


def _officers(event: Event, counted: set[int]) -> tuple[dict[int, str], dict[str, str]]:
    """(usernames by id, full names by username) of who is assigned, and of who is counted."""
    assigned = Assignment.objects.filter(booth__event=event).values("officer")
    found = User.objects.filter(Q(pk__in=assigned) | Q(pk__in=counted))
    rows = list(found.values_list("pk", "username", "full_name"))
    return {pk: username for pk, username, _ in rows}, {username: name for _, username, name in rows}


def _registered(groups: list[tuple[dict, Tally]]) -> Counter[tuple[int, int]]:
    """By booth and officer; those of whom all are withdrawn are there with nought."""
    found: Counter[tuple[int, int]] = Counter()
    for group, tally in groups:
        found[group["booth_id"], group["officer_id"]] += tally.registered
    return found


def _tally(group: dict) -> Tally:
    # PostgreSQL adds up bigint as numeric, which arrives as a Decimal.
    return Tally(*(int(group[f.name]) for f in fields(Tally)))


def _add_up(groups: list[tuple[dict, Tally]], column: str, wanted: Iterable) -> list[tuple]:
    """(key, tally) by one of the groups' columns, in the order of the keys; the wanted keys are always there."""
    found = dict.fromkeys(wanted, Tally())
    for group, tally in groups:
        found[group[column]] = found.get(group[column], Tally()) + tally
    return sorted(found.items())
