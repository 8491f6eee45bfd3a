"""The page of what is typed into the core system by hand: closed until it is asked for, and ticked off."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrolment.choices import State
from enrolment.models import HandEntry
from tests import handing
from tests.handing import now
from tests.test_batch_pages import chain, text, url

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def desk(cast, login):
    return login(cast.reviewer)


def test_the_list_is_closed_until_it_is_asked_for(cast, desk):
    (row,) = handing.approved(cast, months="2", full_name="Sumiati Uji")
    handing.approved(cast)
    page = text(desk.get(url("by_hand")))
    assert str(row) in page
    assert "2 months are not in the template." in page
    assert "Sumiati Uji" not in page
    before = chain()
    opened = text(desk.post(url("by_hand"), {"act": "open"}))
    assert chain()[len(before) :] == [
        ("read", "hand-over: check", 2),
        ("read", "hand-over: enter by hand", 1),
    ]
    assert "Sumiati Uji" in opened
    assert "Rp2.500.000" in opened
    assert "P050" in opened


def test_nothing_by_hand_says_so(cast, desk):
    handing.approved(cast)
    assert "Nothing is to be entered by hand." in text(desk.get(url("by_hand")))


def test_ticked_ones_are_noted_as_entered(cast, desk):
    (row,) = handing.approved(cast, months="2")
    (other,) = handing.approved(cast, months="2")
    one = handing.participation(row)
    today = timezone.localdate().isoformat()
    done = desk.post(url("by_hand"), {"chosen": [one.pk], "on": today}, follow=True)
    assert "1 is noted as entered in the core system." in text(done)
    assert (str(row) in text(done), str(other) in text(done)) == (False, True)
    assert HandEntry.objects.get().participation_id == one.pk
    refused = desk.post(url("by_hand"), {"chosen": [one.pk], "on": today})
    assert refused.status_code == 422
    assert "somebody was faster" in text(refused)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Tick those that you have entered."),
        ({"on": "kemarin"}, "Choose the day on which you entered them."),
        ({"on": "tomorrow"}, "Write a day from the approval on, not later than today."),
    ],
)
def test_what_is_missing_is_said_and_ticks_are_kept(cast, desk, said, sentence):
    one = handing.participation(handing.approved(cast, months="2")[0])
    day = timezone.localdate()
    sent = {"on": day.isoformat(), **({"chosen": [one.pk]} if said else {}), **said}
    if sent["on"] == "tomorrow":
        sent["on"] = (day + timedelta(days=1)).isoformat()
    refused = desk.post(url("by_hand"), sent)
    assert refused.status_code == 422
    assert sentence in text(refused)
    assert (f'value="{one.pk}" checked' in text(refused)) is bool(said)
    assert now(one.registration).state == State.APPROVED
    assert not HandEntry.objects.exists()
