"""Keeping what is typed before it is sent, so that a phone that dies at the stand costs nobody two minutes."""

import json
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions.purging import in_batches
from enrolment.models import Draft, Registration
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import Booth, User

LIMIT = 30
"""Drafts of one officer. The oldest is never thrown away for a new one: nothing is lost unasked."""
LONGEST = 16_000
"""Characters of one draft, all answers together."""


def save(
    *,
    by: User,
    submission_id: UUID,
    booth: Booth,
    day: date,
    typed: dict[str, list[str]],
    counter: int | None,
) -> Draft:
    """Keep what is typed, unless something typed later is kept already: compare the `counter` of what comes back.
    None is the next one: a page without a script sends once and waits.

    Raises ActionRefused if the form was sent, is somebody else's, is too long, or the officer has too many.
    """
    content = json.dumps(typed)
    if len(content) > LONGEST:
        raise ActionRefused("too_long", _("This is too long to be kept. Shorten the answers."))
    with transaction.atomic():
        if Registration.objects.filter(submission_id=submission_id).exists():
            raise ActionRefused("sent", _("This form was sent already."))
        draft = _locked(submission_id) or _made(by, submission_id, booth, day, content, counter)
        if draft is None:  # it was there a moment ago: sent or thrown away
            raise ActionRefused("sent", _("This form was sent already."))
        if draft.officer_id != by.pk:
            raise ActionRefused("not_yours", _("Another officer goes on with this form."))
        if counter is None:
            counter = draft.counter + 1
        if counter > draft.counter:
            draft.content, draft.counter, draft.saved_at = content, counter, timezone.now()
            draft.event, draft.booth, draft.day = booth.event, booth, day
            draft.save()
    return draft


def discard(*, by: User, draft: Draft) -> None:
    """Throw one's own draft away. Twice is once."""
    with transaction.atomic():
        gone, _each = Draft.objects.filter(pk=draft.pk, officer=by).delete()
        if gone:
            audit.record(by=by, branch_id=draft.branch_id, action="draft.discard", object_id=draft.pk)


def purge() -> int:
    """Delete what is abandoned, in batches, each with its row in the branch's chain; how many went."""
    rows = Draft.objects.abandoned(at=timezone.now())
    return in_batches(rows, destroy=QuerySet.delete, action="draft.purge")


def abandoned() -> int:
    """How many `purge` would delete now."""
    return Draft.objects.abandoned(at=timezone.now()).aggregate(n=Count("pk"))["n"]


def _locked(submission_id: UUID) -> Draft | None:
    return Draft.objects.select_for_update().filter(pk=submission_id).first()


def _made(
    by: User, submission_id: UUID, booth: Booth, day: date, content: str, counter: int | None
) -> Draft | None:
    """A new row; of two first saves at once one inserts, and the other goes on with what it collided with."""
    if Draft.objects.visible_to(by).count() >= LIMIT:
        raise ActionRefused("too_many", _("You have too many drafts. Send one or throw one away."))
    draft = Draft(
        submission_id=submission_id, branch_id=by.branch_id, officer=by, event=booth.event, booth=booth, day=day,
        counter=counter or 0, saved_at=timezone.now(),
    )  # fmt: skip
    draft.content = content
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return _locked(submission_id)
    return draft
