"""No identity number and no phone number in a log line, whichever way it came in."""

import logging
import sys

import pytest

from outreach.logs import OneLine, scrub


@pytest.mark.parametrize(
    "secret",
    [
        "3171012345678901",
        "3171 0123 4567 8901",
        "317101.234567.8901",
        "31-71-01-234567-8901",
        "081234567890",
        "0812-3456-7890",
        "+62 812 3456 7890",
        "+6281234567890",
        "6281234567890",
        "62 812 3456 7890",
    ],
)
def test_scrub_masks_the_whole_number(secret):
    masked = scrub(f"before {secret}, after")
    assert masked in {"before [number], after", "before [phone], after"}


@pytest.mark.parametrize(
    "text", ["PJR-2023-A", "409 Conflict 12 ms", "2026-11-23 14:53", "row 320 of 320", "16800"]
)
def test_scrub_leaves_the_rest(text):
    assert scrub(text) == text


def _record(message, *args, exc_info=None) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, __file__, 1, message, args, exc_info)


def test_arguments_and_exception_text_are_masked_on_one_line():
    try:
        raise ValueError("no such NIK 3171012345678901")
    except ValueError:
        line = OneLine().format(_record("saw %s\r\nforged 1\x1b[0m", "081234567890", exc_info=sys.exc_info()))
    assert "3171012345678901" not in line
    assert "081234567890" not in line
    assert "saw [phone]" in line
    assert "no such NIK [number]" in line
    assert not any(character in line for character in "\r\n\x1b")
