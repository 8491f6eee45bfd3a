"""Reading lines of equipment with the names and sentences that belong to them: logged first, then opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from outreach.actions import audit
from outreach.choices import BACK_STATES, EquipmentKind, LineState
from outreach.models import EquipmentLine, EquipmentMove, User
from outreach.models.equipment import EquipmentLineQuerySet
from outreach.sealed import Access, Sealed


@dataclass(frozen=True, slots=True)
class Signed:
    """Who gave and who received, and when."""

    at: datetime
    giver: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Step:
    """One move in words: for the branch's history of a line."""

    move: EquipmentMove
    remark: str
    signed: Signed | None


@dataclass(frozen=True, slots=True)
class Card:
    """All that an organiser sees of a line, and nothing else: a closed list. Numbers are None until known."""

    id: UUID
    item: str
    unit: str
    kind: str
    state: str
    asked: int
    agreed: int | None
    handed_over: int | None
    returned: int | None
    damaged: int | None
    lost: int | None
    condition: str
    purpose: str
    reason: str
    out: Signed | None
    back: Signed | None

    @property
    def is_loan(self) -> bool:
        return self.kind == EquipmentKind.LOAN

    @property
    def short(self) -> int:
        """How many fewer came than were agreed."""
        return self.agreed - self.handed_over if self.handed_over is not None else 0

    @property
    def still_out(self) -> bool:
        return self.is_loan and self.state == LineState.HANDED_OVER


def cards(lines: EquipmentLineQuerySet, *, by: User, purpose: str) -> list[Card]:
    """The lines of one event as an organiser sees them; one access row for all of them."""
    return [_card(line, steps) for line, steps in _opened(lines, by=by, purpose=purpose)]


def history(line: EquipmentLine, *, by: User, purpose: str) -> tuple[Card, list[Step]]:
    """One line as the branch sees it: the organiser's card, and every move with its remark and names."""
    same = EquipmentLine.objects.visible_to(by).filter(pk=line.pk)
    ((found, steps),) = _opened(same, by=by, purpose=purpose)
    return _card(found, steps), steps


def _opened(
    lines: EquipmentLineQuerySet, *, by: User, purpose: str
) -> list[tuple[EquipmentLine, list[Step]]]:
    moves = EquipmentMove.objects.select_related("record", "by").order_by("number")
    found = list(lines.select_related("item", "event").prefetch_related(Prefetch("moves", moves)))
    sealed = {
        one.pk for line in found for move in line.moves.all() for one in (move, move.record) if _holds(one)
    }
    if not sealed:
        return [(line, [Step(move, "", None) for move in line.moves.all()]) for line in found]
    access = audit.open_access(
        by=by,
        branch_id=found[0].event.branch_id,
        objects=[line.pk for line in found],
        parts=sealed,
        fields=("giver", "receiver", "remark"),
        purpose=purpose,
    )
    return [(line, [_step(move, access) for move in line.moves.all()]) for line in found]


def _holds(row) -> bool:
    """Is there anything to open?"""
    return row is not None and any(getattr(row, name) for name in row.personal_fields)


def _step(move: EquipmentMove, access: Access) -> Step:
    record = move.record
    signed = record and Signed(record.at, record.giver.reveal(access), record.receiver.reveal(access))
    return Step(move, _text(move.remark, access), signed)


def _text(value: Sealed | None, access: Access) -> str:
    return value.reveal(access) if value else ""


def _card(line: EquipmentLine, steps: Sequence[Step]) -> Card:
    last = {step.move.target: step for step in steps}
    answer = last.get(LineState.AGREED) or last.get(LineState.DECLINED)
    out = last.get(LineState.HANDED_OVER)
    back = next((last[state] for state in BACK_STATES if state in last), None)
    return Card(
        id=line.pk,
        item=line.item.name,
        unit=line.item.unit,
        kind=line.kind,
        state=line.state,
        asked=line.asked,
        agreed=line.agreed,
        handed_over=line.handed_over,
        returned=line.returned,
        damaged=line.damaged,
        lost=line.lost,
        condition=out.move.condition if out else "",
        purpose=last[LineState.ASKED].remark,
        reason=answer.remark if answer else "",
        out=out.signed if out else None,
        back=back.signed if back else None,
    )
