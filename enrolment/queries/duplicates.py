"""Who else is the same worker, by the blind indexes alone: nothing is opened, and of another branch nothing is told
but that it has one.

Twins are worked out when they are looked at, for both sides. What is stored with a registration (`warnings`) is what
could be seen at the stand: of two phones in the same second each looks before the other has committed, so neither
would carry the warning for good. docs/decisions/0017 says why nothing is written back. Two of whom somebody has said
that they are different people (TwinVerdict) are no twins, for whoever asks here.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from enrolment.choices import LIVE_STATES, Kind, State, Verdict
from enrolment.errors import WARNINGS
from enrolment.models import Arbitration, Participation, Registration, TwinVerdict
from outreach.models import User

TWINS_SHOWN = 3
"""Side by side at a time; judging one brings up the next."""
TWIN_CODES = ("duplicate_nik", "same_person")
_CONTENDS = Q(state=State.APPROVED) | Q(state=State.SUBMITTED, consent_withdrawn_at=None)
"""Is approved, or could be without being sent anew. An approval stands also after the consent was withdrawn."""
NO_OTHER_WARNING = reduce(
    or_, (Q(warnings=codes) for codes in ([], *([code] for code in TWIN_CODES), list(TWIN_CODES)))
)
"""What was seen at the stand is nothing, or only a twin."""


@dataclass(frozen=True, slots=True)
class Twin:
    """Another live registration that looks like the same worker, and by what."""

    registration: Registration
    same_nik: bool

    @staticmethod
    def is_same_nik(one: Registration, other: Registration) -> bool:
        """By the blind index: nothing is opened."""
        return bytes(one.nik_index) == bytes(other.nik_index)


@dataclass(frozen=True, slots=True)
class Twins:
    """Candidates in the branch, the newest first, and whether another branch has one: not who, not how many. `more`:
    there are others behind those. `approved_elsewhere`: another branch has approved this very NIK, so it can't be
    approved here; `waits` if that branch's head has been asked already."""

    here: list[Twin]
    elsewhere: bool
    more: bool = False
    approved_elsewhere: bool = False
    waits: bool = False

    def __bool__(self) -> bool:
        return bool(self.here) or self.elsewhere


def twins(registration: Registration, *, user: User) -> Twins:
    """Other live registrations of the same NIK, or of the same name and birth date. Three queries, and one more where
    there are some here; opens nothing."""
    same_nik, same_person = bytes(registration.nik_index), bytes(registration.person_index)
    others = (
        Registration.objects.standing()
        .exclude(pk=registration.pk)
        .filter(Q(nik_index=same_nik) | Q(person_index=same_person))
        .exclude(Exists(TwinVerdict.objects.apart_from(registration)))
    )
    here = (others & Registration.objects.visible_to(user)).order_by("-received_at", "-id")
    found = _whole(here.values_list("pk", flat=True)[: TWINS_SHOWN + 1])
    elsewhere = others.exclude(branch_id=registration.branch_id).aggregate(
        any=Count("pk"), approved=Count("pk", filter=Q(nik_index=same_nik, state=State.APPROVED))
    )
    return Twins(
        here=[
            Twin(registration=row, same_nik=bytes(row.nik_index) == same_nik) for row in found[:TWINS_SHOWN]
        ],
        elsewhere=elsewhere["any"] > 0,
        more=len(found) > TWINS_SHOWN,
        approved_elsewhere=elsewhere["approved"] > 0,
        waits=Arbitration.objects.open().filter(second=registration).exists(),
    )


def _whole(keys: Iterable[UUID]) -> list[Registration]:
    """These with what is shown of them, the newest first. Mostly there are none, and the joins take longer to put
    together than to find that out."""
    keys = list(keys)
    if not keys:
        return []
    rows = Registration.objects.filter(pk__in=keys).select_related("event", "booth", "officer", "job_type_1")
    return list(rows.order_by("-received_at", "-id"))


def verdicts(registration: Registration) -> list[TwinVerdict]:
    """What is in force about this registration, the newest first, with both of each pair. Also of other branches:
    whoever shows it tells nothing of those but the verdict. One query, and one more where there is one."""
    said = TwinVerdict.objects.in_force().of(registration)
    if not said.exists():
        return []  # as of most, without the joins
    pairs = said.select_related("by", "first__event", "first__booth", "second__event", "second__booth")
    return list(pairs.order_by("-at", "-id"))


def warnings_now(registrations: Iterable[Registration]) -> dict[UUID, list[str]]:
    """Each one's warnings with its twins as they stand at this moment, in the order of the page. One query, and one
    more where some are alike."""
    rows = list(registrations)
    niks = {bytes(row.nik_index) for row in rows}
    people = {bytes(row.person_index) for row in rows}
    by_nik, by_person = defaultdict(set), defaultdict(set)
    if rows:
        others = Registration.objects.standing().filter(Q(nik_index__in=niks) | Q(person_index__in=people))
        for pk, nik, person in others.values_list("pk", "nik_index", "person_index"):
            by_nik[bytes(nik)].add(pk)
            by_person[bytes(person)].add((pk, bytes(nik)))
    same_nik = {row.pk: by_nik[bytes(row.nik_index)] - {row.pk} for row in rows}
    same_person = {
        row.pk: {pk for pk, nik in by_person[bytes(row.person_index)] if nik != bytes(row.nik_index)}
        for row in rows
    }
    apart = _apart([row for row in rows if same_nik[row.pk] or same_person[row.pk]])
    found = {}
    for row in rows:
        codes = set(row.warnings) - set(TWIN_CODES)
        if same_nik[row.pk] - apart[row.pk]:
            codes.add("duplicate_nik")
        if same_person[row.pk] - apart[row.pk]:
            codes.add("same_person")
        found[row.pk] = [code for code in WARNINGS if code in codes]
    return found


def _apart(rows: list[Registration]) -> defaultdict[UUID, set[UUID]]:
    """From whom each of these is said to be different."""
    apart = defaultdict(set)
    if rows:
        said = TwinVerdict.objects.in_force().filter(verdict=Verdict.DIFFERENT).of(*(row.pk for row in rows))
        for first, second in said.values_list("first", "second"):
            apart[first].add(second)
            apart[second].add(first)
    return apart


@cache  # it takes as long to put together as to run
def has_twin() -> Q:
    """The same as a condition on registrations: each asks the two indexes once."""
    others = (
        Registration.objects.standing()
        .exclude(pk=OuterRef("pk"))
        .exclude(Exists(TwinVerdict.objects.apart(OuterRef("pk"), OuterRef(OuterRef("pk")))))
    )
    alike = Q(nik_index=OuterRef("nik_index")) | Q(person_index=OuterRef("person_index"))
    return Q(Exists(others.filter(alike)))


def clean() -> Q:
    """Registrations without a warning as they stand now: a twin that was seen at the stand and is none any more, by a
    verdict or because it was withdrawn, does not count."""
    return NO_OTHER_WARNING & ~has_twin()


def contested() -> Q:
    """Registrations whose NIK another one has that is approved or waits, in whatever branch and also if the two are
    said to be different people: of one NIK only one can be approved in all."""
    return Q(Exists(_contenders().filter(nik_index=OuterRef("nik_index")).exclude(pk=OuterRef("pk"))))


def contenders(rows: Iterable[Registration]) -> dict[UUID, Registration]:
    """The same of these: by the key of each that is contested another one, the approved one if there is one. One
    query."""
    rows = list(rows)
    of_nik = defaultdict(list)
    found = _contenders().filter(nik_index__in={bytes(row.nik_index) for row in rows}) if rows else []
    for one in found:
        of_nik[bytes(one.nik_index)].append(one)
    contested = {}
    for row in rows:
        others = [one for one in of_nik[bytes(row.nik_index)] if one.pk != row.pk]
        if others:
            contested[row.pk] = min(others, key=lambda one: (one.state != State.APPROVED, one.pk))
    return contested


def _contenders() -> QuerySet[Registration]:
    return Registration.objects.filter(_CONTENDS).only(
        "nik_index", "state", "branch_id", "reference", "consent_withdrawn_at"
    )


def alike(one: Registration, other: Registration) -> bool:
    """Do both stand, and look like the same worker?"""
    return all(row.state in LIVE_STATES and not row.consent_withdrawn_at for row in (one, other)) and (
        bytes(one.nik_index) == bytes(other.nik_index) or bytes(one.person_index) == bytes(other.person_index)
    )


def kind_of(nik_index: bytes, *, of: UUID) -> Kind:
    """Who paid for an earlier registration was a participant and comes back; only new ones count as acquisition. One
    that lapsed unpaid, was withdrawn or rejected never made anybody a participant."""
    before = Participation.objects.filter(registration__nik_index=nik_index, paid_at__isnull=False)
    return Kind.REACTIVATION if before.exclude(registration=of).exists() else Kind.NEW
