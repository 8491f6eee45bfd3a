from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment import references
from enrolment.references import ALPHABET

symbols = st.sampled_from(ALPHABET)
bodies = st.text(symbols, min_size=6, max_size=6)
SOME = ["000000", "7K42Q9", "ZZZZZZ", "0123AB", "QRTVWX", "A1A1A1"]


def whole(body: str) -> str:
    return body + references.check_symbol(body)


def accepted(typed: str) -> bool:
    try:
        return references.normalise(typed) == typed
    except ValueError:
        return False


def test_alphabet_is_a_prime_number_of_unlike_symbols():
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set("ILOSU") & set(ALPHABET)


def test_check_symbol_by_hand():
    # 2·7 + 3·0 + 4·0 + 5·0 + 6·0 + 7·1 = 21; 31 - 21 = 10, the symbol A.
    assert references.check_symbol("700001") == "A"
    assert references.check_symbol("000000") == "0"


@pytest.mark.parametrize("body", SOME)
def test_every_single_substitution_is_caught(body):
    reference = whole(body)
    assert accepted(reference)
    for position, right in enumerate(reference):
        for wrong in ALPHABET:
            if wrong != right:
                assert not accepted(reference[:position] + wrong + reference[position + 1 :])


@pytest.mark.parametrize("body", SOME)
def test_every_swap_of_two_is_caught(body):
    reference = whole(body)
    adjacent = list(pairwise(range(7)))
    assert set(adjacent) < set(combinations(range(7), 2))
    for first, second in combinations(range(7), 2):
        swapped = list(reference)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        assert accepted("".join(swapped)) == (reference[first] == reference[second])


@given(bodies, st.integers(0, 6), symbols)
def test_any_substitution_is_caught(body, position, wrong):
    reference = whole(body)
    changed = reference[:position] + wrong + reference[position + 1 :]
    assert accepted(changed) == (changed == reference)


def test_new_is_always_accepted_and_does_not_repeat():
    made = [references.new() for _ in range(500)]
    assert all(accepted(reference) for reference in made)
    assert len(set(made)) == 500  # a repeat among 500 of 887 million: 1 in 7,000


@pytest.mark.parametrize(
    ("heard", "meant"), [("I", "1"), ("l", "1"), ("o", "0"), ("S", "5"), ("u", "V"), ("a", "A")]
)
def test_normalise_reads_misheard_symbols(heard, meant):
    reference = whole(f"7K{meant}2Q9")
    typed = reference[:2] + heard + reference[3:]
    assert references.normalise(typed) == reference


@pytest.mark.parametrize("style", ["{0}", "{1}", " {1} ", "{2}", "{3}"])
def test_normalise_reads_every_way_of_writing(style):
    reference = whole("7K42Q9")
    shown = references.grouped(reference)
    assert (
        references.normalise(style.format(reference, shown, shown.replace("-", " "), shown.lower()))
        == reference
    )


@pytest.mark.parametrize("hyphen", ["‐", "‑", "–", "—", "−", "\u2060-\u2060", "\xa0- "])
def test_normalise_reads_what_a_phone_makes_of_a_hyphen(hyphen):
    reference = whole("7K42Q9")
    assert references.normalise(references.grouped(reference).replace("-", hyphen)) == reference


@pytest.mark.parametrize("typed", ["", "7K42Q9", "7K42Q999", "7K4-2Q9-*", "7K4２Q93", "ÄÄÄÄÄÄÄ", "7K4_2Q9"])
def test_normalise_refuses_what_is_no_reference(typed):
    with pytest.raises(ValueError, match=r"seven symbols|does not fit"):
        references.normalise(typed)


def test_grouped_reads_three_three_one():
    assert references.grouped("7K42Q93") == "7K4-2Q9-3"
