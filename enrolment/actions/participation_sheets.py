"""Opening what is stored of a participation: one access row first, as in `disclosures`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from enrolment.models import Participation, ParticipationEntry
from outreach.actions import audit
from outreach.models import User

LOOKED_AT = "payment"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The plaintext of a page; empty where nothing is stored or it stays hidden. `reasons` and `numbers` are by the id
    of their entry; `opened`: the numbers are shown."""

    full_name: str = ""
    billing_code: str = ""
    participant_number: str = ""
    reasons: dict[UUID, str] = field(default_factory=dict)
    numbers: dict[UUID, str] = field(default_factory=dict)
    opened: bool = False


def sheet(
    participation: Participation,
    entries: Sequence[ParticipationEntry],
    *,
    by: User,
    purpose: str = LOOKED_AT,
    opened: bool = False,
) -> Sheet:
    """The worker's name and the reasons of corrections; the two numbers, old ones too, only if `opened` for a purpose.
    Nothing of somebody who has withdrawn their consent."""
    registration = participation.registration
    if registration.consent_withdrawn_at:
        return Sheet()
    names = ("billing_code", "participant_number", "number") if opened else ()
    corrected = any(entry.reason for entry in entries)
    access = audit.open_access(
        by=by,
        branch_id=participation.branch_id,
        objects=(registration.pk,),
        parts=(participation.pk, *(entry.pk for entry in entries)),
        fields=("full_name", *(("reason",) if corrected else ()), *names),
        purpose=purpose,
    )

    def text(value) -> str:
        return value.reveal(access) if value else ""

    return Sheet(
        full_name=text(registration.full_name),
        billing_code=text(participation.billing_code) if opened else "",
        participant_number=text(participation.participant_number) if opened else "",
        reasons={entry.pk: text(entry.reason) for entry in entries if entry.reason},
        numbers={entry.pk: text(entry.number) for entry in entries if opened and entry.number},
        opened=opened,
    )
