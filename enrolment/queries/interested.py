"""How many people an event interested: everybody who registered, and everybody noted as a prospect.

Who was a prospect first and registered at the same event counts once, where they were noted. A withdrawn registration
interests nobody by itself, as everywhere in the counts; a prospect stays counted when the name is destroyed.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from enrolment.choices import State
from enrolment.models import Prospect
from outreach.models import Event

Place = tuple[int, int]
"""The ids of a booth and an officer."""


@dataclass(frozen=True, slots=True)
class Interested:
    """People by place. `prospects` of them were noted, of whom `to_call` still wait for a call."""

    places: Counter[Place] = field(default_factory=Counter)
    prospects: int = 0
    to_call: int = 0

    @property
    def people(self) -> int:
        return self.places.total()

    def by(self, part: int) -> Counter[int]:
        """By booth (0) or by officer (1)."""
        found: Counter[int] = Counter()
        for place, people in self.places.items():
            found[place[part]] += people
        return found


def interested(event: Event, *, registered: Counter[Place]) -> Interested:
    """One query, whatever the number of prospects. `registered` are those of the event that are not withdrawn."""
    places, prospects, to_call = Counter(registered), 0, 0
    open_now = Q(closed_at=None, kept_until__gte=timezone.localdate())
    rows = (
        Prospect.objects.filter(event=event)
        .order_by()
        .values_list(
            "booth_id", "officer_id", "registration__event_id", "registration__state", "registration__booth_id",
            "registration__officer_id",
        )
        .annotate(people=Count("pk"), open=Count("pk", filter=open_now))
    )  # fmt: skip
    for booth, officer, at_event, state, to_booth, to_officer, people, still_open in rows:
        places[booth, officer] += people
        if at_event == event.pk and state != State.WITHDRAWN:
            places[to_booth, to_officer] -= people
        prospects += people
        to_call += still_open
    return Interested(places, prospects, to_call)
