import pytest

from outreach import pin


@pytest.mark.parametrize("typed", ["482913", "000001", "112233", "135791"])
def test_a_good_pin(typed):
    assert (pin.is_well_formed(typed), pin.is_easy(typed)) == (True, False)


@pytest.mark.parametrize(
    "typed", ["000000", "777777", "123456", "234567", "654321", "890123", "210987", "121212", "482482"]
)
def test_an_easy_pin(typed):
    assert pin.is_easy(typed)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "48291a", "48 913", "٤٨٢٩١٣"])
def test_no_pin(typed):
    assert not pin.is_well_formed(typed)


def test_a_hash_fits_its_person_alone():
    stored = pin.hashed("482913", of=1)
    assert [pin.fits("482913", stored, of=1), pin.fits("482913", stored, of=2), pin.fits("482914", stored, of=1)] == [
        True, False, False,
    ]  # fmt: skip
    assert not pin.fits("", "", of=1)


def test_a_dump_without_the_index_key_tells_no_pin(settings):
    stored = pin.hashed("482913", of=1)
    settings.INDEX_KEYS = {1: b"another key of tests, 32 bytes.."}
    assert not pin.fits("482913", stored, of=1)
