"""A value that is there and wrong is refused with one line that does not repeat it."""

import base64
from pathlib import Path

import pytest

from outreach import database_url, environ
from outreach.environ import Refused

KEY_A, KEY_B = (base64.b64encode(letter * 32).decode() for letter in (b"a", b"b"))


def test_keys_keep_their_order(monkeypatch):
    monkeypatch.setenv("FIELD_KEYS", f"7:{KEY_B}, 1:{KEY_A}")
    assert list(environ.keys("FIELD_KEYS").items()) == [(7, b"b" * 32), (1, b"a" * 32)]


def test_keys_absent_are_empty(monkeypatch):
    monkeypatch.delenv("FIELD_KEYS")
    assert environ.keys("FIELD_KEYS") == {}


@pytest.mark.parametrize(
    "value",
    [
        KEY_A,
        "1:",
        "1:short",
        f"0:{KEY_A}",
        f"256:{KEY_A}",
        f"x:{KEY_A}",
        f"²:{KEY_A}",
        f"1:{KEY_A[:-4]}",
        f"1:{KEY_A},1:{KEY_B}",
        f"1:{KEY_A} 2:{KEY_B}",
        f"1:{KEY_A[:20]}*{KEY_A[20:]}",
        f"99999999999999999999:{KEY_A}",
    ],
)
def test_keys_malformed_are_refused_without_their_value(monkeypatch, value):
    monkeypatch.setenv("FIELD_KEYS", value)
    with pytest.raises(Refused) as refusal:
        environ.keys("FIELD_KEYS")
    assert "\n" not in str(refusal.value)
    assert KEY_A[:8] not in str(refusal.value)


@pytest.mark.parametrize("value", ["yes", "true", "2", "on"])
def test_flag_other_than_0_or_1_is_refused(monkeypatch, value):
    monkeypatch.setenv("DEMO", value)
    with pytest.raises(Refused, match="DEMO must be 0 or 1"):
        environ.flag("DEMO")


@pytest.mark.parametrize("value", ["0", "65536", "-1", "80a", "8000.0", "٨٠", "9" * 30])
def test_port_out_of_range_is_refused(monkeypatch, value):
    monkeypatch.setenv("PORT", value)
    with pytest.raises(Refused, match="PORT must be a whole number from 1 to 65535"):
        environ.integer("PORT", 8000, 1, 65535)


def test_words_are_trimmed(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example , b.example,")
    assert environ.words("ALLOWED_HOSTS") == ["a.example", "b.example"]


def _parse(url: str) -> dict:
    return database_url.parse(url, root=Path("/srv/jb"))


def test_postgres_url_is_percent_decoded():
    found = _parse("postgresql://pe%40rl:p%3A%2F%23s@Db.example:6432/jem%20put?sslmode=verify-full")
    wanted = {"USER": "pe@rl", "PASSWORD": "p:/#s", "HOST": "Db.example", "PORT": "6432", "NAME": "jem put"}
    assert {name: found[name] for name in wanted} == wanted
    assert found["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": "5"}
    assert found["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgres://u@%2Frun%2FPg/db", "/run/Pg"),
        ("postgres:///db?host=/run/postgresql", "/run/postgresql"),
        ("postgres://u@[::1]:5432/db", "::1"),
        ("postgres:///db", ""),
    ],
)
def test_postgres_host(url, host):
    assert _parse(url)["HOST"] == host


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/a%20b.sqlite3", "/srv/jb/var/a b.sqlite3"),
        ("sqlite:////data/x.sqlite3", "/data/x.sqlite3"),
    ],
)
def test_sqlite_url(url, path):
    found = _parse(url)
    assert found["NAME"] == Path(path)
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hemlig@h/db",
        "hemlig",
        "postgres://u:hemlig@h",
        "postgres://u:hemlig@h/",
        "postgres://u:hemlig@h:port/db",
        "postgres://u:hemlig@h:99999/db",
        "postgres://u:hemlig@h/a/b",
        "postgres://u:hemlig@h/db?sslmod=require",
        "postgres://u:hemlig@h/db?sslmode=hemlig",
        "postgres://u:hemlig@h/db?sslmode",
        "postgres://u:hemlig@h/db?sslmode=require&sslmode=disable",
        "postgres://u:hem#lig@h/db",
        "postgres://u:hemlig@[h/db",
        "sqlite://hemlig.sqlite3",
        "sqlite:///:memory:",
        "sqlite:///",
        "sqlite:///var/x?mode=hemlig",
    ],
)
def test_malformed_database_url_is_refused_without_its_password(url):
    with pytest.raises(Refused) as refusal:
        _parse(url)
    assert "\n" not in str(refusal.value)
    assert "hemlig" not in str(refusal.value)


@pytest.fixture
def own_env_file(monkeypatch, tmp_path):
    """An ENV_FILE that is not there yet, and an environment without settings."""
    for name in ("DEMO", "SECRET_KEY", *environ.KEY_SETTINGS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    return tmp_path / ".env"


def test_env_file_is_read_and_the_environment_wins(monkeypatch, own_env_file):
    own_env_file.write_text("# note\n\nDEMO=1\nPUBLIC_URL='https://file.example'\nSECRET_KEY=a=b#c\n")
    monkeypatch.setenv("PUBLIC_URL", "https://environment.example")
    monkeypatch.setattr(environ.os, "environ", dict(environ.os.environ))
    environ.load_env_file()
    assert environ.flag("DEMO") is True
    assert environ.text("PUBLIC_URL") == "https://environment.example"
    assert environ.text("SECRET_KEY") == "a=b#c"


@pytest.mark.parametrize("line", ["SECRET_KEY hemlig", "=hemlig", "SECRET-KEY=hemlig"])
def test_env_file_malformed_is_refused_by_line(own_env_file, line):
    own_env_file.write_text(f"DEMO=1\n{line}\n")
    with pytest.raises(Refused, match=r"^\.env, line 2: expected NAME=VALUE\.$"):
        environ.load_env_file()


def test_demo_env_file_is_private_and_complete(monkeypatch, own_env_file):
    assert environ.write_demo_env_file() is True
    assert own_env_file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(environ.os, "environ", dict(environ.os.environ))
    environ.load_env_file()
    held = [environ.keys(name)[1] for name in environ.KEY_SETTINGS]
    assert len(set(held)) == 3
    assert environ.write_demo_env_file() is False


@pytest.mark.parametrize(
    ("name", "value"), [("DEMO", "0"), ("SECRET_KEY", "x"), ("FIELD_KEYS", f"1:{KEY_A}")]
)
def test_demo_env_file_never_in_a_configured_environment(monkeypatch, own_env_file, name, value):
    monkeypatch.setenv(name, value)
    assert environ.write_demo_env_file() is False
    assert not own_env_file.exists()
