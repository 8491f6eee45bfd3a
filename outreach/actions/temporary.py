"""Officers for one event alone: made as a whole list, out again when the event is over."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.actions import audit, people
from outreach.choices import DEMO_ACCOUNTS, EventState, Role
from outreach.errors import ActionRefused
from outreach.models import Assignment, Booth, Event, User

_MARKS = re.compile(r"[^a-z0-9]+")
_LONGEST_USERNAME = 40
_LONGEST_TITLE, _TITLES = 2, {"drs", "dra", "hjh", "prof"}  # dr., H., Hj., Ir. are short


def make(*, by: User, event: Event, lines: Sequence[tuple[str, str]]) -> list[User]:
    """An account that waits for its link for each (full name, booth's code or an empty text), in this order.

    All or nothing. A name that the event has already stays as it is, so the same list sent twice is made once.
    At its booth somebody stands from today, or from the first day on, to the last.
    Raises ActionRefused: "event_over", "booth_unknown", or "faster" when somebody took a username meanwhile.
    """
    with transaction.atomic():
        row = _lock(event)
        if is_over(row):
            raise ActionRefused("event_over", _("This event is over. Nobody was made for it."))
        booths = {booth.code: booth for booth in row.booths.all()}
        if any(code and code not in booths for _name, code in lines):
            raise ActionRefused("booth_unknown", _("A booth is gone meanwhile. Check the list again."))
        names = {name.casefold() for name, _code in lines}
        known = {person.full_name.casefold(): person for person in row.temporary_officers.all()}
        fresh = [line for line in lines if line[0].casefold() not in known]
        made = _insert(row, [name for name, _code in fresh])
        _assign(made, [booths.get(code) for _name, code in fresh], days_left(row))
        for person in known.values():
            if person.is_waiting and person.is_active and person.full_name.casefold() in names:
                people.record_shown(person, by=by)
        for person in made:
            audit.record(
                by=by,
                branch_id=row.branch_id,
                action="user.temporary",
                purpose=f"user {person.pk}, event {row.slug}",
            )
    known |= {person.full_name.casefold(): person for person in made}
    return [known[name.casefold()] for name, _code in lines]


def is_over(event: Event) -> bool:
    """Closed, or past its last day (Asia/Jakarta): nobody new is made for it."""
    return event.state == EventState.CLOSED or event.last_day < timezone.localdate()


def days_left(event: Event) -> list[date]:
    """The days of the event from today on (Asia/Jakarta)."""
    return [day for day in event.days if day >= timezone.localdate()]


def _lock(event: Event) -> Event:
    """Whoever sends the same list at the same moment waits here, and then finds everybody made."""
    return Event.objects.select_for_update(of=("self",)).get(pk=event.pk)


def _insert(event: Event, names: Sequence[str]) -> list[User]:
    officers = [
        User(
            username=username,
            full_name=name,
            role=Role.OFFICER,
            branch_id=event.branch_id,
            temporary_for=event,
        )
        for username, name in zip(_usernames(names), names, strict=True)
    ]
    for person in officers:
        person.set_unusable_password()
    try:
        with transaction.atomic():
            return User.objects.bulk_create(officers)
    except IntegrityError as error:
        raise ActionRefused("faster", _("A colleague was faster. Check the list again.")) from error


def _assign(officers: Iterable[User], booths: Iterable[Booth | None], days: Collection[date]) -> None:
    Assignment.objects.bulk_create(
        Assignment(booth=booth, officer=person, day=day)
        for person, booth in zip(officers, booths, strict=True)
        if booth
        for day in days
    )


def _usernames(names: Sequence[str]) -> Iterator[str]:
    """One for each name that nobody has: `Siti Nur Aini` → `siti.nur`, the next one `siti.nur2`."""
    stems = [_stem(name) for name in names]
    alike = Q()
    for stem in stems:
        alike |= Q(username__istartswith=stem)
    found = User.objects.filter(alike).values_list("username", flat=True) if stems else ()
    taken = {username.lower() for username in found} | set(DEMO_ACCOUNTS)
    for stem in stems:
        username, number = stem, 1
        while username in taken:
            number += 1
            username = f"{stem}{number}"
        taken.add(username)
        yield username


def _stem(name: str) -> str:
    """The first two words of a name in plain letters, without titles: short enough to be typed on a phone."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = _MARKS.sub(" ", plain.partition(",")[0].replace("'", "")).split()
    long = [word for word in words if len(word) > _LONGEST_TITLE and word not in _TITLES]
    return ".".join((long or words)[:2])[:_LONGEST_USERNAME].strip(".") or "petugas"
