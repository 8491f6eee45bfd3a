"""The reviewer's queue: who waits, how long, what stands out, and who is next."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolment.choices import State
from enrolment.models import Registration
from enrolment.queries import duplicates
from enrolment.queries.stands import day_bounds
from outreach.models import Assignment, User

TARGET = timedelta(hours=24)
"""Within this time of its arrival a registration should be decided on (DOMAIN: entered in the core system in 24 h)."""

PAGE_ROWS = 50

# code → (kind of chip, short word, the field it is about). Every code of errors.WARNINGS has its row here.
_WARNINGS = {
    "nik_sex": ("warning", gettext_lazy("sex ≠ NIK"), "sex"),
    "nik_birth_date": ("warning", gettext_lazy("birth date ≠ NIK"), "birth_date"),
    "nik_region": ("warning", gettext_lazy("old region code"), "nik"),
    "duplicate_nik": ("twin", gettext_lazy("twin: NIK"), "nik"),
    "same_person": ("twin", gettext_lazy("twin: name and birth date"), "full_name"),
    "age_under_17": ("warning", gettext_lazy("under 17"), "birth_date"),
    "age_17": ("warning", gettext_lazy("aged 17"), "birth_date"),
    "guardian_missing": ("warning", gettext_lazy("guardian's yes missing"), "guardian"),
    "sector_mixed": ("warning", gettext_lazy("two sectors"), "job_type_2"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A warning in a word or two. `kind` is a shape of the tag `status_chip`."""

    kind: str
    word: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The strip over the queue. `oldest` is None when nobody waits; `decided` are those that still stand as this
    reviewer decided on them today (Asia/Jakarta)."""

    waiting: int
    late: int
    oldest: datetime | None
    clean: int
    decided: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and the references to go on from; an empty text where there is nothing that way."""

    rows: list[Registration]
    older: str
    newer: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue."""

    registration: Registration
    full_name: str
    age: str
    late: bool
    chips: list[Chip]
    held: bool


def figures(user: User, *, now: datetime) -> Figures:
    """One aggregate over those that wait and those that this reviewer decided on today."""
    today, _tomorrow = day_bounds(timezone.localdate(now))
    waiting, mine = Q(state=State.SUBMITTED), Q(decided_by=user, decided_at__gte=today)
    return Figures(
        **Registration.objects.visible_to(user)
        .filter(waiting | mine)
        .aggregate(
            waiting=Count("id", filter=waiting),
            late=Count("id", filter=waiting & Q(received_at__lt=now - TARGET)),
            oldest=Min("received_at", filter=waiting),
            clean=Count("id", filter=waiting & duplicates.clean()),
            decided=Count("id", filter=mine),
        )
    )


def page(user: User, *, state: str, twins: bool = False, older: str = "", newer: str = "") -> Page:
    """Up to PAGE_ROWS of the branch's registrations in a state, by keyset on (received_at, id); of `twins` only those
    that have one.

    `older` and `newer` are the reference of a row to go on from. Those that wait stand oldest first, all others
    newest first. An unknown reference is the first page.
    """
    visible = Registration.objects.visible_to(user)
    mark = older or newer
    if mark:
        mark = visible.filter(reference=mark.replace("\0", "")).values_list("received_at", "id").first()
    oldest_first = state == State.SUBMITTED
    ascending = bool(newer) if mark else oldest_first
    rows = visible.filter(state=state).select_related(
        "event", "booth", "officer", "job_type_1", "decided_by", "claimed_by"
    )
    if twins:
        rows = rows.filter(duplicates.has_twin())
    if mark:
        rows = rows.filter(_after(*mark) if ascending else _before(*mark))
    found = list(
        rows.order_by(*(("received_at", "id") if ascending else ("-received_at", "-id")))[: PAGE_ROWS + 1]
    )
    more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    if not found:
        # What lay beyond the mark has moved on since: better the first page than an empty one.
        return page(user, state=state, twins=twins) if mark else Page([], "", "")
    first, last = (found[0], found[-1]) if ascending else (found[-1], found[0])
    return Page(
        rows=found if ascending == oldest_first else found[::-1],
        older=first.reference if (bool(mark) if ascending else more) else "",
        newer=last.reference if (more if ascending else bool(mark)) else "",
    )


def rows(named: Iterable[tuple[Registration, str]], *, now: datetime) -> list[Row]:
    """The lines of a page, of registrations with their workers' names. One query, for their twins."""
    named = list(named)
    warnings = duplicates.warnings_now(registration for registration, _name in named)
    return [
        Row(
            registration=registration,
            full_name=full_name,
            age=age(registration.received_at, now=now),
            late=is_late(registration, now=now),
            chips=chips(warnings[registration.pk]),
            held=registration.is_held(now=now),
        )
        for registration, full_name in named
    ]


def takeable(user: User, *, now: datetime, after: Registration | None = None) -> list[QuerySet]:
    """Where to look for the next one that this reviewer may take: behind `after`, then from the oldest on.

    None that they registered or typed, of a booth where they stood that day, or that a colleague holds.
    """
    stood = Assignment.objects.filter(officer=user, booth=OuterRef("booth"), day=OuterRef("stand_day"))
    waiting = (
        Registration.objects.visible_to(user)
        .waiting()
        .free_for(user, now=now)
        .exclude(Q(officer=user) | Q(entered_by=user))
        .annotate(stand_day=TruncDate("registered_at"))
        .exclude(Exists(stood))
    )
    if after is None:
        return [waiting]
    waiting = waiting.exclude(pk=after.pk)
    return [waiting.filter(_after(after.received_at, after.pk)), waiting]


def next_for(user: User, *, now: datetime, after: Registration | None = None) -> Registration | None:
    """The one that `claims.take_next` would take now. One query, or two at the end of the queue."""
    found = (waiting.first() for waiting in takeable(user, now=now, after=after))
    return next(filter(None, found), None)


def is_late(registration: Registration, *, now: datetime) -> bool:
    """Still waiting after TARGET."""
    return registration.state == State.SUBMITTED and now - registration.received_at > TARGET


def age(since: datetime, *, now: datetime) -> str:
    """`26 h 10 min`; above four days `5 d 3 h`. Never negative, should two clocks disagree."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    hours, days = minutes // 60, minutes // 1440
    if days > 4:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours % 24}
    if hours:
        return _("%(hours)d h %(minutes)s min") % {"hours": hours, "minutes": f"{minutes % 60:02}"}
    return _("%(minutes)d min") % {"minutes": minutes}


def chips(codes: Sequence[str]) -> list[Chip]:
    """Warnings in short words."""
    return [Chip(kind, word) for kind, word, _field in (_WARNINGS[code] for code in codes)]


def chips_by_field(codes: Sequence[str]) -> defaultdict[str, list[Chip]]:
    """The same, under the field that each is about; an empty list for every other field."""
    found: defaultdict[str, list[Chip]] = defaultdict(list)
    for code in codes:
        kind, word, field = _WARNINGS[code]
        found[field].append(Chip(kind, word))
    return found


def _after(received_at: datetime, pk) -> Q:
    """Behind a row in (received_at, id). The first condition is what an index is walked by."""
    return Q(received_at__gte=received_at) & (Q(received_at__gt=received_at) | Q(id__gt=pk))


def _before(received_at: datetime, pk) -> Q:
    return Q(received_at__lte=received_at) & (Q(received_at__lt=received_at) | Q(id__lt=pk))
