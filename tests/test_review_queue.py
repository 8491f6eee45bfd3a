"""The reviewer's queue: who gets there, its order, figures, pages, and what is put on record."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from enrolment.actions import decisions
from enrolment.choices import State
from enrolment.errors import WARNINGS
from enrolment.models import Registration
from enrolment.queries import queue
from tests import factories
from tests.reviewing import (
    HIDDEN_TEXTS,
    WHO,
    decide,
    queue_url,
    reads,
    received,
    references,
    trail,
    url,
)


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


def test_queue_is_for_reviewers(cast, login):
    answers = {part: login(person).get(queue_url()).status_code for part, person in cast.people.items()}
    assert answers == {
        "officer": 404, "colleague": 404, "organiser": 404, "stranger": 404, "strange_organiser": 404,
        "head": 403, "system_admin": 403,
        "reviewer": 200, "other_reviewer": 200, "strange_reviewer": 200,
    }  # fmt: skip


@pytest.mark.parametrize("method", ["get", "post"])
def test_one_is_for_reviewers_of_its_branch(cast, login, method):
    registration = factories.submitted(by=cast.officer)
    before = trail(registration)
    answers = {
        part: getattr(login(person), method)(url(registration), {"act": "open"}).status_code
        for part, person in cast.people.items()
    }
    assert answers == {
        "officer": 404, "colleague": 404, "organiser": 404, "stranger": 404, "strange_organiser": 404,
        "head": 404, "system_admin": 403,
        "reviewer": 422 if method == "post" else 200, "other_reviewer": 422 if method == "post" else 200,
        "strange_reviewer": 404,
    }  # fmt: skip
    assert trail(registration) == before
    assert {row[0] for row in reads()} == {"verifikator", "verifikator2"}


def test_a_strange_reviewer_cannot_decide(cast, login):
    registration = factories.submitted(by=cast.officer)
    assert decide(login(cast.strange_reviewer), registration, State.APPROVED).status_code == 404
    assert Registration.objects.get().state == State.SUBMITTED


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(cast, desk, method):
    registration = factories.submitted(by=cast.officer)
    assert getattr(desk, method)(url(registration)).status_code == 405
    assert getattr(desk, method)(queue_url()).status_code == 405


def test_pages_are_never_cached(cast, desk):
    registration = factories.submitted(by=cast.officer)
    for address in (queue_url(), url(registration)):
        assert "no-store" in desk.get(address).headers["Cache-Control"]


def test_queue_shows_the_longest_waiting_first_of_the_branch_only(cast, desk):
    young, old, middle = (factories.submitted(by=cast.officer) for _ in range(3))
    received(old, ago=timedelta(hours=26, minutes=10))
    received(middle, ago=timedelta(hours=2))
    factories.approved(by=cast.officer, reviewer=cast.reviewer)
    elsewhere = factories.event(
        organiser=cast.strange_organiser.organisation, officers=[cast.stranger], slug="bazar-lain"
    )
    factories.submitted(by=cast.stranger, event=elsewhere.slug, officer="orang_lain")
    response = desk.get(queue_url())
    assert references(response) == [old.reference, middle.reference, young.reference]
    assert [(row.age, row.late) for row in response.context["rows"]] == [
        ("26 h 10 min", True), ("2 h 00 min", False), ("< 1 min", False),
    ]  # fmt: skip


def test_queue_strip_equals_the_rows(cast, desk):
    old, warned = factories.submitted(by=cast.officer), factories.submitted(by=cast.officer, sex="P")
    received(old, ago=timedelta(hours=25, minutes=5))
    received(warned, ago=timedelta(hours=24, minutes=1))
    factories.submitted(by=cast.officer)
    factories.approved(by=cast.officer, reviewer=cast.reviewer)
    factories.returned(by=cast.officer, reviewer=cast.reviewer)
    factories.rejected(by=cast.officer, reviewer=cast.other_reviewer)
    yesterday = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    Registration.objects.filter(pk=yesterday.pk).update(decided_at=timezone.now() - timedelta(days=1))
    strip = [(f["value"], f["late"]) for f in desk.get(queue_url()).context["figures"]]
    assert strip == [(3, False), (2, True), ("25 h 05 min", False), (2, False), (2, False)]


def test_the_strip_stands_over_the_first_page_alone(cast, desk, monkeypatch):
    monkeypatch.setattr(queue, "PAGE_ROWS", 1)
    for _ in range(2):
        factories.submitted(by=cast.officer)
    first = desk.get(queue_url())
    assert first.context["figures"][0]["value"] == 2
    assert desk.get(first.context["url_newer"]).context["figures"] == []


def test_empty_queue_says_so_and_opens_nothing(cast, desk):
    response = desk.get(queue_url())
    assert "Queue empty. Everything is decided." in response.text
    assert [f["value"] for f in response.context["figures"]] == [0, 0, "–", 0, 0]
    assert reads() == []


def test_queue_opens_the_names_with_one_access_row(cast, desk):
    for _ in range(3):
        factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik()})
    text = desk.get(queue_url()).text
    assert text.count("Sumiati Uji") == 3
    assert reads() == [("verifikator", None, "full_name", "review queue", 3)]
    assert [hidden for hidden in HIDDEN_TEXTS if hidden in text] == []


@pytest.mark.parametrize(
    "state", [State.RETURNED, State.APPROVED, State.REJECTED, State.WITHDRAWN], ids=lambda state: state.value
)
def test_queue_looks_back_the_newest_first(cast, desk, state):
    officer, reviewer = cast.officer, cast.reviewer

    def one_of_each():
        return {
            State.RETURNED: factories.returned(by=officer, reviewer=reviewer),
            State.APPROVED: factories.approved(by=officer, reviewer=reviewer),
            State.REJECTED: factories.rejected(by=officer, reviewer=reviewer),
            State.WITHDRAWN: factories.withdrawn(by=officer),
        }

    earlier, later = one_of_each(), one_of_each()
    factories.submitted(by=officer)
    for one in earlier.values():
        received(one, ago=timedelta(hours=1))
    assert references(desk.get(queue_url(f"?state={state}"))) == [
        later[state].reference, earlier[state].reference,
    ]  # fmt: skip


def test_an_unknown_state_is_the_queue(cast, desk):
    waiting = factories.submitted(by=cast.officer)
    assert references(desk.get(queue_url("?state=nonsense"))) == [waiting.reference]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.WITHDRAWN], ids=lambda state: state.value)
def test_keyset_pages_meet_without_gap_or_overlap(cast, desk, monkeypatch, state):
    monkeypatch.setattr(queue, "PAGE_ROWS", 2)
    made = [factories.submitted(by=cast.officer) for _ in range(5)]
    same_moment = timezone.now() - timedelta(hours=3)
    Registration.objects.filter(pk__in=[one.pk for one in made[:3]]).update(received_at=same_moment)
    if state == State.WITHDRAWN:
        for one in made:
            decisions.move(by=cast.officer, registration=one, target=state, reason="uji")
    rows = Registration.objects.order_by("received_at", "id").values_list("reference", flat=True)
    expected = list(rows) if state == State.SUBMITTED else list(rows)[::-1]
    onward, back = ("url_newer", "url_older") if state == State.SUBMITTED else ("url_older", "url_newer")
    pages = [desk.get(queue_url(f"?state={state}"))]
    while pages[-1].context[onward]:
        pages.append(desk.get(pages[-1].context[onward]))
    assert [references(page) for page in pages] == [expected[:2], expected[2:4], expected[4:]]
    assert pages[0].context[back] == ""
    returned = desk.get(pages[-1].context[back])
    assert references(returned) == expected[2:4]
    first = desk.get(returned.context[back])
    assert references(first) == expected[:2]
    assert first.context[back] == ""


def test_a_page_whose_rows_have_moved_on_is_the_first_page(cast, desk):
    done = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    waiting = factories.submitted(by=cast.officer)
    received(waiting, ago=timedelta(hours=1))
    assert references(desk.get(queue_url(f"?newer={done.reference}"))) == [waiting.reference]
    assert references(desk.get(queue_url("?older=0000000"))) == [waiting.reference]


def test_queue_costs_the_same_for_one_row_and_three(cast, desk):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(queue_url()).status_code == 200
        return len(queries)

    factories.submitted(by=cast.officer)
    desk.get(queue_url())
    one = cost()
    for _ in range(2):
        factories.submitted(by=cast.officer, sex="P")
    assert cost() == one


def test_queue_does_not_count_its_rows(cast, desk):
    factories.submitted(by=cast.officer)
    with CaptureQueriesContext(connection) as queries:
        desk.get(queue_url())
    assert [q["sql"] for q in queries if re.search(r"COUNT\(\*\)", q["sql"])] == []


def test_every_warning_has_a_short_word_and_a_field(cast):
    shown = queue.chips(WARNINGS)
    assert len(shown) == len(WARNINGS)
    assert {chip.kind for chip in shown} == {"warning", "twin"}
    assert sum(len(found) for found in queue.chips_by_field(WARNINGS).values()) == len(WARNINGS)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "< 1 min"),
        (timedelta(seconds=59), "< 1 min"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h 00 min"),
        (timedelta(hours=119, minutes=59), "119 h 59 min"),
        (timedelta(hours=123), "5 d 3 h"),
    ],
)
def test_age(passed, words):
    moment = timezone.now()
    with translation.override("en"):
        assert queue.age(moment - passed, now=moment) == words


def test_exactly_on_target_is_not_late(cast):
    registration = factories.submitted(by=cast.officer)
    due = registration.received_at + queue.TARGET
    assert queue.is_late(registration, now=due) is False
    assert queue.is_late(registration, now=due + timedelta(seconds=1)) is True
