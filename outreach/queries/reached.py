"""How many people an event reached: greeted at its booths, and present at its sessions.

Head counts of two kinds, added up: who was greeted and came to a session as well is in both.
"""

from dataclasses import dataclass, field

from django.db.models import Count, Sum

from outreach.models import Event, Greeting, OutreachSession
from outreach.queries.greetings import PEOPLE


@dataclass(frozen=True, slots=True)
class Reached:
    """`at_booths`: people greeted by booth code, without the booths that have none. `sessions` were held, with
    `in_sessions` people together."""

    at_booths: dict[str, int] = field(default_factory=dict)
    sessions: int = 0
    in_sessions: int = 0

    @property
    def greeted(self) -> int:
        return sum(self.at_booths.values())

    @property
    def people(self) -> int:
        return self.greeted + self.in_sessions


def reached(event: Event) -> Reached:
    """Two queries, whatever the number of taps and sessions."""
    booths = (
        Greeting.objects.filter(booth__event=event).order_by().values_list("booth__code").annotate(n=PEOPLE)
    )
    held = OutreachSession.objects.filter(event=event).order_by()
    return Reached(
        at_booths=dict(booths),
        **held.aggregate(sessions=Count("*"), in_sessions=Sum("people_reached", default=0)),
    )
