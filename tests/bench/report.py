"""From samples to figures, and from figures to a table, JSON and docs/performance.md. Pure: no clock, no server."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

HEADINGS = (
    "line", "requests/s", "(lowest–highest)", "p50 ms", "p95 ms", "queries", "app CPU ms", "PostgreSQL CPU ms",
    "× bare", "× insert",
)  # fmt: skip
INSERT = "insert"
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement of one line. Times in ms; CPU for each answered request, None where it is not known."""

    rate: float
    p50: float
    p95: float
    app_cpu: float | None
    database_cpu: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A line of the table. `against_bare` and `against_insert` are ratios of requests a second, 1.0 = as many."""

    key: str
    title: str
    rate: float
    lowest: float
    highest: float
    p50: float
    p95: float
    queries: int | None
    app_cpu: float | None
    database_cpu: float | None
    against_bare: float | None
    against_insert: float | None


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many per cent of the values do not exceed (nearest rank)."""
    if not values:
        raise ValueError("no values, no percentile")
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def ratio(ours: Sequence[Round], theirs: Sequence[Round]) -> float:
    """The median of the rounds' own ratios: what disturbed the machine for a round disturbed both."""
    return median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))


def figures(
    key: str,
    title: str,
    rounds: dict[str, list[Round]],
    *,
    against: str = "",
    queries: int | None = None,
    writes: bool = False,
) -> Figures:
    """Medians over a line's rounds. `rounds` holds those of every line; `writes`: an insert is a fair measure."""
    own = rounds[key]
    rates = [one.rate for one in own]
    return Figures(
        key=key,
        title=title,
        rate=median(rates),
        lowest=min(rates),
        highest=max(rates),
        p50=median(one.p50 for one in own),
        p95=median(one.p95 for one in own),
        queries=queries,
        app_cpu=_median_or_none([one.app_cpu for one in own]),
        database_cpu=_median_or_none([one.database_cpu for one in own]),
        against_bare=ratio(own, rounds[against]) if against else None,
        against_insert=ratio(own, rounds[INSERT]) if writes else None,
    )


def _median_or_none(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def cells(one: Figures) -> tuple[str, ...]:
    return (
        one.title,
        number(one.rate),
        f"{number(one.lowest)}–{number(one.highest)}",
        number(one.p50),
        number(one.p95),
        NOTHING if one.queries is None else str(one.queries),
        number(one.app_cpu),
        number(one.database_cpu),
        number(one.against_bare),
        number(one.against_insert),
    )


def number(value: float | None) -> str:
    """Three digits that mean something: 1234, 123, 12.3, 1.23, 0.123."""
    if value is None:
        return NOTHING
    rounded = float(f"{value:.3g}")
    if not rounded:
        return "0"
    return f"{value:.{max(0, min(3, 2 - math.floor(math.log10(abs(rounded)))))}f}"


def table(rows: Sequence[Figures]) -> str:
    """A Markdown table that also reads well in a terminal."""
    lines = [HEADINGS, *(cells(row) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADINGS))]
    head, *body = [_row(line, widths) for line in lines]
    rule = "|".join(["", "-" * (widths[0] + 2), *(f"{'-' * (width + 1)}:" for width in widths[1:]), ""])
    return "\n".join([head, rule, *body])


def _row(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
    return f"| {' | '.join(padded)} |"


def as_json(rows: Sequence[Figures], rounds: dict[str, list[Round]], facts: dict) -> str:
    """Everything that was measured, every round too."""
    return json.dumps(
        {
            **facts,
            "lines": [asdict(row) for row in rows],
            "rounds": {key: [asdict(one) for one in found] for key, found in rounds.items()},
        },
        indent=2,
        ensure_ascii=False,
    )


def page(rows: Sequence[Figures], facts: dict) -> str:
    """docs/performance.md."""
    settings, machine = facts["settings"], facts["machine"]
    return PAGE.format(
        table=table(rows),
        commit=facts["commit"],
        date=facts["date"],
        bytes=facts["bytes"],
        million=facts.get("million", ""),
        bulk=facts.get("bulk", ""),
        machine="\n".join(f"| {name} | {value} |" for name, value in machine.items()),
        settings="\n".join(f"| {name} | {value} |" for name, value in settings.items()),
        **{name: number(value) for name, value in facts["client"].items()},
    )


def section(page: str, heading: str) -> str:
    """A section of the page as it stands, its heading included; empty where there is none."""
    _, found, tail = page.partition(heading)
    return f"{heading}{tail.partition(NEXT)[0]}" if found else ""


def put_into(page: str, new: str) -> str:
    """The page with the section that `new` has the heading of replaced; a new one comes before how it is measured."""
    heading = new.partition("\n")[0] + "\n"
    old = section(page, heading)
    return page.replace(old, new) if old else page.replace(LAST, f"{new}\n{LAST}")


NEXT, LAST = "\n## ", "## How it is measured\n"

PAGE = """\
# How fast it is

Written by `make bench`, never by hand. Commit {commit}, {date}.

{table}

One press of the reviewer's, not in a round: {bulk}.

Medians of interleaved rounds: every line once, then every line again, so that whatever disturbed the machine
disturbed all. `× bare` and `× insert` are ratios of requests a second within a round, and of those the median: 0.5
means half as many. They travel from machine to machine; requests a second do not. Latencies are those of a server
that is kept busy: each connection sends as soon as it has its answer, so p50 is about connections ÷ requests a
second.

## What the lines are
- **insert**: `pgbench` inserts one row a transaction into a copy of the registrations (`CREATE TABLE … (LIKE
  enrolment_registration INCLUDING INDEXES)`, filled with the same rows), of the same width and under the same
  indexes, but without foreign keys, checks and triggers. The most that this database can take.
- **bare Django**: one ModelForm of twenty plain fields, sessions, sign-in, csrf, one INSERT; the same gunicorn
  settings, the same PostgreSQL. What Django costs before there is any software.
- **form page**: the officer's empty form. **check-answers**: a filled form, all its checks, the price, the look for
  twins, a row in the audit chain; nothing is stored. **submit**: the same form stored, with its version, its
  decision and its row of the chain; answered after the commit. Every worker is a new one. *Eight branches* is a
  province's day; *one branch* is the worst case, for a branch's audit chain is written by one after the other.
- **review list**: the first page of those that wait. **counts**: the head's page of one event that holds all loaded
  rows.
- **queries**: statements through Django's cursor; BEGIN and COMMIT are not counted. **CPU**: processor time of
  gunicorn and of PostgreSQL for each request.

{bytes}
{million}## How it is measured
A PostgreSQL of its own with everything on that a power cut needs (fsync, synchronous_commit, full_page_writes),
otherwise with its defaults. The site runs as a production, with its own gunicorn configuration; only TLS is
missing, the client says what the proxy would. Rows are loaded by COPY with all constraints and triggers on, and
`verify_counts` must find them equal to the page's figures. Every answer is checked, a wrong one stops the bench,
and at the end the database must hold each submission that was answered, no more and no less. Client, servers and
database share one machine. The client alone, against a server that does nothing, makes {rate} requests/s; its own
processor time is {cpu} ms a request.

| machine | |
|---|---|
{machine}

| settings | |
|---|---|
{settings}

By hand: `make bench` (ten minutes, writes this page), `make bench ARGS=--quick` (two minutes, writes nothing but
`var/bench/`), `make bench ARGS=--bytes` (writes the bytes alone), `make bench ARGS=--million` (ten minutes, writes
the queue among 1,000,000 alone). Each run leaves its figures, round by round, as
JSON in `var/bench/`.
"""
