"""A stored quote is derived from the rows it took, whatever is decided about tariffs later."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrolment.models import Bracket, ContributionSchedule, Registration, Relief
from enrolment.queries import tariffs
from tests import factories

OTHER = "pp50-other"


@pytest.fixture
def stored(cast):
    """Twelve months from November 2026, of a trader: two with relief, ten in full."""
    return factories.submitted(
        by=cast.officer, package="L", months="12", first_month="2026-11", income="2500000"
    )


def new_edition(**changes) -> Relief:
    """What a prolonged, shortened or cancelled relief is: another row; the old one is retired."""
    old = Relief.objects.get(code=OTHER)
    Relief.objects.filter(pk=old.pk).update(retired_at=timezone.now())
    values = {"sector": old.sector, "percent": 50, "valid_from": old.valid_from, "valid_to": old.valid_to}
    return Relief.objects.create(**{**values, "code": "pp50-other-2", **changes})


def total_again(stored: Registration) -> int:
    return tariffs.stored_quote(stored, income=2_500_000).total


def test_a_stored_quote_names_its_rows(stored):
    assert (stored.schedule.code, stored.reliefs, stored.discounted_months) == ("bpu-2015", [OTHER], 2)
    # Base 2.600.000: JKK 26.000, JKM 6.800, JHT 52.000; two months with JKK and JKM halved.
    assert stored.contribution_total == 2 * (13_000 + 3_400 + 52_000) + 10 * (26_000 + 6_800 + 52_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_to": date(2027, 12, 31)},
        {"valid_to": date(2026, 10, 31)},
        {"percent": 10},
        {"on_jht": True},
    ],
)
def test_a_new_edition_of_a_relief_changes_no_stored_quote(stored, changes):
    new_edition(**changes)
    assert total_again(stored) == stored.contribution_total


def test_a_relief_that_comes_later_changes_no_stored_quote(stored):
    Relief.objects.create(
        code="later", sector="other", percent=50, valid_from=date(2027, 1, 1), valid_to=date(2027, 6, 30)
    )
    assert total_again(stored) == stored.contribution_total


def test_a_new_schedule_changes_no_stored_quote(stored):
    ContributionSchedule.objects.filter(code="bpu-2015").update(retired_at=timezone.now())
    later = ContributionSchedule.objects.create(
        code="bpu-2015-2", valid_from=date(2015, 7, 1), jkk_per_mille=20, jkm_flat=7000, jht_per_mille=20
    )
    Bracket.objects.create(schedule=later, income_from=0, contribution_base=1_000_000)
    assert total_again(stored) == stored.contribution_total


def test_new_quotes_take_the_edition_in_force(cast, stored):
    new_edition(valid_to=date(2026, 10, 31))
    later = factories.submitted(
        by=cast.officer, package="L", months="12", first_month="2026-11", income="2500000"
    )
    assert (later.reliefs, later.contribution_total) == ([], 12 * 84_800)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Relief.objects.filter(code=OTHER).update(valid_to=date(2027, 12, 31)),
        lambda: Relief.objects.filter(code=OTHER).update(percent=40),
        lambda: Relief.objects.filter(code=OTHER).update(on_jht=True),
        lambda: Relief.objects.filter(code=OTHER).delete(),
        lambda: ContributionSchedule.objects.update(jkm_flat=1),
        lambda: ContributionSchedule.objects.update(code="x"),
        lambda: Bracket.objects.filter(income_from=0).update(contribution_base=1),
        lambda: Bracket.objects.filter(income_from=0).delete(),
    ],
)
def test_the_database_keeps_the_rows_that_a_quote_may_have_taken(db, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def test_a_retired_edition_stays_retired(db):
    Relief.objects.filter(code=OTHER).update(retired_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Relief.objects.filter(code=OTHER).update(retired_at=None)


@pytest.mark.parametrize(
    ("sector", "start", "end", "refused"),
    [
        ("other", date(2026, 12, 1), date(2027, 6, 30), True),
        ("other", date(2026, 5, 1), date(2026, 5, 31), True),
        ("other", date(2027, 1, 1), date(2027, 6, 30), False),
        ("transport", date(2027, 1, 1), date(2027, 6, 30), True),
        ("transport", date(2027, 4, 1), date(2027, 6, 30), False),
    ],
)
def test_two_reliefs_of_a_sector_never_meet(db, sector, start, end, refused):
    def add():
        with transaction.atomic():
            Relief.objects.create(code="more", sector=sector, percent=50, valid_from=start, valid_to=end)

    if refused:
        with pytest.raises(IntegrityError, match="overlap"):
            add()
    else:
        add()


def test_two_schedules_never_begin_on_one_day(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        ContributionSchedule.objects.create(
            code="twice", valid_from=date(2015, 7, 1), jkk_per_mille=1, jkm_flat=1, jht_per_mille=1
        )


def test_the_checker_is_silent_about_right_quotes(stored, capsys):
    new_edition(valid_to=date(2026, 10, 31))
    call_command("verify_quotes")
    assert capsys.readouterr().out == "1 quotes, 0 differ\n"


@pytest.mark.parametrize(
    "change",
    [{"contribution_total": 1}, {"reliefs": []}, {"discounted_months": 1}, {"contribution_base": 2_600_001}],
)
def test_the_checker_names_a_quote_that_differs(stored, capsys, change):
    Registration.objects.filter(pk=stored.pk).update(**change)
    with pytest.raises(CommandError, match="1 of 1 quotes differ"):
        call_command("verify_quotes")
    assert capsys.readouterr().out.startswith(f"{stored.reference}: ")
