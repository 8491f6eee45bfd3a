"""How often something may be tried within a time, counted so that it holds however many ask in the same moment.

A cache can't do it: what two workers read and then write is one try for both. Here each try waits for the row of the
one before it, and is counted before what it asks for is even looked up.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from outreach import crypto
from outreach.models import Allowance


def spend(what: str, *, limit: int, within: timedelta, count: int = 1) -> bool:
    """Count a try, and tell whether it may be made: at most `limit` from the first one on until `within` is over.

    What is refused does not lengthen the time, and once all is spent it is a mere look: nobody keeps the database
    writing by going on. Committed at once: whatever is rolled back later, it was tried.
    """
    key, now = _key(what), timezone.now()
    rows = Allowance.objects.filter(key=key)
    if rows.filter(spent__gte=limit, ends_at__gt=now).exists():
        return False
    with transaction.atomic(durable=True):
        row = _locked(rows, Allowance(key=key, ends_at=now + within))
        if row.ends_at <= now:
            row.spent, row.ends_at = 0, now + within
        may = row.spent + count <= limit
        if row.spent < limit:  # else another one spent the rest meanwhile
            row.spent = min(row.spent + count, limit)
            row.save(update_fields=("spent", "ends_at"))
    return may


def give_back(what: str) -> None:
    """One try was none, inside the caller's transaction."""
    Allowance.objects.filter(key=_key(what), spent__gt=0).update(spent=F("spent") - 1)


def forget() -> None:
    """Delete what is over; part of the daily purge. A row that is just being counted on again stays."""
    over = Allowance.objects.filter(ends_at__lt=timezone.now()).order_by("key")
    with transaction.atomic():
        keys = list(over.select_for_update(skip_locked=True).values_list("key", flat=True))
        Allowance.objects.filter(key__in=keys).delete()


def _locked(rows: QuerySet, new: Allowance) -> Allowance:
    """The row, made where there is none. One that `forget` deletes before it is locked is made once more."""
    while (row := rows.select_for_update().first()) is None:
        Allowance.objects.bulk_create([new], ignore_conflicts=True)
    return row


def _key(what: str) -> bytes:
    return crypto.blind_index("limit", what)
