"""The demo: one branch, three events, five accounts, registrations of invented people, and the field work around
them. May be run again and again."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from enrolment import paper
from enrolment.actions import decisions
from enrolment.choices import State
from enrolment.models import Decision, Registration
from outreach.actions import coordination, sessions
from outreach.actions.coordination import CoordinationContent
from outreach.actions.sessions import SessionContent
from outreach.choices import EventState, Role
from outreach.errors import ActionRefused
from outreach.models import (
    Assignment,
    Booth,
    Branch,
    Campaign,
    Coordination,
    Event,
    Greeting,
    Organisation,
    User,
)

REGISTRATIONS = Path(__file__).resolve().parents[2] / "data" / "demo_registrations.csv"
ACCOUNTS = {
    "petugas": (Role.OFFICER, "Rini Demo"),
    "verifikator": (Role.REVIEWER, "Wulan Demo"),
    "kepala": (Role.HEAD, "Ratna Demo"),
    "karangtaruna": (Role.ORGANISER, "Karang Taruna Demo"),
    "admin": (Role.SYSTEM_ADMIN, "Admin Demo"),
}
DECISIONS = (
    *((State.APPROVED, ""),) * 6,
    (State.RETURNED, "Nomor HP kurang jelas. Tanyakan lagi nomornya."),
    *((State.APPROVED, ""),) * 4,
    (State.REJECTED, "Bekerja dengan upah tetap, jadi bukan BPU."),
)
"""What the demo's reviewer decides, over and over along the clean rows; the last day is left for the visitor."""
LAST_DAY = date(2026, 11, 21)
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


class Command(BaseCommand):
    help = "Create or refresh the demo (only with DEMO=1)."

    def handle(self, **options) -> None:
        if not settings.DEMO:
            raise CommandError("seed_demo works only with DEMO=1: its accounts have a known password.")
        today = timezone.localdate()
        with transaction.atomic():
            branch = Branch.objects.get_or_create(
                slug="jakarta-pluit", defaults={"name": "Jakarta Pluit", "regency_code": "31.72"}
            )[0]
            organisation = Organisation.objects.get_or_create(
                branch=branch, name="Karang Taruna RW 006 Penjaringan"
            )[0]
            people = {name: _person(name, branch, organisation) for name in ACCOUNTS}
            campaign = Campaign.objects.get_or_create(name="Kerja Keras Bebas Cemas")[0]
            for row in _events(today):
                _event(
                    row, branch=branch, campaign=campaign, organiser=organisation, officer=people["petugas"]
                )
        self._field_work(people)
        # An interrupted first run goes on: the import recognises what is there.
        if not Decision.objects.exclude(target=State.SUBMITTED).exists():
            self._registrations(people)

    def _field_work(self, people: dict[str, User]) -> None:
        """Through the actions, which recognise what is stored; the taps of past days can't be made by theirs."""
        officer, head = people["petugas"], people["kepala"]
        events = {slug: Event.objects.get(slug=slug) for slug, *_rest in (*SESSIONS, *COORDINATION)}
        for slug, day, hour, place, topic, reached in SESSIONS:
            starts_at = timezone.make_aware(datetime.combine(day, hour))
            content = SessionContent(starts_at, place, topic, officer, reached)
            made = _known_id(slug, topic)
            _unless_changed(sessions.enter, by=officer, event=events[slug], session_id=made, content=content)
        for slug, content, is_done in COORDINATION:
            made = _known_id(slug, content.office)
            _unless_changed(
                coordination.note, by=head, event=events[slug], coordination_id=made, content=content
            )
            if is_done:
                _unless_changed(coordination.done, by=head, row=Coordination.objects.get(pk=made))
        Greeting.objects.bulk_create(_greetings(events, officer), ignore_conflicts=True)

    def _registrations(self, people: dict[str, User]) -> None:
        rows = paper.read_rows(REGISTRATIONS.read_bytes())
        refused = [
            line for line in paper.import_rows(rows, by=people["petugas"]) if line.outcome == "refused"
        ]
        if refused:
            raise CommandError(f"the demo's own data was refused: {refused}")
        decided = Registration.objects.filter(warnings=[]).exclude(registered_at__date=LAST_DAY)
        for row, (target, reason) in zip(decided.order_by("registered_at"), cycle(DECISIONS), strict=False):
            decisions.move(by=people["verifikator"], registration=row, target=target, reason=reason)


def _known_id(*names: object) -> UUID:
    """The same id on every run."""
    return uuid5(NAMESPACE_URL, "/".join(map(str, ("demo", *names))))


def _unless_changed(action: Callable, **content) -> None:
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
                made = _known_id(slug, booth.code, n)
                yield Greeting(id=made, booth=booth, day=event.first_day, officer=officer, at=at)


def _person(username: str, branch: Branch, organisation: Organisation) -> User:
    role, full_name = ACCOUNTS[username]
    person = User.objects.filter(username=username).first()
    if person is None:
        person = User(username=username)
        person.set_password(settings.DEMO_PASSWORD)
    person.role, person.full_name, person.branch = role, full_name, branch
    person.organisation = organisation if role == Role.ORGANISER else None
    person.save()
    return person


def _events(today: date) -> tuple[dict, ...]:
    return (
        {
            "slug": "penjaringan-2023",
            "name": "Bazar Rusunawa IV Penjaringan",
            "occasion": "HUT DKI Jakarta ke-496",
            "venue": "Lapangan Rusunawa IV Penjaringan",
            "village_code": "31.72.01.1001",
            "first_day": date(2023, 6, 24),
            "last_day": date(2023, 6, 25),
            "target": 60,
        },
        {
            "slug": "taman-waduk-pluit-2026",
            "name": "Bazar Taman Waduk Pluit",
            "occasion": "Pekan UMKM Pluit",
            "venue": "Taman Waduk Pluit",
            "village_code": "31.72.01.1005",
            "first_day": date(2026, 11, 20),
            "last_day": date(2026, 11, 21),
            "target": 80,
        },
        {
            "slug": "bazar-hari-ini",
            "name": "Bazar Hari Ini",
            "occasion": "Contoh untuk mencoba",
            "venue": "Lapangan Rusunawa IV Penjaringan",
            "village_code": "31.72.01.1001",
            "first_day": today,
            "last_day": today,
            "target": 100,
        },
    )


def _event(row: dict, *, branch: Branch, campaign: Campaign, organiser: Organisation, officer: User) -> None:
    """Create an event with booths A and B; only the days of an existing one are set anew."""
    event, _made = Event.objects.update_or_create(
        slug=row["slug"],
        defaults={"first_day": row["first_day"], "last_day": row["last_day"]},
        create_defaults={
            **row,
            "branch": branch,
            "campaign": campaign,
            "organiser": organiser,
            "state": EventState.OPEN,
        },
    )
    # The days of today's bazaar move, and so do its duties.
    days = (row["first_day"], row["last_day"])
    Assignment.objects.filter(booth__event=event).exclude(day__range=days).delete()
    for code in ("A", "B"):
        booth = Booth.objects.get_or_create(event=event, code=code, defaults={"target": row["target"] // 2})[
            0
        ]
        for offset in range((row["last_day"] - row["first_day"]).days + 1):
            Assignment.objects.get_or_create(
                booth=booth, officer=officer, day=row["first_day"] + timedelta(days=offset)
            )
