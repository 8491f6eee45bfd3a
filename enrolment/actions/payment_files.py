"""A list of payments or numbers, matched with those approved in the branch and written down together.

Most rows of a bank's list are strangers: they are counted and left. So is what says something else than is written
down: that is corrected by hand, with a reason.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import identity, participant_numbers, payments
from enrolment.actions.payments import Case, Said
from enrolment.choices import EntryKind
from enrolment.entry import nik_index, number_index
from enrolment.models import Participation, Registration
from enrolment.permissions import FOLLOW_PAYMENT
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import User

Outcome = Literal["new", "same", "left", "stranger"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is right in itself. `nik` or `reference` says whose it is, as stored; empty is not said."""

    number: int
    nik: str = ""
    reference: str = ""
    code: str = ""
    participant_number: str = ""
    on: date | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of a row: written down, known already, left for `sentence`, or nobody's here. `said` are the kinds
    that are written down. No identity."""

    number: int
    outcome: Outcome
    said: tuple[str, ...] = ()
    sentence: str = ""
    accepted: bool = False


def preview(rows: Sequence[Row], *, by: User) -> list[Line]:
    """What `apply` would do now; writes nothing but that it was asked after so many NIKs and participant numbers.

    Raises ActionRefused: "not_allowed"; "limited" after too many of them.
    """
    _check(by)
    asked = _identities(rows)
    if asked and not identity.may_match(by=by, count=asked, purpose="payment list"):
        raise ActionRefused(
            "limited", _("Many lists were looked at in a short time. Wait ten minutes, then choose it again.")
        )
    return _match(rows, by=by, at=timezone.now(), lock=False)[0]


def apply(rows: Sequence[Row], *, by: User) -> list[Line]:
    """Write down what `preview` showed, all in one transaction; the same list again changes nothing. That it was asked
    after so many numbers is on record again, and costs no try: it was looked at before. Raises "not_allowed"."""
    _check(by)
    with transaction.atomic():
        lines, cases = _match(rows, by=by, at=timezone.now(), lock=True)
        changed = [case for case in cases if case.added]
        payments.save(*changed)
        if asked := _identities(rows):
            audit.record(
                by=by, branch_id=by.branch_id, action="identity.check", purpose="payment list", count=asked
            )
        if changed:
            audit.record(by=by, branch_id=by.branch_id, action="participation.file", count=len(changed))
    return lines


def outcomes(lines: Sequence[Line]) -> Counter[Outcome]:
    """How many rows of each."""
    return Counter(line.outcome for line in lines)


def _check(by: User) -> None:
    if not by.has_perm(FOLLOW_PAYMENT) or by.branch_id is None:
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))


def _identities(rows: Sequence[Row]) -> int:
    """A participant number is one too: what is left of a list tells who has it."""
    return sum(bool(row.nik) + bool(row.participant_number) for row in rows)


def _match(rows: Sequence[Row], *, by: User, at: datetime, lock: bool) -> tuple[list[Line], list[Case]]:
    """(a line for each row, the participations that they are about). Five queries, two more with `lock`."""
    by_nik, by_reference = _found(rows, by=by)
    whose = {row.number: _whose(row, by_nik, by_reference) for row in rows}
    found = payments.cases({key for keys in whose.values() for key in keys if key}, lock=lock)
    hindered = _held_by_others(rows, whose, found)
    lines = []
    # Two payments of one worker may stand in any order.
    for row in sorted(rows, key=lambda row: (row.on or date.min, row.number)):
        keys = whose[row.number]
        if not keys:
            lines.append(Line(row.number, "stranger"))
        elif len(keys) > 1 or None in keys:
            sentence = _("This NIK and this receipt number do not belong together. Look at the row again.")
            lines.append(Line(row.number, "left", sentence=sentence))
        else:
            case = found[keys.copy().pop()]
            lines.append(_take(row, case, by=by, at=at, hindered=hindered.get(row.number, "")))
    return sorted(lines, key=lambda line: line.number), list(found.values())


def _whose(row: Row, by_nik: dict[bytes, UUID], by_reference: dict[str, UUID]) -> set[UUID | None]:
    """The participation that a row names; none for a stranger. Two, or one and None, where its NIK and its receipt
    number say different things."""
    keys = set()
    if row.nik:
        keys.add(by_nik.get(nik_index(row.nik)))
    if row.reference:
        keys.add(by_reference.get(row.reference))
    return set() if keys == {None} else keys


def _found(rows: Sequence[Row], *, by: User) -> tuple[dict[bytes, UUID], dict[str, UUID]]:
    """Participations of the branch by the NIK's index and by reference: the one that stands, else the last one."""
    indexes = [nik_index(row.nik) for row in rows if row.nik]
    references = [row.reference for row in rows if row.reference]
    if not indexes and not references:
        return {}, {}
    found = Participation.objects.visible_to(by).filter(
        Q(registration__nik_index__in=indexes) | Q(registration__reference__in=references)
    )
    by_nik, by_reference = {}, {}
    ordered = found.order_by("approved_at").values_list(
        "pk", "ended_at", "registration__nik_index", "registration__reference"
    )
    for pk, _ended, nik, reference in sorted(ordered, key=lambda one: one[1] is None):
        by_nik[bytes(nik)] = by_reference[reference] = pk  # the last one stays
    return by_nik, by_reference


def _held_by_others(
    rows: Sequence[Row], whose: dict[int, set[UUID | None]], found: dict[UUID, Case]
) -> dict[int, str]:
    """By the number of a row: that another worker has its participant number, here or in this list."""
    registrations = {
        row.number: found[key].row.registration
        for row in rows
        for key in whose[row.number]
        if row.participant_number and len(whose[row.number]) == 1 and key
    }
    held = participant_numbers.held(
        {number_index(row.participant_number) for row in rows if row.number in registrations}
    )
    said = {}
    by_number = defaultdict(list)
    for row in rows:
        by_number[row.participant_number].append(row)
    for row in rows:
        registration = registrations.get(row.number)
        if registration is None:
            continue
        nik = bytes(registration.nik_index)
        others = (
            one for one in by_number[row.participant_number] if _nik(one, registrations) not in (nik, None)
        )
        other = next(others, None)
        if other:
            sentence = _(
                "Row %(row)d has this participant number too, for another worker. Look at both rows."
            )
            said[row.number] = sentence % {"row": other.number}
        else:
            index = number_index(row.participant_number)
            said[row.number] = participant_numbers.of_another(index, registration, held)
    return said


def _nik(row: Row, registrations: dict[int, Registration]) -> bytes | None:
    """The index of the NIK that a row is about; None where it can't be told."""
    registration = registrations.get(row.number)
    if registration:
        return bytes(registration.nik_index)
    return nik_index(row.nik) if row.nik else None


def _take(row: Row, case: Case, *, by: User, at: datetime, hindered: str) -> Line:
    """All of a row or nothing of it. `hindered`: why its participant number is not written down by a list."""
    new = [said for said in _said(row, case) if not case.knows(said)]
    if not new:
        return Line(row.number, "same")
    if any(case.took_back(said) for said in new):
        sentence = _("This payment was written down before and corrected since. Look at its own page.")
        return Line(row.number, "left", sentence=sentence)
    if hindered and EntryKind.NUMBER in {said.kind for said in new}:
        return Line(row.number, "left", sentence=hindered)
    waited = case.row.accepted_at is None
    kept = _kept(case)
    try:
        for said in new:
            payments.take(case, said, by=by, at=at, from_file=True)
    except ActionRefused as refused:
        _put_back(case, kept)
        sentence = str(refused)
        if refused.code in ("reason_missing", "day_taken"):
            sentence = _("Something else is written down already. Correct it on its own page, with a reason.")
        return Line(row.number, "left", sentence=sentence)
    return Line(
        row.number,
        "new",
        said=tuple(said.kind for said in new),
        accepted=waited and case.row.accepted_at is not None,
    )


def _said(row: Row, case: Case) -> list[Said]:
    said = []
    if row.on:
        first = Said(EntryKind.PAID, on=row.on, months=row.months)
        later = case.row.paid_on is not None and row.on > case.row.paid_on
        said.append(Said(EntryKind.LATER, on=row.on, months=row.months) if later else first)
    if row.code:
        said.append(Said(EntryKind.CODE, number=row.code))
    if row.participant_number:
        said.append(Said(EntryKind.NUMBER, number=row.participant_number))
    return said


def _kept(case: Case) -> tuple:
    columns = {name: case.row.__dict__[case.row._meta.get_field(name).attname] for name in payments.WRITTEN}
    return len(case.entries), len(case.added), columns


def _put_back(case: Case, kept: tuple) -> None:
    entries, added, columns = kept
    del case.entries[entries:], case.added[added:]
    for name, value in columns.items():  # set, or a person that is kept beside their id would be stored again
        setattr(case.row, case.row._meta.get_field(name).attname, value)
