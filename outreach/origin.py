"""From which sign-in something is done: a leaf that a middleware fills and the audit chain reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.sessions.backends.base import SessionBase

from outreach import crypto

DIGEST_BYTES = 8

_session: ContextVar[SessionBase | None] = ContextVar("session", default=None)


@contextmanager
def of(session: SessionBase) -> Iterator[None]:
    """While this lasts, what is recorded comes from this session; also when signing in gives it another key."""
    token = _session.set(session)
    try:
        yield
    finally:
        _session.reset(token)


def digest() -> str:
    """16 hex digits that are the same for the same session and do not tell its key; '' outside a request."""
    session = _session.get()
    key = session.session_key if session is not None else None
    return crypto.blind_index("session", key)[:DIGEST_BYTES].hex() if key else ""
