"""Nothing is twice: the id that was made when the form opened decides, whatever the rest says."""

from uuid import uuid4

import pytest
from django.urls import reverse

from enrolment import references
from enrolment.actions import registrations
from enrolment.models import Decision, Registration, RegistrationVersion
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories

WRITTEN = (Registration, RegistrationVersion, Decision, AuditEntry)
TYPED_OTHERWISE = {
    "nik": "3172 0112 0488 0001",
    "full_name": "  Warga   Uji ",
    "birth_date": "12-4-1988",
    "rt": "003",
    "rw": "06",
    "village_code": "penjaringan, kec. penjaringan",
    "phone": "+62 812-3456-7890",
    "work_location": "Jakarta Utara",
    "income": "2,5 juta",
    "package": "t",
    "months": "01",
    "first_month": "2026-11",
    "government_paid": "tidak",
    "job_type_1": "p050",
    "booth": "a",
    "consent_version": "2023-06.id",
    "consent_how": "",
    "registered_at": "20-11-2026 09.30",
    "consent_at": "2026-11-20T01:00:00Z",
}
OTHERWISE = {
    "nik": "3172011204880002",
    "full_name": "Warga Lain",
    "birth_place": "Bogor",
    "birth_date": "1988-04-13",
    "sex": "P",
    "address": "Jl. Lain No. 2",
    "rt": "4",
    "rw": "7",
    "village_code": "31.72.01.1002",
    "phone": "081234567891",
    "email": "warga@example.id",
    "job_type_1": "P003",
    "job_type_2": "P003",
    "work_location": "31.71",
    "income": "2.500.001",
    "package": "L",
    "months": "2",
    "first_month": "2026-12",
    "government_paid": "y",
    "guardian": "Ibu Uji",
    "booth": "B",
    "registered_at": "2026-11-20T09:31:00+07:00",
    "consent_at": "2026-11-20T08:01:00+07:00",
    "consent_version": "2023-06.en",
    "consent_how": "self",
}


def written() -> list[int]:
    return [model.objects.count() for model in WRITTEN]


@pytest.fixture
def row() -> dict[str, str]:
    return factories.row(nik="3172011204880001", birth_date="1988-04-12")


@pytest.fixture
def first(cast, row) -> Registration:
    return factories.submitted(by=cast.officer, **row)


def send(by, row, **changes) -> registrations.Receipt:
    return registrations.submit(by=by, entry=factories.entry(by=by, **{**row, **changes}))


def test_same_content_gets_the_same_receipt_and_writes_nothing(cast, row, first):
    before = written()
    receipt = send(cast.officer, row)
    assert (receipt.outcome, receipt.registration) == ("same", first)
    assert written() == before == [1, 1, 1, 1]


@pytest.mark.parametrize("field", TYPED_OTHERWISE)
def test_same_content_typed_otherwise_is_the_same(cast, row, first, field):
    assert row[field] != TYPED_OTHERWISE[field] or field == "first_month"
    assert send(cast.officer, row, **{field: TYPED_OTHERWISE[field]}).outcome == "same"


@pytest.mark.parametrize("field", OTHERWISE)
def test_other_content_in_any_field_is_a_conflict_and_writes_nothing(cast, row, first, field):
    before = written()
    receipt = send(cast.officer, row, **{field: OTHERWISE[field]})
    assert (receipt.outcome, receipt.registration) == ("conflict", first)
    assert written() == before


def test_every_field_of_the_form_is_tried_above(row):
    # The rest names who and where: a valid form of this officer has one answer for them.
    assert set(row) - set(OTHERWISE) == {"submission_id", "event", "officer"}


def test_new_id_with_the_same_content_is_a_new_row(cast, row, first):
    receipt = send(cast.officer, row, submission_id=str(uuid4()))
    assert (receipt.outcome, receipt.registration.warnings) == ("created", ["duplicate_nik"])


def test_no_time_typed_is_the_same_whenever_it_is_sent_again(cast, row):
    """The page leaves the time to the server, so a repeat an hour later is still the same content."""
    entry = factories.entry(by=cast.officer, **row)
    on_page = {name: getattr(entry, name) for name in entry.__slots__} | {
        "registered_at": None,
        "consent_at": None,
    }
    outcomes = [registrations.submit(by=cast.officer, entry=type(entry)(**on_page)).outcome for _ in range(2)]
    assert outcomes == ["created", "same"]


def test_reference_that_is_taken_is_drawn_again(cast, first, monkeypatch):
    drawn = iter([first.reference, first.reference, "7K42Q93"])
    monkeypatch.setattr(references, "new", lambda: next(drawn))
    assert factories.submitted(by=cast.officer).reference == "7K42Q93"


def test_reference_that_stays_taken_is_an_error_and_no_row(cast, first, monkeypatch):
    monkeypatch.setattr(references, "new", lambda: first.reference)
    with pytest.raises(RuntimeError):
        factories.submitted(by=cast.officer)
    assert Registration.objects.get() == first


def test_submitting_needs_the_right_to(cast, row):
    entry = factories.entry(by=cast.officer, **row)
    with pytest.raises(ActionRefused) as refused:
        registrations.submit(by=cast.organiser, entry=entry)
    assert refused.value.code == "not_allowed"
    assert not Registration.objects.exists()


def test_page_sent_twice_leads_to_the_same_receipt(cast, row, login):
    client, url = login(cast.officer), reverse("registration-new")
    answers = [client.post(url, {**row, "step": "send"}) for _ in range(2)]
    receipt = reverse("registration-receipt", args=[Registration.objects.get().reference])
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, receipt)] * 2


def test_conflict_shows_the_difference_to_its_officer(cast, row, first, login):
    response = login(cast.officer).post(
        reverse("registration-new"), {**row, "full_name": "Warga Lain", "step": "send"}
    )
    assert response.status_code == 409
    assert [difference[1:] for difference in response.context["differences"]] == [("Warga Uji", "Warga Lain")]


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_conflict_shows_nothing_to_anybody_else(cast, row, first, login, who):
    user, event = getattr(cast, who), "bazar-sendiri"
    organiser = factories.organisation(of=user.branch, name="Karang Taruna Sendiri")
    factories.event(organiser=organiser, officers=(user,), slug=event)
    theirs = factories.row(
        submission_id=row["submission_id"], event=event, officer=user.username, full_name="Lain"
    )
    before = written()
    response = login(user).post(reverse("registration-new"), {**theirs, "step": "send"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "differences" not in response.context
    shown = (
        row["full_name"],
        row["nik"],
        "3172 0112 0488 0001",
        first.reference,
        str(first),
        "1234567890",
        "1988",
    )
    assert [secret for secret in shown if secret in page] == []
    assert written() == before
