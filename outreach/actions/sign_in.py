"""What happens to a way of signing in, each with its row in the audit chain of the person's branch."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach import pin as pins
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import User


def note(*, by: User | None, person: User, action: str, count: int = 1) -> None:
    """One row: somebody signed in or out, was locked out, changed a password. Who has no branch has no chain."""
    if person.branch_id is None:
        return
    with transaction.atomic():
        audit.record(
            by=by, branch_id=person.branch_id, action=action, purpose=f"user {person.pk}", count=count
        )


def set_pin(*, by: User, typed: str) -> None:
    """A new PIN, one's own. `typed` is well-formed (outreach.pin)."""
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        person.pin = pins.hashed(typed, of=person.pk)
        person.save(update_fields=("pin",))
        note(by=by, person=person, action="pin.set")


def end_sessions(*, by: User, person: User, keys: set[str], forget: bool = False) -> int:
    """End these sessions of a person; how many there were. The keys of somebody else's are passed over.

    A phone that is ended may be a lost one: none takes the PIN before the password was typed there again. With
    `forget` also if nothing was ended: on a phone that was only switched to a colleague there is no session.
    """
    with transaction.atomic():
        known = UserSession.objects.filter(user=person, session_key__in=keys)
        found = list(known.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=found).delete()
        known.delete()
        if found or forget:
            User.objects.filter(pk=person.pk).update(forgotten_at=timezone.now())
            note(by=by, person=person, action="session.end", count=len(found))
    return len(found)


def end_all_sessions(*, by: User, person: User) -> None:
    """Out everywhere at the next request; no phone takes the PIN before the password was typed there again."""
    with transaction.atomic():
        ended = _end_all(person)
        note(by=by, person=person, action="session.end_all", count=ended)


def reset_second_factor(*, by: User | None, person: User) -> None:
    """Take a lost phone's second factor away; the person sets up a new one at the next sign-in. `by=None` is the
    console.

    Raises ActionRefused("own") for one's own, for then a stolen session would be rid of it; ActionRefused("absent").
    """
    if by is not None and by.pk == person.pk:
        raise ActionRefused("own", _("Ask another system admin to reset your second step."))
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if not Authenticator.objects.filter(user=person).delete()[0]:
            raise ActionRefused("absent", _("This person has not set up a second step. Nothing was changed."))
        _end_all(person)
        note(by=by, person=person, action="second_factor.reset")


def _end_all(person: User) -> int:
    known = UserSession.objects.filter(user=person)
    ended, _found = Session.objects.filter(session_key__in=known.values("session_key")).delete()
    known.delete()
    User.objects.filter(pk=person.pk).update(forgotten_at=timezone.now())
    return ended
