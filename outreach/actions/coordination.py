"""The log of what was agreed about an event with people outside: writing it, and opening it to be read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.actions import audit
from outreach.actions.once import digest, once
from outreach.errors import ActionRefused
from outreach.models import Coordination, Event, User
from outreach.permissions import WRITE_COORDINATION


@dataclass(frozen=True, slots=True)
class CoordinationContent:
    """One entry as the form says it. `next_step` and `due_on` stand or fall together; texts may be empty."""

    day: date
    office: str
    person: str
    outcome: str
    letter_number: str
    next_step: str
    due_on: date | None

    def digest(self) -> bytes:
        return digest("coordination", **asdict(self))


@dataclass(frozen=True, slots=True)
class Opened:
    """A row with its sealed texts in the clear; empty where nothing is stored, or where it was not asked for."""

    row: Coordination
    person: str = ""
    outcome: str = ""
    next_step: str = ""


def note(*, by: User, event: Event, coordination_id: UUID, content: CoordinationContent) -> bool:
    """Store an entry. False if the same was stored before under this id: then nothing is added.

    Raises ActionRefused: "conflict" if the id holds other content, "not_allowed".
    """

    def create() -> Coordination:
        _check(by, event)
        row = Coordination(id=coordination_id, event=event, entered_by=by, entered_at=timezone.now())
        _fill(row, content)
        row.save(force_insert=True)
        _record(row, by=by, verb="note")
        return row

    _row, is_new = once(
        create,
        find=Coordination.objects.filter(pk=coordination_id).first,
        same=lambda row: row.event_id == event.pk and bytes(row.digest) == content.digest(),
        conflict=ActionRefused(
            "conflict",
            _(
                "This page was already sent with other content, which is stored. Change that one in the list, "
                "or open the page anew for another entry."
            ),
        ),
    )
    return is_new


def change(*, by: User, row: Coordination, content: CoordinationContent) -> None:
    """Replace an entry's content; the same content again changes nothing.

    Raises ActionRefused: "done" once its next step is done, because the mark would then stand at another step;
    "not_allowed".
    """
    with transaction.atomic():
        locked = _lock(by, row)
        if locked.done_at:
            raise ActionRefused(
                "done", _("Its next step is done, so the entry stays as it is. Note a new one.")
            )
        if bytes(locked.digest) == content.digest():
            return
        _fill(locked, content)
        locked.save()
        _record(locked, by=by, verb="change")


def done(*, by: User, row: Coordination) -> None:
    """Mark the next step as done. Raises ActionRefused: "no_step", "already_done", "not_allowed"."""
    with transaction.atomic():
        locked = _lock(by, row)
        if locked.due_on is None:
            raise ActionRefused("no_step", _("This entry has no next step."))
        if locked.done_at:
            raise ActionRefused("already_done", _("This next step was done already. Nothing was changed."))
        locked.done_at, locked.done_by = timezone.now(), by
        locked.save(update_fields=("done_at", "done_by"))
        _record(locked, by=by, verb="done")


def opened(rows: Sequence[Coordination], *, by: User, fields: Sequence[str], purpose: str) -> list[Opened]:
    """A page's rows with these sealed fields in the clear, after one access row for all of them."""
    if not rows:
        return []
    branch_id = rows[0].event.branch_id
    texts = audit.opened(rows, by=by, branch_id=branch_id, fields=fields, purpose=purpose)
    return [Opened(row, **said) for row, said in zip(rows, texts, strict=True)]


def _fill(row: Coordination, content: CoordinationContent) -> None:
    for name in content.__slots__:
        setattr(row, name, getattr(content, name))
    row.digest = content.digest()


def _lock(by: User, row: Coordination) -> Coordination:
    locked = Coordination.objects.select_for_update(of=("self",)).select_related("event").get(pk=row.pk)
    _check(by, locked.event)
    return locked


def _check(by: User, event: Event) -> None:
    if not by.has_perm(WRITE_COORDINATION) or by.branch_id != event.branch_id:
        raise ActionRefused("not_allowed", _("The log of this event is not yours to write."))


def _record(row: Coordination, *, by: User, verb: str) -> None:
    audit.record(
        by=by, branch_id=row.event.branch_id, action=f"coordination.{verb}", object_id=row.pk,
        purpose=f"event {row.event.slug}", content=row.digest,
    )  # fmt: skip
