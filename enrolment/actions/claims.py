"""A reviewer's claim: for ten minutes a waiting registration is theirs to look at, so that two never check the same
one and its officer does not change it under their eyes. A claim runs out by itself; a decision ends it.

It is no event of the registration and writes no audit row: opening the page does that. Nobody needs one to decide,
but nobody decides against another's.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from enrolment.actions import decisions
from enrolment.choices import State
from enrolment.models import Registration
from enrolment.queries import queue
from outreach.models import User

HELD_FOR = timedelta(minutes=10)


def take_next(*, by: User, after: Registration | None = None) -> Registration | None:
    """Claim the next waiting registration that this reviewer may decide on: behind `after`, else the oldest.

    None if nobody waits for them. A claim of theirs on `after` ends, for they have passed it by.
    """
    with transaction.atomic():
        if after is not None:
            release(by=by, registration=after)
        for waiting in queue.takeable(by, after=after, now=timezone.now()):
            row = _lock_first(waiting)
            if row and _hold(row, by=by):
                return row
    return None


def claim(*, by: User, registration: Registration) -> Registration:
    """Claim this one, or hold it for ten minutes more. Raises ActionRefused as `decisions.check` does: `claimed` if a
    colleague has it."""
    with transaction.atomic():
        locked = decisions.lock(registration)
        # Whoever may return it may look at it: the move that asks for nothing of the content.
        decisions.check(by=by, registration=locked, target=State.RETURNED, reason="given")
        _hold(locked, by=by)
    return locked


def release(*, by: User, registration: Registration) -> None:
    """End one's own claim; another's stays."""
    Registration.objects.filter(pk=registration.pk, claimed_by=by).update(claimed_by=None, claimed_until=None)


def held_since(registration: Registration) -> datetime | None:
    """When the reviewer who looks at it took it, or last asked for more time; None if nobody does."""
    held = registration.is_held(now=timezone.now())
    return registration.claimed_until - HELD_FOR if held else None


def _lock_first(waiting: QuerySet) -> Registration | None:
    """The first row that no other transaction is just taking. SQLite has one writer and no row locks."""
    return waiting.select_for_update(skip_locked=True, of=("self",)).first()


def _hold(row: Registration, *, by: User) -> bool:
    """Conditional, so that it would also be right without the lock."""
    now = timezone.now()
    free = Registration.objects.filter(pk=row.pk, state=State.SUBMITTED).free_for(by, now=now)
    row.claimed_by, row.claimed_until = by, now + HELD_FOR
    return free.update(claimed_by=by, claimed_until=row.claimed_until) == 1
