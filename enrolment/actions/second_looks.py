"""The second look: another reviewer says whether they would have approved what chance has chosen (draws.py)."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import decisions
from enrolment.choices import LookResult, State
from enrolment.models import SecondLook
from enrolment.permissions import REVIEW
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import User


def answer(
    *,
    by: User,
    look: SecondLook,
    result: LookResult,
    reason: str = "",
    fields: Collection[str] = (),
    send_back: bool = False,
) -> ActionRefused | None:
    """Keep what the second reviewer thinks. One that differs goes back to checking with `send_back`; why it could not,
    if it could not, is what this returns: the answer is kept nevertheless.

    Raises ActionRefused: `looked` (somebody was faster), `taken_back` (it is approved no more), `consent_withdrawn`,
    `not_allowed`, `two_people`, `reason_missing`.
    """
    reason = " ".join(reason.split())
    hindrance = None
    with transaction.atomic():
        locked = _lock(look)
        _check(by, locked)
        if result == LookResult.DIFFERS and not reason:
            raise ActionRefused("reason_missing", _("Write in one sentence what is different."))
        locked.looked_at, locked.looked_by, locked.result = timezone.now(), by, result
        if result == LookResult.DIFFERS:
            locked.reason, locked.fields = reason, " ".join(fields)
        locked.save(update_fields=("looked_at", "looked_by", "result", "reason", "fields"))
        if send_back and result == LookResult.DIFFERS:
            try:
                decisions.move(by=by, registration=locked.registration, target=State.SUBMITTED, reason=reason)
            except ActionRefused as refused:
                hindrance = refused
        audit.record(
            by=by,
            branch_id=locked.branch_id,
            action="registration.second_look",
            object_id=locked.registration_id,
        )
    return hindrance


def refusal(*, by: User, look: SecondLook) -> ActionRefused | None:
    """Why `answer` would refuse this person; None if it would not. For a page that says so before it opens anything."""
    try:
        _check(by, look)
    except ActionRefused as refused:
        return refused
    return None


def _lock(look: SecondLook) -> SecondLook:
    """With its registration, which every writer of a look locks first: so they never wait for each other."""
    registration = decisions.lock(look.registration)
    locked = SecondLook.objects.select_for_update(of=("self",)).get(pk=look.pk)
    locked.registration = registration
    return locked


def _check(by: User, look: SecondLook) -> None:
    registration = look.registration
    if not by.has_perm(REVIEW) or by.branch_id != look.branch_id:
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))
    if by.pk == look.approved_by_id or decisions.worked_on(by, registration):
        raise ActionRefused(
            "two_people", _("You approved, registered or typed it, or stood there. Leave it to a colleague.")
        )
    if look.looked_at:
        raise ActionRefused("looked", _("A colleague was faster. Take the next one."))
    if look.closed_at:
        raise ActionRefused(
            "taken_back", _("Its approval was taken back meanwhile. There is nothing to compare.")
        )
    if registration.consent_withdrawn_at:
        raise ActionRefused(
            "consent_withdrawn", _("The worker has withdrawn their consent. It goes no further.")
        )
