"""The reviewer's queue: who waits, how long, what stands out, and who is next."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolment.choices import State
from enrolment.models import JobType, Registration
from enrolment.queries import duplicates
from enrolment.queries.queue_filters import Filters, asked, walked
from enrolment.queries.stands import day_bounds
from outreach.models import Assignment, Booth, Event, User

TARGET = timedelta(hours=24)
"""Within this time of its arrival a registration should be decided on (DOMAIN: entered in the core system in 24 h)."""

PAGE_ROWS = 50
STRETCH = 500
"""How many rows a page looks at for those with a flag: where it is rare, a page is short and says so."""
NOTHING_ASKED = Q()
COUNTED = 1_000
"""How far the figures count: what a strip says of a queue of thousands is that it is one."""
CLEAN_COUNTED = 300
"""How far the clean ones are counted, each of which is a look for twins: a bazaar's morning."""

# What a row of the list is made from; the other sealed columns, the most of a row's bytes, stay in the database.
LISTED = (
    "id", "reference", "version", "kind", "state", "warnings", "branch_id", "event_id", "booth_id", "officer_id",
    "entered_by_id", "received_at", "full_name", "nik_index", "person_index", "job_type_1_id", "package", "months",
    "consent_withdrawn_at", "claimed_by_id", "claimed_until", "decided_at", "decided_by_id",
)  # fmt: skip
_PEOPLE = ("officer", "decided_by", "claimed_by")

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
    """The strip over the queue. Whoever waits is counted up to one more than COUNTED, the longest waiting first; `late`
    is exact as long as it is below that. `clean` are those of the first CLEAN_COUNTED: with `more` there are others
    behind, and it is at least so many. `oldest` is None when nobody waits; `decided` are those that still stand as
    this reviewer decided on them today (Asia/Jakarta), up to one more than COUNTED."""

    waiting: int
    late: int
    oldest: datetime | None
    clean: int
    decided: int
    more: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and the references to go on from; an empty text where there is nothing that way. `stopped`: after
    STRETCH rows that were looked at, of which these are left; there may be more further on. `ended`: nobody fits in the
    last stretch, and those before it were looked at on the pages before."""

    rows: list[Registration]
    older: str
    newer: str
    stopped: bool = False
    ended: bool = False

    @property
    def further(self) -> dict[str, str]:
        """Where an empty page goes on, as `page` takes it."""
        marks = {"older": self.older, "newer": self.newer}
        return {name: mark for name, mark in marks.items() if mark and not self.rows}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue. `url` leads to its page; `stand` is the booth with its officer, `price` the package with its
    months, in words."""

    registration: Registration
    url: str
    full_name: str
    stand: str
    price: str
    age: str
    late: bool
    chips: list[Chip]
    held: bool


def figures(user: User, *, now: datetime) -> Figures:
    """Three queries, each over a bounded piece of an index: those that wait, which of them are clean, and what this
    reviewer decided today."""
    today, _tomorrow = day_bounds(timezone.localdate(now))
    visible = Registration.objects.visible_to(user)
    waiting, is_clean = visible.waiting(), When(duplicates.clean(), then=1)
    found = waiting[: COUNTED + 1].aggregate(
        waiting=Count("pk"),
        late=Count("pk", filter=Q(received_at__lt=now - TARGET)),
        oldest=Min("received_at"),
    )
    clean = waiting.annotate(one=Case(is_clean, default=0))[:CLEAN_COUNTED].aggregate(
        clean=Sum("one", default=0)
    )
    mine = visible.filter(decided_by=user, decided_at__gte=today).order_by("-decided_at")
    decided = mine[: COUNTED + 1].aggregate(decided=Count("pk"))
    return Figures(**found, **clean, **decided, more=found["waiting"] > CLEAN_COUNTED)


def waiting(user: User) -> int:
    """How many wait in this branch, up to one more than COUNTED. One query over a bounded piece of an index."""
    return Registration.objects.visible_to(user).waiting().values("pk")[: COUNTED + 1].count()


def page(user: User, *, filters: Filters, older: str = "", newer: str = "") -> Page:
    """Up to PAGE_ROWS of the branch's registrations that the filters leave, by keyset on (received_at, id).

    `older` and `newer` are the reference of a row to go on from. Those that wait stand oldest first, all others
    newest first. An unknown reference is the first page. With a flag a page looks at STRETCH rows at most.
    """
    visible = Registration.objects.visible_to(user)
    return keyset(
        walked(visible, filters),
        visible,
        each=asked(filters.flag),
        oldest_first=filters.state == State.SUBMITTED,
        older=older,
        newer=newer,
    )


def listed(rows: QuerySet) -> list[Registration]:
    """Registrations with what a line of the queue shows. Five queries: rows share events, booths, jobs and people,
    which a join would plan for longer, and make anew for each."""
    found = list(rows.only(*LISTED))
    prefetch_related_objects(
        found,
        Prefetch("event", Event.objects.only("name").order_by()),
        Prefetch("booth", Booth.objects.only("code").order_by()),
        Prefetch("job_type_1", JobType.objects.only("name").order_by()),
    )
    ids = {getattr(row, f"{part}_id") for row in found for part in _PEOPLE} - {None}
    people = User.objects.only("full_name", "username").in_bulk(ids)
    for row in found:
        for part in _PEOPLE:
            if pk := getattr(row, f"{part}_id"):
                setattr(row, part, people[pk])
    return found


def keyset(
    rows: QuerySet,
    visible: QuerySet,
    *,
    oldest_first: bool,
    each: Q = NOTHING_ASKED,
    older: str = "",
    newer: str = "",
    pk: str = "id",
    fetch: Callable[[QuerySet], list[Registration]] = listed,
) -> Page:
    """A page of `rows`, on from a registration that is among `visible`. One query, and one for the mark; where nothing
    lies beyond the mark any more, the first page. `pk` is what the rows call the registration's id. `each` is what a
    row has to be besides, which no index knows; it is asked of STRETCH rows at most, and costs one query more."""
    mark = older or newer
    if mark:
        mark = visible.filter(reference=mark.replace("\0", "")).values_list("received_at", "id").first()
    ascending = bool(newer) if mark else oldest_first
    beyond = rows.filter(_after(*mark, pk=pk) if ascending else _before(*mark, pk=pk)) if mark else rows
    beyond = beyond.order_by(*(("received_at", pk) if ascending else ("-received_at", f"-{pk}")))
    looked_at_last = ""
    if each:
        end = list(beyond.values_list("reference", "received_at", "id")[STRETCH - 1 : STRETCH + 1])
        if len(end) == 2:
            (looked_at_last, *_), (_, *first_left_out) = end
            beyond = beyond.filter(_before(*first_left_out) if ascending else _after(*first_left_out))
        beyond = beyond.filter(each)
    found = fetch(beyond[: PAGE_ROWS + 1])
    more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    stopped = bool(looked_at_last) and not more
    if not found and not stopped:
        if each and mark and ascending == oldest_first:
            return Page([], "", "", ended=True)
        # What lay beyond the mark has moved on since: better the first page than an empty one.
        again = {"oldest_first": oldest_first, "each": each, "pk": pk, "fetch": fetch}
        return keyset(rows, visible, **again) if mark else Page([], "", "")
    back = found[0].reference if mark and found else ""
    on = looked_at_last if stopped else found[-1].reference if more else ""
    return Page(
        rows=found if ascending == oldest_first else found[::-1],
        older=back if ascending else on,
        newer=on if ascending else back,
        stopped=stopped,
    )


def rows(
    named: Iterable[tuple[Registration, str]], *, now: datetime, address: Callable[[str], str]
) -> list[Row]:
    """The lines of a page, of registrations with their workers' names; `address` makes one of a reference. Two queries
    at most, for their twins."""
    named = list(named)
    warnings = duplicates.warnings_now(registration for registration, _name in named)
    stand, price = _("Booth %(booth)s · %(officer)s"), _("%(package)s, %(months)s mo")
    return [
        Row(
            registration=registration,
            url=address(registration.reference),
            full_name=full_name,
            stand=stand
            % {"booth": registration.booth.code, "officer": registration.officer.get_short_name()},
            price=price % {"package": registration.package, "months": registration.months},
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
    """The one that `claims.take_next` would take now, with its reference alone. One query, or two at the end of the
    queue."""
    found = (waiting.only("reference").first() for waiting in takeable(user, now=now, after=after))
    return next(filter(None, found), None)


def is_late(registration: Registration, *, now: datetime) -> bool:
    """Still waiting after TARGET."""
    return registration.state == State.SUBMITTED and now - registration.received_at > TARGET


def age(since: datetime, *, now: datetime) -> str:
    """`26 h 10 min`; `< 1 min`; above four days `5 d 3 h`. Never negative, should two clocks disagree."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    hours, days = minutes // 60, minutes // 1440
    if days > 4:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours % 24}
    if hours:
        return _("%(hours)d h %(minutes)s min") % {"hours": hours, "minutes": f"{minutes % 60:02}"}
    return _("%(minutes)d min") % {"minutes": minutes} if minutes else _("< 1 min")


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


def _after(received_at: datetime, at: UUID, *, pk: str = "id") -> Q:
    """Behind a row in (received_at, id). The first condition is what an index is walked by; the second says what it
    leaves out, for `received_at > … OR …` would say the first again, and PostgreSQL expects a tenth of the rows then
    and sorts them."""
    return Q(received_at__gte=received_at) & ~Q(received_at=received_at, **{f"{pk}__lte": at})


def _before(received_at: datetime, at: UUID, *, pk: str = "id") -> Q:
    return Q(received_at__lte=received_at) & ~Q(received_at=received_at, **{f"{pk}__gte": at})
