"""MAIL_URL → Django's mail settings. No Django import; anything not understood is refused in one line."""

from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from outreach.environ import Refused

_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
TIMEOUT = 10  # seconds


def settings(url: str, *, sender: str) -> dict:
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (TLS from the start); parts are percent-decoded.

    A server on this machine may be spoken to in the clear, every other one never.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("MAIL_URL is not a URL that can be read.") from None
    if parts.scheme not in _PORTS:
        raise Refused("MAIL_URL must begin with smtp:// or smtps://.")
    if not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise Refused("MAIL_URL must be smtp://user:password@host:port, nothing after it.")
    if bool(parts.username) != bool(parts.password):
        raise Refused("MAIL_URL needs both a user and a password, or neither.")
    if parseaddr(sender)[1].count("@") != 1:
        raise Refused("MAIL_FROM must be an e-mail address, such as jemputbola@host.example.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.hostname not in _LOOPBACK,
        "EMAIL_TIMEOUT": TIMEOUT,
        "DEFAULT_FROM_EMAIL": sender,
    }
