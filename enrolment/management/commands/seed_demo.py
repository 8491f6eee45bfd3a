"""The demo: one branch, three events, five accounts, the field work around them, registrations of invented people.
May be run again and again."""

from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from enrolment import paper
from enrolment.actions import decisions
from enrolment.choices import State
from enrolment.management import demo_batches, demo_paid, demo_paper, demo_stand
from enrolment.models import Decision, Registration
from outreach.choices import EventState, Role
from outreach.management import demo_equipment, demo_field_work
from outreach.models import Assignment, Booth, Branch, Campaign, Event, Organisation, User

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
            demo_equipment.load(branch, head=people["kepala"], organiser=people["karangtaruna"])
        demo_paper.load(by=people["kepala"])
        demo_field_work.load(officer=people["petugas"], head=people["kepala"])
        # An interrupted first run goes on: the import recognises what is there.
        if not Decision.objects.exclude(target=State.SUBMITTED).exists():
            self._registrations(people)
        demo_batches.load(reviewer=people["verifikator"])
        demo_stand.load(officer=people["petugas"], today=today)
        demo_paid.load(by=people["verifikator"])

    def _registrations(self, people: dict[str, User]) -> None:
        rows = demo_paper.number_rows(paper.read_rows(REGISTRATIONS.read_bytes()))
        refused = [
            line for line in paper.import_rows(rows, by=people["petugas"]) if line.outcome == "refused"
        ]
        if refused:
            raise CommandError(f"the demo's own data was refused: {refused}")
        decided = Registration.objects.filter(warnings=[]).exclude(registered_at__date=LAST_DAY)
        for row, (target, reason) in zip(decided.order_by("registered_at"), cycle(DECISIONS), strict=False):
            decisions.move(by=people["verifikator"], registration=row, target=target, reason=reason)


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
