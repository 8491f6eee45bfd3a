from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from outreach import crypto
from outreach.actions import audit
from outreach.models import AuditEntry, AuditHead
from tests import factories, rawsql

TABLE = "outreach_auditentry"


@pytest.fixture
def chain(cast) -> list[AuditEntry]:
    """Five rows of the branch, their triggers still in place."""
    with transaction.atomic():
        for number in range(5):
            audit.record(
                by=cast.officer, branch_id=cast.branch.pk, action="test", object_id=uuid4(), fields=("nik", "phone"),
                purpose=f"row {number}", count=number + 1, content=bytes((number + 1,)) * 32,
            )  # fmt: skip
    return list(AuditEntry.objects.filter(branch=cast.branch).order_by("seq"))


@pytest.fixture
def unguarded(chain) -> list[AuditEntry]:
    """The same rows where somebody with a database shell has taken the triggers away."""
    for event in ("update", "delete"):
        rawsql.drop_trigger(f"{TABLE}_no_{event}", table=TABLE)
    return chain


def verify(branch) -> list[str]:
    return list(audit.verify(branch))


def test_chain_of_real_actions_verifies(cast):
    factories.approved(by=cast.officer, reviewer=cast.reviewer)
    factories.returned(by=cast.officer, reviewer=cast.reviewer)
    rows = AuditEntry.objects.filter(branch=cast.branch).order_by("seq")
    assert list(rows.values_list("seq", "action", "actor__username")) == [
        (1, "registration.submit", "petugas"),
        (2, "registration.approved", "verifikator"),
        (3, "registration.submit", "petugas"),
        (4, "registration.returned", "verifikator"),
    ]
    assert verify(cast.branch) == []


def test_many_rows_at_once_are_the_rows_one_by_one(cast):
    objects = [uuid4() for _ in range(3)]
    with transaction.atomic():
        audit.record(by=cast.officer, branch_id=cast.branch.pk, action="test")
        audit.record_many(by=cast.officer, branch_id=cast.branch.pk, action="many", objects=objects)
        audit.record_many(by=cast.officer, branch_id=cast.branch.pk, action="many", objects=())
        audit.record(by=cast.officer, branch_id=cast.branch.pk, action="test")
    rows = AuditEntry.objects.filter(branch=cast.branch).order_by("seq")
    assert list(rows.values_list("seq", "action", "object_id", "actor__username", "count")) == [
        (1, "test", None, "petugas", 1),
        *((seq, "many", one, "petugas", 1) for seq, one in enumerate(objects, start=2)),
        (5, "test", None, "petugas", 1),
    ]
    assert verify(cast.branch) == []


def test_chain_of_a_branch_without_rows_verifies(cast):
    assert verify(cast.branch) == []


def test_each_branch_has_its_own_chain(cast, chain):
    with transaction.atomic():
        first = audit.record(by=cast.stranger, branch_id=cast.other_branch.pk, action="test")
    assert (first.seq, bytes(first.previous)) == (1, bytes(32))
    assert [row.seq for row in chain] == [1, 2, 3, 4, 5]
    assert verify(cast.branch) == verify(cast.other_branch) == []


def test_each_row_follows_from_the_one_before(cast, chain):
    assert [bytes(row.previous) for row in chain] == [bytes(32), *(bytes(row.mac) for row in chain[:-1])]
    head = AuditHead.objects.get(branch=cast.branch)
    assert (head.seq, bytes(head.mac)) == (5, bytes(chain[-1].mac))


@pytest.mark.postgres
def test_record_outside_a_transaction_is_refused(cast, monkeypatch):
    monkeypatch.setattr(connection, "get_autocommit", lambda: True)
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(by=cast.officer, branch_id=cast.branch.pk, action="test")


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET purpose = 'other'",
        f"UPDATE {TABLE} SET mac = mac",
        f"UPDATE {TABLE} SET actor_id = NULL",
        f"DELETE FROM {TABLE}",
        f"DELETE FROM {TABLE} WHERE seq = 5",
    ],
)
def test_database_refuses_to_change_or_delete_a_row(cast, chain, statement):
    with pytest.raises(DatabaseError, match="append-only"):
        rawsql.execute(statement)
    assert [row.purpose for row in AuditEntry.objects.order_by("seq")] == [f"row {n}" for n in range(5)]
    assert verify(cast.branch) == []


def test_models_cannot_change_or_delete_a_row_either(chain):
    chain[0].purpose = "other"
    for attempt in (chain[0].save, chain[0].delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


def test_two_rows_of_one_number_are_refused(cast, chain):
    twin = AuditEntry.objects.get(seq=5)
    twin.pk, twin._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_id", None),
        ("action", "other"),
        ("object_id", uuid4()),
        ("object_id", None),
        ("fields", "nik"),
        ("purpose", "other"),
        ("count", 99),
        ("content", b"other"),
        ("content", None),
        ("session", "0123456789abcdef"),
        ("key_id", 99),
        ("mac", bytes(32)),
    ],
)
def test_changed_row_is_named(cast, unguarded, column, value):
    rawsql.execute(f"UPDATE {TABLE} SET {column} = %s WHERE seq = 3", value)
    assert [fault for fault in verify(cast.branch) if fault.startswith("row 3 ")] != []


def test_changed_time_is_named(cast, unguarded):
    AuditEntry.objects.filter(seq=3).update(at=unguarded[2].at - timedelta(microseconds=1))
    assert verify(cast.branch) == ["row 3 was changed after it was written"]


def test_row_moved_to_another_branch_is_named_in_both(cast, unguarded):
    rawsql.execute(f"UPDATE {TABLE} SET branch_id = %s WHERE seq = 1", cast.other_branch.pk)
    assert verify(cast.branch)[0] == "row 1 is missing; row 2 follows"
    assert "row 1 was changed after it was written" in verify(cast.other_branch)


def test_removed_row_is_named(cast, unguarded):
    rawsql.execute(f"DELETE FROM {TABLE} WHERE seq = 3")
    assert verify(cast.branch) == [
        "row 3 is missing; row 4 follows",
        "row 4 does not follow from the row before it",
    ]


def test_removed_first_row_is_named(cast, unguarded):
    rawsql.execute(f"DELETE FROM {TABLE} WHERE seq = 1")
    assert verify(cast.branch)[0] == "row 1 is missing; row 2 follows"


def test_removed_last_row_is_named(cast, unguarded):
    rawsql.execute(f"DELETE FROM {TABLE} WHERE seq = 5")
    assert verify(cast.branch) == ["the chain ends at row 4, its head says row 5"]


def test_reordered_rows_are_named(cast, unguarded):
    for seq, other in ((2, 99), (3, 2), (99, 3)):
        rawsql.execute(f"UPDATE {TABLE} SET seq = %s WHERE seq = %s", other, seq)
    found = verify(cast.branch)
    assert "row 2 was changed after it was written" in found
    assert "row 3 was changed after it was written" in found


def test_rewritten_row_with_its_own_link_is_named(cast, unguarded):
    """Somebody without the key renumbers and relinks: the MACs do not follow."""
    rawsql.execute(f"DELETE FROM {TABLE} WHERE seq = 5")
    rawsql.execute(
        f"UPDATE {TABLE} SET purpose = 'other', previous = %s WHERE seq = 4", bytes(unguarded[2].mac)
    )
    assert "row 4 was changed after it was written" in verify(cast.branch)


@pytest.mark.parametrize(("column", "value"), [("seq", 4), ("seq", 6), ("mac", bytes(32))])
def test_changed_head_is_named(cast, chain, column, value):
    AuditHead.objects.filter(branch=cast.branch).update(**{column: value})
    assert verify(cast.branch) == [
        f"the chain ends at row 5, its head says row {value if column == 'seq' else 5}"
    ]


def test_removed_head_is_named(cast, chain):
    AuditHead.objects.filter(branch=cast.branch).delete()
    assert len(verify(cast.branch)) == 1


def test_all_rows_removed_is_named(cast, unguarded):
    rawsql.execute(f"DELETE FROM {TABLE}")
    assert verify(cast.branch) == ["the chain ends at row 0, its head says row 5"]


@pytest.fixture
def sessions(cast, login) -> list[str]:
    """The sessions of two sign-ins of the head, each of which added an organisation."""
    clients = [login(cast.head), login(cast.head)]
    for number, client in enumerate(clients):
        client.post("/admin/outreach/organisation/add/", {"name": f"Organisasi {number}"})
    return [client.session.session_key for client in clients]


def test_rows_of_one_sign_in_share_a_digest_that_tells_no_key(cast, login, sessions):
    client = login(cast.head)
    for number in range(2):
        client.post("/admin/outreach/organisation/add/", {"name": f"Lain {number}"})
    first, second, third, fourth = AuditEntry.objects.order_by("seq").values_list("session", flat=True)
    assert len({first, second, third}) == 3
    assert third == fourth == crypto.blind_index("session", client.session.session_key)[:8].hex()
    assert [key for key in sessions if first in key or key in first] == []
    assert verify(cast.branch) == []


def test_a_command_has_no_session(cast, sessions, chain):
    assert {entry.session for entry in AuditEntry.objects.filter(action="test")} == {""}
    assert verify(cast.branch) == []


def test_rows_without_a_session_are_those_of_before_there_was_one(chain):
    """A chain that was written before the column was there still verifies."""
    entry = chain[2]
    assert b"session" not in audit.row_bytes(entry)
    entry.session = "0123456789abcdef"
    assert b'"session":"0123456789abcdef"' in audit.row_bytes(entry)


@pytest.mark.parametrize("changed", ["", "0123456789abcdef"])
def test_a_changed_session_is_named(cast, sessions, changed):
    rawsql.drop_trigger(f"{TABLE}_no_update", table=TABLE)
    rawsql.execute(f"UPDATE {TABLE} SET session = %s WHERE seq = 1", changed)
    assert verify(cast.branch) == ["row 1 was changed after it was written"]


def test_the_list_shows_the_sign_in_shortened(cast, login, sessions):
    page = login(cast.head).get("/admin/outreach/auditentry/").content.decode()
    for entry in AuditEntry.objects.all():
        assert (entry.session[:6] in page, entry.session in page) == (True, False)


def test_rolled_back_action_leaves_no_row(cast):
    with transaction.atomic():
        audit.record(by=cast.officer, branch_id=cast.branch.pk, action="test")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
    assert verify(cast.branch) == []


def test_verify_audit_command_counts_and_fails_on_a_fault(cast, unguarded):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert f"{cast.branch.slug}: 5 rows" in out.getvalue()
    rawsql.execute(f"UPDATE {TABLE} SET purpose = 'other' WHERE seq = 2")
    with pytest.raises(CommandError, match="1 faults"):
        call_command("verify_audit", stdout=out)
    assert f"{cast.branch.slug}: row 2 was changed after it was written" in out.getvalue()


def test_verify_audit_names_the_first_broken_row_of_each_branch(cast, unguarded):
    with transaction.atomic():
        audit.record(by=cast.stranger, branch_id=cast.other_branch.pk, action="test")
    rawsql.execute(f"DELETE FROM {TABLE} WHERE branch_id = %s AND seq IN (2, 4)", cast.branch.pk)
    rawsql.execute(f"UPDATE {TABLE} SET purpose = 'other' WHERE branch_id = %s", cast.other_branch.pk)
    with pytest.raises(CommandError) as failed:
        call_command("verify_audit", stdout=StringIO())
    assert str(failed.value) == (
        "5 faults in the chain; broken first: "
        f"{cast.other_branch.slug}, row 1 was changed after it was written; "
        f"{cast.branch.slug}, row 2 is missing; row 3 follows"
    )
