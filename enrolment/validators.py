"""One rule a field: typed text in, normalised value out, or a ValidationError with a code of errors.py.

The text arrives with its white space collapsed. Nothing here asks the database.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from enrolment import money, nik, sheet_numbers
from enrolment.choices import ConsentHow, GuardianRelation, Package, Sex
from enrolment.contributions import MONTHS_PREPAID
from enrolment.errors import refusal
from outreach import regions

JAKARTA = ZoneInfo("Asia/Jakarta")
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", re.ASCII)
_TIME = re.compile(r"(?P<day>\S+) (?:pukul )?(?P<hour>\d{1,2})[.:](?P<minute>\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
_INTEGER = re.compile(r"[0-9]{1,6}", re.ASCII)
_PHONE_NOISE = re.compile(r"[\s().\-]+")
_PHONE = re.compile(r"(?:\+?62|0)?(8[0-9]{8,11})", re.ASCII)
_NAME_MARKS = frozenset(" '.,-")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "ʼ": "'"})


def submission_id(typed: str) -> UUID:
    """The UUID that was made when the form opened."""
    try:
        return UUID(typed)
    except ValueError:
        raise refusal("submission_invalid") from None


def moment(code: str) -> Callable[[str], datetime | None]:
    """A rule for a day and time: ISO 8601, or `22-11-2026 10.30`; without an offset it is Asia/Jakarta."""

    def rule(typed: str) -> datetime | None:
        if not typed:
            return None
        try:
            if match := _TIME.fullmatch(typed):
                day = _read_date(match["day"])
                at = time(int(match["hour"]), int(match["minute"]))
                read = datetime.combine(day, at, tzinfo=JAKARTA)
            else:
                read = datetime.fromisoformat(typed)
                read = read.astimezone(JAKARTA) if read.tzinfo else read.replace(tzinfo=JAKARTA)
            if not EARLIEST_YEAR <= read.year <= LATEST_YEAR:
                raise ValueError("not a year of this software")
            return read
        except (ValueError, OverflowError):
            raise refusal(code) from None

    return rule


def nik_number(typed: str) -> str:
    """16 ASCII digits that can be a NIK; every reason why not is named."""
    number = nik.normalise(typed)
    codes = nik.errors(number)
    if codes:
        raise ValidationError([refusal(code, empty=not number, count=len(number)) for code in codes])
    return number


def name(typed: str) -> str:
    """A person's name: 1–100 characters, letters and ' . , - only; one word and titles are normal."""
    typed = unicodedata.normalize("NFC", typed).translate(_APOSTROPHES)
    codes = []
    if not 1 <= len(typed) <= 100:
        codes.append("name_length")
    if not all(character.isalpha() or character in _NAME_MARKS for character in typed) or (
        typed and not any(character.isalpha() for character in typed)
    ):
        codes.append("name_characters")
    if codes:
        raise ValidationError([refusal(code, empty=not typed) for code in codes])
    return typed


def optional_name(typed: str) -> str:
    return name(typed) if typed else ""


def text(limit: int, code: str) -> Callable[[str], str]:
    """A rule for a text that may not be empty (`code`), of at most `limit` characters."""

    def rule(typed: str) -> str:
        typed = unicodedata.normalize("NFC", typed)
        if not typed:
            raise refusal(code)
        if len(typed) > limit:
            raise refusal("too_long")
        return typed

    return rule


def chosen(code: str) -> Callable[[str], str]:
    """A rule for what may not be left out and is looked up elsewhere."""

    def rule(typed: str) -> str:
        if not typed:
            raise refusal(code, empty=True)
        return typed

    return rule


def birth_date(typed: str) -> date:
    """A calendar date: ISO, or day first."""
    try:
        return _read_date(typed)
    except ValueError:
        raise refusal("birth_date_invalid", empty=not typed) from None


def one_of(allowed: type[Sex] | type[Package], code: str) -> Callable[[str], str]:
    """A rule for one of a set of letters, in either case."""

    def rule(typed: str) -> str:
        if typed.upper() not in allowed.values:
            raise refusal(code)
        return typed.upper()

    return rule


def consent_how(typed: str) -> str:
    """How the worker came to know the notice; empty where the form has to know (RegistrationForm.clean_consent_how)."""
    if typed.lower() not in ("", *ConsentHow.values):
        raise refusal("consent_how_missing")
    return typed.lower()


def guardian_relation(typed: str) -> str:
    if typed.lower() not in ("", *GuardianRelation.values):
        raise refusal("guardian_relation_invalid")
    return typed.lower()


def guardian_agrees(typed: str) -> bool:
    if typed.lower() not in ("", "y", "n"):
        raise refusal("guardian_agrees_invalid")
    return typed.lower() == "y"


def block_number(code: str) -> Callable[[str], int]:
    """A rule for RT and RW: 1–999, with or without leading zeros."""

    def rule(typed: str) -> int:
        if not _INTEGER.fullmatch(typed) or not 1 <= int(typed) <= 999:
            raise refusal(code)
        return int(typed)

    return rule


def village(near: str) -> Callable[[str], str]:
    """A rule for a village, as code or name; the regency `near` is asked first."""

    def rule(typed: str) -> str:
        try:
            return regions.find_village(typed, near=near)
        except regions.Ambiguous as several:
            raise refusal("village_ambiguous", count=len(several.paths)) from None
        except LookupError:
            raise _no_region("village_unknown", typed, regions.VILLAGE) from None

    return rule


def regency(typed: str) -> str:
    try:
        return regions.find_regency(typed)
    except (LookupError, regions.Ambiguous):
        raise _no_region("location_unknown", typed, regions.REGENCY) from None


def _no_region(code: str, typed: str, level: int) -> ValidationError:
    """With the number of those that begin so: of them the page offers the nearest."""
    begun = regions.search(typed, level=level).total
    return refusal(code, count=begun) if begun else refusal(code, empty=not typed)


def phone(typed: str) -> str:
    """A mobile number as E.164 (+628…): 08…, 62…, +62… or 8…, 10 to 13 digits in the 08 form."""
    match = _PHONE.fullmatch(_PHONE_NOISE.sub("", typed))
    if not match:
        raise refusal("phone_invalid", empty=not typed)
    return f"+62{match[1]}"


def email(typed: str) -> str:
    if typed:
        try:
            validate_email(typed)
        except ValidationError:
            raise refusal("email_invalid") from None
    return typed


def income(typed: str) -> int:
    """A monthly income in whole Rupiah, as people say it."""
    try:
        return money.parse_rupiah(typed)
    except ValueError:
        raise refusal("income_invalid", empty=not typed) from None


def sheet(typed: str) -> tuple[str, int] | None:
    """The number of a paper sheet as (pad's code, sheet); None where nothing was typed."""
    try:
        return sheet_numbers.read(typed) if typed else None
    except ValueError:
        raise refusal("sheet_invalid") from None


def months(typed: str) -> int:
    if not _INTEGER.fullmatch(typed) or int(typed) not in MONTHS_PREPAID:
        raise refusal("months_invalid")
    return int(typed)


def month(typed: str) -> date:
    """The first day of a month written `2026-11`."""
    match = _MONTH.fullmatch(typed)
    try:
        if match:
            return date(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass
    raise refusal("first_month_invalid")


def yes_or_no(typed: str) -> bool:
    """y/n as in the paper file, ya/tidak as people write; empty means no."""
    answer = {"": False, "n": False, "tidak": False, "y": True, "ya": True}.get(typed.lower())
    if answer is None:
        raise refusal("government_paid_invalid")
    return answer


def _read_date(typed: str) -> date:
    match = _DATE.fullmatch(typed)
    if not match:
        raise ValueError("not a date")
    year, month_number, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    return date(int(year), int(month_number), int(day))
