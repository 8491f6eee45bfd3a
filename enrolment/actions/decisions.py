"""Moving a registration through the state table: every move is checked under lock and leaves a row."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import participations
from enrolment.choices import Actor, Move, State, find_move
from enrolment.models import BatchRow, Decision, Registration
from enrolment.permissions import REGISTER, REVIEW
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import Assignment, User

CONSENTED = (State.SUBMITTED, State.RETURNED, State.APPROVED)
"""The states that only a registration with consent may come to; a trigger holds it as well."""
MOVED = ("state", "decided_at", "decided_by", "with_head_at", *Registration.NO_CLAIM)
"""The columns that a move writes."""
DECIDED = (State.APPROVED, State.RETURNED, State.REJECTED)


def move(
    *,
    by: User | None,
    registration: Registration,
    target: State,
    reason: str = "",
    version: int | None = None,
    flags: Mapping[str, str] | None = None,
) -> Decision:
    """Make one move of the state table that carries no new content; `by=None` is the clock.

    `version` is the content that was looked at, where that matters. Raises ActionRefused: `changed` (the officer has
    corrected it meanwhile), `move_refused` (not in the table, or somebody was faster), `not_allowed`,
    `two_people`, `reason_missing`, `guardian_missing`, `guardian_not_agreed`, `already_approved`, `in_batch`,
    `claimed` (a colleague is checking it), `being_checked` (the same, to its officer). `flags` are a
    return's: what is wrong with each field, by its name.
    """
    reason = " ".join(reason.split())
    flags = dict(flags or {}) if target == State.RETURNED else {}
    try:
        with transaction.atomic():
            locked = lock(registration)
            if version not in (None, locked.version):
                raise ActionRefused(
                    "changed", _("The officer has corrected this registration meanwhile. Look at it again.")
                )
            check(by=by, registration=locked, target=target, reason=reason or " ".join(flags.values()))
            now = timezone.now()
            source, locked.state = locked.state, target
            if target in DECIDED:
                locked.decided_at, locked.decided_by = now, by
            elif target == State.SUBMITTED:
                locked.decided_at = locked.decided_by = None
            locked.with_head_at = locked.claimed_by = locked.claimed_at = locked.claimed_until = None
            locked.save(update_fields=MOVED)
            decision = add(registration=locked, source=source, by=by, at=now, reason=reason, flags=flags)
            participations.follow([decision])
            audit.record(
                by=by, branch_id=locked.branch_id, action=f"registration.{target}", object_id=locked.pk
            )
    except IntegrityError as collision:
        if "registration_one_live_approval" in str(collision) or "nik_index" in str(collision):
            raise ActionRefused(
                "already_approved",
                _("This NIK already has an approved registration. Return or withdraw one."),
            ) from None
        raise
    return decision


def lock(registration: Registration) -> Registration:
    """The row as it is now, locked until the transaction ends."""
    return Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)


def check(
    *,
    by: User | None,
    registration: Registration,
    target: str,
    reason: str = "",
    new_version: bool = False,
    answered: bool = False,
) -> Move:
    """The move of the table for this state, target and person. Raises ActionRefused as `move` says. `answered`: the
    core system's answer to its batch makes the move."""
    found = find_move(registration.state, target)
    if found is None or found.new_version != new_version:
        raise ActionRefused(
            "move_refused", _("Somebody was faster: this registration has moved on. Look at it again.")
        )
    if registration.consent_withdrawn_at and target in CONSENTED:
        raise ActionRefused(
            "consent_withdrawn", _("The worker has withdrawn their consent. It goes no further.")
        )
    if _takes_consent_back(by, found, registration):
        return found
    if not _may(by, found, registration):
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))
    if found.actor == Actor.REVIEWER and _worked_on(by, registration):
        raise ActionRefused(
            "two_people", _("You registered, typed or stood at this booth that day. Leave it to a colleague.")
        )
    _refuse_what_another_holds(by, found, registration)
    if not answered:
        _refuse_in_batch(registration)
    if (
        found.reason or (target == State.APPROVED and "age_under_17" in registration.warnings)
    ) and not reason:
        raise ActionRefused("reason_missing", _("Write the reason in one sentence."))
    if target == State.APPROVED and "guardian_missing" in registration.warnings:
        raise _no_guardian(named=bool(registration.guardian))
    return found


def _no_guardian(*, named: bool) -> ActionRefused:
    """What is missing of a guardian: their name, or only their yes."""
    if named:
        return ActionRefused(
            "guardian_not_agreed",
            _("The guardian is named and has not agreed yet. Return it to the officer."),
        )
    return ActionRefused("guardian_missing", _("The guardian's name is missing. Return it to the officer."))


def refusal(*, by: User, registration: Registration, target: str) -> ActionRefused | None:
    """Why `move` would refuse this person this move, a reason being given; None if it would not. One query.

    For a page that says so before the click: `move` asks again under lock.
    """
    try:
        check(by=by, registration=registration, target=target, reason="given")
    except ActionRefused as refused:
        return refused
    return None


def add(
    *,
    registration: Registration,
    source: str | None,
    by: User | None,
    at: datetime,
    reason: str = "",
    flags: Mapping[str, str] | None = None,
) -> Decision:
    """The row of a move to the registration's present state. The caller holds the lock."""
    decision = Decision(
        registration=registration,
        number=registration.decisions.count() + 1 if source else 1,
        source=source,
        target=registration.state,
        version=registration.version,
        by=by,
        at=at,
    )
    decision.reason = reason
    decision.flags = json.dumps(flags, ensure_ascii=False) if flags else ""
    decision.save(force_insert=True)
    return decision


def _may(by: User | None, found: Move, registration: Registration) -> bool:
    match found.actor:
        case Actor.CLOCK:
            return by is None
        case Actor.REVIEWER:
            return by is not None and by.has_perm(REVIEW) and by.branch_id == registration.branch_id
        case Actor.OFFICER:
            own = by is not None and by.pk in (registration.officer_id, registration.entered_by_id)
            return own and by.has_perm(REGISTER)


def _refuse_what_another_holds(by: User | None, found: Move, registration: Registration) -> None:
    """While a reviewer looks at it, no colleague decides and its officer changes nothing. The clock never waits."""
    now = timezone.now()
    if by is None or not registration.is_held(now=now) or registration.claimed_by_id == by.pk:
        return
    if found.actor == Actor.REVIEWER:
        raise ActionRefused("claimed", _("A colleague is checking it just now. Take another one meanwhile."))
    raise ActionRefused("being_checked", _("It is being checked just now. Try again in a little while."))


def _refuse_in_batch(registration: Registration) -> None:
    """What the core system is just being asked about stays approved until it answers or the batch is cancelled. Only
    a worker who takes their consent back is not kept waiting: see `_takes_consent_back`."""
    approved = registration.state == State.APPROVED
    if approved and BatchRow.objects.live().filter(registration=registration).exists():
        raise ActionRefused(
            "in_batch", _("It is in a batch for the core system. Cancel the batch, or wait for its answer.")
        )


def _takes_consent_back(by: User | None, found: Move, registration: Registration) -> bool:
    """The worker's own wish, due within 3 × 24 hours (UU 27/2022): whoever of the branch received it carries it out,
    and neither a claim nor who registered them holds it up. What is approved, a reviewer ends."""
    if by is None or not registration.consent_withdrawn_at or found.target != State.WITHDRAWN:
        return False
    reviews = by.has_perm(REVIEW) and by.branch_id == registration.branch_id
    return reviews or (found.actor == Actor.OFFICER and _may(by, found, registration))


def _worked_on(by: User, registration: Registration) -> bool:
    """Two people: not the officer, not the typist, nobody who stood at that booth that day."""
    day = timezone.localtime(registration.registered_at).date()
    return (
        by.pk in (registration.officer_id, registration.entered_by_id)
        or Assignment.objects.filter(booth=registration.booth_id, officer=by, day=day).exists()
    )
