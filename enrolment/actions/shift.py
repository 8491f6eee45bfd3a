"""The end of a booth's day: what its officers say was taken, held against what the server has received."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.queries import stands
from outreach.actions import audit
from outreach.actions.once import once
from outreach.choices import Role
from outreach.errors import ActionRefused
from outreach.models import Assignment, Booth, BoothReconciliation, User
from outreach.permissions import CLOSE_BOOTH
from outreach.templatetags.formats import day_short


def may_close(user: User, booth: Booth, *, day: date) -> bool:
    """Who stood at the booth that day, or the branch for somebody who went home without closing it."""
    if not user.has_perm(CLOSE_BOOTH) or booth.event.branch_id != user.branch_id:
        return False
    if user.role == Role.OFFICER:
        return Assignment.objects.filter(booth=booth, day=day, officer=user).exists()
    return True


def close(
    *,
    by: User,
    booth: Booth,
    day: date,
    closing_id: UUID,
    seen: int,
    taken: int,
    on_paper: int,
    reason: str = "",
) -> bool:
    """Close a booth's day, or close it again. False if this id was stored before: then nothing is added.

    `seen` is the number of the last closing that the page showed (0: none): of two who close at once, one is stored
    and the other is told, by the constraint on the number and never by a look-up alone. What is received in the
    moment of closing shows as a difference since. Raises ActionRefused: "not_allowed", "too_early",
    "closed_meanwhile", and "reason_missing" where the numbers differ, or the branch closes in an officer's place.
    """

    def create() -> BoothReconciliation:
        _check(by, booth, day, seen)
        known = stands.shift(booth, by, day=day)
        if not reason and (taken - on_paper != known.received or by.role != Role.OFFICER):
            raise ActionRefused("reason_missing", _("Write in one sentence why the numbers differ."))
        closing = BoothReconciliation(
            id=closing_id, booth=booth, day=day, number=seen + 1, taken=taken, on_paper=on_paper,
            received=known.received, returned=known.returned, reason=reason, at=timezone.now(), by=by,
        )  # fmt: skip
        closing.save(force_insert=True)
        audit.record(
            by=by,
            branch_id=booth.event.branch_id,
            action="booth.close",
            object_id=closing_id,
            purpose=f"booth {booth} {day_short(day)}",
        )
        return closing

    def find() -> BoothReconciliation | None:
        """By its id, or who was faster."""
        rows = BoothReconciliation.objects
        faster = rows.filter(booth=booth, day=day, number=seen + 1)
        return rows.filter(pk=closing_id).first() or faster.first()

    _closing, is_new = once(
        create,
        find=find,
        same=lambda row: (row.pk, row.booth_id, row.day, row.by_id) == (closing_id, booth.pk, day, by.pk),
        conflict=_closed_meanwhile(),
    )
    return is_new


def _check(by: User, booth: Booth, day: date, seen: int) -> None:
    if not may_close(by, booth, day=day):
        raise ActionRefused("not_allowed", _("Closing this booth is not yours to do."))
    if day > timezone.localdate():
        raise ActionRefused("too_early", _("This day has not come yet."))
    last = stands.last_closing(booth, day=day)
    if seen != (last.number if last else 0):
        raise _closed_meanwhile()


def _closed_meanwhile() -> ActionRefused:
    return ActionRefused(
        "closed_meanwhile",
        _(
            "A colleague closed this booth meanwhile. Compare their numbers below; send yours if they are right."
        ),
    )
