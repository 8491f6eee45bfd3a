"""Who else is the same worker, by the blind indexes alone: nothing is opened, and of another branch nothing is told
but that it has one.

Twins are worked out when they are looked at, for both sides. What is stored with a registration (`warnings`) is what
could be seen at the stand: of two phones in the same second each looks before the other has committed, so neither
would carry the warning for good. docs/decisions/0017 says why nothing is written back.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from enrolment.choices import Kind
from enrolment.errors import WARNINGS
from enrolment.models import Participation, Registration
from outreach.models import User

TWINS_SHOWN = 20
TWIN_CODES = ("duplicate_nik", "same_person")


@dataclass(frozen=True, slots=True)
class Twin:
    """Another live registration that looks like the same worker, and by what."""

    registration: Registration
    same_nik: bool


@dataclass(frozen=True, slots=True)
class Twins:
    """Candidates in the branch, the newest first, and whether another branch has one: not who, not how many."""

    here: list[Twin]
    elsewhere: bool

    def __bool__(self) -> bool:
        return bool(self.here) or self.elsewhere


def twins(registration: Registration, *, user: User) -> Twins:
    """Other live registrations of the same NIK, or of the same name and birth date. Two queries; opens nothing."""
    same_nik, same_person = bytes(registration.nik_index), bytes(registration.person_index)
    others = (
        Registration.objects.standing()
        .exclude(pk=registration.pk)
        .filter(Q(nik_index=same_nik) | Q(person_index=same_person))
    )
    here = others & Registration.objects.visible_to(user)
    return Twins(
        here=[
            Twin(registration=row, same_nik=bytes(row.nik_index) == same_nik)
            for row in here.select_related("event", "booth").order_by("-received_at", "-id")[:TWINS_SHOWN]
        ],
        elsewhere=others.exclude(branch_id=registration.branch_id).exists(),
    )


def warnings_now(registrations: Iterable[Registration]) -> dict[UUID, list[str]]:
    """Each one's warnings with its twins as they stand at this moment, in the order of the page. One query."""
    rows = list(registrations)
    niks = {bytes(row.nik_index) for row in rows}
    people = {bytes(row.person_index) for row in rows}
    by_nik, by_person = defaultdict(set), defaultdict(set)
    if rows:
        others = Registration.objects.standing().filter(Q(nik_index__in=niks) | Q(person_index__in=people))
        for pk, nik, person in others.values_list("pk", "nik_index", "person_index"):
            by_nik[bytes(nik)].add(pk)
            by_person[bytes(person)].add((pk, bytes(nik)))
    found = {}
    for row in rows:
        nik, codes = bytes(row.nik_index), set(row.warnings) - set(TWIN_CODES)
        if by_nik[nik] - {row.pk}:
            codes.add("duplicate_nik")
        if any(other != nik for _pk, other in by_person[bytes(row.person_index)]):
            codes.add("same_person")
        found[row.pk] = [code for code in WARNINGS if code in codes]
    return found


def has_twin() -> Exists:
    """The same as a condition on registrations: each asks the two indexes once."""
    others = Registration.objects.standing().exclude(pk=OuterRef("pk"))
    return Q(Exists(others.filter(nik_index=OuterRef("nik_index")))) | Q(
        Exists(others.filter(person_index=OuterRef("person_index")))
    )


def kind_of(nik_index: bytes, *, of: UUID) -> Kind:
    """Who paid for an earlier registration was a participant and comes back; only new ones count as acquisition. One
    that lapsed unpaid, was withdrawn or rejected never made anybody a participant."""
    before = Participation.objects.filter(registration__nik_index=nik_index, paid_at__isnull=False)
    return Kind.REACTIVATION if before.exclude(registration=of).exists() else Kind.NEW
