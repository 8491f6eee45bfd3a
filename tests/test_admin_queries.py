"""No page of the admin costs more queries with more rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.models import Assignment, Booth, Campaign, Event
from tests import factories
from tests.admin_pages import EVENTS, PEOPLE, event_page


@pytest.fixture
def count_queries():
    def count(client, path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    return count


def _more(cast, number: int) -> None:
    """One more row for every list, each with its own of what the list joins."""
    organisation = factories.organisation(of=cast.branch, name=f"Mitra {number}")
    campaign = Campaign.objects.create(name=f"Kampanye {number}")
    Event.objects.filter(
        pk=factories.event(organiser=organisation, officers=(cast.officer,), slug=f"bazar-{number}").pk
    ).update(campaign=campaign)
    factories.organiser(f"panitia{number}", organisation=organisation)
    factories.branch(f"cabang-{number}")


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ("head", EVENTS),
        ("head", PEOPLE),
        ("head", "/admin/outreach/organisation/"),
        ("head", "/admin/outreach/campaign/"),
        ("head", "/admin/outreach/auditentry/"),
        ("system_admin", PEOPLE),
        ("system_admin", "/admin/outreach/branch/"),
        ("system_admin", f"{PEOPLE}add/"),
    ],
)
def test_a_list_costs_the_same_with_more_rows(cast, login, count_queries, part, path):
    client = login(getattr(cast, part))
    if "audit" in path:
        login(cast.head).post("/admin/outreach/organisation/add/", {"name": "Satu", "_save": "1"})
    client.get(path)  # what is remembered for good (content types) is asked for once
    few = count_queries(client, path)
    for number in range(2):
        _more(cast, number)
        if "audit" in path:
            login(cast.head).post(
                "/admin/outreach/organisation/add/", {"name": f"Dua {number}", "_save": "1"}
            )
    assert count_queries(client, path) == few


@pytest.mark.parametrize("part", ["head", "reviewer"])
def test_an_events_page_costs_the_same_with_more_rows(cast, login, count_queries, part):
    client = login(getattr(cast, part))
    Assignment.objects.exclude(pk=Assignment.objects.first().pk).delete()
    count_queries(client, event_page(cast.event))  # fills Django's cache of content types
    few = count_queries(client, event_page(cast.event))
    booth = Booth.objects.create(event=cast.event, code="C", target=1)
    factories.assign(cast.colleague, booth, *cast.event.days)
    assert count_queries(client, event_page(cast.event)) == few


@pytest.mark.parametrize("path", [EVENTS, PEOPLE, "/admin/enrolment/jobtype/"])
def test_a_filter_is_not_counted_out(cast, login, path):
    """Django's facets are a COUNT for every choice."""
    assert "_facets" not in login(cast.head).get(path).content.decode()
