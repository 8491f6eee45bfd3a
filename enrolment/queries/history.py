"""What the audit chain tells of one registration: who looked at it, who held it, who called, in which files it was."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from enrolment.choices import EntryKind, EscalationWay, State
from enrolment.models import Registration
from outreach.models import AuditEntry

PAGE_ROWS = 200
LOOK = "read"
MOVES = frozenset(
    (
        *(f"registration.{step}" for step in ("submit", "correct", *EscalationWay.values, *State.values)),
        *(f"participation.{deed}{kind}" for deed in ("", "correct_") for kind in EntryKind.values),
    )
)
"""Entries that go with a decision, a step to the head and back, or what was written down of a payment: their own row
says more. That these rows and the chain fit, `verify_history` proves."""
CONFIRMED = "number of another"
"""The purpose of one of MOVES that says more than its row: a number is right, although another worker has it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some entries, the newest first, and the time that they cover: from `since` to before `until`, each None where it
    is open. `older` is the number to go on from; None at the beginning of the history."""

    entries: list[AuditEntry]
    since: datetime | None
    until: datetime | None
    older: int | None

    def covers(self, moment: datetime) -> bool:
        """So that what is not in the chain's entries stands on one page, and on one only."""
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)


def objects(registration: Registration) -> list[UUID]:
    """Whose entries of the chain belong to this registration. Another source is another line here."""
    return [
        registration.pk,
        registration.submission_id,  # of its draft
        *registration.participations.values_list("pk", flat=True),
        *registration.batch_rows.values_list("batch", flat=True),
    ]


def stretch(
    registration: Registration, *, looks: bool = True, deeds: bool = True, older: int | None = None
) -> Stretch:
    """Up to PAGE_ROWS entries before number `older`; an unknown number is the newest. Lists have one entry for all of
    their rows, so they are not among these (docs/decisions)."""
    rows = AuditEntry.objects.filter(branch_id=registration.branch_id, object_id__in=objects(registration))
    until = rows.filter(seq=older).values_list("at", flat=True).first() if older else None
    if until:
        rows = rows.filter(seq__lt=older)
    found = list(
        _of_kind(rows, looks=looks, deeds=deeds).select_related("actor").order_by("-seq")[: PAGE_ROWS + 1]
    )
    more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    return Stretch(
        entries=found,
        since=found[-1].at if more else None,
        until=until,
        older=found[-1].seq if more else None,
    )


def _of_kind(rows: QuerySet, *, looks: bool, deeds: bool) -> QuerySet:
    rows = rows.exclude(~Q(purpose=CONFIRMED), action__in=MOVES)
    if not deeds:
        return rows.filter(action=LOOK)
    return rows if looks else rows.exclude(action=LOOK)
