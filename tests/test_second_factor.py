"""No page of the admin without a second factor, for whoever works in it."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from outreach.models import AuditEntry, User
from tests import factories
from tests.routes import walk
from tests.signing import SECRET, actions, code, enrol, factor_on, factors, is_in, sign_in  # noqa: F401
from tests.test_matrix import world  # noqa: F401

SET_UP, PROVE = "/account/second-step/app/activate/", "/account/second-step/reauthenticate/"
LOGIN_CODE, CODES = "/account/second-step/authenticate/", "/account/second-step/codes/"
STAFF = ["reviewer", "head", "system_admin"]
# What is open before the second factor: the ways out, and those to it.
OPEN = {"admin/logout/", "admin/login/"}

pytestmark = pytest.mark.usefixtures("factor_on")


@pytest.fixture
def commits(monkeypatch):
    """What waits for the commit is done at once: a test's own transaction never commits."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, using=None: done())


@pytest.mark.walk
@pytest.mark.parametrize("part", STAFF)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("has_app", [False, True], ids=["no-app", "app"])
def test_no_admin_page_answers_without_the_second_factor(world, cast, login, part, method, has_app):  # noqa: F811
    """`login` is a session that the password alone has opened, as before the factor was asked for."""
    _people, path = world
    person = getattr(cast, part)
    if has_app:
        enrol(person)
    client = login(person)
    routes = [route for route in walk(get_resolver()) if route.startswith("admin/") and route not in OPEN]
    assert len(routes) > 40
    wanted = (302, PROVE if has_app else SET_UP)
    found = {route: getattr(client, method)(path(route)) for route in routes}
    assert {r: (a.status_code, a.get("Location")) for r, a in found.items()} == dict.fromkeys(routes, wanted)


@pytest.mark.walk
@pytest.mark.parametrize("part", STAFF)
def test_every_other_page_is_behind_it_too(world, cast, login, part):  # noqa: F811
    _people, path = world
    client = login(getattr(cast, part))
    passed = {
        route for route in walk(get_resolver()) if getattr(client.get(path(route)), "url", "") != SET_UP
    }
    assert passed == {
        "healthz", "readyz", "admin/login/", "admin/logout/",
        "account/login/", "account/logout/", "account/signup/", "account/inactive/", "account/reauthenticate/",
        "account/password/change/", "account/password/reset/", "account/password/reset/done/",
        "account/password/reset/key/done/", "account/link/", "language/",
        "s/<str:token>/",  # public, for whoever holds a receipt
        "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "account/switch/", "account/switch/<int:person_id>/",  # 404: these are an officer's
        "account/second-step/authenticate/", "account/second-step/app/activate/",
    }  # fmt: skip


@pytest.mark.parametrize("part", STAFF)
def test_a_recovery_code_is_not_read_with_the_password_alone(cast, part):
    """A session of before the app was set up, or of whoever knows the password."""
    person = getattr(cast, part)
    client = Client()
    client.force_login(person)
    enrol(person)
    client.post("/account/reauthenticate/", {"password": factories.PASSWORD})
    for page in (CODES, f"{CODES}generate/", SET_UP, "/account/second-step/", "/account/sessions/"):
        assert client.get(page).url == PROVE
    assert client.post(f"{CODES}generate/").url == PROVE


def test_setting_up_signing_in_and_out(cast, commits):
    client = sign_in(cast.reviewer)
    assert client.get("/admin/").url == SET_UP
    page = client.get(SET_UP)
    secret = page.context["form"].secret
    assert client.get(SET_UP).context["form"].secret == secret  # loaded twice, still what was scanned
    assert secret not in str(dict(client.session))
    assert client.post(SET_UP, {"code": code(secret)}).url == CODES
    assert client.get("/admin/").url == CODES  # nothing else before the codes are kept
    shown = client.get(CODES).context["unused_codes"]
    assert (len(shown), client.get("/admin/").url) == (10, CODES)
    assert client.post(f"{CODES}kept/").url == "/"
    assert client.get("/admin/").status_code == 200
    client.post("/account/logout/")

    client = sign_in(cast.reviewer)
    assert client.answer.url == LOGIN_CODE
    assert (is_in(client), client.get("/admin/").status_code) == (False, 302)
    assert (
        client.post(LOGIN_CODE, {"code": code(secret)}).status_code == 200
    )  # the code of the set-up is spent
    client.post(LOGIN_CODE, {"code": code(secret, steps=1)})
    assert client.get("/admin/").status_code == 200
    assert actions(cast.reviewer) == ["sign_in", "second_factor.set", "sign_out", "sign_in"]


def test_codes_that_were_never_looked_at_are_shown_after_the_next_sign_in(cast):
    enrol(cast.head)
    codes = Authenticator.objects.get(user=cast.head, type="recovery_codes")
    del codes.data["viewed_at"]
    codes.save()
    client = sign_in(cast.head)
    client.post(LOGIN_CODE, {"code": code()})
    assert client.get("/admin/").url == CODES


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_of_a_neighbouring_step_fits_once(cast, steps):
    enrol(cast.head)
    typed = code(steps=steps)
    first, second = sign_in(cast.head), sign_in(cast.head)
    first.post(LOGIN_CODE, {"code": typed})
    second.post(LOGIN_CODE, {"code": typed})
    assert (is_in(first), is_in(second)) == (True, False)


def test_a_code_typed_early_is_spent_for_as_long_as_it_fits(cast):
    """allauth forgets it after one step, when it has become the current one."""
    enrol(cast.head)
    typed = code(steps=1)
    sign_in(cast.head).post(LOGIN_CODE, {"code": typed})
    for key in list(cache._cache):
        if "allauth.mfa.totp.used" in key:
            cache._cache.pop(key)  # what the clock does in 30 seconds
    again = sign_in(cast.head)
    again.post(LOGIN_CODE, {"code": typed})
    assert not is_in(again)


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_minute_does_not_fit(cast, steps):
    enrol(cast.head)
    client = sign_in(cast.head)
    client.post(LOGIN_CODE, {"code": code(steps=steps)})
    assert not is_in(client)


def test_a_recovery_code_works_once(cast):
    codes = enrol(cast.head)
    first, second = sign_in(cast.head), sign_in(cast.head)
    first.post(LOGIN_CODE, {"code": codes[3]})
    second.post(LOGIN_CODE, {"code": codes[3]})
    assert (is_in(first), is_in(second)) == (True, False)
    assert first.get("/admin/").status_code == 200
    assert actions(cast.head) == ["second_factor.recovery", "sign_in"]


def test_codes_are_limited_and_the_limit_leaves_one_row(cast):
    enrol(cast.head)
    client = sign_in(cast.head)
    for _try in range(8):
        page = client.post(LOGIN_CODE, {"code": "000000"})
    assert page.context["form"].errors["code"] == [
        "Terlalu sering dicoba. Tunggu lima menit, atau hubungi admin cabang Anda."
    ]
    client.post(LOGIN_CODE, {"code": code()})
    assert not is_in(client)
    assert actions(cast.head) == ["second_factor.locked"]


def test_a_session_without_the_proof_proves_it_and_is_back(cast, login):
    enrol(cast.head)
    client = login(cast.head)
    assert client.get("/admin/").url == PROVE
    client.post(PROVE, {"code": code()})
    assert client.get("/admin/").status_code == 200


def test_the_proof_belongs_to_the_person(cast, login):
    client = login(cast.head)
    session = client.session
    session["second_factor"] = [cast.reviewer.pk, 1]
    session.save()
    assert client.get("/admin/").url == SET_UP


def test_a_proved_session_asks_nothing_of_the_database(cast, login, django_assert_num_queries):
    client = login(cast.head)
    session = client.session
    session["second_factor"] = [cast.head.pk, 1]
    session.save()
    with django_assert_num_queries(2):  # the session and the person
        assert client.get("/").status_code == 302


@pytest.mark.parametrize("part", ["officer", "organiser"])
def test_for_others_there_is_no_second_step(cast, login, part):
    client = login(getattr(cast, part))
    assert client.get("/account/").status_code == 200
    for name in (
        "index",
        "activate_totp",
        "view_recovery_codes",
        "generate_recovery_codes",
        "deactivate_totp",
    ):
        assert client.get(reverse(f"mfa_{name}")).status_code == 404


def test_secrets_are_sealed_in_the_database(cast):
    codes = enrol(cast.head)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert [one for one in codes if one in stored] == []


def test_nobody_removes_their_own(cast, login):
    enrol(cast.head)
    client = sign_in(cast.head)
    client.post(LOGIN_CODE, {"code": code()})
    page = client.post("/account/second-step/app/deactivate/")
    assert (page.status_code, factors(cast.head)) == (200, ["recovery_codes", "totp"])


def test_new_recovery_codes_replace_the_old_ones(cast, commits):
    codes = enrol(cast.head)
    client = sign_in(cast.head)
    client.post(LOGIN_CODE, {"code": code()})
    assert client.post(f"{CODES}generate/").url == CODES
    assert client.get("/admin/").url == CODES
    assert set(client.get(CODES).context["unused_codes"]).isdisjoint(codes)


# --- A lost phone


def reset_page(person: User) -> str:
    return f"/admin/outreach/user/{person.pk}/second-factor/"


@pytest.fixture
def admin(cast) -> Client:
    enrol(cast.system_admin)
    client = sign_in(cast.system_admin)
    client.post(LOGIN_CODE, {"code": code()})
    return client


def test_the_system_admin_resets_it_and_the_person_is_out(cast, admin):
    enrol(cast.head)
    lost = sign_in(cast.head)
    lost.post(LOGIN_CODE, {"code": code(steps=1)})
    assert admin.get(reset_page(cast.head)).status_code == 200
    assert factors(cast.head) == ["recovery_codes", "totp"]  # a GET asks only
    assert admin.post(reset_page(cast.head)).status_code == 302
    assert (factors(cast.head), is_in(lost)) == ([], False)
    assert sign_in(cast.head).get("/admin/").url == SET_UP
    entry = AuditEntry.objects.get(action="second_factor.reset")
    assert (entry.actor, entry.purpose) == (cast.system_admin, f"user {cast.head.pk}")


def test_nobody_resets_their_own_this_way(cast, admin):
    admin.post(reset_page(cast.system_admin))
    assert factors(cast.system_admin) == ["recovery_codes", "totp"]
    assert is_in(admin)


def test_the_console_resets_the_last_system_admins(cast, capsys):
    enrol(cast.system_admin)
    call_command("reset_second_factor", cast.system_admin.username)
    assert factors(cast.system_admin) == []
    assert AuditEntry.objects.get().actor is None
    for name, sentence in ((cast.system_admin.username, "not set up"), ("niemand", "nobody named")):
        with pytest.raises(CommandError, match=sentence):
            call_command("reset_second_factor", name)


def test_switched_off_nothing_is_asked(cast, login, settings):
    settings.SECOND_FACTOR = False
    assert login(cast.head).get("/admin/").status_code == 200
