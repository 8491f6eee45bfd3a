"""A registration that came back is corrected by its officer, on whatever day that is."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrolment.models import Registration
from outreach.choices import EventState
from outreach.models import Event
from tests import factories


@pytest.fixture
def today_row(cast) -> dict[str, str]:
    """A row of a bazaar that is today, as the page sends it: without a time, the server's clock counts."""
    day = timezone.localdate()
    factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="bazar-hari-ini", days=(day, day)
    )
    row = factories.row(event="bazar-hari-ini", first_month=f"{day:%Y-%m}")
    return {**row, "registered_at": "", "consent_at": "", "consent_how": "aloud"}


def registered(client, row) -> Registration:
    assert client.post(reverse("registration-new"), {**row, "step": "send"}).status_code == 302
    return Registration.objects.get()


def correct(client, registration, **changes):
    """Open the page and send what its form holds, with the changes and the consent ticked again."""
    url = reverse("registration-correct", args=[registration.reference])
    initial = client.get(url).context["form"].initial
    return client.post(url, {**initial, "consent_version": "2023-06", "step": "send", **changes})


def test_correcting_on_the_same_day_makes_a_second_version(cast, login, today_row):
    client = login(cast.officer)
    registration = registered(client, today_row)
    answer = correct(client, registration, full_name="Nama Benar")
    assert (answer.status_code, Registration.objects.get().version) == (302, 2)


@pytest.mark.parametrize("days", [1, 40])
def test_correcting_days_later_makes_a_second_version(cast, login, today_row, monkeypatch, days):
    registration = registered(login(cast.officer), today_row)
    now = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: now)
    answer = correct(login(cast.officer), registration, full_name="Nama Benar")
    assert answer.status_code == 302, answer.context["form"].coded_errors()
    stored = Registration.objects.get()
    assert (stored.version, stored.registered_at) == (2, registration.registered_at)


def test_correcting_after_the_event_was_closed_makes_a_second_version(cast, login):
    returned = factories.returned(by=cast.officer, reviewer=cast.reviewer)
    Event.objects.update(state=EventState.CLOSED)
    answer = correct(login(cast.officer), returned, full_name="Nama Benar")
    assert answer.status_code == 302, answer.context["form"].coded_errors()
    assert Registration.objects.get().version == 2


def test_correcting_a_paper_form_keeps_its_day(cast, login):
    paper = factories.returned(by=cast.officer, reviewer=cast.reviewer)
    assert correct(login(cast.officer), paper, full_name="Nama Benar").status_code == 302
    stored = Registration.objects.get()
    assert (stored.version, stored.state, stored.registered_at) == (2, "submitted", paper.registered_at)
    assert (stored.consent_at, stored.officer, stored.entered_by) == (
        paper.consent_at,
        cast.officer,
        cast.officer,
    )


def test_correcting_the_nik_moves_its_index_and_warnings(cast, login):
    first = factories.submitted(
        by=cast.officer, nik="3172011204880001", birth_date="1988-04-12", full_name="Satu"
    )
    second = factories.submitted(
        by=cast.officer, nik="3172011204880001", birth_date="1988-04-12", full_name="Dua"
    )
    assert second.warnings == ["duplicate_nik"]
    correct(login(cast.officer), second, nik="3172011204880002")
    stored = Registration.objects.get(pk=second.pk)
    assert stored.warnings == []
    assert bytes(stored.nik_index) not in (bytes(first.nik_index), bytes(second.nik_index))


def test_correcting_is_not_for_a_colleague(cast, login):
    registration = factories.returned(by=cast.officer, reviewer=cast.reviewer)
    url = reverse("registration-correct", args=[registration.reference])
    assert [login(who).get(url).status_code for who in (cast.colleague, cast.stranger)] == [404, 404]


def test_the_same_correction_sent_twice_is_one_version(cast, login):
    registration = factories.submitted(by=cast.officer)
    changed = {**factories.row(), "submission_id": str(registration.submission_id), "step": "send"}
    url = reverse("registration-correct", args=[registration.reference])
    answers = [login(cast.officer).post(url, changed).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert Registration.objects.get().version == 2


def test_a_correction_stays_at_its_event(cast, login):
    registration = factories.submitted(by=cast.officer)
    factories.event(organiser=cast.organisation, officers=(cast.officer,), slug="bazar-lain")
    answer = correct(login(cast.officer), registration, event="bazar-lain")
    assert answer.context["form"].coded_errors() == ["event:event_unknown"]


@pytest.mark.parametrize("page", ["registration-correct", "registration-withdraw"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_decided_is_shown_and_not_offered_for_change(cast, login, page, method):
    approved = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    answer = getattr(login(cast.officer), method)(reverse(page, args=[approved.reference]))
    assert answer.url == reverse("registration-receipt", args=[approved.reference])
    assert Registration.objects.get().state == "approved"
