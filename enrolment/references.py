"""The short reference of a registration, `7K4-2Q9-3`: for the phone, the receipt and URLs. Nothing personal in it.

Six random symbols and a check symbol. The alphabet has 31 symbols, a prime, so that the weighted sum catches
every single wrong symbol and every swap of two; I, L, O, S and U are left out because they are misread or misheard.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
LENGTH = 7
_MISREAD = {"I": "1", "L": "1", "O": "0", "S": "5", "U": "V"}
_DASHES = (
    "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{WORD JOINER}"
)
"""What phones and office programs make of a hyphen."""
_READ = str.maketrans(_MISREAD | dict.fromkeys(_DASHES, ""))


def new() -> str:
    """A fresh reference without dashes. 31^6 are 887 million: the database's constraint settles a collision."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_symbol(body)


def new_token() -> str:
    """128 random bits, URL-safe: what a receipt's QR carries, so that nobody finds another's by counting."""
    return secrets.token_urlsafe(16)


def check_symbol(body: str) -> str:
    """The symbol that makes the weighted sum of all seven divisible by 31."""
    weighted = sum((position + 2) * ALPHABET.index(symbol) for position, symbol in enumerate(body))
    return ALPHABET[-weighted % len(ALPHABET)]


def symbols(typed: str) -> str:
    """What was typed or heard, without blanks and dashes, each misread letter as the symbol that was meant."""
    return "".join(typed.upper().split()).translate(_READ)


def normalise(typed: str) -> str:
    """What was typed or heard, in the stored form. Raises ValueError if it cannot be a reference."""
    reference = symbols(typed)
    if len(reference) != LENGTH or not set(reference) <= set(ALPHABET):
        raise ValueError("a reference has seven symbols")
    if check_symbol(reference[:-1]) != reference[-1]:
        raise ValueError("the check symbol does not fit")
    return reference


def grouped(reference: str) -> str:
    """`7K4-2Q9-3`, as it is shown and read out."""
    return f"{reference[:3]}-{reference[3:6]}-{reference[6:]}"
