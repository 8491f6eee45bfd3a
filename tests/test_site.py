"""The door of the admin: who comes in, what they find, and which of Django's pages are not there."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from enrolment.models import ContributionSchedule
from outreach.models import AuditEntry
from tests import factories

ADMIN = (
    "/admin/",
    "/admin/login/",
    "/admin/logout/",
    "/admin/jsi18n/",
    "/admin/outreach/",
    "/admin/outreach/event/",
    "/admin/outreach/event/add/",
    "/admin/outreach/user/",
    "/admin/outreach/auditentry/",
    "/admin/enrolment/relief/",
    "/admin/nothing/here/",
)


def names(response) -> dict[str, list[str]]:
    """What the first page lists, by app."""
    return {
        app["app_label"]: sorted(model["object_name"] for model in app["models"])
        for app in response.context["app_list"]
    }


@pytest.mark.parametrize("path", ADMIN)
def test_anonymous_goes_to_the_sites_own_sign_in(client, db, path):
    response = client.get(path)
    assert (response.status_code, response.url.partition("?")[0]) == (302, "/account/login/")
    if path != "/admin/login/":
        assert response.url == f"/account/login/?next={path}"


def test_anonymous_at_djangos_login_keeps_where_they_wanted_to_go(client, db):
    response = client.get("/admin/login/?next=/admin/outreach/event/")
    assert response.url == "/account/login/?next=/admin/outreach/event/"


@pytest.mark.parametrize("path", ADMIN)
@pytest.mark.parametrize("part", ["officer", "organiser"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_no_staff_finds_no_admin(cast, login, path, part, method):
    client = login(getattr(cast, part))
    assert getattr(client, method)(path).status_code == 404


def test_staff_at_djangos_login_go_to_the_first_page(cast, login):
    response = login(cast.head).get("/admin/login/")
    assert (response.status_code, response.url) == (302, "/admin/")


def test_logging_out_of_the_admin_is_the_sites_own(cast, login):
    client = login(cast.head)
    response = client.post("/admin/logout/")
    assert (response.status_code, response.url) == (307, "/account/logout/")
    client.post(response.url)
    assert client.get("/admin/").status_code == 302


def test_a_get_of_logout_signs_nobody_out(cast, login):
    client = login(cast.head)
    client.get("/admin/logout/", follow=True)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("name", ["password_change", "password_change_done", "autocomplete", "view_on_site"])
def test_pages_of_django_that_are_not_used_do_not_exist(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}", args=() if name != "view_on_site" else (1, 1))


@pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/r/1/1/", "/admin/autocomplete/"])
def test_their_addresses_lead_nowhere(cast, login, path):
    assert login(cast.system_admin).get(path).status_code == 404


@pytest.mark.parametrize(
    ("part", "home"),
    [
        ("officer", "today"),
        ("reviewer", "admin:enrolment_registration_changelist"),
        ("head", "admin:enrolment_registration_counts"),
        ("organiser", "own-events"),
        ("system_admin", "admin:index"),
    ],
)
def test_after_signing_in_everybody_lands_on_their_own_first_page(cast, client, part, home):
    person = getattr(cast, part)
    signed_in = client.post("/account/login/", {"login": person.username, "password": factories.PASSWORD})
    assert (signed_in.status_code, signed_in.url) == (302, "/")
    assert client.get("/").url == reverse(home)


def test_the_registry_holds_our_models_and_nobody_elses():
    assert sorted(model._meta.label for model in admin.site._registry) == [
        "enrolment.Batch",
        "enrolment.CollectiveTemplate",
        "enrolment.ConsentText",
        "enrolment.ConsentWithdrawal",
        "enrolment.ContributionSchedule",
        "enrolment.JobType",
        "enrolment.Registration",
        "enrolment.Relief",
        "outreach.AuditEntry",
        "outreach.Branch",
        "outreach.Campaign",
        "outreach.Coordination",
        "outreach.EquipmentItem",
        "outreach.EquipmentLine",
        "outreach.Event",
        "outreach.Organisation",
        "outreach.OutreachSession",
        "outreach.User",
    ]


FIELD_WORK = [
    "Campaign", "Coordination", "EquipmentItem", "EquipmentLine", "Event", "Organisation", "OutreachSession",
]  # fmt: skip
REFERENCE = ["ConsentText", "ContributionSchedule", "JobType", "Relief"]


@pytest.mark.parametrize(
    ("part", "outreach", "enrolment"),
    [
        ("reviewer", sorted(FIELD_WORK), sorted([*REFERENCE, "ConsentWithdrawal", "Registration"])),
        ("head", sorted([*FIELD_WORK, "AuditEntry", "Branch", "User"]), REFERENCE),
        ("system_admin", sorted([*FIELD_WORK, "Branch", "User"]), REFERENCE),
    ],
)
def test_the_first_page_shows_what_the_role_may_see(cast, login, part, outreach, enrolment):
    response = login(getattr(cast, part)).get("/admin/")
    assert names(response) == {"outreach": outreach, "enrolment": enrolment}


@pytest.mark.parametrize(
    ("part", "links"),
    [
        ("reviewer", {"changelist", "counts", "import"}),
        ("head", {"counts", "import"}),
        ("system_admin", {"import"}),
    ],
)
def test_the_first_page_links_the_work_of_the_role(cast, login, part, links):
    page = login(getattr(cast, part)).get("/admin/").content.decode()
    work = {
        name: f'class="jb-row" href="{reverse(f"admin:enrolment_registration_{name}")}"'
        for name in ("changelist", "counts", "import")
    }
    assert {name for name, link in work.items() if link in page} == links


def test_ones_own_password_is_changed_on_the_sites_own_page(cast, login):
    page = login(cast.reviewer).get("/admin/")
    assert f'href="{reverse("account_change_password")}"' in page.content.decode()


def test_no_page_has_an_inline_style_or_script(cast, login):
    """Django's own lists have one as soon as the action bars are off."""
    client = login(cast.head)
    for path in (
        "/admin/",
        "/admin/outreach/event/",
        "/admin/outreach/outreachsession/",
        "/admin/outreach/coordination/",
        "/admin/outreach/auditentry/",
        "/admin/enrolment/jobtype/",
    ):
        page = client.get(path).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page


@pytest.mark.parametrize("part", ["reviewer", "head", "system_admin"])
@pytest.mark.parametrize("noun", [name.lower() for name in REFERENCE])
def test_reference_data_is_read_and_never_changed(cast, login, part, noun):
    client = login(getattr(cast, part))
    row = apps.get_model("enrolment", noun).objects.first()
    base = f"/admin/enrolment/{noun}/"
    answers = {
        "list": client.get(base).status_code,
        "view": client.get(f"{base}{row.pk}/change/").status_code,
        "change": client.post(f"{base}{row.pk}/change/", {}).status_code,
        "add": client.get(f"{base}add/").status_code,
        "delete": client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code,
    }
    may_add = part == "system_admin" and noun != "jobtype"  # a new version or edition
    adds = 200 if may_add else 403
    assert answers == {"list": 200, "view": 200, "change": 403, "add": adds, "delete": 403}


def test_a_schedule_shows_its_brackets_in_rupiah(cast, login):
    schedule = ContributionSchedule.objects.first()
    page = (
        login(cast.head).get(f"/admin/enrolment/contributionschedule/{schedule.pk}/change/").content.decode()
    )
    assert page.count('class="form-row has_original') == schedule.brackets.count() > 1
    assert "Rp1.000.000" in page


@pytest.mark.parametrize(("part", "status"), [("reviewer", 403), ("head", 200), ("system_admin", 403)])
def test_the_audit_chain_is_read_by_the_head_alone(cast, login, part, status):
    assert login(getattr(cast, part)).get("/admin/outreach/auditentry/").status_code == status


def test_the_audit_list_has_the_rows_of_the_branch_newest_first(cast, login):
    own, foreign = login(cast.head), login(factories.head("kepala_lain", of=cast.other_branch))
    for client, name in ((own, "Satu"), (foreign, "Asing"), (own, "Dua")):
        client.post("/admin/outreach/organisation/add/", {"name": name})
    page = own.get("/admin/outreach/auditentry/")
    entries = AuditEntry.objects.filter(branch=cast.branch).order_by("-seq")
    assert list(page.context["cl"].result_list) == list(entries)
    assert [entry.action for entry in entries] == ["organisation.add", "organisation.add"]
    assert 'id="searchbar"' not in page.content.decode()


def test_no_audit_entry_is_changed_here(cast, login):
    client = login(cast.head)
    client.post("/admin/outreach/organisation/add/", {"name": "Satu"})
    entry = AuditEntry.objects.get()
    base = "/admin/outreach/auditentry/"
    assert client.post(f"{base}{entry.pk}/change/", {}).status_code == 403
    assert client.post(f"{base}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{base}add/").status_code == 403
