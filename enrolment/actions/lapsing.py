"""Lapsing by the clock: who was approved and never paid, so that the worker may come again; and, where the branch
writes down every payment, who stopped paying.

Each one is its own transaction, judged again under the locks that a payment takes: of a payment and a lapse in the
same moment exactly one wins. So it is safe to run at any time, twice, and to break it off.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrolment.actions import decisions
from enrolment.choices import Stage, State
from enrolment.contributions import add_months
from enrolment.models import Participation
from outreach.errors import ActionRefused
from outreach.models import Branch

BATCH = 500
Outcome = Literal["waiting", "unpaid", "stopped", "in_batch", "consent_withdrawn", "changed"]
LAPSES: tuple[Outcome, ...] = ("waiting", "unpaid", "stopped")
"""These lapse: never handed over, never paid, stopped paying. The others are left."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Approved before `unpaid` and not paid, or covered only until a month before `stopped` (None: nobody lapses for
    that)."""

    unpaid: datetime
    stopped: date | None


def limits(*, now: datetime) -> Limits:
    """By the settings, at this moment: LAPSE_DAYS whole days after the day of the approval (Asia/Jakarta), and
    LAPSE_STOPPED_MONTHS whole months after the last paid one."""
    today = timezone.localdate(now)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    months = settings.LAPSE_STOPPED_MONTHS
    return Limits(
        unpaid=midnight - timedelta(days=settings.LAPSE_DAYS),
        stopped=add_months(today.replace(day=1), -months) if months else None,
    )


def preview(*, now: datetime) -> Counter[tuple[str, Outcome]]:
    """What `lapse` would do now, as (slug of the event, outcome). Writes nothing."""
    found: Counter[tuple[str, Outcome]] = Counter()
    limit = limits(now=now)
    for rows in _batches(limit):
        found.update((row.event.slug, _judged(row, limit)) for row in rows)
    return found


def lapse(*, now: datetime) -> Counter[tuple[str, Outcome]]:
    """Let lapse whose time is over; (slug of the event, outcome) of all that were looked at."""
    found: Counter[tuple[str, Outcome]] = Counter()
    limit = limits(now=now)
    for rows in _batches(limit):
        for row in rows:
            outcome = _judged(row, limit)
            found[row.event.slug, _lapse(row, limit) if outcome in LAPSES else outcome] += 1
    return found


def _lapse(seen: Participation, limit: Limits) -> Outcome:
    with transaction.atomic():
        registration = decisions.lock(seen.registration)
        row = _rows().select_for_update(of=("self",)).filter(pk=seen.pk, ended_at=None).first()
        outcome = _judged(row, limit) if row else "changed"
        if outcome not in LAPSES:
            return outcome
        try:
            decisions.move(by=None, registration=registration, target=State.LAPSED, reason=_reason(outcome))
        except ActionRefused:
            return "changed"
    return outcome


def _judged(row: Participation, limit: Limits) -> Outcome:
    """What the clock does with a participation that stands; "changed" if nothing."""
    if row.paid_on is None:
        over = row.approved_at < limit.unpaid
        outcome: Outcome = "waiting" if row.stage == Stage.WAITING else "unpaid"
    else:
        over = limit.stopped is not None and row.covered_until < limit.stopped
        outcome = "stopped"
    if not over:
        return "changed"
    if row.stage == Stage.IN_BATCH:
        return "in_batch"
    return "consent_withdrawn" if row.registration.consent_withdrawn_at else outcome


def _reason(outcome: Outcome) -> str:
    if outcome == "stopped":
        return ngettext(
            "No month was paid for more than %(count)d month.",
            "No month was paid for more than %(count)d months.",
            settings.LAPSE_STOPPED_MONTHS,
        ) % {"count": settings.LAPSE_STOPPED_MONTHS}
    return _("Not paid within %(days)d days of the approval.") % {"days": settings.LAPSE_DAYS}


def _batches(limit: Limits) -> Iterator[list[Participation]]:
    """All whose time is over, by branch and stage and the oldest approval first, as the index has them. By keyset: what
    has lapsed and what is left are both behind it."""
    over = {
        stage: Q(approved_at__lt=limit.unpaid) for stage in (Stage.WAITING, Stage.IN_BATCH, Stage.ACCEPTED)
    }
    if limit.stopped:
        over |= {stage: Q(covered_until__lt=limit.stopped) for stage in Stage.after_payment()}
    for branch in Branch.objects.order_by("pk"):
        for stage, condition in over.items():
            rows = _rows().filter(condition, branch=branch, stage=stage, ended_at=None)
            mark: tuple[datetime, UUID] | None = None
            while some := list(_behind(rows, mark).order_by("approved_at", "id")[:BATCH]):
                yield some
                mark = some[-1].approved_at, some[-1].pk


def _behind(rows: QuerySet, mark: tuple[datetime, UUID] | None) -> QuerySet:
    if mark is None:
        return rows
    at, pk = mark
    return rows.filter(Q(approved_at__gte=at) & (Q(approved_at__gt=at) | Q(id__gt=pk)))


def _rows() -> QuerySet:
    return Participation.objects.select_related("registration", "event")
