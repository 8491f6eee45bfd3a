"""Calling those who are in the core system and have not paid yet. The number opens when somebody is about to call."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolment.actions import disclosures
from enrolment.choices import PaymentResult, Stage
from enrolment.models import Participation, PaymentCall, Registration
from enrolment.permissions import FOLLOW_PAYMENT
from outreach.actions import audit
from outreach.actions.once import once
from outreach.errors import ActionRefused
from outreach.models import User
from outreach.templatetags.formats import clock
from outreach.templatetags.formats import day as long_day

PURPOSE = "call about first payment"
JUST_NOW = timedelta(minutes=10)
"""So long after somebody opened the number or wrote a result, a colleague is told before they call too."""
LATEST = timedelta(days=60)
"""The next call is at most so far ahead: after that nobody remembers what was said."""
_SENT = gettext_lazy("This page was already sent with other content, which is stored. Open the page anew.")


def just_called(participation: Participation, *, by: User, now: datetime) -> bool:
    """Has a colleague opened the number, or written a result, a moment ago?"""
    at = participation.called_at
    return at is not None and participation.called_by_id != by.pk and now - at < JUST_NOW


def open_phone(*, by: User, participation: Participation, although: bool = False) -> str:
    """The mobile number (E.164) of somebody who is called now, after the access row; of two callers at once the second
    is told, and gets it `although` the first one calls.

    Raises ActionRefused: "not_allowed", "not_to_call" (paid, ended, not in the core system, no more calls),
    "just_called".
    """
    with transaction.atomic():
        row = _locked(participation, by=by)
        now = timezone.now()
        if just_called(row, by=by, now=now) and not although:
            raise ActionRefused("just_called", said_of(row))
        row.called_at, row.called_by = now, by
        row.save(update_fields=("called_at", "called_by"))
    return disclosures.reveal(row.registration, by=by, fields=("phone",), purpose=PURPOSE)["phone"]


def said_of(participation: Participation) -> str:
    """That somebody calls, and since when; for the one who would be the second."""
    return _("%(name)s opened this number or called at %(clock)s. Ask them before you call too.") % {
        "name": participation.called_by.get_short_name(),
        "clock": clock(participation.called_at),
    }


def called(
    *, by: User, participation: Participation, call_id: UUID, result: str, next_on: date | None
) -> bool:
    """Store what came of a call; the same call again is one, and False. Final results end the calls.

    `next_on` is None for exactly the final results. Raises ActionRefused: "not_allowed", "not_to_call", "next_on" (too
    early, or more than LATEST ahead), "conflict".
    """

    def create() -> PaymentCall:
        row = _locked(participation, by=by)
        now = timezone.now()
        _check_next(result, next_on, today=timezone.localdate(now))
        call = PaymentCall(id=call_id, participation=row, at=now, by=by, result=result, next_on=next_on)
        call.save(force_insert=True)
        row.call_result, row.call_on = result, next_on
        row.called_at, row.called_by = now, by
        row.save(update_fields=("call_result", "call_on", "called_at", "called_by"))
        audit.record(
            by=by, branch_id=row.branch_id, action="participation.call", object_id=row.registration_id
        )
        return call

    _row, is_new = once(
        create,
        find=PaymentCall.objects.filter(pk=call_id).first,
        same=lambda row: (
            (row.participation_id, row.by_id, row.result, row.next_on)
            == (participation.pk, by.pk, result, next_on)
        ),
        conflict=ActionRefused("conflict", _SENT),
    )
    return is_new


def may_be_called(participation: Participation) -> bool:
    """In the core system, unpaid, and nobody said that no more calls are wanted or possible."""
    return (
        participation.ended_at is None
        and participation.stage == Stage.ACCEPTED
        and participation.registration.consent_withdrawn_at is None
        and participation.call_result not in PaymentResult.final()
    )


def _locked(participation: Participation, *, by: User) -> Participation:
    """The row, locked with its registration and in that order, if this person may call about it."""
    if not by.has_perm(FOLLOW_PAYMENT) or by.branch_id != participation.branch_id:
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))
    Registration.objects.select_for_update(of=("self",)).filter(pk=participation.registration_id).first()
    rows = Participation.objects.select_for_update(of=("self",)).select_related("registration", "called_by")
    row = rows.get(pk=participation.pk)
    if not may_be_called(row):
        raise ActionRefused("not_to_call", _("Nobody needs to call here any more. Nothing was stored."))
    return row


def _check_next(result: str, next_on: date | None, *, today: date) -> None:
    if (next_on is None) != (result in PaymentResult.final()):
        raise ActionRefused("next_on", _("Write on which day to call again."))
    if next_on and not today <= next_on <= today + LATEST:
        raise ActionRefused(
            "next_on",
            _("Choose a day from today on, until %(until)s.") % {"until": long_day(today + LATEST)},
        )
