"""How PostgreSQL reads for the queue's pages, on a few thousand rows: no page walks the table or sorts it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.models import Registration
from enrolment.queries import queue
from tests import factories
from tests.bench.rows import Writer, age_of, name_of, nik_of
from tests.reviewing import queue_url

pytestmark = [pytest.mark.postgres, pytest.mark.once]
ROWS, FEW = 4_000, 120
"""A sort of FEW rows is none of the table: what one worker, one page or a rare filter comes to."""


@pytest.fixture
def rare(cast):
    """Rows as the bench loads them, of which a few are of another event, booth, package and sector than the rest."""
    Writer(cast.event, cast.reviewer).write(ROWS)
    event = factories.event(organiser=cast.organisation, officers=[cast.officer], slug="bazar-kecil")
    ids = list(Registration.objects.order_by("pk").values_list("pk", flat=True))
    Registration.objects.update(package="T", sector="other")
    Registration.objects.filter(pk__in=ids[:80]).update(package="L")
    Registration.objects.filter(pk__in=ids[80:160]).update(sector="transport")
    Registration.objects.filter(pk__in=ids[160:240]).update(event=event, booth=event.booths.get(code="A"))
    Registration.objects.filter(pk__in=ids[240:250]).update(warnings=["age_17"])
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE enrolment_registration, enrolment_searchword, enrolment_decision, outreach_user"
        )
    return event


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def looked_at(ask) -> tuple[list[str], set[str]]:
    """(what was walked or sorted, the indexes of registrations and words that were used) by the reads of a page."""
    with CaptureQueriesContext(connection) as queries:
        assert ask().status_code in (200, 302)
    wrong, used = [], set()
    for query in queries:
        sql = query["sql"]
        if not sql.startswith("SELECT") or not (
            "enrolment_registration" in sql or "enrolment_searchword" in sql
        ):
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "EXPLAIN (ANALYZE, FORMAT JSON) " + sql.partition(" FOR ")[0].replace("%", "%%"), ()
            )
            ((plan,),) = cursor.fetchone()
        for node in nodes(plan["Plan"]):
            used.add(node.get("Index Name", ""))
            table, kind = node.get("Relation Name", ""), node["Node Type"]
            if kind == "Seq Scan" and table in {"enrolment_registration", "enrolment_searchword"}:
                wrong.append(f"walks {table}: {sql[:80]}")
            if "Sort" in kind and node["Actual Rows"] > FEW:
                wrong.append(f"sorts {node['Actual Rows']} rows: {sql[:80]}")
            if node.get("Rows Removed by Filter", 0) > ROWS // 4:
                wrong.append(f"throws away {node['Rows Removed by Filter']} rows: {sql[:80]}")
    return wrong, used


def test_no_page_walks_or_sorts_the_table(cast, login, rare, monkeypatch):
    monkeypatch.setattr(queue, "COUNTED", FEW)
    desk, n = login(cast.reviewer), 40
    middle = Registration.objects.filter(state="approved").order_by("received_at", "id")[1_500].reference
    pages = {
        query: (lambda query=query: desk.get(queue_url(query)))
        for query in (
            "", "?state=approved", f"?state=approved&older={middle}", "?state=rejected", "?state=lapsed",
            f"?event={rare.slug}", f"?state=approved&event={rare.slug}", f"?state=approved&event={rare.slug}&booth=A",
            f"?state=approved&officer={cast.officer.pk}", "?state=approved&package=L",
            "?state=approved&sector=transport", "?state=approved&flag=warned", "?state=approved&flag=age_17",
            "?flag=clean", "?flag=twin",
        )
    }  # fmt: skip
    search = reverse("admin:enrolment_registration_search")
    for typed in (nik_of(n, born=age_of(n)), f"0812{n:08}", "warga", name_of(n)):
        pages[f"search {typed}"] = lambda typed=typed: desk.post(search, {"q": typed})
    pages["take"] = lambda: desk.post(reverse("admin:enrolment_registration_take"))
    found = {what: looked_at(ask) for what, ask in pages.items()}
    assert {what: wrong for what, (wrong, _used) in found.items() if wrong} == {}
    expected = {
        # Two that begin alike: what the tests before have left in its pages makes the one or the other dearer.
        "": {"registration_queue", "registration_by_state"},
        "?state=approved": {"registration_by_state"},
        f"?state=approved&event={rare.slug}": {"registration_of_event"},
        f"?state=approved&event={rare.slug}&booth=A": {"registration_of_booth"},
        "?state=approved&package=L": {"registration_of_package"},
        "?state=approved&sector=transport": {"registration_of_sector"},
        "?state=approved&flag=warned": {"registration_with_warnings"},
        "?state=approved&flag=age_17": {"registration_with_warnings"},
        "search warga": {"search_word_in_order"},
    }
    assert {what: index for what, index in expected.items() if not index & found[what][1]} == {}


def test_a_walk_is_seen(cast, rare):
    """The negative control: the same look finds what has no index."""

    class Answer:
        status_code = 200

    def ask() -> Answer:
        list(Registration.objects.filter(months=3).order_by("contribution_total", "pk"))
        return Answer()

    wrong, _used = looked_at(ask)
    assert [one.split()[0] for one in wrong] == ["sorts", "walks", "throws"]
