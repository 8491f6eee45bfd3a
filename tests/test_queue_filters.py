"""The filters of the reviewer's queue: each alone, together, on the pager, and what is offered."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrolment.choices import State
from enrolment.models import Registration
from enrolment.queries import queue, queue_filters
from outreach.models import Booth
from tests import factories
from tests.reviewing import WHO, queue_url, received, references


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


@pytest.fixture
def other_event(cast):
    return factories.event(organiser=cast.organisation, officers=[cast.officer], slug="bazar-kedua")


def shown(desk, query: str) -> set[str]:
    return set(references(desk.get(queue_url(query))))


def chosen(page) -> dict[str, str]:
    """The chosen word of each group of filters that is not "all"."""
    pairs = {
        group.title: [one.word for one in group.choices if one.chosen] for group in page.context["groups"]
    }
    return {title: words[0] for title, words in pairs.items() if words != ["all"]}


def test_each_filter_alone(cast, desk, other_event):
    helper = factories.officer("petugas-b", of=cast.branch)
    booth_b = Booth.objects.get(event=cast.event, code="B")
    factories.assign(helper, booth_b, *cast.event.days)
    plain = factories.submitted(by=cast.officer, package="T", job_type_1="P050")
    rider = factories.submitted(by=cast.officer, package="L", job_type_1="P004")
    of_b = factories.submitted(by=helper, officer=helper.username, booth="B", package="T", job_type_1="P050")
    elsewhere = factories.submitted(by=cast.officer, event=other_event.slug, package="T", job_type_1="P050")
    back = factories.returned(by=cast.officer, reviewer=cast.reviewer, package="T", job_type_1="P050")
    everything = {plain.reference, rider.reference, of_b.reference, elsewhere.reference}
    assert {
        query: shown(desk, query)
        for query in (
            "", f"?event={other_event.slug}", f"?event={cast.event.slug}&booth=B", f"?officer={helper.pk}",
            "?package=L", "?sector=transport", "?state=returned",
        )
    } == {
        "": everything,
        f"?event={other_event.slug}": {elsewhere.reference},
        f"?event={cast.event.slug}&booth=B": {of_b.reference},
        f"?officer={helper.pk}": {of_b.reference},
        "?package=L": {rider.reference},
        "?sector=transport": {rider.reference},
        "?state=returned": {back.reference},
    }  # fmt: skip


def test_each_flag(cast, desk):
    clean = factories.submitted(by=cast.officer)
    sex = factories.submitted(by=cast.officer, sex="P")
    codes = {code: factories.submitted(by=cast.officer) for code in queue_filters.WARNING_CODES}
    for code, row in codes.items():
        Registration.objects.filter(pk=row.pk).update(warnings=[code])
    first, second = (factories.submitted(by=cast.officer, **WHO) for _ in range(2))
    stale = factories.submitted(by=cast.officer)
    Registration.objects.filter(pk=stale.pk).update(warnings=["same_person"])  # its twin is gone
    expected = {code: {row.reference} for code, row in codes.items()}
    expected["nik_sex"] |= {sex.reference}
    everything = {sex, *codes.values()}
    # Whoever WHO's NIK does not fit is warned of that too.
    odd = {
        row.reference for row in (first, second) if set(now_warnings(row)) - {"duplicate_nik", "same_person"}
    }
    assert {flag: shown(desk, f"?flag={flag}") for flag in queue_filters.FLAGS} == {
        "clean": {clean.reference, stale.reference},
        "warned": {row.reference for row in everything} | odd,
        "twin": {first.reference, second.reference},
        **expected,
    }


def now_warnings(row) -> list[str]:
    return Registration.objects.get(pk=row.pk).warnings


def test_two_filters_narrow_together_and_say_so(cast, desk, other_event):
    factories.submitted(by=cast.officer, package="L")
    factories.submitted(by=cast.officer, event=other_event.slug, package="T")
    both = factories.submitted(by=cast.officer, event=other_event.slug, package="L")
    page = desk.get(queue_url(f"?event={other_event.slug}&package=L"))
    assert references(page) == [both.reference]
    assert page.context["filters"].chosen == 2
    assert "Filters: 2 chosen" in page.text
    assert chosen(page)["Package"] == "L"
    assert chosen(page)["Event"].startswith(other_event.name)


@pytest.mark.parametrize(
    "query",
    [
        "?event=none", "?booth=A", "?officer=0", "?officer=x", "?officer=99999999999999999999", "?officer=٣",
        "?flag=nonsense", "?package=Z", "?sector=sea", "?state=nonsense", "?event=", "?flag=duplicate_nik",
    ],
)  # fmt: skip
def test_an_unknown_value_is_ignored(cast, desk, query):
    waiting = factories.submitted(by=cast.officer)
    page = desk.get(queue_url(query))
    assert references(page) == [waiting.reference]
    assert page.context["filters"].chosen == 0


def test_what_is_another_branchs_is_ignored(cast, desk):
    waiting = factories.submitted(by=cast.officer)
    theirs = factories.event(
        organiser=cast.strange_organiser.organisation, officers=[cast.stranger], slug="bazar-lain"
    )
    for query in (f"?event={theirs.slug}", f"?event={theirs.slug}&booth=A", f"?officer={cast.stranger.pk}"):
        page = desk.get(queue_url(query))
        assert (references(page), page.context["filters"].chosen) == ([waiting.reference], 0)
        assert theirs.name not in page.text


def test_booths_are_offered_of_the_chosen_event_only(cast, desk):
    titles = [group.title for group in desk.get(queue_url()).context["groups"]]
    assert "Booth" not in titles
    page = desk.get(queue_url(f"?event={cast.event.slug}"))
    (booths,) = [group for group in page.context["groups"] if group.title == "Booth"]
    assert [one.word for one in booths.choices] == ["all", "Booth A", "Booth B"]


def test_another_event_drops_the_booth_and_keeps_the_rest(cast, desk, other_event):
    page = desk.get(queue_url(f"?event={cast.event.slug}&booth=A&flag=clean"))
    (events,) = [group for group in page.context["groups"] if group.title == "Event"]
    urls = {one.word.partition(",")[0]: one.url for one in events.choices}
    assert urls[other_event.name].endswith(f"?event={other_event.slug}&flag=clean")
    assert urls["all"].endswith("?flag=clean")


def test_what_is_offered_is_bounded_and_has_what_is_chosen(cast, desk, monkeypatch):
    monkeypatch.setattr(queue_filters, "EVENTS_OFFERED", 2)
    monkeypatch.setattr(queue_filters, "OFFICERS_OFFERED", 1)
    today = timezone.localdate()
    later = [today + timedelta(days=30), today + timedelta(days=30)]
    for number in range(3):
        factories.event(organiser=cast.organisation, officers=[], slug=f"bazar-{number}", days=later)
    helper = factories.officer("zz-petugas", of=cast.branch)
    page = desk.get(queue_url(f"?event={cast.event.slug}&officer={helper.pk}"))
    groups = {
        group.title: [one.word.partition(",")[0] for one in group.choices] for group in page.context["groups"]
    }
    assert groups["Event"][1] == cast.event.name
    assert (len(groups["Event"]), len(groups["Officer"])) == (4, 3)
    assert page.context["filters"].officer == helper


def test_the_pager_keeps_the_filters(cast, desk, monkeypatch):
    monkeypatch.setattr(queue, "PAGE_ROWS", 2)
    made = [factories.submitted(by=cast.officer, package="L") for _ in range(4)]
    same_moment = timezone.now() - timedelta(hours=3)
    Registration.objects.update(received_at=same_moment)
    received(factories.submitted(by=cast.officer, package="T"), ago=timedelta(hours=3))
    first = desk.get(queue_url("?package=L"))
    second = desk.get(first.context["url_newer"])
    assert references(first) + references(second) == [
        row.reference for row in sorted(made, key=lambda row: row.pk)
    ]
    assert references(desk.get(second.context["url_older"])) == references(first)


def test_nothing_that_fits_says_so_with_a_way_out(cast, desk):
    factories.submitted(by=cast.officer, package="T")
    page = desk.get(queue_url("?state=returned&package=L"))
    assert "Nothing fits these filters." in page.text
    assert page.context["url_unfiltered"] == queue_url("?state=returned")


def test_filters_cost_the_same_with_one_row_and_three(cast, desk):
    query = f"?event={cast.event.slug}&booth=A&officer={cast.officer.pk}&flag=warned&package=L"

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(references(desk.get(queue_url(query)))) > 0
        return len(queries)

    factories.submitted(by=cast.officer, sex="P", package="L")
    cost()
    one = cost()
    for _ in range(2):
        factories.submitted(by=cast.officer, sex="P", package="L")
    assert cost() == one


def test_figures_stop_counting(cast, desk, monkeypatch):
    monkeypatch.setattr(queue, "COUNTED", 2)
    monkeypatch.setattr(queue, "CLEAN_COUNTED", 2)
    for _ in range(3):
        received(factories.submitted(by=cast.officer), ago=timedelta(hours=30))
    for _ in range(3):
        factories.approved(by=cast.officer, reviewer=cast.reviewer)
    strip = [figure["value"] for figure in desk.get(queue_url()).context["figures"]]
    assert strip == ["2+", "2+", "30 h 00 min", "2+", "2+"]


def test_looking_back_can_be_filtered(cast, desk):
    approved = factories.approved(by=cast.officer, reviewer=cast.reviewer, package="L")
    factories.approved(by=cast.officer, reviewer=cast.reviewer, package="T")
    page = desk.get(queue_url(f"?state={State.APPROVED}&package=L"))
    assert references(page) == [approved.reference]
    assert [one.url for one in page.context["states"] if one.chosen] == [
        queue_url("?state=approved&package=L")
    ]


def test_a_rare_flag_is_looked_for_a_stretch_at_a_time(cast, desk, monkeypatch):
    """Nobody is left out on the way there, nor on the way back."""
    monkeypatch.setattr(queue, "STRETCH", 3)
    monkeypatch.setattr(queue, "PAGE_ROWS", 2)
    made = [factories.submitted(by=cast.officer) for _ in range(9)]
    for n, row in enumerate(made):
        received(row, ago=timedelta(hours=9 - n))
    clean = {made[1].reference, made[7].reference}
    Registration.objects.filter(reference__in=clean).update(warnings=[])
    Registration.objects.exclude(reference__in=clean).update(warnings=["age_17"])
    pages = [desk.get(queue_url("?flag=clean"))]
    while onward := pages[-1].context["url_newer"]:
        pages.append(desk.get(onward))
    assert [references(page) for page in pages] == [[made[1].reference], [], [made[7].reference]]
    assert "These are among 3 that were looked through." in pages[0].text
    assert "None among 3 that were looked through." in pages[1].text
    assert pages[1].context["url_further"] in pages[1].text.replace("&amp;", "&")
    assert "looked through" not in pages[2].text
    back = [pages[-1]]
    while onward := back[-1].context["url_older"]:
        back.append(desk.get(onward))
    assert {one for page in back for one in references(page)} == clean


def test_after_the_last_stretch_it_ends(cast, desk, monkeypatch):
    """Nobody fits there, and the first page is not shown again as if it came next."""
    monkeypatch.setattr(queue, "STRETCH", 3)
    made = [factories.submitted(by=cast.officer) for _ in range(5)]
    for n, row in enumerate(made):
        received(row, ago=timedelta(hours=9 - n))
    Registration.objects.exclude(pk=made[0].pk).update(warnings=["age_17"])
    first = desk.get(queue_url("?flag=clean"))
    last = desk.get(first.context["url_newer"])
    assert references(first) == [made[0].reference]
    assert (references(last), last.context["ended"]) == ([], True)
    assert "No more of them. All were looked through." in last.text
    assert last.context["url_start"] == queue_url("?flag=clean")
    assert f'href="{queue_url("?flag=clean")}"' in last.text


def test_a_full_page_says_nothing_of_what_it_looked_through(cast, desk, monkeypatch):
    monkeypatch.setattr(queue, "STRETCH", 3)
    for _ in range(3):
        factories.submitted(by=cast.officer)
    Registration.objects.update(warnings=[])
    page = desk.get(queue_url("?flag=clean"))
    assert (len(references(page)), page.context["url_newer"]) == (3, "")
    assert "looked through" not in page.text


@pytest.mark.parametrize(("query", "has"), [("", True), ("?package=T", False), ("?state=approved", False)])
def test_figures_stand_over_the_whole_queue_alone(cast, desk, query, has):
    """They count whoever waits, so over a part of them they would mislead."""
    factories.submitted(by=cast.officer, package="T")
    page = desk.get(queue_url(query))
    assert bool(page.context["figures"]) is has
    assert ("jb-figures" in page.text) is has
