"""How many of an event's approved ones are in the core system: on the head's page, and recounted from the rows."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from enrolment.actions import decisions, hand_entries, read_back
from enrolment.choices import State
from enrolment.collective import DEFAULT_ANSWER
from enrolment.exports import collective
from enrolment.management.commands import verify_counts
from enrolment.queries.counts import event_counts
from enrolment.queries.handed_over import HandedOver, handed_over
from enrolment.views import counts as page
from tests import factories, handing
from tests.handing import now

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def handed(cast):
    """Two accepted in a batch, one refused, one typed by hand, one in a batch without an answer, one that waits."""
    answered = handing.batch(cast, 3)
    content = handing.as_csv(handing.answer(answered, {3: "Sudah terdaftar."}))
    answers = collective.answers(content, DEFAULT_ANSWER)
    read_back.apply(by=cast.reviewer, batch=answered, answers=answers, content=content)
    (by_hand,) = handing.approved(cast, months="2")
    hand_entries.enter(
        by=cast.reviewer, participations=[handing.participation(by_hand).pk], on=timezone.localdate()
    )
    handing.batch(cast, 1)
    handing.approved(cast)
    return answered


def test_handed_over_is_what_is_in_the_core_system(cast, handed):
    assert handed_over(cast.event) == HandedOver(entered=3, in_batch=1)
    call_command("verify_counts", stdout=StringIO())


def test_an_approval_taken_back_is_handed_over_no_more(cast, handed):
    row = handing.rows(handed)[0].registration
    decisions.move(by=cast.reviewer, registration=now(row), target=State.WITHDRAWN, reason="Kembar.")
    assert handed_over(cast.event).entered == 2
    call_command("verify_counts", stdout=StringIO())


def test_of_another_event_nothing_is_counted(cast, handed):
    other = factories.event(organiser=cast.organisation, slug="lain")
    assert handed_over(other) == HandedOver(entered=0, in_batch=0)


def test_verify_counts_fails_on_a_falsified_figure(cast, handed, monkeypatch):
    false = replace(handed_over(cast.event), entered=4)
    monkeypatch.setattr(verify_counts, "handed_over", lambda event: false)
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 figures differ from the rows$"):
        call_command("verify_counts", stdout=out)
    assert "bazar-uji: total handed_over: page 4, rows 3" in out.getvalue()


def test_the_funnel_counts_them_and_says_who_waits_for_an_answer(cast, handed, login):
    shown = page._reached(event_counts(cast.event))
    assert [(line.label, line.value, line.share) for line in shown["lines"]][-3:] == [
        ("Approved", "5", "83\xa0%"),
        ("Handed over", "3", "60\xa0%"),
        ("Paid", "0", "0\xa0%"),
    ]
    body = login(cast.head).get(f"/admin/enrolment/registration/counts/{cast.event.slug}/").content.decode()
    assert "1 more is in a batch and waits for the core system&#x27;s answer." in body
