"""A session as signing in makes it. Signing in itself is not measured: Argon2 is slow on purpose."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore


def session_key(user, marks: dict | None = None) -> str:
    """The value of the session's cookie for this person; `marks` is what else the site keeps in it."""
    session = SessionStore()
    session.update(marks or {})
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key
