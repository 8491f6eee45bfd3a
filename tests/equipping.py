"""Equipment for the tests: lines in each state, made by the real actions. Everybody named here is invented."""

from uuid import uuid4

from outreach.actions import equipment, handovers
from outreach.actions.handovers import Count
from outreach.choices import Condition, Direction, EquipmentKind, LineState
from outreach.models import EquipmentItem, EquipmentLine

GIVER, RECEIVER, PURPOSE, REASON = "Yusuf Uji", "Deni Uji", "Untuk stan UMKM", "Dua masih dipakai."
ENDS = {LineState.RETURNED: (5, 0, 0), LineState.DAMAGED: (3, 2, 0), LineState.LOST: (2, 2, 1)}
"""Five were handed over: back good, damaged, lost."""
EVENT = "/equipment/bazar-uji/"
ASK, OUT, BACK = f"{EVENT}ask/", f"{EVENT}handover/", f"{EVENT}return/"


def item(cast, name: str = "Kursi lipat", kind: str = EquipmentKind.LOAN, **changes) -> EquipmentItem:
    return EquipmentItem.objects.get_or_create(
        branch=cast.branch, name=name, defaults={"unit": "lusin", "kind": kind, **changes}
    )[0]


def asked(cast, *, of: EquipmentItem | None = None, quantity: int = 8, **changes) -> EquipmentLine:
    arguments = {"event": cast.event, "line_id": uuid4(), "purpose": PURPOSE, **changes}
    return equipment.ask(by=cast.organiser, item=of or item(cast), quantity=quantity, **arguments).line


def agreed(cast, *, kind: str = EquipmentKind.LOAN, **changes) -> EquipmentLine:
    """Six of the eight."""
    return equipment.agree(by=cast.head, line=asked(cast, **changes), quantity=6, kind=kind, reason=REASON)


def declined(cast) -> EquipmentLine:
    return equipment.decline(by=cast.head, line=asked(cast), reason=REASON)


def withdrawn(cast) -> EquipmentLine:
    return equipment.withdraw(by=cast.organiser, line=asked(cast))


def handed_over(cast, **changes) -> EquipmentLine:
    """Five of the six."""
    line = agreed(cast, **changes)
    counted(cast, Direction.OUT, came(line, 5))
    return fresh(line)


def back(cast, state: LineState) -> EquipmentLine:
    line = handed_over(cast)
    counted(cast, Direction.BACK, gone(line, *ENDS[state]))
    return fresh(line)


def in_state(cast, state: str) -> EquipmentLine:
    if state in ENDS:
        return back(cast, LineState(state))
    return {
        "asked": asked,
        "agreed": agreed,
        "declined": declined,
        "withdrawn": withdrawn,
        "handed_over": handed_over,
    }[state](cast)


def counted(cast, direction: Direction, *counts: Count, by=None, **changes) -> handovers.Recorded:
    arguments = {"record_id": uuid4(), "giver": GIVER, "receiver": RECEIVER, "event": cast.event, **changes}
    return handovers.record(by=by or cast.organiser, direction=direction, counts=counts, **arguments)


def came(line: EquipmentLine, quantity: int, condition: str = Condition.GOOD) -> Count:
    return Count(line=line.pk, quantity=quantity, condition=condition)


def gone(line: EquipmentLine, good: int, damaged: int = 0, lost: int = 0) -> Count:
    return Count(line=line.pk, quantity=good, damaged=damaged, lost=lost)


def fresh(line: EquipmentLine) -> EquipmentLine:
    return EquipmentLine.objects.get(pk=line.pk)


def count_form(kind: str, *rows: tuple, record_id=None, giver: str = GIVER, receiver: str = RECEIVER) -> dict:
    """What the page for counting sends: ("out", (line, came), …) or ("back", (line, good, damaged, lost), …)."""
    data = {"record_id": str(record_id or uuid4()), "giver": giver, "receiver": receiver}
    for line, *numbers in rows:
        names = ("quantity", "condition") if kind == "out" else ("quantity", "damaged", "lost")
        values = (*numbers, "good") if kind == "out" else numbers
        data |= {f"{name}-{line.pk}": value for name, value in zip(names, values, strict=True)}
    return data


def ask_form(item: EquipmentItem, **changes) -> dict:
    return {"line_id": str(uuid4()), "item": item.pk, "quantity": "8", "purpose": PURPOSE, **changes}


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def errors(answer) -> dict[str, list[str]]:
    assert answer.status_code == 422, answer.status_code
    return {name.partition("-")[0]: list(found) for name, found in answer.context["form"].errors.items()}
