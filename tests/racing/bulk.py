"""What a racer does for bulk approvals and second looks, and the protections that it can take out."""

import time
from collections.abc import Callable

from enrolment.actions import bulk, decisions, registrations, second_looks
from enrolment.choices import LookResult, State
from enrolment.models import Registration, SecondLook
from outreach.errors import ActionRefused
from outreach.models import User
from tests import factories


def arrange(options: dict) -> None:
    if options.get("without_bulk_lock"):
        bulk._lock_all = read_all_without_lock
    if options.get("without_bulk_order"):
        bulk._lock_all = lock_as_they_come
    if options.get("shared_niks_taken"):
        bulk.duplicates.contenders = lambda rows: {}
    if options.get("without_look_lock"):
        second_looks._lock = read_look_without_lock
    if gap := options.get("slow_judge"):
        judge = bulk._judge
        bulk._judge = lambda *args: (judge(*args), time.sleep(gap))[0]
    if tries := options.get("bulk_tries"):
        bulk.TRIES = tries


def read_all_without_lock(by: User, references: list[str]) -> list[Registration]:
    """What `bulk._lock_all` would be without its lock, and with the other process in the gap."""
    rows = list(Registration.objects.filter(reference__in=list(references)).order_by("pk"))
    time.sleep(0.2)
    return rows


def lock_as_they_come(by: User, references: list[str]) -> list[Registration]:
    """Locked one after the other as they were chosen, with the other process in the gap."""
    rows = Registration.objects.select_for_update(of=("self",))
    return [(rows.get(reference=one), time.sleep(0.05))[0] for one in references]


def read_look_without_lock(look: SecondLook) -> SecondLook:
    """The same for `second_looks._lock`."""
    read = SecondLook.objects.select_related("registration").get(pk=look.pk)
    time.sleep(0.1)
    return read


def approve(username: str, references: list[str]) -> dict:
    found = bulk.approve(by=_person(username), selection=[(one, 1) for one in references])
    return {
        "outcome": "done",
        "approved": [row.reference for row in found.approved],
        "left": {one.registration.reference: one.code for one in found.left},
    }


def correct(username: str, reference: str, row: dict) -> dict:
    by, registration = _person(username), Registration.objects.get(reference=reference)
    entry = factories.entry(by=by, **row)
    return _said("corrected", lambda: registrations.correct(by=by, registration=registration, entry=entry))


def approve_twin(officer: str, reviewer: str, row: dict) -> dict:
    """Somebody with the NIK of one of the selection is registered and approved, before it writes."""
    time.sleep(0.15)
    sent = registrations.submit(by=_person(officer), entry=factories.entry(by=_person(officer), **row))
    decisions.move(by=_person(reviewer), registration=sent.registration, target=State.APPROVED)
    return {"outcome": "approved", "reference": sent.registration.reference}


def second_look(username: str, look: str, result: str) -> dict:
    by, row = _person(username), SecondLook.objects.get(pk=look)
    said = {"result": LookResult(result), "reason": "Beda."}
    return _said("done", lambda: second_looks.answer(by=by, look=row, **said))


def _said(done: str, act: Callable) -> dict:
    try:
        act()
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": done}


def _person(username: str) -> User:
    return User.objects.select_related("branch").get(username=username)


ORDERS = {
    "bulk_approve": approve,
    "bulk_correct": correct,
    "bulk_twin": approve_twin,
    "second_look": second_look,
}
