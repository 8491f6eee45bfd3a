"""One press that approves three hundred clean ones, timed by itself: no page that is asked for again and again."""

import re
import time
from statistics import median
from urllib.parse import urlencode

import psycopg

from tests.bench.client import BenchFailed, ask
from tests.bench.lines import QUEUE_PATH, Desk

AT_ONCE, PRESSES = 300, 3
WAITING = """
    SELECT reference, version FROM enrolment_registration
    WHERE event_id = (SELECT id FROM outreach_event WHERE slug = %s) AND state = 'submitted' AND warnings = '[]'
    ORDER BY received_at, id LIMIT %s
"""
SAID = re.compile(rb"<h1>(\d+) disetujui\.</h1>")


def line(desk: Desk, database: psycopg.Connection, port: int) -> str:
    """`bulk approve of 300: 0.9 s`, the median of the presses, with the slowest; all must have been approved."""
    took, rows = [], []
    while len(took) < PRESSES:
        found = database.execute(WAITING, (desk.loaded["full_event"], AT_ONCE)).fetchall()
        if took and len(found) < len(rows):
            break  # a small load has less than one press takes
        rows = found
        typed = [("csrfmiddlewaretoken", desk.csrf.token), *(("row", f"{ref}:{seen}") for ref, seen in rows)]
        press = desk.send(
            "POST", f"{QUEUE_PATH}bulk/", session=desk.loaded["reviewer"], body=urlencode(typed), status=200
        )
        start = time.perf_counter()
        answer = ask(port, press)
        took.append(time.perf_counter() - start)
        said = SAID.search(answer.body)
        if not said or int(said[1]) != len(rows):
            raise BenchFailed(f"of {len(rows)} clean ones not all were approved")
    return f"bulk approve of {len(rows)}: {median(took):.2f} s, at the most {max(took):.2f} s of {len(took)} presses"
