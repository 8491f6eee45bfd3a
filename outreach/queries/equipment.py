"""How far the equipment of each event is, in one query."""

from django.db.models import Count, Q, QuerySet

from outreach.choices import BACK_STATES, EquipmentKind, LineState
from outreach.models import Event, User


def events_with_progress(user: User) -> QuerySet[Event]:
    """The user's events, the latest first, each with its number of lines: `waiting` for an answer, `agreed` and not
    here yet, `out` and still to come back, `finished` (a grant that came, or a loan that is back)."""
    loan, grant = (Q(equipment_lines__kind=kind) for kind in EquipmentKind)
    came = Q(equipment_lines__state=LineState.HANDED_OVER)
    return (
        Event.objects.visible_to(user)
        .annotate(
            waiting=_lines(Q(equipment_lines__state=LineState.ASKED)),
            agreed=_lines(Q(equipment_lines__state=LineState.AGREED)),
            out=_lines(came & loan),
            finished=_lines((came & grant) | Q(equipment_lines__state__in=BACK_STATES)),
        )
        .order_by("-first_day", "slug")
    )


def _lines(condition: Q) -> Count:
    return Count("equipment_lines", filter=condition)
