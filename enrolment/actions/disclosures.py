"""Reading what is stored about people: each function logs the access first, then opens the values."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from enrolment.entry import Entry
from enrolment.models import Decision, Draft, Registration, RegistrationVersion
from outreach import regions
from outreach.actions import audit
from outreach.models import User
from outreach.sealed import Access

REVIEWED = ("full_name", "birth_place", "birth_date", "sex", "rt", "rw", "income", "guardian")
HIDDEN = ("nik", "address", "phone", "email")
"""What a reviewer's page opens, and what it opens only when they say what for."""


@dataclass(frozen=True, slots=True)
class Named:
    """A row of a list: the registration, its worker's name, and why it came back if it did."""

    registration: Registration
    full_name: str
    reason: str = ""


def reveal(registration: Registration, *, by: User, fields: Sequence[str], purpose: str) -> dict[str, str]:
    """The plaintext of some fields of one registration, after one access row. Empty fields are empty texts."""
    access = audit.open_access(
        by=by, branch_id=registration.branch_id, objects=(registration.pk,), fields=fields, purpose=purpose
    )
    values = ((name, getattr(registration, name)) for name in fields)
    return {name: value.reveal(access) if value else "" for name, value in values}


def with_names(
    registrations: Sequence[Registration], *, by: User, purpose: str, reasons_of: Sequence[Registration] = ()
) -> list[Named]:
    """A list page's rows with the workers' names, some of them with the reason of their last decision: one access
    row, and one query more for the reasons. No other reason is opened."""
    if not registrations:
        return []
    last = last_decisions(reasons_of) if reasons_of else {}
    access = audit.open_access(
        by=by,
        branch_id=registrations[0].branch_id,
        objects=[row.pk for row in registrations],
        parts=[decision.pk for decision in last.values()],
        fields=("full_name", "reason") if last else ("full_name",),
        purpose=purpose,
    )
    return [
        Named(
            registration=row,
            full_name=row.full_name.reveal(access),
            reason=last[row.pk].reason.reveal(access) if row.pk in last and last[row.pk].reason else "",
        )
        for row in registrations
    ]


@dataclass(frozen=True, slots=True)
class Unsent:
    """A row of the officer's drafts, with the name as far as it is typed."""

    draft: Draft
    full_name: str


def drafts(by: User) -> list[Unsent]:
    """A person's own drafts, the last saved first: one query and, where there are any, one access row."""
    rows = list(Draft.objects.visible_to(by).select_related("event", "booth").order_by("-saved_at"))
    access = audit.open_access(
        by=by, branch_id=by.branch_id, objects=[row.pk for row in rows], fields=("content",), purpose="drafts"
    )
    return [Unsent(row, "".join(_typed(row, access).get("full_name", ())[:1]).strip()) for row in rows]


def typed(draft: Draft, *, by: User) -> dict[str, list[str]]:
    """What was typed into a draft's form, by the names of its inputs, after one access row."""
    access = audit.open_access(
        by=by,
        branch_id=draft.branch_id,
        objects=(draft.pk,),
        fields=("content",),
        purpose="go on with a draft",
    )
    return _typed(draft, access)


def _typed(draft: Draft, access: Access) -> dict[str, list[str]]:
    return json.loads(draft.content.reveal(access))


def last_decisions(registrations: Sequence[Registration]) -> dict:
    """Each registration's newest decision, in one query."""
    newest = (
        Decision.objects.filter(registration=OuterRef("registration")).order_by("-number").values("number")
    )
    rows = Decision.objects.filter(
        registration__in=[row.pk for row in registrations], number=Subquery(newest[:1])
    )
    return {decision.registration_id: decision for decision in rows}


def for_correction(registration: Registration, *, by: User) -> tuple[dict[str, str], str]:
    """The last version's content as the form takes it, and why it came back (empty if it did not)."""
    version = _version(registration)
    decision = last_decisions([registration])[registration.pk]
    access = audit.open_access(
        by=by,
        branch_id=registration.branch_id,
        objects=(registration.pk,),
        parts=(version.pk, decision.pk),
        fields=("content", "reason"),
        purpose="correct",
    )
    content = json.loads(version.content.reveal(access))
    typed = {
        **content,
        "submission_id": str(registration.submission_id),
        # The origin as it is called today: a booth or person may have been renamed.
        "event": registration.event.slug,
        "booth": registration.booth.code,
        "officer": registration.officer.username,
        "village_code": _as_typed_village(content["village_code"]),
        "work_location": regions.label(content["work_location"]),
        "first_month": content["first_month"][:7],
        "phone": content["phone"].replace("+62", "0", 1),
    }
    return typed, decision.reason.reveal(access) if decision.reason else ""


def differences(registration: Registration, entry: Entry, *, by: User) -> list[tuple[str, str, str]]:
    """(field, stored, sent) for every field in which an entry differs from what its id already holds."""
    version = _version(registration)
    access = audit.open_access(
        by=by,
        branch_id=registration.branch_id,
        objects=(registration.pk,),
        parts=(version.pk,),
        fields=("content",),
        purpose="conflict",
    )
    content = json.loads(version.content.reveal(access))
    return [
        (name, content.get(name, ""), sent)
        for name, sent in entry.canonical().items()
        if content.get(name, "") != sent
    ]


@dataclass(frozen=True, slots=True)
class Past:
    """A row of a registration's history. `reason` is an empty text where there is none."""

    decision: Decision
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the review page shows of a person: plaintext by field, an empty text where nothing is stored or where it
    stays hidden (`opened` is False and the field is one of HIDDEN). `birth_date` is a date, `income` Rupiah."""

    values: dict[str, Any]
    history: list[Past]
    opened: bool


def sheet(registration: Registration, *, by: User, purpose: str, opened: bool = False) -> Sheet:
    """Open a registration for review, with the reasons of its decisions: one access row, which names it."""
    fields = REVIEWED + (HIDDEN if opened else ())
    past = list(registration.decisions.select_related("by").order_by("number"))
    access = audit.open_access(
        by=by,
        branch_id=registration.branch_id,
        objects=(registration.pk,),
        parts=[row.pk for row in past],
        fields=(*fields, "reason"),
        purpose=purpose,
    )
    values: dict[str, Any] = dict.fromkeys(REVIEWED + HIDDEN, "")
    for name in fields:
        value = getattr(registration, name)
        values[name] = value.reveal(access) if value else ""
    values["birth_date"] = date.fromisoformat(values["birth_date"])
    values["income"] = int(values["income"])
    return Sheet(
        values=values,
        history=[Past(row, row.reason.reveal(access) if row.reason else "") for row in past],
        opened=opened,
    )


def _as_typed_village(code: str) -> str:
    """Its name with district and regency; the code where a neighbour bears the very same."""
    label = regions.label(code)
    try:
        return label if regions.find_village(label) == code else code
    except (LookupError, regions.Ambiguous):
        return code


def _version(registration: Registration) -> RegistrationVersion:
    return RegistrationVersion.objects.get(registration=registration, number=registration.version)
