from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment import nik

BORN = date(1988, 4, 12)
MAN, WOMAN = "3172011204880001", "3172015204880001"


def everywhere(code: str) -> bool:
    return True


@pytest.mark.parametrize(
    "typed",
    [
        "3172 0112 0488 0001",
        "3172.0112.0488.0001",
        "317201-120488-0001",
        " 3172011204880001\t",
        "3172\u00a001 1204880001",
    ],
)
def test_normalise_takes_out_spaces_dots_and_dashes(typed):
    assert nik.normalise(typed) == MAN


@pytest.mark.parametrize("number", [MAN, WOMAN, "3172012902000001", "9999993112990001", "0000010101000001"])
def test_errors_of_a_possible_nik_are_none(number):
    assert nik.errors(number) == []


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("317201120488000l", ["nik_digits"]),
        ("31720112O4880001", ["nik_digits"]),
        ("3172_11204880001", ["nik_digits"]),
        ("３１７２０１１２０４８８０００１", ["nik_digits"]),  # full-width digits: str.isdigit says yes
        ("٣١٧٢٠١١٢٠٤٨٨٠٠٠١", ["nik_digits"]),
        ("317201120488000²", ["nik_digits"]),
        ("+172011204880001", ["nik_digits"]),
        ("", ["nik_length"]),
        ("317201120488001", ["nik_length"]),
        ("31720112048800011", ["nik_length"]),
        ("1" * 16, ["nik_alike"]),
        ("0" * 16, ["nik_alike"]),
        ("3172013102880001", ["nik_date"]),  # 31 February
        ("3172013113880001", ["nik_date"]),  # month 13
        ("3172011200880001", ["nik_date"]),  # month 0
        ("3172010004880001", ["nik_date"]),  # day 0
        ("3172014004880001", ["nik_date"]),  # day 40 is neither a man's nor a woman's
        ("3172017204880001", ["nik_date"]),  # a woman's day 32
        ("3172012902010001", ["nik_date"]),  # 29 February of 1901 and 2001
        ("3172011204880000", ["nik_serial"]),
        ("3172013102880000", ["nik_date", "nik_serial"]),
    ],
)
def test_errors_name_what_makes_a_nik_impossible(number, codes):
    assert nik.errors(number) == codes


def test_errors_of_wrong_length_with_letters_name_the_letters_only():
    assert nik.errors("31720l") == ["nik_digits"]


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (MAN, nik.Nik("317201", "L", (date(1988, 4, 12), date(2088, 4, 12)))),
        (WOMAN, nik.Nik("317201", "P", (date(1988, 4, 12), date(2088, 4, 12)))),
        ("3172012902000001", nik.Nik("317201", "L", (date(2000, 2, 29),))),  # 1900 had no 29 February
        ("3172017112050001", nik.Nik("317201", "P", (date(1905, 12, 31), date(2005, 12, 31)))),
        ("3172014112050001", nik.Nik("317201", "P", (date(1905, 12, 1), date(2005, 12, 1)))),
    ],
)
def test_parse_reads_region_sex_and_dates(number, read):
    assert nik.parse(number) == read


@pytest.mark.parametrize("number", ["", "31720112048800", "3172013102880001", "3172011204880000"])
def test_parse_of_an_impossible_nik_raises(number):
    with pytest.raises(ValueError, match="not a possible NIK"):
        nik.parse(number)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"birth_date": date(2088, 4, 12)}, []),  # both centuries fit the six digits
        ({"sex": "P"}, ["nik_sex"]),
        ({"birth_date": date(1988, 4, 13)}, ["nik_birth_date"]),
        ({"region_known": lambda code: code != "31"}, ["nik_region"]),
        ({"region_known": lambda code: code != "31.72"}, ["nik_region"]),
        ({"region_known": lambda code: code != "31.72.01"}, ["nik_region"]),
        (
            {"sex": "P", "birth_date": date(1990, 1, 1), "region_known": lambda code: False},
            ["nik_sex", "nik_birth_date", "nik_region"],
        ),
    ],
)
def test_warnings_name_what_differs_from_the_card(changes, codes):
    card = {"birth_date": BORN, "sex": "L", "region_known": everywhere, **changes}
    assert nik.warnings(MAN, **card) == codes


def test_warnings_of_a_woman_with_her_own_nik_are_none():
    assert nik.warnings(WOMAN, birth_date=BORN, sex="P", region_known=everywhere) == []


@given(st.text(max_size=20))
def test_errors_of_any_text_are_known_codes_and_never_an_exception(typed):
    codes = nik.errors(nik.normalise(typed))
    assert set(codes) <= {"nik_digits", "nik_length", "nik_alike", "nik_date", "nik_serial"}
    assert len(set(codes)) == len(codes)


@given(
    born=st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    sex=st.sampled_from("LP"),
    region=st.integers(110101, 969999),
    serial=st.integers(1, 9999),
)
def test_a_nik_made_for_a_person_fits_that_person(born, sex, region, serial):
    number = f"{region}{born.day + 40 * (sex == 'P'):02}{born:%m%y}{serial:04}"
    if len(set(number)) == 1:
        return
    assert nik.errors(number) == []
    read = nik.parse(number)
    assert (read.region, read.sex) == (str(region), sex)
    assert born in read.birth_dates
    assert nik.warnings(number, birth_date=born, sex=sex, region_known=everywhere) == []
