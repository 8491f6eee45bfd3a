"""The NIK (nomor induk kependudukan), pure: what is impossible, what is odd, how to show it.

`PPKKCC DDMMYY SSSS`: the region where the person was *first* registered (Kemendagri codes), the birth date with
40 added to the day for women, a serial. A NIK never changes, neither when the person moves nor when the birth
date is corrected, so a difference from the card is a warning for the reviewer and never an error.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

LENGTH = 16
FEMALE_DAY_OFFSET = 40

Sex = Literal["L", "P"]

_SEPARATORS = re.compile(r"[\s.\-]+")
_ASCII_DIGITS = re.compile(r"[0-9]*")


@dataclass(frozen=True, slots=True)
class Nik:
    """The parts of a possible NIK. `birth_dates` holds the one or two calendar dates its six digits can mean."""

    region: str
    sex: Sex
    birth_dates: tuple[date, ...]


def normalise(typed: str) -> str:
    """The typed text without spaces, dots and dashes, as people write a NIK in groups."""
    return _SEPARATORS.sub("", typed)


def errors(nik: str) -> list[str]:
    """The codes of what makes a normalised NIK impossible; an empty list if nothing does.

    `nik_digits`, `nik_length` and `nik_alike` each end the reading: what follows would be noise.
    `str.isdigit` is not asked, because it accepts digits of other scripts.
    """
    if not _ASCII_DIGITS.fullmatch(nik):
        return ["nik_digits"]
    if len(nik) != LENGTH:
        return ["nik_length"]
    if len(set(nik)) == 1:
        return ["nik_alike"]
    found = []
    if not _birth_dates(nik):
        found.append("nik_date")
    if nik[12:] == "0000":
        found.append("nik_serial")
    return found


def parse(nik: str) -> Nik:
    """Read a normalised NIK. Raises ValueError if `errors` finds any."""
    if errors(nik):
        raise ValueError("not a possible NIK")
    return Nik(
        region=nik[:6],
        sex="P" if int(nik[6:8]) > FEMALE_DAY_OFFSET else "L",
        birth_dates=_birth_dates(nik),
    )


def warnings(nik: str, *, birth_date: date, sex: Sex, region_known: Callable[[str], bool]) -> list[str]:
    """The codes of what differs between a possible NIK and the card, for the reviewer to see.

    `region_known` is asked for `PP`, `PP.KK` and `PP.KK.CC`. Regions that were split or renumbered are real
    people's numbers, and a number from elsewhere is no warning at all: people move.
    """
    read = parse(nik)
    found = []
    if read.sex != sex:
        found.append("nik_sex")
    if birth_date not in read.birth_dates:
        found.append("nik_birth_date")
    province, regency, district = nik[:2], nik[2:4], nik[4:6]
    if not all(
        region_known(code) for code in (province, f"{province}.{regency}", f"{province}.{regency}.{district}")
    ):
        found.append("nik_region")
    return found


def _birth_dates(nik: str) -> tuple[date, ...]:
    """Every calendar date the digits can mean; the year has two digits, so both centuries are tried."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    if day > FEMALE_DAY_OFFSET:
        day -= FEMALE_DAY_OFFSET
    found = []
    for century in (1900, 2000):
        try:
            found.append(date(century + year, month, day))
        except ValueError:
            continue
    return tuple(found)
