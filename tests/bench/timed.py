"""`python -m tests.bench.timed ROWS REQUESTS`: how long the server works for each page of the review queue when the
table has so many rows. Loads an empty database, then asks the WSGI application itself, in this process, with the
site's own settings and a real PostgreSQL: no socket, no second request beside it. Prints one JSON line.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from io import BytesIO
from statistics import median
from urllib.parse import urlencode

import django

django.setup()

from django.core.management import call_command  # noqa: E402  models need the set-up above
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from enrolment.choices import State  # noqa: E402
from enrolment.models import Registration, SearchWord  # noqa: E402
from outreach.actions.key_check import verify_key_check  # noqa: E402
from outreach.choices import Role  # noqa: E402
from outreach.models import Booth, Branch, Campaign, Event, User  # noqa: E402
from outreach.static_files import collect_if_changed  # noqa: E402
from tests.bench import bulk  # noqa: E402
from tests.bench.lines import HOST, QUEUE_PATH, Csrf  # noqa: E402
from tests.bench.load import _assign, _event, _person, _session, say  # noqa: E402
from tests.bench.report import percentile  # noqa: E402
from tests.bench.rows import Writer  # noqa: E402

WHOLE = 1_000  # registrations that are built whole, of which the others are copies
SHARES = (40, 20, 10, 10, 5, 5, 5, 5)  # of a hundred rows, so many are of each branch
EVENTS, BOOTHS, OFFICERS = 36, 4, 24  # of each branch, in three years
WARM = 3


def main(count: int, requests: int) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    collect_if_changed()
    verify_key_check()
    begun = time.monotonic()
    reviewer = _world(count)
    say(f"loaded in {time.monotonic() - begun:.0f} s; VACUUM ANALYZE")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    _adds_up(count)
    loaded = time.monotonic() - begun
    desk = Desk(_session(reviewer))
    lines = [desk.time(line, requests) for line in _lines(reviewer)]
    print(json.dumps({"rows": count, "loaded": loaded, "lines": [asdict(one) for one in lines]}))


def _world(count: int) -> User:
    """Branches, their events of three years with booths and officers, and the registrations. The first branch's
    reviewer, the busiest."""
    today, campaign = timezone.localdate(), Campaign.objects.create(name="Kerja Keras Bebas Cemas")
    stands, first = [], None
    for number, share in enumerate(SHARES, 1):
        branch = Branch.objects.create(slug=f"cabang-{number}", name=f"Cabang {number}", regency_code="31.72")
        reviewer = _person(f"verifikator-{number}", Role.REVIEWER, branch)
        officers = [_person(f"{branch.slug}-petugas-{n}", Role.OFFICER, branch) for n in range(OFFICERS)]
        for n in range(EVENTS):
            day = today - timedelta(days=3 + 30 * n)
            event = _event(f"bazar-{number}-{n}", branch, campaign, day, day + timedelta(days=1))
            booths = [Booth.objects.create(event=event, code=code) for code in "ABCD"[:BOOTHS]]
            for turn in range(BOOTHS * 2):
                officer, booth = officers[(n + turn) % OFFICERS], booths[turn % BOOTHS]
                _assign(officer, booth)
                one = bulk.Stand(
                    branch.pk, event.pk, booth.pk, officer.pk, reviewer.pk, bulk.at_opening(day), n < 3
                )
                stands += [one] * (share // 5)
            if first is None and n == EVENTS - 1:
                first = (reviewer, event)
    reviewer, event = first
    # Neighbours are of different branches and events.
    stands.sort(key=lambda one: (one.officer * 7 + one.event * 13 + one.booth * 31) % 1009)
    say(f"{WHOLE:,} whole registrations, {count - WHOLE:,} copies")
    Writer(event, reviewer).write(WHOLE)
    bulk.load(count - WHOLE, stands, of=event.pk)
    return reviewer


def _adds_up(count: int) -> None:
    """What was loaded is there, its states are those of its decisions, and who is approved has a participation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM enrolment_registration), (SELECT count(*) FROM enrolment_registration r"
            " JOIN LATERAL (SELECT target FROM enrolment_decision d WHERE d.registration_id = r.id"
            " ORDER BY number DESC LIMIT 1) last ON last.target = r.state),"
            " (SELECT count(*) FROM enrolment_registration WHERE state = 'approved'),"
            " (SELECT count(*) FROM enrolment_participation WHERE ended_at IS NULL)"
        )
        stored, as_decided, approved, live = cursor.fetchone()
    if (stored, as_decided, live) != (count, count, approved):
        raise SystemExit(
            f"{stored} rows, {as_decided} as decided, {approved} approved, {live} live: {count} meant"
        )


@dataclass(frozen=True, slots=True)
class Timed:
    """A page: milliseconds of the server from the request to the last byte of its answer (median, p95), those of them
    that PostgreSQL had a statement (median), and how many statements there were."""

    title: str
    middle: float
    p95: float
    database: float
    queries: int


@dataclass(frozen=True, slots=True)
class Line:
    """`path` with what is posted to it, or nothing; `rows` is what a page must show at least, 0 for a redirect."""

    title: str
    path: str
    posted: dict[str, str] | None = None
    rows: int = 1


class Desk:
    """A signed-in reviewer before the application."""

    def __init__(self, session: str) -> None:
        from outreach.wsgi import application  # not before its static files are collected

        self.application, self.session, self.csrf = application, session, Csrf()
        headers, body = self.ask(Line("", QUEUE_PATH))
        cookies = (value.strip().partition(";")[0] for name, value in headers if name == "Set-Cookie")
        (cookie,) = (one for one in cookies if one.startswith("__Host-csrf="))
        answer = type("Answer", (), {"cookies": (cookie,), "body": body})
        self.csrf = Csrf.of(answer, cookie="__Host-csrf")

    def time(self, line: Line, requests: int) -> Timed:
        spent, asked, sent = [], [], 0

        def watch(execute, *arguments):
            nonlocal sent
            sent += 1
            begun = time.perf_counter()
            try:
                return execute(*arguments)
            finally:
                asked[-1] += time.perf_counter() - begun

        with connection.execute_wrapper(watch):
            for _ in range(WARM + requests):
                asked.append(0.0)
                sent = 0
                begun = time.perf_counter()
                _headers, body = self.ask(line)
                spent.append(time.perf_counter() - begun)
                if body.count(b'class="jb-ref"') < line.rows:
                    raise SystemExit(f"{line.title}: too few rows")
        spent, asked = ([value * 1000 for value in values[WARM:]] for values in (spent, asked))
        say(f"{line.title}: {median(spent):.1f} ms, PostgreSQL {median(asked):.1f}")
        return Timed(line.title, median(spent), percentile(spent, 95), median(asked), sent)

    def ask(self, line: Line) -> tuple[list[tuple[str, str]], bytes]:
        """The answer's headers and body; the body is not compressed, so that it can be looked at."""
        path, _, query = line.path.partition("?")
        body = b""
        if line.posted is not None:
            body = urlencode({"csrfmiddlewaretoken": self.csrf.token, **line.posted}).encode()
        environ = {
            "REQUEST_METHOD": "GET" if line.posted is None else "POST", "SCRIPT_NAME": "", "PATH_INFO": path,
            "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": HOST, "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_X_FORWARDED_FOR": "127.0.0.1", "HTTP_ORIGIN": f"https://{HOST}",
            "HTTP_COOKIE": f"__Host-session={self.session}; {self.csrf.cookie}",
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr,
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        started = []
        answer = self.application(environ, lambda status, headers, _=None: started.append((status, headers)))
        with closing(answer):
            body = b"".join(answer)
        ((status, headers),) = started
        if not status.startswith(("200", "302")):
            raise SystemExit(f"{line.title}: {status}")
        return headers, body


def _lines(reviewer: User) -> Iterator[Line]:
    """Of the branch that has two of five rows."""
    branch = Registration.objects.filter(branch=reviewer.branch_id)
    recent = Event.objects.filter(branch=reviewer.branch_id).order_by("-first_day")
    new, old = recent[0], recent[EVENTS // 2]
    officer = branch.waiting().first().officer_id

    def deep(rows) -> str:
        """The reference of a row in the middle of what a page may come to."""
        return rows[rows.count() // 2].reference

    def page(title: str, query: str = "", rows: int = 1) -> Line:
        return Line(title, f"{QUEUE_PATH}?{query}" if query else QUEUE_PATH, rows=rows)

    yield page("waiting, first page", rows=50)
    yield page("waiting, in the middle", f"newer={deep(branch.waiting())}", rows=50)
    yield page("waiting, of an event", f"event={new.slug}", rows=50)
    yield page("waiting, of an event where nobody waits", f"event={old.slug}", rows=0)
    yield page("waiting, of a booth", f"event={new.slug}&booth=A", rows=50)
    yield page("waiting, of an officer", f"officer={officer}")
    yield page("waiting, package L", "package=L", rows=50)
    yield page("waiting, transport", "sector=transport", rows=50)
    for flag in ("clean", "warned", "nik_sex"):
        yield page(f"waiting, {flag}", f"flag={flag}", rows=50)
    yield page("waiting, twin", "flag=twin")  # those among queue.STRETCH
    yield page("waiting, a rare warning", "flag=sector_mixed", rows=0)
    yield page("waiting, event and package and clean", f"event={new.slug}&package=L&flag=clean", rows=50)
    for state in (State.APPROVED, State.RETURNED, State.REJECTED, State.WITHDRAWN, State.LAPSED):
        yield page(f"{state}, first page", f"state={state}", rows=50)
    approved = branch.filter(state=State.APPROVED).order_by("-received_at", "-id")
    yield page("approved, in the middle", f"state=approved&older={deep(approved)}", rows=50)
    yield page("approved, of an old event", f"state=approved&event={old.slug}", rows=50)
    yield page("approved, transport and package L", "state=approved&sector=transport&package=L", rows=50)
    yield page("approved, twin", "state=approved&flag=twin", rows=0)
    yield page("approved, a rare warning", "state=approved&flag=sector_mixed", rows=1)
    yield from _searches(branch)
    yield Line("take the longest waiting", f"{QUEUE_PATH}take/", {}, rows=0)


def _searches(branch) -> Iterator[Line]:
    path, n = f"{QUEUE_PATH}search/", 54_321 % branch.count()
    while not branch.filter(nik_index=bulk.nik_index(_nik(n))).exists():
        n += 1
    first, second = bulk.name(n)
    yield Line("search by NIK", path, {"q": _nik(n)})
    yield Line("search by phone", path, {"q": f"0813{n:08}"})
    yield Line("search by a name that 3 % have", path, {"q": first}, rows=50)
    common = SearchWord.objects.filter(
        branch=branch.first().branch_id, word_index=bulk.word_index(first.lower())
    )
    middle = common.order_by("-received_at", "-registration_id")[common.count() // 2].registration.reference
    yield Line("the same, in the middle", path, {"q": first, "older": middle}, rows=50)
    yield Line("search by a common and a rare word", path, {"q": f"{first} {second}"})
    yield Line(
        "search by two words that nobody has together",
        path,
        {"q": f"{bulk.COMMON[0]} {bulk.COMMON[1]}"},
        rows=0,
    )


def _nik(n: int) -> str:
    return bulk.nik_of(n, born=bulk.born_on(n), region="317303")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
