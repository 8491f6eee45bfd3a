"""Which months payments cover, pure. What BPJS counts is not known here, so where two readings are possible the later
month is taken: nobody shall lapse too early."""

from collections.abc import Sequence
from datetime import date

from enrolment.contributions import add_months


def covered_until(first_month: date, payments: Sequence[tuple[date, int]]) -> date:
    """The first day of the last month covered by payments of (day, months), of which there is at least one, the first
    one first. A payment begins with `first_month`, or where the one before it ends; one made later than that begins
    with its own month."""
    begins = first_month
    for day, months in payments:
        begins = add_months(max(begins, day.replace(day=1)), months)
    return add_months(begins, -1)
