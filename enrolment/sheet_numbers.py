"""The number of a sheet of paper, `P-7K3-042-X`: the pad's code, the sheet in it, and a check symbol. It stands large
on the blank form and is read out on the phone; nothing personal in it.

The check symbol is that of a registration's reference, over the P as well: who types a receipt's number where a sheet's
belongs is told so.
"""

import itertools
import re
import secrets
from collections.abc import Iterable

from enrolment import references

MOST = 100
"""Sheets of one pad. Who needs more makes another pad."""
CODE_LENGTH = 3
_BODY = re.compile(rf"P([{references.ALPHABET}]{{{CODE_LENGTH}}})([0-9]{{3}})([{references.ALPHABET}])")
_RANGE = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?")


def new_code() -> str:
    """A pad's code. 31^3 are 29,791 of a branch: the database's constraint settles a collision."""
    return "".join(secrets.choice(references.ALPHABET) for _ in range(CODE_LENGTH))


def serial(code: str, number: int) -> str:
    """`P-7K3-042-X`, as it is printed, shown and read out."""
    return f"P-{code}-{number:03}-{references.check_symbol(f'P{code}{number:03}')}"


def read(typed: str) -> tuple[str, int]:
    """The pad's code and the sheet's number out of what was typed or scanned, with or without the P. Raises ValueError
    if it cannot be a sheet's number."""
    symbols = references.symbols(typed)
    match = _BODY.fullmatch(symbols if symbols.startswith("P") and len(symbols) == 8 else f"P{symbols}")
    if not match or references.check_symbol(f"P{match[1]}{match[2]}") != match[3]:
        raise ValueError("not the number of a sheet")
    return match[1], int(match[2])


def in_ranges(numbers: Iterable[int]) -> str:
    """`007, 012–015`: in order, neighbours together."""
    found = []
    for _step, run in itertools.groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        run = [number for _position, number in run]
        found.append(f"{run[0]:03}" if len(run) == 1 else f"{run[0]:03}–{run[-1]:03}")
    return ", ".join(found)


def read_ranges(typed: str, *, most: int) -> list[int]:
    """`7, 12-15` → 7, 12, 13, 14, 15; as people write it, with either dash. Raises ValueError for anything else, and
    for a number that no sheet of a pad of `most` has."""
    found: set[int] = set()
    for part in re.sub(r"\s*[-–]\s*", "-", typed.strip()).replace(";", ",").replace(",", " ").split():
        match = _RANGE.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= most:
            raise ValueError("no such sheets")
        found.update(range(first, last + 1))
    return sorted(found)
