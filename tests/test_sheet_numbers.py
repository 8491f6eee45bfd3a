"""The number of a paper sheet: read as it is printed, typed or scanned, and refused when one symbol is wrong."""

import pytest

from enrolment import references, sheet_numbers


def test_a_number_reads_as_it_is_printed_typed_or_scanned():
    number = sheet_numbers.serial("7K3", 42)
    assert number.startswith("P-7K3-042-")
    assert {
        sheet_numbers.read(typed)
        for typed in (number, number.lower(), number.replace("-", " "), number[2:], number.replace("0", "O"))
    } == {("7K3", 42)}


def test_every_single_wrong_symbol_and_every_swap_of_neighbours_is_refused():
    plain = sheet_numbers.serial("7K3", 42).replace("-", "")
    wrong = [
        plain[:at] + symbol + plain[at + 1 :]
        for at in range(1, len(plain))
        for symbol in references.ALPHABET
        if symbol != plain[at]
    ]
    wrong += [
        plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
        for at in range(1, len(plain) - 1)
        if plain[at] != plain[at + 1]
    ]
    read = []
    for typed in wrong:
        try:
            read.append((typed, sheet_numbers.read(typed)))
        except ValueError:
            continue
    assert read == []
    assert len(wrong) > 200


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([], ""), ([7], "007"), ([12, 13, 7, 14, 15], "007, 012–015"), ([1, 2, 4, 5], "001–002, 004–005")],
)
def test_ranges_are_written_and_read(numbers, words):
    assert sheet_numbers.in_ranges(numbers) == words
    assert sheet_numbers.read_ranges(words, most=15) == sorted(numbers)


def test_ranges_are_read_as_people_write_them_and_nothing_else():
    assert sheet_numbers.read_ranges("7,12 - 15; 3", most=20) == [3, 7, 12, 13, 14, 15]
    for typed in ("0", "21", "15-12", "7-", "sepuluh", "1-2-3", "٣"):
        with pytest.raises(ValueError, match="no such sheets"):
            sheet_numbers.read_ranges(typed, most=20)
