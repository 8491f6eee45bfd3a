"""One run: its own PostgreSQL, its own rows, both servers, then line after line in rounds."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from outreach.environ import KEY_SETTINGS, new_key
from tests.bench import approving, machine
from tests.bench.client import BenchFailed, Sample, ask, ceiling, measure
from tests.bench.lines import HOST, Desk, Line
from tests.bench.references import Bare, Inserts, pgbench, prepare_bare
from tests.bench.report import INSERT, Figures, Round, figures, percentile
from tests.runner.cluster import cluster
from tests.server import ROOT, Site, fresh_database

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
GUNICORN = ("-m", "gunicorn", "-c", "python:outreach.gunicorn_conf")
OURS, BARES, COUNTING = "outreach.wsgi", "tests.bench.bare.wsgi", "tests.bench.counted"
SUBMITS = ("submit", "submit_one")
WRITES = (*SUBMITS, "bare_post")
ASKED = 2  # requests to count; the first may fill a cache


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done. `seconds` of each line in each round; `limit` (seconds) stops a run that hangs."""

    rows: int
    rounds: int
    seconds: float
    connections: int
    limit: int


FULL = Size(rows=100_000, rounds=5, seconds=6, connections=8, limit=900)
QUICK = Size(rows=10_000, rounds=3, seconds=2, connections=8, limit=300)
SMALLEST = Size(rows=200, rounds=1, seconds=0.2, connections=2, limit=600)


@dataclass(frozen=True, slots=True)
class Measured:
    """A line, what measures it for so many seconds, and the process whose time is the application's."""

    line: Line
    sample: Callable[[float], Sample]
    app: int | None = None


def say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S', time.gmtime())} {what}", flush=True)


def run(size: Size) -> tuple[list[Figures], dict[str, list[Round]], dict]:
    """(the lines of the table, every round of every line, what they were measured with and on)"""
    pgbench()  # says at once that it is missing
    answered: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jemputbola-bench-")))
        alone = ceiling(connections=size.connections, seconds=min(2, size.seconds))
        say("PostgreSQL")
        os.environ["TEST_DATABASE_URL"] = stack.enter_context(cluster(DURABLE))
        os.environ |= {"ENV_FILE": "", "SECRET_KEY": secrets.token_urlsafe(48)}
        os.environ |= {name: f"1:{new_key()}" for name in KEY_SETTINGS}
        site, bare = (_site(stack, folder / name) for name in ("site", "bare"))
        loaded, cookies = _load(site, size), prepare_bare(bare.environment)
        inserts = Inserts(site.dsn, folder)
        with _serving(site, COUNTING, COUNTED=OURS):
            desk = Desk(site.port, loaded)
            queries = _queries(desk.lines(), site.port, answered)
        with _serving(bare, COUNTING, COUNTED=BARES):
            plain = Bare(bare.port, cookies)
            queries |= _queries(plain.lines(), bare.port, answered)
        with (
            _serving(site, OURS),
            _serving(bare, BARES),
            psycopg.connect(site.dsn, autocommit=True) as database,
        ):
            everything = [
                Measured(
                    Line(INSERT, "pgbench, one INSERT"),
                    lambda seconds: inserts.sample(connections=size.connections, seconds=seconds),
                ),
                *(_measured(line, bare, size) for line in plain.lines()),
                *(_measured(line, site, size) for line in desk.lines()),
            ]
            rounds = _rounds(everything, size, machine.postmaster(database), answered)
            _nothing_lost(database, size.rows + sum(answered[key] for key in SUBMITS))
            facts = {"machine": machine.facts(database), "settings": _settings(size)}
            facts["bulk"] = approving.line(desk, database, site.port)
    facts["client"] = {"rate": alone.rate, "cpu": alone.client_cpu / alone.answered * 1000}
    lines = [
        figures(
            one.line.key, one.line.title, rounds, against=one.line.against, queries=queries.get(one.line.key),
            writes=one.line.key in WRITES,
        )
        for one in everything
    ]  # fmt: skip
    return lines, rounds, facts


def _site(stack: contextlib.ExitStack, folder: Path) -> Site:
    """A production behind a proxy, on a database of its own; not started yet."""
    folder.mkdir()
    dsn = stack.enter_context(fresh_database(folder))
    return Site(
        dsn, folder, DEMO="0", SECOND_FACTOR="1", PUBLIC_URL=f"https://{HOST}", ALLOWED_HOSTS=f"{HOST},127.0.0.1",
        DJANGO_SETTINGS_MODULE="outreach.settings", WEB_CONCURRENCY=os.environ.get("WEB_CONCURRENCY", "2"),
    )  # fmt: skip


def _load(site: Site, size: Size) -> dict:
    """What tests.bench.load prints: everything is there, and the product's own checker has looked at it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", str(size.rows)],
        cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode:
        raise BenchFailed("the rows could not be loaded")
    return json.loads(done.stdout)


@contextlib.contextmanager
def _serving(site: Site, application: str, **settings: str) -> Iterator[None]:
    site.environment.update(settings)
    try:
        site.start([*GUNICORN, application])
        yield
    finally:
        site.stop()


def _queries(lines: list[Line], port: int, answered: Counter[str]) -> dict[str, int]:
    """Statements of one request of each line, by a server that counts (tests/bench/counted.py)."""
    found = {}
    for line in lines:
        for n in range(ASKED):
            found[line.key] = int(ask(port, line.make(n)).headers["x-queries"])
            answered[line.key] += 1
    return found


def _measured(line: Line, site: Site, size: Size) -> Measured:
    def sample(seconds: float) -> Sample:
        return measure(site.port, line.make, connections=size.connections, seconds=seconds)

    return Measured(line, sample, site.process.pid)


def _rounds(
    everything: list[Measured], size: Size, postmaster: int, answered: Counter[str]
) -> dict[str, list[Round]]:
    """Every line once, then every line again. The first round only warms up and counts for nothing."""
    rounds = defaultdict(list)
    for number in range(size.rounds + 1):
        say(f"round {number} of {size.rounds}" if number else "warming up")
        for one in everything:
            before = [machine.cpu_seconds(pid) if pid else None for pid in (one.app, postmaster)]
            sample = one.sample(size.seconds if number else min(1, size.seconds))
            after = [machine.cpu_seconds(pid) if pid else None for pid in (one.app, postmaster)]
            answered[one.line.key] += sample.answered
            if one.line.at_most and answered[one.line.key] > one.line.at_most:
                raise BenchFailed(
                    f"{one.line.title}: more than {one.line.at_most} requests show another page"
                )
            if number:
                rounds[one.line.key].append(_round(sample, before, after))
    return rounds


def _round(sample: Sample, before: list[float | None], after: list[float | None]) -> Round:
    app, database = (
        None if start is None else (end - start) / sample.answered * 1000
        for start, end in zip(before, after, strict=True)
    )
    latencies = [latency * 1000 for latency in sample.latencies]
    return Round(
        rate=sample.rate,
        p50=percentile(latencies, 50),
        p95=percentile(latencies, 95),
        app_cpu=app,
        database_cpu=database,
    )


def _nothing_lost(database: psycopg.Connection, expected: int) -> None:
    """What was answered is stored, once."""
    stored = database.execute("SELECT count(*) FROM enrolment_registration").fetchone()[0]
    if stored != expected:
        raise BenchFailed(f"{stored} registrations are stored, {expected} were loaded and answered")


def _settings(size: Size) -> dict[str, str]:
    # Not at the top: it reads the environment, which is not the developer's own by now.
    from outreach.gunicorn_conf import threads, worker_class, workers

    return {
        "registrations": f"{size.rows:,} in one event of 8 booths, 40 officers, 10 days; 5 % of them wait",
        "rounds": f"{size.rounds} of {size.seconds:g} s a line, after a round to warm up",
        "connections": str(size.connections),
        "gunicorn": f"{workers} workers of {threads} threads ({worker_class})",
        "PostgreSQL": ", ".join(f"{name}={value}" for name, value in DURABLE.items()),
    }
