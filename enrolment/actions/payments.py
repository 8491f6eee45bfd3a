"""What BPJS and the bank say about an approved registration, written down: numbers, payments, the card. Nothing is
ever made up here: no number is generated, no day or number of months assumed."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolment.actions import identity
from enrolment.actions.participant_numbers import held, of_another
from enrolment.choices import EntryKind, Stage
from enrolment.coverage import covered_until
from enrolment.entry import number_index
from enrolment.models import Participation, ParticipationEntry, Registration
from enrolment.models.payment import corrections
from enrolment.permissions import FOLLOW_PAYMENT
from outreach.actions import audit
from outreach.actions.once import digest, once
from outreach.errors import ActionRefused
from outreach.models import User
from outreach.templatetags.formats import day as long_day

_SENT = gettext_lazy("This page was already sent with other content, which is stored. Open the page anew.")
WRITTEN = (
    "stage", "accepted_at", "accepted_by", "billing_code", "participant_number", "number_index", "paid_on",
    "paid_months", "paid_at", "paid_by", "covered_until", "card_at", "card_by",
)  # fmt: skip
"""The columns of a participation that an entry writes."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to write down, of EntryKind. `number` is digits as BPJS issued them; `on` is a day in Asia/Jakarta.
    `replaces` is the entry of the later payment that this corrects."""

    kind: str
    number: str = ""
    on: date | None = None
    months: int | None = None
    replaces: UUID | None = None

    def digest(self, participation: UUID) -> bytes:
        """Equal for equal content of one participation; tells nothing without the index key."""
        said = {"number": self.number, "on": self.on, "months": self.months}
        return digest("participationentry", of=str(participation), kind=str(self.kind), **said)


@dataclass(slots=True)
class Case:
    """A participation with its entries, the oldest first, and those that are being added."""

    row: Participation
    entries: list[ParticipationEntry]
    added: list[ParticipationEntry] = field(default_factory=list)

    def stands(self, kind: str) -> list[ParticipationEntry]:
        """What is written down of a kind and not corrected since: several later payments, of every other kind one."""
        wrong = {entry.pk for entry in corrections(self.entries).values()}
        return [one for one in self.entries if one.kind == kind and one.pk not in wrong]

    def last(self, said: Said) -> ParticipationEntry | None:
        """What this would correct: what stands of its kind; of later payments the one named, else that of its day."""
        stands = self.stands(said.kind)
        if said.replaces:
            stands = [one for one in stands if one.pk == said.replaces]
        elif said.kind == EntryKind.LATER:
            stands = [one for one in stands if one.on == said.on]
        return stands[-1] if stands else None

    def knows(self, said: Said) -> bool:
        """Is exactly this what is written down?"""
        last = self.last(said)
        return last is not None and bytes(last.digest) == said.digest(self.row.pk)

    def payments(self) -> list[tuple[date, int]]:
        """(day, months) as they stand after every correction, by day."""
        return sorted((one.on, one.months) for kind in EntryKind.payments() for one in self.stands(kind))

    def took_back(self, said: Said) -> bool:
        """Was this payment written down once and corrected into another?"""
        wrong = corrections(self.entries).values()
        return said.on is not None and (said.on, said.months) in {(one.on, one.months) for one in wrong}


@dataclass(frozen=True, slots=True)
class Written:
    """`is_new` is False for what this page had sent before. `accepted`: a payment says that the core system has them,
    so they were marked accepted as well."""

    is_new: bool
    accepted: bool


def write(
    *,
    by: User,
    participation: Participation,
    entry_id: UUID,
    said: Said,
    reason: str = "",
    although: bool = False,
) -> Written:
    """Write one thing down; the same page sent again is one entry. `reason` is a correction's; `although`: the
    participant number is right, although another worker has it.

    Raises ActionRefused: "not_allowed"; "ended" (taken back or lapsed), "consent_withdrawn", "in_batch" (a payment of
    one whose batch has no answer yet), "too_early", "too_late" (the day), "not_paid" (the card or a later payment
    before the first one), "same" (written down already), "day_taken" (by another later payment), "corrected" (what it
    replaces stands no more), "reason_missing" (it corrects something), "number_held" (by another worker), "limited"
    (too many participant numbers; each is logged as asked after, for the answer may tell who has it), "conflict".
    """
    if not by.has_perm(FOLLOW_PAYMENT) or by.branch_id != participation.branch_id:
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))
    if said.kind == EntryKind.NUMBER and not identity.may_ask(by=by, purpose="participant number"):
        raise ActionRefused(
            "limited",
            _(
                "Many participant numbers were written down in a short time. Wait ten minutes, then send it again."
            ),
        )
    accepted = False

    def create() -> ParticipationEntry:
        nonlocal accepted
        (case,) = cases([participation.pk], lock=True).values()
        before = case.row.stage
        deed = f"participation.correct_{said.kind}" if case.last(said) else f"participation.{said.kind}"
        entry = take(case, said, by=by, at=timezone.now(), reason=" ".join(reason.split()), entry_id=entry_id)
        held_by = _held_by(case, said)
        if held_by and not although:
            raise ActionRefused("number_held", held_by)
        save(case)
        accepted = said.kind == EntryKind.PAID and before not in Stage.after_acceptance()
        audit.record(
            by=by, branch_id=case.row.branch_id, action=deed, object_id=case.row.registration_id,
            content=bytes(entry.digest), purpose="number of another" if held_by else "",
        )  # fmt: skip
        return entry

    _row, is_new = once(
        create,
        find=ParticipationEntry.objects.filter(pk=entry_id).first,
        same=lambda row: (
            row.replaces_id == said.replaces and bytes(row.digest) == said.digest(participation.pk)
        ),
        conflict=ActionRefused("conflict", _SENT),
    )
    return Written(is_new=is_new, accepted=is_new and accepted)


def cases(keys: Collection[UUID], *, lock: bool = False) -> dict[UUID, Case]:
    """These participations with their entries, by id; two queries, or three that lock first the registrations and then
    the participations, as every decision does."""
    rows = Participation.objects.filter(pk__in=keys).select_related("registration").order_by("pk")
    own = Participation.objects.filter(registration=OuterRef("registration")).order_by("approved_at")
    rows = rows.annotate(first_approved_at=Subquery(own.values("approved_at")[:1]))
    if lock:
        registrations = Registration.objects.filter(participations__in=keys).order_by("pk")
        list(registrations.select_for_update(of=("self",)).values_list("pk"))
        rows = rows.select_for_update(of=("self",))
    entries = defaultdict(list)
    found = list(rows)
    for entry in ParticipationEntry.objects.filter(participation__in=keys).order_by("at", "id"):
        entries[entry.participation_id].append(entry)
    return {row.pk: Case(row, entries[row.pk]) for row in found}


def take(
    case: Case,
    said: Said,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    entry_id: UUID | None = None,
    from_file: bool = False,
) -> ParticipationEntry:
    """Add an entry to the case and bring its columns up to it, in memory; `save` stores both. Raises as `write`."""
    _check(case, said, at=at, reason=reason)
    # A clock may step back, but a correction comes after what it corrects: entries are read in the order of `at`.
    at = max([at, *(one.at + timedelta(microseconds=1) for one in case.entries)])
    entry = ParticipationEntry(
        id=entry_id or uuid4(), participation=case.row, kind=said.kind, at=at, by=by, on=said.on,
        months=said.months, replaces_id=said.replaces, from_file=from_file, digest=said.digest(case.row.pk),
    )  # fmt: skip
    entry.number, entry.reason = said.number, reason
    case.entries.append(entry)
    case.added.append(entry)
    row = case.row
    match said.kind:
        case EntryKind.CODE:
            row.billing_code = said.number
        case EntryKind.NUMBER:
            row.participant_number, row.number_index = said.number, number_index(said.number)
        case EntryKind.PAID:
            if row.accepted_at is None:
                row.accepted_at, row.accepted_by = at, by
            row.stage = Stage.CARD if row.stage == Stage.CARD else Stage.PAID
            row.paid_on, row.paid_months, row.paid_at, row.paid_by = said.on, said.months, at, by
        case EntryKind.CARD:
            row.stage, row.card_at, row.card_by = Stage.CARD, at, by
    if said.kind in EntryKind.payments():
        row.covered_until = covered_until(row.registration.first_month, case.payments())
    return entry


def save(*cases: Case) -> None:
    """Store what `take` added. Inside the caller's transaction, under the cases' locks."""
    ParticipationEntry.objects.bulk_create([entry for case in cases for entry in case.added])
    for case in cases:
        case.added.clear()
        case.row.save(update_fields=WRITTEN)


def _check(case: Case, said: Said, *, at: datetime, reason: str) -> None:
    row = case.row
    if row.ended_at:
        raise ActionRefused(
            "ended", _("This approval was taken back or has lapsed. Nothing more is written down here.")
        )
    if row.registration.consent_withdrawn_at:
        raise ActionRefused(
            "consent_withdrawn", _("The worker has withdrawn their consent. It goes no further.")
        )
    if said.kind == EntryKind.PAID and row.stage == Stage.IN_BATCH:
        raise ActionRefused(
            "in_batch",
            _("Its batch has no answer yet. Read the answer file first, then write down the payment."),
        )
    if said.kind in (EntryKind.LATER, EntryKind.CARD) and row.paid_on is None:
        raise ActionRefused("not_paid", _("Write down the first payment first."))
    if said.on:
        _check_day(case, said, today=timezone.localdate(at))
    if case.knows(said):
        raise ActionRefused("same", _("This is written down already. Nothing was added."))
    last = case.last(said)
    if said.replaces and last is None:
        raise ActionRefused(
            "corrected", _("A colleague has corrected this payment meanwhile. Look at what stands there now.")
        )
    if said.kind == EntryKind.LATER and _is_taken(case, said):
        raise ActionRefused(
            "day_taken",
            _(
                "Another later payment of this day is written down. Correct that one, or look at the day again."
            ),
        )
    if last and not reason:
        raise ActionRefused(
            "reason_missing", _("Something else is written down already. To correct it, write the reason.")
        )


def _held_by(case: Case, said: Said) -> str:
    """Whether another worker has the participant number, in a sentence."""
    if said.kind != EntryKind.NUMBER:
        return ""
    index = number_index(said.number)
    return of_another(index, case.row.registration, held([index]))


def _is_taken(case: Case, said: Said) -> bool:
    """Later payments are told apart by their day, so there is one a day."""
    return any(one.on == said.on and one.pk != said.replaces for one in case.stands(EntryKind.LATER))


def _check_day(case: Case, said: Said, *, today: date) -> None:
    # Of several approvals the first: who paid before it was taken back for a while has paid.
    approved, row = timezone.localdate(case.row.first_approved_at), case.row
    if said.on > today:
        raise ActionRefused("too_late", _("This day lies ahead. Write down what has happened."))
    first = approved if said.kind == EntryKind.PAID else row.paid_on
    if said.on < first or (said.kind == EntryKind.LATER and said.on == first):
        sentence = (
            _("This is before the approval of %(day)s. Look at the day again.")
            if said.kind == EntryKind.PAID
            else _("This must come after the first payment of %(day)s. Look at the day again.")
        )
        raise ActionRefused("too_early", sentence % {"day": long_day(first)})
    if said.kind != EntryKind.PAID:
        return
    after = [one.on for one in case.stands(EntryKind.CARD) if one.on < said.on]
    # A later payment of the same day could not be corrected any more: it must come after the first.
    after += [one.on for one in case.stands(EntryKind.LATER) if one.on <= said.on]
    if after:
        raise ActionRefused(
            "too_late",
            _("A later payment or the card has the same or an earlier day, %(day)s. Look at the day again.")
            % {"day": long_day(min(after))},
        )
