"""Counting who was greeted at a booth: one tap, one row.

No row goes into the audit chain. A tap holds no personal data, and a queue for the branch's chain lock at every tap
of every stand would hold up the registrations. The rows themselves are append-only and say who tapped when.
"""

from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.actions.once import once
from outreach.errors import ActionRefused
from outreach.models import Assignment, Booth, Greeting, User
from outreach.models.greeting import TAKE_BACK_WITHIN
from outreach.permissions import GREET


def greet(*, by: User, booth: Booth, greeting_id: UUID) -> bool:
    """Count one person at a booth. False if this id was counted before: then nothing is added.

    Raises ActionRefused("not_on_duty") unless `by` stands at this booth today and its event is open; nothing is locked
    for that, so a tap in the moment of closing is counted. ActionRefused("conflict") if the id is another tap.
    """
    now = timezone.now()

    def create() -> Greeting:
        _check_duty(by, booth)
        tap = Greeting(id=greeting_id, booth=booth, day=timezone.localdate(now), officer=by, at=now)
        tap.save(force_insert=True)
        return tap

    _tap, is_new = once(
        create,
        find=Greeting.objects.filter(pk=greeting_id).first,
        same=lambda tap: (tap.booth_id, tap.officer_id, tap.undoes_id) == (booth.pk, by.pk, None),
        conflict=_nothing_counted(),
    )
    return is_new


def take_back(*, by: User, booth: Booth, greeting_id: UUID) -> bool:
    """Take one's own tap of the last minutes back, by a row that names it. False if it was taken back before.

    Raises ActionRefused("too_late") for an older tap, or one that is not theirs.
    """
    now = timezone.now()

    def create() -> Greeting:
        tap = Greeting.objects.filter(
            pk=greeting_id, booth=booth, officer=by, undoes=None, at__gte=now - TAKE_BACK_WITHIN
        ).first()
        if tap is None:
            raise ActionRefused(
                "too_late", _("A tap can be taken back for five minutes. This one stays counted.")
            )
        back = Greeting(id=uuid4(), booth=booth, day=tap.day, officer=by, at=now, undoes=tap)
        back.save(force_insert=True)
        return back

    _back, is_new = once(
        create,
        find=Greeting.objects.filter(undoes=greeting_id).first,
        same=lambda back: (back.booth_id, back.officer_id) == (booth.pk, by.pk),
        conflict=_nothing_counted(),
    )
    return is_new


def _nothing_counted() -> ActionRefused:
    return ActionRefused("conflict", _("Nothing was counted. Load the page again."))


def _check_duty(by: User, booth: Booth) -> None:
    duties = Assignment.objects.for_officer(by, timezone.localdate())
    if not by.has_perm(GREET) or not duties.filter(booth=booth).exists():
        raise ActionRefused(
            "not_on_duty",
            _(
                "You are not on duty at this booth today, so nothing was counted. Ask the branch to assign you."
            ),
        )
