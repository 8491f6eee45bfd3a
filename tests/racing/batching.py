"""What a racer does with batches, and the protections that it can take out."""

import time
from types import SimpleNamespace
from uuid import UUID

from enrolment.actions import batches, read_back
from enrolment.choices import Stage
from enrolment.models import Batch, Participation
from outreach.errors import ActionRefused
from outreach.models import User


def arrange(options: dict) -> None:
    if options.get("without_making_lock"):
        batches._lock_branch = lambda branch_id: None
        batches._still_waiting = read_waiting_without_lock
    if options.get("without_batch_lock"):
        batches.lock = read_batch_without_lock


def read_waiting_without_lock(found) -> list[Participation]:
    """What `_still_waiting` would be without its locks, and with the other process in the gap."""
    rows = Participation.objects.live().filter(pk__in=[one.pk for one in found], stage=Stage.WAITING)
    read = list(rows.select_related("approval").order_by("approved_at", "pk"))
    time.sleep(0.2)
    return read


def read_batch_without_lock(batch: Batch) -> Batch:
    """The same for `lock`."""
    read = Batch.objects.select_related("edition").get(pk=batch.pk)
    time.sleep(0.2)
    return read


def make_batch(username: str, batch_id: str, limit: int) -> dict:
    try:
        made = batches.make(
            by=User.objects.get(username=username), batch_id=UUID(batch_id), event=None, limit=limit
        )
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "made", "number": made.number}


def cancel_batch(username: str, number: int) -> dict:
    by = User.objects.get(username=username)
    try:
        batches.cancel(by=by, batch=Batch.objects.get(number=number), reason="mistake")
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "cancelled it"}


def read_back_batch(username: str, number: int, niks: list[str]) -> dict:
    """The core system has accepted all of them."""
    answers = [
        SimpleNamespace(row=row, nik=nik, accepted=True, reason="", billing_code="", participant_number="")
        for row, nik in enumerate(niks, 2)
    ]
    said = {"by": User.objects.get(username=username), "batch": Batch.objects.get(number=number)}
    try:
        is_new = read_back.apply(**said, answers=answers, content=repr(niks).encode())
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "read it back" if is_new else "same"}


ORDERS = {"make_batch": make_batch, "cancel_batch": cancel_batch, "read_back_batch": read_back_batch}
