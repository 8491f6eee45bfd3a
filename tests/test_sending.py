"""What the form's own script is answered: JSON, never a redirect, and nothing that is not stored."""
# ruff: noqa: F811 - fixtures of the neighbour

import pytest
from django.test import Client
from django.urls import reverse

from enrolment.errors import ERRORS
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Registration
from tests import factories
from tests.test_shared_phone import JSON, phone, stand  # noqa: F401 - fixtures
from tests.test_shared_phone import row as row_today


@pytest.fixture
def row() -> dict[str, str]:
    return {**factories.row(nik="3172011204880001", birth_date="1988-04-12"), "step": "send"}


@pytest.fixture
def send(cast, login):
    """send(row) → what the officer's script is told."""
    client = login(cast.officer)

    def send(row: dict, url: str = reverse("registration-new")) -> dict:
        answer = client.post(url, row, **JSON)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        assert answer.headers["Cache-Control"].count("no-store") == 1
        return answer.json()

    return send


def receipt(registration: Registration) -> str:
    return reverse("registration-receipt", args=[registration.reference])


def test_stored_and_sent_again_is_one_receipt(send, row):
    first, again = send(row), send(row)
    url = receipt(Registration.objects.get())
    told = {"id": row["submission_id"], "url": url, "errors": {}}
    assert (first, again) == ({"outcome": "created", **told}, {"outcome": "same", **told})


def test_other_content_under_the_same_id_is_a_conflict_that_names_nothing(send, row):
    send(row)
    told = send({**row, "full_name": "Warga Lain"})
    assert told == {"outcome": "conflict", "id": row["submission_id"], "url": "", "errors": {}}
    assert Registration.objects.get().version == 1


def test_errors_come_by_field_in_the_order_of_the_page(send, row):
    wrong = {"income": "0", "nik": "317201", "full_name": "1" * 101, "booth": "Z", "consent_version": ""}
    told = send({**row, **wrong})
    assert (told["outcome"], told["url"], Registration.objects.count()) == ("invalid", "", 0)
    assert list(told["errors"].items()) == [
        ("booth", [ERRORS["booth_unknown"]]),
        ("consent_version", [ERRORS["consent_missing"]]),
        ("nik", ["NIK harus 16 angka. Yang terketik baru 6."]),
        ("full_name", [ERRORS["name_length"], ERRORS["name_characters"]]),
        ("income", [ERRORS["income_invalid"]]),
    ]


def test_answers_to_be_checked_get_warnings_and_price_and_store_nothing(send, row):
    told = send({**row, "birth_date": "1988-04-13", "step": "check"})
    assert (told["outcome"], Registration.objects.count()) == ("valid", 0)
    assert "Tanggal lahir berbeda dari NIK." in told["warned"]
    assert "Rp" in told["cost"]
    assert row["nik"] not in str(told)


def test_a_correction_is_answered_alike(cast, send, row):
    send(row)
    stored = Registration.objects.get()
    url = reverse("registration-correct", args=[stored.reference])
    told = send({**row, "full_name": "Warga Benar"}, url)
    assert (told["outcome"], told["url"]) == ("created", receipt(stored))
    stored.refresh_from_db()
    assert stored.version == 2


def test_a_correction_that_comes_too_late_stays_on_the_page(cast, send, row):
    send(row)
    stored = Registration.objects.get()
    factories._moved(stored, "rejected", cast.reviewer, "Bekerja dengan upah tetap.")
    told = send({**row, "full_name": "Warga Benar"}, reverse("registration-correct", args=[stored.reference]))
    assert (told["outcome"], told["url"]) == ("refused", "")  # sent as a form it comes back with the reason


def test_a_locked_phone_and_another_officer_are_told_apart(stand, phone):
    url, sent = reverse("registration-new"), row_today(stand.officer)
    assert phone.post(url, {**sent, "opened_by": stand.colleague.pk}, **JSON).status_code == 409
    phone.post("/account/lock/")
    assert phone.post(url, sent, **JSON).status_code == 423
    phone.post("/account/switch/other/")
    assert phone.post(url, sent, **JSON).status_code == 423  # signed out, and still one of this phone's
    assert Client().post(url, sent, **JSON).status_code == 302  # nobody's: opaque to the script
    assert Registration.objects.count() == 0


def test_every_answer_that_may_not_be_left_out_has_a_sentence(cast):
    """Those that the script tells are those that the server would."""
    form = RegistrationForm({}, user=cast.officer)
    form.prepare_page(day=factories.DAYS[0])
    known = form.sentences_if_empty()
    assert {name: form.errors[name][0] for name in known} == known
    hidden = {"submission_id", "event", "booth", "officer"}
    assert set(form.errors) - hidden == set(known)
