"""A reviewer's claim: for ten minutes a waiting registration is theirs to look at, so that two never check the same
one and its officer does not change it under their eyes. A claim runs out by itself; a decision ends it.

A reviewer has one at a time, held by a constraint: taking another ends the one before, or somebody could keep the
whole queue from their colleagues, and its officers from correcting. Taking one is in the audit chain, because it
decides who may do what; asking for more time is not. Nobody needs a claim to decide, but nobody decides against
another's.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from enrolment.actions import decisions
from enrolment.choices import State
from enrolment.models import Registration
from enrolment.queries import queue
from outreach.actions import audit
from outreach.models import User

HELD_FOR = timedelta(minutes=10)


def take_next(*, by: User, after: Registration | None = None) -> Registration | None:
    """Claim the next waiting registration that this reviewer may decide on: behind `after`, else the oldest.

    None if nobody waits for them. The claim that they had ends.
    """
    with transaction.atomic():
        _one_at_a_time(by)
        had = _end_all(by)
        for waiting in queue.takeable(by, after=after, now=timezone.now()):
            row = _lock_first(waiting)
            if row and _hold(row, by=by):
                _record(row, by=by, had=had)
                return row
    return None


def claim(*, by: User, registration: Registration) -> Registration:
    """Claim this one, or hold it for ten minutes more. Raises ActionRefused as `decisions.check` does: `claimed` if a
    colleague has it."""
    with transaction.atomic():
        _one_at_a_time(by)
        _lock_both(registration, by=by)
        locked = decisions.lock(registration)
        # Whoever may return it may look at it: the move that asks for nothing of the content.
        decisions.check(by=by, registration=locked, target=State.RETURNED, reason="given")
        had = _end_all(by)
        if _hold(locked, by=by):
            _record(locked, by=by, had=had)
    return locked


def release(*, by: User, registration: Registration) -> None:
    """End one's own claim; another's stays."""
    Registration.objects.filter(pk=registration.pk, claimed_by=by).update(**Registration.NO_CLAIM)


def held_since(registration: Registration) -> datetime | None:
    """When the reviewer who looks at it took it, or last asked for more time; None if nobody does."""
    held = registration.is_held(now=timezone.now())
    return registration.claimed_until - HELD_FOR if held else None


def _one_at_a_time(by: User) -> None:
    """Of two that the same reviewer takes at once, in two tabs, the second waits here."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def _lock_both(registration: Registration, *, by: User) -> None:
    """The one to take and the one to give back, always in the same order: two reviewers never wait for each other."""
    both = Registration.objects.filter(Q(pk=registration.pk) | Q(claimed_by=by)).order_by("pk")
    list(both.select_for_update(of=("self",)).values_list("pk"))


def _end_all(by: User) -> set:
    """End what this reviewer has, and tell which of it had not run out."""
    held = Registration.objects.filter(claimed_by=by)
    had = set(held.filter(claimed_until__gt=timezone.now()).values_list("pk", flat=True))
    held.update(**Registration.NO_CLAIM)
    return had


def _record(row: Registration, *, by: User, had: set) -> None:
    if row.pk not in had:
        audit.record(by=by, branch_id=row.branch_id, action="registration.claim", object_id=row.pk)


def _lock_first(waiting: QuerySet) -> Registration | None:
    """The first row that no other transaction is just taking. SQLite has one writer and no row locks."""
    return waiting.select_for_update(skip_locked=True, of=("self",)).first()


def _hold(row: Registration, *, by: User) -> bool:
    """Conditional, so that it would also be right without the lock."""
    now = timezone.now()
    free = Registration.objects.filter(pk=row.pk, state=State.SUBMITTED).free_for(by, now=now)
    row.claimed_by, row.claimed_at, row.claimed_until = by, now, now + HELD_FOR
    return free.update(claimed_by=by, claimed_at=now, claimed_until=row.claimed_until) == 1
