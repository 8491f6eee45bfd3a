"""The demo's field work: outreach sessions, people greeted, the coordination log. May be loaded again and again."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone

from outreach.actions import coordination, sessions
from outreach.actions.coordination import CoordinationContent
from outreach.actions.sessions import SessionContent
from outreach.errors import ActionRefused
from outreach.models import Coordination, Event, Greeting, User

SESSIONS = (
    # event, day, hour, place, topic, people
    (
        "penjaringan-2023",
        date(2023, 6, 24),
        time(9),
        "Panggung utama",
        "Jaminan untuk pedagang dan nelayan",
        85,
    ),
    ("penjaringan-2023", date(2023, 6, 25), time(10, 30), "Tenda pelapak", "Manfaat JKK dan JKM", 40),
    ("taman-waduk-pluit-2026", date(2026, 11, 20), time(9, 30), "Balai RW 017", "Keringanan iuran 2026", 32),
)
GREETED = {"penjaringan-2023": {"A": 96, "B": 58}, "taman-waduk-pluit-2026": {"A": 71, "B": 44}}
"""People greeted at each booth on the event's first day, one every four minutes from nine o'clock."""
COORDINATION = (
    # event, content, done
    ("penjaringan-2023", CoordinationContent(
        day=date(2023, 6, 12), office="Kelurahan Penjaringan", person="Sekretaris Lurah (nama rekaan)",
        outcome="Lapangan boleh dipakai dua hari. Listrik dari genset cabang.", letter_number="CONTOH/012/2023",
        next_step="Kirim surat pemberitahuan ke RW 006.", due_on=date(2023, 6, 19),
    ), True),
    ("taman-waduk-pluit-2026", CoordinationContent(
        day=date(2026, 11, 9), office="Pengelola Taman Waduk Pluit", person="Kepala pengelola (nama rekaan)",
        outcome="Stan di dekat gerbang timur, masuk mulai pukul 07.00.", letter_number="",
        next_step="Sampaikan laporan akhir bazar.", due_on=date(2026, 11, 23),
    ), False),
    ("bazar-hari-ini", CoordinationContent(
        day=date(2026, 11, 16), office="Karang Taruna RW 006", person="Ketua karang taruna (nama rekaan)",
        outcome="Tenda dan kursi dipasang panitia sehari sebelumnya.", letter_number="CONTOH/047/2026",
        next_step="Tanyakan jumlah pelapak yang ikut.", due_on=date(2026, 12, 4),
    ), False),
)  # fmt: skip


def load(*, officer: User, head: User) -> None:
    """Through the actions, which recognise what is stored; the taps of past days can't be made by theirs."""
    events = {slug: Event.objects.get(slug=slug) for slug, *_rest in (*SESSIONS, *COORDINATION)}
    for slug, day, hour, place, topic, reached in SESSIONS:
        starts_at = timezone.make_aware(datetime.combine(day, hour))
        content = SessionContent(starts_at, place, topic, officer, reached)
        made = known_id(slug, topic)
        unless_changed(sessions.enter, by=officer, event=events[slug], session_id=made, content=content)
    for slug, content, is_done in COORDINATION:
        made = known_id(slug, content.office)
        unless_changed(coordination.note, by=head, event=events[slug], coordination_id=made, content=content)
        if is_done:
            unless_changed(coordination.done, by=head, row=Coordination.objects.get(pk=made))
    Greeting.objects.bulk_create(_greetings(events, officer), ignore_conflicts=True)


def known_id(*names: object) -> UUID:
    """The same id on every run."""
    return uuid5(NAMESPACE_URL, "/".join(map(str, ("demo", *names))))


def unless_changed(action: Callable, **content) -> None:
    """What a visitor has changed or closed meanwhile stays as they left it."""
    with contextlib.suppress(ActionRefused):
        action(**content)


def _greetings(events: dict[str, Event], officer: User) -> Iterator[Greeting]:
    for slug, booths in GREETED.items():
        event = events[slug]
        for booth in event.booths.filter(code__in=booths):
            start = timezone.make_aware(datetime.combine(event.first_day, time(9)))
            for n in range(booths[booth.code]):
                at = start + n * timedelta(minutes=4)
                made = known_id(slug, booth.code, n)
                yield Greeting(id=made, booth=booth, day=event.first_day, officer=officer, at=at)
