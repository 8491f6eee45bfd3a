"""Who saw what, out of a branch's audit chain: every entry that opened stored values, on a page or into a file, and
every search that found nobody, which is an answer too.

No entry is counted to be paged: a page looks at SEARCHED entries of the chain at most, whatever is asked for, and says
how far back that was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from enrolment.models import Registration
from enrolment.queries.stands import day_bounds
from enrolment.references import symbols
from outreach import audit_words
from outreach.models import AuditEntry, User

PAGE_ROWS = 50
SEARCHED = 50_000
SUMMED_DAYS = 7
SUMMED_PEOPLE = 20

READ, SEARCH = "read", "registration.search"
HIDDEN = ("nik", "phone", "address", "email", "billing_code", "participant_number")
"""What pages show masked until somebody says what for."""
WHOLE = ("correct", "conflict", "go on with a draft")
"""What a stored content is opened for as a whole, so with all of these."""
FILES = ("hand-over: batch ",)
"""How the purposes of a file begin: the values leave the software with it."""


CHECKED = ("hand-over: check",)
"""Opened to be held against the template: the page shows nobody, so nobody has seen it."""


class Kind(models.TextChoices):
    """How far an entry went."""

    HIDDEN = "hidden", _("hidden values opened")
    NAMES = "names", _("names and other data only")
    FILES = "files", _("exports")
    NOBODY = "nobody", _("searches without a result")


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)


_IN_FILES = _any(Q(purpose__startswith=purpose) for purpose in FILES)
_IS_HIDDEN = _any(Q(fields__contains=name) for name in HIDDEN) | Q(purpose__in=WHOLE)
_IS_READ, _FOUND_NOBODY = Q(action=READ), Q(action=SEARCH, count=0)
_OF_KIND = {
    Kind.HIDDEN: _IS_READ & _IS_HIDDEN & ~_IN_FILES,
    Kind.NAMES: _IS_READ & ~_IS_HIDDEN & ~_IN_FILES,
    Kind.FILES: _IS_READ & _IN_FILES,
    Kind.NOBODY: _FOUND_NOBODY,
}


@dataclass(frozen=True, slots=True)
class Look:
    """A row of the page. `reference` is an empty text where many were seen, or something else than a registration;
    `open`: whoever looks may go there. `beside`: those that stood beside it on the page, each as (reference, open)."""

    entry: AuditEntry
    kind: Kind
    reference: str
    open: bool
    beside: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Page:
    """Looks, the newest first, and the numbers to go on from. `searched_to`: nothing more was found back to then, and
    the chain goes on."""

    looks: list[Look]
    older: int | None
    newer: int | None
    searched_to: datetime | None


@dataclass(frozen=True, slots=True)
class Opener:
    """How often somebody opened hidden values, and of how many rows altogether."""

    person: User
    times: int
    rows: int


def shows_hidden(entry: AuditEntry) -> bool:
    """Were values opened that pages mask? The same rule as the filter's."""
    return entry.action == READ and (
        entry.purpose in WHOLE or any(name in entry.fields.split() for name in HIDDEN)
    )


def kind_of(entry: AuditEntry) -> Kind:
    """Of an entry that the page shows."""
    if entry.action == SEARCH:
        return Kind.NOBODY
    if entry.purpose.startswith(FILES):
        return Kind.FILES
    return Kind.HIDDEN if shows_hidden(entry) else Kind.NAMES


def page(
    user: User,
    *,
    who: User | None = None,
    kind: str = "",
    first_day: date | None = None,
    last_day: date | None = None,
    older: int | None = None,
    newer: int | None = None,
) -> Page:
    """Up to PAGE_ROWS looks of the user's branch, by keyset on the entry's number: those before `older`, or the nearest
    after `newer`. The same few queries for any filter."""
    chain = AuditEntry.objects.filter(branch_id=user.branch_id)
    low, high = _between(chain, first_day, last_day)
    top = high
    if newer is not None:
        low = max(low, newer + 1)
        high = min(high, low + SEARCHED - 1)
    else:
        high = high if older is None else min(high, older - 1)
    floor = max(low, high - SEARCHED + 1)
    rows = chain.filter(_IS_READ | _FOUND_NOBODY, seq__gte=floor, seq__lte=high).select_related("actor")
    if who:
        rows = rows.filter(actor=who)
    if kind in _OF_KIND:
        rows = rows.filter(_OF_KIND[kind])
    found = list(rows.order_by("seq" if newer is not None else "-seq")[: PAGE_ROWS + 1])
    more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    if newer is not None:
        found.reverse()
        if not found:
            return page(user, who=who, kind=kind, first_day=first_day, last_day=last_day)
        on = found[0].seq if more else high if high < top else None
        return Page(_looks(found, user), older=found[-1].seq, newer=on, searched_to=None)
    cut = not more and floor > low
    return Page(
        looks=_looks(found, user),
        older=found[-1].seq if more else floor if cut else None,
        newer=(found[0].seq if found else older - 1) if older is not None else None,
        searched_to=chain.filter(seq=floor).values_list("at", flat=True).first() if cut else None,
    )


def openers(user: User, *, now: datetime) -> list[Opener]:
    """Who of the branch opened hidden values in the last SUMMED_DAYS, the most times first; two queries."""
    since = now - timedelta(days=SUMMED_DAYS)
    found = (
        AuditEntry.objects.filter(_IS_HIDDEN, branch_id=user.branch_id, at__gte=since, action=READ)
        .exclude(purpose__in=CHECKED)
        .order_by()
        .values("actor")
        .annotate(times=Count("id"), rows=Sum("count"))
        .order_by("-times", "actor")[:SUMMED_PEOPLE]
    )
    found = list(found)
    people = User.objects.in_bulk([row["actor"] for row in found])
    return [Opener(people[row["actor"]], row["times"], row["rows"]) for row in found]


def people(user: User) -> QuerySet[User]:
    """Who can have looked: staff and officers of the branch, those who have left too."""
    return User.objects.filter(branch_id=user.branch_id, organisation=None).order_by("full_name", "username")


def _between(chain: QuerySet, first_day: date | None, last_day: date | None) -> tuple[int, int]:
    """The numbers of the chain's entries on these days (Asia/Jakarta). The chain's time goes up with its numbers, so
    one index finds both ends."""
    low, high = 1, chain.order_by("-seq").values_list("seq", flat=True).first() or 0
    if first_day:
        since = chain.filter(at__gte=day_bounds(first_day)[0]).order_by("at", "seq")
        low = since.values_list("seq", flat=True).first() or high + 1
    if last_day:
        until = chain.filter(at__lt=day_bounds(last_day)[1]).order_by("-at", "-seq")
        high = until.values_list("seq", flat=True).first() or 0
    return low, high


def _looks(entries: list[AuditEntry], user: User) -> list[Look]:
    """With references, which tell nothing of a person; who may open one, its own scope says. Two queries."""
    beside = {entry.pk: [symbols(one) for one in audit_words.beside(entry.purpose)[1]] for entry in entries}
    named = Q(pk__in=[entry.object_id for entry in entries if entry.object_id])
    named |= Q(reference__in={one for some in beside.values() for one in some})
    here = Registration.objects.filter(named, branch_id=user.branch_id)
    references = dict(here.values_list("pk", "reference"))
    seen_here = set(references.values())
    may = set(Registration.objects.visible_to(user).filter(named).values_list("reference", flat=True))
    return [
        Look(
            entry,
            kind_of(entry),
            reference := references.get(entry.object_id, ""),
            reference in may,
            [(one, one in may) for one in beside[entry.pk] if one in seen_here],
        )
        for entry in entries
    ]
