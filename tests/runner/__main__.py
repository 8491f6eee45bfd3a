"""The whole suite: lint, everything on PostgreSQL, and on SQLite what is not bound to the other and may differ there:
what uses a database (conftest.py marks it) and walks no pages.

Three runs go on at the same time, for two processors: the bulk of the tests on PostgreSQL; those with a browser, which
waits often enough to leave the others room; and those on SQLite, then what has other processes of its own (races,
servers). PostgreSQL is migrated once; each run, and each site and race, begins with a copy. So do the sites with the
static files that the first of them has collected.

Arguments are pytest's; with some given, only PostgreSQL is run, on what they name. `--lint-only` says what it does.
With CI=true whatever is absent is a failure (tests/conftest.py fails skipped tests).
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from tests.runner import chromium
from tests.runner.cluster import cluster
from tests.server import swap

ROOT = Path(__file__).resolve().parent.parent.parent
CI = os.environ.get("CI") == "true"
PYTHON = [sys.executable]
# Who waits for whom is seen as well after a tenth of a second as after a whole one.
FOR_TESTS = {"deadlock_timeout": "100ms"}


def _step(title: str, command: list[str], **environment: str) -> str:
    """Run one command; its title when it failed, else ''."""
    print(f"--- {title}", flush=True)
    # Its own process group's signals: Ctrl-C reaches pytest and this process, and both clean up.
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment})
    return title if done.returncode else ""


@contextlib.contextmanager
def _beside(title: str, command: list[str], **environment: str) -> Iterator[Callable[[], str]]:
    """The same at the same time: what is yielded waits for the end, shows the output and answers as `_step` does."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )

        def finish() -> str:
            code = process.wait()
            output.seek(0)
            print(f"--- {title}\n{output.read()}", end="", flush=True)
            return title if code else ""

        try:
            yield finish
        finally:
            process.terminate()  # nothing, if it has ended
            process.wait()


def lint() -> list[str]:
    templates = sorted(
        str(path)
        for folder in ("templates", "outreach", "enrolment")
        for path in (ROOT / folder).rglob("*.html")
    )
    djade = Path(sys.executable).parent / "djade"
    manage = {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": "", "ENV_FILE": ""}
    return [
        _step("ruff check", [*PYTHON, "-m", "ruff", "check", "."]),
        _step("ruff format", [*PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."]),
        _step("djade", [str(djade), "--target-version", "5.2", "--check", *templates]) if templates else "",
        _step("migrations", [*PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], **manage),
    ]


@contextlib.contextmanager
def _migrated(url: str) -> Iterator[str]:
    """The name of a migrated database on that server, for the tests to copy; dropped at the end."""
    name = f"migrated_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        if _step("a database to copy", [*PYTHON, "-m", "tests.migrating"], TEST_DATABASE_URL=swap(url, name)):
            raise RuntimeError("the database could not be migrated")
        yield name
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def suite(arguments: list[str]) -> tuple[list[str], list[str]]:
    """(titles of what failed, what was not run and why)"""
    failed, absent = [], []
    browser = chromium.find_or_install()
    if not browser:
        absent.append(
            "browser tests: no Chromium here, and it could not be installed (apt-get install chromium)"
        )
    with contextlib.ExitStack() as stack:
        finish = []
        if not arguments:
            linting = [*PYTHON, "-m", "tests.runner", "--lint-only"]
            finish.append(stack.enter_context(_beside("lint", linting)))
        url = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(cluster(FOR_TESTS))
        pytest = [*PYTHON, "-m", "pytest", *arguments]
        environment = {
            "TEST_DATABASE_URL": url,
            "TEST_DATABASE_MIGRATED": stack.enter_context(_migrated(url)),
            "CHROMIUM": browser or "",
            "TEST_STATIC_FILES": stack.enter_context(
                tempfile.TemporaryDirectory(prefix="jemputbola-static-")
            ),
        }
        if arguments:
            return [_step("PostgreSQL", pytest, **environment)], absent
        own = "postgres or browser or once"
        of_its_own = {
            title: {**environment, "TEST_DATABASE_SUFFIX": f"_{title}"} for title in ("browser", "races")
        }
        finish += [
            stack.enter_context(_beside("PostgreSQL", [*pytest, "-m", f"not ({own})"], **environment)),
            stack.enter_context(
                _beside("PostgreSQL: browser", [*pytest, "-m", "browser"], **of_its_own["browser"])
            ),
        ]
        sqlite = [*pytest, "-m", f"database and not walk and not ({own})"]
        races = [*pytest, "-m", "(postgres or once) and not browser"]
        failed.append(_step("SQLite", sqlite, TEST_DATABASE_URL=""))
        failed.append(_step("PostgreSQL: races, servers", races, **of_its_own["races"]))
        failed += [wait() for wait in finish]
    return failed, absent


def main() -> int:
    # A terminated run removes its cluster too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Three runs and their forty processes would each compile the same code, and pytest rewrite the same asserts.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    arguments = sys.argv[1:]
    failed, absent = [], []
    try:
        if arguments == ["--lint-only"]:
            failed += lint()
        else:
            new_failed, absent = suite(arguments)
            failed += new_failed
    except KeyboardInterrupt:
        return 130
    except RuntimeError as error:
        failed.append(str(error))
    failed = [title for title in failed if title]
    for line in absent:
        print(f"\n!!! NOT RUN: {line}", file=sys.stderr)
    if failed:
        print(f"\nFAILED: {'; '.join(failed)}", file=sys.stderr)
    return 1 if failed or (absent and CI) else 0


sys.exit(main())
