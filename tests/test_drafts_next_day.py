"""A draft is gone on with after its day: at today's stand, or as what a paper entry needs."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrolment.models import Draft, Registration
from outreach import regions
from outreach.models import Assignment, Event
from tests import factories
from tests.test_drafts import JSON, shown, stand


@pytest.fixture
def two_days(cast):
    """A bazaar of yesterday and today, with the officer at booth A on both."""
    today = timezone.localdate()
    days = (today - timedelta(days=1), today)
    return factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="dua-hari", days=days, booths=("A", "B")
    )


def begun_yesterday(cast, event, **typed) -> dict[str, str]:
    """A draft as the page of yesterday's stand has kept it."""
    row = factories.row(event=event.slug, registered_at="", consent_at="", consent_how="aloud", **typed)
    row["first_month"] = f"{timezone.localdate():%Y-%m}"
    draft = factories.draft(by=cast.officer, of=event, **row)
    assert draft.day == event.first_day
    return {**row, "submission_id": str(draft.pk)}


def go_on(client, sent) -> tuple:
    answer = client.get(reverse("draft", args=[sent["submission_id"]]))
    return answer, answer.context["form"]


def test_a_stand_draft_of_yesterday_is_sent_as_the_stands_of_today(cast, login, two_days):
    client, sent = login(cast.officer), begun_yesterday(cast, two_days)
    answer, form = go_on(client, sent)
    assert (form.on_paper, form.initial["registered_at"], form.initial["consent_how"]) == (False, "", "aloud")
    before = timezone.now()
    assert client.post(answer.context["action"], {**sent, "step": "send"}).status_code == 302
    stored = Registration.objects.get()
    assert (stored.registered_at >= before, stored.consent_how) == (True, "aloud")


def test_it_moves_to_the_booth_where_the_officer_stands_today(cast, login, two_days):
    client, sent = login(cast.officer), begun_yesterday(cast, two_days)
    Assignment.objects.filter(booth__code="A", day=two_days.last_day).delete()
    answer, form = go_on(client, sent)
    assert (form.on_paper, form.initial["booth"]) == (False, "B")
    assert client.post(answer.context["action"], {**sent, "booth": "B", "step": "send"}).status_code == 302
    assert Registration.objects.get().booth.code == "B"


@pytest.mark.parametrize("opened", ["draft", "page"])
def test_after_the_last_day_it_says_so_and_keeps_the_workers_yes(cast, login, two_days, opened):
    client, sent = login(cast.officer), begun_yesterday(cast, two_days, income="")
    Assignment.objects.filter(day=two_days.last_day).delete()
    Event.objects.filter(pk=two_days.pk).update(last_day=two_days.first_day)
    over = "Hari stan ini sudah lewat."
    action = reverse("registration-new")  # a page that was left open
    if opened == "draft":
        answer, form = go_on(client, sent)
        assert (form.on_paper, form["consent_how"].value()) == (True, "aloud")
        assert form.initial["registered_at"] == f"{two_days.first_day:%d-%m-%Y} "
        assert answer.content.decode().count(over) == 1
        action = answer.context["action"]
    again = client.post(action, {**sent, "step": "send"})
    page = again.content.decode()
    assert (again.status_code, page.count(over)) == (422, 1)
    assert re.search(r'<input[^>]*name="consent_how"[^>]*value="aloud"[^>]*checked', page)
    assert re.search(r'<input type="text" name="registered_at"', page)
    moment = {"registered_at": f"{two_days.first_day:%d-%m-%Y} 10.30", "income": "2,5 juta"}
    assert client.post(action, {**sent, **moment, "step": "send"}).status_code == 302
    stored = Registration.objects.get()
    assert (timezone.localdate(stored.registered_at), stored.consent_how) == (two_days.first_day, "aloud")


@pytest.mark.parametrize("mark", [{}, {"registered_at": "20-11-2026 10.30"}])
def test_a_paper_draft_stays_paper(cast, login, two_days, mark):
    client, sent = login(cast.officer), begun_yesterday(cast, two_days)
    Draft.objects.all().delete()
    draft = factories.draft(by=cast.officer, of=two_days, **{**sent, "consent_how": "paper", **mark})
    answer, form = go_on(client, {"submission_id": draft.pk})
    assert (form.on_paper, "day=" + two_days.first_day.isoformat() in answer.context["action"]) == (
        True,
        True,
    )
    assert "Hari stan ini" not in answer.content.decode()


def test_the_workers_yes_is_still_there_the_second_time(cast, login, two_days):
    """What the form asked for after the last day is kept by then."""
    client, sent = login(cast.officer), begun_yesterday(cast, two_days)
    Assignment.objects.filter(day=two_days.last_day).delete()
    Event.objects.filter(pk=two_days.pk).update(last_day=two_days.first_day)
    _answer, form = go_on(client, sent)
    asked = {"registered_at": form.initial["registered_at"], "draft_counter": "7"}
    kept = client.post(reverse("drafts"), {**sent, **asked}, **JSON)
    assert kept.json()["saved"]
    answer, form = go_on(client, sent)
    assert (form.from_stand, form["consent_how"].value()) == (True, "aloud")
    assert answer.content.decode().count("Hari stan ini sudah lewat.") == 1


def test_a_page_left_open_overnight_comes_back_as_the_stands_of_today(cast, login, two_days):
    client = login(cast.officer)
    sent = begun_yesterday(cast, two_days, income="")
    address = f"{reverse('registration-new')}?event=dua-hari&booth=A&day={two_days.first_day.isoformat()}"
    again = client.post(address, sent)
    assert (again.status_code, again.context["form"].on_paper) == (422, False)


def test_a_tapped_place_is_kept_without_a_script(cast, login):
    client, sent = (
        login(cast.officer),
        stand(
            village_code="Menteng", village_code_choice="31.71.06.1001", work_location="Jakarta", step="keep"
        ),
    )
    label = regions.label("31.71.06.1001")
    assert (
        client.post(reverse("registration-new"), {**sent, "work_location_choice": "31.72"}).status_code == 302
    )
    initial = shown(client, sent)
    assert (initial["village_code"], initial["work_location"]) == (label, regions.label("31.72"))
