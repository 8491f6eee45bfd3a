"""Which officers signed in on this phone with their password, and how long ago: a signed cookie of the phone.

A PIN counts only for them (outreach/pin.py). An entry is worth nothing after sixteen hours, after another password, for
who is deactivated, and once an admin has ended the person's sessions.
"""

import secrets
from dataclasses import dataclass, field

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import get_backends
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from outreach import crypto
from outreach.choices import Role
from outreach.models import User

AGE = 16 * 3600
"""Seconds: a day at the stand, not the next one."""
MOST = 12
"""People a phone remembers."""
_SALT = "outreach.roster"


@dataclass
class Roster:
    """`people`: person id → (mark of the password, when it was typed, in seconds)."""

    phone: str = field(default_factory=lambda: secrets.token_hex(8))
    people: dict[int, tuple[str, float]] = field(default_factory=dict)
    changed: bool = False


def of(request: HttpRequest) -> Roster:
    """The phone's roster, read once a request; an empty one where the cookie is absent or not ours."""
    if not hasattr(request, "_roster"):
        try:
            held = signing.loads(
                request.COOKIES.get(settings.ROSTER_COOKIE_NAME, ""), salt=_SALT, max_age=AGE
            )
            people = {person: (mark, at) for person, mark, at in held["people"]}
            request._roster = Roster(held["phone"], people)
        except signing.BadSignature:
            request._roster = Roster()
    return request._roster


def remember(request: HttpRequest, person: User) -> None:
    """The password was typed on this phone just now; wrong PINs of before are forgiven."""
    roster = of(request)
    roster.people.pop(person.pk, None)
    roster.people[person.pk] = (_mark(person), timezone.now().timestamp())
    for oldest in list(roster.people)[:-MOST]:
        del roster.people[oldest]
    roster.changed = True
    ratelimit.clear(request, action="pin", key=pin_key(request, person))


def forget(request: HttpRequest, person: User) -> None:
    roster = of(request)
    if roster.people.pop(person.pk, None):
        roster.changed = True


def people(request: HttpRequest) -> list[User]:
    """Who may switch to themselves here, in the order of their names. One query, none without a roster."""
    known = of(request).people
    found = User.objects.filter(pk__in=known).select_related("branch") if known else ()
    return sorted(
        (person for person in found if holds(request, person)), key=lambda person: person.get_full_name()
    )


def holds(request: HttpRequest, person: User) -> bool:
    """Is the entry of this person still worth something?"""
    mark, at = of(request).people.get(person.pk, ("", 0))
    return (
        mark == _mark(person)
        and timezone.now().timestamp() - at < AGE
        and (person.forgotten_at is None or at > person.forgotten_at.timestamp())
        and person.role == Role.OFFICER
        and get_backends()[0].user_can_authenticate(person)
    )


def takes_pin(request: HttpRequest, person: User) -> bool:
    return bool(person.pin) and holds(request, person)


def pin_key(request: HttpRequest, person: User) -> str:
    """Wrong PINs are counted by phone and person; a cookie laid back from before does not begin anew."""
    return f"{of(request).phone}:{person.pk}"


def write(request: HttpRequest, response: HttpResponse) -> None:
    """Into the cookie what this request changed."""
    roster = getattr(request, "_roster", None)
    if roster is None or not roster.changed:
        return
    held = {"phone": roster.phone, "people": [[person, *entry] for person, entry in roster.people.items()]}
    response.set_cookie(
        settings.ROSTER_COOKIE_NAME,
        signing.dumps(held, salt=_SALT),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _mark(person: User) -> str:
    """Another one with another password."""
    return crypto.blind_index("roster", f"{person.pk}\0{person.get_session_auth_hash()}")[:8].hex()
