"""The guards of tests/guards, each shown to catch what it promises. What they raise is pytest's own outcome, which no
`except Exception` of Django's swallows."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.template import Context, Engine, Origin, Template, engines
from django.test import Client
from django.urls import path

from outreach.actions import limits
from outreach.models import Allowance, Booth, Branch, Campaign, Event
from tests import factories
from tests.guards import order, pages

ROOT = Path(settings.BASE_DIR)
Caught = pytest.fail.Exception


# --- tests/guards/undefined.py


def house(source: str, name: str = "account/login.html", **context) -> str:
    """Rendered as if it stood in templates/."""
    origin = Origin(name=str(ROOT / "templates" / name), template_name=name)
    return Template(source, origin, name, Engine.get_default()).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{{ nobody }}",
        "{{ branch.nmae }}",
        "{{ nobody|upper }}",
        "{% if nobody %}x{% endif %}",
        "{% if branch.nmae == 'x' %}x{% endif %}",
        "{% if not branch.nmae %}x{% endif %}",
        "{% for one in nobody %}x{% endfor %}",
        "{% firstof nobody 'x' %}",
        "{% with x=nobody %}x{% endwith %}",
        '{% include "_notice.html" with kind="info" title=nobody text="" %}',
        "{% load i18n %}{% blocktranslate %}Hello {{ nobody }}{% endblocktranslate %}",
        "{% load i18n %}{% blocktranslate with x=branch.nmae %}Hello {{ x }}{% endblocktranslate %}",
        "{% load formats %}{{ branch.nmae|day }}",
        "{{ branch.audit_head.seq }}",  # a row that is not there: Django silences it further inside
        "{{ branch.delete }}",  # neither does Django call what alters data
    ],
)
def test_an_undefined_variable_fails(db, source):
    with pytest.raises(Caught, match="is not defined"):
        house(source, branch=factories.branch())


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ nobody|default:'–' }}", "–"),
        ("{{ nothing|default_if_none:'–' }}", "–"),
        ("{% if nothing %}x{% else %}–{% endif %}", "–"),
    ],
)
def test_an_explicit_default_is_enough(source, shown):
    assert house(source, nothing=None) == shown


def test_a_template_names_what_it_may_be_called_without():
    assert house("{% if back_url %}x{% endif %}–", "layouts/form.html") == "–"
    with pytest.raises(Caught, match="back_url is not defined"):
        house("{{ back_url }}", "layouts/form.html")


def test_other_peoples_templates_may_rely_on_silence():
    assert engines["django"].from_string("{{ nobody }}{% if nobody %}x{% endif %}–").render({}) == "–"


# --- tests/guards/pages.py

GOOD = "<html><head><title>Satu · Jemput Bola</title></head><body><h1>Satu</h1>{}</body></html>"
TOKEN = '<input type="hidden" name="csrfmiddlewaretoken" value="x">'


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<form method="post"></form>', "form to itself: no csrf token"),
        ('<form method="POST" action="/x/"></form>', "form to /x/: no csrf token"),
        (f'<form method="post" action="https://bank.example/">{TOKEN}</form>', "our csrf token"),
        ("<p style='color: red'>x</p>", "<p style> is inline"),
        ("<p onclick='x()'>x</p>", "<p onclick> is inline"),
        ("<script>x()</script>", "<script> is inline"),
        ("<style>p {}</style>", "<style> is inline"),
        ("<h1>Dua</h1>", "2 h1 and 1 title"),
        ('<p id="a"></p><p id="a"></p>', "id a is there twice"),
        ('<label for="a"></label>', "for names a, which is not there"),
        ('<p id="a"></p><p aria-describedby="a b"></p>', "aria-describedby names b, which is not there"),
        ('<button form="a"></button>', "form names a, which is not there"),
    ],
)
def test_a_page_that_breaks_a_rule_is_caught(body, fault):
    (found,) = pages.faults(GOOD.format(body))
    assert fault in found


@pytest.mark.parametrize(
    "body",
    [
        "",
        f'<form method="post">{TOKEN}</form>',
        '<form method="post" action="https://bank.example/"></form>',
        "<form></form>",
        '<script src="/static/x.js"></script><script type="application/json">{}</script>',
        '<label for="a">x</label><input id="a"><svg><title>Lukisan</title></svg>',
    ],
)
def test_a_page_that_keeps_the_rules_is_left_alone(body):
    assert pages.faults(GOOD.format(body)) == []


@pytest.mark.parametrize("title", ["Dua · Jemput Bola", "Satu dua · Jemput Bola"])
def test_a_title_says_what_the_heading_says(title):
    html = GOOD.format("").replace("Satu · Jemput Bola", title)
    assert pages.faults(html) == [f"title {title!r}, heading 'Satu'"]
    assert pages.faults(html, title_is_heading=False) == []


def test_every_posting_form_in_a_template_has_its_token():
    """Also in the branches of a template that no test walks."""
    form = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
    forms = [
        (file.name, found)
        for file in ROOT.glob("templates/**/*.html")
        for found in form.findall(file.read_text())
    ]
    assert len(forms) >= 10
    # A form that names an address of another site is none of ours; `{% url %}` always is.
    ours = [(name, text) for name, text in forms if 'action="http' not in text]
    assert [name for name, text in ours if "{% csrf_token %}" not in text] == []


# --- the hooks themselves, on addresses that only this file has


def _formless(request):
    return HttpResponse(GOOD.format('<form method="post"></form>'))


def _writes(request):
    Campaign.objects.create(name="Terselip")
    return HttpResponse("x", content_type="text/plain")


def _counts(request):
    limits.spend("terselip", limit=1, within=timedelta(minutes=1))
    return HttpResponse("x", content_type="text/plain")


_formless.login_required = _writes.login_required = _counts.login_required = False
urlpatterns = [
    path("formless", _formless),
    path("writes", _writes),
    path("counts", _counts),
    path("s/mati/", _counts),
]


@pytest.mark.urls(__name__)
def test_the_client_reads_every_page():
    with pytest.raises(Caught, match="no csrf token"):
        Client().get("/formless")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_get_that_writes_is_caught(db, method):
    with pytest.raises(Caught, match="wrote outreach_campaign"):
        getattr(Client(), method)("/writes")


@pytest.mark.urls(__name__)
def test_only_the_page_of_a_dead_link_is_counted_by_looking_at_it(db):
    assert Client().get("/s/mati/").status_code == 200
    Allowance.objects.all().delete()
    with pytest.raises(Caught, match="wrote outreach_allowance"):
        Client().get("/counts")


@pytest.mark.urls(__name__)
def test_a_post_may_write(db):
    assert Client().post("/writes").status_code == 200


# --- tests/guards/order.py


@pytest.fixture
def branches(db):
    return [factories.branch(slug, regency_code="31.72") for slug in ("a", "b", "c")]


def test_rows_without_an_order_are_never_in_the_databases(branches):
    heap, ordered = Branch.objects.order_by(), Branch.objects.order_by("pk")
    assert list(heap) != branches
    assert list(ordered) == branches
    assert list(heap.iterator()) != branches
    assert list(heap.values_list("pk", flat=True)) != [branch.pk for branch in branches]
    assert sorted(branch.pk for branch in heap) == [branch.pk for branch in branches]


def test_prefetched_rows_without_an_order_are_shuffled_too(cast):
    Booth._meta.ordering, kept = [], Booth._meta.ordering
    try:
        event = Event.objects.prefetch_related("booths").get()
        assert [booth.code for booth in event.booths.all()] == ["B", "A"]
    finally:
        Booth._meta.ordering = kept


def test_the_first_few_of_a_heap_are_refused(branches):
    with pytest.raises(Caught, match="first few of an unordered Branch"):
        list(Branch.objects.order_by()[:2])
    assert list(Branch.objects.order_by("-pk")[:1]) == branches[:1:-1]
    assert Branch.objects.order_by().get(slug="a") == branches[0]


def test_groups_are_not_in_an_order_either(branches):
    Branch.objects.filter(slug="c").update(regency_code="32.71")
    grouped = Branch.objects.order_by().values_list("regency_code").annotate(n=Count("pk"))
    assert sorted(grouped) == [("31.72", 2), ("32.71", 1)]
    assert not grouped.ordered


def test_the_same_seed_gives_the_same_order():
    drawn = []
    for _again in range(2):
        order._draw.seed(f"{order.SEED} a test")
        drawn.append([order.shuffled(list("abcdef")) for _each in range(3)])
    assert drawn[0] == drawn[1]
    assert order.shuffled(["a", "b"]) == ["b", "a"]
    assert order.shuffled(["a", "a"]) == ["a", "a"]


def test_a_new_engine_is_watched_too(db, settings):
    settings.DEBUG = not settings.DEBUG  # Django makes its engines anew
    with pytest.raises(Caught, match=r"branch\.delete is not defined"):
        house("{{ branch.delete }}", branch=factories.branch())
