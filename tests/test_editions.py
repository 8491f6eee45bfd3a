"""What a new edition does to those in force, and which months it changes: pure."""

from datetime import date

import pytest

from enrolment.contributions import Relief, Schedule
from enrolment.editions import Case, Gap, Overlap, Tariffs, effect, fit

SECTORS = ("transport", "other")


def schedule(code: str, start: date, end: date | None = None, **changes) -> Schedule:
    values = {"jkk_per_mille": 10, "jkm_flat": 6800, "jht_per_mille": 20, "brackets": ((0, 1_000_000),)}
    return Schedule(**{"code": code, "valid_from": start, "valid_to": end, **values, **changes})


def relief(code: str, start: date, end: date, **changes) -> Relief:
    values = {
        "sector": "other",
        "programmes": frozenset(("jkk", "jkm")),
        "percent": 50,
        "excludes_government_paid": True,
    }
    return Relief(**{"code": code, "valid_from": start, "valid_to": end, **values, **changes})


OLD = schedule("old", date(2015, 7, 1))
ENDED = schedule("old", date(2015, 7, 1), date(2027, 3, 31))
NEXT = schedule("next", date(2027, 4, 1), jkm_flat=7000)


def spans(schedules) -> list[tuple[str, date, date | None]]:
    return [(one.code, one.valid_from, one.valid_to) for one in schedules]


def test_one_that_begins_later_ends_the_one_before():
    fitted = fit([OLD], NEXT)
    assert spans(fitted.schedules) == spans([ENDED, NEXT])
    assert (fitted.retires, fitted.ends) == (None, ("old", date(2027, 3, 31)))


def test_one_that_begins_with_another_takes_its_place():
    fitted = fit([ENDED, NEXT], schedule("again", date(2027, 4, 1)))
    assert spans(fitted.schedules) == [*spans([ENDED]), ("again", date(2027, 4, 1), None)]
    assert (fitted.retires, fitted.ends) == ("next", None)


def test_one_before_all_others_ends_where_they_begin():
    early = schedule("early", date(2010, 1, 1), date(2015, 6, 30))
    assert spans(fit([OLD], early).schedules) == spans([early, OLD])


def test_one_between_two_takes_the_rest_of_the_earlier():
    between = schedule("between", date(2027, 1, 1), date(2027, 3, 31))
    fitted = fit([NEXT, ENDED], between)
    assert [one.code for one in fitted.schedules] == ["old", "between", "next"]
    assert fitted.ends == ("old", date(2026, 12, 31))


@pytest.mark.parametrize(
    ("current", "new", "first", "last"),
    [
        # With an end of its own and nothing behind it.
        ([OLD], schedule("new", date(2027, 4, 1), date(2027, 6, 30)), date(2027, 7, 1), None),
        # A correction that ends too early: at the end of all, and before another.
        ([OLD], schedule("new", date(2015, 7, 1), date(2027, 3, 31)), date(2027, 4, 1), None),
        ([ENDED, NEXT], schedule("new", date(2015, 7, 1), date(2026, 12, 31)), date(2027, 1, 1), date(2027, 3, 31)),
        # Before the first, and not as far as it.
        ([OLD], schedule("new", date(2010, 1, 1), date(2015, 4, 30)), date(2015, 5, 1), date(2015, 6, 30)),
        # Behind the last, which has an end: not by these pages, but nothing in the database forbids it.
        ([ENDED], schedule("new", date(2027, 6, 1)), date(2027, 4, 1), date(2027, 5, 31)),
    ],
)  # fmt: skip
def test_a_month_without_a_schedule_is_refused(current, new, first, last):
    with pytest.raises(Gap) as gap:
        fit(current, new)
    assert (gap.value.first, gap.value.last) == (first, last)


@pytest.mark.parametrize(
    ("new", "first"),
    [
        (schedule("new", date(2015, 7, 1)), date(2027, 4, 1)),
        (schedule("new", date(2027, 1, 1)), date(2027, 4, 1)),
        (schedule("new", date(2027, 1, 1), date(2027, 4, 30)), date(2027, 4, 1)),
        (schedule("new", date(2010, 1, 1), date(2015, 7, 31)), date(2015, 7, 1)),
    ],
)
def test_a_month_with_two_schedules_is_refused(new, first):
    with pytest.raises(Overlap) as overlap:
        fit([ENDED, NEXT], new)
    assert (overlap.value.first, overlap.value.earlier) == (first, "new")


NOW = date(2026, 11, 1)
PLAIN = Tariffs((OLD,), ())
BOTH = tuple(Case(sector, paid) for paid in (False, True) for sector in SECTORS)


def changed(before: Tariffs, after: Tariffs):
    return effect(before, after, sectors=SECTORS, since=NOW)


def test_what_changes_nothing_has_no_months():
    assert changed(PLAIN, Tariffs((schedule("same", date(2015, 7, 1)),), ())) == []


def test_a_schedule_changes_its_months_for_everybody():
    (stretch,) = changed(PLAIN, Tariffs((ENDED, NEXT), ()))
    assert (stretch.first_month, stretch.last_month) == (date(2027, 4, 1), None)
    (group,) = stretch.groups
    assert group.cases == BOTH
    # JKK 10.000 and JKM; L has JHT 20.000 besides.
    assert {(line.before, line.after) for line in group.lines} == {((16_800, 36_800), (17_000, 37_000))}
    assert [line.income for line in group.lines] == [1, 1_500_000, 2_500_000]


def test_a_relief_changes_its_months_for_its_sector_and_not_where_a_government_pays():
    after = Tariffs((OLD,), (relief("r", date(2027, 1, 1), date(2027, 6, 30)),))
    (stretch,) = changed(PLAIN, after)
    assert (stretch.first_month, stretch.last_month) == (date(2027, 1, 1), date(2027, 6, 1))
    (group,) = stretch.groups
    assert group.cases == (Case("other", False),)
    assert {line.after for line in group.lines} == {(8_400, 28_400)}


def test_a_prolonged_relief_changes_the_months_that_it_gains():
    before = Tariffs((OLD,), (relief("r", date(2026, 4, 1), date(2026, 12, 31)),))
    after = Tariffs((OLD,), (relief("r2", date(2026, 4, 1), date(2027, 6, 30)),))
    assert [(one.first_month, one.last_month) for one in changed(before, after)] == [
        (date(2027, 1, 1), date(2027, 6, 1))
    ]


def test_months_before_this_one_are_a_stretch_of_their_own():
    after = Tariffs((schedule("again", date(2015, 7, 1), jkm_flat=7000),), ())
    assert [(one.first_month, one.last_month) for one in changed(PLAIN, after)] == [
        (date(2015, 7, 1), date(2026, 10, 1)),
        (date(2026, 11, 1), None),
    ]


def test_a_relief_within_a_change_parts_it_by_months_and_by_who_pays():
    half = relief("r", date(2026, 11, 1), date(2026, 12, 31))
    dearer = schedule("again", date(2015, 7, 1), jkm_flat=7000)
    found = changed(Tariffs((OLD,), (half,)), Tariffs((dearer,), (half,)))
    assert [(one.first_month, len(one.groups)) for one in found] == [
        (date(2015, 7, 1), 1),
        (date(2026, 11, 1), 2),
        (date(2027, 1, 1), 1),
    ]
    assert [group.cases for group in found[1].groups] == [
        (Case("transport", False), Case("transport", True), Case("other", True)),
        (Case("other", False),),
    ]


def test_a_bracket_that_alone_changes_is_shown():
    two = ((0, 1_000_000), (5_000_000, 5_000_000), (9_000_000, 9_000_000))
    other = ((0, 1_000_000), (5_000_000, 5_200_000), (9_000_000, 9_000_000))
    before, after = (
        Tariffs((schedule(code, date(2015, 7, 1), brackets=brackets),), ())
        for code, brackets in (("a", two), ("b", other))
    )
    (line,) = [line for line in changed(before, after)[-1].groups[0].lines if line.before != line.after]
    assert (line.income, line.before[0], line.after[0]) == (5_000_000, 56_800, 58_800)


def test_months_that_had_no_schedule_are_new():
    early = schedule("early", date(2010, 1, 1), date(2015, 6, 30))
    (stretch,) = changed(PLAIN, Tariffs((early, OLD), ()))
    assert (stretch.first_month, stretch.last_month) == (date(2010, 1, 1), date(2015, 6, 1))
    assert {line.before for line in stretch.groups[0].lines} == {None}
