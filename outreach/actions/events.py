"""What happens to an event as a whole: its moves, and a copy for the next occasion."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.actions import audit
from outreach.choices import EVENT_MOVES, EventState, Role
from outreach.errors import ActionRefused
from outreach.models import Assignment, Booth, Event, User
from outreach.queries.shifts import open_shifts
from outreach.templatetags.formats import day_short

_COPIED = (
    "branch_id",
    "campaign_id",
    "organiser_id",
    "occasion",
    "venue",
    "village_code",
    "opens_at",
    "closes_at",
)


def move(*, by: User, event: Event, target: str) -> Event:
    """Move an event along planned → open → closed, and return it as it is stored now.

    Raises ActionRefused("move_not_allowed") for any other move, also when somebody was faster, and "booths_open"
    for one to closed while a booth that somebody stood at has not ended its day.
    """
    with transaction.atomic():
        row = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
        if target not in EVENT_MOVES[EventState(row.state)]:
            raise ActionRefused("move_not_allowed", _refusal(row))
        if target == EventState.CLOSED:
            _check_shifts(row)
        row.state = target
        row.save(update_fields=("state",))
        audit.record(
            by=by,
            branch_id=row.branch_id,
            action=f"event.{target}",
            fields=("state",),
            purpose=f"event {row.slug}",
        )
    return row


def copy(
    *, by: User, source: Event, slug: str, name: str, first_day: date, target: int | None = None
) -> Event:
    """A planned event like an earlier one, as long as it was, with its booths and their officers.

    Assignments move with their day; who is no officer of the branch any more, or was one for the earlier event
    only, stays behind. `target` in workers,
    the earlier one's if None. Raises ActionRefused("slug_taken").
    """
    shift = first_day - source.first_day
    made = Event(
        slug=slug,
        name=name,
        first_day=first_day,
        last_day=source.last_day + shift,
        target=source.target if target is None else target,
        **{field: getattr(source, field) for field in _COPIED},
    )
    with transaction.atomic():
        _insert(made)
        booths = _copy_booths(source, made)
        _copy_assignments(source, booths, shift)
        audit.record(
            by=by, branch_id=made.branch_id, action="event.copy", purpose=f"event {made.slug} < {source.slug}"
        )
    return made


def _refusal(event: Event) -> str:
    return {
        EventState.PLANNED: _("This event is only planned. Open it first."),
        EventState.OPEN: _("This event is open already. Nothing was changed."),
        EventState.CLOSED: _("This event is closed and stays closed. Copy it for the next occasion."),
    }[EventState(event.state)]


def _check_shifts(event: Event) -> None:
    still_open = open_shifts(event, until=timezone.localdate())
    if still_open:
        named = ", ".join(f"{code} {day_short(day)}" for _booth, code, day in still_open)
        raise ActionRefused(
            "booths_open", _("The event stays open: close each booth's day first. Still open: %s.") % named
        )


def _insert(event: Event) -> None:
    """In a savepoint of its own, because the constraint may say that somebody was faster."""
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError as error:
        raise ActionRefused("slug_taken", _("This short name is taken. Choose another one.")) from error


def _copy_booths(source: Event, made: Event) -> dict[int, Booth]:
    """The new booths by the id of the booth each was copied from."""
    return {
        booth.pk: Booth.objects.create(event=made, code=booth.code, target=booth.target)
        for booth in source.booths.all()
    }


def _copy_assignments(source: Event, booths: dict[int, Booth], shift) -> None:
    kept = Assignment.objects.filter(
        booth__event=source,
        officer__is_active=True,
        officer__role=Role.OFFICER,
        officer__temporary_for=None,
        officer__branch_id=source.branch_id,
    )
    Assignment.objects.bulk_create(
        Assignment(booth=booths[duty.booth_id], officer_id=duty.officer_id, day=duty.day + shift)
        for duty in kept
    )
