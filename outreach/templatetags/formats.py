"""How money, days, hours and numbers are written, for every template: one filter each, and no other place.

An empty value gives an empty text, so that a template needs no condition. No-break spaces keep an hour with its
zone and a NIK in one line.
"""

import re
from datetime import date, datetime, time

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_NBSP = "\N{NO-BREAK SPACE}"
_FOUR = 4
_HYPHENED = re.compile(
    r"(<[^>]*>)"
    r"|\b(?=[A-Z-]{0,40}\d)[0-9A-Z]+(?:-[0-9A-Z]+)+\b(?: \d\d\.\d\d\b(?:\xa0WIB)?)?"
    r"|\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]\b",
    re.ASCII,
)
"""A tag, which stays as it is; or capitals with a digit among them, joined by hyphens (`P-7K3-042-X`), a date with
its hour; or a receipt number, which may be of letters alone (`HHB-PRV-R`)."""


@register.filter
def rupiah(amount: int | None) -> str:
    """16800 → `Rp16.800`, as it is printed in Indonesia whatever the language of the screen."""
    if amount is None or amount == "":
        return ""
    sign = "−" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


@register.filter
def amount(value: int | None) -> str:
    """16800 → `16.800`: Rupiah in a table whose head says so."""
    return rupiah(value).replace("Rp", "")


@register.filter
def long_day(value: date | datetime | None) -> str:
    """`Minggu, 22 November 2026`, in the language of the screen."""
    return date_format(_here(value), "l, j F Y") if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """`22 November 2026`, in the language of the screen."""
    return date_format(_here(value), "j F Y") if value else ""


@register.filter
def day_short(value: date | datetime | None) -> str:
    """`22-11-2026`, for tables."""
    return f"{_here(value):%d-%m-%Y}" if value else ""


@register.filter
def one_line(text: str | None) -> SafeString:
    """A sentence, or what stands in one, whose receipt, sheet and phone numbers and dates are not broken at their
    hyphens. They are wrapped, not rewritten: what is copied from the page is what is typed. Not for attributes,
    `<title>` and files, where there is nothing to break."""
    return mark_safe(_HYPHENED.sub(_unbroken, conditional_escape(text or "")))  # noqa: S308 - escaped before


def _unbroken(found: re.Match[str]) -> str:
    return found[1] or f'<span class="jb-one-line">{found[0]}</span>'


@register.filter
def days(event) -> str:
    """The days of an event: `22 November 2026`, `20–21 November 2026` or `30 November – 1 Desember 2026`."""
    first, last = event.first_day, event.last_day
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    return f"{date_format(first, 'j F' if first.year == last.year else 'j F Y')} – {day(last)}"


@register.filter
def weekday_short(value: date | None) -> str:
    """`Min, 22 Nov 2026`, where many days are offered to choose from."""
    return date_format(_here(value), "D, j M Y") if value else ""


@register.filter
def month(value: date | None) -> str:
    """`November 2026`, in the language of the screen."""
    return date_format(_here(value), "F Y") if value else ""


@register.filter
def month_short(value: date | None) -> str:
    """`11-2026`, as it is typed."""
    return f"{_here(value):%m-%Y}" if value else ""


@register.filter
def month_name(value: date | None) -> str:
    """`Nov`, where the year stands elsewhere."""
    return date_format(_here(value), "M") if value else ""


@register.filter
def clock(value: datetime | time | None) -> str:
    """`08.00 WIB`: the hour in Asia/Jakarta."""
    return "" if value is None or value == "" else f"{hour(value)}{_NBSP}WIB"


@register.filter
def hour(value: datetime | time | None) -> str:
    """`08.00`, where the zone is said beside it or once for a whole table."""
    return "" if value is None or value == "" else f"{_here(value):%H.%M}"


@register.filter
def hours(event) -> str:
    """`08.00–15.00 WIB`: when an event is open."""
    return f"{hour(event.opens_at)}–{clock(event.closes_at)}"


@register.filter
def machine(value: date | datetime | None) -> str:
    """`2026-11-22` or `2026-11-22T08:00:00+07:00`, for addresses and attributes: nobody reads it."""
    return _here(value).isoformat() if value else ""


@register.filter
def reference(value: str | None) -> str:
    """`7K42Q93` → `7K4-2Q9-3`, as it is shown and read out."""
    return f"{value[:3]}-{value[3:6]}-{value[6:]}" if value else ""


@register.filter
def phone(value: str | None) -> str:
    """`+6281234567890` → `0812-3456-7890`, as people write it here; a foreign number stays as it is stored."""
    if not value or not value.startswith("+62"):
        return value or ""
    national = "0" + value.removeprefix("+62")
    return "-".join((national[:_FOUR], national[_FOUR : 2 * _FOUR], national[2 * _FOUR :])).rstrip("-")


@register.filter
def in_fours(value: str | None) -> str:
    """`3172011204880001` → `3172 0112 0488 0001`, to be compared with the card."""
    digits = value or ""
    return _NBSP.join(digits[n : n + _FOUR] for n in range(0, len(digits), _FOUR))


def _here(value):
    """A moment in Asia/Jakarta; a plain day or hour is there already."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
