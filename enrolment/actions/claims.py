"""A reviewer's claim: for ten minutes a waiting registration is theirs to look at, so that two never check the same
one and its officer does not change it under their eyes. A claim runs out by itself; a decision ends it. Work on the
page renews the ten minutes, up to half an hour after it was taken: who needs longer has been called away.

A reviewer has one at a time, held by a constraint: taking another ends the one before, or somebody could keep the
whole queue from their colleagues, and its officers from correcting. Taking one is in the audit chain, because it
decides who may do what; asking for more time is not. Nobody needs a claim to decide, but nobody decides against
another's.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

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
HELD_AT_MOST = timedelta(minutes=30)
"""However much they work on it: then a colleague may take it, and so may they, which is in the chain again."""


def take_next(*, by: User, after: Registration | None = None) -> Registration | None:
    """Claim the next waiting registration that this reviewer may decide on: behind `after`, else the oldest.

    None if nobody waits for them. The claim that they had ends.
    """
    with transaction.atomic():
        _one_at_a_time(by)
        had = _end_all(by)
        for waiting in queue.takeable(by, after=after, now=timezone.now()):
            row = _lock_first(waiting)
            if row and _hold(row, by=by, since=had.get(row.pk)):
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
        if _hold(locked, by=by, since=had.get(locked.pk)):
            _record(locked, by=by, had=had)
    return locked


def renew(*, by: User, registration: Registration) -> datetime | None:
    """Ten minutes more from now for whoever works on it; the claim's new end. None if it is not theirs, or has run
    out: then somebody else may have it. When it was taken stays, and with it the latest end."""
    now = timezone.now()
    since = _taken_at(registration, by=by, now=now)
    if since is None:
        return None
    until = _until(since, now=now)
    return until if _extend(registration, by=by, now=now, until=until) else None


def latest_end(registration: Registration) -> datetime:
    """Beyond this moment no work renews the claim."""
    return registration.claimed_at + HELD_AT_MOST


def release(*, by: User, registration: Registration) -> None:
    """End one's own claim; another's stays."""
    Registration.objects.filter(pk=registration.pk, claimed_by=by).update(**Registration.NO_CLAIM)


def held_since(registration: Registration) -> datetime | None:
    """When the reviewer who looks at it took it; None if nobody does."""
    return registration.claimed_at if registration.is_held(now=timezone.now()) else None


def _one_at_a_time(by: User) -> None:
    """Of two that the same reviewer takes at once, in two tabs, the second waits here."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def _lock_both(registration: Registration, *, by: User) -> None:
    """The one to take and the one to give back, always in the same order: two reviewers never wait for each other."""
    both = Registration.objects.filter(Q(pk=registration.pk) | Q(claimed_by=by)).order_by("pk")
    list(both.select_for_update(of=("self",)).values_list("pk"))


def _end_all(by: User) -> dict[UUID, datetime]:
    """End what this reviewer has, and tell which of it had not run out, and since when they have it: taking that one
    is holding it longer."""
    held = Registration.objects.filter(claimed_by=by)
    had = dict(held.filter(claimed_until__gt=timezone.now()).values_list("pk", "claimed_at"))
    held.update(**Registration.NO_CLAIM)
    return had


def _record(row: Registration, *, by: User, had: Collection[UUID]) -> None:
    if row.pk not in had:
        audit.record(by=by, branch_id=row.branch_id, action="registration.claim", object_id=row.pk)


def _lock_first(waiting: QuerySet) -> Registration | None:
    """The first row that no other transaction is just taking. SQLite has one writer and no row locks."""
    return waiting.select_for_update(skip_locked=True, of=("self",)).first()


def _hold(row: Registration, *, by: User, since: datetime | None = None) -> bool:
    """`since`: they have it already. Conditional, so that it would also be right without the lock."""
    now = timezone.now()
    free = Registration.objects.waiting().filter(pk=row.pk).free_for(by, now=now)
    row.claimed_by, row.claimed_at = by, since or now
    row.claimed_until = _until(row.claimed_at, now=now)
    return free.update(claimed_by=by, claimed_at=row.claimed_at, claimed_until=row.claimed_until) == 1


def _until(since: datetime, *, now: datetime) -> datetime:
    return min(now + HELD_FOR, since + HELD_AT_MOST)


def _taken_at(registration: Registration, *, by: User, now: datetime) -> datetime | None:
    """When they took it, if they still hold it."""
    return _mine(registration, by=by, now=now).values_list("claimed_at", flat=True).first()


def _extend(registration: Registration, *, by: User, now: datetime, until: datetime) -> bool:
    """Conditional: between the look and this somebody else may have taken it."""
    return _mine(registration, by=by, now=now).update(claimed_until=until) == 1


def _mine(registration: Registration, *, by: User, now: datetime) -> QuerySet:
    return Registration.objects.filter(pk=registration.pk, claimed_by=by, claimed_until__gt=now)
