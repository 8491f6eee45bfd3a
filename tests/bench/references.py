"""What the product is held against, in the same run: PostgreSQL's own inserts, and a bare Django project."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from tests.bench.client import BenchFailed, Request, Sample, ask, request
from tests.bench.lines import Csrf, Line
from tests.runner.cluster import binaries
from tests.server import ROOT

LIKE, INSERTED = "enrolment_registration", "bench_registration"
# New for every row, and as random as in the real one, for the sake of the indexes.
DRAWN = {
    "id": "gen_random_uuid()",
    "submission_id": "gen_random_uuid()",
    "status_token": "substr(replace(gen_random_uuid()::text, '-', ''), 1, 22)",
    "nik_index": "sha256(gen_random_uuid()::text::bytea)",
    "person_index": "sha256(gen_random_uuid()::text::bytea)",
    "phone_index": "sha256(gen_random_uuid()::text::bytea)",
    # In lower case, so that none is a copied row's; the odd factor makes a sequence look drawn.
    "reference": "lpad(to_hex(nextval('bench_reference') * 179424673 % 268435456), 7, '0')",
    "registered_at": "now()",
    "received_at": "now()",
}


def pgbench() -> str:
    """The program's path: beside initdb, as PostgreSQL installs it."""
    folder = binaries()
    if folder is None or not (folder / "pgbench").exists():
        raise BenchFailed(
            "pgbench is missing. It comes with PostgreSQL's server (apt-get install postgresql)."
        )
    return str(folder / "pgbench")


class Inserts:
    """One row a transaction into a copy of the registrations: columns, indexes and rows the same, but no foreign key,
    check or trigger."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.program, self.dsn, self.folder = pgbench(), dsn, folder
        with psycopg.connect(dsn, autocommit=True) as database:
            database.execute(f"CREATE TABLE {INSERTED} (LIKE {LIKE} INCLUDING INDEXES)")
            database.execute("CREATE SEQUENCE bench_reference")
            database.execute(f"INSERT INTO {INSERTED} SELECT * FROM {LIKE}")
            database.execute(f"VACUUM ANALYZE {INSERTED}")
            self.script = folder / "insert.sql"
            self.script.write_text(_insert(database))

    def sample(self, *, connections: int, seconds: float) -> Sample:
        """pgbench's own clock, its own latencies."""
        log = self.folder / "pgbench"
        command = [
            self.program, "-n", "-f", str(self.script), "-T", str(max(1, round(seconds))), "-l", "--log-prefix",
            str(log), "-c", str(connections), "-j", "1", self.dsn,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise BenchFailed(f"pgbench: {done.stderr.strip()}")
        found = []
        for file in self.folder.glob("pgbench.*"):
            # client, transaction, microseconds, …
            found += [int(line.split()[2]) / 1e6 for line in file.read_text().splitlines()]
            file.unlink()
        return Sample(max(1, round(seconds)), found, len(found))


def _insert(database: psycopg.Connection) -> str:
    """An INSERT with the values of a real row that waits, but for what is drawn anew."""
    cursor = database.execute(f"SELECT * FROM {LIKE} WHERE state = 'submitted' LIMIT 1")
    row, names = cursor.fetchone(), [column.name for column in cursor.description]
    values = [
        DRAWN.get(name)
        or sql.Literal(json.dumps(value) if isinstance(value, list) else value).as_string(database)
        for name, value in zip(names, row, strict=True)
    ]
    return f"INSERT INTO {INSERTED} ({', '.join(names)}) VALUES ({', '.join(values)});\n"


class Bare:
    """The bare project's two lines, on a server that is running."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.session = f"sessionid={cookies['sessionid']}"
        self.csrf = Csrf()
        self.csrf = Csrf.of(ask(port, self.form(0)), cookie="csrftoken")

    def lines(self) -> list[Line]:
        return [
            Line("bare_form", "bare Django, form GET", self.form),
            Line("bare_post", "bare Django, form POST, one INSERT", self.post),
        ]

    def form(self, _n: int) -> Request:
        return request("GET", "/form/", headers=self.headers)

    def post(self, n: int) -> Request:
        typed = {
            "csrfmiddlewaretoken": self.csrf.token, "nik": f"317201{n:010}", "full_name": "Warga Uji",
            "birth_place": "Jakarta", "birth_date": f"{date(1966, 1, 1) + timedelta(days=n % 9_000)}", "sex": "L",
            "address": "Jl. Uji Raya Gang 7 No. 12", "rt": "3", "rw": "6", "village": "Penjaringan",
            "phone": f"0812{n:08}", "email": "", "job_1": "Pedagang", "job_2": "", "work_location": "Jakarta Utara",
            "income": "2500000", "package": "L", "months": "6", "first_month": "2026-12-01", "guardian": "",
        }  # fmt: skip
        return request(
            "POST", "/form/", headers=self.headers, body=urlencode(typed), status=302,
            location=lambda where: where.startswith("/done/"),
        )  # fmt: skip

    @property
    def headers(self) -> dict[str, str]:
        return {"Host": "127.0.0.1", "Cookie": f"{self.session}; {self.csrf.cookie}"}


def prepare_bare(environment: dict[str, str]) -> dict[str, str]:
    """Tables and a signed-in person; the cookies."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bare"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise BenchFailed(f"the bare project: {done.stderr}")
    return json.loads(done.stdout)
