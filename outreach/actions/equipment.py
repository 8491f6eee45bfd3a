"""What happens to one line of equipment before it is handed over: asked for, changed, taken back, answered.

Every move is checked against the table (`choices.LINE_MOVES`) under the line's lock and leaves a row.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.actions import audit
from outreach.actions.once import digest as keyed
from outreach.actions.once import once
from outreach.choices import EventState, LineMove, LineState, Party, find_line_move
from outreach.errors import ActionRefused
from outreach.models import EquipmentItem, EquipmentLine, EquipmentMove, Event, User
from outreach.permissions import ANSWER_EQUIPMENT, ASK_EQUIPMENT


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to a question; `created` is False for one that was sent before."""

    line: EquipmentLine
    created: bool


def ask(*, by: User, event: Event, line_id: UUID, item: EquipmentItem, quantity: int, purpose: str) -> Asked:
    """Ask for an item, once.

    Raises ActionRefused: `not_allowed`, `event_closed`, `item_unknown` (of another branch, or no longer lent),
    `conflict` (this id is stored with other content).
    """
    digest = _digest(event=event.pk, item=item.pk, quantity=quantity, purpose=purpose)
    line, created = once(
        lambda: _create(by, event, line_id, item, quantity, purpose, digest),
        find=EquipmentLine.objects.filter(pk=line_id).first,
        same=lambda stored: stored.moves.filter(digest=digest).exists(),  # the event is part of it
        conflict=ActionRefused(
            "conflict",
            _("This was sent before with other content. What was stored first still holds."),
        ),
    )
    return Asked(line, created)


def change(*, by: User, line: EquipmentLine, seen: int, quantity: int, purpose: str) -> EquipmentLine:
    """Another quantity or purpose, until the branch has answered. The same change sent twice is one. `seen` is the
    number of the last move that the form was opened with.

    Raises ActionRefused: `moved_on`, `not_allowed`, `event_closed`, `changed` (by somebody else since).
    """
    digest = _digest(event=line.event_id, item=line.item_id, quantity=quantity, purpose=purpose)
    with transaction.atomic():
        locked = lock(line.pk)
        check(by=by, line=locked, target=LineState.ASKED)
        last = locked.moves.latest("number")
        if bytes(last.digest) == digest:
            return locked
        if last.number != seen:
            raise ActionRefused(
                "changed",
                _(
                    "Somebody changed this meanwhile: now %(n)s are asked for. Yours is not saved yet; save it again "
                    "if it should hold."
                )
                % {"n": locked.asked},
            )
        locked.asked = quantity
        _move(locked, LineState.ASKED, by=by, quantity=quantity, remark=purpose, digest=digest)
        _record(locked, "change", by=by, content=digest)
    return locked


def withdraw(*, by: User, line: EquipmentLine) -> EquipmentLine:
    """Take a question back that the branch has not answered.

    Raises ActionRefused: `moved_on`, `not_allowed`, `sent_before`.
    """
    digest = _digest(target=LineState.WITHDRAWN)
    with transaction.atomic():
        locked = lock(line.pk)
        _check_new(by, locked, digest)
        check(by=by, line=locked, target=LineState.WITHDRAWN)
        _move(locked, LineState.WITHDRAWN, by=by, digest=digest)
        _record(locked, LineState.WITHDRAWN, by=by)
    return locked


def agree(
    *,
    by: User,
    line: EquipmentLine,
    kind: str,
    quantity: int | None = None,
    reason: str = "",
    shown: int | None = None,
) -> EquipmentLine:
    """The branch's yes, to as many as were asked for if no quantity is given. `shown` is how many were asked for when
    the page was drawn, where nobody typed a number.

    Raises ActionRefused: `moved_on`, `not_allowed`, `event_closed`, `too_many`, `reason_missing` (to fewer),
    `changed` (others are asked for than `shown`), `sent_before`.
    """
    with transaction.atomic():
        locked = lock(line.pk)
        quantity = locked.asked if quantity is None else quantity
        digest = _digest(target=LineState.AGREED, kind=kind, quantity=quantity, reason=reason)
        _check_new(by, locked, digest)
        check(by=by, line=locked, target=LineState.AGREED)
        if shown not in (None, locked.asked):
            raise ActionRefused(
                "changed",
                _("%(item)s: now %(n)s are asked for. Look at it again.")
                % {"item": locked.item, "n": locked.asked},
            )
        if not 1 <= quantity <= locked.asked:
            raise ActionRefused(
                "too_many", _("Agree to between 1 and %(asked)s, or decline.") % {"asked": locked.asked}
            )
        if quantity < locked.asked and not reason:
            raise ActionRefused("reason_missing", _("Write in one sentence why it is fewer."))
        locked.agreed, locked.kind = quantity, kind
        _move(locked, LineState.AGREED, by=by, quantity=quantity, remark=reason, digest=digest)
        _record(locked, LineState.AGREED, by=by)
    return locked


def decline(*, by: User, line: EquipmentLine, reason: str) -> EquipmentLine:
    """The branch's no, with its reason.

    Raises ActionRefused: `moved_on`, `not_allowed`, `reason_missing`, `sent_before`.
    """
    digest = _digest(target=LineState.DECLINED, reason=reason)
    with transaction.atomic():
        locked = lock(line.pk)
        _check_new(by, locked, digest)
        check(by=by, line=locked, target=LineState.DECLINED, reason=reason)
        _move(locked, LineState.DECLINED, by=by, remark=reason, digest=digest)
        _record(locked, LineState.DECLINED, by=by)
    return locked


def lock(line_id: UUID) -> EquipmentLine:
    """The row as it is now, locked until the transaction ends."""
    return EquipmentLine.objects.select_for_update(of=("self",)).select_related("event").get(pk=line_id)


def check(*, by: User, line: EquipmentLine, target: str, reason: str = "") -> LineMove:
    """The move of the table for this line, target and person. Raises ActionRefused as the moves say."""
    found = find_line_move(line.state, target)
    if found is None:
        raise ActionRefused(
            "moved_on", _("Somebody was faster: this request has moved on. Look at it again.")
        )
    _check_party(by, found, line.event)
    if found.reason and not reason:
        raise ActionRefused("reason_missing", _("Write the reason in one sentence."))
    return found


def add_move(
    line: EquipmentLine, source: str | None, *, by: User, at: datetime, remark: str = "", **numbers: Any
) -> None:
    """The row of a move to the line's present state. The caller holds the lock."""
    move = EquipmentMove(
        line=line,
        number=line.moves.count() + 1,
        source=source,
        target=line.state,
        kind=line.kind,
        by=by,
        at=at,
        **numbers,
    )
    move.remark = remark
    move.save(force_insert=True)


def _create(by, event, line_id, item, quantity, purpose, digest) -> EquipmentLine:
    # The lock, so that nothing is asked for at an event that is closing at this moment; "no key", so that whatever
    # else hangs on the event, a registration above all, does not wait for it.
    event = Event.objects.select_for_update(of=("self",), no_key=True).get(pk=event.pk)
    _check_party(by, find_line_move(None, LineState.ASKED), event)
    if item.branch_id != event.branch_id or not item.is_active:
        raise ActionRefused(
            "item_unknown", _("The branch does not lend this any more. Choose something else.")
        )
    line = EquipmentLine(
        id=line_id,
        event=event,
        item=item,
        kind=item.kind,
        asked=quantity,
        asked_at=timezone.now(),
        asked_by=by,
    )
    line.save(force_insert=True)
    add_move(line, None, by=by, at=line.asked_at, quantity=quantity, remark=purpose, digest=digest)
    _record(line, LineState.ASKED, by=by, content=digest)
    return line


def _check_party(by: User, move: LineMove, event: Event) -> None:
    """Only the side whose move it is, only at its own event, and only while the event lets it."""
    organises = by.has_perm(ASK_EQUIPMENT) and by.organisation_id == event.organiser_id
    answers = by.has_perm(ANSWER_EQUIPMENT) and by.branch_id == event.branch_id
    if not (organises and Party.ORGANISER in move.by) and not (answers and Party.BRANCH in move.by):
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))
    if event.state == EventState.CLOSED and not move.when_closed:
        raise ActionRefused(
            "event_closed", _("This event is closed. Nothing more can be asked for or agreed to.")
        )


def _check_new(by: User, line: EquipmentLine, digest: bytes) -> None:
    """The same answer by the same person is a second tap, and nobody was faster."""
    if line.moves.filter(by=by, digest=digest).exists():
        raise ActionRefused("sent_before", _("This was sent already. It is stored once."))


def _move(line: EquipmentLine, target: LineState, *, by: User, **move: Any) -> None:
    source, line.state = line.state, target
    line.save(update_fields=("state", "kind", "asked", "agreed"))
    add_move(line, source, by=by, at=timezone.now(), **move)


def _record(line: EquipmentLine, verb: str, *, by: User, content: bytes | None = None) -> None:
    audit.record(
        by=by, branch_id=line.event.branch_id, action=f"equipment.{verb}", object_id=line.pk, content=content
    )


def _digest(**content: Any) -> bytes:
    """Equal for what was asked or answered in the same words, however often it is sent."""
    return keyed("equipment ask", **content)
