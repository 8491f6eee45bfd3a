"""Orders around payments, calls and the clock, and their protections taken out (see tests/racer.py)."""

import time
from datetime import date
from uuid import UUID, uuid4

from django.utils import timezone

from enrolment.actions import lapsing, payment_calls, payment_files, payments
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind
from enrolment.models import Participation
from outreach.errors import ActionRefused
from outreach.models import User

GAP = 0.3
"""Seconds in which the other process comes in between."""


def arrange(options: dict) -> None:
    if options.get("without_payment_lock"):
        real_cases = payments.cases
        payments.cases = lambda keys, *, lock=False: (real_cases(keys), time.sleep(GAP))[0]
    if options.get("slow_cases"):
        real_locked = payments.cases
        payments.cases = lambda keys, *, lock=False: (real_locked(keys, lock=lock), time.sleep(GAP))[0]
    if options.get("without_call_lock"):
        payment_calls._locked = read_without_lock


def read_without_lock(participation: Participation, *, by: User) -> Participation:
    row = Participation.objects.select_related("registration", "called_by").get(pk=participation.pk)
    time.sleep(GAP)
    return row


def _row(reference: str) -> Participation:
    return Participation.objects.select_related("registration").get(registration__reference=reference)


def pay(username: str, reference: str, on: str) -> dict:
    said = Said(EntryKind.PAID, on=date.fromisoformat(on), months=1)
    try:
        payments.write(
            by=User.objects.get(username=username), participation=_row(reference), entry_id=uuid4(), said=said
        )
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "paid"}


def read_list(username: str, references: list[str], on: str) -> dict:
    rows = [
        payment_files.Row(number, reference=one, on=date.fromisoformat(on), months=1)
        for number, one in enumerate(references, start=2)
    ]
    lines = payment_files.apply(rows, by=User.objects.get(username=username))
    return {"outcome": " ".join(line.outcome for line in lines)}


def lapse(reference: str) -> dict:
    """This one alone, as the command comes to it."""
    return {"outcome": lapsing._lapse(_row(reference), lapsing.limits(now=timezone.now()))}


def open_phone(username: str, reference: str) -> dict:
    try:
        payment_calls.open_phone(by=User.objects.get(username=username), participation=_row(reference))
    except ActionRefused as refused:
        return {"outcome": refused.code}
    return {"outcome": "opened"}


def called(username: str, reference: str, call: str, next_on: str) -> dict:
    is_new = payment_calls.called(
        by=User.objects.get(username=username), participation=_row(reference), call_id=UUID(call),
        result="will_pay", next_on=date.fromisoformat(next_on),
    )  # fmt: skip
    return {"outcome": "stored" if is_new else "same"}


ORDERS = {"pay": pay, "read_list": read_list, "lapse": lapse, "open_phone": open_phone, "called": called}
