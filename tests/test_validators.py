from datetime import date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from enrolment import validators
from enrolment.choices import Package, Sex

WIB = timezone(timedelta(hours=7))
read_moment = validators.moment("registered_at_invalid")
read_block = validators.block_number("rt_invalid")
read_sex = validators.one_of(Sex, "sex_invalid")
read_package = validators.one_of(Package, "package_invalid")
read_text = validators.text(10, "address_missing")
read_village = validators.village("31.72")


def refused(rule, typed) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        rule(typed)
    return [error.code for error in caught.value.error_list]


@pytest.mark.parametrize(
    ("rule", "typed", "value"),
    [
        (
            validators.submission_id,
            "A1978803-89FB-4A1E-ADB3-AB0EBEEE40FC",
            UUID("a1978803-89fb-4a1e-adb3-ab0ebeee40fc"),
        ),
        (read_moment, "", None),
        (read_moment, "2026-11-20T09:30:00+07:00", datetime(2026, 11, 20, 9, 30, tzinfo=WIB)),
        (read_moment, "2026-11-20T02:30:00Z", datetime(2026, 11, 20, 9, 30, tzinfo=WIB)),
        (read_moment, "2026-11-20T09:30", datetime(2026, 11, 20, 9, 30, tzinfo=WIB)),
        (read_moment, "2026-11-20 09:30:15", datetime(2026, 11, 20, 9, 30, 15, tzinfo=WIB)),
        (read_moment, "20-11-2026 9.30", datetime(2026, 11, 20, 9, 30, tzinfo=WIB)),
        (read_moment, "20/11/2026 pukul 09:30", datetime(2026, 11, 20, 9, 30, tzinfo=WIB)),
        (validators.nik_number, "3172 0112 0488 0001", "3172011204880001"),
        (validators.name, "Siti", "Siti"),
        (validators.name, "Dr. H. Ahmad Ma'ruf, S.Pd-I", "Dr. H. Ahmad Ma'ruf, S.Pd-I"),
        (validators.name, "Nu’man", "Nu'man"),
        (validators.name, "Jose\u0301", "Jos\u00e9"),
        (validators.name, "x" * 100, "x" * 100),
        (validators.optional_name, "", ""),
        (read_text, "x" * 10, "x" * 10),
        (validators.birth_date, "1988-04-12", date(1988, 4, 12)),
        (validators.birth_date, "1988-4-2", date(1988, 4, 2)),
        (validators.birth_date, "12-4-1988", date(1988, 4, 12)),
        (validators.birth_date, "12/04/1988", date(1988, 4, 12)),
        (validators.birth_date, "12 04 1988", date(1988, 4, 12)),
        (validators.birth_date, "29.2.2000", date(2000, 2, 29)),
        (read_sex, "p", "P"),
        (read_package, "l", "L"),
        (read_block, "003", 3),
        (read_block, "999", 999),
        (read_block, "1", 1),
        (read_village, "penjaringan", "31.72.01.1001"),
        (read_village, "3172011001", "31.72.01.1001"),
        (validators.regency, "Jakarta Utara", "31.72"),
        (validators.phone, "081234567890", "+6281234567890"),
        (validators.phone, "0857-7025-106", "+628577025106"),
        (validators.phone, "+62 812 3456 7890", "+6281234567890"),
        (validators.phone, "6281234567890", "+6281234567890"),
        (validators.phone, "81234567890", "+6281234567890"),
        (validators.phone, "0812345678", "+62812345678"),
        (validators.phone, "0812345678901", "+62812345678901"),
        (validators.email, "", ""),
        (validators.email, "warga@example.id", "warga@example.id"),
        (validators.income, "2,5 juta", 2_500_000),
        (validators.months, "12", 12),
        (validators.months, "03", 3),
        (validators.month, "2026-11", date(2026, 11, 1)),
        (validators.month, "2026-1", date(2026, 1, 1)),
        (validators.yes_or_no, "", False),
        (validators.yes_or_no, "Tidak", False),
        (validators.yes_or_no, "Y", True),
        (validators.yes_or_no, "ya", True),
    ],
)
def test_rule_normalises_what_was_typed(rule, typed, value):
    read = rule(typed)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("rule", "typed", "codes"),
    [
        (validators.submission_id, "", ["submission_invalid"]),
        (validators.submission_id, "a1978803-89fb-4a1e-adb3", ["submission_invalid"]),
        (read_moment, "kemarin", ["registered_at_invalid"]),
        (read_moment, "31-11-2026 09.30", ["registered_at_invalid"]),
        (read_moment, "20-11-2026 24.00", ["registered_at_invalid"]),
        (read_moment, "20-11-2026 09.60", ["registered_at_invalid"]),
        (read_moment, "0001-01-01T00:00:00+14:00", ["registered_at_invalid"]),
        (read_moment, "9999-12-31T23:59:59-12:00", ["registered_at_invalid"]),
        (validators.nik_number, "", ["nik_length"]),
        (validators.nik_number, "3172013102880000", ["nik_date", "nik_serial"]),
        (validators.name, "", ["name_length"]),
        (validators.name, "x" * 101, ["name_length"]),
        (validators.name, "Sari2", ["name_characters"]),
        (validators.name, "Sari_", ["name_characters"]),
        (validators.name, "...", ["name_characters"]),
        (validators.name, "Sari <b>", ["name_characters"]),
        (validators.name, "1" * 101, ["name_length", "name_characters"]),
        (validators.optional_name, "Ayah 1", ["name_characters"]),
        (read_text, "", ["address_missing"]),
        (read_text, "x" * 11, ["too_long"]),
        (validators.birth_date, "", ["birth_date_invalid"]),
        (validators.birth_date, "31-02-1988", ["birth_date_invalid"]),
        (validators.birth_date, "29-02-2001", ["birth_date_invalid"]),
        (validators.birth_date, "04/31/1988", ["birth_date_invalid"]),
        (validators.birth_date, "12-04-88", ["birth_date_invalid"]),
        (validators.birth_date, "0000-01-01", ["birth_date_invalid"]),
        (validators.birth_date, "１２-０４-１９８８", ["birth_date_invalid"]),
        (read_sex, "", ["sex_invalid"]),
        (read_sex, "M", ["sex_invalid"]),
        (read_package, "LT", ["package_invalid"]),
        (read_block, "", ["rt_invalid"]),
        (read_block, "0", ["rt_invalid"]),
        (read_block, "1000", ["rt_invalid"]),
        (read_block, "-1", ["rt_invalid"]),
        (read_block, "1.5", ["rt_invalid"]),
        (read_block, "٣", ["rt_invalid"]),
        (read_village, "", ["village_unknown"]),
        (read_village, "Desa Tiada", ["village_unknown"]),
        (read_village, "31.72.01", ["village_unknown"]),
        (read_village, "31.72.01.9999", ["village_unknown"]),
        (read_village, "Menteng", ["village_ambiguous"]),
        (validators.regency, "", ["location_unknown"]),
        (validators.regency, "Atlantis", ["location_unknown"]),
        (validators.regency, "Bekasi", ["location_unknown"]),
        (validators.phone, "", ["phone_invalid"]),
        (validators.phone, "081234567", ["phone_invalid"]),
        (validators.phone, "08123456789012", ["phone_invalid"]),
        (validators.phone, "0211234567", ["phone_invalid"]),
        (validators.phone, "0812345678x", ["phone_invalid"]),
        (validators.phone, "０８１２３４５６７８９０", ["phone_invalid"]),
        (validators.email, "warga@", ["email_invalid"]),
        (validators.income, "banyak", ["income_invalid"]),
        (validators.income, "0", ["income_invalid"]),
        (validators.months, "", ["months_invalid"]),
        (validators.months, "4", ["months_invalid"]),
        (validators.months, "satu", ["months_invalid"]),
        (validators.month, "", ["first_month_invalid"]),
        (validators.month, "2026-13", ["first_month_invalid"]),
        (validators.month, "11-2026", ["first_month_invalid"]),
        (validators.yes_or_no, "mungkin", ["government_paid_invalid"]),
    ],
)
def test_rule_refuses_with_its_code(rule, typed, codes):
    assert refused(rule, typed) == codes


@pytest.mark.parametrize(
    ("rule", "typed", "sentence"),
    [
        (
            read_village,
            "Menteng",
            "Several villages have this name. Choose one from the list, or add the district.",
        ),
        (
            read_village,
            "Penjar",
            "No village has exactly this name. Choose one from the list, or write it as on the KTP.",
        ),
        (read_village, "Desa Tiada", "No village has this name. Write it as on the KTP."),
        (validators.regency, "Bekasi", "Several places begin like this. Choose one from the list."),
        (
            validators.regency,
            "Atlantis",
            "No regency or city has this name. Write it such as: Jakarta Utara.",
        ),
    ],
)
def test_a_region_that_begins_so_is_to_be_chosen_from_the_list(rule, typed, sentence):
    with override("en"), pytest.raises(ValidationError) as caught:
        rule(typed)
    with override("en"):
        assert caught.value.messages == [sentence]


RULES = [
    validators.submission_id, read_moment, validators.nik_number, validators.name, validators.optional_name, read_text,
    validators.birth_date, read_sex, read_package, read_block, validators.phone, validators.email, validators.income,
    validators.months, validators.month, validators.yes_or_no,
]  # fmt: skip


@given(st.sampled_from(RULES), st.text(max_size=40))
def test_any_text_gives_a_value_or_a_coded_refusal(rule, typed):
    codes = []
    try:
        rule(typed)
    except ValidationError as error:
        codes = [one.code for one in error.error_list]
    assert None not in codes
