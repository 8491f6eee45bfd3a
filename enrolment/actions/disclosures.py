"""Reading what is stored about people: each function logs the access first, then opens the values."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from enrolment.models import Decision, Draft, Escalation, Registration, RegistrationVersion, TwinVerdict
from outreach import audit_words, crypto, regions
from outreach.actions import audit
from outreach.models import BoothReconciliation, User
from outreach.sealed import Access, Sealed

REVIEWED = ("full_name", "birth_place", "birth_date", "sex", "rt", "rw", "income", "guardian")
HIDDEN = ("nik", "address", "phone", "email")
"""What a reviewer's page opens, and what it opens only when they say what for."""


@dataclass(frozen=True, slots=True)
class Named:
    """A row of a list: the registration, its worker's name, and if it came back why and how many fields are flagged.
    Only a receipt has the versions."""

    registration: Registration
    full_name: str
    reason: str = ""
    flags: int = 0
    versions: tuple["Version", ...] = ()


def reveal(registration: Registration, *, by: User, fields: Sequence[str], purpose: str) -> dict[str, str]:
    """The plaintext of some fields of one registration, after one access row. Empty fields are empty texts."""
    access = audit.open_access(
        by=by, branch_id=registration.branch_id, objects=(registration.pk,), fields=fields, purpose=purpose
    )
    values = ((name, getattr(registration, name)) for name in fields)
    return {name: value.reveal(access) if value else "" for name, value in values}


def with_names(registrations: Sequence[Registration], *, by: User, purpose: str) -> list[Named]:
    """A list page's rows with the workers' names: one access row, and nothing of somebody who has withdrawn their
    consent."""
    open_rows = [row for row in registrations if not row.consent_withdrawn_at]
    if not open_rows:
        return [_named(row) for row in registrations]
    access = audit.open_access(
        by=by,
        branch_id=open_rows[0].branch_id,
        objects=[row.pk for row in open_rows],
        fields=("full_name",),
        purpose=purpose,
    )
    return [_named(row, access) for row in registrations]


@dataclass(frozen=True, slots=True)
class Unsent:
    """A row of the officer's drafts, with the name as far as it is typed."""

    draft: Draft
    full_name: str


@dataclass(frozen=True, slots=True)
class Today:
    """What the officer's first page names: what came back with its reasons, what was sent, what is not sent yet."""

    returned: list[Named]
    sent: list[Named]
    drafts: list[Unsent]


def for_today(
    *, returned: Sequence[Registration], sent: Sequence[Registration], drafts: Sequence[Draft], by: User
) -> Today:
    """The names of an officer's first page and why rows came back: one access row for all of it, and one query for
    the reasons. Of somebody who has withdrawn their consent nothing is opened."""
    rows = [row for row in (*returned, *sent) if not row.consent_withdrawn_at]
    last = last_decisions(returned) if returned else {}
    fields = (
        *(("full_name",) if rows else ()),
        *_decision_fields(last.values()),
        *(("content",) if drafts else ()),
    )
    access = None
    if fields:
        access = audit.open_access(
            by=by,
            branch_id=by.branch_id,
            objects=[row.pk for row in (*rows, *drafts)],
            parts=[decision.pk for decision in last.values()],
            fields=fields,
            purpose="today",
        )
    return Today(
        returned=[_named(row, access, last.get(row.pk)) for row in returned],
        sent=[_named(row, access) for row in sent],
        drafts=[Unsent(row, _typed_name(row, access)) for row in drafts],
    )


def _named(row: Registration, access: Access | None = None, decision: Decision | None = None) -> Named:
    if row.consent_withdrawn_at:
        return Named(registration=row, full_name=_("Consent withdrawn"))
    return Named(
        registration=row,
        full_name=row.full_name.reveal(access),
        reason=_text(decision.reason, access) if decision else "",
        flags=len(_flags(decision, access)) if decision else 0,
    )


def for_receipt(registration: Registration, *, by: User) -> Named:
    """The officer's receipt: the name, why it stands as it does, and its versions if it was corrected. One access
    row; of somebody who has withdrawn their consent, nothing."""
    if registration.consent_withdrawn_at:
        return Named(registration=registration, full_name=_("Consent withdrawn"))
    decision, versions = last_decisions([registration])[registration.pk], _versions(registration)
    access = audit.open_access(
        by=by,
        branch_id=registration.branch_id,
        objects=(registration.pk,),
        parts=(decision.pk, *(version.pk for version in versions)),
        fields=("full_name", "reason", *(("content",) if versions else ())),
        purpose="receipt",
    )
    return Named(
        registration=registration,
        full_name=registration.full_name.reveal(access),
        reason=_text(decision.reason, access),
        versions=opened_versions(versions, access, hidden=HIDDEN),
    )


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


def _typed_name(draft: Draft, access: Access) -> str:
    return "".join(_typed(draft, access).get("full_name", ())[:1]).strip()


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


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction starts from: the last version's content as the form takes it and as it is stored, why it came
    back (empty if it did not) with the reasons by field, and the number of the decision that this is the state of."""

    typed: dict[str, str]
    content: dict[str, str]
    reason: str
    flags: dict[str, str]
    seen: int


def for_correction(registration: Registration, *, by: User) -> Correction:
    """Open the officer's own registration to be corrected. One access row."""
    version = _version(registration)
    decision = last_decisions([registration])[registration.pk]
    access = audit.open_access(
        by=by,
        branch_id=registration.branch_id,
        objects=(registration.pk,),
        parts=(version.pk, decision.pk),
        fields=("content", "reason", *(("flags",) if decision.flags else ())),
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
        # The content leaves it out where it was paper, or not recorded. What else it leaves out is empty.
        "consent_how": registration.consent_how,
    }
    return Correction(
        typed=typed,
        content=content,
        reason=_text(decision.reason, access),
        flags=_flags(decision, access),
        seen=decision.number,
    )


def for_conflict(registration: Registration, *, by: User) -> dict[str, str]:
    """The content that an id holds already, to be compared with what was sent under it. One access row."""
    version = _version(registration)
    access = audit.open_access(
        by=by,
        branch_id=registration.branch_id,
        objects=(registration.pk,),
        parts=(version.pk,),
        fields=("content",),
        purpose="conflict",
    )
    return json.loads(version.content.reveal(access))


@dataclass(frozen=True, slots=True)
class Past:
    """A row of a registration's history: a decision, or a step to the branch head and back. `reason` is an empty text
    where there is none, `flags` are by field."""

    decision: Decision | Escalation
    reason: str
    flags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """A version's content, opened. Of what stays hidden it has keyed digests: whether two differ, and nothing more."""

    number: int
    at: datetime
    content: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the review page shows of a person: plaintext by field, an empty text where nothing is stored or where it
    stays hidden (`opened` is False and the field is one of HIDDEN). `birth_date` is a date, `income` Rupiah. Of
    those beside it their names and birth dates, of verdicts their reasons, by key."""

    values: dict[str, Any]
    history: list[Past]
    versions: tuple[Version, ...]
    opened: bool
    beside: dict[UUID, dict[str, Any]]
    verdicts: dict[UUID, str]


def sheet(
    registration: Registration,
    *,
    by: User,
    purpose: str,
    opened: bool = False,
    past: bool = True,
    beside: Sequence[Registration] = (),
    verdicts: Sequence[TwinVerdict] = (),
) -> Sheet:
    """Open a registration for review, with the reasons of its decisions and, if it was corrected, its versions, or
    without this past: one access row, which names it, and in its purpose those that it is compared with."""
    fields = REVIEWED + (HIDDEN if opened else ())
    steps = steps_of(registration) if past else []
    versions = _versions(registration) if past else []
    access = audit.open_access(
        by=by,
        branch_id=registration.branch_id,
        objects=[row.pk for row in (registration, *beside)],
        about=registration.pk,
        parts=[row.pk for row in (*steps, *versions, *verdicts)],
        fields=(*fields, *_decision_fields(steps), *(("content",) if versions else ())),
        purpose=audit_words.naming(purpose, beside),
    )
    values: dict[str, Any] = dict.fromkeys(REVIEWED + HIDDEN, "")
    for name in fields:
        value = getattr(registration, name)
        values[name] = value.reveal(access) if value else ""
    values["birth_date"] = date.fromisoformat(values["birth_date"])
    values["income"] = int(values["income"])
    return Sheet(
        values=values,
        history=[Past(row, _text(row.reason, access), _flags(row, access)) for row in steps],
        versions=opened_versions(versions, access, hidden=() if opened else HIDDEN),
        opened=opened,
        beside={row.pk: person(row, access) for row in beside},
        verdicts={row.pk: _text(row.reason, access) for row in verdicts},
    )


def steps_of(registration: Registration) -> list[Decision | Escalation]:
    """Its decisions, and what went to the branch head and back, in the order of time. Two queries."""
    steps = [
        *registration.decisions.select_related("by").order_by("number"),
        *registration.escalations.select_related("by").order_by("number"),
    ]
    return sorted(steps, key=lambda row: row.at)


def person(row: Registration, access: Access) -> dict[str, Any]:
    """Who somebody is, to be compared with another: name and birth date."""
    born = date.fromisoformat(row.birth_date.reveal(access))
    return {"full_name": row.full_name.reveal(access), "birth_date": born}


def _decision_fields(decisions: Collection[Decision | Escalation]) -> tuple[str, ...]:
    """What of these decisions a page opens."""
    flagged = any(decision.flags for decision in decisions)
    return ("reason", "flags") if flagged else ("reason",) if decisions else ()


def _text(value: Sealed | None, access: Access) -> str:
    return value.reveal(access) if value else ""


def _flags(decision: Decision | Escalation, access: Access) -> dict[str, str]:
    return json.loads(decision.flags.reveal(access)) if decision.flags else {}


def _versions(registration: Registration) -> list[RegistrationVersion]:
    """All of them if there is something to compare, else none: nothing is opened in vain. One query."""
    rows = list(registration.versions.order_by("number"))
    return rows if len(rows) > 1 else []


def opened_versions(
    versions: Sequence[RegistrationVersion], access: Access, *, hidden: Collection[str]
) -> tuple[Version, ...]:
    """Their contents, without the plaintext of what is hidden; one that was destroyed is left out."""
    return tuple(
        Version(row.number, row.at, _without(hidden, json.loads(row.content.reveal(access))))
        for row in versions
        if row.content
    )


def _without(hidden: Collection[str], content: dict[str, str]) -> dict[str, str]:
    return {
        name: crypto.blind_index("compare", f"{name}\0{value}").hex() if value and name in hidden else value
        for name, value in content.items()
    }


def _as_typed_village(code: str) -> str:
    """Its name with district and regency; the code where a neighbour bears the very same."""
    label = regions.label(code)
    try:
        return label if regions.find_village(label) == code else code
    except (LookupError, regions.Ambiguous):
        return code


def _version(registration: Registration) -> RegistrationVersion:
    return RegistrationVersion.objects.get(registration=registration, number=registration.version)


@dataclass(frozen=True, slots=True)
class Closing:
    """One end of a booth's day, with its reason in plaintext; an empty text where the numbers agreed."""

    row: BoothReconciliation
    reason: str


def closings(rows: Iterable[BoothReconciliation], *, by: User) -> list[Closing]:
    """The closings of one booth's day. Looking at some with a reason is one access row; numbers alone are none."""
    rows = list(rows)
    explained = [row for row in rows if row.reason]
    if not explained:
        return [Closing(row, "") for row in rows]
    access = audit.open_access(
        by=by,
        branch_id=by.branch_id,
        objects=[row.pk for row in explained],
        fields=("reason",),
        purpose="end of shift",
    )
    return [Closing(row, row.reason.reveal(access) if row.reason else "") for row in rows]
