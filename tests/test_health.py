"""/healthz, /readyz, and what everybody else is shown while the database is away."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client, override_settings

from outreach.actions.key_check import verify_key_check
from outreach.models import KeyCheck


@pytest.mark.parametrize("cookie", ["", "a" * 32])
def test_healthz_asks_no_database(client, cookie):
    """Not even for who asks, when a browser that was signed in looks."""
    client.cookies["sessionid"] = cookie
    # pytest-django refuses every query here: the test has no `db`.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_when_all_is_well(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")
    assert "no-store" in answer["Cache-Control"]
    assert KeyCheck.objects.count() == 0  # asking makes none


@pytest.mark.django_db
def test_readyz_asks_little(client, django_assert_max_num_queries):
    client.get("/readyz")
    with django_assert_max_num_queries(3):
        client.get("/readyz")


@pytest.mark.django_db
def test_readyz_with_pending_migration(client, monkeypatch):
    monkeypatch.setattr(
        "outreach.readiness._migrations_on_disk", lambda: frozenset({("outreach", "9999_future")})
    )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations pending\n")


@pytest.mark.django_db
def test_readyz_with_other_keys(client):
    verify_key_check()
    assert client.get("/readyz").status_code == 200
    with override_settings(FIELD_KEYS={1: b"another field key, 32 bytes....."}):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"keys do not fit the database\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probe_takes_no_post(client, path):
    assert client.post(path).status_code == 405


@pytest.mark.django_db
@override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^healthz$", r"^readyz$"])
def test_probes_are_not_redirected_to_https(client):
    assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/")] == [200, 200, 301]


@pytest.fixture
def broken_database(monkeypatch, request):
    def refuse(*args, **kwargs):
        raise request.param("connection to 3171012345678901 refused")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", refuse)
    monkeypatch.setattr("outreach.readiness.migrations_pending", refuse)
    monkeypatch.setattr("outreach.views.health.migrations_pending", refuse)


@pytest.mark.parametrize("broken_database", [OperationalError, InterfaceError], indirect=True)
def test_pages_without_a_database_are_503(broken_database):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    page = client.get("/")
    assert page.status_code == 503
    assert page["Retry-After"] == "10"
    assert "<h1" in page.content.decode()
    assert "3171012345678901" not in page.content.decode()
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database not available\n")


@pytest.mark.parametrize("broken_database", [ValueError], indirect=True)
def test_other_faults_are_500(broken_database):
    """And no page of an error says what was in it."""
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    page = client.get("/")
    assert page.status_code == 500
    assert "<h1" in page.content.decode()
    assert "3171012345678901" not in page.content.decode()


@pytest.mark.parametrize("broken_database", [OperationalError], indirect=True)
def test_error_page_that_cannot_be_rendered_is_plain(broken_database, monkeypatch):
    monkeypatch.setattr("outreach.views.errors.render_to_string", lambda name: {}[name])
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    page = client.get("/")
    assert (page.status_code, page.content) == (503, b"Service unavailable")
