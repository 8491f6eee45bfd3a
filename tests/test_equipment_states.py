"""The table of an equipment line, written here once more by hand; and what the database itself refuses."""

import itertools

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from outreach.actions import audit, equipment
from outreach.choices import Direction, EquipmentKind, LineState
from outreach.errors import ActionRefused
from outreach.models import AuditEntry, EquipmentLine, EquipmentMove, Event, HandoverRecord
from tests import equipping, factories, rawsql

STATES = ("asked", "agreed", "declined", "withdrawn", "handed_over", "returned", "damaged", "lost")
ORGANISER, BRANCH = {"organiser"}, {"head", "system_admin"}
TABLE = {
    ("asked", "asked"): ORGANISER,
    ("asked", "withdrawn"): ORGANISER,
    ("asked", "agreed"): BRANCH,
    ("asked", "declined"): BRANCH,
    ("agreed", "handed_over"): ORGANISER | BRANCH,
    ("handed_over", "returned"): ORGANISER | BRANCH,
    ("handed_over", "damaged"): ORGANISER | BRANCH,
    ("handed_over", "lost"): ORGANISER | BRANCH,
}
AFTER_CLOSING = {pair for pair in TABLE if pair not in {("asked", "asked"), ("asked", "agreed")}}
TARGETS = ("asked", "withdrawn", "agreed", "declined", "handed_over", "returned", "damaged", "lost")


class Undo(Exception):
    pass


def move(cast, line, target, by) -> None:
    if target == "asked":
        equipment.change(by=by, line=line, seen=1, quantity=3, purpose="Lain")
    elif target == "withdrawn":
        equipment.withdraw(by=by, line=line)
    elif target == "agreed":
        equipment.agree(by=by, line=line, kind=line.kind)
    elif target == "declined":
        equipment.decline(by=by, line=line, reason="Tidak ada.")
    elif target == "handed_over":
        equipping.counted(cast, Direction.OUT, equipping.came(line, 5), by=by)
    else:
        equipping.counted(
            cast, Direction.BACK, equipping.gone(line, *equipping.ENDS[LineState(target)]), by=by
        )


def attempt(*arguments) -> str:
    """`done` or the refusal's code; everything that was written is undone."""
    try:
        with transaction.atomic():
            move(*arguments)
            raise Undo
    except ActionRefused as refused:
        return refused.code
    except Undo:
        return "done"


@pytest.mark.parametrize("state", STATES)
def test_only_the_moves_of_the_table_by_only_their_side(cast, state):
    line = equipping.in_state(cast, state)
    everybody = cast.people | {"strange_head": factories.head("kepala_lain", of=cast.other_branch)}
    found, expected = {}, {}
    for target, (name, person) in itertools.product(TARGETS, everybody.items()):
        found[target, name] = attempt(cast, line, target, person)
        may = TABLE.get((state, target))
        expected[target, name] = "moved_on" if may is None else "done" if name in may else "not_allowed"
    if state == "withdrawn":  # taken back a second time by who took it back
        expected["withdrawn", "organiser"] = "sent_before"
    assert found == expected


@pytest.mark.parametrize("state", STATES)
def test_a_closed_event_lets_only_what_is_out_come_to_its_end(cast, state):
    line = equipping.in_state(cast, state)
    Event.objects.filter(pk=cast.event.pk).update(state="closed")
    by = {"organiser": cast.organiser, "head": cast.head}
    for target in TARGETS:
        who = TABLE.get((state, target), ORGANISER)
        found = attempt(cast, line, target, by["organiser" if "organiser" in who else "head"])
        allowed = (state, target) in AFTER_CLOSING
        in_table = (state, target) in TABLE
        again = state == target == "withdrawn"
        refused = "sent_before" if again else "event_closed" if in_table else "moved_on"
        assert found == ("done" if allowed else refused), target


@pytest.mark.parametrize("state", ["planned", "open"])
def test_equipment_is_asked_for_before_and_during_an_event(cast, state):
    Event.objects.filter(pk=cast.event.pk).update(state=state)
    assert equipping.asked(cast).state == "asked"


def test_nothing_is_asked_for_after_it(cast):
    Event.objects.filter(pk=cast.event.pk).update(state="closed")
    with pytest.raises(ActionRefused) as refused:
        equipping.asked(cast)
    assert (refused.value.code, EquipmentLine.objects.count()) == ("event_closed", 0)


@pytest.mark.parametrize("changes", [{"is_active": False}, {"branch": "other"}])
def test_only_what_the_branch_of_the_event_lends_is_asked_for(cast, changes):
    if "branch" in changes:
        changes = {"branch": cast.other_branch}
    item = equipping.item(cast)
    type(item).objects.filter(pk=item.pk).update(**changes)
    item.refresh_from_db()
    with pytest.raises(ActionRefused) as refused:
        equipping.asked(cast, of=item)
    assert (refused.value.code, EquipmentLine.objects.count()) == ("item_unknown", 0)


@pytest.mark.parametrize("state", STATES)
def test_the_line_is_a_cache_of_its_moves(cast, state):
    line = equipping.in_state(cast, state)
    moves = list(line.moves.order_by("number"))
    last = {one.target: one for one in moves}
    assert [one.number for one in moves] == list(range(1, len(moves) + 1))
    assert [one.source for one in moves] == [None, *(one.target for one in moves[:-1])]
    assert (line.state, line.kind) == (moves[-1].target, moves[-1].kind)
    assert line.asked == last["asked"].quantity
    assert line.agreed == (last["agreed"].quantity if "agreed" in last else None)
    assert line.handed_over == (last["handed_over"].quantity if "handed_over" in last else None)
    end = last.get(state) if state in equipping.ENDS else None
    assert (line.returned, line.damaged, line.lost) == (
        (end.quantity, end.damaged, end.lost) if end else (None, None, None)
    )
    assert (line.asked_at, line.asked_by) == (moves[0].at, moves[0].by)


@pytest.mark.parametrize(
    ("quantity", "reason", "code"),
    [(0, "Habis.", "too_many"), (9, "Lebih.", "too_many"), (7, "", "reason_missing")],
)
def test_the_branch_agrees_to_some_and_says_why_it_is_fewer(cast, quantity, reason, code):
    line = equipping.asked(cast, quantity=8)
    with pytest.raises(ActionRefused) as refused:
        equipment.agree(by=cast.head, line=line, kind="loan", quantity=quantity, reason=reason)
    assert (refused.value.code, equipping.fresh(line).state) == (code, "asked")


def test_a_no_needs_its_reason(cast):
    line = equipping.asked(cast)
    with pytest.raises(ActionRefused) as refused:
        equipment.decline(by=cast.head, line=line, reason="")
    assert (refused.value.code, equipping.fresh(line).state) == ("reason_missing", "asked")


@pytest.mark.parametrize("number", [0, 7])
def test_no_more_comes_than_was_agreed(cast, number):
    line = equipping.agreed(cast)
    with pytest.raises(ActionRefused) as refused:
        equipping.counted(cast, Direction.OUT, equipping.came(line, number))
    assert (refused.value.code, HandoverRecord.objects.count()) == ("numbers", 0)


@pytest.mark.parametrize("numbers", [(3, 1, 0), (5, 1, 0), (0, 0, 0)])
def test_what_goes_back_adds_up(cast, numbers):
    line = equipping.handed_over(cast)
    with pytest.raises(ActionRefused) as refused:
        equipping.counted(cast, Direction.BACK, equipping.gone(line, *numbers))
    assert (refused.value.code, HandoverRecord.objects.count()) == ("numbers", 1)


def test_a_grant_does_not_come_back(cast):
    line = equipping.handed_over(cast, kind=EquipmentKind.GRANT)
    with pytest.raises(ActionRefused) as refused:
        equipping.counted(cast, Direction.BACK, equipping.gone(line, 5))
    assert (refused.value.code, equipping.fresh(line).state) == ("moved_on", "handed_over")


def test_a_record_is_whole_or_not_at_all(cast):
    good, gone = equipping.agreed(cast), equipping.handed_over(cast)
    with pytest.raises(ActionRefused) as refused:
        equipping.counted(cast, Direction.OUT, equipping.came(good, 6), equipping.came(gone, 5))
    assert refused.value.code == "moved_on"
    assert (equipping.fresh(good).state, HandoverRecord.objects.count()) == ("agreed", 1)


def test_a_line_of_another_event_is_not_counted(cast):
    other = factories.event(organiser=cast.organisation, slug="bazar-lain")
    line = equipping.agreed(cast, event=other)
    with pytest.raises(ActionRefused) as refused:
        equipping.counted(cast, Direction.OUT, equipping.came(line, 6))
    assert (refused.value.code, equipping.fresh(line).state) == ("line_unknown", "agreed")


def test_with_a_line_of_another_event_none_is_counted(cast):
    other = factories.event(organiser=cast.organisation, slug="bazar-lain")
    own, foreign = equipping.agreed(cast), equipping.agreed(cast, event=other)
    with pytest.raises(ActionRefused) as refused:
        equipping.counted(cast, Direction.OUT, equipping.came(own, 6), equipping.came(foreign, 6))
    assert (refused.value.code, HandoverRecord.objects.count()) == ("line_unknown", 0)


def test_an_empty_record_is_none(cast):
    with pytest.raises(ActionRefused) as refused:
        equipping.counted(cast, Direction.OUT)
    assert (refused.value.code, HandoverRecord.objects.count()) == ("nothing", 0)


def test_every_step_is_in_the_branchs_chain(cast):
    equipping.back(cast, LineState.DAMAGED)
    entries = AuditEntry.objects.filter(branch=cast.branch).order_by("seq")
    assert list(entries.values_list("action", "actor__username")) == [
        ("equipment.asked", "karangtaruna"),
        ("equipment.agreed", "kepala"),
        ("equipment.handover", "karangtaruna"),
        ("equipment.return", "karangtaruna"),
    ]
    assert list(audit.verify(cast.branch)) == []


# --- What the database refuses by itself

BAD_ROWS = {
    "equipment_line_asks_for_something": ("asked", {"asked": 0}),
    "equipment_line_state_known": ("handed_over", {"state": "dreamt"}),
    "equipment_line_kind_known": ("asked", {"kind": "gift"}),
    "equipment_line_agreed_within_asked": ("agreed", {"agreed": 9}),
    "equipment_line_handed_over_within_agreed": ("handed_over", {"handed_over": 7}),
    "equipment_line_return_adds_up": ("damaged", {"lost": 1}),
}
ALSO_BAD = (
    ("agreed", {"agreed": None}),
    ("agreed", {"agreed": 0}),
    ("asked", {"agreed": 1}),
    ("agreed", {"handed_over": 1}),
    ("handed_over", {"handed_over": None}),
    ("handed_over", {"handed_over": 0}),
    ("returned", {"returned": 4}),
    ("returned", {"returned": 4, "damaged": 1}),
    ("returned", {"kind": "grant"}),
    ("lost", {"lost": None}),
    ("damaged", {"state": "returned"}),
    ("handed_over", {"returned": 5}),
)


def update(line, values) -> None:
    names = ", ".join(f"{name} = %s" for name in values)
    rawsql.execute(f"UPDATE outreach_equipmentline SET {names} WHERE id = %s", *values.values(), line.pk)


@pytest.mark.parametrize("name", BAD_ROWS)
def test_database_refuses_numbers_that_can_not_be(cast, name):
    state, values = BAD_ROWS[name]
    line = equipping.in_state(cast, state)
    with pytest.raises(IntegrityError, match=name):
        update(line, values)


@pytest.mark.parametrize(("state", "values"), ALSO_BAD)
def test_database_refuses_a_number_that_does_not_fit_the_state(cast, state, values):
    line = equipping.in_state(cast, state)
    with pytest.raises(IntegrityError):
        update(line, values)


@pytest.mark.parametrize("table", ["outreach_equipmentmove", "outreach_handoverrecord"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_moves_and_records_are_append_only(cast, table, statement):
    equipping.handed_over(cast)
    with pytest.raises(DatabaseError, match="append-only"):
        rawsql.execute(statement.format(table))


@pytest.mark.parametrize("column", ["event_id", "item_id", "asked_by_id"])
def test_what_was_asked_by_whom_stays(cast, column):
    line = equipping.asked(cast)
    with pytest.raises(DatabaseError, match="origin of an equipment line"):
        rawsql.execute(f"UPDATE outreach_equipmentline SET {column} = {column} + 1000 WHERE id = %s", line.pk)


@pytest.mark.parametrize("target", ["handed_over", "asked"])
def test_goods_move_only_on_a_record(cast, target):
    line = equipping.handed_over(cast)
    record = HandoverRecord.objects.get()
    row = EquipmentMove(
        line=line, number=9, target=target, kind="loan", at=timezone.now(), by=cast.head, quantity=1,
        condition="good" if target == "handed_over" else "", record=None if target == "handed_over" else record,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="equipment_move_signed_for"), transaction.atomic():
        row.save(force_insert=True)


def test_two_moves_do_not_share_a_number(cast):
    line = equipping.asked(cast)
    again = EquipmentMove(
        line=line, number=1, target="asked", kind="loan", at=timezone.now(), by=cast.organiser
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_names_and_sentences_are_not_in_the_rows(cast):
    equipping.back(cast, LineState.LOST)
    with pytest.raises(AssertionError):
        assert_absent("Bazar Uji", "outreach_event")  # the search finds what is there
    for table in (
        "outreach_equipmentmove",
        "outreach_handoverrecord",
        "outreach_equipmentline",
        "outreach_auditentry",
    ):
        for text in (equipping.GIVER, equipping.RECEIVER, equipping.PURPOSE, equipping.REASON):
            assert_absent(text, table)


def assert_absent(text: str, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        found = cursor.fetchall()
    assert found
    assert not any(text in str(value) or text.encode() in bytes_of(value) for row in found for value in row)


def bytes_of(value) -> bytes:
    return bytes(value) if isinstance(value, (bytes, memoryview)) else b""


def test_what_came_has_a_condition(cast):
    """Refused by the action, before the database would have to."""
    line = equipping.agreed(cast)
    with pytest.raises(ActionRefused) as refused:
        equipping.counted(cast, Direction.OUT, equipping.came(line, 5, condition=""))
    assert (refused.value.code, equipping.fresh(line).state) == ("condition", "agreed")
