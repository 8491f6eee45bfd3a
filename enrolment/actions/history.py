"""Opening what a registration's past says in words: the reasons of its decisions, and what each version changed."""

import json
from dataclasses import dataclass

from enrolment.actions import disclosures
from enrolment.models import Decision, Escalation, Registration, RegistrationVersion
from outreach.actions import audit
from outreach.models import User
from outreach.sealed import Access


@dataclass(frozen=True, slots=True)
class Opened:
    """A registration's decisions and its steps to the head and back, with their reasons; the content of its versions by
    their number, and the numbers of those that were destroyed."""

    decisions: list[disclosures.Past]
    versions: dict[int, disclosures.Version]
    destroyed: frozenset[int]


def opened(registration: Registration, *, by: User) -> Opened:
    """One access row. Of the answers that stay hidden only that they differ can be told, as on the review page."""
    decisions, versions = _rows(registration)
    access = audit.open_access(
        by=by,
        branch_id=registration.branch_id,
        objects=(registration.pk,),
        parts=[row.pk for row in (*decisions, *versions)],
        fields=("content", "flags", "reason"),
        purpose="history",
    )
    contents = disclosures.opened_versions(versions, access, hidden=disclosures.HIDDEN)
    return Opened(
        decisions=[_past(decision, access) for decision in decisions],
        versions={version.number: version for version in contents},
        destroyed=_destroyed(versions),
    )


def closed(registration: Registration) -> Opened:
    """The same without reasons and contents, and without an access: after the consent was withdrawn."""
    decisions, versions = _rows(registration)
    return Opened(
        decisions=[disclosures.Past(decision, "", {}) for decision in decisions],
        versions={},
        destroyed=_destroyed(versions),
    )


def _rows(registration: Registration) -> tuple[list[Decision | Escalation], list[RegistrationVersion]]:
    return disclosures.steps_of(registration), list(registration.versions.order_by("number"))


def _destroyed(versions: list[RegistrationVersion]) -> frozenset[int]:
    return frozenset(version.number for version in versions if not version.content)


def _past(decision: Decision | Escalation, access: Access) -> disclosures.Past:
    return disclosures.Past(
        decision,
        reason=decision.reason.reveal(access) if decision.reason else "",
        flags=json.loads(decision.flags.reveal(access)) if decision.flags else {},
    )
