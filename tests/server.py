"""A real gunicorn on a database of its own, with hashed static files and the demo: what a browser test visits."""

import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 180  # seconds; the first start loads the demo
_collected = tempfile.TemporaryDirectory(prefix="jemputbola-static-")
COLLECTED = Path(os.environ.get("TEST_STATIC_FILES") or _collected.name, "var")
"""Static files as the first site of this run collected them, for the next to begin with: packing costs seven seconds.
The runner names one place for all its processes. Nothing of another run is in it, so that a source that is gone is
missed."""


def environment(**changes: str) -> dict[str, str]:
    """The environment for a process of ours: nothing of the developer's own settings, no .env."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "TMPDIR", "CHROMIUM", "TEST_STATIC_FILES")
        if name in os.environ
    }
    own = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEYS", "AUDIT_KEYS")
    keys = {name: os.environ[name] for name in own}  # tests/settings.py has put them there
    ours = {"ENV_FILE": "", "DEMO": "1", "SECOND_FACTOR": "0"}
    return {**kept, **keys, **ours, **changes}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def fresh_database(folder: Path, copy_of: str = ""):
    """The URL of an empty database, or of a copy of another one in which nobody is: on TEST_DATABASE_URL's server,
    else a SQLite file in the folder."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        file = folder / "site.sqlite3"
        if copy_of:
            with (
                closing(sqlite3.connect(copy_of.removeprefix("sqlite:///"))) as original,
                closing(sqlite3.connect(file)) as copy,
            ):
                original.backup(copy)  # a copied file would lack what its log still holds
        yield f"sqlite:///{file}"
        return
    name = f"site_{secrets.token_hex(6)}"
    template = f" TEMPLATE {copy_of.rpartition('/')[2].partition('?')[0]}" if copy_of else ""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}{template}")
    try:
        yield swap(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def swap(url: str, name: str) -> str:
    """The same server, another database."""
    head, _, rest = url.partition("://")
    authority, _, tail = rest.partition("/")
    _, question, query = tail.partition("?")
    return f"{head}://{authority}/{name}{question}{query}"


class Site:
    """A running site. `.url`, `.dsn` (a DATABASE_URL), `.log` (Path), `.manage("command", …)` and `.run(code)` → what
    was printed."""

    def __init__(self, dsn: str, folder: Path, **settings: str):
        self.dsn, self.log, self.port = dsn, folder / "site.log", free_port()
        self.url, self.var = f"http://127.0.0.1:{self.port}", folder / "var"
        self.environment = environment(
            DATABASE_URL=dsn, VAR_DIR=str(self.var), PORT=str(self.port), **settings
        )
        self.process = self.desk = None
        _lend_static_files(self.var)

    def manage(self, *arguments: str) -> str:
        """Run a management command on the site's database; its standard output. Fails as the command does."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def run(self, code: str) -> str:
        """What the code prints, run on the site's database by a process that has Django loaded (tests/desk.py).
        RuntimeError with the traceback when it fails."""
        if self.desk is None:
            self.desk = subprocess.Popen(
                [sys.executable, "-m", "tests.desk"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        self.desk.stdin.write(json.dumps(code) + "\n")
        self.desk.stdin.flush()
        answer = json.loads(self.desk.stdout.readline())
        if answer["failed"]:
            raise RuntimeError(answer["failed"])
        return answer["said"]

    def start(self, command: tuple[str, ...] | list[str] = ("manage.py", "serve")) -> None:
        """Start the server and wait until it answers; RuntimeError with its log when it does not."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + START_LIMIT
        while self.get("healthz")[0] != 200:
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"the site did not start:\n{self.log.read_text()}")
            time.sleep(0.05)
        _keep_static_files(self.var)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=40)
            self.process = None
        if self.desk is not None:
            self.desk.communicate(timeout=40)  # nothing more to do, and it ends
            self.desk = None

    def get(self, path: str, cookie: str = "") -> tuple[int, str]:
        """(status, body) of one GET, redirects followed; (0, '') when nobody listens."""
        request = urllib.request.Request(f"{self.url}/{path}", headers={"Cookie": cookie})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()
        except OSError:
            return 0, ""


def _lend_static_files(var: Path) -> None:
    if COLLECTED.exists() and not (var / "static").exists():
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copytree(COLLECTED, var, dirs_exist_ok=True)


def _keep_static_files(var: Path) -> None:
    note = var / "static.collected"
    if note.exists() and not COLLECTED.exists():
        whole = Path(tempfile.mkdtemp(dir=COLLECTED.parent))
        shutil.copytree(var / "static", whole / "static")
        shutil.copy2(note, whole)
        with suppress(OSError):  # another process was faster
            whole.rename(COLLECTED)


@contextmanager
def running_site(folder: Path, copy_of: str = "", **settings: str):
    """A started Site on a database of its own (fresh_database); stopped and dropped at the end."""
    with fresh_database(folder, copy_of) as dsn:
        site = Site(dsn, folder, **settings)
        site.start()
        try:
            yield site
        finally:
            site.stop()
