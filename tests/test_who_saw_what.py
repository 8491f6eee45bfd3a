"""The head's page: every look at stored data, who, when, which fields, what for, of how many; and who opened hidden
values most often. Looking at it is no look."""

import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import disclosures, searching
from enrolment.queries import seen
from enrolment.queries.search import Sought
from outreach import audit_words
from outreach.actions import audit
from outreach.models import AuditEntry, AuditHead, User
from outreach.templatetags.formats import one_line
from tests import arbitrating, factories, rawsql, reviewing
from tests.routes import ROUTES
from tests.test_audit import TABLE
from tests.test_matrix import world  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("in_english")
URL = "/admin/enrolment/registration/seen/"


def rows(page) -> list[tuple[str, str, str, int, str]]:
    """(who, fields, what for, of how many, which) of each row of the page."""
    return [
        (row["who"].username, row["fields"], row["purpose"], row["look"].entry.count, row["look"].reference)
        for row in page.context["looks"]
    ]


def look(
    by: User, *, fields=("full_name",), purpose="review queue", rows: int = 1, at: datetime | None = None
):
    """An entry of the chain; `at` moves it to another time, past its trigger."""
    audit.open_access(
        by=by, branch_id=by.branch_id, objects=[uuid4() for _ in range(rows)], fields=fields, purpose=purpose
    )
    if at:
        last = AuditHead.objects.get(branch=by.branch_id).seq
        AuditEntry.objects.filter(branch=by.branch_id, seq=last).update(at=at)


@pytest.fixture
def movable(cast):
    rawsql.drop_trigger(f"{TABLE}_no_update", table=TABLE)


@pytest.fixture
def looked(cast):
    """A list, a registration, its hidden values, a file; and a deed, which is none."""
    row = factories.submitted(by=cast.officer)
    look(cast.reviewer, rows=3)
    disclosures.sheet(row, by=cast.reviewer, purpose="review")
    disclosures.reveal(row, by=cast.other_reviewer, fields=("phone",), purpose="review: call the worker")
    look(cast.reviewer, fields=("nik", "phone"), purpose="hand-over: batch 12", rows=40)
    return row


SHEET = "birth date, birth place, full name, guardian, income, reason, RT, RW, sex"


def test_every_look_is_there_the_newest_first(cast, login, looked):
    one = looked.reference
    assert rows(login(cast.head).get(URL)) == [
        ("verifikator", "NIK, mobile number", "hand-over, batch 12", 40, ""),
        ("verifikator2", "mobile number", "review: call the worker", 1, one),
        ("verifikator", SHEET, "review", 1, one),
        ("verifikator", "full name", "review queue", 3, ""),
    ]


def test_those_that_stood_beside_it_are_named(cast, login):
    rows_ = [factories.submitted(by=cast.officer, **reviewing.WHO) for _ in range(3)]
    desk = login(cast.reviewer)
    assert desk.get(reviewing.url(rows_[0])).status_code == 200
    page = login(cast.head).get(URL)
    (look_,) = [row["look"] for row in page.context["looks"]]
    assert (look_.reference, look_.open, look_.entry.count) == (rows_[0].reference, False, 3)
    assert sorted(look_.beside) == sorted((row.reference, False) for row in rows_[1:])
    assert [row["purpose"] for row in page.context["looks"]] == ["review"]
    for row in rows_:
        assert str(row) in page.text
    assert [one for one in (*reviewing.HIDDEN_TEXTS, "Sumiati") if one in page.text] == []
    (first, *_rest) = seen.page(cast.reviewer).looks
    assert all(may for _reference, may in first.beside)
    assert audit_words.purpose(look_.entry.purpose).startswith("review, beside ")
    assert list(audit.verify(cast.branch)) == []


def test_a_reference_of_another_branch_is_none_of_those_beside_it(cast):
    arbitrating.other_event(cast)
    stranger = factories.submitted(**arbitrating.theirs(cast))
    look(cast.reviewer, purpose=f"review{audit_words.BESIDE}{stranger}")
    assert [one.beside for one in seen.page(cast.head).looks] == [[]]


def test_a_search_that_found_nobody_is_there(cast, login):
    row = factories.submitted(by=cast.officer, **reviewing.WHO)
    for typed in ("3172010101880001", reviewing.NIK):
        sought = Sought(nik=typed)
        page = searching.search(by=cast.reviewer, sought=sought)
        if page.rows:
            searching.named(page, by=cast.reviewer, sought=sought)
    client = login(cast.head)
    assert rows(client.get(URL)) == [
        ("verifikator", "full name", "search by NIK", 1, row.reference),
        ("verifikator", "", "search by NIK", 0, ""),
    ]
    page = client.get(URL + "?kind=nobody")
    assert [one[3] for one in rows(page)] == [0]
    assert "nobody found" in page.text
    assert "3172010101880001" not in page.text
    assert [one[3] for one in rows(client.get(URL + "?kind=names"))] == [1]
    assert page.context["sentence"] == "In the last 7 days nobody opened hidden values."


def test_it_costs_the_same_with_many_beside(cast, login):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL).status_code == 200
        return len(queries)

    client, desk = login(cast.head), login(cast.reviewer)
    rows_ = [factories.submitted(by=cast.officer, **reviewing.WHO) for _ in range(2)]
    desk.get(reviewing.url(rows_[0]))
    cost()
    before = cost()
    for row in [factories.submitted(by=cast.officer, **reviewing.WHO) for _ in range(2)]:
        desk.get(reviewing.url(row))
    searching.search(by=cast.reviewer, sought=Sought(nik=factories.nik()))
    assert len(rows(client.get(URL))) == 4
    assert cost() == before


@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ("?kind=hidden", [1]),
        ("?kind=names", [1, 3]),
        ("?kind=files", [40]),
        ("?who={reviewer}", [40, 1, 3]),
        ("?who={reviewer}&kind=files", [40]),
        ("?who={officer}", []),
    ],
)
def test_filters(cast, login, looked, query, counts):
    asked = query.format(reviewer=cast.reviewer.pk, officer=cast.officer.pk)
    assert [row[3] for row in rows(login(cast.head).get(URL + asked))] == counts


def test_an_officers_own_look_at_a_whole_content_counts_as_hidden(cast, login):
    row = factories.returned(by=cast.officer, reviewer=cast.reviewer)
    disclosures.for_correction(row, by=cast.officer)
    disclosures.for_receipt(row, by=cast.officer)
    found = rows(login(cast.head).get(URL + "?kind=hidden"))
    assert found == [("petugas", "answers, reason", "correction", 1, row.reference)]


def test_the_rule_of_the_filter_and_of_the_page_is_one(cast, login, looked):
    for kind in seen.Kind:
        for one in seen.page(cast.head, kind=kind).looks:
            assert (one.kind, seen.kind_of(one.entry)) == (kind, kind)


def test_days(cast, login, movable):
    jakarta = timezone.get_default_timezone()
    for day, hour in ((18, 23), (19, 0), (19, 23), (20, 0)):
        look(cast.reviewer, rows=day * 100 + hour + 1, at=datetime(2026, 11, day, hour, 59, tzinfo=jakarta))
    client = login(cast.head)

    def shown(query: str) -> list[int]:
        return [row[3] - 1 for row in rows(client.get(URL + query))]

    assert shown("?first_day=2026-11-19&last_day=2026-11-19") == [1923, 1900]
    assert shown("?first_day=19-11-2026") == [2000, 1923, 1900]
    assert shown("?last_day=2026-11-18") == [1823]
    assert shown("?first_day=2026-11-21") == shown("?last_day=2026-11-17") == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first_day=31-02-2026", "This is not a day of the calendar. Write it such as 22-11-2026."),
        (
            "first_day=2026-11-20&last_day=2026-11-19",
            "The last day comes before the first. Change one of them.",
        ),
        ("kind=all", "Choose one of the list."),
        ("who=0", "Choose somebody of this branch."),
        ("who={stranger}", "Choose somebody of this branch."),
        ("who={organiser}", "Choose somebody of this branch."),
    ],
)
def test_what_cannot_be_asked_is_said(cast, login, looked, query, sentence):
    asked = query.format(stranger=cast.stranger.pk, organiser=cast.organiser.pk)
    page = login(cast.head).get(f"{URL}?{asked}")
    assert (page.status_code, rows(page)) == (422, [])
    assert page.content.decode().count(one_line(sentence)) == 2  # in the summary and at its field


def test_pages_by_keyset_and_back(cast, login, monkeypatch):
    monkeypatch.setattr(seen, "PAGE_ROWS", 2)
    for number in range(1, 6):
        look(cast.reviewer, rows=number)
    client, address, pages = login(cast.head), URL, []
    while address:
        page = client.get(address)
        pages.append([row[3] for row in rows(page)])
        last, address = page, page.context["url_older"]
    assert pages == [[5, 4], [3, 2], [1]]
    back = client.get(last.context["url_newer"])
    first = client.get(back.context["url_newer"])
    assert [[row[3] for row in rows(page)] for page in (back, first)] == [[3, 2], [5, 4]]
    assert (first.context["url_newer"], "older=" in first.context["url_older"]) == ("", True)


def test_a_filter_stays_while_paging(cast, login, monkeypatch):
    monkeypatch.setattr(seen, "PAGE_ROWS", 1)
    for by in (cast.reviewer, cast.other_reviewer, cast.reviewer):
        look(by)
    client = login(cast.head)
    page = client.get(f"{URL}?who={cast.reviewer.pk}&kind=names")
    page = client.get(page.context["url_older"])
    assert [row[0] for row in rows(page)] == ["verifikator"]
    assert page.context["url_older"] == ""


def test_a_rare_one_is_looked_for_in_stretches(cast, login, monkeypatch):
    """However rare what is asked for: a page reads so many entries of the chain, and says how far it came."""
    monkeypatch.setattr(seen, "SEARCHED", 3)
    look(cast.reviewer, purpose="hand-over: batch 1", rows=7)
    for _number in range(5):
        look(cast.reviewer)
    client = login(cast.head)
    page = client.get(URL + "?kind=files")
    assert (rows(page), page.context["searched_to"]) == ([], AuditEntry.objects.get(seq=4).at)
    assert "Nobody opened anything" not in page.content.decode()
    page = client.get(page.context["url_older"])
    assert [row[3] for row in rows(page)] == [7]
    assert (page.context["searched_to"], page.context["url_older"]) == (None, "")


def test_the_outlier_stands_out_in_the_first_sentence(cast, login, movable):
    last_week = timezone.now() - timedelta(days=8)
    look(cast.officer, fields=("nik",), purpose="review", rows=900, at=last_week)
    for _number in range(4):
        look(cast.reviewer, fields=("phone",), purpose="review: other", rows=2)
    look(cast.other_reviewer, fields=("nik",), purpose="review: other")
    look(cast.other_reviewer)
    page = login(cast.head).get(URL)
    assert page.context["sentence"] == (
        "In the last 7 days hidden values were opened 5 times. "
        "Of 2 people Verifikator Uji did so most often: 4×."
    )
    assert [(one.person.username, one.times, one.rows) for one, _url in page.context["openers"]] == [
        ("verifikator", 4, 8),
        ("verifikator2", 1, 1),
    ]
    led = login(cast.head).get(page.context["openers"][0][1])
    assert [row[3] for row in rows(led)] == [2, 2, 2, 2]


def test_nobody_and_one_alone(cast, login):
    client = login(cast.head)
    page = client.get(URL)
    assert page.context["sentence"] == "In the last 7 days nobody opened hidden values."
    assert "Nobody opened anything of this kind" in page.content.decode()
    look(cast.reviewer, fields=("nik",), purpose="review: other")
    assert client.get(URL).context["sentence"] == (
        "In the last 7 days hidden values were opened once. All of it by Verifikator Uji."
    )


def test_who_lets_the_template_be_checked_has_seen_nobody(cast, login):
    look(cast.reviewer, fields=("nik",), purpose="hand-over: check", rows=300)
    page = login(cast.head).get(URL)
    assert page.context["sentence"] == "In the last 7 days nobody opened hidden values."
    assert [row[3] for row in rows(page)] == [300]


def test_another_branch_is_another_chain(cast, login, looked):
    head = factories.head("kepala-lain", of=cast.other_branch)
    look(cast.strange_reviewer, rows=5)
    assert [row[3] for row in rows(login(head).get(URL))] == [5]


def test_looking_at_it_is_no_look(cast, login, looked):
    before = AuditEntry.objects.count()
    login(cast.head).get(URL)
    assert AuditEntry.objects.count() == before


def test_a_reference_is_a_link_only_for_who_may_open_it(cast, login, looked, monkeypatch):
    history = reverse("admin:enrolment_registration_history", args=[looked.reference])
    page = login(cast.head).get(URL).content.decode()
    assert (str(looked) in page, history in page) == (True, False)
    (first, second, *_rest) = seen.page(cast.reviewer).looks
    assert (first.open, second.open, second.reference) == (False, True, looked.reference)


def test_no_personal_data_is_on_it(cast, login):
    row = factories.submitted(by=cast.officer, **reviewing.WHO)
    disclosures.sheet(row, by=cast.reviewer, purpose="review", opened=True)
    page = login(cast.head).get(URL).content.decode()
    assert [text for text in (*reviewing.HIDDEN_TEXTS, "Sumiati") if text in page] == []


def test_the_first_page_of_the_head_leads_there_and_only_theirs(cast, login):
    for person, there in ((cast.head, True), (cast.reviewer, False), (cast.system_admin, False)):
        assert (f'href="{URL}"' in login(person).get("/admin/").content.decode()) is there


@pytest.mark.postgres
def test_no_plan_reads_the_whole_chain(cast, monkeypatch):
    """A hundred thousand entries, one look at hidden values in a hundred; a page may search a twentieth of them."""
    monkeypatch.setattr(seen, "SEARCHED", 5_000)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (branch_id, seq, at, actor_id, action, fields, purpose, count, session, key_id,"
            " previous, mac) SELECT %s, n, now() - (100000 - n) * interval '20 seconds', %s, 'read',"
            " CASE WHEN n %% 100 = 0 THEN 'nik' ELSE 'full_name' END, 'review queue', 1, '', 1, '', ''"
            " FROM generate_series(1, 100000) n",
            [cast.branch.pk, cast.reviewer.pk],
        )
        cursor.execute(f"ANALYZE {TABLE}")
    plans = []

    def explain(execute, sql, params, many, context):
        if TABLE in sql and sql.startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.cursor.execute(f"EXPLAIN {sql}", params)
                plans.append("\n".join(line for (line,) in cursor.cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        for asked in ({}, {"kind": "files"}, {"who": cast.reviewer, "kind": "hidden"}, {"older": 50_000}):
            seen.page(cast.head, **asked)
        seen.page(cast.head, first_day=date(2020, 1, 1), last_day=timezone.localdate() - timedelta(days=9))
        assert seen.openers(cast.head, now=timezone.now())[0].times > 100
    assert len(plans) > 8
    whole = [plan for plan in plans if f"Seq Scan on {TABLE}" in plan]
    assert whole == [], "\n\n".join(whole)
    assert [plan for plan in plans if "audit_by_time" in plan] != []


def test_masked_wherever_nobody_said_what_for(world, cast, login):  # noqa: F811
    """Every page that staff may look at, with a person whose hidden values are known: none of them is on it."""
    people, path = world
    row = factories.submitted(by=cast.officer, **reviewing.WHO)
    wrong, looked_at = [], 0
    for name in ("reviewer", "head", "system_admin"):
        client = login(people[name])
        for route, (get, _post) in ROUTES.items():
            if get[name] != 200 or "logout" in route or "jsi18n" in route:
                continue
            address = path(route)
            if "<reference:reference>" in route:
                address = f"/{route.replace('<reference:reference>', row.reference)}"
            page = client.get(address)
            assert page.status_code == 200, address
            looked_at += 1
            is_page = page["Content-Type"].startswith("text/html")  # else a file of nobody's data
            text = page.content.decode() if is_page else ""
            wrong += [f"{name} {address}" for hidden in reviewing.HIDDEN_TEXTS if hidden in text]
    assert looked_at > 60
    assert wrong == []


def test_the_links_of_the_page_hold_no_name(cast, login, looked):
    page = login(cast.head).get(URL).content.decode()
    links = re.findall(r'href="([^"]*seen/[^"]*)"', page)
    assert links != []
    assert [link for link in links if "verifikator" in link.lower()] == []
