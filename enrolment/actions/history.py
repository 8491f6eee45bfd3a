"""Opening what a registration's past says in words: the reasons of its decisions, what each version changed, and what
was written down of its payments."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from enrolment.actions import disclosures
from enrolment.models import Decision, Escalation, ParticipationEntry, Registration, RegistrationVersion
from enrolment.models.payment import corrections
from outreach.actions import audit
from outreach.models import User
from outreach.sealed import Access


@dataclass(frozen=True, slots=True)
class Written:
    """What was written down about a participation; a correction with what it corrects and why. Numbers stay closed."""

    entry: ParticipationEntry
    was: ParticipationEntry | None
    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A registration's decisions and its steps to the head and back, with their reasons; what was written down of its
    payments; the content of its versions by their number, and the numbers of those that were destroyed."""

    decisions: list[disclosures.Past]
    written: list[Written]
    versions: dict[int, disclosures.Version]
    destroyed: frozenset[int]


def opened(registration: Registration, *, by: User) -> Opened:
    """One access row. Of the answers that stay hidden only that they differ can be told, as on the review page."""
    decisions, versions = _rows(registration)
    entries = _entries(registration)
    access = audit.open_access(
        by=by,
        branch_id=registration.branch_id,
        objects=(registration.pk,),
        parts=[row.pk for row in (*decisions, *versions, *entries)],
        fields=("content", "flags", "reason"),
        purpose="history",
    )
    contents = disclosures.opened_versions(versions, access, hidden=disclosures.HIDDEN)
    return Opened(
        decisions=[_past(decision, access) for decision in decisions],
        written=_written(entries, lambda entry: entry.reason.reveal(access) if entry.reason else ""),
        versions={version.number: version for version in contents},
        destroyed=_destroyed(versions),
    )


def closed(registration: Registration) -> Opened:
    """The same without reasons and contents, and without an access: after the consent was withdrawn."""
    decisions, versions = _rows(registration)
    return Opened(
        decisions=[disclosures.Past(decision, "", {}) for decision in decisions],
        written=_written(_entries(registration), lambda _entry: ""),
        versions={},
        destroyed=_destroyed(versions),
    )


def _rows(registration: Registration) -> tuple[list[Decision | Escalation], list[RegistrationVersion]]:
    return disclosures.steps_of(registration), list(registration.versions.order_by("number"))


def _entries(registration: Registration) -> list[ParticipationEntry]:
    rows = ParticipationEntry.objects.filter(participation__registration=registration).select_related("by")
    return list(rows.order_by("participation", "at", "id"))


def _written(entries: list[ParticipationEntry], reason: Callable[[ParticipationEntry], str]) -> list[Written]:
    found = []
    for _participation, some in groupby(entries, key=lambda entry: entry.participation_id):
        of_one = list(some)
        was = corrections(of_one)
        found += [Written(entry, was.get(entry.pk), reason(entry)) for entry in of_one]
    return found


def _destroyed(versions: list[RegistrationVersion]) -> frozenset[int]:
    return frozenset(version.number for version in versions if not version.content)


def _past(decision: Decision | Escalation, access: Access) -> disclosures.Past:
    return disclosures.Past(
        decision,
        reason=decision.reason.reveal(access) if decision.reason else "",
        flags=json.loads(decision.flags.reveal(access)) if decision.flags else {},
    )
