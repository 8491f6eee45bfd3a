"""The link that sets a password once: for whom it works, what kills it, and what a stranger learns."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from outreach.actions import people
from outreach.choices import EventState
from outreach.errors import ActionRefused
from outreach.models import Event, User
from outreach.views import token_links
from tests import factories
from tests.admin_pages import trail, without_tokens

NEW = "sandi pilihan sendiri"
PAGE = "/account/link/"


@pytest.fixture
def invited(cast) -> User:
    return people.invite(
        by=cast.head, organisation=cast.organisation, username="panitia", full_name="Panitia Baru"
    )


def address(person: User) -> str:
    return f"{PAGE}?{urlencode({'t': people.link_token(person)})}"


def choose(client, where: str, first: str = NEW, second: str = NEW):
    return client.post(where, {"new_password1": first, "new_password2": second})


def test_the_link_sets_the_password_and_signs_in(cast, client, invited):
    answer = choose(client, address(invited))
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/").url == reverse("own-events")
    assert client.get("/events/").status_code == 200
    assert User.objects.get(pk=invited.pk).check_password(NEW)
    assert trail(cast.branch) == [
        ("user.invite", "password", f"user {invited.pk}"),
        ("user.password", "password", f"user {invited.pk}"),
        ("sign_in", "", f"user {invited.pk}"),
    ]


def test_a_look_does_not_use_the_link_up(client, invited):
    where = address(invited)
    before = User.objects.filter(pk=invited.pk).values().get()
    with CaptureQueriesContext(connection) as queries:
        answers = [client.get(where).status_code, client.head(where).status_code]
    assert answers == [200, 200]
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert User.objects.filter(pk=invited.pk).values().get() == before
    assert choose(client, where).status_code == 302


def test_a_link_works_once(client, invited):
    where = address(invited)
    choose(client, where)
    client.logout()
    again = choose(client, where, "sandi orang lain", "sandi orang lain")
    assert again.status_code == 410
    assert User.objects.get(pk=invited.pk).check_password(NEW)
    assert "_auth_user_id" not in client.session


def test_a_new_link_kills_the_older_ones(cast, client, invited):
    older = address(invited)
    newer = address(people.new_link(by=cast.head, person=invited))
    assert [client.get(older).status_code, client.get(newer).status_code] == [410, 200]
    assert trail(cast.branch)[-1] == ("user.link", "password", f"user {invited.pk}")


def test_a_new_link_takes_the_password_back_and_ends_the_session(cast, login, client):
    theirs = login(cast.organiser)
    assert theirs.get("/events/").status_code == 200
    people.new_link(by=cast.head, person=cast.organiser)
    assert theirs.get("/events/").status_code == 302
    assert not client.login(username=cast.organiser.username, password=factories.PASSWORD)


@pytest.mark.parametrize(("age", "status"), [(timedelta(days=7), 200), (timedelta(days=7, seconds=2), 410)])
def test_a_link_lives_seven_days(client, invited, monkeypatch, age, status):
    where = address(invited)
    later = people._links._now() + age
    monkeypatch.setattr(people._links, "_now", lambda: later)
    assert client.get(where).status_code == status


def test_a_reset_by_e_mail_may_live_shorter(client, invited, settings):
    settings.PASSWORD_RESET_TIMEOUT = 1
    where = address(invited)
    assert client.get(where).status_code == 200


def test_a_token_of_a_reset_by_e_mail_is_none_of_ours(client, invited):
    where = address(invited)
    key = where.partition("t=")[2].partition("-")[0]
    assert client.get(f"{PAGE}?t={key}-{default_token_generator.make_token(invited)}").status_code == 410


def test_closing_the_account_kills_its_link_for_good(cast, client, invited):
    where = address(invited)
    people.close(by=cast.head, person=invited)
    assert client.get(where).status_code == 410
    User.objects.filter(pk=invited.pk).update(is_active=True)
    assert client.get(where).status_code == 410
    assert trail(cast.branch)[-1] == ("user.close", "password", f"user {invited.pk}")


def test_who_is_not_active_has_no_link_however_that_came(client, invited):
    where = address(invited)
    User.objects.filter(pk=invited.pk).update(is_active=False)
    assert [client.get(where).status_code, choose(client, where).status_code] == [410, 410]


def test_an_account_closed_in_the_admin_has_no_link_either(cast, login, client, invited):
    where = address(invited)
    sent = {"username": "panitia", "full_name": "Panitia Baru", "role": "organiser", "branch": cast.branch.pk}
    page = f"/admin/outreach/user/{invited.pk}/change/"
    login(cast.system_admin).post(page, {**sent, "organisation": cast.organisation.pk})
    assert User.objects.get(pk=invited.pk).is_active is False
    assert client.get(where).status_code == 410
    User.objects.filter(pk=invited.pk).update(is_active=True)
    assert client.get(where).status_code == 410


def test_whoever_has_a_password_has_no_link(client, cast):
    """Were one made out of an account's state, it would be a way in beside the password."""
    assert client.get(address(cast.officer)).status_code == 410


def dead_tokens(person: User) -> list[str]:
    good = people.link_token(person)
    key, made, mac = good.split("-")
    return [
        "",
        "x",
        "-",
        "--",
        "zz-zz",
        f"{key}-{made}",
        f"{key}-{made}-{'0' * len(mac)}",
        f"zzzzzz-{made}-{mac}",
        f"zzzzzzzzzzzzz-{made}-{mac}",  # more than a bigint
        f"{key}-zzzzzz-{mac}",
        f"-1-{made}-{mac}",
        f"{good}x",
        "٣-٣-٣",
    ]


def test_every_dead_link_gets_the_same_page(client, invited):
    bodies = set()
    for token in dead_tokens(invited):
        for answer in (client.get(PAGE, {"t": token}), choose(client, f"{PAGE}?{urlencode({'t': token})}")):
            assert answer.status_code == 410
            bodies.add(without_tokens(answer))
    assert len(bodies) == 1
    assert (
        "Tautan ini sudah dipakai atau sudah lewat waktunya. Minta tautan baru kepada cabang." in bodies.pop()
    )


@pytest.mark.parametrize("alive", [True, False])
def test_the_page_is_never_kept_and_tells_nobody_its_address(client, invited, alive):
    answer = client.get(address(invited) if alive else PAGE)
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("", "", ["new_password1", "new_password2"]),
        (NEW, "sandi pilihan lain", ["new_password2"]),
        ("singkat", "singkat", ["new_password2"]),
        ("8273645182736", "8273645182736", ["new_password2"]),
        ("panitiabaru", "panitiabaru", ["new_password2"]),
    ],
)
def test_a_bad_password_is_refused_and_the_link_lives_on(client, invited, first, second, field):
    where = address(invited)
    page = choose(client, where, first, second)
    assert page.status_code == 422
    assert sorted(page.context["form"].errors) == field
    assert first not in page.content.decode() or first == ""
    assert choose(client, where).status_code == 302


def test_who_is_signed_in_on_the_phone_is_signed_out(cast, login, invited):
    client = login(cast.officer)
    assert "Orang itu akan dikeluarkan" in client.get(address(invited)).content.decode()
    choose(client, address(invited))
    assert client.session["_auth_user_id"] == str(invited.pk)


def test_dead_links_are_limited_by_address_and_good_ones_are_not(client, invited):
    good = address(invited)
    assert {client.get(PAGE).status_code for _ in range(token_links.DEAD_LINKS)} == {410}
    assert client.get(PAGE).status_code == 429
    assert client.get(PAGE, REMOTE_ADDR="127.0.0.9").status_code == 410
    assert client.get(good).status_code == 200
    assert choose(client, good).status_code == 302


def test_good_links_are_not_counted(client, invited, monkeypatch):
    monkeypatch.setattr(token_links, "DEAD_LINKS", 1)
    good = address(invited)
    assert [client.get(good).status_code for _ in range(3)] == [200] * 3
    assert [client.get(PAGE).status_code for _ in range(2)] == [410, 429]


def test_after_its_time_an_address_may_ask_again(db, client, monkeypatch):
    monkeypatch.setattr(token_links, "DEAD_LINKS", 1)
    assert [client.get(PAGE).status_code for _ in range(2)] == [410, 429]
    later = timezone.now() + token_links.WINDOW
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get(PAGE).status_code == 410


def test_staff_get_no_link(cast):
    for person in (cast.reviewer, cast.head, cast.system_admin):
        with pytest.raises(ActionRefused) as refused:
            people.new_link(by=cast.system_admin, person=person)
        assert refused.value.code == "staff"
        assert User.objects.get(pk=person.pk).has_usable_password()


def test_new_links_are_for_all_or_for_none(cast):
    people.close(by=cast.head, person=cast.organiser)
    with pytest.raises(ActionRefused) as refused:
        people.new_links(by=cast.head, people=[cast.officer, cast.organiser])
    assert refused.value.code == "closed"
    assert User.objects.get(pk=cast.officer.pk).check_password(factories.PASSWORD)


def test_a_temporary_officers_link_dies_with_the_event(cast, client):
    today = timezone.localdate()
    event = factories.event(organiser=cast.organisation, slug="kini", days=(today, today))
    person = factories.officer("sementara", of=cast.branch, temporary_for=event)
    where = address(people.new_link(by=cast.head, person=person))
    assert client.get(where).status_code == 200
    Event.objects.filter(pk=event.pk).update(state=EventState.CLOSED)
    assert [client.get(where).status_code, choose(client, where).status_code] == [410, 410]


# --- By the system admin, for anybody who is no staff


def test_a_system_admin_makes_a_link_for_an_officer(cast, login, client):
    admin = login(cast.system_admin)
    page = f"/admin/outreach/user/{cast.officer.pk}/link/"
    assert admin.get(page).status_code == 200
    assert User.objects.get(pk=cast.officer.pk).check_password(factories.PASSWORD)
    (slip,) = admin.post(page).context["slips"]
    assert choose(client, slip.url).status_code == 302
    assert client.get("/").url == reverse("today")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("part", ["reviewer", "head", "system_admin"])
def test_there_is_no_link_page_for_staff(cast, login, method, part):
    admin = login(factories.system_admin("admin2", of=cast.branch))
    person = getattr(cast, part)
    assert getattr(admin, method)(f"/admin/outreach/user/{person.pk}/link/").status_code == 403
    assert "/link/" not in admin.get(f"/admin/outreach/user/{person.pk}/change/").content.decode()
