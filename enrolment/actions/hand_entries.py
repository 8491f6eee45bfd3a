"""Approved registrations that can't go by the template: their values to be typed into the core system, and the note
that somebody has typed them. The note is taken back like any acceptance: by a decision of the state table.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import batches
from enrolment.actions.batches import Unfit
from enrolment.choices import Stage, State
from enrolment.models import HandEntry, Participation, Registration
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import User

TYPED = (
    "nik", "full_name", "birth_place", "birth_date", "sex", "address", "rt", "rw", "phone", "email", "income",
)  # fmt: skip
"""What the core system's form asks for that is sealed."""
SHOWN = 50
"""So many are opened together: nobody types more in one sitting."""


@dataclass(frozen=True, slots=True)
class ToType:
    """One to be typed, with why it can't go by the template and its values in the clear; `birth_date` is ISO."""

    unfit: Unfit
    values: dict[str, str]


def to_type(unfit: Collection[Unfit], *, by: User) -> list[ToType]:
    """Open what is to be typed of the first SHOWN of these, after one access row."""
    shown = list(unfit)[:SHOWN]
    opened = audit.opened(
        [one.registration for one in shown], by=by, branch_id=by.branch_id, fields=TYPED,
        purpose="hand-over: enter by hand",
    )  # fmt: skip
    return [ToType(one, values) for one, values in zip(shown, opened, strict=True)]


def enter(*, by: User, participations: Collection[UUID], on: date) -> int:
    """Note that these waiting ones were typed into the core system on a day (Asia/Jakarta): they are accepted from now
    on. How many. All or none.

    Raises ActionRefused: `not_allowed`, `moved_on` (one waits no more), `day` (before an approval, or to come).
    """
    batches.may(by, by.branch_id)
    with transaction.atomic():
        rows = _lock(by, participations)
        if len(rows) != len(set(participations)):
            raise ActionRefused(
                "moved_on",
                _("One of these does not wait any more: somebody was faster. Look at the list again."),
            )
        if any(not timezone.localdate(row.approved_at) <= on <= timezone.localdate() for row in rows):
            raise ActionRefused("day", _("Write a day from the approval on, not later than today."))
        now = timezone.now()
        HandEntry.objects.bulk_create(
            HandEntry(participation=row, entered_on=on, at=now, by=by) for row in rows
        )
        Participation.objects.filter(pk__in=[row.pk for row in rows]).update(
            stage=Stage.ACCEPTED, accepted_at=now, accepted_by=by
        )
        for row in rows:
            audit.record(
                by=by, branch_id=row.branch_id, action="participation.by_hand", object_id=row.registration_id
            )
    return len(rows)


def _lock(by: User, participations: Collection[UUID]) -> list[Participation]:
    """Those of the branch that wait, locked after their registrations and in the order of their ids."""
    found = Registration.objects.filter(
        branch_id=by.branch_id, participations__in=list(participations), state=State.APPROVED,
        consent_withdrawn_at=None,
    )  # fmt: skip
    approved = set(found.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    rows = Participation.objects.live().filter(
        pk__in=list(participations), registration__in=approved, stage=Stage.WAITING
    )
    return list(rows.order_by("pk").select_for_update(of=("self",)))
