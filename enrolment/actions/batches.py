"""Handing approved registrations over to the core system: what fits its template goes into a numbered batch, which is
one file.

What waits is the participations at the stage `waiting`. Whether a value fits its column shows only when it is opened,
so the check is in the audit chain too, with how many were opened.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.choices import Stage, State
from enrolment.collective import Fault, Layout, cells
from enrolment.models import Batch, BatchRow, Participation, Registration
from enrolment.permissions import HAND_OVER
from enrolment.queries import collective_templates, hand_over
from enrolment.queries.collective_templates import InForce
from outreach.actions import audit
from outreach.actions.once import once
from outreach.errors import ActionRefused
from outreach.models import Branch, Event, User
from outreach.sealed import Access

SEALED = ("nik", "full_name", "birth_date", "phone", "email", "income")
"""What a template may take that is sealed; of these only what the layout's columns ask for is opened."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """One that can't go this way, and why."""

    participation: Participation
    faults: tuple[Fault, ...]

    @property
    def registration(self) -> Registration:
        return self.participation.registration


@dataclass(frozen=True, slots=True)
class Checked:
    """The longest waiting ones, at most `hand_over.CHECKED`: what fits the template, and what is to be entered by
    hand."""

    template: InForce
    fitting: tuple[Participation, ...]
    unfit: tuple[Unfit, ...]


def check(*, by: User, event: Event | None = None) -> Checked:
    """Hold those that wait, of one event or of all, against the template in force. Opens them: one access row."""
    template = collective_templates.in_force(by.branch_id)
    layout = template.layout
    waiting = list(
        hand_over.waiting(by, event=event).select_related(
            "approval", "registration__job_type_1", "registration__job_type_2", "registration__event"
        )[: hand_over.CHECKED]
    )
    access = open_for(layout, [one.registration for one in waiting], by=by, purpose="hand-over: check")
    fitting, unfit = [], []
    for one in waiting:
        _row, faults = cells(values(one.registration, layout, access), layout)
        if faults:
            unfit.append(Unfit(one, tuple(faults)))
        else:
            fitting.append(one)
    return Checked(template, tuple(fitting), tuple(unfit))


def make(*, by: User, batch_id: UUID, event: Event | None, limit: int) -> Batch:
    """A batch of the longest waiting that fit, at most `limit`; the stored one if this id made one before.

    Who is approved meanwhile is not in it, and of two that are made at once each registration is in one. Raises
    ActionRefused: `not_allowed`, `nobody_waits`, `conflict`.
    """
    may(by, by.branch_id)
    checked = check(by=by, event=event)

    def create() -> Batch:
        _lock_branch(by.branch_id)
        chosen = _still_waiting(checked.fitting)[:limit]
        if not chosen:
            raise ActionRefused(
                "nobody_waits", _("Nobody who fits the template waits any more. Look at the page again.")
            )
        newest = Batch.objects.filter(branch_id=by.branch_id).aggregate(newest=Max("number"))["newest"] or 0
        batch = Batch(
            id=batch_id, branch_id=by.branch_id, number=newest + 1, edition=checked.template.edition,
            created_at=timezone.now(), created_by=by,
        )  # fmt: skip
        batch.save(force_insert=True)
        BatchRow.objects.bulk_create(
            BatchRow(
                batch=batch, position=position, registration_id=one.registration_id, participation=one,
                version=one.approval.version,
            )
            for position, one in enumerate(chosen, start=1)
        )  # fmt: skip
        Participation.objects.filter(pk__in=[one.pk for one in chosen]).update(stage=Stage.IN_BATCH)
        record(batch, by=by, action="batch.make", count=len(chosen))
        return batch

    batch, _is_new = once(
        create,
        find=Batch.objects.filter(pk=batch_id).first,
        same=lambda stored: (stored.branch_id, stored.created_by_id) == (by.branch_id, by.pk),
        conflict=ActionRefused(
            "conflict",
            _("This page was already sent with other content, which is stored. Open the page anew."),
        ),
    )
    return batch


def file_rows(*, by: User, batch: Batch) -> list[list[str | int]]:
    """The rows of a batch's file, in the order of the template's columns. The access row (who, how many, which batch)
    is committed before anything is opened, and again each time. Who has withdrawn their consent is left out.

    Raises ActionRefused: `not_allowed`, `read_back`, `cancelled`, `changed` (a content is not the approved one any
    more, or does not fit), `empty`.
    """
    may(by, batch.branch_id)
    refuse_ended(batch)
    layout = collective_templates.of(batch.edition).layout
    named = [row.registration for row in _sendable(batch)]
    access = open_for(layout, named, by=by, purpose=f"hand-over: batch {batch.number}", about=batch.pk)
    with transaction.atomic():
        locked = lock(batch)
        refuse_ended(locked)
        rows = [row for row in _sendable(locked) if row.registration_id in access.objects]
        if not rows:
            raise ActionRefused(
                "empty", _("Every worker of this batch has withdrawn their consent. Cancel the batch.")
            )
        filled = [_filled(row, layout, access) for row in rows]
        BatchRow.objects.filter(pk__in=[row.pk for row in rows], in_file=False).update(in_file=True)
        if locked.downloaded_at is None:
            locked.downloaded_at, locked.downloaded_by = timezone.now(), by
            locked.save(update_fields=("downloaded_at", "downloaded_by"))
    return filled


def cancel(*, by: User, batch: Batch, reason: str) -> int:
    """Give the batch up: its registrations wait again. How many. Raises ActionRefused: `not_allowed`, `read_back`,
    `cancelled`."""
    may(by, batch.branch_id)
    with transaction.atomic():
        locked = lock(batch)
        refuse_ended(locked)
        lock_registrations(locked)
        locked.cancelled_at, locked.cancelled_by, locked.cancel_reason = timezone.now(), by, reason
        locked.save(update_fields=("cancelled_at", "cancelled_by", "cancel_reason"))
        BatchRow.objects.filter(batch=locked).update(live=False)
        back = Participation.objects.filter(batch_rows__batch=locked, stage=Stage.IN_BATCH)
        number = back.update(stage=Stage.WAITING)
        record(locked, by=by, action="batch.cancel", count=number)
    return number


def may(by: User, branch_id: int) -> None:
    """Raises ActionRefused `not_allowed` for who does not hand over in this branch."""
    if not by.has_perm(HAND_OVER) or by.branch_id != branch_id:
        raise ActionRefused("not_allowed", _("This is not yours to do. Ask a colleague whose task it is."))


def lock(batch: Batch) -> Batch:
    """The batch as it is now; until the transaction ends nobody else downloads, cancels or reads it back."""
    return Batch.objects.select_for_update(of=("self",)).select_related("edition").get(pk=batch.pk)


def lock_registrations(batch: Batch) -> None:
    """Those of a batch, locked in the order of their ids and before their participations change, as every decision
    does: a list of payments locks many of both too, and neither waits for the other."""
    found = Registration.objects.filter(batch_rows__batch=batch).order_by("pk")
    list(found.select_for_update(of=("self",)).values_list("pk"))


def refuse_ended(batch: Batch) -> None:
    """Raises ActionRefused: `read_back` or `cancelled`."""
    if batch.read_back_at:
        raise ActionRefused(
            "read_back", _("The answer to this batch was read back before. It is on this page.")
        )
    if batch.cancelled_at:
        raise ActionRefused("cancelled", _("This batch was cancelled. Its registrations wait again."))


def record(batch: Batch, *, by: User, action: str, count: int, content: bytes | None = None) -> None:
    """The audit row of what was done with a batch."""
    audit.record(
        by=by, branch_id=batch.branch_id, action=action, object_id=batch.pk, count=count, content=content,
        purpose=f"batch {batch.number}",
    )  # fmt: skip


def open_for(
    layout: Layout,
    registrations: Sequence[Registration],
    *,
    by: User,
    purpose: str,
    about: UUID | None = None,
) -> Access:
    """The right to open what the layout's columns take, after one access row; `about` a batch, whose registrations find
    it again in their history."""
    sources = {column.source for column in layout.columns}
    return audit.open_access(
        by=by,
        branch_id=by.branch_id,
        objects=[row.pk for row in registrations],
        fields=[name for name in SEALED if name in sources],
        purpose=purpose,
        about=about,
    )


def values(registration: Registration, layout: Layout, access: Access) -> Mapping[str, str]:
    """What `collective.cells` takes, of what the layout asks for."""
    sources: Collection[str] = {column.source for column in layout.columns}
    opened = {name: getattr(registration, name) for name in SEALED if name in sources}
    second = registration.job_type_2
    return {
        **{name: value.reveal(access) if value else "" for name, value in opened.items()},
        "job_type_1": registration.job_type_1.code,
        "job_type_2": second.code if second else "",
        "work_location": registration.work_location,
        "package": registration.package,
        "months": str(registration.months),
    }


def _filled(row: BatchRow, layout: Layout, access: Access) -> list[str | int]:
    filled, faults = cells(values(row.registration, layout, access), layout)
    if faults or row.version != row.registration.version:
        raise ActionRefused(
            "changed",
            _("A registration of this batch has changed since. Cancel the batch and make a new one."),
        )
    return filled


def _sendable(batch: Batch) -> list[BatchRow]:
    rows = BatchRow.objects.filter(batch=batch, live=True, registration__consent_withdrawn_at=None)
    rows = rows.select_related("registration__job_type_1", "registration__job_type_2")
    return list(rows.order_by("position"))


def _lock_branch(branch_id: int) -> None:
    """Of two batches that a branch makes at once the second waits here, for its number and for its rows."""
    Branch.objects.select_for_update(no_key=True).get(pk=branch_id)


def _still_waiting(found: Sequence[Participation]) -> list[Participation]:
    """Those of them that wait now as they were checked, the longest waiting first. The registrations are locked before
    the participations and in the order of their ids, as every decision does, so that none waits for the other."""
    checked = {one.pk: one.registration.version for one in found}
    registrations = Registration.objects.filter(pk__in=[one.registration_id for one in found])
    standing = registrations.filter(state=State.APPROVED, consent_withdrawn_at=None).only("pk", "version")
    versions = {row.pk: row.version for row in standing.order_by("pk").select_for_update(of=("self",))}
    rows = Participation.objects.live().filter(pk__in=checked, stage=Stage.WAITING).select_related("approval")
    rows = rows.order_by("pk").select_for_update(of=("self",))
    kept = [
        one for one in rows if versions.get(one.registration_id) == one.approval.version == checked[one.pk]
    ]
    return sorted(kept, key=lambda one: (one.approved_at, one.pk))
