"""The review queue among a million registrations: one run, and its section of docs/performance.md."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from outreach.environ import KEY_SETTINGS, new_key
from tests.bench import machine
from tests.bench.client import BenchFailed
from tests.bench.lines import HOST
from tests.bench.report import number
from tests.runner.cluster import cluster
from tests.server import ROOT, Site, fresh_database

HEADING = "## The review queue among 1,000,000 registrations\n"
ROWS, REQUESTS, LIMIT = 1_000_000, 40, 1_800
TARGET = 50
"""Milliseconds of the server for a page of fifty rows."""
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
}
SAID = """\
Commit {commit}, {date}. {rows:,} registrations of eight branches, of which the reviewer's has two of five; three
years of events with booths and officers; about 3 % wait, most are approved with their participation, 5 % have a
warning, 1 % are twins. Loaded in {loaded:.0f} s with all constraints, triggers and indexes on. A thousand are built
whole; the others are copies made inside PostgreSQL, each with its own ids, reference, blind indexes, search words,
sealed name, origin, time, state, decisions. What no list opens is the copied ciphertext, and copies have neither
versions nor a place in the audit chain.

Server time: the WSGI application with the site's own settings, called in one process after the other, from the
request to the last byte; no socket, no browser, nothing compressed. Of {requests} requests each, after a few to warm
up: median and 95th percentile; and the time in statements to PostgreSQL ({settings}) over a socket of this machine.
"yes" where even the 95th percentile keeps within {target} ms, "median" where only the median does.

{table}
"""
HEADINGS = ("page", "median ms", "p95 ms", "in PostgreSQL ms", "queries", f"≤ {TARGET} ms")


def run(rows: int) -> dict:
    """What tests.bench.timed prints, of a database of its own."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jemputbola-million-")))
        os.environ["TEST_DATABASE_URL"] = stack.enter_context(cluster(SETTINGS))
        os.environ |= {"ENV_FILE": "", "SECRET_KEY": secrets.token_urlsafe(48)}
        os.environ |= {name: f"1:{new_key()}" for name in KEY_SETTINGS}
        dsn = stack.enter_context(fresh_database(folder))
        site = Site(
            dsn, folder, DEMO="0", SECOND_FACTOR="1", PUBLIC_URL=f"https://{HOST}", ALLOWED_HOSTS=f"{HOST},127.0.0.1",
            DJANGO_SETTINGS_MODULE="outreach.settings",
        )  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.timed", str(rows), str(REQUESTS)],
            cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        if done.returncode:
            raise BenchFailed("the rows could not be loaded, or a page did not answer as it must")
        with psycopg.connect(dsn) as database:
            return {**json.loads(done.stdout), "machine": machine.facts(database)}


def verdict(line: dict) -> str:
    """Within the target?"""
    return "yes" if line["p95"] <= TARGET else "median" if line["middle"] <= TARGET else "no"


def section(found: dict, *, commit: str) -> str:
    """The page's section, heading included."""
    rows = [
        (
            line["title"],
            *(number(line[key]) for key in ("middle", "p95", "database")),
            str(line["queries"]),
            verdict(line),
        )
        for line in found["lines"]
    ]
    head, rule = f"| {' | '.join(HEADINGS)} |", "|---|--:|--:|--:|--:|---|"
    table = "\n".join([head, rule, *(f"| {' | '.join(row)} |" for row in rows)])
    machine_words = ", ".join(f"{found['machine'][name]}" for name in ("processor", "memory"))
    said = SAID.format(
        commit=commit,
        date=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        rows=found["rows"],
        loaded=found["loaded"],
        requests=REQUESTS,
        settings=f"{found['machine']['PostgreSQL']}, " + ", ".join(f"{k}={v}" for k, v in SETTINGS.items()),
        target=TARGET,
        table=table,
    )
    return f"{HEADING}{said}\nOn {machine_words}.\n"
