"""Moving a registration through the state table: every move is checked under lock and leaves a row."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import participations
from enrolment.choices import Actor, Move, State, Verdict, find_move
from enrolment.models import BatchRow, Decision, Registration, TwinVerdict
from enrolment.permissions import DECIDE_FOR_HEAD, REGISTER, REVIEW
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import Assignment, User

CONSENTED = (State.SUBMITTED, State.RETURNED, State.APPROVED)
"""The states that only a registration with consent may come to; a trigger holds it as well."""
MOVED = ("state", "decided_at", "decided_by", "with_head_at", *Registration.NO_CLAIM)
"""The columns that a move writes."""
DECIDED = (State.APPROVED, State.RETURNED, State.REJECTED)
Duties = frozenset[tuple[int, date]]
"""Where somebody stood, and on which day (Asia/Jakarta): (booth id, day)."""


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
    `claimed` (a colleague is checking it), `being_checked` (the same, to its officer), `with_head` (the branch head
    has it), `second_return` (only the head returns it again: `escalations.give_back` asks them). `flags` are a
    return's: what is wrong with each field, by its name.
    """
    reason = " ".join(reason.split())
    flags = dict(flags or {}) if target == State.RETURNED else {}
    try:
        with transaction.atomic():
            locked = lock(registration, version=version)
            check(by=by, registration=locked, target=target, reason=reason or " ".join(flags.values()))
            if target == State.RETURNED and goes_to_head(locked):
                raise ActionRefused("second_return", _("Second return: it goes to the branch head."))
            now, source = timezone.now(), locked.state
            for name, value in moved(target, by=by, at=now).items():
                setattr(locked, name, value)
            locked.save(update_fields=MOVED)
            decision = add(registration=locked, source=source, by=by, at=now, reason=reason, flags=flags)
            participations.follow([decision])
            if source == State.WITHDRAWN:  # judged wrongly: the two are twins again
                same = TwinVerdict.objects.of(locked.pk).filter(verdict=Verdict.SAME)
                same.exclude(kept=locked).end(by=by, at=now)
            audit.record(
                by=by, branch_id=locked.branch_id, action=f"registration.{target}", object_id=locked.pk
            )
    except IntegrityError as collision:
        if is_second_approval(collision):
            same_nik = Registration.objects.filter(nik_index=locked.nik_index, state=State.APPROVED)
            raise already_approved(locked, same_nik.first()) from None
        raise
    return decision


def move_all(
    rows: Sequence[Registration],
    *,
    by: User,
    target: State,
    at: datetime,
    reasons: Mapping[UUID, str] | None = None,
) -> list[Decision]:
    """The same move for many rows of a branch, which the caller has locked in the order of their keys and checked, with
    a reason for each by its key; as many queries for one as for many. What the database refuses is an IntegrityError,
    and then `rows` are as they were."""
    Registration.objects.filter(pk__in=[row.pk for row in rows]).update(**moved(target, by=by, at=at))
    counted = Decision.objects.filter(registration__in=rows).order_by().values_list("registration")
    numbers = dict(counted.annotate(Count("pk")))
    made = []
    for row in rows:
        decision = Decision(
            registration=row,
            number=numbers[row.pk] + 1,
            source=row.state,
            target=target,
            version=row.version,
            by=by,
            at=at,
        )
        decision.reason = (reasons or {}).get(row.pk, "")
        made.append(decision)
    participations.follow(Decision.objects.bulk_create(made))
    return made


def record_all(made: Sequence[Decision], *, by: User) -> None:
    """The entries of `move_all` in the branch's chain: the caller's last statement."""
    if made:
        audit.record_many(
            by=by,
            branch_id=made[0].registration.branch_id,
            action=f"registration.{made[0].target}",
            objects=[decision.registration_id for decision in made],
        )


def lock(registration: Registration, *, version: int | None = None) -> Registration:
    """The row as it is now, locked until the transaction ends. Raises ActionRefused `changed` if it is not the
    version that was looked at."""
    locked = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    refuse_another_version(locked, seen=version)
    return locked


def moved(target: State, *, by: User | None, at: datetime) -> dict[str, Any]:
    """What the columns of MOVED become; who decided stays where a move decides nothing."""
    columns = {"state": target, "with_head_at": None, **Registration.NO_CLAIM}
    if target in DECIDED:
        columns |= {"decided_at": at, "decided_by": by}
    elif target == State.SUBMITTED:
        columns |= {"decided_at": None, "decided_by": None}
    return columns


def refuse_another_version(registration: Registration, *, seen: int | None) -> None:
    """Raises ActionRefused `changed` where another version than the one that was looked at is stored by now."""
    if seen not in (None, registration.version):
        raise ActionRefused(
            "changed", _("The officer has corrected this registration meanwhile. Look at it again.")
        )


def is_second_approval(collision: IntegrityError) -> bool:
    """Did the database refuse it because its NIK has an approved registration? SQLite names the column only."""
    return "registration_one_live_approval" in str(collision) or "nik_index" in str(collision)


def already_approved(registration: Registration, other: Registration | None) -> ActionRefused:
    """What is said then, and what to do; `other` is the approved one, None if it has moved on since. Of another
    branch's it is not told that its worker withdrew the consent, only that there is nothing to ask."""
    if other is None:
        said = _("The approved one with this NIK has moved on just now. Try again.")
    elif other.branch_id == registration.branch_id:
        said = (
            _("%s has this NIK and is approved, and its worker withdrew the consent. Withdraw it first.")
            if other.consent_withdrawn_at
            else _("%s has this NIK and is approved. Return this one, or withdraw that one.")
        ) % other
    elif other.consent_withdrawn_at:
        said = _(
            "Another branch has not ended its approval of this NIK yet. Let it wait, and try again later."
        )
    elif TwinVerdict.objects.in_force().of(registration.pk).of(other.pk).exists():
        said = different_people()
    else:
        said = _("Another branch has approved this NIK: its head decides. Ask under “Possible twins”.")
    return ActionRefused("already_approved", said)


def different_people() -> str:
    """What another branch's head has said of an approved one with this NIK, and what follows for this one."""
    return _(
        "The head of another branch has decided: different people. With this NIK it can't be approved: "
        "return it, so that the NIK is corrected."
    )


def goes_to_head(registration: Registration) -> bool:
    """Would a return be the second one? Then it goes to the branch head, who may return it as often as they see fit.
    One query."""
    if registration.with_head_at:
        return False
    return registration.decisions.filter(target=State.RETURNED).exists()


def check(
    *,
    by: User | None,
    registration: Registration,
    target: str,
    reason: str = "",
    new_version: bool = False,
    judged: bool = False,
    answered: bool = False,
    stood: Duties | None = None,
) -> Move:
    """The move of the table for this state, target and person. Raises ActionRefused as `move` says.

    `judged`: a twin is withdrawn by whoever judges it (`verdicts`, `arbitrations`), who has been asked already whether
    they may; what holds for a reviewer's move holds for theirs. `answered`: the core system's answer to its batch makes
    the move. `stood`: where they stood on the days of these registrations (`duties`), for whoever asks about many;
    looked up if None. Of what is not approved nothing else is asked of the database.
    """
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
    if judged:
        found = replace(found, actor=Actor.REVIEWER)
    elif not _may(by, found, registration):
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))
    _refuse_what_the_head_has(by, found, registration)
    if found.actor == Actor.REVIEWER and worked_on(by, registration, stood):
        raise _own_work()
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


def check_judge(*, by: User, registration: Registration) -> None:
    """May this person judge a registration that does not move, the one of two twins that stays? Raises ActionRefused:
    `two_people`, `claimed`."""
    if worked_on(by, registration):
        raise _own_work()
    if registration.is_held(now=timezone.now()) and registration.claimed_by_id != by.pk:
        raise _claimed()


def _own_work() -> ActionRefused:
    return ActionRefused(
        "two_people", _("You registered, typed or stood at this booth that day. Leave it to a colleague.")
    )


def _claimed() -> ActionRefused:
    return ActionRefused("claimed", _("A colleague is checking it just now. Take another one meanwhile."))


def _no_guardian(*, named: bool) -> ActionRefused:
    """What is missing of a guardian: their name, or only their yes."""
    if named:
        return ActionRefused(
            "guardian_not_agreed",
            _("The guardian is named and has not agreed yet. Return it to the officer."),
        )
    return ActionRefused("guardian_missing", _("The guardian's name is missing. Return it to the officer."))


def refusal(
    *, by: User, registration: Registration, target: str, stood: Duties | None = None
) -> ActionRefused | None:
    """Why `move` would refuse this person this move, a reason being given; None if it would not. One query, or with
    `stood` as in `check` none.

    For a page that says so before the click: `move` asks again under lock.
    """
    try:
        check(by=by, registration=registration, target=target, reason="given", stood=stood)
    except ActionRefused as refused:
        return refused
    return None


def duties(by: User, registrations: Collection[Registration]) -> Duties:
    """Where somebody stood on the days of these registrations. One query."""
    days = {_day(registration) for registration in registrations}
    there = Assignment.objects.filter(officer=by, day__in=days).order_by()
    return frozenset(there.values_list("booth_id", "day"))


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
            return (
                by is not None
                and by.branch_id == registration.branch_id
                and (
                    by.has_perm(REVIEW) or (bool(registration.with_head_at) and by.has_perm(DECIDE_FOR_HEAD))
                )
            )
        case Actor.OFFICER:
            own = by is not None and by.pk in (registration.officer_id, registration.entered_by_id)
            return own and by.has_perm(REGISTER)


def _refuse_what_another_holds(by: User | None, found: Move, registration: Registration) -> None:
    """While a reviewer looks at it, no colleague decides and its officer changes nothing. The clock never waits."""
    now = timezone.now()
    if by is None or not registration.is_held(now=now) or registration.claimed_by_id == by.pk:
        return
    if found.actor == Actor.REVIEWER:
        raise _claimed()
    raise ActionRefused("being_checked", _("It is being checked just now. Try again in a little while."))


def _refuse_what_the_head_has(by: User | None, found: Move, registration: Registration) -> None:
    """While it is with the branch head they alone decide, and its officer corrects nothing; the worker may still
    change their mind."""
    if not registration.with_head_at:
        return
    if found.actor == Actor.REVIEWER and not by.has_perm(DECIDE_FOR_HEAD):
        raise ActionRefused("with_head", _("It was returned before: the branch head decides on it now."))
    if found.new_version:
        raise ActionRefused(
            "with_head",
            _("The branch head is looking at it. You can correct it once they have sent it back."),
        )


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


def worked_on(by: User, registration: Registration, stood: Duties | None = None) -> bool:
    """Two people: not the officer, not the typist, nobody who stood at that booth that day. `stood` as in `check`."""
    if by.pk in (registration.officer_id, registration.entered_by_id):
        return True
    here = (registration.booth_id, _day(registration))
    return here in (duties(by, [registration]) if stood is None else stood)


def _day(registration: Registration) -> date:
    return timezone.localtime(registration.registered_at).date()
