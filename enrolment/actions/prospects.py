"""Prospects: noting one who agreed to be called, what came of each call, opening them to be called, and destroying
what was kept of those whom nobody is to call any more."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolment.actions import drafts
from enrolment.actions.purging import in_batches
from enrolment.choices import CallResult
from enrolment.models import Prospect, ProspectCall, Registration
from enrolment.models.prospect import ProspectQuerySet, kept_until
from enrolment.permissions import CALL_PROSPECTS, NOTE_PROSPECTS
from outreach.actions import audit
from outreach.actions.once import digest, once
from outreach.errors import ActionRefused
from outreach.models import Assignment, Booth, User
from outreach.templatetags.formats import day as long_day

_SENT = gettext_lazy("This page was already sent with other content, which is stored. Open the page anew.")


@dataclass(frozen=True, slots=True)
class ProspectContent:
    """What the form says of somebody: `phone` as E.164, `reason` of ProspectReason, `note` may be empty."""

    full_name: str
    phone: str
    reason: str
    follow_up_on: date
    note: str

    def digest(self) -> bytes:
        return digest("prospect", **asdict(self))


@dataclass(frozen=True, slots=True)
class Opened:
    """A prospect with its sealed texts in the clear; empty where nothing is stored or it was not asked for."""

    row: Prospect
    full_name: str = ""
    phone: str = ""
    note: str = ""


def note(*, by: User, booth: Booth, prospect_id: UUID, content: ProspectContent) -> bool:
    """Store a prospect who has agreed to be called. False if the same was stored before under this id.

    Raises ActionRefused: "conflict" if the id holds other content, "not_allowed" unless `by` is assigned to this booth,
    "too_late" to be called after the name is destroyed.
    """

    def create() -> Prospect:
        if not by.has_perm(NOTE_PROSPECTS) or not Assignment.objects.filter(booth=booth, officer=by).exists():
            raise ActionRefused("not_allowed", _("Prospects of this booth are not yours to note."))
        _check_day(content.follow_up_on, until=kept_until(booth.event))
        row = Prospect(
            id=prospect_id, branch_id=booth.event.branch_id, event=booth.event, booth=booth, officer=by,
            agreed_at=timezone.now(), digest=content.digest(), kept_until=kept_until(booth.event),
        )  # fmt: skip
        for name in content.__slots__:
            setattr(row, name, getattr(content, name))
        row.save(force_insert=True)
        _record(row, by=by, verb="note")
        return row

    _row, is_new = once(
        create,
        find=Prospect.objects.filter(pk=prospect_id).first,
        # What is closed tells nothing of its content any more: there the id alone says it.
        same=lambda row: (
            row.officer_id == by.pk and (row.digest is None or bytes(row.digest) == content.digest())
        ),
        conflict=ActionRefused("conflict", _SENT),
    )
    return is_new


def called(*, by: User, prospect: Prospect, call_id: UUID, result: str, next_on: date | None) -> bool:
    """Store what came of a call; the same call again is one. Final results close the prospect, which destroys the name
    and number at once; who refuses is not in their officer's drafts either.

    `next_on` is None for exactly the final results of CallResult. Raises ActionRefused: "closed" if nobody is to
    call any more, "too_late" to be called after the name is destroyed, "conflict" if the id is another prospect's call,
    "not_allowed".
    """
    if not by.has_perm(CALL_PROSPECTS) or by.branch_id != prospect.branch_id:
        raise ActionRefused("not_allowed", _("This prospect is not yours to call."))
    with transaction.atomic():
        locked = _lock(prospect)
        if known := ProspectCall.objects.filter(pk=call_id).first():
            if known.prospect_id != locked.pk:
                raise ActionRefused("conflict", _SENT)
            return False
        now = timezone.now()
        if not locked.may_be_called(day=timezone.localdate(now)):
            raise ActionRefused("closed", _("Nobody needs to call here any more. Nothing was stored."))
        if next_on:
            _check_day(next_on, until=locked.kept_until)
        ProspectCall(
            id=call_id, prospect=locked, at=now, by=by, result=result, next_on=next_on
        ).save(force_insert=True)  # fmt: skip
        if result in CallResult.final():
            locked.close(at=now)
        else:
            locked.follow_up_on = next_on
        locked.save(update_fields=("follow_up_on", *Prospect.CLOSING))
        if result == CallResult.REFUSES:
            drafts.refused(locked, by=by)
        _record(locked, by=by, verb="call")
    return True


def registered(*, by: User, prospect: Prospect, registration: Registration) -> None:
    """The prospect has become this registration, which holds the name from now on. Inside the caller's transaction; the
    first one stands."""
    locked = _lock(prospect)
    if locked.registration_id or locked.branch_id != registration.branch_id:
        return
    locked.registration = registration
    locked.close(at=locked.closed_at or timezone.now())
    locked.save(update_fields=("registration", *Prospect.CLOSING))
    _record(locked, by=by, verb="registered")


def opened(rows: Sequence[Prospect], *, by: User, fields: Sequence[str], purpose: str) -> list[Opened]:
    """A page's rows with these sealed fields in the clear, after one access row for all of them. Nothing is opened of
    whom nobody may call any more, also where `purge` has not come by yet."""
    today = timezone.localdate()
    kept = [row for row in rows if row.may_be_called(day=today)]
    texts = audit.opened(kept, by=by, branch_id=by.branch_id, fields=fields, purpose=purpose)
    said = dict(zip((row.pk for row in kept), texts, strict=True))
    return [Opened(row, **said.get(row.pk, {})) for row in rows]


def purge() -> int:
    """Destroy the names, numbers and notes that were promised not to be kept any longer; of how many."""
    return in_batches(_expired(), destroy=_destroy, action="prospect.purge")


def expired() -> int:
    """How many `purge` would close now."""
    return _expired().count()


def _expired() -> ProspectQuerySet:
    return Prospect.objects.expired(day=timezone.localdate())


def _destroy(rows: ProspectQuerySet) -> int:
    return rows.update(closed_at=timezone.now(), **dict.fromkeys(Prospect.KEPT))


def _check_day(day: date, *, until: date) -> None:
    if day > until:
        raise ActionRefused(
            "too_late",
            _("The name and number are kept until %(day)s. Choose an earlier day.")
            % {"day": long_day(until)},
        )


def _lock(prospect: Prospect) -> Prospect:
    return Prospect.objects.select_for_update(of=("self",)).select_related("event").get(pk=prospect.pk)


def _record(row: Prospect, *, by: User, verb: str) -> None:
    audit.record(
        by=by, branch_id=row.branch_id, action=f"prospect.{verb}", object_id=row.pk,
        purpose=f"event {row.event.slug}",
    )  # fmt: skip
