"""Counting who was greeted at a booth: one tap, one row.

No row goes into the audit chain. A tap holds no personal data, and a queue for the branch's chain lock at every tap
of every stand would hold up the registrations. The rows themselves are append-only and say who tapped when.
"""

from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.errors import ActionRefused
from outreach.models import Assignment, Booth, Greeting, User
from outreach.models.greeting import TAKE_BACK_WITHIN
from outreach.permissions import GREET


def greet(*, by: User, booth: Booth, greeting_id: UUID) -> bool:
    """Count one person at a booth. False if this id was counted before: then nothing is added.

    The primary key decides, never a look-up first. Raises ActionRefused("not_on_duty") unless `by` stands at this
    booth today and its event is open; nothing is locked for that, so a tap in the moment of closing is counted.
    ActionRefused("conflict") if the id is somebody else's tap.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            _check_duty(by, booth)
            Greeting(id=greeting_id, booth=booth, day=timezone.localdate(now), officer=by, at=now).save(
                force_insert=True
            )
    except (IntegrityError, ActionRefused) as refusal:
        if Greeting.objects.filter(pk=greeting_id, booth=booth, officer=by, undoes=None).exists():
            return False  # what is sent again after the event closed was counted all the same
        if isinstance(refusal, ActionRefused):
            raise
        raise ActionRefused("conflict", _("Nothing was counted. Load the page again.")) from refusal
    return True


def take_back(*, by: User, booth: Booth, greeting_id: UUID) -> bool:
    """Take one's own tap of the last minutes back, by a row that names it. False if it was taken back before.

    Raises ActionRefused("too_late") for an older tap, or one that is not theirs.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            tap = Greeting.objects.filter(
                pk=greeting_id, booth=booth, officer=by, undoes=None, at__gte=now - TAKE_BACK_WITHIN
            ).first()
            if tap is None:
                raise ActionRefused(
                    "too_late", _("A tap can be taken back for five minutes. This one stays counted.")
                )
            Greeting(id=uuid4(), booth=booth, day=tap.day, officer=by, at=now, undoes=tap).save(
                force_insert=True
            )
    except (IntegrityError, ActionRefused):
        if Greeting.objects.filter(undoes=greeting_id, booth=booth, officer=by).exists():
            return False
        raise
    return True


def _check_duty(by: User, booth: Booth) -> None:
    duties = Assignment.objects.for_officer(by, timezone.localdate())
    if not by.has_perm(GREET) or not duties.filter(booth=booth).exists():
        raise ActionRefused(
            "not_on_duty",
            _(
                "You are not on duty at this booth today, so nothing was counted. Ask the branch to assign you."
            ),
        )
