"""Accepting a registration: once, whole, and answered only after the commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment import references
from enrolment.actions import decisions, drafts, pads, prospects, search_words
from enrolment.choices import State, Verdict
from enrolment.entry import Entry, nik_index, person_index, phone_index
from enrolment.models import ContributionSchedule, Prospect, Registration, RegistrationVersion, TwinVerdict
from enrolment.permissions import IMPORT, REGISTER
from enrolment.queries import duplicates, tariffs
from enrolment.queries.warnings import warnings
from outreach.actions import audit
from outreach.choices import Role
from outreach.errors import ActionRefused
from outreach.models import User

REFERENCE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a submission. `conflict`: the id is taken by other content; `registration` is what holds it."""

    outcome: Literal["created", "same", "conflict"]
    registration: Registration


def submit(*, by: User, entry: Entry, prospect: Prospect | None = None) -> Receipt:
    """Store a new registration, or recognise one that was sent before. `prospect` is who becomes it.

    The unique constraint on `submission_id` decides, never a look-up first: of two simultaneous submissions one
    inserts and the other finds what it collided with; what is stored gets its receipt, whatever has become of its sheet
    since. Raises ActionRefused without the right to register, and
    pads.SheetRefused where its sheet of paper is taken.
    """
    may = by.has_perm(REGISTER) or by.has_perm(IMPORT)
    foreign = by.branch_id != entry.event.branch_id or entry.booth.event_id != entry.event.pk
    if not may or foreign or (by.role == Role.OFFICER and entry.officer != by):
        raise ActionRefused("not_allowed", _("Registering at this event is not yours to do."))
    for _attempt in range(REFERENCE_TRIES):
        reference = references.new()
        try:
            with transaction.atomic():
                return Receipt("created", _create(by=by, entry=entry, reference=reference, prospect=prospect))
        except (IntegrityError, pads.SheetRefused) as refusal:
            # A sheet that was its own when it was sent first may be another's by now.
            existing = Registration.objects.filter(submission_id=entry.submission_id).first()
            if existing:
                # Any version: what was sent before a correction may still be on its way a second time.
                same = existing.versions.filter(digest=entry.digest()).exists()
                return Receipt("same" if same else "conflict", existing)
            if isinstance(refusal, pads.SheetRefused):
                raise
            if not Registration.objects.filter(reference=reference).exists():
                raise  # another rule of the database, which a new draw would not mend
    raise RuntimeError("no free reference found")


def correct(*, by: User, registration: Registration, entry: Entry, seen: int | None = None) -> Registration:
    """Replace the content of the officer's own submitted or returned registration by a new version.

    The same correction sent twice makes one version. `seen` is the number of the last decision that stood on the
    officer's page, where that matters. Raises ActionRefused: `move_refused` (a reviewer was faster), `being_checked`
    (a reviewer is at it), `changed` (it was corrected or returned meanwhile), `not_allowed`.
    """
    with transaction.atomic():
        locked = decisions.lock(registration)
        if is_stored(locked, entry=entry) and by.pk in (locked.officer_id, locked.entered_by_id):
            return locked
        decisions.check(by=by, registration=locked, target=State.SUBMITTED, new_version=True)
        if seen is not None and locked.decisions.count() != seen:
            raise ActionRefused(
                "changed",
                _("It was returned or corrected meanwhile. Compare what you typed with what is new."),
            )
        now = timezone.now()
        locked.version += 1
        pads.check(by=by, entry=entry)
        was = bytes(locked.nik_index), bytes(locked.person_index)
        _fill(locked, entry=entry, registered_at=locked.registered_at, consent_at=locked.consent_at)
        if was != (
            locked.nik_index,
            locked.person_index,
        ):  # what was said of two people was said of other data
            TwinVerdict.objects.of(locked.pk).filter(verdict=Verdict.DIFFERENT).end(by=by, at=now)
        source, locked.state = locked.state, State.SUBMITTED
        locked.decided_at = locked.decided_by = locked.claimed_by = None
        locked.claimed_at = locked.claimed_until = None
        locked.received_at = now  # the reviewer waits for this version, not for the first one
        locked.save()
        search_words.write(locked, full_name=entry.full_name)
        _add_version(locked, by=by, entry=entry, at=now)
        decisions.add(registration=locked, source=source, by=by, at=now)
        audit.record(
            by=by, branch_id=locked.branch_id, action="registration.correct", object_id=locked.pk,
            content=locked.digest,
        )  # fmt: skip
    return locked


def is_stored(registration: Registration, *, entry: Entry) -> bool:
    """Is this what it holds now, whatever became of it since? Only what came back may be sent again unchanged."""
    return registration.state != State.RETURNED and bytes(registration.digest) == entry.digest()


def _create(*, by: User, entry: Entry, reference: str, prospect: Prospect | None) -> Registration:
    pads.check(by=by, entry=entry)
    now = timezone.now()
    registered_at = entry.registered_at or now
    registration = Registration(
        submission_id=entry.submission_id,
        reference=reference,
        branch_id=entry.event.branch_id,
        officer=entry.officer,
        entered_by=by,
        received_at=now,
    )
    _fill(
        registration, entry=entry, registered_at=registered_at, consent_at=entry.consent_at or registered_at
    )
    registration.save(force_insert=True)
    search_words.write(registration, full_name=entry.full_name)
    _add_version(registration, by=by, entry=entry, at=now)
    decisions.add(registration=registration, source=None, by=by, at=now)
    if prospect:  # locked before a draft is, as by a call
        prospects.registered(by=by, prospect=prospect, registration=registration)
    drafts.sent(registration)
    audit.record(
        by=by, branch_id=registration.branch_id, action="registration.submit", object_id=registration.pk,
        content=registration.digest,
    )  # fmt: skip
    return registration


def _fill(registration: Registration, *, entry: Entry, registered_at: datetime, consent_at: datetime) -> None:
    """Content, quote and warnings of an entry into the row's columns."""
    quote = tariffs.quote(entry)
    day = timezone.localtime(registered_at).date()
    registration.warnings = warnings(entry, registered_on=day, of=registration.pk)
    registration.digest = entry.digest()
    registration.registered_at, registration.consent_at = registered_at, consent_at
    registration.consent_text = entry.consent_version
    registration.event, registration.booth = entry.event, entry.booth
    registration.pad, registration.sheet = (
        (entry.sheet.pad, entry.sheet.number) if entry.sheet else (None, None)
    )
    registration.nik_index = nik_index(entry.nik)
    registration.kind = duplicates.kind_of(registration.nik_index, of=registration.pk)
    registration.person_index = person_index(entry.full_name, entry.birth_date)
    registration.phone_index = phone_index(entry.phone)
    for name in Registration.personal_fields:
        setattr(registration, name, str(getattr(entry, name)))
    for name in (
        "village_code", "work_location", "job_type_1", "job_type_2", "package", "months", "first_month",
        "government_paid", "consent_how", "guardian_relation",
    ):  # fmt: skip
        setattr(registration, name, getattr(entry, name))
    # What nobody recorded then, a correction of something else does not settle.
    if registration.guardian_agreed is not None or not entry.guardian or entry.guardian_agrees:
        registration.guardian_agreed = entry.guardian_agreed
    registration.sector = entry.job_type_1.sector
    registration.schedule = ContributionSchedule.objects.get(code=quote.schedule)
    registration.contribution_base = quote.base
    registration.contribution_total = quote.total
    registration.discounted_months = quote.discounted_months
    registration.reliefs = quote.reliefs


def _add_version(registration: Registration, *, by: User, entry: Entry, at: datetime) -> None:
    version = RegistrationVersion(
        registration=registration, number=registration.version, digest=registration.digest, at=at, by=by
    )
    version.content = entry.content()
    version.save(force_insert=True)
