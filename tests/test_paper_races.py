"""Sheets of paper that several deal with at once, as processes on PostgreSQL."""

from uuid import uuid4

import pytest

from enrolment.models import PaperPad, PaperSheet, Registration, SheetVoid
from tests import factories
from tests.races import at_once
from tests.test_races import outcomes, person

pytestmark = pytest.mark.postgres

ROUNDS = 8


def booth():
    return person("petugas").branch.event_set.get().booths.get(code="A")


def pad() -> PaperPad:
    return factories.pad(booth(), by=person("kepala"), number=ROUNDS)


def key_in(row: dict) -> dict:
    return {"do": "key_in", "username": "petugas", "row": row}


def key_in_at_once(scratch, **options) -> list[list[str]]:
    """Each sheet of a pad keyed in from two phones at once, as two forms with an id of their own."""
    made = pad()
    rows = [[factories.row(sheet=str(PaperSheet(made, n))) for _ in range(2)] for n in made.numbers]
    with scratch.racers(2, **options) as racers:
        return [outcomes(at_once(racers, [key_in(row) for row in pair])) for pair in rows]


def test_a_sheet_keyed_in_from_two_phones_at_once_is_one_registration_and_one_sentence(scratch):
    assert key_in_at_once(scratch) == [["created", "sheet_used"]] * ROUNDS
    assert Registration.objects.count() == ROUNDS


def test_control_without_the_lock_the_second_phone_gets_an_error_page(scratch):
    """The constraint still holds; only the sentence is gone."""
    answers = key_in_at_once(scratch, without_pad_lock=True)
    assert ["IntegrityError", "created"] in answers
    assert Registration.objects.count() == ROUNDS


def test_control_without_lock_and_constraint_a_sheet_is_two_registrations(scratch):
    scratch.execute("ALTER TABLE enrolment_registration DROP CONSTRAINT registration_sheet_once")
    assert ["created", "created"] in key_in_at_once(scratch, without_pad_lock=True)
    assert Registration.objects.count() > ROUNDS


def void_while_keyed_in(scratch, **options) -> int:
    """How many sheets of a pad are both, after each was keyed in and voided at once."""
    made = pad()
    about = {"do": "void_sheets", "username": "kepala", "pad": str(made.pk)}
    with scratch.racers(2, **options) as racers:
        for n in made.numbers:
            row = factories.row(sheet=str(PaperSheet(made, n)))
            both = outcomes(at_once(racers, [key_in(row), {**about, "numbers": [n]}]))
            assert both in (["created", "sheet_used"], ["sheet_void", "voided"], ["created", "voided"])
    voided = SheetVoid.objects.filter(pad=made).values_list("number", flat=True)
    return Registration.objects.filter(pad=made, sheet__in=list(voided)).count()


def test_a_sheet_is_keyed_in_or_voided_and_never_both(scratch):
    assert void_while_keyed_in(scratch) == 0


def test_control_without_the_lock_a_sheet_is_both(scratch):
    assert void_while_keyed_in(scratch, without_pad_lock=True) > 0


def make_at_once(scratch) -> list[str]:
    """Two pads for one booth, whose first draws are the same code."""
    about = {"do": "make_pad", "username": "kepala", "booth": booth().pk}
    with scratch.racers(1, draws=["7K3", "8M4"]) as first, scratch.racers(1, draws=["7K3", "9N5"]) as second:
        return outcomes(at_once([*first, *second], [{**about, "pad_id": str(uuid4())} for _ in range(2)]))


def test_two_pads_made_at_once_have_codes_of_their_own(scratch):
    assert make_at_once(scratch) == ["made", "made"]
    assert len(set(PaperPad.objects.values_list("code", flat=True))) == 2


def test_control_without_its_constraint_two_pads_have_one_code(scratch):
    scratch.execute("ALTER TABLE enrolment_paperpad DROP CONSTRAINT paper_pad_code_once_a_branch")
    assert make_at_once(scratch) == ["made", "made"]
    assert list(PaperPad.objects.values_list("code", flat=True)) == ["7K3", "7K3"]
