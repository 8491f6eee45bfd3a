"""Registrations in columns, one line a field: what differs from the first one, in words for a page. NIK and phone
compare by their blind indexes, so that they may stay closed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from enrolment.choices import State
from enrolment.models import Registration
from enrolment.views.wording import label
from outreach import regions
from outreach.templatetags import formats

NIK_MASK, PHONE_MASK, MASK = "•••• •••• •••• ••••", "08••-••••-••••", "••••••••"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value beside the first one's; empty where it stays closed."""

    reference: str
    word: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A field: the first one's value (a mask if `closed`) and the others'."""

    label: str
    own: str
    closed: bool
    cells: list[Cell]


def lines(
    own: Registration, others: Sequence[Registration], *, people: Mapping[UUID, Mapping[str, Any]]
) -> list[Line]:
    """Every field that tells two workers apart. `people` are the opened values of each, by key; of whom it has none,
    only whether name and birth date are alike is told."""

    def closed(name: str, mask: str, index: str, say: Callable[[str], str]) -> Line:
        value = people.get(own.pk, {}).get(name)
        same = [bytes(getattr(one, index)) == bytes(getattr(own, index)) for one in others]
        words = [people.get(one.pk, {}).get(name) for one in others]
        return Line(
            label(name),
            say(value) if value else mask,
            not value,
            [
                Cell(str(one), say(word) if word else "", not alike)
                for one, word, alike in zip(others, words, same, strict=True)
            ],
        )

    def shown(title: str, word: Callable[[Registration], str]) -> Line:
        mine = word(own)
        return Line(title, mine, False, [Cell(str(one), said := word(one), said != mine) for one in others])

    def person(name: str, say: Callable = str) -> Line:
        return shown(label(name), lambda one: say(people[one.pk][name]))

    opened = all(one.pk in people for one in (own, *others))
    named = [person("full_name"), person("birth_date", formats.day)] if opened else [_alike(own, others)]
    return [
        closed("nik", NIK_MASK, "nik_index", formats.in_fours),
        *named,
        shown(label("village_code"), lambda one: regions.label(one.village_code)),
        closed("phone", PHONE_MASK, "phone_index", formats.phone),
        shown(label("job_type_1"), lambda one: one.job_type_1.name),
        shown(_("Package"), _package),
        shown(_("Officer"), lambda one: one.officer.get_short_name()),
        shown(_("Event"), _stand),
        shown(_("Registered"), lambda one: _moment(one.registered_at)),
        shown(_("State"), lambda one: str(State(one.state).label)),
    ]


def _alike(own: Registration, others: Sequence[Registration]) -> Line:
    """Name and birth date by their index, of people who stay closed."""
    mine = bytes(own.person_index)
    cells = [Cell(str(one), "", bytes(one.person_index) != mine) for one in others]
    return Line(_("Name and birth date"), MASK, True, cells)


def _package(one: Registration) -> str:
    return _("%(package)s, %(months)d mo") % {"package": one.package, "months": one.months}


def _stand(one: Registration) -> str:
    return _("%(event)s, booth %(booth)s") % {"event": one.event.name, "booth": one.booth.code}


def _moment(at) -> str:
    return f"{formats.day_short(at)} {formats.clock(at)}"
