"""Each filter writes its thing in one way; the templates rely on the exact signs."""

from datetime import UTC, date, datetime, time

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import mark_safe

from outreach.models import Event
from outreach.templatetags import formats


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "Rp0"), (999, "Rp999"), (16_800, "Rp16.800"), (1_250_000, "Rp1.250.000"), (-8_400, "−Rp8.400")],
)
def test_rupiah_groups_thousands_with_dots(amount, shown):
    assert formats.rupiah(amount) == shown


@pytest.mark.parametrize("language", ["id", "en"])
def test_rupiah_is_the_same_in_every_language(language):
    with translation.override(language):
        assert formats.rupiah(1_000_000) == "Rp1.000.000"


@pytest.mark.parametrize(("language", "shown"), [("id", "9 Agustus 2026"), ("en", "9 August 2026")])
def test_day_speaks_the_language_of_the_screen(language, shown):
    with translation.override(language):
        assert formats.day(date(2026, 8, 9)) == shown


@pytest.mark.parametrize(("language", "shown"), [("id", "Agustus 2026"), ("en", "August 2026")])
def test_month_speaks_the_language_of_the_screen(language, shown):
    with translation.override(language):
        assert formats.month(date(2026, 8, 1)) == shown


def test_day_short_is_day_month_year():
    assert formats.day_short(date(2026, 11, 2)) == "02-11-2026"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 11, 22), date(2026, 11, 22), "22 November 2026"),
        (date(2026, 11, 20), date(2026, 11, 21), "20–21 November 2026"),
        (date(2026, 11, 30), date(2026, 12, 1), "30 November – 1 December 2026"),
        (date(2026, 12, 31), date(2027, 1, 1), "31 December 2026 – 1 January 2027"),
        (date(2026, 5, 3), date(2027, 5, 3), "3 May 2026 – 3 May 2027"),
    ],
)
def test_days_says_nothing_twice(first, last, shown):
    with translation.override("en"):
        assert formats.days(Event(first_day=first, last_day=last)) == shown


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("02-11-2026", "[02-11-2026]"),
        ("02-11-2026 08.05\xa0WIB, Rini", "[02-11-2026 08.05\xa0WIB], Rini"),
        ("Pendaftaran 7K4-2Q9-3: betulkan.", "Pendaftaran [7K4-2Q9-3]: betulkan."),
        ("Pendaftaran HHB-PRV-R: betulkan.", "Pendaftaran [HHB-PRV-R]: betulkan."),
        ("misalnya P-7K3-042-X.", "misalnya [P-7K3-042-X]."),
        ("0812-3456-7890", "[0812-3456-7890]"),
        ("NIK-nya, satu-satunya, D-II, bazar-2026", "NIK-nya, satu-satunya, D-II, bazar-2026"),
        ("<b>", "&lt;b&gt;"),
        (mark_safe('<a href="/7K4-2Q9-3/">7K4-2Q9-3</a>'), '<a href="/7K4-2Q9-3/">[7K4-2Q9-3]</a>'),
        ("", ""),
        (None, ""),
    ],
)
def test_one_line_keeps_numbers_together_and_what_it_holds_harmless(sentence, shown):
    shown = shown.replace("[", '<span class="jb-one-line">').replace("]", "</span>")
    assert formats.one_line(sentence) == shown
    assert Template("{% load formats %}{{ x|one_line }}").render(Context({"x": sentence})) == shown


@pytest.mark.parametrize("name", ["day", "day_short"])
def test_a_moment_after_17_utc_is_the_next_day_in_jakarta(name):
    late = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
    assert getattr(formats, name)(late) == getattr(formats, name)(date(2026, 11, 22))


def test_clock_turns_a_moment_into_jakarta_time():
    assert formats.clock(datetime(2026, 11, 22, 1, 5, tzinfo=UTC)) == "08.05\xa0WIB"


def test_clock_takes_a_plain_hour_as_it_is():
    assert formats.clock(time(0, 0)) == "00.00\xa0WIB"


def test_reference_is_three_three_one():
    assert formats.reference("7K42Q93") == "7K4-2Q9-3"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+6281234567890", "0812-3456-7890"),
        ("+628123456789", "0812-3456-789"),
        ("+62812345678901", "0812-3456-78901"),
        ("+60123456789", "+60123456789"),
    ],
)
def test_phone_is_written_the_national_way(stored, shown):
    assert formats.phone(stored) == shown


def test_in_fours_never_breaks_a_line():
    assert formats.in_fours("3172011204880001") == "3172\xa00112\xa00488\xa00001"


@pytest.mark.parametrize(
    "name", ["rupiah", "day", "day_short", "month", "clock", "reference", "phone", "in_fours"]
)
@pytest.mark.parametrize("empty", [None, ""])
def test_nothing_gives_an_empty_text(name, empty):
    template = Template("{% load formats %}[{{ value|" + name + " }}]")
    assert template.render(Context({"value": empty})) == "[]"
