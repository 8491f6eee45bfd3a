"""Prospects: noting one who agreed to be called, what came of each call, and opening them to be called."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.choices import CallResult
from enrolment.models import Prospect, ProspectCall, Registration
from enrolment.permissions import CALL_PROSPECTS, NOTE_PROSPECTS
from outreach.actions import audit
from outreach.actions.once import digest, once
from outreach.errors import ActionRefused
from outreach.models import Assignment, Booth, User


@dataclass(frozen=True, slots=True)
class ProspectContent:
    """What the form says of somebody: `phone` as E.164, `reason` of ProspectReason, `note` may be empty."""

    full_name: str
    phone: str
    reason: str
    follow_up_on: date
    note: str

    def digest(self) -> bytes:
        return digest("prospect", **asdict(self))


@dataclass(frozen=True, slots=True)
class Opened:
    """A prospect with its sealed texts in the clear; empty where nothing is stored or it was not asked for."""

    row: Prospect
    full_name: str = ""
    phone: str = ""
    note: str = ""


def note(*, by: User, booth: Booth, prospect_id: UUID, content: ProspectContent) -> bool:
    """Store a prospect who has agreed to be called. False if the same was stored before under this id.

    Raises ActionRefused: "conflict" if the id holds other content, "not_allowed" unless `by` is assigned to this booth.
    """

    def create() -> Prospect:
        if not by.has_perm(NOTE_PROSPECTS) or not Assignment.objects.filter(booth=booth, officer=by).exists():
            raise ActionRefused("not_allowed", _("Prospects of this booth are not yours to note."))
        row = Prospect(
            id=prospect_id, branch_id=booth.event.branch_id, event=booth.event, booth=booth, officer=by,
            agreed_at=timezone.now(), digest=content.digest(),
        )  # fmt: skip
        for name in content.__slots__:
            setattr(row, name, getattr(content, name))
        row.save(force_insert=True)
        _record(row, by=by, verb="note")
        return row

    _row, is_new = once(
        create,
        find=Prospect.objects.filter(pk=prospect_id).first,
        same=lambda row: row.officer_id == by.pk and bytes(row.digest) == content.digest(),
        conflict=ActionRefused(
            "conflict",
            _("This page was already sent with other content, which is stored. Open the page anew."),
        ),
    )
    return is_new


def called(*, by: User, prospect: Prospect, call_id: UUID, result: str, next_on: date | None) -> bool:
    """Store what came of a call; the same call again is one. Final results close the prospect.

    `next_on` is None for exactly the final results of CallResult. Raises ActionRefused: "closed" if nobody is to
    call any more, "not_allowed".
    """
    if not by.has_perm(CALL_PROSPECTS) or by.branch_id != prospect.branch_id:
        raise ActionRefused("not_allowed", _("This prospect is not yours to call."))
    with transaction.atomic():
        locked = _lock(prospect)
        if locked.calls.filter(pk=call_id).exists():
            return False
        if locked.closed_at:
            raise ActionRefused("closed", _("Nobody needs to call here any more. Nothing was stored."))
        now = timezone.now()
        ProspectCall(
            id=call_id, prospect=locked, at=now, by=by, result=result, next_on=next_on
        ).save(force_insert=True)  # fmt: skip
        if result in CallResult.final():
            locked.closed_at = now
        else:
            locked.follow_up_on = next_on
        locked.save(update_fields=("closed_at", "follow_up_on"))
        _record(locked, by=by, verb="call")
    return True


def registered(*, by: User, prospect: Prospect, registration: Registration) -> None:
    """The prospect has become this registration. Inside the caller's transaction; the first one stands."""
    locked = _lock(prospect)
    if locked.registration_id:
        return
    locked.registration = registration
    locked.closed_at = locked.closed_at or timezone.now()
    locked.save(update_fields=("registration", "closed_at"))
    _record(locked, by=by, verb="registered")


def opened(rows: Sequence[Prospect], *, by: User, fields: Sequence[str], purpose: str) -> list[Opened]:
    """A page's rows with these sealed fields in the clear, after one access row for all of them."""
    if not rows:
        return []
    texts = audit.opened(rows, by=by, branch_id=rows[0].branch_id, fields=fields, purpose=purpose)
    return [Opened(row, **said) for row, said in zip(rows, texts, strict=True)]


def _lock(prospect: Prospect) -> Prospect:
    return Prospect.objects.select_for_update(of=("self",)).select_related("event").get(pk=prospect.pk)


def _record(row: Prospect, *, by: User, verb: str) -> None:
    audit.record(
        by=by, branch_id=row.branch_id, action=f"prospect.{verb}", object_id=row.pk,
        purpose=f"event {row.event.slug}",
    )  # fmt: skip
