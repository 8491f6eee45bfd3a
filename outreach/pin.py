"""An officer's PIN: it says who holds a shared phone, and is worth something on that phone only (outreach/roster.py).

A million guesses are little to a machine that holds a hash, so what is hashed is keyed first: a dump of the database
without the index key tells no PIN.
"""

from itertools import pairwise

from django.contrib.auth.hashers import check_password, make_password

from outreach import crypto

LENGTH = 6
_RUNS = ({0}, {1}, {9})
"""Steps from digit to digit, modulo ten: all alike, upwards, downwards."""


def is_well_formed(typed: str) -> bool:
    """Six ASCII digits."""
    return len(typed) == LENGTH and typed.isascii() and typed.isdigit()


def is_easy(typed: str) -> bool:
    """Would a passer-by try it among the first? 000000, 123456, 654321, 121212, 123123."""
    digits = [int(character) for character in typed]
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    return steps in _RUNS or typed == typed[:2] * 3 or typed == typed[:3] * 2


def hashed(typed: str, *, of: int) -> str:
    """What is stored of the PIN of the person with this id."""
    return make_password(_keyed(typed, of))


def fits(typed: str, stored: str, *, of: int) -> bool:
    return bool(stored) and check_password(_keyed(typed, of), stored)


def _keyed(typed: str, person_id: int) -> str:
    return crypto.blind_index("pin", f"{person_id}\0{typed}").hex()
