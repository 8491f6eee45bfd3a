"""The pages of the second look: the list, one approval without the first reviewer's thoughts, and the answer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.actions import decisions
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, State
from enrolment.models import Participation, SecondLook
from enrolment.queries import second_looks as queries
from outreach.errors import ActionRefused
from tests import factories, paying, test_second_look
from tests.reviewing import HIDDEN_TEXTS, WHO, reads
from tests.test_second_look import LIST, agrees, listed, page, stored

look = test_second_look.look
SECRET = "Alasan rahasia verifikator pertama."


@pytest.fixture
def desk(cast, login, in_english):
    return login(cast.other_reviewer)


def test_list_is_oldest_first_and_opens_nobody(cast, desk, look):
    second = factories.second_look(by=cast.officer, reviewer=cast.reviewer)
    assert listed(desk) == [look.pk, second.pk]
    assert "Sumiati" not in desk.get(LIST).text
    assert reads() == []


def test_list_goes_on_behind_its_last_row(cast, desk, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_ROWS", 2)
    looks = [factories.second_look(by=cast.officer, reviewer=cast.reviewer).pk for _ in range(3)]
    first = desk.get(LIST)
    assert [row.pk for row in first.context["rows"]] == looks[:2]
    second = desk.get(first.context["url_newer"])
    assert [row.pk for row in second.context["rows"]] == looks[2:]
    assert (second.context["url_newer"], second.context["url_older"]) == ("", LIST)
    assert listed(desk) == [row.pk for row in desk.get(f"{LIST}?after=nonsense").context["rows"]]


def test_first_page_of_the_admin_says_how_many_wait(desk, look):
    assert "Second look: 1 waits" in desk.get(reverse("admin:index")).text


def test_page_tells_nothing_that_the_first_reviewer_thought(cast, desk, settings):
    registration = factories.returned(by=cast.officer, reviewer=cast.reviewer, reason=SECRET, **WHO)
    decisions.move(by=cast.officer, registration=registration, target=State.WITHDRAWN, reason="Keliru.")
    decisions.move(
        by=cast.reviewer, registration=registration, target=State.SUBMITTED, reason="Rahasia lain."
    )
    settings.SECOND_LOOK_PERCENT = 100
    decisions.move(
        by=cast.reviewer, registration=registration, target=State.APPROVED, reason="Rahasia ketiga."
    )
    text = desk.get(page(SecondLook.objects.get())).text
    assert "Sumiati Uji" in text
    assert [word for word in (SECRET, "Rahasia", "Verifikator Uji", *HIDDEN_TEXTS) if word in text] == []
    ((_who, object_id, fields, purpose, count),) = reads()
    assert (object_id, purpose, count) == (registration.pk, "second look", 1)
    assert "reason" not in fields.split()


def test_hidden_values_open_for_a_purpose_and_keep_what_was_typed(desk, look):
    typed = {"act": "open", "reason": "Nama beda.", "fields_named": ["nik"], "send_back": "on"}
    assert desk.post(page(look), typed).status_code == 422
    answer = desk.post(page(look), {**typed, "purpose": "review: call the worker"})
    assert answer.status_code == 200
    assert "0812-9876-5432" in answer.text
    assert (answer.context["form"]["reason"].value(), answer.context["form"]["send_back"].value()) == (
        "Nama beda.",
        True,
    )
    assert reads()[-1][3] == "review: call the worker"
    assert stored(look).looked_at is None


def test_page_says_before_the_button_that_a_payment_is_written_down_again(cast, desk, look):
    said = "the payment has to be written down again after the next approval."
    assert said not in desk.get(page(look)).text
    row = Participation.objects.get(registration=look.registration)
    paying.write(cast, row, Said(EntryKind.PAID, on=paying.today(), months=1))
    text = desk.get(page(look)).text
    assert text.index(said) < text.index('name="send_back"')


def test_page_keeps_an_answer_and_goes_back_to_the_list(cast, desk, look):
    answer = desk.post(page(look), {"act": "agrees"})
    assert (answer.status_code, answer.url) == (302, LIST)
    assert stored(look).result == "agrees"


def test_page_says_what_is_missing(desk, look):
    answer = desk.post(page(look), {"act": "differs", "fields_named": ["phone"], "send_back": "on"})
    assert answer.status_code == 422
    assert "Write in one sentence what is different." in answer.text
    assert answer.context["form"]["fields_named"].value() == ["phone"]


def test_page_refuses_fields_that_there_are_not(desk, look):
    assert (
        desk.post(page(look), {"act": "differs", "reason": "x", "fields_named": ["state"]}).status_code == 422
    )


def test_page_says_that_a_colleague_was_faster(cast, desk, look):
    third = factories.reviewer("verifikator3", of=cast.branch)
    agrees(third, look)
    before = reads()
    assert desk.post(page(look), {"act": "agrees"}).status_code == 409
    shown = desk.get(page(look))
    assert (shown.status_code, "A colleague was faster." in shown.text) == (200, True)
    assert reads() == before


def test_page_says_why_it_was_not_sent_back(cast, desk, look, monkeypatch):
    def move(**_):
        raise ActionRefused("in_batch", "It is in a batch.")

    monkeypatch.setattr(decisions, "move", move)
    answer = desk.post(page(look), {"act": "differs", "reason": "Beda.", "send_back": "on"}, follow=True)
    assert "Your answer is kept. It was not sent back: It is in a batch." in answer.text


def test_page_costs_the_same_with_one_twin_and_with_three(cast, desk, look):
    def look_at() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(page(look)).status_code == 200
        return len(captured)

    def twin(number: int) -> None:
        factories.submitted(by=cast.officer, **{**WHO, "full_name": f"Lain {'ABC'[number - 1]}"})

    twin(1)
    look_at()
    few = look_at()
    twin(2), twin(3)
    assert look_at() == few


def test_page_shows_the_twins_side_by_side_with_nothing_to_judge(cast, desk, look):
    twin = factories.submitted(by=cast.officer, **{**WHO, "full_name": "Lain"})
    shown = desk.get(page(look))
    assert [one.registration for one in shown.context["candidates"]] == [twin]
    assert ("is-differing" in shown.text, "Lain" in shown.text) == (True, True)
    assert "twins_same" not in shown.text
    assert reads()[-1][-1] == 2  # and of both it is on record
