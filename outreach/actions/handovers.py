"""Goods counted by two people, out and back: one record for as many lines as were on the spot.

Both sides may write it down. A record is stored once, however often it is sent; of two phones that record the same
lines one is stored and the other is told.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.actions import audit, equipment
from outreach.actions.once import digest as keyed
from outreach.actions.once import once
from outreach.choices import Condition, Direction, EquipmentKind, LineState, find_line_move
from outreach.errors import ActionRefused
from outreach.models import EquipmentLine, Event, HandoverRecord, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was counted of one line: what came and its condition, or how many are back good, damaged and lost."""

    line: UUID
    quantity: int
    condition: str = ""
    damaged: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer; `created` is False for a record that was sent before."""

    record: HandoverRecord
    created: bool


def record(
    *,
    by: User,
    event: Event,
    direction: Direction,
    record_id: UUID,
    giver: str,
    receiver: str,
    counts: Collection[Count],
) -> Recorded:
    """Store what two people counted together, whole or not at all.

    Raises ActionRefused: `conflict` (this id is stored with other content), `moved_on` (another phone was faster),
    `not_allowed`, `nothing` (no line was counted), `line_unknown` (of another event, or twice), `numbers` (they do
    not fit what was agreed or handed over).
    """
    digest = keyed(
        "handover", event=event.pk, direction=direction, giver=giver, receiver=receiver,
        counts=sorted(json.dumps(asdict(one), default=str) for one in counts),
    )  # fmt: skip

    def create() -> HandoverRecord:
        made = HandoverRecord(
            id=record_id, event=event, direction=direction, digest=digest, at=timezone.now(), by=by
        )
        made.giver, made.receiver = giver, receiver
        made.save(force_insert=True)
        _count_all(made, counts)
        return made

    made, created = once(
        create,
        find=HandoverRecord.objects.filter(pk=record_id).first,
        same=lambda stored: bytes(stored.digest) == digest,
        conflict=ActionRefused(
            "conflict",
            _("This was recorded before with other numbers or names. What was stored first still holds."),
        ),
    )
    return Recorded(made, created)


def missing_sentence(missing: int) -> str:
    """What to do about a return that does not add up: `missing` of what was handed over, negative for too many."""
    if missing < 0:
        return ngettext(
            "%(n)d more than was handed over: count again.",
            "%(n)d more than were handed over: count again.",
            -missing,
        ) % {"n": -missing}
    return ngettext(
        "%(n)d missing of what was handed over: write whether it is damaged or lost; if it follows later, write 0 in "
        "all three boxes.",
        "%(n)d missing of what was handed over: write how many are damaged or lost; if the rest follows later, write "
        "0 in all three boxes.",
        missing,
    ) % {"n": missing}


def lock_all(lines: Collection[UUID], event: Event) -> list[EquipmentLine]:
    """The event's rows as they are now, locked in one order, so that two records never wait for each other."""
    rows = EquipmentLine.objects.select_for_update(of=("self",)).select_related("event", "item")
    return list(rows.filter(pk__in=lines, event=event).order_by("pk"))


def _count_all(made: HandoverRecord, counts: Collection[Count]) -> None:
    if not counts:
        raise ActionRefused("nothing", _("Count at least one item."))
    counted = {one.line: one for one in counts}
    lines = lock_all(counted.keys(), made.event)
    if len(lines) != len(counts):
        raise ActionRefused("line_unknown", _("This form is incomplete. Open it again from your list."))
    for line in lines:
        (_hand_over if made.direction == Direction.OUT else _take_back)(line, counted[line.pk], made)
    verb = "handover" if made.direction == Direction.OUT else "return"
    audit.record(
        by=made.by, branch_id=made.event.branch_id, action=f"equipment.{verb}", object_id=made.pk,
        count=len(lines), content=made.digest,
    )  # fmt: skip


def _hand_over(line: EquipmentLine, count: Count, made: HandoverRecord) -> None:
    _check(line, LineState.HANDED_OVER, made)
    if not 1 <= count.quantity <= line.agreed:
        raise ActionRefused(
            "numbers", _("%(item)s: only %(n)s were agreed.") % {"item": line.item, "n": line.agreed}
        )
    if count.condition not in Condition.values:
        raise ActionRefused("condition", _("Choose the condition: good or damaged."))
    line.handed_over = count.quantity
    _move(line, LineState.HANDED_OVER, made, quantity=count.quantity, condition=count.condition)


def _take_back(line: EquipmentLine, count: Count, made: HandoverRecord) -> None:
    """Named after the worst that happened; what happened to how many stands in the numbers."""
    target = LineState.LOST if count.lost else LineState.DAMAGED if count.damaged else LineState.RETURNED
    _check(line, target, made)
    missing = line.handed_over - count.quantity - count.damaged - count.lost
    if missing:
        raise ActionRefused("numbers", f"{line.item}: {missing_sentence(missing)}")
    line.returned, line.damaged, line.lost = count.quantity, count.damaged, count.lost
    _move(line, target, made, quantity=count.quantity, damaged=count.damaged, lost=count.lost)


def _check(line: EquipmentLine, target: LineState, made: HandoverRecord) -> None:
    """The table's word, and that a grant stays; who comes too late is told what is stored."""
    stays = made.direction == Direction.BACK and line.kind == EquipmentKind.GRANT
    if stays or find_line_move(line.state, target) is None:
        raise ActionRefused("moved_on", _stored(line))
    equipment.check(by=made.by, line=line, target=target)


def _stored(line: EquipmentLine) -> str:
    """Where the line stands, to who comes too late."""
    return _("%(item)s was recorded already, maybe on another phone: %(state)s. Look at it again.") % {
        "item": line.item,
        "state": line.get_state_display().lower(),
    }


def _move(line: EquipmentLine, target: LineState, made: HandoverRecord, **numbers) -> None:
    source, line.state = line.state, target
    line.save(update_fields=("state", "handed_over", "returned", "damaged", "lost"))
    equipment.add_move(line, source, by=made.by, at=made.at, record=made, **numbers)
