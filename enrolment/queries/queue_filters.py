"""What the reviewer's queue can be narrowed to: the choices that are offered, and what each asks of the rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from enrolment.choices import Package, Sector, State
from enrolment.errors import WARNINGS
from enrolment.models.registration import RegistrationQuerySet
from enrolment.queries import duplicates
from outreach.models import Assignment, Booth, Event, User

CLEAN, WARNED, TWIN = "clean", "warned", "twin"
WARNING_CODES = tuple(code for code in WARNINGS if code not in duplicates.TWIN_CODES)
FLAGS = (CLEAN, WARNED, TWIN, *WARNING_CODES)
EVENTS_OFFERED, BOOTHS_OFFERED, OFFICERS_OFFERED = 8, 24, 24

# Stored twins say only what the stand could see, so they are asked anew (queries/duplicates.py).


@dataclass(frozen=True, slots=True)
class Filters:
    """A state, and what else was chosen; empty or None where nothing was."""

    state: State = State.SUBMITTED
    event: Event | None = None
    booth: Booth | None = None
    officer: User | None = None
    flag: str = ""
    package: str = ""
    sector: str = ""

    @property
    def chosen(self) -> int:
        """How many are, the state not counted."""
        return sum(map(bool, (self.event, self.booth, self.officer, self.flag, self.package, self.sector)))

    def query(self) -> dict[str, str]:
        """The same for an address; `read` reads it again."""
        asked = {
            "state": "" if self.state == State.SUBMITTED else str(self.state),
            "event": self.event.slug if self.event else "",
            "booth": self.booth.code if self.booth else "",
            "officer": str(self.officer.pk) if self.officer else "",
            "flag": self.flag,
            "package": self.package,
            "sector": self.sector,
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Offered:
    """The choices that a branch's own rows give: its newest events, and the booths and officers of the chosen event;
    without one the officers of those events, and no booths, for they are called A and B everywhere."""

    filters: Filters
    events: list[Event] = field(default_factory=list)
    booths: list[Booth] = field(default_factory=list)
    officers: list[User] = field(default_factory=list)


def read(user: User, asked: Mapping[str, str]) -> Offered:
    """What an address asks for, and what is offered beside it. Whatever is unknown, or another branch's, is left out.
    Three queries at most, and one more each for an event or officer that is chosen but no longer offered."""
    events = Event.objects.visible_to(user)
    recent = list(events.order_by("-first_day", "slug")[:EVENTS_OFFERED])
    event = _chosen(recent, asked.get("event"), "slug", events)
    booths = list(event.booths.order_by("code")[:BOOTHS_OFFERED]) if event else []
    booth = _chosen(booths, asked.get("booth"), "code", event.booths) if event else None
    people = User.objects.filter(branch_id=user.branch_id)
    there = Assignment.objects.filter(officer=OuterRef("pk"), booth__event__in=[event] if event else recent)
    officers = list(people.filter(Exists(there)).order_by("full_name", "pk")[:OFFICERS_OFFERED])
    number = asked.get("officer", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    officer = _chosen(officers, number, "pk", people) if is_number else None
    filters = Filters(
        state=State(_known(asked.get("state"), State.values) or State.SUBMITTED),
        event=event,
        booth=booth,
        officer=officer,
        flag=_known(asked.get("flag"), FLAGS),
        package=_known(asked.get("package"), Package.values),
        sector=_known(asked.get("sector"), Sector.values),
    )
    return Offered(filters, _with(recent, event), _with(booths, booth), _with(officers, officer))


def narrow(rows: RegistrationQuerySet, filters: Filters) -> RegistrationQuerySet:
    """The rows that the filters leave, in no order."""
    return walked(rows, filters).filter(asked(filters.flag))


def walked(rows: RegistrationQuerySet, filters: Filters) -> RegistrationQuerySet:
    """Those that an index leads to, of which each is then `asked` for the flag. Each filter has an index that begins
    with it and goes on with the state and the order of the page; of two the database takes the one that leaves
    fewer."""
    rows = rows.waiting() if filters.state == State.SUBMITTED else rows.filter(state=filters.state)
    if filters.booth:
        rows = rows.filter(booth=filters.booth)
    elif filters.event:
        rows = rows.filter(event=filters.event)
    for name in ("officer", "package", "sector"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.flag not in ("", CLEAN, TWIN):
        rows = rows.filter(~Q(warnings=[]))  # the condition of the index, word for word
    return rows.order_by()


def asked(flag: str) -> Q:
    """What each row that is walked has to be; empty for no flag."""
    match flag:
        case "":
            return Q()
        case "clean":
            return duplicates.clean()
        case "twin":
            return duplicates.has_twin()
        case "warned":
            return ~duplicates.NO_OTHER_WARNING
        case code:
            # As text: SQLite can't ask whether a JSON list has an item.
            return Q(Contains(Cast("warnings", TextField()), f'"{code}"'))


def _chosen(offered, value: str | None, name: str, rows):
    """The one that is meant: of those offered, else of all that may be."""
    if not value:
        return None
    one = next((one for one in offered if str(getattr(one, name)) == value), None)
    return one or rows.filter(**{name: value}).first()


def _with(offered: list, chosen) -> list:
    return offered if chosen is None or chosen in offered else [chosen, *offered]


def _known(value: str | None, known) -> str:
    return value if value in known else ""
