"""The monthly contribution (iuran) of a BPU worker, pure and exact. Amounts are whole Rupiah.

Nothing here knows an amount: schedules (PP 44/2015 Lampiran II, PP 46/2015) and reliefs (PP 50/2025) are dated
data with their legal basis, passed in. This module only knows how they combine:

* the reported income picks a bracket by its *lower* bound, because the printed brackets leave gaps;
* JKK (work accident) and JHT (old age) are per mille of the bracket's contribution base, never of the income;
  JKM (death) is a flat amount;
* JKK and JKM are mandatory (package `T`), JHT is optional (package `L` = T + JHT);
* a relief is applied to each *contribution month* by its own dates. DOMAIN knows this per-month reading only as
  likely, so a quote that touches a relief is an estimate.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

Package = Literal["T", "L"]
Programme = Literal["jkk", "jkm", "jht"]

MONTHS_PREPAID = (1, 2, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A dated tariff. `brackets` are (lowest income, contribution base), ascending; `valid_to` is inclusive."""

    code: str
    valid_from: date
    valid_to: date | None
    jkk_per_mille: int
    jkm_flat: int
    jht_per_mille: int
    brackets: tuple[tuple[int, int], ...]

    def base_for(self, income: int) -> int:
        """The contribution base for a monthly income in Rupiah. Raises ValueError below the lowest bracket."""
        position = bisect_right(self.brackets, income, key=lambda bracket: bracket[0])
        if not position:
            raise ValueError("income is below the lowest bracket")
        return self.brackets[position - 1][1]


@dataclass(frozen=True, slots=True)
class Relief:
    """A dated reduction of one sector's programmes to `percent` of the contribution; both ends inclusive."""

    code: str
    sector: str
    programmes: frozenset[Programme]
    percent: int
    valid_from: date
    valid_to: date
    excludes_government_paid: bool


@dataclass(frozen=True, slots=True)
class Month:
    """One contribution month: its first day, the three contributions in Rupiah, and the relief's code if any."""

    first_day: date
    jkk: int
    jkm: int
    jht: int
    relief: str | None

    @property
    def total(self) -> int:
        return self.jkk + self.jkm + self.jht


@dataclass(frozen=True, slots=True)
class Quote:
    """What a worker would pay, and from which schedule that follows."""

    schedule: str
    base: int
    months: tuple[Month, ...]

    @property
    def total(self) -> int:
        return sum(month.total for month in self.months)

    @property
    def holds_until(self) -> date:
        """The last day of the first contribution month: who starts to pay later starts with another month."""
        return month_end(self.first_month)

    @property
    def spans(self) -> list[tuple[Month, ...]]:
        """Neighbouring months that cost the same for the same reason, for showing a long quote short."""
        return [
            tuple(same) for _, same in groupby(self.months, key=lambda m: (m.jkk, m.jkm, m.jht, m.relief))
        ]

    @property
    def discounted_months(self) -> int:
        return sum(month.relief is not None for month in self.months)

    @property
    def reliefs(self) -> list[str]:
        """The codes of the reliefs that some month took, in order."""
        return sorted({month.relief for month in self.months if month.relief})

    @property
    def first_month(self) -> date:
        return self.months[0].first_day

    @property
    def last_month(self) -> date:
        return self.months[-1].first_day


def add_months(first_day: date, count: int) -> date:
    """The first day of the month `count` months after the month of `first_day`."""
    years, month_index = divmod(first_day.month - 1 + count, 12)
    return date(first_day.year + years, month_index + 1, 1)


def month_end(first_day: date) -> date:
    """The last day of the month that begins on `first_day`."""
    return add_months(first_day, 1) - timedelta(days=1)


def allowed_first_months(registered_on: date) -> tuple[date, date]:
    """The month of registration and the next, as first days."""
    return add_months(registered_on, 0), add_months(registered_on, 1)


def schedule_for(schedules: Sequence[Schedule], month: date) -> Schedule:
    """The schedule in force on the first day of a month. Raises LookupError if there is none."""
    for schedule in schedules:
        if schedule.valid_from <= month and (schedule.valid_to is None or month <= schedule.valid_to):
            return schedule
    raise LookupError("no schedule covers this month")


def quote(
    *,
    schedule: Schedule,
    reliefs: Sequence[Relief],
    income: int,
    package: Package,
    months: int,
    first_month: date,
    sector: str,
    government_paid: bool,
) -> Quote:
    """What `months` (one of MONTHS_PREPAID) from `first_month` (a first day) cost, month by month.

    Source: PP 44/2015 Lampiran II and PP 46/2015 (tariff), PP 50/2025 (relief; not for contributions paid from
    APBN/APBD). Raises ValueError for an income below the lowest bracket.
    """
    base = schedule.base_for(income)
    jkk = base * schedule.jkk_per_mille // 1000
    jht = base * schedule.jht_per_mille // 1000 if package == "L" else 0
    covered = []
    for offset in range(months):
        month = add_months(first_month, offset)
        relief = _relief_for(reliefs, month=month, sector=sector, government_paid=government_paid)
        covered.append(
            Month(
                first_day=month,
                jkk=_reduced(jkk, "jkk", relief),
                jkm=_reduced(schedule.jkm_flat, "jkm", relief),
                jht=_reduced(jht, "jht", relief),
                relief=relief.code if relief else None,
            )
        )
    return Quote(schedule=schedule.code, base=base, months=tuple(covered))


def _relief_for(
    reliefs: Sequence[Relief], *, month: date, sector: str, government_paid: bool
) -> Relief | None:
    for relief in reliefs:
        if (
            relief.sector == sector
            and relief.valid_from <= month <= relief.valid_to
            and not (government_paid and relief.excludes_government_paid)
        ):
            return relief
    return None


def _reduced(amount: int, programme: Programme, relief: Relief | None) -> int:
    """Half a Rupiah is rounded up: no rule of rounding was found, and today's bases never leave a half."""
    if relief is None or programme not in relief.programmes:
        return amount
    return (amount * relief.percent + 50) // 100
