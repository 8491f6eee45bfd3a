"""Writing the audit chain: what was done (`record`, `record_many`) and what was seen (`open_access`).

`record` takes the branch's chain lock, so an action calls it as its last statement: a lock taken early would let
one officer's slow transaction hold up the whole branch.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from outreach import crypto, origin
from outreach.models import AuditEntry, AuditHead, Branch, User
from outreach.sealed import Access


def record(
    *,
    by: User | None,
    branch_id: int,
    action: str,
    object_id: UUID | None = None,
    fields: Collection[str] = (),
    purpose: str = "",
    count: int = 1,
    content: bytes | None = None,
) -> AuditEntry:
    """Append one row to a branch's chain, inside the caller's transaction. `by=None` is the clock.

    `content` is a keyed digest, never content. Raises TransactionManagementError outside a transaction.
    """
    entry = AuditEntry(
        actor=by,
        action=action,
        object_id=object_id,
        fields=" ".join(fields),
        purpose=purpose,
        count=count,
        content=content,
    )
    _append([entry], branch_id=branch_id)
    return entry


def record_many(*, by: User | None, branch_id: int, action: str, objects: Iterable[UUID]) -> None:
    """`record` for each of these objects, in their order, with the end of the chain locked once. As many queries for
    one as for many."""
    _append([AuditEntry(actor=by, action=action, object_id=one) for one in objects], branch_id=branch_id)


def _append(entries: Sequence[AuditEntry], *, branch_id: int) -> None:
    if not connection.in_atomic_block:  # SQLite would not notice
        raise TransactionManagementError("an audit row is written inside the action's transaction")
    if not entries:
        return
    head = _lock_head(branch_id)
    session, now = origin.digest(), timezone.now()
    for entry in entries:
        entry.branch_id, entry.seq, entry.previous = branch_id, head.seq + 1, bytes(head.mac)
        entry.session, entry.at = session, now
        entry.key_id, entry.mac = crypto.chain_mac(entry.previous, row_bytes(entry))
        head.seq, head.mac = entry.seq, entry.mac
    AuditEntry.objects.bulk_create(entries)
    head.save(update_fields=("seq", "mac"))


def _lock_head(branch_id: int) -> AuditHead:
    """The end of the chain, locked until the transaction ends; made on the branch's first row."""
    head = AuditHead.objects.select_for_update().filter(branch_id=branch_id).first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(branch_id=branch_id)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(branch_id=branch_id)
    return head


def open_access(
    *,
    by: User,
    branch_id: int,
    objects: Collection[UUID],
    fields: Collection[str],
    purpose: str,
    parts: Collection[UUID] = (),
    about: UUID | None = None,
) -> Access:
    """Log that somebody is about to see these fields of these rows, and return the right to open them.

    One row for the whole page, with a count; committed before this returns, so before any value leaves. `parts` are
    rows that belong to the objects (a version, a decision's reason): opened with them, not counted. Of several objects
    the row names none, unless the page is `about` one of them.
    """
    objects = frozenset(objects)
    if about is None and len(objects) == 1:
        (about,) = objects
    if objects:
        with transaction.atomic(durable=True):
            record(
                by=by,
                branch_id=branch_id,
                action="read",
                object_id=about,
                fields=sorted(fields),
                purpose=purpose,
                count=len(objects),
            )
    return Access(objects=objects.union(parts), fields=frozenset(fields))


def opened(
    rows: Sequence[Any], *, by: User, branch_id: int, fields: Collection[str], purpose: str
) -> list[dict[str, str]]:
    """These sealed fields of a page's rows in the clear, row by row, after one access row for all of them; an empty
    text where nothing is stored."""
    if not rows:
        return []
    access = open_access(
        by=by, branch_id=branch_id, objects=[row.pk for row in rows], fields=fields, purpose=purpose
    )
    sealed = ({name: getattr(row, name) for name in fields} for row in rows)
    return [{name: value.reveal(access) if value else "" for name, value in row.items()} for row in sealed]


def verify(branch: Branch) -> Iterator[str]:
    """Walk a branch's chain and yield one sentence for every row that does not follow from the one before."""
    previous, expected = bytes(32), 1
    for entry in AuditEntry.objects.filter(branch=branch).order_by("seq").iterator(chunk_size=2000):
        if entry.seq != expected:
            yield f"row {expected} is missing; row {entry.seq} follows"
        if bytes(entry.previous) != previous:
            yield f"row {entry.seq} does not follow from the row before it"
        try:
            _, mac = crypto.chain_mac(bytes(entry.previous), row_bytes(entry), key_id=entry.key_id)
        except KeyError:
            yield f"row {entry.seq} names a key that is not here"
        else:
            if mac != bytes(entry.mac):
                yield f"row {entry.seq} was changed after it was written"
        previous, expected = bytes(entry.mac), entry.seq + 1
    head = AuditHead.objects.filter(branch=branch).first()
    if head is None and expected > 1:
        yield f"the chain has {expected - 1} rows and no head"
    if head and (head.seq != expected - 1 or bytes(head.mac) != previous):
        yield f"the chain ends at row {expected - 1}, its head says row {head.seq}"


def row_bytes(entry: AuditEntry) -> bytes:
    """The canonical form of a row that its MAC covers. Without a session it is that of rows before there was one."""
    row = {
        "branch": entry.branch_id,
        "seq": entry.seq,
        "at": entry.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "actor": entry.actor_id,
        "action": entry.action,
        "object": str(entry.object_id) if entry.object_id else None,
        "fields": entry.fields,
        "purpose": entry.purpose,
        "count": entry.count,
        "content": bytes(entry.content).hex() if entry.content else None,
    }
    if entry.session:
        row["session"] = entry.session
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode()
