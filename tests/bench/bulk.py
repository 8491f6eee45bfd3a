"""A million registrations in minutes: a few are built whole by `rows.Writer`, and PostgreSQL copies them many times.

Each copy has what a list asks for of its own: ids, reference, token, the blind indexes, the sealed name with its words,
origin, time, state, warnings, and for its state the decisions and the participation. All constraints, triggers and
indexes are on. What no list opens (address, birth date …) is the copied ciphertext, sealed for another row: it would
not open, and nothing here asks. Copies have no version and no row in the audit chain.
"""

import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from uuid import uuid4

from django.db import connection, connections, transaction

from enrolment import references
from enrolment.entry import nik_index, person_index, phone_index, word_index
from enrolment.models import Registration
from tests.bench.rows import age_of, name_of, nik_of, reference, seal

CHUNK = 25_000
WORKERS = 2
COMMON = (
    "Siti", "Muhammad", "Dewi", "Agus", "Sri", "Ahmad", "Nur", "Eko", "Rini", "Budi", "Wati", "Joko", "Yanto", "Ani",
    "Hadi", "Lestari", "Rudi", "Tuti", "Slamet", "Umi", "Bambang", "Ratna", "Dedi", "Yuni", "Tono", "Maya", "Iwan",
    "Sari", "Darto", "Ika", "Udin", "Mira", "Asep",
)  # fmt: skip
"""Each is the first word of 3 % of the names; the second is one of 9,000."""
OFFSET = 10_000_000  # other numbers than the rows that were built whole


@dataclass(frozen=True, slots=True)
class Stand:
    """An officer at a booth. `recent`: of an event of which many still wait."""

    branch: int
    event: int
    booth: int
    officer: int
    reviewer: int
    first_day: datetime
    recent: bool


def name(n: int) -> tuple[str, str]:
    """The two words of the n-th name."""
    return COMMON[n % len(COMMON)], name_of(n * 7919 % 9_000 + 1).split()[1]


def state_of(n: int, *, recent: bool) -> str:
    """36 of a hundred wait where it is recent; elsewhere most are approved. The last of a hundred is a twin."""
    place = n * 37 % 100
    if n % 100 == 99:
        return "submitted" if recent else "returned"
    if recent and place < 36:
        return "submitted"
    return (
        "approved" if place < 90 else ("returned", "rejected", "rejected", "withdrawn", "lapsed")[place % 5]
    )


def warnings_of(n: int) -> str:
    """5 % have some; one code is rare."""
    if n % 100 == 99:
        return '["duplicate_nik"]' if n % 200 == 199 else "[]"
    place = n * 53 % 2_000
    if place >= 100:
        return "[]"
    code = (
        "nik_sex"
        if place < 60
        else "nik_birth_date"
        if place < 90
        else "age_17"
        if place < 99
        else "sector_mixed"
    )
    return f'["{code}"]'


def born_on(n: int) -> date:
    """Another one where the name is the same: those come back after 99,000."""
    return age_of(n + n // 99_000 * 17)


def load(count: int, stands: Sequence[Stand], *, of: int) -> None:
    """`count` copies of an event's registrations, by several processes at once."""
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        pool.starmap(_chunk, [(chunk, stands, of) for chunk in chunks], chunksize=1)


FRESH = {
    "template": "int", "id": "uuid", "submission_id": "uuid", "reference": "text", "status_token": "text",
    "full_name": "bytea", "nik_index": "bytea", "person_index": "bytea", "phone_index": "bytea", "first": "bytea",
    "second": "bytea", "branch_id": "bigint", "event_id": "bigint", "booth_id": "bigint", "officer_id": "bigint",
    "reviewer_id": "bigint", "received_at": "timestamptz", "state": "text", "warnings": "jsonb", "decision_id": "uuid",
}  # fmt: skip


def _chunk(numbers: range, stands: Sequence[Stand], of: int) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in FRESH.items())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS fresh ({columns}); TRUNCATE fresh")
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS template AS SELECT r.*, (row_number() OVER (ORDER BY reference))::int - 1"
            " AS place FROM enrolment_registration r WHERE event_id = %s",
            [of],
        )
        cursor.execute("SELECT count(*) FROM template")
        whole = cursor.fetchone()[0]
        with cursor.copy(f"COPY fresh ({', '.join(FRESH)}) FROM STDIN") as out:
            for row in _rows(numbers, stands, whole):
                out.write_row(row)
        for statement in (_REGISTRATIONS, *_REST):
            cursor.execute(statement)


def _rows(numbers: range, stands: Sequence[Stand], whole: int) -> Iterator[tuple]:
    places = cycle(range(len(stands)))
    skipped = numbers.start % len(stands)
    for _ in range(skipped):
        next(places)
    for n, place in zip(numbers, places, strict=False):
        stand, pk = stands[place], uuid4()
        who = n - 1 if n % 100 == 99 else n  # a twin is the worker before
        born, (first, second) = born_on(who), name(who)
        full_name = f"{first} {second}"
        received_at = stand.first_day + timedelta(seconds=n * 104_729 % (2 * 7 * 3600))
        yield (
            n % whole, pk, uuid4(), reference(OFFSET + n), references.new_token(),
            seal(Registration, "full_name", full_name, pk), nik_index(nik_of(who, born=born, region="317303")),
            person_index(full_name, born), phone_index(f"+62813{who:08}"), word_index(first.lower()),
            word_index(second.lower()), stand.branch, stand.event, stand.booth, stand.officer, stand.reviewer,
            received_at, state_of(n, recent=stand.recent), warnings_of(n), uuid4(),
        )  # fmt: skip


def at_opening(day: date) -> datetime:
    """Eight o'clock in Jakarta."""
    return datetime.combine(day, time(1), tzinfo=UTC)


_OWN = {
    **{
        name: f"f.{name}"
        for name in FRESH
        if name not in {"template", "first", "second", "reviewer_id", "decision_id"}
    },
    "entered_by_id": "f.officer_id",
    "registered_at": "f.received_at",
    "consent_at": "f.received_at",
    "decided_at": "CASE WHEN f.state IN ('submitted', 'withdrawn') THEN NULL ELSE f.received_at + '3h' END",
    "decided_by_id": "CASE WHEN f.state IN ('submitted', 'withdrawn') THEN NULL ELSE f.reviewer_id END",
}
_COLUMNS = [field.column for field in Registration._meta.concrete_fields]
_REGISTRATIONS = (
    f"INSERT INTO enrolment_registration ({', '.join(_COLUMNS)})"
    f" SELECT {', '.join(_OWN.get(column, f't.{column}') for column in _COLUMNS)}"
    " FROM fresh f JOIN template t ON t.place = f.template"
)
_DECISION = (
    "INSERT INTO enrolment_decision (id, registration_id, number, source, target, version, by_id, at, reason)"
)
_REST = (
    "INSERT INTO enrolment_searchword (registration_id, word_index, branch_id, received_at)"
    " SELECT id, first, branch_id, received_at FROM fresh"
    " UNION SELECT id, second, branch_id, received_at FROM fresh",
    f"{_DECISION} SELECT gen_random_uuid(), id, 1, NULL, 'submitted', 1, officer_id, received_at, NULL FROM fresh",
    f"{_DECISION} SELECT decision_id, id, 2, 'submitted', CASE state WHEN 'lapsed' THEN 'approved' ELSE state END, 1,"
    " CASE state WHEN 'withdrawn' THEN officer_id ELSE reviewer_id END, received_at + '3h',"
    " CASE WHEN state IN ('approved', 'lapsed') THEN NULL ELSE full_name END FROM fresh WHERE state <> 'submitted'",
    f"{_DECISION} SELECT gen_random_uuid(), id, 3, 'approved', 'lapsed', 1, NULL, received_at + '6h', full_name"
    " FROM fresh WHERE state = 'lapsed'",
    "INSERT INTO enrolment_participation (id, registration_id, approval_id, branch_id, event_id, stage, call_result,"
    " approved_at, ended_at, accepted_at, accepted_by_id)"
    " SELECT gen_random_uuid(), id, decision_id, branch_id, event_id,"
    " CASE WHEN template % 3 = 0 THEN 'waiting' ELSE 'accepted' END, '', received_at + '3h',"
    " CASE state WHEN 'lapsed' THEN received_at + '6h' END,"
    " CASE WHEN template % 3 > 0 THEN received_at + '9h' END, CASE WHEN template % 3 > 0 THEN reviewer_id END"
    " FROM fresh WHERE state IN ('approved', 'lapsed')",
)
