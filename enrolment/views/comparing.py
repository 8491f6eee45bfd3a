"""Two versions of the same registration side by side: each field that differs, in words for a page."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from enrolment.actions.disclosures import Version
from enrolment.entry import whole
from enrolment.forms.registration import RegistrationForm
from enrolment.views.wording import Wording, label

ORIGIN = frozenset(
    ("event", "booth", "officer", "consent_version", "consent_at", "consent_how", "registered_at")
)
"""Where and when it was entered, and what was agreed to then: not what an officer corrects."""


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
    wording = Wording()
    return [
        Step(later.number, later.at, between(earlier.content, later.content, closed=closed, wording=wording))
        for earlier, later in pairwise(versions)
    ][::-1]


def between(
    was: Mapping[str, str],
    now: Mapping[str, str],
    *,
    closed: Collection[str] = (),
    leaving: Collection[str] = ORIGIN,
    wording: Wording | None = None,
) -> list[Change]:
    """The fields that differ in two canonical contents (Entry.canonical), in the order of the form, save those of
    `leaving`."""
    was, now, wording = whole(was), whole(now), wording or Wording()
    differing = (
        name
        for name in RegistrationForm.base_fields
        if name not in leaving and was.get(name, "") != now.get(name, "")
    )
    return [
        Change(
            label=label(name),
            was="" if name in closed else wording.word(name, was.get(name, "")),
            now="" if name in closed else wording.word(name, now.get(name, "")),
            closed=name in closed,
        )
        for name in differing
    ]
