"""Which stored schedule a contribution month falls under."""

from datetime import date

import pytest

from enrolment.models import Bracket, ContributionSchedule
from enrolment.queries import tariffs
from tests import factories


@pytest.fixture
def two_schedules(db):
    """The stored one ends with 2026, another follows."""
    ContributionSchedule.objects.update(valid_to=date(2026, 12, 31))
    later = ContributionSchedule.objects.create(
        code="bpu-2027", valid_from=date(2027, 1, 1), jkk_per_mille=20, jkm_flat=7000, jht_per_mille=20
    )
    Bracket.objects.create(schedule=later, income_from=0, contribution_base=1_000_000)
    return later


@pytest.mark.parametrize(
    ("month", "covered"),
    [
        (date(2015, 6, 1), False),
        (date(2015, 7, 1), True),
        (date(2026, 12, 1), True),
        (date(2027, 1, 1), True),
        (date(2040, 1, 1), True),
    ],
)
def test_months_are_covered_from_the_first_schedule_on(two_schedules, month, covered):
    assert tariffs.covers(month) is covered


def test_a_month_between_two_schedules_is_not_covered(two_schedules):
    ContributionSchedule.objects.filter(code="bpu-2015").update(valid_to=date(2026, 11, 30))
    assert [tariffs.covers(month) for month in (date(2026, 12, 1), date(2027, 1, 1))] == [False, True]


def test_a_schedule_without_brackets_covers_nothing(db):
    ContributionSchedule.objects.update(valid_to=date(2026, 12, 31))
    ContributionSchedule.objects.create(
        code="bpu-2027", valid_from=date(2027, 1, 1), jkk_per_mille=20, jkm_flat=7000, jht_per_mille=20
    )
    assert [tariffs.covers(date(2026, 12, 1)), tariffs.covers(date(2027, 1, 1))] == [True, False]


def test_asking_whether_a_month_is_covered_is_one_query(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        tariffs.covers(date(2026, 12, 1))


def test_the_quote_is_of_the_schedule_of_the_first_month(two_schedules, cast):
    day = date(2026, 12, 20)
    factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="akhir-tahun", days=(day, day)
    )
    row = {"event": "akhir-tahun", "registered_at": "2026-12-20T09:00:00+07:00"}
    quotes = [
        tariffs.quote(factories.entry(by=cast.officer, **row, first_month=month))
        for month in ("2026-12", "2027-01")
    ]
    assert [quote.schedule for quote in quotes] == ["bpu-2015", "bpu-2027"]
