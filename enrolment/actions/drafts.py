"""Keeping what is typed before it is sent, so that a phone that dies at the stand costs nobody two minutes."""

import json
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions.purging import in_batches
from enrolment.choices import ConsentHow
from enrolment.models import ConsentText, Draft, Prospect, Registration
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import Booth, User

LIMIT = 30
"""Drafts of one officer. The oldest is never thrown away for a new one: nothing is lost unasked."""
LONGEST = 16_000
"""Characters of one draft, all answers together."""
EMPTY = {"content": None, "code_index": None, "code_until": None, "prospect": None}


def save(
    *,
    by: User,
    submission_id: UUID,
    booth: Booth,
    day: date,
    typed: dict[str, list[str]],
    counter: int | None,
    prospect: Prospect | None = None,
) -> tuple[Draft, bool]:
    """(the draft, whether this is kept in it). Not where something else is kept under this `counter` or a later one.
    None is the next one: a page without a script sends once and waits. A `prospect` of this officer's stays named.

    The notice comes first: before the worker has agreed nothing is kept, and what was is emptied when they no longer
    do. Raises ActionRefused: `consent_missing`, or if the form was sent or thrown away, is somebody else's, is too
    long, or the officer has too many.
    """
    has_agreed = _has_agreed(typed)
    content = json.dumps(typed) if has_agreed else ""
    if len(content) > LONGEST:
        raise ActionRefused("too_long", _("This is too long to be kept. Shorten the answers."))
    with transaction.atomic():
        draft, is_newest = _locked(submission_id), True
        if draft is None and has_agreed:
            draft = _made(by, submission_id, booth, day)
        if draft is not None:
            draft.prospect = prospect or draft.prospect
            is_newest = _write(draft, by=by, booth=booth, day=day, content=content, counter=counter)
    if is_newest and not has_agreed:
        raise ActionRefused("consent_missing", _("Nothing is kept before the worker has agreed."))
    return draft, is_newest


def discard(*, by: User, draft: Draft) -> None:
    """Throw one's own draft away. Twice is once."""
    with transaction.atomic():
        _end(Draft.objects.filter(pk=draft.pk, officer=by), by=by)


def refused(prospect: Prospect, *, by: User) -> None:
    """They want to hear no more, in the caller's transaction: what the officer who noted them began to type is over.
    A colleague who took it over goes on with it."""
    _end(Draft.objects.filter(prospect=prospect, officer=prospect.officer_id).order_by("pk"), by=by)


def sent(registration: Registration) -> None:
    """Its registration is stored, in the caller's transaction: whoever has the draft now, it is over.

    A row is written even where there was none: else a first save in the same moment would see neither the
    registration nor this, and stay behind.
    """
    now = timezone.now()
    over = Draft(
        submission_id=registration.submission_id, branch_id=registration.branch_id, officer=registration.officer,
        event=registration.event, booth=registration.booth, day=timezone.localdate(registration.registered_at),
        saved_at=now, ended_at=now,
    )  # fmt: skip
    Draft.objects.bulk_create(
        [over], update_conflicts=True, unique_fields=["submission_id"], update_fields=[*EMPTY, "ended_at"]
    )


def purge() -> int:
    """Delete what is abandoned; how many went. Those that were emptied before hold nothing any more: they go too, and
    are not counted."""
    return in_batches(Draft.objects.abandoned(at=timezone.now()), destroy=_delete, action="draft.purge")


def _delete(rows: QuerySet) -> int:
    kept = rows.filter(content__isnull=False).count()
    rows.delete()
    return kept


def abandoned() -> int:
    """How many `purge` would delete now."""
    return Draft.objects.abandoned(at=timezone.now()).aggregate(n=Count("content"))["n"]


def _end(rows: QuerySet, *, by: User) -> None:
    now = timezone.now()
    for draft in rows.filter(ended_at=None).select_for_update():
        Draft.objects.filter(pk=draft.pk).update(saved_at=now, ended_at=now, **EMPTY)
        audit.record(by=by, branch_id=draft.branch_id, action="draft.discard", object_id=draft.pk)


def _locked(submission_id: UUID) -> Draft | None:
    return Draft.objects.select_for_update().filter(pk=submission_id).first()


def _made(by: User, submission_id: UUID, booth: Booth, day: date) -> Draft | None:
    """A new row, still empty; of two first saves at once one inserts, and the other goes on with what it met."""
    if Draft.objects.visible_to(by).count() >= LIMIT:
        raise ActionRefused("too_many", _("You have too many drafts. Send one or throw one away."))
    draft = Draft(
        submission_id=submission_id, branch_id=by.branch_id, officer=by, event=booth.event, booth=booth, day=day,
        saved_at=timezone.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return _locked(submission_id)
    return draft


def _write(draft: Draft, *, by: User, booth: Booth, day: date, content: str, counter: int | None) -> bool:
    """The later one typed into the locked row; False if that is in it already."""
    is_sent = Registration.objects.filter(submission_id=draft.pk).exists()
    if draft.officer_id != by.pk and not is_sent:
        raise ActionRefused("not_yours", _("Another officer goes on with this form."))
    if draft.ended_at or is_sent:
        raise ActionRefused("over", _("This form was sent already, or thrown away."))
    if counter is None:
        counter = draft.counter + 1
    if counter <= draft.counter:
        return False
    draft.content, draft.counter, draft.saved_at = content, counter, timezone.now()
    draft.event, draft.booth, draft.day = booth.event, booth, day
    if not content:
        draft.code_index = draft.code_until = None
    draft.save()
    return True


def _has_agreed(typed: dict[str, list[str]]) -> bool:
    """Both answers that the form asks for before its first question (decision 0004)."""
    (version, how) = ((typed.get(name) or [""])[-1] for name in ("consent_version", "consent_how"))
    is_answer = how in ConsentHow.values and how != ConsentHow.UNKNOWN
    return (
        is_answer and ConsentText.objects.coded(version).filter(valid_from__lte=timezone.localdate()).exists()
    )
