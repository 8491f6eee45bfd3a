"""The checker of who paid: single rows, in plain Python. What was paid is read from what was written down, not from the
columns that the page counts, so a cache that fell behind shows here. Of the page's code it uses nothing."""

from datetime import UTC, date, datetime, timedelta

from enrolment.models import Decision, ParticipationEntry, Registration
from outreach.models import Event

FIGURES = ("followed", "paid", "still", "acquired", "over_7", "within_7", "over_30", "within_30")
AHEAD_OF_UTC = timedelta(hours=7)
CHUNK = 2_000


def add(found: dict[str, dict[str, int]], event: Event, *, at: datetime) -> None:
    """Into the figures of "total" and of each "booth A"."""
    last, approved = _moves(event)
    payments = _payments(event)
    today = _day(at)
    rows = Registration.objects.filter(event=event).values_list("pk", "kind", "booth__code")
    for pk, kind, booth in rows.iterator(CHUNK):
        if last.get(pk) not in ("approved", "lapsed"):
            continue
        number, day = approved[pk]
        paid_on = payments.get((pk, number))
        for place in ("total", f"booth {booth}"):
            figures = found[place]
            figures["followed"] += 1
            figures["paid"] += paid_on is not None
            figures["still"] += paid_on is not None and last[pk] == "approved"
            figures["acquired"] += paid_on is not None and kind == "new"
            for days in (7, 30):
                if (today - day).days > days:
                    figures[f"over_{days}"] += 1
                    figures[f"within_{days}"] += paid_on is not None and (paid_on - day).days <= days


def _moves(event: Event) -> tuple[dict, dict]:
    """(the last state, the number and day of the last approval), by registration."""
    last, approved = {}, {}
    moves = Decision.objects.filter(registration__event=event).order_by("registration_id", "number")
    for pk, number, target, at in moves.values_list("registration_id", "number", "target", "at").iterator(
        CHUNK
    ):
        last[pk] = target
        if target == "approved":
            approved[pk] = (number, _day(at))
    return last, approved


def _payments(event: Event) -> dict[tuple, date]:
    """The day of the first payment as it was written down last, by registration and number of the approval."""
    written = ParticipationEntry.objects.filter(participation__registration__event=event, kind="paid")
    return {
        (pk, number): on
        for pk, number, on in written.order_by("at", "id")
        .values_list("participation__registration_id", "participation__approval__number", "on")
        .iterator(CHUNK)
    }


def _day(at: datetime) -> date:
    return (at.astimezone(UTC) + AHEAD_OF_UTC).date()
