"""Logs without personal data: one line a record on stderr, identity and phone numbers masked.

The mask is in the formatter, the last thing before the line is written, so that a message, its arguments, an
exception's text and a visitor's path all pass it.
"""

import logging
import re

from django.views.debug import SafeExceptionReporterFilter

# Sixteen digits or more, as people write a NIK: with blanks, dots or dashes between.
LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){15,}")
# +62 812…, 62812…, 0812…, 021-…: eight digits at least.
PHONE = re.compile(r"(?<!\d)(?:\+?62|0)[ .\-]?(?:\(0\)[ .\-]?)?[2-9](?:[ .\-]?\d){6,13}")
# The part of a password link that is as good as the password.
RESET_KEY = re.compile(r"(/password/reset/key/[0-9A-Za-z]+-)[^/\s\"']+")
# What a receipt's QR carries: as good as the receipt to whoever wants to know how its worker's case stands.
STATUS_TOKEN = re.compile(r"(/s/)[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])")
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def scrub(text: str) -> str:
    """The text with identity numbers, Indonesian phone numbers and the keys of links masked."""
    text = RESET_KEY.sub(r"\1[key]", text)
    text = STATUS_TOKEN.sub(r"\1[key]", text)
    return PHONE.sub("[phone]", LONG_NUMBER.sub("[number]", text))


class OneLine(logging.Formatter):
    """`time level logger: message`; line ends become ⏎, so that nobody can forge a record."""

    def __init__(self):
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        # A cached traceback of another handler may not be scrubbed, nor may ours be handed on.
        line = super().format(record).replace("\r\n", "\n").replace("\n", " ⏎ ")
        # The time is set before afterwards: scrubbing would take it for a long number.
        return f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S%z')} {CONTROL.sub('�', scrub(line))}"


class NoVariables(SafeExceptionReporterFilter):
    """Error reports with neither local variables nor what was posted: both hold identities."""

    def get_traceback_frame_variables(self, request, tb_frame):
        return []

    def get_post_parameters(self, request):
        return {}
