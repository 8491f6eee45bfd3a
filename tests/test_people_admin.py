"""People, branches, partners and campaigns, in the admin."""

import pytest
from django.contrib.admin.models import LogEntry

from outreach.choices import EventState, Role
from outreach.models import Branch, Campaign, Event, Organisation, User
from tests import factories
from tests.admin_pages import EVENTS, PEOPLE, listed, refused, trail


@pytest.fixture
def head(cast, login):
    return login(cast.head)


@pytest.fixture
def strange_head(cast, login):
    return login(factories.head("kepala_lain", of=cast.other_branch))


@pytest.fixture
def system_admin(cast, login):
    return login(cast.system_admin)


# --- People


def person_form(cast, **changes) -> dict:
    return {
        "username": "baru",
        "full_name": "Orang Baru",
        "email": "",
        "role": Role.OFFICER,
        "branch": cast.branch.pk,
        "organisation": "",
        "is_active": "on",
        "password1": "kata sandi baru",
        "password2": "kata sandi baru",
        "_save": "1",
        **changes,
    }


def test_a_head_lists_the_people_of_the_branch_and_opens_no_stranger(cast, head):
    own = sorted(name.username for name in cast.people.values() if name.branch == cast.branch)
    assert listed(head, PEOPLE) == own
    assert head.get(f"{PEOPLE}{cast.officer.pk}/change/").status_code == 200
    assert head.get(f"{PEOPLE}{cast.stranger.pk}/change/").status_code == 404


def test_a_system_admin_lists_everybody(cast, system_admin):
    assert listed(system_admin, PEOPLE) == sorted(person.username for person in cast.people.values())


@pytest.mark.parametrize("part", ["head", "reviewer"])
@pytest.mark.parametrize("page", ["add/", "{}/change/", "{}/password/", "{}/delete/"])
def test_only_a_system_admin_writes_people(cast, login, part, page):
    before = list(User.objects.order_by("pk").values())
    client = login(getattr(cast, part))
    before_login = [{**row, "last_login": None} for row in before]
    answer = client.post(
        PEOPLE + page.format(cast.officer.pk), person_form(cast, new_password1="x", post="yes")
    )
    assert answer.status_code == 403
    assert [{**row, "last_login": None} for row in User.objects.order_by("pk").values()] == before_login


def test_a_new_person_signs_in_with_the_first_password(cast, system_admin, client):
    answer = system_admin.post(
        f"{PEOPLE}add/", person_form(cast, role=Role.REVIEWER, branch=cast.other_branch.pk)
    )
    assert answer.status_code == 302
    made = User.objects.get(username="baru")
    assert (made.full_name, made.role, made.branch, made.is_staff, made.is_superuser, made.is_active) == (
        "Orang Baru",
        Role.REVIEWER,
        cast.other_branch,
        True,
        False,
        True,
    )
    assert client.login(username="baru", password="kata sandi baru")
    action, _fields, purpose = trail(cast.other_branch)[0]
    assert (action, purpose) == ("user.add", f"user {made.pk}")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "PETUGAS"}, "username"),
        ({"branch": ""}, "branch"),
        ({"role": "boss"}, "role"),
        ({"role": Role.ORGANISER}, "organisation"),
        ({"organisation": "own"}, "organisation"),
        ({"role": Role.ORGANISER, "organisation": "foreign"}, "organisation"),
        ({"password2": "kata sandi lain"}, "password2"),
        ({"password1": "12345678901", "password2": "12345678901"}, "password2"),
    ],
)
def test_a_wrong_person_is_refused_by_the_field(cast, system_admin, changes, field):
    organisations = {"own": cast.organisation.pk, "foreign": cast.strange_organiser.organisation_id}
    sent = {name: organisations.get(value, value) for name, value in changes.items()}
    before = User.objects.count()
    assert refused(system_admin.post(f"{PEOPLE}add/", person_form(cast, **sent))) == [field]
    assert User.objects.count() == before


def test_an_organiser_gets_an_organisation(cast, system_admin):
    sent = person_form(cast, role=Role.ORGANISER, organisation=cast.organisation.pk)
    assert system_admin.post(f"{PEOPLE}add/", sent).status_code == 302
    assert User.objects.get(username="baru").organisation == cast.organisation


def test_nobody_becomes_superuser_or_staff_by_the_form(cast, system_admin):
    system_admin.post(f"{PEOPLE}add/", person_form(cast, is_superuser="on", is_staff="on", groups="1"))
    made = User.objects.get(username="baru")
    assert (made.is_superuser, made.is_staff) == (False, False)
    page = system_admin.get(f"{PEOPLE}{made.pk}/change/")
    assert sorted(page.context["adminform"].form.fields) == [
        "branch", "email", "full_name", "is_active", "organisation", "role", "username",
    ]  # fmt: skip


def test_a_person_is_deactivated_and_never_deleted(cast, system_admin, client):
    url = f"{PEOPLE}{cast.officer.pk}/"
    sent = person_form(cast, username="petugas", full_name="Petugas Uji")
    del sent["is_active"]
    assert system_admin.post(f"{url}change/", sent).status_code == 302
    assert not client.login(username="petugas", password=factories.PASSWORD)
    assert trail(cast.branch) == [
        ("session.end_all", "", f"user {cast.officer.pk}"),
        ("user.change", "active", f"user {cast.officer.pk}"),
    ]
    assert system_admin.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=cast.officer.pk).exists()


@pytest.mark.parametrize(
    ("changes", "field"), [({"is_active": None}, "is_active"), ({"role": Role.HEAD}, "role")]
)
def test_nobody_locks_themselves_out(cast, system_admin, changes, field):
    sent = {**person_form(cast, username="admin", role=Role.SYSTEM_ADMIN), **changes}
    sent = {name: value for name, value in sent.items() if value is not None}
    assert refused(system_admin.post(f"{PEOPLE}{cast.system_admin.pk}/change/", sent)) == [field]


def test_a_new_password_replaces_the_old_one_and_is_audited(cast, system_admin, client):
    sent = {"new_password1": "sandi yang lain", "new_password2": "sandi yang lain"}
    assert system_admin.post(f"{PEOPLE}{cast.officer.pk}/password/", sent).status_code == 302
    assert client.login(username="petugas", password="sandi yang lain")
    assert [(action, purpose) for action, _fields, purpose in trail(cast.branch)] == [
        ("user.change", f"user {cast.officer.pk}")
    ]


def test_two_different_passwords_change_nothing(cast, system_admin, client):
    sent = {"new_password1": "sandi yang lain", "new_password2": "sandi yang salah"}
    page = system_admin.post(f"{PEOPLE}{cast.officer.pk}/password/", sent)
    assert sorted(page.context["form"].errors) == ["new_password2"]
    assert "sandi yang lain" not in page.content.decode()
    assert client.login(username="petugas", password=factories.PASSWORD)
    assert trail(cast.branch) == []


def test_the_log_names_no_person(cast, system_admin):
    system_admin.post(f"{PEOPLE}add/", person_form(cast))
    made = User.objects.get(username="baru")
    system_admin.post(f"{PEOPLE}{made.pk}/change/", person_form(cast, full_name="Nama Lain"))
    logged = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    assert LogEntry.objects.count() == 2
    assert [name for name in ("Orang Baru", "Nama Lain") if name in logged] == []


def test_people_have_no_search_box(cast, system_admin):
    assert 'id="searchbar"' not in system_admin.get(PEOPLE).content.decode()
    assert listed(system_admin, f"{PEOPLE}?q=petugas") == listed(system_admin, PEOPLE)


# --- Branches, partners, campaigns


def test_a_head_sees_the_own_branch_and_a_system_admin_all(cast, head, system_admin):
    assert listed(head, "/admin/outreach/branch/") == ["Jakarta Pluit"]
    assert listed(system_admin, "/admin/outreach/branch/") == ["Bogor Kota", "Jakarta Pluit"]
    assert head.get(f"/admin/outreach/branch/{cast.other_branch.pk}/change/").status_code == 404
    assert head.post(f"/admin/outreach/branch/{cast.branch.pk}/change/", {"name": "X"}).status_code == 403


@pytest.mark.parametrize(
    ("code", "stored"), [("32.71", "32.71"), ("3271", "32.71"), ("32", None), ("99.99", None)]
)
def test_a_branch_lies_in_a_known_regency(cast, system_admin, code, stored):
    answer = system_admin.post(
        "/admin/outreach/branch/add/", {"name": "Baru", "slug": "baru", "regency_code": code, "_save": "1"}
    )
    made = Branch.objects.filter(slug="baru").first()
    assert (made and made.regency_code) == stored
    if stored is None:
        assert refused(answer) == ["regency_code"]
    else:
        assert trail(made) == [("branch.add", "", "branch baru")]


def test_a_branch_is_never_deleted(cast, system_admin):
    assert (
        system_admin.post(
            f"/admin/outreach/branch/{cast.other_branch.pk}/delete/", {"post": "yes"}
        ).status_code
        == 403
    )


def test_partners_are_those_of_the_branch(cast, head, strange_head):
    assert listed(head, "/admin/outreach/organisation/") == ["Karang Taruna Uji"]
    assert strange_head.get(f"/admin/outreach/organisation/{cast.organisation.pk}/change/").status_code == 404


def test_a_partners_name_stands_once_a_branch(cast, head, strange_head):
    page = head.post("/admin/outreach/organisation/add/", {"name": "Karang Taruna Uji", "_save": "1"})
    assert refused(page) == ["__all__"]
    strange_head.post("/admin/outreach/organisation/add/", {"name": "Karang Taruna Uji", "_save": "1"})
    bearers = Organisation.objects.filter(name="Karang Taruna Uji").order_by("pk")
    assert [organisation.branch for organisation in bearers] == [cast.branch, cast.other_branch]


def test_a_partner_is_deleted_only_while_nothing_hangs_on_it(cast, head):
    unused = factories.organisation(of=cast.branch, name="Salah Ketik")
    answers = [
        head.post(f"/admin/outreach/organisation/{one.pk}/delete/", {"post": "yes"}).status_code
        for one in (cast.organisation, unused)
    ]
    assert answers == [403, 302]


def test_a_campaign_of_several_branches_is_nobodys_to_rename(cast, head):
    campaign = Campaign.objects.get()
    url = f"/admin/outreach/campaign/{campaign.pk}/change/"
    assert head.post(url, {"name": "Nama Sendiri", "_save": "1"}).status_code == 302
    factories.event(organiser=cast.strange_organiser.organisation, slug="asing")
    Event.objects.filter(slug="asing").update(campaign=campaign)
    assert head.post(url, {"name": "Nama Lagi", "_save": "1"}).status_code == 403
    assert head.post(f"/admin/outreach/campaign/{campaign.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Campaign.objects.get(pk=campaign.pk).name == "Nama Sendiri"


def test_who_has_no_branch_makes_nothing_that_belongs_to_one(cast, login):
    User.objects.filter(pk=cast.head.pk).update(branch=None)
    client = login(User.objects.get(pk=cast.head.pk))
    assert client.get(f"{EVENTS}add/").status_code == 403
    assert client.get("/admin/outreach/organisation/add/").status_code == 403


def test_nothing_is_deleted_by_the_dozen(cast, head):
    Event.objects.update(state=EventState.PLANNED)
    head.post(EVENTS, {"action": "delete_selected", "_selected_action": [cast.event.pk], "post": "yes"})
    assert Event.objects.count() == 1
