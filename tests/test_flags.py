"""Returned field by field: what the reviewer ticks, what the officer gets to correct, and what was changed."""

import json
from html import escape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.actions import disclosures
from enrolment.choices import State
from enrolment.forms.decision import FLAGGED
from enrolment.forms.registration import RegistrationForm
from outreach.actions import audit
from tests import factories
from tests.reviewing import ADDRESS, HIDDEN_TEXTS, NIK, PHONE, WHO, decide, now, reads, url

CARD = "Not as on the KTP. Look at the card again."
ASKED = {"birth_date": f"{CARD} Bulannya 04 atau 07?", "phone": "Kurang satu angka."}


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


@pytest.fixture
def pen(cast, login, in_english):
    """The officer's browser."""
    return login(cast.officer)


def give_back(client, registration, reason="", **changes):
    ticks = {
        "flag": ["birth_date", "phone"],
        "why_birth_date": CARD,
        "say_birth_date": "Bulannya  04 atau 07?",
        "why_phone": "-",
        "say_phone": "Kurang satu angka.",
    }
    return decide(client, registration, State.RETURNED, reason, **ticks | changes)


@pytest.fixture
def returned(cast, desk):
    registration = factories.submitted(by=cast.officer, **WHO)
    assert give_back(desk, registration).status_code == 302
    return now(registration)


def flags(registration) -> dict:
    decision = disclosures.last_decisions([registration])[registration.pk]
    access = audit.open_access(
        by=registration.officer,
        branch_id=registration.branch_id,
        objects=(decision.pk,),
        fields=("flags",),
        purpose="test",
    )
    return json.loads(decision.flags.reveal(access)) if decision.flags else {}


def correct_url(registration) -> str:
    return reverse("registration-correct", args=[registration.reference])


def corrected(client, registration, **changes):
    """The flagged fields of the page, sent after the check."""
    page = client.get(correct_url(registration))
    fields = {field.name: field.value() for field, _sentence in page.context["flagged"]}
    sent = {"part": page.context["part"], "seen": page.context["seen"], "step": "send", **fields, **changes}
    return client.post(correct_url(registration), sent)


def test_every_flagged_field_is_one_of_the_form():
    assert set(FLAGGED) <= set(RegistrationForm.base_fields)


def test_ticks_alone_return_it_with_a_reason_for_each(returned):
    assert (returned.state, flags(returned)) == (State.RETURNED, ASKED)


def test_a_tick_alone_takes_the_likeliest_reason(cast, desk):
    registration = factories.submitted(by=cast.officer)
    decide(desk, registration, State.RETURNED, flag=["sex"])
    assert flags(now(registration)) == {"sex": str(FLAGGED["sex"][0])}


@pytest.mark.parametrize("target", [State.APPROVED, State.REJECTED])
def test_only_a_return_keeps_flags(cast, desk, target):
    registration = factories.submitted(by=cast.officer)
    assert decide(desk, registration, target, "Alasan.", flag=["sex"]).status_code == 302
    assert flags(now(registration)) == {}


def test_ticks_are_no_reason_to_reject(cast, desk):
    registration = factories.submitted(by=cast.officer)
    assert decide(desk, registration, State.REJECTED, flag=["sex"]).status_code == 422


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"say_phone": " "}, "Write in your own words what is wrong, or choose a reason."),
        ({"say_phone": "x" * 161}, "A field's reason has at most 160 characters. Shorten it."),
    ],
)
def test_a_reason_of_a_field_is_judged_and_everything_kept(cast, desk, changes, said):
    registration = factories.submitted(by=cast.officer)
    response = give_back(desk, registration, **changes)
    assert (response.status_code, escape(said) in response.text) == (422, True)
    assert f'<a href="#say_phone">{escape(said)}</a>' in response.text
    assert response.context["marks"]["birth_date"].words == "Bulannya  04 atau 07?"
    assert response.text.count(" checked>") == 2
    assert now(registration).state == State.SUBMITTED


def test_opening_hidden_values_keeps_the_ticks(cast, desk):
    registration = factories.submitted(by=cast.officer)
    data = {"act": "open", "purpose": "review: call the worker", "flag": ["phone"], "say_phone": "Setengah"}
    response = desk.post(url(registration), data)
    assert [name for name, mark in response.context["marks"].items() if mark.ticked] == ["phone"]
    assert 'value="Setengah"' in response.text


def test_a_field_that_nobody_knows_is_not_flagged(cast, desk):
    registration = factories.submitted(by=cast.officer)
    assert decide(desk, registration, State.RETURNED, flag=["officer", "state"]).status_code == 422


def test_the_officer_gets_just_the_flagged_fields_with_their_reasons(pen, returned):
    page = pen.get(correct_url(returned))
    assert [(field.name, sentence) for field, sentence in page.context["flagged"]] == list(ASKED.items())
    assert [sentence in page.text for sentence in ASKED.values()] == [True, True]
    assert [text for text in (NIK, ADDRESS, "Sumiati Uji") if text in page.text] == []
    assert reads()[-1] == ("petugas", returned.pk, "content flags reason", "correct", 1)


def test_address_opens_rt_and_rw_too(cast, desk, pen):
    registration = factories.submitted(by=cast.officer)
    decide(desk, registration, State.RETURNED, flag=["address"])
    page = pen.get(correct_url(registration))
    assert [field.name for field, _sentence in page.context["flagged"]] == ["address", "rt", "rw"]


def test_correcting_them_keeps_every_other_answer_and_the_consent(cast, pen, returned):
    before = disclosures.for_correction(returned, by=cast.officer).content
    answer = corrected(pen, returned, phone="081211112222", nik="3172011204889999")
    assert answer.status_code == 302
    stored = now(returned)
    after = disclosures.for_correction(stored, by=cast.officer).content
    assert (stored.version, stored.state) == (2, State.SUBMITTED)
    assert {name for name in before if before[name] != after[name]} == {"phone"}


def test_check_answers_shows_what_changed_and_carries_nothing_else(pen, returned):
    answer = corrected(pen, returned, phone="081211112222", step="")
    assert [(c.label, c.was, c.now) for c in answer.context["changes"]] == [
        ("Mobile number", "0812-9876-5432", "0812-1111-2222")
    ]
    assert [name for name, _value in answer.context["typed"]] == ["birth_date", "phone", "part", "seen"]
    again = pen.post(correct_url(returned), {**dict(answer.context["typed"]), "step": "edit"})
    assert [field.value() for field, _sentence in again.context["flagged"]][1] == "081211112222"
    sent = pen.post(correct_url(returned), {**dict(answer.context["typed"]), "step": "send"})
    assert (sent.status_code, now(returned).version) == (302, 2)


def test_boxes_of_a_date_are_read_from_the_part(pen, returned):
    day, month, year = "13", "4", "1988"
    page = pen.get(correct_url(returned))
    sent = {
        "part": page.context["part"], "seen": page.context["seen"], "step": "", "phone": "081298765432",
        "birth_date_day": day, "birth_date_month": month, "birth_date_year": year,
    }  # fmt: skip
    changes = pen.post(correct_url(returned), sent).context["changes"]
    assert [(c.was, c.now) for c in changes] == [("12 April 1988", "13 April 1988")]


def test_an_error_in_a_part_stays_on_the_part(pen, returned):
    answer = corrected(pen, returned, phone="12")
    assert answer.status_code == 422
    assert answer.context["form"].coded_errors() == ["phone:phone_invalid"]
    assert len(answer.context["flagged"]) == 2


def test_emptied_field_is_not_filled_from_the_store(pen, returned):
    assert corrected(pen, returned, phone="").context["form"].coded_errors() == ["phone:phone_invalid"]


def test_an_error_outside_the_part_opens_the_whole_form(cast, desk, pen):
    registration = factories.submitted(by=cast.officer, job_type_2="P004")
    decide(desk, registration, State.RETURNED, flag=["job_type_1"])
    answer = corrected(pen, registration, job_type_1="P004")
    assert answer.context["form"].coded_errors() == ["job_type_2:job_same"]
    assert "flagged" not in answer.context


def test_the_whole_form_keeps_what_was_typed_in_the_part(pen, returned):
    answer = corrected(pen, returned, phone="081211112222", step="whole")
    assert "flagged" not in answer.context
    assert answer.context["form"]["phone"].value() == "081211112222"
    assert answer.context["form"]["full_name"].value() == "Sumiati Uji"
    assert ASKED["phone"] in answer.text


def test_a_part_of_what_was_corrected_meanwhile_is_noticed(pen, returned):
    page = pen.get(correct_url(returned))
    fields = {field.name: field.value() for field, _sentence in page.context["flagged"]}
    old = {"part": page.context["part"], "seen": page.context["seen"], "step": "send", **fields}
    assert corrected(pen, returned, phone="081211112222").status_code == 302
    answer = pen.post(correct_url(returned), {**old, "phone": "081233334444"})
    assert answer.status_code == 409
    assert [field.value() for field, _sentence in answer.context["flagged"]] == ["1988-04-12", "081233334444"]
    assert now(returned).version == 2


def test_today_stands_them_first_with_the_number_of_fields(cast, pen, returned):
    factories.submitted(by=cast.officer)
    page = pen.get(reverse("today"))
    assert [(row.registration, row.flags) for row in page.context["returned"]] == [(returned, 2)]
    assert "2 fields" in page.text


def test_history_tells_the_reason_of_each_field(desk, returned):
    text = desk.get(url(returned)).text
    assert [f"{label}: {said}" in text for label, said in (("Mobile number", ASKED["phone"]),)] == [True]


def test_review_compares_versions_and_hides_what_is_hidden(cast, desk, pen, returned):
    corrected(pen, returned, phone="081211112222", birth_date="1988-04-13")
    response = desk.get(url(returned))
    assert [
        (step.number, [(c.label, c.was, c.now, c.closed) for c in step.changes])
        for step in response.context["steps"]
    ] == [(2, [("Birth date", "12 April 1988", "13 April 1988", False), ("Mobile number", "", "", True)])]
    hidden = (*HIDDEN_TEXTS, "+6281211112222", "0812-1111-2222")
    assert [text for text in hidden if text in response.text] == []
    assert len([row for row in reads() if row[3] == "review"]) == 1
    opened = desk.post(url(returned), {"act": "open", "purpose": "review: call the worker"})
    assert [(c.was, c.now) for c in opened.context["steps"][0].changes][1] == (
        "0812-9876-5432", "0812-1111-2222",
    )  # fmt: skip


def test_receipt_compares_versions_with_one_access_row(pen, returned):
    corrected(pen, returned, phone="081211112222", birth_date="1988-04-13")
    before = len(reads())
    page = pen.get(reverse("registration-receipt", args=[returned.reference]))
    assert [(c.label, c.was, c.closed) for c in page.context["steps"][0].changes] == [
        ("Birth date", "12 April 1988", False), ("Mobile number", "", True),
    ]  # fmt: skip
    assert PHONE not in page.text
    assert reads()[before:] == [("petugas", returned.pk, "content full_name reason", "receipt", 1)]


def test_pages_cost_the_same_for_one_version_and_three(cast, desk, login, pen, returned):
    def cost(client, address) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    pages = ((desk, url(returned)), (pen, reverse("registration-receipt", args=[returned.reference])))
    corrected(pen, returned, phone="081211112222")
    two = [cost(*page) for page in pages]
    head = login(cast.head)
    for last in "34":
        give_back(desk, now(returned))  # again, so it goes to the head
        give_back(head, now(returned))
        corrected(pen, returned, phone=f"08121111222{last}")
    assert now(returned).version == 4
    assert [cost(*page) for page in pages] == two
