"""Judging twins: one person, of whom one registration stays and the other is withdrawn, or two people. A verdict is
about a pair, is a row, and can be taken back.

Both registrations are locked in the order of their keys before anything is decided, so that of two reviewers who judge
the same pair at once, or keep one each, the second finds what the first has done: never are both withdrawn.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import decisions, participations
from enrolment.choices import State, Verdict
from enrolment.models import Registration, TwinVerdict
from enrolment.permissions import REVIEW
from enrolment.queries import duplicates
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import Assignment, User


def judge(
    *,
    by: User,
    registration: Registration,
    other: Registration,
    verdict: Verdict,
    reason: str,
    kept: Registration | None = None,
    seen: UUID | None = None,
    versions: Sequence[int] = (),
) -> TwinVerdict:
    """Say that two registrations are one person, of whom `kept` stays, or two people.

    `seen` is the verdict in force that stood on the screen, if one did, and is replaced; `versions` are the contents
    that were compared, of this and of the other. Raises ActionRefused as `decisions.check` does for whom it withdraws,
    and `not_allowed`, `judged` (a colleague has said something meanwhile), `changed` (an officer has corrected one),
    `no_twins` (they are no candidates any more), `reason_missing`.
    """
    reason = " ".join(reason.split())
    with transaction.atomic():
        registration, other = lock_both(registration, other)
        for row in (registration, other):
            _check_reviewer(by, row)
        _refuse_what_was_not_seen(registration, other, seen=seen)
        if versions and [*versions] != [registration.version, other.version]:
            raise ActionRefused(
                "changed", _("One of the two was corrected meanwhile. Compare them once more.")
            )
        made = settle(by=by, pair=(registration, other), verdict=verdict, kept=kept, reason=reason)
        # One row for each of the two, so that both find it; the one withdrawn has another beside it.
        for row in (registration, other):
            if row.state == State.WITHDRAWN:
                audit.record(
                    by=by, branch_id=row.branch_id, action="registration.withdrawn", object_id=row.pk
                )
            audit.record(by=by, branch_id=row.branch_id, action=f"twins.{verdict}", object_id=row.pk)
    return made


def take_back(*, by: User, registration: Registration, other: Registration, seen: UUID | None) -> None:
    """They may be the same person after all: both are shown as twins again. Of one person, the withdrawn one is
    reopened instead. Raises ActionRefused: `not_allowed`, `two_people`, `claimed`, `judged`, `move_refused`."""
    with transaction.atomic():
        registration, other = lock_both(registration, other)
        for row in (registration, other):
            _check_reviewer(by, row)
            decisions.check_judge(by=by, registration=row)
        _refuse_what_was_not_seen(registration, other, seen=seen)
        in_force = TwinVerdict.objects.of(registration.pk).of(other.pk).filter(verdict=Verdict.DIFFERENT)
        if not in_force.end(by=by, at=timezone.now()):
            raise _judged()
        for row in (registration, other):
            audit.record(by=by, branch_id=row.branch_id, action="twins.take_back", object_id=row.pk)


def lock_both(one: Registration, other: Registration) -> tuple[Registration, Registration]:
    """Both rows as they are now, locked until the transaction ends, always in the order of their keys."""
    rows = Registration.objects.select_for_update(of=("self",)).filter(pk__in=(one.pk, other.pk))
    locked = {row.pk: row for row in rows.order_by("pk")}
    return locked[one.pk], locked[other.pk]


def settle(
    *,
    by: User,
    pair: tuple[Registration, Registration],
    verdict: Verdict,
    kept: Registration | None,
    reason: str,
) -> TwinVerdict:
    """The verdict's row, in place of the one before, and what it does to the two. Inside the caller's transaction,
    under both locks; the caller has asked whether this person may judge these two at all, and writes the chain."""
    if not duplicates.alike(*pair):
        raise ActionRefused(
            "no_twins", _("These two are no twins any more: one of them has moved on. Look at them again.")
        )
    at = timezone.now()
    for row in pair:
        if verdict == Verdict.DIFFERENT or row == kept:
            decisions.check_judge(by=by, registration=row)
    if not reason:
        raise ActionRefused("reason_missing", _("Choose a reason, or write it in one sentence."))
    first, second = sorted(pair, key=lambda row: row.pk)
    TwinVerdict.objects.filter(first=first, second=second).end(by=by, at=at)
    said = TwinVerdict(first=first, second=second, verdict=verdict, by=by, at=at)
    said.kept = kept if verdict == Verdict.SAME else None
    said.reason = reason
    said.save(force_insert=True)
    for row in pair:
        if verdict == Verdict.SAME and row != kept:
            _withdraw(row, by=by, at=at, reason=reason)
    return said


def hindrances(*, by: User, rows: Sequence[Registration]) -> dict[UUID, str]:
    """Why this person may not judge these, in one sentence each; nothing where they may. One query, for a page that
    says so before the click: `judge` asks again under lock."""
    booths = {row.booth_id for row in rows}
    stood = set(Assignment.objects.filter(officer=by, booth__in=booths).values_list("booth", "day"))
    now, found = timezone.now(), {}
    for row in rows:
        day = timezone.localtime(row.registered_at).date()
        if by.pk in (row.officer_id, row.entered_by_id) or (row.booth_id, day) in stood:
            found[row.pk] = _("You registered, typed or stood at its booth that day: a colleague judges.")
        elif row.is_held(now=now) and row.claimed_by_id != by.pk:
            found[row.pk] = _("A colleague is checking it just now. Judge it afterwards.")
    return found


def _check_reviewer(by: User, row: Registration) -> None:
    if not by.has_perm(REVIEW) or by.branch_id != row.branch_id:
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))


def _refuse_what_was_not_seen(registration: Registration, other: Registration, *, seen: UUID | None) -> None:
    """Nobody overrules what they have not read."""
    in_force = TwinVerdict.objects.in_force().of(registration.pk).of(other.pk)
    if seen != in_force.values_list("pk", flat=True).first():
        raise _judged()


def _judged() -> ActionRefused:
    return ActionRefused("judged", _("A colleague has judged these two meanwhile. Look at them again."))


def _withdraw(row: Registration, *, by: User, at: datetime, reason: str) -> None:
    """The one of the two that does not stay. A reviewer's move, whoever's it is otherwise."""
    decisions.check(by=by, registration=row, target=State.WITHDRAWN, reason=reason, judged=True)
    source, row.state = row.state, State.WITHDRAWN
    row.with_head_at = row.claimed_by = row.claimed_at = row.claimed_until = None
    row.save(update_fields=decisions.MOVED)
    decision = decisions.add(registration=row, source=source, by=by, at=at, reason=reason)
    participations.follow([decision])
