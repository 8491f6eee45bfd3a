"""The pages of an event's counts: what they show to whom, today, before and after."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrolment.queries.counts import Tally, event_counts
from enrolment.views import counts as page
from outreach.choices import EventState
from outreach.models import Booth, Event
from tests import factories
from tests.counting import AFTERWARDS, FRIDAY, NEWEST, url

# --- The page


def queries_of(client, address) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_counting_takes_six_queries_however_many_rows(cast, django_assert_num_queries):
    factories.submitted(by=cast.officer)
    with django_assert_num_queries(6):
        event_counts(cast.event)
    for booth in ("C", "D"):
        factories.assign(cast.officer, Booth.objects.create(event=cast.event, code=booth), FRIDAY)
        factories.submitted(by=cast.officer, booth=booth)
        factories.greeted(Booth.objects.get(event=cast.event, code=booth), by=cast.officer, times=2)
        factories.session(of=cast.event, by=cast.officer)
    with django_assert_num_queries(6):
        event_counts(cast.event)


def test_the_pages_queries_do_not_grow(cast, login):
    client = login(cast.head)
    factories.submitted(by=cast.officer)
    few = queries_of(client, url(cast.event))
    factories.submitted(by=cast.officer, booth="B", registered_at="2026-11-21T10:00:00+07:00")
    factories.approved(by=cast.officer, reviewer=cast.reviewer)
    for slug in ("kedua", "ketiga"):
        factories.event(organiser=cast.organisation, slug=slug)
    assert queries_of(client, url(cast.event)) == few


def test_the_page_shows_the_figures_of_the_query(world, login):
    answer = login(world.head).get(url(world.event))
    found = event_counts(world.event)
    shown = {panel.slug: panel for panel in answer.context["panels"]}
    for slug in ("booths", "officers", "days", "hours"):
        assert [line.bar for line in shown[slug].lines] == [r.tally.registered for r in getattr(found, slug)]
        assert [dict(line.cells)[page._("Contribution")] for line in shown[slug].lines] == [
            page.rupiah(row.tally.contribution) for row in getattr(found, slug)
        ]
        assert shown[slug].total.value == "7"
    assert [line.value for line in answer.context["states"]["lines"]] == ["7", "1", "3", "1", "1", "1"]
    assert answer.context["contribution"]["fact"] == "Rp186.000"
    assert answer.context["contribution"]["jht_share"] == "40\xa0%"


def test_the_page_holds_no_workers_data_and_logs_no_access(world, login):
    from outreach.models import AuditEntry  # only this test asks

    before = AuditEntry.objects.count()
    body = login(world.head).get(url(world.event)).content.decode()
    assert "Warga Uji" not in body
    assert "••••" not in body
    assert AuditEntry.objects.count() == before


def test_the_page_has_no_inline_script_or_style(world, login):
    body = login(world.head).get(url(world.event)).content.decode()
    assert " style=" not in body
    assert "<style" not in body
    assert body.count("<script") == body.count("<script src=")


@pytest.mark.parametrize(
    ("person", "status"),
    [("head", 200), ("reviewer", 200), ("system_admin", 403), ("officer", 404), ("organiser", 404),
     ("stranger", 404), ("strange_reviewer", 404)],
)  # fmt: skip
def test_who_may_see_the_counts(cast, login, person, status):
    assert login(cast.people[person]).get(url(cast.event)).status_code == status


def test_the_head_of_another_branch_gets_404(cast, login):
    other = factories.head("kepala_lain", of=cast.other_branch)
    assert login(other).get(url(cast.event)).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_counts_are_only_read(cast, login, method):
    client = login(cast.head)
    assert getattr(client, method)(url(cast.event)).status_code == 405
    assert getattr(client, method)(reverse(NEWEST)).status_code == 405


# --- Sentences


def targets(event: Event, registered: int) -> dict:
    found = dataclasses.replace(event_counts(event), total=Tally(waiting=registered))
    return page._target(found)


@pytest.mark.parametrize(
    ("target", "registered", "longest", "tick"),
    [(100, 61, 100, None), (100, 0, 100, None), (100, 100, 100, None), (100, 130, 130, 100)],
)
def test_the_bar_reaches_to_the_larger_of_target_and_achieved(cast, target, registered, longest, tick):
    cast.event.target = target
    found = targets(cast.event, registered)
    assert (found["bar"], found["longest"], found["tick"]) == (registered, longest, tick)


def test_a_target_of_zero_is_said_and_draws_no_bar(cast, login):
    Event.objects.filter(pk=cast.event.pk).update(target=0)
    factories.submitted(by=cast.officer)
    answer = login(cast.head).get(url(cast.event))
    assert set(answer.context["target"]) == {"fact", "target", "note"}
    assert answer.status_code == 200


def test_an_event_without_booths_is_calm(cast, login):
    bare = factories.event(organiser=cast.organisation, slug="baru-dicatat", booths=())
    assert login(cast.head).get(url(bare)).status_code == 200


def test_booths_show_their_own_target_only_if_one_has_one(cast):
    def headings():
        panels = {panel.slug: panel for panel in page._panels(event_counts(cast.event))}
        return [heading for heading, _text in panels["booths"].total.cells]

    assert headings()[0] == page._("Target")
    Booth.objects.filter(event=cast.event).update(target=0)
    assert page._("Target") not in headings()


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 0, ""), (0, 4, "0\xa0%"), (2, 3, "67\xa0%"), (5, 5, "100\xa0%")]
)
def test_share_of_nothing_is_empty(part, whole, shown):
    assert page._share(part, whole) == shown


def funnel(found) -> list[tuple[str, str]]:
    return [(line.value, line.share) for line in page._reached(found)["lines"]]


def test_the_funnel_begins_with_who_was_reached(world, login):
    answer = login(world.head).get(url(world.event))
    assert [(line.value, line.share) for line in answer.context["reached"]["lines"]] == [
        ("59", ""), ("7", "12\xa0%"), ("7", "100\xa0%"), ("3", "43\xa0%"), ("0", "0\xa0%"), ("0", ""),
    ]  # fmt: skip
    assert answer.context["reached"]["longest"] == 59
    body = answer.content.decode()
    assert answer.context["reached"]["fact"] in body
    assert answer.context["reached"]["of"] in body


def test_more_registered_than_reached_is_said_and_is_no_share(cast):
    factories.approved(by=cast.officer, reviewer=cast.reviewer)
    found = event_counts(cast.event)
    assert funnel(found) == [
        ("0", ""),
        ("1", ""),
        ("1", "100\xa0%"),
        ("1", "100\xa0%"),
        ("0", "0\xa0%"),
        ("0", ""),
    ]
    assert page._reached(found)["uncounted"] is True


def test_people_reached_are_shown_before_anybody_registers(cast, login):
    factories.session(of=cast.event, by=cast.officer)
    body = login(cast.head).get(url(cast.event)).content.decode()
    assert 'aria-labelledby="reached"' in body
    assert "jb-empty-title" in body


def test_booths_show_the_greeted_only_if_there_are_any(cast):
    def headings():
        panels = {panel.slug: panel for panel in page._panels(event_counts(cast.event))}
        return [heading for heading, _text in panels["booths"].total.cells]

    assert page._("Greeted") not in headings()
    factories.greeted(Booth.objects.get(event=cast.event, code="B"), by=cast.officer, times=1)
    assert headings()[0] == page._("Greeted")


def test_two_in_the_first_place_are_no_busiest(world):
    panels = {panel.slug: panel for panel in page._panels(event_counts(world.event, at=AFTERWARDS))}
    assert panels["hours"].sentence == ""  # 09.00 and 10.00 have two each
    assert panels["days"].sentence != ""


# --- Today, before and after


def hour_lines(event: Event, at: datetime) -> dict:
    panels = {panel.slug: panel for panel in page._panels(event_counts(event, at=at))}
    return {line.label: (line.value, line.kind) for line in panels["hours"].lines}


def test_the_running_hour_is_marked_and_hours_to_come_have_no_nought(cast):
    factories.submitted(by=cast.officer, registered_at="2026-11-20T09:30:00+07:00")
    at = datetime(2026, 11, 20, 3, 20, tzinfo=UTC)  # 10.20 WIB
    assert hour_lines(cast.event, at) == {
        "08.00": ("0", ""),
        "09.00": ("1", ""),
        "10.00": ("0", "running"),
        "11.00": ("–", ""),
        "12.00": ("–", ""),
        "13.00": ("–", ""),
        "14.00": ("–", ""),
    }


def test_after_the_event_no_hour_runs_and_every_hour_has_its_number(cast):
    factories.submitted(by=cast.officer)
    assert set(hour_lines(cast.event, AFTERWARDS).values()) == {("0", ""), ("1", "")}


def test_the_ball_is_there_once_while_the_event_is_on(cast, login):
    today = timezone.localdate()
    factories.event(organiser=cast.organisation, slug="hari-ini", days=(today, today))
    client = login(cast.head)
    on = client.get(reverse("admin:enrolment_registration_counts_event", args=["hari-ini"])).content.decode()
    assert on.count('class="jb-ball"') == 1


def test_an_event_still_to_come_says_when_it_begins(cast, login):
    days = (timezone.localdate() + timedelta(days=9), timezone.localdate() + timedelta(days=9))
    later = factories.event(organiser=cast.organisation, slug="nanti", days=days, state=EventState.PLANNED)
    answer = login(cast.head).get(url(later))
    assert answer.context["is_ahead"] is True
    assert page.long_day(days[0]) in answer.content.decode()
    assert 'class="jb-ball"' not in answer.content.decode()


# --- The first page


def test_newest_goes_to_todays_event_before_a_longer_past_one(cast, login):
    today = timezone.localdate()
    Event.objects.all().delete()
    make = {"organiser": cast.organisation}
    factories.event(**make, slug="kemarin", days=(today - timedelta(days=1), today - timedelta(days=1)))
    factories.event(**make, slug="besok", days=(today + timedelta(days=1), today + timedelta(days=1)))
    factories.event(**make, slug="berjalan", days=(today - timedelta(days=5), today + timedelta(days=1)))
    answer = login(cast.head).get(reverse(NEWEST))
    assert (answer.status_code, answer.url) == (302, "/admin/enrolment/registration/counts/berjalan/")


def test_newest_goes_to_the_last_that_has_begun(cast, login):
    today = timezone.localdate()
    Event.objects.all().delete()
    for slug, ago in (("lama", 9), ("baru", 2), ("nanti", -3)):
        day = today - timedelta(days=ago)
        factories.event(organiser=cast.organisation, slug=slug, days=(day, day))
    assert login(cast.reviewer).get(reverse(NEWEST)).url == "/admin/enrolment/registration/counts/baru/"


def test_a_branch_without_events_gets_a_calm_page(cast, login):
    client = login(factories.head("kepala_lain", of=cast.other_branch))
    answer = client.get(reverse(NEWEST))
    assert (answer.status_code, answer.context["events"]) == (200, [])
    assert cast.event.name not in answer.content.decode()


def test_the_switcher_has_the_branchs_twelve_newest(cast, login):
    for number in range(14):
        day = date(2026, 1, 1) + timedelta(days=number)
        factories.event(organiser=cast.organisation, slug=f"acara-{number}", days=(day, day), booths=())
    factories.event(
        organiser=factories.organisation(of=cast.other_branch, name="Lain"), slug="cabang-lain", booths=()
    )
    rows = login(cast.head).get(url(cast.event)).context["events"]
    assert [row["event"].slug for row in rows] == [
        cast.event.slug, *(f"acara-{number}" for number in range(13, 2, -1)),
    ]  # fmt: skip
    assert [row["shown"] for row in rows] == [True] + [False] * 11
