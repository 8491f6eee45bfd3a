"""No form of the admin costs more queries with more rows; its lists: tests/test_lists.py."""

import pytest
from django.contrib.admin import AdminSite
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.models import Assignment, Booth
from tests import factories
from tests.admin_pages import EVENTS, PEOPLE, event_page


@pytest.fixture
def count_queries():
    def count(client, path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    return count


def test_adding_a_person_costs_the_same_with_more_places_to_choose(cast, login, count_queries):
    client = login(cast.system_admin)
    count_queries(client, f"{PEOPLE}add/")
    few = count_queries(client, f"{PEOPLE}add/")
    for number in range(2):
        factories.organisation(of=factories.branch(f"cabang-{number}"), name=f"Mitra {number}")
    assert count_queries(client, f"{PEOPLE}add/") == few


@pytest.mark.parametrize("part", ["head", "reviewer"])
def test_an_events_page_costs_the_same_with_more_rows(cast, login, count_queries, part):
    client = login(getattr(cast, part))
    Assignment.objects.exclude(pk=Assignment.objects.first().pk).delete()
    count_queries(client, event_page(cast.event))  # fills Django's cache of content types
    few = count_queries(client, event_page(cast.event))
    booth = Booth.objects.create(event=cast.event, code="C", target=1)
    factories.assign(cast.colleague, booth, *cast.event.days)
    assert count_queries(client, event_page(cast.event)) == few


def test_the_list_of_all_models_is_made_where_it_is_shown(cast, login, monkeypatch):
    made = []
    real = AdminSite.get_app_list
    monkeypatch.setattr(AdminSite, "get_app_list", lambda *args: made.append(args) or real(*args))
    desk = login(cast.reviewer)
    assert desk.get("/admin/enrolment/registration/").status_code == 200
    assert made == []
    assert "/admin/outreach/event/" in desk.get("/admin/outreach/").content.decode()
    assert len(made) == 1


@pytest.mark.parametrize("path", [EVENTS, PEOPLE, "/admin/enrolment/jobtype/"])
def test_a_filter_is_not_counted_out(cast, login, path):
    """Django's facets are a COUNT for every choice."""
    assert "_facets" not in login(cast.head).get(path).content.decode()
