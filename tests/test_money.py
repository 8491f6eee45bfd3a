import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment import money

READ = [
    ("1", 1),
    ("2500000", 2_500_000),
    ("2.500.000", 2_500_000),
    ("2,500,000", 2_500_000),
    ("2.500.000,00", 2_500_000),
    ("2,500,000.00", 2_500_000),
    ("2.500.000,-", 2_500_000),
    ("Rp2.500.000", 2_500_000),
    ("Rp 20.200.000", 20_200_000),
    ("RP. 500.000,-", 500_000),
    ("  750000 ", 750_000),
    ("1.500", 1_500),  # a DecimalField would read 1.5
    ("1,5 juta", 1_500_000),
    ("1.5 juta", 1_500_000),
    ("1,5juta", 1_500_000),
    ("8.2 jt", 8_200_000),
    ("2,75 JT", 2_750_000),
    ("0,5 juta", 500_000),
    ("2 juta", 2_000_000),
    ("500rb", 500_000),
    ("500 ribu", 500_000),
    ("500k", 500_000),
    ("1.500 rb", 1_500_000),
    ("1,2345 juta", 1_234_500),
    ("Rp 2,5 juta", 2_500_000),
    ("10.000.000.000", money.LARGEST),
]
REFUSED = [
    "", " ", "Rp", "juta", "0", "0 juta", "-5", "-2.500.000", "+5", "1.5", "1,5", "2.50", "2.500.00", "1.2.3",
    "1.500,000", "1500.000", "2.500.0000", ".5 juta", "5. juta", "1,5555555 juta", "0,0001 rb", "dua juta",
    "2 juta 500", "2,5 miliar", "1e6", "0x10", "１００", "٥٠٠", "2 500 000", "USD 5", "10.000.000.001",
    "99999999999999999999", "2,5 juta juta", "2..500", "nan", "inf",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "amount"), READ)
def test_parse_reads_what_people_type(typed, amount):
    assert money.parse_rupiah(typed) == amount


@pytest.mark.parametrize("typed", REFUSED)
def test_parse_refuses_what_is_no_whole_positive_amount(typed):
    with pytest.raises(ValueError, match="not a"):
        money.parse_rupiah(typed)


@given(st.integers(1, money.LARGEST))
def test_parse_of_a_printed_amount_is_that_amount(amount):
    assert money.parse_rupiah(f"Rp{amount:,}".replace(",", ".")) == amount
    assert money.parse_rupiah(str(amount)) == amount
    assert money.parse_rupiah(f"{amount:,}") == amount


@given(st.integers(1, 9_999), st.integers(0, 99))
def test_parse_of_decimal_millions_is_exact(whole, hundredths):
    assert money.parse_rupiah(f"{whole},{hundredths:02} juta") == whole * 1_000_000 + hundredths * 10_000


@given(st.text(max_size=16))
def test_parse_of_any_text_is_a_positive_integer_or_a_value_error(typed):
    try:
        amount = money.parse_rupiah(typed)
    except ValueError:
        return
    assert type(amount) is int
    assert 0 < amount <= money.LARGEST
