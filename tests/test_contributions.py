"""Every amount here is worked out by hand from DOMAIN.md, not by the code under test."""

import csv
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from enrolment import contributions
from enrolment.contributions import MONTHS_PREPAID, Relief, Schedule, add_months, allowed_first_months, quote
from enrolment.models import ContributionSchedule
from enrolment.models import Relief as StoredRelief

with (Path(settings.BASE_DIR) / "enrolment/data/bpu_brackets.csv").open(newline="") as file:
    BRACKETS = tuple((int(row["income_from"]), int(row["contribution_base"])) for row in csv.DictReader(file))
HALVED = frozenset(("jkk", "jkm"))
SCHEDULE = Schedule("bpu-2015", date(2015, 7, 1), None, 10, 6800, 20, BRACKETS)
TRANSPORT = Relief("pp50-transport", "transport", HALVED, 50, date(2026, 1, 1), date(2027, 3, 31), True)
OTHER = Relief("pp50-other", "other", HALVED, 50, date(2026, 4, 1), date(2026, 12, 31), True)
FULL_PRICE = date(2023, 6, 1)

firsts = st.dates(date(2015, 7, 1), date(2035, 12, 1)).map(lambda day: day.replace(day=1))
incomes = st.integers(0, 50_000_000)
cases = {
    "income": incomes,
    "package": st.sampled_from("TL"),
    "months": st.sampled_from(MONTHS_PREPAID),
    "first_month": firsts,
    "sector": st.sampled_from(("transport", "other")),
    "government_paid": st.booleans(),
}


def price(**changes) -> contributions.Quote:
    asked = {
        "schedule": SCHEDULE, "reliefs": (TRANSPORT, OTHER), "income": 500_000, "package": "T", "months": 1,
        "first_month": FULL_PRICE, "sector": "other", "government_paid": False,
    }  # fmt: skip
    return quote(**{**asked, **changes})


def test_brackets_are_the_33_of_the_regulation():
    assert len(BRACKETS) == 33
    assert (BRACKETS[0], BRACKETS[-1]) == ((0, 1_000_000), (20_200_000, 20_700_000))
    assert list(BRACKETS) == sorted(BRACKETS)


@pytest.mark.parametrize("position", range(33))
def test_base_changes_exactly_at_the_lower_bound(position):
    lowest, base = BRACKETS[position]
    assert SCHEDULE.base_for(lowest) == base
    assert SCHEDULE.base_for(lowest + 1) == base
    if position:
        assert SCHEDULE.base_for(lowest - 1) == BRACKETS[position - 1][1]
    else:
        with pytest.raises(ValueError, match="below the lowest"):
            SCHEDULE.base_for(-1)


@pytest.mark.parametrize(
    ("income", "base"),
    [
        (1, 1_000_000),
        (1_099_001, 1_000_000),  # in the gap that the printed table leaves
        (1_099_999, 1_000_000),
        (1_100_000, 1_200_000),
        (2_500_000, 2_600_000),
        (3_000_000, 2_950_000),
        (20_199_999, 19_700_000),
        (900_000_000, 20_700_000),
    ],
)
def test_base_of_known_incomes(income, base):
    assert SCHEDULE.base_for(income) == base


def test_jkk_of_three_million_is_29500():
    month = price(income=3_000_000).months[0]
    assert (month.jkk, month.jkm, month.jht) == (29_500, 6_800, 0)


@pytest.mark.parametrize(("package", "total"), [("T", 16_800), ("L", 36_800)])
def test_minimum_of_one_month(package, total):
    assert price(package=package).total == total


def test_trader_with_jht_for_three_months_from_november_pays_221600():
    # base 2.600.000: JKK 26.000, JKM 6.800, JHT 52.000. Halved in November and December: 13.000 + 3.400 + 52.000
    # = 68.400, twice 136.800. January: 84.800.
    asked = price(income=2_500_000, package="L", months=3, first_month=date(2026, 11, 1))
    assert [month.total for month in asked.months] == [68_400, 68_400, 84_800]
    assert [month.relief for month in asked.months] == ["pp50-other", "pp50-other", None]
    assert (asked.total, asked.discounted_months, asked.base) == (221_600, 2, 2_600_000)
    assert (asked.first_month, asked.last_month) == (date(2026, 11, 1), date(2027, 1, 1))


def test_twelve_months_of_a_trader_from_november_are_two_discounted_and_ten_full():
    asked = price(months=12, first_month=date(2026, 11, 1))
    assert (asked.discounted_months, asked.total) == (2, 2 * 8_400 + 10 * 16_800)


def test_transport_is_discounted_until_march_2027():
    asked = price(months=6, first_month=date(2026, 11, 1), sector="transport")
    assert [month.relief is not None for month in asked.months] == [True] * 5 + [False]
    assert asked.total == 5 * 8_400 + 16_800


@pytest.mark.parametrize(
    ("sector", "month", "total"),
    [
        ("transport", date(2025, 12, 1), 16_800),
        ("transport", date(2026, 1, 1), 8_400),
        ("transport", date(2027, 3, 1), 8_400),
        ("transport", date(2027, 4, 1), 16_800),
        ("other", date(2026, 3, 1), 16_800),
        ("other", date(2026, 4, 1), 8_400),
        ("other", date(2026, 12, 1), 8_400),
        ("other", date(2027, 1, 1), 16_800),
    ],
)
def test_relief_begins_and_ends_with_its_months(sector, month, total):
    assert price(sector=sector, first_month=month).total == total


def test_government_paid_contribution_has_no_relief():
    asked = price(months=3, first_month=date(2026, 4, 1), government_paid=True)
    assert (asked.discounted_months, asked.total) == (0, 3 * 16_800)


def test_half_a_rupiah_is_rounded_up():
    odd = Schedule("odd", date(2015, 7, 1), None, 10, 6801, 20, ((0, 100),))
    month = price(schedule=odd, first_month=date(2026, 4, 1)).months[0]
    assert (month.jkk, month.jkm) == (1, 3401)


@given(**cases)
def test_quote_is_whole_rupiah_month_by_month(**case):
    asked = price(**case)
    assert len(asked.months) == case["months"]
    assert asked.total == sum(month.jkk + month.jkm + month.jht for month in asked.months)
    assert all(type(part) is int for month in asked.months for part in (month.jkk, month.jkm, month.jht))
    assert [month.first_day for month in asked.months] == [
        add_months(case["first_month"], offset) for offset in range(case["months"])
    ]
    assert 0 <= asked.discounted_months <= case["months"]


@given(**cases)
def test_relief_halves_jkk_and_jkm_and_leaves_jht(**case):
    asked, full = price(**case), price(**case, reliefs=())
    assert full.discounted_months == 0
    for month, whole in zip(asked.months, full.months, strict=True):
        assert month.jht == whole.jht
        if month.relief:
            assert (2 * month.jkk, 2 * month.jkm) == (whole.jkk, whole.jkm)
        else:
            assert month == whole


@given(**cases, more=st.integers(0, 5_000_000))
def test_quote_never_falls_as_income_rises(more, **case):
    assert price(**case).total <= price(**{**case, "income": case["income"] + more}).total


@given(firsts, st.integers(0, 60))
def test_add_months_counts_whole_months(first, count):
    later = add_months(first, count)
    assert later.day == 1
    assert (later.year * 12 + later.month) - (first.year * 12 + first.month) == count


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2026, 11, 1), (date(2026, 11, 1), date(2026, 12, 1))),
        (date(2026, 11, 30), (date(2026, 11, 1), date(2026, 12, 1))),
        (date(2026, 12, 31), (date(2026, 12, 1), date(2027, 1, 1))),
    ],
)
def test_allowed_first_months_are_this_and_the_next(day, months):
    assert allowed_first_months(day) == months


def test_schedule_for_a_month_is_the_one_in_force():
    old = Schedule("old", date(2010, 1, 1), date(2015, 6, 30), 10, 6000, 20, BRACKETS)
    both = (old, SCHEDULE)
    assert contributions.schedule_for(both, date(2015, 6, 1)) is old
    assert contributions.schedule_for(both, date(2015, 7, 1)) is SCHEDULE
    with pytest.raises(LookupError):
        contributions.schedule_for(both, date(2009, 12, 1))


@pytest.mark.django_db
def test_stored_tariff_is_the_one_worked_with_here():
    assert ContributionSchedule.objects.as_schedules() == [SCHEDULE]
    assert sorted(StoredRelief.objects.as_reliefs(), key=lambda relief: relief.code) == [OTHER, TRANSPORT]
    assert all("PP" in basis for basis in StoredRelief.objects.values_list("basis", flat=True))
