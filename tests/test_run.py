"""Starting: `make run` in a fresh clone, and what refuses to start with one line and no traceback."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest

from outreach.environ import new_key
from tests.server import ROOT, Site, environment, free_port, fresh_database

pytestmark = pytest.mark.once

LIMIT = 300  # seconds for building the venv


def _clone(folder):
    """What a commit of this work tree would hold: no .venv, no .env, no var/."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _wait_for(url: str, process) -> None:
    end = time.monotonic() + LIMIT
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.2)


def _sign_in(page: str) -> str:
    """Where the demo's password leads."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(page, timeout=20) as form:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.read().decode())[1]
    typed = {"csrfmiddlewaretoken": token, "login": "petugas", "password": "jemputbola"}
    with browser.open(page, urlencode(typed).encode(), timeout=20) as first:
        return urlsplit(first.url).path


def test_fresh_clone_runs(tmp_path):
    """The two words of the README, and nothing else installed: hashes hold, keys are made, the demo is served, and
    lets in whom it names. The one test that signs in against the product's own hash of a password."""
    _clone(tmp_path)
    port = free_port()
    door = f"http://127.0.0.1:{port}/account/login/"
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            ["make", "run", f"PYTHON={sys.executable}", "VENV=.venv"],
            cwd=tmp_path,
            env={**kept, **pip, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_for(door, process)
            led_to = _sign_in(door)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)  # Ctrl-C
            code = process.wait(timeout=40)
    said = (tmp_path / "log").read_text()
    assert code in {0, -signal.SIGINT}, said
    assert f"http://127.0.0.1:{port}" in said
    assert "petugas, verifikator, kepala, karangtaruna, admin" in said
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert led_to == "/registrations/"
    with closing(sqlite3.connect(tmp_path / "var" / "jemputbola.sqlite3")) as stored:
        hashes = stored.execute("SELECT password FROM outreach_user WHERE username = 'petugas'").fetchall()
    assert [one.rpartition("$")[0].rpartition("$")[0] for (one,) in hashes] == [
        "argon2$argon2id$v=19$m=102400,t=2,p=8"
    ]


def _refusal(command: list[str], **changes: str) -> tuple[int, list[str]]:
    """(exit code, the lines that are ours); fails on a traceback."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert "hemlig" not in said
    return done.returncode, [line for line in said.splitlines() if "cannot start" in line]


GUNICORN = ["-m", "gunicorn", "--no-control-socket", "-b", "127.0.0.1:0", "outreach.wsgi"]
OURS = ["-m", "gunicorn", "-c", "python:outreach.gunicorn_conf", "outreach.wsgi"]


@pytest.mark.parametrize(
    "command", [["manage.py", "check"], ["manage.py", "serve"], GUNICORN], ids=lambda c: c[1]
)
@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "DATABASE_URL",
            "mysql://u:hemlig@h/db",
            "must begin with postgres://, postgresql:// or sqlite:///.",
        ),
        ("FIELD_KEYS", "1:hemlig", "entry 1 is not 32 bytes in base64."),
        ("PORT", "80000", "must be a whole number from 1 to 65535."),
        ("DEMO", "hemlig", "must be 0 or 1."),
    ],
)
def test_malformed_setting_is_one_line(command, name, value, line):
    code, lines = _refusal(command, **{name: value})
    assert code in {1, 3}
    assert len(lines) == 1
    assert lines[0].startswith(f"Jemput Bola cannot start: {name}")
    assert lines[0].endswith(line)


@pytest.mark.parametrize(
    "command", [["manage.py", "serve"], GUNICORN, OURS], ids=["serve", "gunicorn", "ours"]
)
def test_unsafe_production_is_a_line_a_fault(command, tmp_path):
    unsafe = {"DEMO": "0", "DEBUG": "1", "FIELD_KEYS": "", "PUBLIC_URL": "http://x", "VAR_DIR": str(tmp_path)}
    code, lines = _refusal(command, PORT=str(free_port()), **unsafe)
    assert code in {1, 3}
    assert sorted(line.rpartition("(outreach.")[2] for line in lines) == [
        "E001)",
        "E004)",
        "E005)",
        "E006)",
        "E010)",
    ]


def test_missing_keys_are_a_line_each():
    code, lines = _refusal(GUNICORN, SECRET_KEY="", FIELD_KEYS="", INDEX_KEYS="", AUDIT_KEYS="")
    assert code == 3
    assert len(lines) == 4


def test_demo_listens_to_nobody_else():
    code, lines = _refusal([*OURS, "-b", f"0.0.0.0:{free_port()}"])
    assert code == 1
    assert lines == ["Jemput Bola cannot start: the demo listens on 127.0.0.1 only."]


def test_serve_on_a_taken_port_is_one_line(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, lines = _refusal(["manage.py", "serve"], PORT=port, VAR_DIR=str(tmp_path))
    assert code == 1
    assert len(lines) == 1
    assert f"127.0.0.1:{port}: " in lines[0]


def test_serve_without_its_database_is_one_line(tmp_path):
    url = f"postgres://u:hemlig@127.0.0.1:{free_port()}/x"
    code, lines = _refusal(
        ["manage.py", "serve"], DATABASE_URL=url, VAR_DIR=str(tmp_path), PORT=str(free_port())
    )
    assert code == 1
    assert len(lines) == 1


def test_gunicorn_without_its_database_serves_503(tmp_path):
    """A database that is away at start must not keep the web server from coming up: it says so on its pages."""
    site = Site(f"postgres://u:hemlig@127.0.0.1:{free_port()}/x", tmp_path)
    site.run("from outreach.static_files import collect_if_changed; collect_if_changed()")
    site.start(command=OURS)
    try:
        assert site.get("readyz") == (503, "database not available\n")
        assert site.get("healthz") == (200, "ok\n")
        status, page = site.get("", cookie="sessionid=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
        assert status == 503
        assert "<h1" in page
    finally:
        site.stop()
    assert "hemlig" not in site.log.read_text()


def test_other_keys_stop_the_server(tmp_path):
    """gunicorn by itself too: a row written with other keys could never be read beside those that are there."""
    with fresh_database(tmp_path, copy_of=os.environ.get("TEST_DATABASE_MIGRATED", "")) as dsn:
        site = Site(dsn, tmp_path)
        site.manage("migrate", "--verbosity=0")
        site.manage("shell", "-c", "from outreach.actions import key_check; key_check.verify_key_check()")
        for command in (["manage.py", "serve"], OURS):
            code, lines = _refusal(
                command,
                DATABASE_URL=dsn,
                VAR_DIR=str(tmp_path),
                PORT=str(free_port()),
                FIELD_KEYS=f"1:{new_key()}",
            )
            assert code in {1, 3}
            assert lines == [
                "Jemput Bola cannot start: FIELD_KEYS is not what this database was written with. (outreach.E009)"
            ]
