"""What the demo's reviewer followed until it was paid: some in the core system and called, some paid, one with the
card. No numbers: those BPJS issues. May be loaded again and again."""

from datetime import timedelta

from django.utils import timezone

from enrolment.actions import payment_calls, payments
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, PaymentResult, Stage
from enrolment.models import Participation, ParticipationEntry, PaymentCall
from outreach.management.demo_field_work import known_id, unless_changed
from outreach.models import User

EVENT = "taman-waduk-pluit-2026"
PAID = (1, 3, 12)
"""Months paid for, one each; the last one has the card."""
CALLED = (
    (PaymentResult.WILL_PAY, 3),
    (PaymentResult.NO_ANSWER, 0),
    (PaymentResult.REFUSES, None),
    None,
    None,
)
"""Those who have not paid: what came of a call and in how many days the next one is; None: not called yet."""


def load(*, by: User) -> None:
    """Once, of those approved and not handed over: the last ones of the event, so that the first stay to be handed
    over. Through the actions; only that the core system has accepted them is set by hand."""
    if ParticipationEntry.objects.exists() or PaymentCall.objects.exists():
        return
    rows = Participation.objects.live().filter(event__slug=EVENT, stage=Stage.WAITING)
    rows = rows.exclude(registration__months=2)  # not in the template: they stay, to be typed by hand
    rows = list(rows.select_related("registration").order_by("-registration__registered_at", "id"))
    today = timezone.localdate()
    for months, row in zip(PAID, rows, strict=False):
        _write(row, Said(EntryKind.PAID, on=today, months=months), by=by)
    for row in rows[len(PAID) - 1 : len(PAID)]:
        _write(row, Said(EntryKind.CARD, on=today), by=by)
    for call, row in zip(CALLED, rows[len(PAID) :], strict=False):
        Participation.objects.filter(pk=row.pk).update(
            stage=Stage.ACCEPTED, accepted_at=timezone.now(), accepted_by=by
        )
        if call:
            result, days = call
            unless_changed(
                payment_calls.called, by=by, participation=row, call_id=known_id("payment call", row.pk),
                result=result, next_on=None if days is None else today + timedelta(days=days),
            )  # fmt: skip


def _write(row: Participation, said: Said, *, by: User) -> None:
    unless_changed(
        payments.write, by=by, participation=row, entry_id=known_id("entry", row.pk, said.kind), said=said
    )
