"""Sending mail aside from the answer: whether an account exists must not show in how long a page takes, nor whether
the mail server is well."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from django.core.mail import EmailMessage

log = logging.getLogger(__name__)

# One after the other; its thread starts with the first mail, so after gunicorn has forked.
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def send_soon(message: EmailMessage) -> Future:
    """Queue a message. What goes wrong is logged by its kind alone: the server's words may name the addressee."""
    return _sender.submit(_send, message)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception as error:  # whatever a mail server and its library can raise
        log.error("a mail was not sent: %s", type(error).__name__)
