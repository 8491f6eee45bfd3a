"""Indonesian unless somebody chose English; the choice is remembered, and what is stored never depends on it."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from enrolment.models import RegistrationVersion
from outreach.middleware import Language
from outreach.models import AuditEntry
from outreach.settings import LANGUAGE_COOKIE_AGE
from outreach.views import errors
from tests import factories
from tests.server import environment

LOGIN = "/account/login/"


def choose(client: Client, language: str, back: str = LOGIN, **options):
    return client.post("/language/", {"language": language, "next": back}, **options)


@pytest.fixture
def anybody(db) -> Client:
    return Client(raise_request_exception=False)


def test_a_phone_with_an_english_menu_is_shown_indonesian(anybody):
    page = anybody.get(LOGIN, headers={"accept-language": "en-GB,en"})
    assert page.headers["Content-Language"] == "id"
    assert '<html lang="id">' in page.content.decode()
    assert "Kata sandi" in page.content.decode()


def test_the_choice_is_made_before_signing_in_and_stays_afterwards(anybody, cast):
    assert choose(anybody, "en").url == LOGIN
    page = anybody.get(LOGIN)
    assert page.headers["Content-Language"] == "en"
    assert '<html lang="en">' in page.content.decode()
    anybody.post(LOGIN, {"login": cast.officer.username, "password": factories.PASSWORD})
    assert "No stand today" in anybody.get("/registrations/").content.decode()
    choose(anybody, "id")
    assert "Tidak bertugas hari ini" in anybody.get("/registrations/").content.decode()


def test_the_cookie_lasts_a_year_and_no_script_reads_it(anybody):
    cookie = choose(anybody, "en").cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["max-age"]) == ("en", LANGUAGE_COOKIE_AGE)
    assert LANGUAGE_COOKIE_AGE == 31_536_000
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_a_page_says_that_it_depends_on_the_cookie():
    """Without the session's and the token's help, which mostly say so too."""
    answer = Language(lambda request: HttpResponse())(RequestFactory().get("/"))
    assert (answer.headers["Vary"], answer.headers["Content-Language"]) == ("Cookie", "id")


@pytest.mark.parametrize("language", ["", "fr", "en-us", "../x"])
def test_a_language_that_the_site_does_not_speak_is_refused(anybody, language):
    answer = choose(anybody, language)
    assert (answer.status_code, answer.cookies.get(settings.LANGUAGE_COOKIE_NAME)) == (400, None)


@pytest.mark.parametrize("language", ["fr", "en-us", "", "' OR 1=1"])
def test_a_forged_cookie_is_as_none(anybody, language):
    anybody.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert anybody.get(LOGIN).headers["Content-Language"] == "id"


@pytest.mark.parametrize("back", ["https://bank.example/", "//bank.example", "javascript:alert(1)", ""])
def test_the_way_back_stays_on_the_site(anybody, back):
    assert choose(anybody, "en", back).url == "/"


def test_over_https_the_way_back_is_not_http(anybody):
    answer = choose(anybody, "en", "http://testserver/account/login/", secure=True)
    assert answer.url == "/"


def test_a_get_chooses_nothing(anybody):
    assert anybody.get("/language/?language=en").status_code == 405


def test_without_its_token_the_choice_is_refused(db):
    strict = Client(enforce_csrf_checks=True)
    assert choose(strict, "en").status_code == 403


@pytest.mark.parametrize(
    ("part", "page"),
    [
        ("officer", "/registrations/"),
        ("organiser", "/events/"),
        ("head", "/admin/outreach/event/?state__exact=open"),
    ],
)
def test_the_button_stands_on_every_page_and_leads_back_to_it(cast, login, part, page):
    client = login(getattr(cast, part))
    html = client.get(page).content.decode()
    assert f'name="next" value="{page}"' in html
    assert 'name="language" value="en" lang="en">English</button>' in html
    choose(client, "en", page)
    assert 'value="id" lang="id">Bahasa Indonesia</button>' in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("language", "missing", "unread"),
    [
        ("id", "Halaman ini tidak ada", "Kiriman ini tidak terbaca"),
        ("en", "There is nothing here", "This request could not be read"),
    ],
)
def test_error_pages_speak_the_chosen_language(anybody, cast, language, missing, unread):
    anybody.force_login(cast.officer)
    choose(anybody, language)
    assert missing in anybody.get("/nowhere/").content.decode()
    assert unread in anybody.post("/language/").content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("id", "Ada gangguan di sistem kami"), ("en", "Something broke on our side")]
)
def test_the_page_for_our_own_fault_does_so_too(language, words):
    with translation.override(language):
        assert words in errors.server_error(RequestFactory().get("/")).content.decode()


def test_the_language_ends_with_the_answer(anybody):
    """A worker serves one phone after the other."""
    choose(anybody, "en")
    anybody.get(LOGIN)
    assert translation.get_language() == "id"


def test_what_is_stored_never_depends_on_the_language(cast, login):
    """The same entry, sent in Indonesian and in English: the same content, the same codes, the same receipt."""
    row = factories.row()
    form = {name: value for name, value in row.items() if value} | {"step": "send"}
    versions, told = [], []
    for language in ("en", "id"):
        client = login(cast.officer)
        choose(client, language)
        answer = client.post("/registrations/new/", form)
        assert answer.status_code == 302, answer.context["form"].errors
        told.append(answer.url)
        client.post(
            "/registrations/new/", {**form, "income": "9.000.000"}
        )  # a conflict: its differences are opened
        versions.append(
            [
                (bytes(v.digest), v.number)
                for v in RegistrationVersion.objects.order_by("registration", "number")
            ]
        )
    assert told[0] == told[1]
    assert versions[0] == versions[1]
    written = AuditEntry.objects.order_by("seq").values_list("action", "fields", "purpose")
    conflicts = [entry for entry in written if entry[2] == "conflict"]
    assert len(conflicts) == 2
    assert len(set(conflicts)) == 1


@pytest.mark.parametrize("language", ["en", "id"])
def test_codes_of_errors_and_warnings_are_the_same_in_every_language(cast, language):
    with translation.override(language):
        wrong = factories.form(by=cast.officer, nik="123", months="4")
        assert not wrong.is_valid()
        found = wrong.coded_errors()
    assert found == ["nik:nik_length", "months:months_invalid"]


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_chain_names_changed_fields_in_the_language_of_the_source(cast, login, language):
    client = login(cast.head)
    choose(client, language)
    client.post(f"/admin/outreach/organisation/{cast.organisation.pk}/change/", {"name": "Lain"})
    assert AuditEntry.objects.get().fields == "name"


@pytest.mark.once
def test_in_production_the_cookie_belongs_to_the_host_and_to_https():
    asked = "from outreach import settings as s; print(s.LANGUAGE_COOKIE_NAME, s.LANGUAGE_COOKIE_SECURE)"
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=settings.BASE_DIR, env=environment(DEMO="0"), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.split() == ["__Host-language", "True"]


@pytest.mark.once
@pytest.mark.parametrize(("demo", "name"), [("0", "__Host-phone"), ("1", "phone")])
def test_a_name_that_asks_for_https_is_production_s_alone(demo, name):
    """A browser drops a `__Host-` cookie that came over http: a phone would forget who shares it."""
    asked = "from outreach import settings as s; print(s.ROSTER_COOKIE_NAME)"
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=settings.BASE_DIR, env=environment(DEMO=demo), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.strip() == name
