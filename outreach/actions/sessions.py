"""Entering an outreach session after it was held, and putting one's own entry right."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.actions import audit
from outreach.actions.once import once
from outreach.choices import EventState, Role
from outreach.errors import ActionRefused
from outreach.models import Event, OutreachSession, User
from outreach.permissions import ENTER_SESSIONS


@dataclass(frozen=True, slots=True)
class SessionContent:
    """What the form says of a session: when (aware), where, about what, who spoke, how many people were there."""

    starts_at: datetime
    place: str
    topic: str
    speaker: User
    people_reached: int

    def changed_in(self, session: OutreachSession) -> list[str]:
        """The names of the fields in which a stored session differs."""
        return [name for name in self.__slots__ if getattr(session, name) != getattr(self, name)]


def enter(*, by: User, event: Event, session_id: UUID, content: SessionContent) -> bool:
    """Store a session. False if the same was stored before under this id: then nothing is added.

    Raises ActionRefused: "conflict" if the id holds other content, "event_not_open", "not_allowed".
    """

    def create() -> OutreachSession:
        _check(by, event, content)
        session = OutreachSession(
            id=session_id, event=event, entered_by=by, entered_at=timezone.now(),
            **{name: getattr(content, name) for name in content.__slots__},
        )  # fmt: skip
        session.save(force_insert=True)
        _record(session, by=by, verb="enter")
        return session

    _session, is_new = once(
        create,
        find=OutreachSession.objects.filter(pk=session_id).first,
        same=lambda stored: (
            (stored.event_id, stored.entered_by_id) == (event.pk, by.pk) and not content.changed_in(stored)
        ),
        conflict=ActionRefused(
            "conflict",
            _(
                "This page was already sent with other content, which is stored. Correct that one in the list, "
                "or open the page anew for another session."
            ),
        ),
    )
    return is_new


def correct(*, by: User, session: OutreachSession, content: SessionContent) -> None:
    """Replace what somebody entered themselves; the same content again changes nothing.

    Raises ActionRefused: "not_own", "event_not_open", "not_allowed".
    """
    with transaction.atomic():
        locked = OutreachSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
        if locked.entered_by_id != by.pk:
            raise ActionRefused("not_own", _("Who entered a session corrects it. Ask them, or the branch."))
        _check(by, locked.event, content)
        changed = content.changed_in(locked)
        if not changed:
            return
        for name in changed:
            setattr(locked, name, getattr(content, name))
        locked.save(update_fields=changed)
        _record(locked, by=by, verb="change", fields=changed)


def _check(by: User, event: Event, content: SessionContent) -> None:
    """An officer of the event, while it is open; the speaker is of its branch. The lock lets registrations pass."""
    locked = Event.objects.select_for_update(of=("self",), no_key=True)
    state = locked.values_list("state", flat=True).get(pk=event.pk)
    mine = by.has_perm(ENTER_SESSIONS) and Event.objects.visible_to(by).filter(pk=event.pk).exists()
    speaker = content.speaker
    if not mine or speaker.branch_id != event.branch_id or speaker.role == Role.ORGANISER:
        raise ActionRefused("not_allowed", _("Sessions of this event are not yours to enter."))
    if state != EventState.OPEN:
        raise ActionRefused(
            "event_not_open", _("This event is not open, so nothing was stored. Ask the head of your branch.")
        )


def _record(session: OutreachSession, *, by: User, verb: str, fields: list[str] | None = None) -> None:
    audit.record(
        by=by, branch_id=session.event.branch_id, action=f"outreachsession.{verb}", object_id=session.pk,
        fields=fields or (), purpose=f"event {session.event.slug}",
    )  # fmt: skip
