"""What was once possible and must not be again: each test names a way in, or a way to lose what was sent."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import identity, registrations
from enrolment.models import Registration
from outreach.choices import EventState
from outreach.errors import ActionRefused
from outreach.models import Assignment, AuditEntry, Booth, Event
from tests import factories


@pytest.mark.parametrize(
    "address", ["/registrations/new/?event=%00&booth=A", "/admin/?q=%00", "/healthz?%00"]
)
def test_a_nul_in_an_address_is_a_bad_request(client, db, address):
    assert client.get(address).status_code == 400


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("", 200), ("10.1.2.3", 403)]
)
def test_the_demo_answers_this_machine_alone(client, db, address, status):
    assert client.get("/healthz", REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize("lookup", ["password__startswith", "username", "email__contains"])
def test_no_free_lookup_reads_what_the_page_does_not_show(cast, login, lookup):
    answer = login(cast.head).get(f"/admin/outreach/user/?{lookup}=a")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "moment", ["9999-12-31T10:00:00+07:00", "0001-01-01T00:00:00+07:00", "31-12-9999 10.00"]
)
def test_an_impossible_moment_is_refused_and_stops_nothing(cast, moment):
    form = factories.form(by=cast.officer, registered_at=moment)
    assert form.coded_errors() == ["registered_at:registered_at_invalid"]


def send(client, row):
    return client.post(reverse("registration-new"), {**row, "step": "send"})


@pytest.fixture
def sent_today(cast, login):
    """(client, row, registration): sent at a bazaar that is today, without a time of its own."""
    day = timezone.localdate()
    factories.event(organiser=cast.organisation, officers=(cast.officer,), slug="kini", days=(day, day))
    row = {
        **factories.row(event="kini", first_month=f"{day:%Y-%m}"),
        "registered_at": "",
        "consent_at": "",
        "consent_how": "aloud",
    }
    client = login(cast.officer)
    assert send(client, row).status_code == 302
    return client, row, Registration.objects.get()


def test_what_was_accepted_is_the_same_after_midnight(sent_today, login, cast, monkeypatch):
    _client, row, registration = sent_today
    later = timezone.now() + timedelta(days=40)
    monkeypatch.setattr(timezone, "now", lambda: later)
    answer = send(login(cast.officer), row)
    assert answer.url == reverse("registration-receipt", args=[registration.reference])
    assert Registration.objects.count() == 1


def test_what_was_accepted_is_the_same_after_closing(sent_today):
    client, row, registration = sent_today
    Event.objects.update(state=EventState.CLOSED)
    assert send(client, row).url == reverse("registration-receipt", args=[registration.reference])


def test_what_was_sent_before_a_correction_is_the_same_receipt(sent_today):
    client, row, registration = sent_today
    url = reverse("registration-correct", args=[registration.reference])
    assert client.post(url, {**row, "full_name": "Nama Benar", "step": "send"}).status_code == 302
    assert Registration.objects.get().version == 2
    assert send(client, row).url == reverse("registration-receipt", args=[registration.reference])


@pytest.mark.parametrize("change", ["booth", "officer", "duty", "days"])
def test_a_returned_one_can_be_corrected_whatever_the_branch_changed(cast, login, change):
    registration = factories.returned(by=cast.officer, reviewer=cast.reviewer)
    match change:
        case "booth":
            Booth.objects.filter(event=cast.event, code="A").update(code="Z")
        case "officer":
            type(cast.officer).objects.filter(pk=cast.officer.pk).update(username="rini")
        case "duty":
            Assignment.objects.all().delete()
        case "days":
            Event.objects.update(first_day="2026-12-01", last_day="2026-12-02")
    client = login(cast.officer)
    url = reverse("registration-correct", args=[registration.reference])
    page = client.get(url).context["form"]
    fields = {bound.name: bound.value() or "" for bound in page if bound.name != "birth_date"}
    typed = {**fields, "birth_date": page.initial["birth_date"], "full_name": "Nama Benar", "step": "send"}
    assert client.post(url, typed).url == reverse("registration-receipt", args=[registration.reference])
    assert Registration.objects.get().version == 2


def test_nobody_registers_at_an_event_that_is_only_planned(cast):
    Event.objects.update(state=EventState.PLANNED)
    assert factories.form(by=cast.reviewer).coded_errors() == ["event:event_closed"]


def test_looking_for_a_twin_is_logged_and_asks_the_own_branch_only(cast, login):
    there = factories.organisation(of=cast.other_branch)
    factories.event(organiser=there, officers=(cast.stranger,), slug="bazar-lain")
    elsewhere = factories.row(event="bazar-lain", officer="orang_lain")
    registrations.submit(by=cast.stranger, entry=factories.entry(by=cast.stranger, **elsewhere))
    before = AuditEntry.objects.filter(action="identity.check").count()
    page = login(cast.officer).post(reverse("registration-new"), factories.row(nik=elsewhere["nik"]))
    assert "duplicate_nik" not in page.context["warnings"]
    assert AuditEntry.objects.filter(action="identity.check").count() == before + 1


def test_nobody_gets_answer_after_answer(cast, login):
    factories.submitted(by=cast.officer, nik="3172011204880001", birth_date="1988-04-12")
    row = factories.row(nik="3172011204880001", birth_date="1988-04-12")
    client = login(cast.officer)
    cache.clear()
    assert "duplicate_nik" in client.post(reverse("registration-new"), row).context["warnings"]
    identity.may_ask(by=cast.officer, purpose="test", count=identity.LIMIT)
    assert "duplicate_nik" not in client.post(reverse("registration-new"), row).context["warnings"]


def test_an_action_trusts_no_form(cast):
    entry = factories.entry(by=cast.officer)
    for refused in (cast.stranger, cast.colleague, cast.organiser):
        with pytest.raises(ActionRefused):
            registrations.submit(by=refused, entry=entry)
    assert Registration.objects.count() == 0


def test_control_and_direction_characters_are_no_answer(cast):
    entry = factories.entry(by=cast.officer, address="Jl. \u202eUji\x07 No. 1")
    assert entry.address == "Jl. Uji No. 1"


def test_an_endless_answer_is_refused(cast):
    assert factories.form(by=cast.officer, village_code="x" * 100_000).coded_errors() == [
        "village_code:too_long"
    ]


def test_todays_page_opens_only_the_reasons_that_it_shows(cast, login):
    factories.rejected(by=cast.officer, reviewer=cast.reviewer, reason="Rahasia yang ditolak.")
    factories.returned(by=cast.officer, reviewer=cast.reviewer, reason="Nomor HP kurang jelas.")
    page = login(cast.officer).get(reverse("today"))
    reasons = {row.registration.state: row.reason for row in page.context["returned"] + page.context["sent"]}
    assert reasons == {"returned": "Nomor HP kurang jelas.", "rejected": ""}
    assert AuditEntry.objects.filter(action="read", purpose="today").count() == 1


def test_a_resent_form_is_no_twin_of_itself(sent_today):
    client, row, _registration = sent_today
    assert "duplicate_nik" not in client.post(reverse("registration-new"), row).context["warnings"]


def test_the_demo_sets_no_cookie_that_a_browser_keeps_over_https_alone(settings):
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME", "ROSTER_COOKIE_NAME")
    assert [name for name in names if getattr(settings, name).startswith("__")] == []
