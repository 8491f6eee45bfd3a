"""Organisers: invited by the branch on their organisation's page, let in by a link, closed again."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from outreach.choices import Role
from outreach.models import User
from tests import factories
from tests.admin_pages import trail

NEW = "sandi pilihan sendiri"
SENT = {"username": "panitia", "full_name": "Nama Rahasia", "email": ""}


def invite_page(organisation) -> str:
    return f"/admin/outreach/organisation/{organisation.pk}/invite/"


def organiser_page(person: User, act: str) -> str:
    return f"/admin/outreach/organisation/{person.organisation_id}/organisers/{person.pk}/{act}/"


@pytest.fixture
def head(cast, login):
    return login(cast.head)


def standings(page) -> list[tuple[str, str]]:
    return [
        (person.username, chip.rpartition("</svg>")[2].partition("<")[0])
        for person, chip in page.context["organisers"]
    ]


@pytest.mark.parametrize("part", ["head", "system_admin"])
def test_the_branch_invites_an_organiser_of_that_organisation(cast, login, part):
    answer = login(getattr(cast, part)).post(invite_page(cast.organisation), SENT)
    assert answer.status_code == 200
    made = User.objects.get(username="panitia")
    assert (made.role, made.organisation, made.branch, made.is_staff, made.full_name, made.is_waiting) == (
        Role.ORGANISER,
        cast.organisation,
        cast.branch,
        False,
        "Nama Rahasia",
        True,
    )
    assert [(one.person, one.place) for one in answer.context["slips"]] == [(made, cast.organisation.name)]
    assert trail(cast.branch) == [("user.invite", "password", f"user {made.pk}")]


def test_the_invited_organiser_sees_the_own_events_and_nothing_else(cast, head, client):
    factories.event(organiser=factories.organisation(of=cast.branch, name="Mitra Lain"), slug="asing")
    registration = factories.submitted(by=cast.officer)
    (slip,) = head.post(invite_page(cast.organisation), SENT).context["slips"]
    client.post(slip.url, {"new_password1": NEW, "new_password2": NEW})
    page = client.get(client.get("/").url)
    assert list(page.context["events"]) == [cast.event]
    hidden = [
        reverse("today"),
        reverse("registration-new"),
        reverse("registration-receipt", args=(registration.reference,)),
        "/admin/",
        f"/admin/outreach/event/{cast.event.pk}/change/",
        reverse("admin:enrolment_registration_changelist"),
        reverse("admin:enrolment_registration_counts_event", args=(cast.event.slug,)),
    ]
    assert [client.get(path).status_code for path in hidden] == [404] * len(hidden)


def test_the_page_shows_link_text_and_code_once(cast, head):
    page = head.post(invite_page(cast.organisation), SENT)
    (slip,) = page.context["slips"]
    body = page.content.decode()
    assert body.count("<svg viewBox") >= 1
    assert f'value="{slip.url}"' in body
    whatsapp = urlsplit(slip.whatsapp)
    (text,) = parse_qs(whatsapp.query)["text"]
    assert (whatsapp.hostname, text.splitlines()[1]) == ("wa.me", slip.url)
    assert text.startswith("Ini tautan masuk Anda ke Jemput Bola.")
    assert "Nama Rahasia" not in text
    assert " style=" not in body
    assert "no-store" in page.headers["Cache-Control"]
    later = head.get(f"/admin/outreach/organisation/{cast.organisation.pk}/change/").content.decode()
    assert "/account/link/" not in later


def test_the_link_is_the_sites_public_address(cast, head, settings):
    settings.PUBLIC_URL = "https://jemputbola.example"
    (slip,) = head.post(invite_page(cast.organisation), SENT).context["slips"]
    assert slip.url.startswith("https://jemputbola.example/account/link/?t=")


def test_an_invitation_sent_twice_is_one(cast, head, client):
    first, second = (head.post(invite_page(cast.organisation), SENT).context["slips"][0] for _ in range(2))
    assert first.person == second.person
    assert [client.get(one.url).status_code for one in (first, second)] == [200, 200]
    assert [action for action, _fields, _purpose in trail(cast.branch)] == ["user.invite", "user.show_link"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "PETUGAS"}, "username"),
        ({"username": "dua kata"}, "username"),
        ({"username": ""}, "username"),
        ({"full_name": ""}, "full_name"),
        ({"full_name": "x" * 101}, "full_name"),
        ({"email": "bukan alamat"}, "email"),
    ],
)
def test_a_wrong_invitation_is_refused_by_the_field(cast, head, changes, field):
    before = User.objects.count()
    page = head.post(invite_page(cast.organisation), {**SENT, **changes})
    assert sorted(page.context["form"].errors) == [field]
    assert User.objects.count() == before


def test_a_taken_username_reveals_nobodys_link(cast, head):
    """Neither that of another organisation's invited person, nor of one who is in already."""
    other = factories.organisation(of=cast.branch, name="Mitra Lain")
    head.post(invite_page(other), SENT)
    page = head.post(invite_page(cast.organisation), SENT)
    assert sorted(page.context["form"].errors) == ["username"]
    sent = {"username": cast.organiser.username, "full_name": cast.organiser.full_name}
    page = head.post(invite_page(cast.organisation), sent)
    assert sorted(page.context["form"].errors) == ["username"]


def test_the_list_tells_who_is_in(cast, head):
    head.post(invite_page(cast.organisation), SENT)
    factories.organiser("tutup", organisation=cast.organisation, is_active=False)
    page = head.get(f"/admin/outreach/organisation/{cast.organisation.pk}/change/")
    assert sorted(standings(page)) == [
        ("karangtaruna", "Aktif"),
        ("panitia", "Belum masuk"),
        ("tutup", "Ditutup"),
    ]


def test_the_list_costs_the_same_with_more_people(cast, head, django_assert_num_queries):
    page = f"/admin/outreach/organisation/{cast.organisation.pk}/change/"
    head.get(page)
    with django_assert_num_queries(5) as few:
        head.get(page)
    for number in range(2):
        factories.organiser(f"panitia{number}", organisation=cast.organisation)
    with django_assert_num_queries(len(few)):
        head.get(page)


def test_an_organiser_who_lost_the_password_gets_a_new_link(cast, head, client):
    (slip,) = head.post(organiser_page(cast.organiser, "link")).context["slips"]
    assert client.get(slip.url).status_code == 200
    assert trail(cast.branch) == [("user.link", "password", f"user {cast.organiser.pk}")]


def test_a_closed_account_is_out_at_once(cast, head, login):
    theirs = login(cast.organiser)
    assert theirs.get("/events/").status_code == 200
    assert head.post(organiser_page(cast.organiser, "close")).status_code == 302
    assert theirs.get("/events/").status_code == 302
    assert trail(cast.branch) == [("user.close", "password", f"user {cast.organiser.pk}")]
    assert head.post(organiser_page(cast.organiser, "link")).status_code == 302
    assert len(trail(cast.branch)) == 1


@pytest.mark.parametrize("act", ["link", "close"])
def test_only_that_organisations_organisers_are_reached(cast, head, act):
    """Not an officer, not another organisation's organiser, not another branch's: neither by number nor by trick."""
    for person in (cast.officer, cast.strange_organiser, cast.system_admin):
        page = f"/admin/outreach/organisation/{cast.organisation.pk}/organisers/{person.pk}/{act}/"
        assert head.post(page).status_code == 404
    assert head.post(organiser_page(cast.strange_organiser, act)).status_code == 404
    assert trail(cast.branch) + trail(cast.other_branch) == []


def test_a_reviewer_reads_the_organisation_and_not_its_people(cast, login):
    client = login(cast.reviewer)
    page = client.get(f"/admin/outreach/organisation/{cast.organisation.pk}/change/")
    assert page.status_code == 200
    assert "karangtaruna" not in page.content.decode()


def test_neither_log_nor_message_names_anybody(cast, head):
    head.post(invite_page(cast.organisation), SENT)
    made = User.objects.get(username="panitia")
    answer = head.post(organiser_page(made, "close"), follow=True)
    said = [str(message) for message in answer.context["messages"]]
    logged = [f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all()]
    purposes = [purpose for _action, _fields, purpose in trail(cast.branch)]
    texts = [*said, *logged, *purposes]
    assert len(said) == 1
    assert [text for text in texts if "Rahasia" in text or "panitia" in text] == []
