"""What a new edition of a tariff does to those in force, pure: whether the months stay covered, and what changes.

The editions in force cover every month from the first one's start without a gap, one at a time. A new one is a
stretch of whole months. It takes the place of the edition that begins with it; of one that began earlier it takes the
rest, which then ends the day before. Anything else that would leave a month with none or two is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise, product

from enrolment import contributions
from enrolment.contributions import Relief, Schedule, month_end

ONE_DAY = timedelta(days=1)
USUAL_INCOMES = (1_500_000, 2_500_000)
"""Between the lowest and the highest: what vendors and drivers mostly report."""


class Gap(Exception):
    """From `first` to `last` (None: for good) no schedule would hold."""

    def __init__(self, first: date, last: date | None, *, before: str, after: str) -> None:
        self.first, self.last, self.before, self.after = first, last, before, after


class Overlap(Exception):
    """From `first` on `earlier` and `later` would both hold."""

    def __init__(self, first: date, *, earlier: str, later: str) -> None:
        self.first, self.earlier, self.later = first, earlier, later


@dataclass(frozen=True, slots=True)
class Tariffs:
    """What new quotes take."""

    schedules: tuple[Schedule, ...]
    reliefs: tuple[Relief, ...]

    def a_month(self, month: date, income: int, case: "Case") -> tuple[int, int] | None:
        """What package T and L cost in a contribution month, or None where no schedule holds."""
        try:
            schedule = contributions.schedule_for(self.schedules, month)
        except LookupError:
            return None
        return tuple(
            contributions.quote(
                schedule=schedule,
                reliefs=self.reliefs,
                income=income,
                package=package,
                months=1,
                first_month=month,
                sector=case.sector,
                government_paid=case.government_paid,
            ).total
            for package in ("T", "L")
        )


@dataclass(frozen=True, slots=True)
class Fitted:
    """The schedules as they will be in force, and what happens to an older one: retired, or ended on a day."""

    schedules: tuple[Schedule, ...]
    retires: str | None = None
    ends: tuple[str, date] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Whose month it is."""

    sector: str
    government_paid: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One income: what T and L cost before and after."""

    income: int
    before: tuple[int, int] | None
    after: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Group:
    """Those who pay the same, before and after."""

    cases: tuple[Case, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring months in which the same changes; no last month: for good."""

    first_month: date
    last_month: date | None
    groups: tuple[Group, ...]


def fit(current: Sequence[Schedule], new: Schedule) -> Fitted:
    """Put a schedule among those in force. Raises Gap or Overlap."""
    replaced = next((one for one in current if one.valid_from == new.valid_from), None)
    kept = sorted((one for one in current if one is not replaced), key=lambda one: one.valid_from)
    ends, after = None, []
    for one in kept:
        if one.valid_from < new.valid_from and (one.valid_to is None or one.valid_to >= new.valid_from):
            ends = (one.code, new.valid_from - ONE_DAY)
            one = replace(one, valid_to=ends[1])
        after.append(one)
    after = sorted([*after, new], key=lambda one: one.valid_from)
    _check_cover(after)
    return Fitted(tuple(after), retires=replaced and replaced.code, ends=ends)


def _check_cover(schedules: Sequence[Schedule]) -> None:
    for one, following in pairwise(schedules):
        if one.valid_to is None or one.valid_to >= following.valid_from:
            raise Overlap(following.valid_from, earlier=one.code, later=following.code)
        if one.valid_to + ONE_DAY < following.valid_from:
            first, last = one.valid_to + ONE_DAY, following.valid_from - ONE_DAY
            raise Gap(first, last, before=one.code, after=following.code)
    last = schedules[-1]
    if last.valid_to is not None:
        raise Gap(last.valid_to + ONE_DAY, None, before=last.code, after="")


def effect(before: Tariffs, after: Tariffs, *, sectors: Sequence[str], since: date) -> list[Stretch]:
    """The months whose contribution changes; those before the month `since` are stretches of their own."""
    cases = [Case(sector, paid) for paid, sector in product((False, True), sectors)]
    starts = _turns(before, after, since)
    found: list[Stretch] = []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        groups = _groups(before, after, start, cases)
        if not groups:
            continue
        last = following and contributions.add_months(following, -1)
        earlier = found[-1] if found else None
        if earlier and start != since and earlier.groups == groups and _meets(earlier, start):
            found[-1] = replace(earlier, last_month=last)
        else:
            found.append(Stretch(start, last, groups))
    return found


def _meets(stretch: Stretch, start: date) -> bool:
    return stretch.last_month is not None and month_end(stretch.last_month) + ONE_DAY == start


def _turns(before: Tariffs, after: Tariffs, since: date) -> list[date]:
    """The first days of months from which on something may be different, in order."""
    dated = [one for tariffs in (before, after) for one in (*tariffs.schedules, *tariffs.reliefs)]
    ends = {one.valid_to + ONE_DAY for one in dated if one.valid_to}
    return sorted({since, *(one.valid_from for one in dated), *ends})


def _groups(before: Tariffs, after: Tariffs, month: date, cases: Sequence[Case]) -> tuple[Group, ...]:
    incomes = _incomes(before, after, month)
    alike: dict[tuple[Line, ...], list[Case]] = {}
    for case in cases:
        lines = [
            Line(income, before.a_month(month, income, case), after.a_month(month, income, case))
            for income in incomes
        ]
        changed = [line for line in lines if line.before != line.after]
        if changed:
            shown = {1, *USUAL_INCOMES, incomes[-1], changed[0].income, changed[-1].income}
            alike.setdefault(tuple(line for line in lines if line.income in shown), []).append(case)
    return tuple(Group(tuple(those), lines) for lines, those in alike.items())


def _incomes(before: Tariffs, after: Tariffs, month: date) -> list[int]:
    """Of every bracket of either table one income, and the usual ones."""
    bounds = set()
    for tariffs in (before, after):
        for one in tariffs.schedules:
            if one.valid_from <= month and (one.valid_to is None or month <= one.valid_to):
                bounds |= {income for income, _base in one.brackets}
    return sorted({1, *USUAL_INCOMES, *(bound for bound in bounds if bound > 0)})
