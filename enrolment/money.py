"""Rupiah as people say it: "1,5 juta", "1.500.000", "500rb", "Rp 20.200.000". Whole Rupiah, always."""

import re
from decimal import Decimal

# More than this a month is a slip of the finger, and would not fit the form's echo: Rp10 billion.
LARGEST = 10_000_000_000

_UNITS = {
    "": 1,
    "rb": 1_000,
    "ribu": 1_000,
    "k": 1_000,
    "jt": 1_000_000,
    "juta": 1_000_000,
}
_AMOUNT = re.compile(r"(?:rp\.?)?\s*(?P<number>[0-9][0-9.,]*)\s*(?P<unit>[a-z]*)", re.ASCII)
_PLAIN = re.compile(r"[0-9]+", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*", re.ASCII)
_DECIMAL = re.compile(r"[0-9]+[.,][0-9]{1,2}|[0-9]+[.,][0-9]{3}[1-9]+", re.ASCII)
_ZERO_CENTS = re.compile(
    r"(?<!\.[0-9]{3})\.00$|(?<!,[0-9]{3}),00$", re.ASCII
)  # "2.500.00" lost a digit instead


def parse_rupiah(typed: str) -> int:
    """Whole Rupiah, more than 0 and at most `LARGEST`. Raises ValueError for anything else.

    A dot or comma before exactly three digits groups thousands ("1.500" is 1500, and "1.500 rb" is 1.5 million);
    before one or two digits it is a decimal mark, which only an amount with a unit may have ("8.2 jt").
    """
    match = _AMOUNT.fullmatch(typed.strip().lower().removesuffix(",-"))
    if not match or match["unit"] not in _UNITS:
        raise ValueError("not an amount of Rupiah")
    number, factor = match["number"], _UNITS[match["unit"]]
    if factor == 1:
        number = _ZERO_CENTS.sub("", number)
    if _PLAIN.fullmatch(number):
        amount = int(number) * factor
    elif _GROUPED.fullmatch(number):
        amount = int(re.sub(r"[.,]", "", number)) * factor
    elif factor > 1 and _DECIMAL.fullmatch(number):
        exact = Decimal(number.replace(",", ".")) * factor
        if exact != exact.to_integral_value():
            raise ValueError("not a whole number of Rupiah")
        amount = int(exact)
    else:
        raise ValueError("not an amount of Rupiah")
    if not 0 < amount <= LARGEST:
        raise ValueError("not a positive, plausible amount")
    return amount
