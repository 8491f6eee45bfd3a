"""What the demo's officer leaves at the stands: a draft, prospects, ends of shift. May be loaded again and again."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from enrolment.actions import drafts, prospects, shift
from enrolment.actions.prospects import ProspectContent
from enrolment.choices import CallResult, ConsentHow, ProspectReason
from enrolment.models import ConsentText, Prospect, ProspectCall, Registration
from enrolment.queries import stands
from outreach.management.demo_field_work import known_id, unless_changed
from outreach.models import Booth, Event, User

TODAY, LAST, PAST = "bazar-hari-ini", "taman-waduk-pluit-2026", "penjaringan-2023"
TYPED = {
    "nik": "3172015203849099",
    "full_name": "Suminah Rekaan",
    "birth_place": "Brebes",
    "birth_date_day": "12",
    "birth_date_month": "3",
    "birth_date_year": "1984",
    "sex": "P",
}
"""As far as the form of the draft was filled in."""
DIFFERENT = ("A", date(2023, 6, 25))
WHY = "Satu formulir terselip di map cabang dan belum ketemu."
"""The booth and day at which one more was taken than arrived or lies on paper, and why."""


def load(*, officer: User, today: date) -> None:
    """Through the actions, which recognise what is stored; only the hours of past days are set by hand."""
    _draft(officer, today)
    _prospects(officer, today)
    _ends_of_shift(officer)


def _draft(officer: User, today: date) -> None:
    """Of today's bazaar, whatever day that is: a later day counts further, so it comes along unless a visitor typed."""
    made, booth = known_id("draft"), _booth(TODAY, "A")
    consent = ConsentText.objects.offered(day=today).filter(language="id").first()
    typed = {
        "submission_id": str(made), "event": TODAY, "booth": booth.code, "officer": officer.username,
        "consent_version": str(consent), "consent_how": ConsentHow.ALOUD, **TYPED,
    }  # fmt: skip
    unless_changed(
        drafts.save, by=officer, submission_id=made, booth=booth, day=today, counter=today.toordinal(),
        typed={name: [value] for name, value in typed.items()},
    )  # fmt: skip


def _prospects(officer: User, today: date) -> None:
    """One due today, one overdue whom nobody reached yet, one who has registered."""
    asks = "Mau bertanya dulu kepada istri."
    _note(officer, "Wagiman Rekaan", _booth(TODAY, "A"), ProspectReason.THINKING, call_on=today, note=asks)
    booth = _booth(LAST, "A")
    last_day = booth.event.last_day
    late = _note(
        officer, "Kartini Rekaan", booth, ProspectReason.NO_NIK, call_on=last_day + timedelta(days=1), met=last_day
    )  # fmt: skip
    if late:
        called, again = last_day + timedelta(days=2), last_day + timedelta(days=3)
        ProspectCall(
            prospect=late, at=_at(called, 16), by=officer, result=CallResult.NO_ANSWER, next_on=again
        ).save(force_insert=True)
        Prospect.objects.filter(pk=late.pk).update(follow_up_on=again)
    became = _note(
        officer, "Maryono Rekaan", booth, ProspectReason.OTHER, call_on=last_day, met=booth.event.first_day
    )  # fmt: skip
    registration = (
        Registration.objects.filter(booth=booth, officer=officer).order_by("-registered_at").first()
    )
    if became and registration:
        with transaction.atomic():
            prospects.registered(by=officer, prospect=became, registration=registration)


def _note(
    officer: User,
    name: str,
    booth: Booth,
    reason: str,
    *,
    call_on: date,
    met: date | None = None,
    note: str = "",
) -> Prospect | None:
    """The one who was noted; None if they were in an earlier run."""
    made = known_id("prospect", name)
    content = ProspectContent(name, f"+62800000{made.int % 10_000:04}", reason, call_on, note)
    if Prospect.objects.filter(pk=made).exists():
        return None
    unless_changed(prospects.note, by=officer, booth=booth, prospect_id=made, content=content)
    if met:
        Prospect.objects.filter(pk=made).update(agreed_at=_at(met, 10))
    return Prospect.objects.filter(pk=made).first()


def _ends_of_shift(officer: User) -> None:
    """Every day of every booth of the oldest event, so that it can be closed."""
    event = Event.objects.get(slug=PAST)
    for booth in event.booths.order_by("code"):
        for day in event.days:
            received = stands.shift(booth, officer, day=day).received
            more = (booth.code, day) == DIFFERENT
            unless_changed(
                shift.close, by=officer, booth=booth, day=day, closing_id=known_id("shift", booth, day), seen=0,
                taken=received + 2 * more, on_paper=int(more), reason=WHY if more else "",
            )  # fmt: skip


def _booth(slug: str, code: str) -> Booth:
    return Booth.objects.select_related("event").get(event__slug=slug, code=code)


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
