"""Which booths of an event have not ended their day: it closes when every one has."""

from datetime import date

from django.db.models import Exists, OuterRef

from outreach.models import Assignment, BoothReconciliation, Event


def open_shifts(event: Event, *, until: date) -> list[tuple[int, str, date]]:
    """(booth id, code, day) of every booth that somebody stood at up to this day and that nobody has closed yet."""
    closed = BoothReconciliation.objects.filter(booth=OuterRef("booth"), day=OuterRef("day"))
    return list(
        Assignment.objects.filter(~Exists(closed), booth__event=event, day__lte=until)
        .order_by("day", "booth__code")
        .values_list("booth_id", "booth__code", "day")
        .distinct()
    )
