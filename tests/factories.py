"""Minimal objects for tests. Registrations are made through the real form and the real actions, so that a test
never stands on a row that the software itself could not have written. Everybody here is invented.
"""

import itertools
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.test import override_settings
from django.utils import timezone

from enrolment.actions import (
    collective_templates,
    decisions,
    drafts,
    escalations,
    pads,
    prospects,
    registrations,
    shift,
)
from enrolment.actions.prospects import ProspectContent
from enrolment.choices import State
from enrolment.entry import Entry
from enrolment.forms.registration import RegistrationForm
from enrolment.models import (
    CollectiveTemplate,
    ConsentText,
    Draft,
    PaperPad,
    Prospect,
    Registration,
    SecondLook,
)
from enrolment.queries.collective_templates import in_force
from outreach.actions import coordination, sessions
from outreach.actions.coordination import CoordinationContent
from outreach.actions.sessions import SessionContent
from outreach.choices import STAFF_ROLES, EventState, Role
from outreach.models import (
    Assignment,
    Booth,
    BoothReconciliation,
    Branch,
    Campaign,
    Coordination,
    Event,
    Greeting,
    Organisation,
    OutreachSession,
    User,
)

SLUG = "bazar-uji"
DAYS = (date(2026, 11, 20), date(2026, 11, 21))
BORN = date(1988, 4, 12)
PASSWORD = "kata sandi uji"

_serials = itertools.count(1)


def branch(slug: str = "jakarta-pluit", **changes) -> Branch:
    return Branch.objects.create(
        **{"slug": slug, "name": slug.replace("-", " ").title(), "regency_code": "31.72", **changes}
    )


def organisation(*, of: Branch, name: str = "Karang Taruna Uji") -> Organisation:
    return Organisation.objects.create(branch=of, name=name)


def person(username: str, role: Role, *, of: Branch, **changes) -> User:
    """Somebody who can sign in with PASSWORD. An organiser needs `organisation=`."""
    user = unsaved(username, role, of=of, **changes)
    user.save()
    return user


def unsaved(username: str, role: Role, *, of: Branch, **changes) -> User:
    """The same, for who stores several at once."""
    user = User(username=username, role=role, branch=of, full_name=f"{username.title()} Uji")
    user.is_staff = role in STAFF_ROLES  # as `save` would
    user.password = _hashed()
    for name, value in changes.items():
        setattr(user, name, value)
    return user


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def officer(username: str = "petugas", *, of: Branch, **changes) -> User:
    return person(username, Role.OFFICER, of=of, **changes)


def reviewer(username: str = "verifikator", *, of: Branch, **changes) -> User:
    return person(username, Role.REVIEWER, of=of, **changes)


def head(username: str = "kepala", *, of: Branch, **changes) -> User:
    return person(username, Role.HEAD, of=of, **changes)


def organiser(username: str = "karangtaruna", *, organisation: Organisation, **changes) -> User:
    return person(username, Role.ORGANISER, of=organisation.branch, organisation=organisation, **changes)


def system_admin(username: str = "admin", *, of: Branch, **changes) -> User:
    return person(username, Role.SYSTEM_ADMIN, of=of, **changes)


def event(
    *,
    organiser: Organisation,
    officers: Collection[User] = (),
    slug: str = SLUG,
    days: tuple[date, date] = DAYS,
    state: EventState = EventState.OPEN,
    booths: Collection[str] = ("A", "B"),
) -> Event:
    """An event of the organiser's branch with its booths; each officer stands at every booth on every day."""
    made = Event.objects.create(
        branch=organiser.branch,
        campaign=Campaign.objects.get_or_create(name="Kerja Keras Bebas Cemas")[0],
        organiser=organiser,
        slug=slug,
        name=slug.replace("-", " ").title(),
        venue="Lapangan Uji",
        village_code="31.72.01.1001",
        first_day=days[0],
        last_day=days[1],
        target=100,
        state=state,
    )
    stands = Booth.objects.bulk_create(Booth(event=made, code=code, target=50) for code in booths)
    Assignment.objects.bulk_create(
        Assignment(booth=booth, officer=one, day=day)
        for booth in stands
        for one in officers
        for day in made.days
    )
    return made


def assign(user: User, booth: Booth, *days: date) -> None:
    Assignment.objects.bulk_create(Assignment(booth=booth, officer=user, day=day) for day in days)


def pad(booth: Booth, *, by: User, number: int = 5) -> PaperPad:
    """A pad of paper forms, just printed."""
    made = uuid4()
    assert pads.make(by=by, booth=booth, pad_id=made, number=number)
    return PaperPad.objects.select_related("booth__event").get(pk=made)


def consent_text(version: str, *, language: str = "id") -> ConsentText:
    """A notice that came into force at the bazaar's first day."""
    return ConsentText.objects.create(
        version=version, language=language, valid_from=DAYS[0], notice="Lain.", statement="Setuju?"
    )


AGREED = {"consent_version": "2023-06", "consent_how": "aloud"}


def draft(*, by: User, of: Event, **typed: str) -> Draft:
    """A form at booth A that an officer began, the worker agreeing, and did not send."""
    kept, _is_newest = drafts.save(
        by=by,
        submission_id=uuid4(),
        booth=of.booths.get(code="A"),
        day=of.first_day,
        typed={name: [value] for name, value in (AGREED | typed).items()},
        counter=1,
    )
    return kept


def session(*, of: Event, by: User, **changes) -> OutreachSession:
    """A session that an officer of the event entered."""
    made, content = uuid4(), session_content(by=by, **changes)
    assert sessions.enter(by=by, event=of, session_id=made, content=content)
    return OutreachSession.objects.get(pk=made)


def session_content(*, by: User, **changes) -> SessionContent:
    said = {
        "starts_at": datetime(2026, 11, 20, 2, 30, tzinfo=UTC),
        "place": "Lapangan Uji",
        "topic": "Manfaat JKK dan JKM",
        "speaker": by,
        "people_reached": 40,
    }
    return SessionContent(**said | changes)


def greeted(booth: Booth, *, by: User, times: int, taken_back: int = 0, day: date = DAYS[0]) -> None:
    """Taps of a day that may be long past, as the action would have written them; the first are taken back."""
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    same = {"booth": booth, "officer": by, "day": day}
    taps = [Greeting(id=uuid4(), at=at + timedelta(minutes=n), **same) for n in range(times)]
    Greeting.objects.bulk_create(taps)
    Greeting.objects.bulk_create(Greeting(id=uuid4(), at=at, undoes=tap, **same) for tap in taps[:taken_back])


def closed(booth: Booth, *, by: User, day: date = DAYS[0], seen: int = 0, **changes) -> BoothReconciliation:
    """The end of a booth's day: nothing on paper and a reason, unless said otherwise."""
    made = uuid4()
    said = {"taken": 40, "on_paper": 0, "reason": "Dua formulir dibawa pulang pekerja."} | changes
    assert shift.close(by=by, booth=booth, day=day, closing_id=made, seen=seen, **said)
    return BoothReconciliation.objects.get(pk=made)


def all_closed(of: Event, *, by: User) -> None:
    """Every booth of the event on every day, as the branch does it for who went home."""
    for booth in of.booths.all():
        for day in of.days:
            closed(booth, by=by, day=day)


def coordinated(*, of: Event, by: User, **changes) -> Coordination:
    """An entry of the event's log by somebody of the branch, with a next step."""
    made = uuid4()
    assert coordination.note(by=by, event=of, coordination_id=made, content=coordination_content(**changes))
    return Coordination.objects.get(pk=made)


def coordination_content(**changes) -> CoordinationContent:
    said = {
        "day": date(2026, 11, 9),
        "office": "Kelurahan Uji",
        "person": "Sekretaris Lurah (nama rekaan)",
        "outcome": "Lapangan boleh dipakai dua hari.",
        "letter_number": "CONTOH/001/2026",
        "next_step": "Kirim surat ke Pak Rekaan.",
        "due_on": date(2026, 11, 16),
    }
    return CoordinationContent(**said | changes)


def nik(*, serial: int | None = None, born: date = BORN, sex: str = "L", region: str = "317201") -> str:
    """An invented NIK that fits the date and sex: region, birth date, serial."""
    day = born.day + (40 if sex == "P" else 0)
    return f"{region}{day:02}{born:%m%y}{serial or next(_serials):04}"


def row(**changes) -> dict[str, str]:
    """What the form takes for one valid worker: the fields of stand_day.csv, as typed. Each call is another worker."""
    serial = next(_serials)
    born = BORN + timedelta(days=serial % 9000 - 4500)  # another birth date each: nobody is the `same_person`
    return {
        "submission_id": str(uuid4()),
        "event": SLUG,
        "booth": "A",
        "officer": "petugas",
        "registered_at": "2026-11-20T09:30:00+07:00",
        "nik": nik(serial=serial % 9999 + 1, born=born),
        "full_name": "Warga Uji",
        "birth_place": "Jakarta",
        "birth_date": born.isoformat(),
        "sex": "L",
        "address": "Jl. Uji No. 1",
        "rt": "3",
        "rw": "6",
        "village_code": "31.72.01.1001",
        "phone": "081234567890",
        "email": "",
        "job_type_1": "P050",
        "job_type_2": "",
        "work_location": "31.72",
        "income": "2.500.000",
        "package": "T",
        "months": "1",
        "first_month": "2026-11",
        "government_paid": "n",
        "guardian": "",
        "consent_version": "2023-06",
        "consent_at": "2026-11-20T08:00:00+07:00",
        "consent_how": "paper",
        **changes,
    }


def form(*, by: User, **changes) -> RegistrationForm:
    """The form with that row, checked or not: the caller asks."""
    return RegistrationForm(row(**changes), user=by)


def entry(*, by: User, **changes) -> Entry:
    bound = form(by=by, **changes)
    assert bound.is_valid(), bound.coded_errors()
    return bound.entry()


def submitted(*, by: User, **changes) -> Registration:
    """A registration that waits for a reviewer, typed by `by`."""
    receipt = registrations.submit(by=by, entry=entry(by=by, **changes))
    assert receipt.outcome == "created"
    return receipt.registration


def approved(*, by: User, reviewer: User, **changes) -> Registration:
    return _moved(submitted(by=by, **changes), State.APPROVED, reviewer)


def second_look(*, by: User, reviewer: User, **changes) -> SecondLook:
    """An approval that chance has chosen for another reviewer."""
    with override_settings(SECOND_LOOK_PERCENT=100):
        return approved(by=by, reviewer=reviewer, **changes).second_looks.get()


def returned(*, by: User, reviewer: User, reason: str = "Nomor HP kurang jelas.", **changes) -> Registration:
    return _moved(submitted(by=by, **changes), State.RETURNED, reviewer, reason)


def corrected(registration: Registration, *, by: User, **changes) -> Registration:
    """Sent again by its officer, with other content."""
    again = entry(by=by, submission_id=str(registration.submission_id), **changes)
    registrations.correct(by=by, registration=registration, entry=again)
    return Registration.objects.get(pk=registration.pk)


def returned_once(*, by: User, reviewer: User, **changes) -> Registration:
    """Returned, corrected, and waiting again."""
    return corrected(returned(by=by, reviewer=reviewer, **changes), by=by, **changes)


def with_head(
    *, by: User, reviewer: User, flags: dict | None = None, again: str = "Masih keliru.", **changes
) -> Registration:
    """Returned, corrected, and to be returned again, so that it waits for the branch head."""
    row = returned_once(by=by, reviewer=reviewer, **changes)
    assert escalations.give_back(by=reviewer, registration=row, reason=again, flags=flags)
    return Registration.objects.get(pk=row.pk)


def rejected(
    *, by: User, reviewer: User, reason: str = "Bekerja dengan upah tetap.", **changes
) -> Registration:
    return _moved(submitted(by=by, **changes), State.REJECTED, reviewer, reason)


def withdrawn(*, by: User, reason: str = "Pekerja berubah pikiran.", **changes) -> Registration:
    return _moved(submitted(by=by, **changes), State.WITHDRAWN, by, reason)


def lapsed(*, by: User, reviewer: User, **changes) -> Registration:
    return _moved(approved(by=by, reviewer=reviewer, **changes), State.LAPSED, None, "Tidak pernah membayar.")


def _moved(registration: Registration, target: State, by: User | None, reason: str = "") -> Registration:
    decisions.move(by=by, registration=registration, target=target, reason=reason)
    return Registration.objects.get(pk=registration.pk)


def prospect(*, by: User, booth: Booth, follow_up_on: date | None = None, **changes) -> Prospect:
    """Somebody invented who has agreed to be called, due today unless said otherwise."""
    made = uuid4()
    said = {
        "full_name": "Calon Uji", "phone": "+6281234567890", "reason": "thinking", "note": "",
        "follow_up_on": follow_up_on or timezone.localdate(), **changes,
    }  # fmt: skip
    assert prospects.note(by=by, booth=booth, prospect_id=made, content=ProspectContent(**said))
    return Prospect.objects.get(pk=made)


def template(*, by: User, **changes) -> CollectiveTemplate:
    """The next edition of the branch's template, as it is in force where nothing else is said."""
    layout, answer_layout, workbook, edition = in_force(by.branch_id)
    said = {
        "layout": layout,
        "answer_layout": answer_layout,
        "workbook": workbook,
        "workbook_name": edition.workbook_name if edition else "",
        "seen": edition.number if edition else 0,
    }
    return collective_templates.add(by=by, **{**said, **changes})
