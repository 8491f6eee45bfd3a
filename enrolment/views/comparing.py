"""Two versions of the same registration side by side: each field that differs, in words for a page."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.utils.translation import gettext as _

from enrolment.actions.disclosures import Version
from enrolment.choices import Package, Sex
from enrolment.forms.registration import RegistrationForm
from outreach import regions
from outreach.templatetags import formats

_PLACES = frozenset(("event", "booth", "officer", "consent_version", "consent_at", "registered_at"))
"""Where and when it was entered: not what an officer corrects."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs. `closed`: that it does is all that is told."""

    label: str
    was: str
    now: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Step:
    """From the version before to this one."""

    number: int
    at: datetime
    changes: list[Change]


def steps(versions: Iterable[Version], *, closed: Collection[str]) -> list[Step]:
    """Every version against the one before it, the newest first."""
    return [
        Step(later.number, later.at, between(earlier.content, later.content, closed=closed))
        for earlier, later in pairwise(versions)
    ][::-1]


def between(was: Mapping[str, str], now: Mapping[str, str], *, closed: Collection[str] = ()) -> list[Change]:
    """The fields that differ in two canonical contents (Entry.canonical), in the order of the form."""
    return [
        Change(
            label=str(field.label or name),
            was="" if name in closed else _words(name, was.get(name, "")),
            now="" if name in closed else _words(name, now.get(name, "")),
            closed=name in closed,
        )
        for name, field in RegistrationForm.base_fields.items()
        if name not in _PLACES and was.get(name, "") != now.get(name, "") and name in {*was, *now}
    ]


def _words(name: str, stored: str) -> str:
    """A canonical text as a page says it; as it is stored where it says enough."""
    if not stored:
        return "–"
    match name:
        case "nik":
            return formats.in_fours(stored)
        case "phone":
            return formats.phone(stored)
        case "sex":
            return str(Sex(stored).label)
        case "package":
            return str(Package(stored).label)
        case "birth_date":
            return formats.day(date.fromisoformat(stored))
        case "first_month":
            return formats.month(date.fromisoformat(stored))
        case "income":
            return formats.rupiah(int(stored))
        case "village_code" | "work_location":
            return regions.label(stored)
        case "government_paid":
            return _("Yes") if stored == "y" else _("No")
        case _:
            return stored
