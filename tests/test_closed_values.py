"""What is stored opens only where the state lets it be changed, and only for the reader it is opened for."""

import json

import pytest
from django.urls import reverse

from enrolment.actions import consent, disclosures, registrations
from enrolment.choices import State
from enrolment.models import Registration
from outreach.models import AuditEntry
from tests import factories
from tests.reviewing import decide, now, url
from tests.test_states import in_state

CLOSED = ("approved", "rejected", "withdrawn", "lapsed")
STORED = {
    "full_name": "Sumiati Rahasia",
    "phone": "081298765432",
    "address": "Jl. Rahasia No. 9",
    "email": "r@uji.id",
}


def correct_url(registration: Registration) -> str:
    return reverse("registration-correct", args=[registration.reference])


def opened() -> list[tuple[str, str]]:
    return list(
        AuditEntry.objects.filter(action="read").values_list("purpose", "fields").order_by("branch", "seq")
    )


def told(answer) -> list[str]:
    """What of the stored values stands in an answer, however it is written."""
    text = answer.content.decode()
    return [value for value in (*STORED.values(), "+6281298765432", "0812-9876-5432") if value in text]


def closed_one(cast, state: str) -> Registration:
    registration = factories.submitted(by=cast.officer, **STORED)
    Registration.objects.filter(pk=registration.pk).update(
        state=state, decided_by=cast.reviewer, decided_at=registration.received_at
    )
    return registration


@pytest.mark.parametrize("state", CLOSED)
@pytest.mark.parametrize(
    "sent",
    [
        {"part": "phone", "phone": "081200001111", "step": "whole"},
        {"part": "phone full_name", "phone": "081200001111", "step": "send"},
        {"part": "phone", "phone": "x"},
        {"part": "nik address", "seen": "1", "step": "edit"},
        {"submission_id": "x"},
        {"submission_id": "x", "step": "whole"},
        {"part": "lain", "step": "whole"},
    ],
)
def test_of_a_decided_one_nothing_stored_comes_back(cast, login, state, sent):
    registration, client = closed_one(cast, state), login(cast.officer)
    before = opened()
    answer = client.post(correct_url(registration), sent)
    assert (answer.status_code in (302, 409), told(answer), opened()) == (True, [], before)
    script = client.post(correct_url(registration), sent, HTTP_ACCEPT="application/json")
    assert (told(script), opened()) == ([], before)


def test_what_was_typed_into_a_part_comes_back_with_the_sentence(cast, login, in_english):
    registration = closed_one(cast, "approved")
    sent = {"part": "phone", "phone": "081200001111", "seen": "2", "step": "send"}
    answer = login(cast.officer).post(correct_url(registration), sent)
    assert [(field.name, field.value()) for field, _said in answer.context["flagged"]] == [
        ("phone", "081200001111")
    ]
    assert "so this was not sent" in answer.text


def test_a_part_that_had_arrived_before_the_decision_gets_its_receipt(cast, login):
    registration = factories.submitted(by=cast.officer, **STORED)
    decide(login(cast.reviewer), registration, State.RETURNED, flag=["phone"])
    client = login(cast.officer)
    sent = {"part": "phone", "phone": "081200001111", "seen": "2", "step": "send"}
    assert client.post(correct_url(registration), sent).status_code == 302
    decide(login(cast.other_reviewer), now(registration), State.APPROVED)
    assert now(registration).state == "approved"
    before = opened()
    again = client.post(correct_url(registration), sent)
    assert (again.status_code, again.url) == (
        302,
        reverse("registration-receipt", args=[registration.reference]),
    )
    assert (opened(), now(registration).version) == (before, 2)


def test_the_same_answers_sent_again_after_the_decision_get_their_receipt(cast, login):
    row = factories.row()
    client = login(cast.officer)
    client.post(reverse("registration-new"), {**row, "step": "send"})
    registration = Registration.objects.get()
    decide(login(cast.reviewer), registration, State.APPROVED)
    before = opened()
    again = client.post(correct_url(registration), {**row, "step": "send"})
    assert (again.status_code, opened()) == (302, before)


def test_a_decision_between_look_and_lock_opens_nothing(cast, login, monkeypatch):
    """The state is read before the lock is taken: what the action then refuses shows no stored value either."""
    registration = factories.submitted(by=cast.officer, **STORED)
    real = registrations.correct

    def late(**said):
        Registration.objects.filter(pk=registration.pk).update(
            state="approved", decided_by=cast.reviewer, decided_at=registration.received_at
        )
        return real(**said)

    monkeypatch.setattr(registrations, "correct", late)
    sent = {"part": "full_name", "full_name": "Nama Benar", "seen": "1", "step": "send"}
    answer = login(cast.officer).post(correct_url(registration), sent)
    assert (answer.status_code, told(answer)) == (409, [])
    assert [purpose for purpose, _fields in opened()] == ["correct"]  # while it was open; not once more


@pytest.mark.parametrize(
    ("state", "shows"), [("submitted", 4), ("returned", 4), *((one, 0) for one in CLOSED)]
)
def test_the_id_of_ones_own_shows_what_is_stored_only_while_it_may_be_corrected(cast, login, state, shows):
    registration = closed_one(cast, state)
    sent = {**factories.row(), "submission_id": str(registration.submission_id), "step": "send"}
    before = opened()
    answer = login(cast.officer).post(reverse("registration-new"), sent)
    new = [("conflict", "content")] if shows else []
    assert (answer.status_code, len(told(answer)) >= shows, opened()) == (409, True, [*before, *new])
    assert bool(told(answer)) == bool(shows)
    assert reverse("registration-receipt", args=[registration.reference]) in answer.content.decode()


def corrected(cast) -> Registration:
    registration = factories.submitted(by=cast.officer, **STORED)
    entry = factories.entry(
        by=cast.officer,
        **factories.row(**STORED | {"address": "Jl. Lain No. 1", "full_name": "Sumiati Lain"}),
    )
    registrations.correct(by=cast.officer, registration=registration, entry=entry)
    return now(registration)


def test_what_a_page_hides_of_versions_never_leaves_the_disclosure(cast):
    registration = corrected(cast)
    sheet = disclosures.sheet(registration, by=cast.reviewer, purpose="review")
    receipt = disclosures.for_receipt(registration, by=cast.officer)
    for versions in (sheet.versions, receipt.versions):
        assert [version.content["full_name"] for version in versions] == ["Sumiati Rahasia", "Sumiati Lain"]
        text = json.dumps([version.content for version in versions])
        hidden = ("+6281298765432", "Jl. Rahasia No. 9", "Jl. Lain No. 1", "r@uji.id")
        assert [value for value in hidden if value in text] == []
        first, second = (version.content for version in versions)
        assert (first["address"] == second["address"], first["email"] == second["email"]) == (False, True)
    opened = disclosures.sheet(registration, by=cast.reviewer, purpose="review: other", opened=True)
    assert [version.content["address"] for version in opened.versions] == [
        "Jl. Rahasia No. 9",
        "Jl. Lain No. 1",
    ]


@pytest.mark.parametrize("state", ["submitted", "returned", "approved"])
def test_one_that_an_earlier_withdrawal_left_standing_is_moved_on_its_page(cast, login, in_english, state):
    """Consent was taken back before the reviewer's move was there: the request is stored, the state stayed."""
    registration = in_state(cast, state)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(consent.decisions, "refusal", lambda **_asked: True)
        consent.withdraw(by=cast.officer, registration=registration, channel="person")
    assert now(registration).state == state
    desk = login(cast.reviewer)
    page = desk.get(url(registration))
    assert [act["target"] for act in page.context["plain_acts"]] == ["withdrawn"]
    assert 'value="withdrawn"' in page.text
    answer = decide(desk, registration, State.WITHDRAWN)
    assert (answer.status_code, now(registration).state) == (302, "withdrawn")


@pytest.mark.parametrize("state", ["submitted", "returned"])
def test_with_consent_the_branch_gets_no_such_button(cast, login, state):
    registration = in_state(cast, state)
    page = login(cast.reviewer).get(url(registration))
    acts = [act["target"] for act in (*page.context["plain_acts"], *page.context["reasoned_acts"])]
    assert "withdrawn" not in acts
