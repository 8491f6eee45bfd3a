"""The bench's arithmetic, its client's judgement and its rows. That it runs is shown once, at its smallest; no test
here looks at a time."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import date

import pytest
from django.core.management import call_command
from django.utils import timezone

from enrolment import references
from enrolment.actions import disclosures
from enrolment.choices import State
from enrolment.entry import name_words, word_index
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Participation, Registration, SearchWord
from enrolment.queries import tariffs
from enrolment.queries.warnings import warnings
from outreach.actions import audit
from tests import factories
from tests.bench import bulk, client, report
from tests.bench.report import Round
from tests.bench.rows import Writer, reference
from tests.server import ROOT


def rounds(*rates: float, app: float | None = 2.0) -> list[Round]:
    return [
        Round(rate=rate, p50=1000 / rate, p95=2000 / rate, app_cpu=app, database_cpu=1.5) for rate in rates
    ]


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7], 50, 7),
        ([3, 1, 2], 50, 2),
        ([4, 1, 3, 2], 50, 2),
        (range(1, 101), 95, 95),
        (range(1, 21), 95, 19),
    ],
)
def test_percentile_is_the_nearest_rank(values, percent, expected):
    assert report.percentile(list(values), percent) == expected


def test_percentile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no values"):
        report.percentile([], 50)


def test_ratio_is_taken_within_each_round():
    """The second round was disturbed for both: the medians' own ratio would be 20 ÷ 100."""
    assert report.ratio(rounds(50, 5, 20), rounds(100, 10, 200)) == 0.5


def test_rounds_of_another_number_have_no_ratio():
    with pytest.raises(ValueError, match="zip"):
        report.ratio(rounds(50), rounds(100, 100))


def test_figures_are_medians_over_the_rounds():
    measured = {
        "form": rounds(10, 40, 20),
        "bare_form": rounds(100, 100, 100),
        "insert": rounds(1000, 1000, 1000),
    }
    found = report.figures("form", "form page", measured, against="bare_form", queries=6)
    assert (found.rate, found.lowest, found.highest, found.p50, found.p95) == (20, 10, 40, 50, 100)
    assert (found.app_cpu, found.database_cpu, found.queries) == (2.0, 1.5, 6)
    assert (found.against_bare, found.against_insert) == (0.2, None)
    assert report.figures("form", "", measured, writes=True).against_insert == 0.02


def test_unknown_processor_time_is_no_figure():
    measured = {"insert": rounds(10, 20, app=None)}
    assert report.figures("insert", "pgbench", measured).app_cpu is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (0.01234, "0.012"),
        (0.5, "0.500"),
        (4.567, "4.57"),
        (9.9999, "10.0"),
        (45.67, "45.7"),
        (4567.8, "4568"),
    ],
)
def test_number_shows_three_digits_that_mean_something(value, text):
    assert report.number(value) == text


def test_table_has_a_row_a_line_under_its_headings():
    measured = {"form": rounds(20), "insert": rounds(4000, app=None)}
    rows = [report.figures(key, key, measured) for key in ("insert", "form")]
    read = [[cell.strip() for cell in line.strip("|").split("|")] for line in report.table(rows).splitlines()]
    assert read[0] == list(report.HEADINGS)
    assert read[2:] == [
        ["insert", "4000", "4000–4000", "0.250", "0.500", "–", "–", "1.50", "–", "–"],
        ["form", "20.0", "20.0–20.0", "50.0", "100", "–", "2.00", "1.50", "–", "–"],
    ]


def test_page_holds_the_table_and_what_it_was_measured_on():
    rows = [report.figures("form", "form page", {"form": rounds(20)})]
    facts = {
        "commit": "abc1234", "date": "2026-11-25 02:00 UTC", "machine": {"memory": "8 GB"},
        "settings": {"rounds": "5 of 6 s"}, "client": {"rate": 9000.0, "cpu": 0.14},
        "bytes": "## Bytes\nTen.\n",
    }  # fmt: skip
    page = report.page(rows, facts)
    assert report.table(rows) in page
    for said in (
        "Commit abc1234, 2026-11-25 02:00 UTC.",
        "| memory | 8 GB |",
        "| rounds | 5 of 6 s |",
        "0.140 ms",
        "\n## Bytes\nTen.\n\n## How",
    ):
        assert said in page
    assert json.loads(report.as_json(rows, {"form": rounds(20)}, facts))["lines"][0]["rate"] == 20


def test_only_the_section_of_the_bytes_is_written_anew():
    page = "# Fast\n\n## Bytes\nTen.\n\n## How\nSo.\n\n## More\n"
    assert report.put_into(page, "## Bytes\nNine.\n") == page.replace("Ten", "Nine")


def test_a_new_section_comes_before_how_it_is_measured():
    page = "# Fast\n\n## Bytes\nTen.\n\n## How it is measured\nSo.\n"
    written = report.put_into(page, "## More\nOne.\n")
    assert written == page.replace("## How", "## More\nOne.\n\n## How")
    assert report.section(written, "## More\n") == "## More\nOne.\n"
    assert report.put_into(written, "## More\nTwo.\n") == written.replace("One", "Two")


def test_names_that_are_copied_come_back_with_another_birth_date():
    people = {(bulk.name(n), bulk.born_on(n)) for n in range(0, 1_000_000, 3)}
    assert len(people) == len(range(0, 1_000_000, 3))


def test_a_common_word_is_shared_by_three_of_a_hundred():
    shared = sum(bulk.name(n)[0] == bulk.COMMON[0] for n in range(33_000))
    assert shared == 1_000


@pytest.mark.parametrize("expected", [{"status": 302}, {"location": lambda where: where == "/receipt/"}])
def test_client_takes_no_figure_from_a_wrong_answer(expected):
    wrong = client.request("GET", "/", headers={"Host": "127.0.0.1"}, **expected)
    with client.trivial_server() as port, pytest.raises(client.BenchFailed, match=r"GET / HTTP/1\.1: 200"):
        client.measure(port, lambda _n: wrong, connections=2, seconds=0.1)


def test_client_counts_each_answer_once():
    asked = []
    one = client.request("POST", "/", headers={"Host": "127.0.0.1"})

    def make(n: int) -> client.Request:
        asked.append(n)
        return one

    with client.trivial_server() as port:
        sample = client.measure(port, make, connections=3, seconds=0.1)
    assert sorted(asked) == list(range(sample.answered))
    assert 0 < sample.done <= sample.answered
    assert sample.rate == sample.done / 0.1


@pytest.mark.parametrize(
    ("sent", "came", "share"), [(8, 9, 1.0), (8, 10, 1.0), (8, 12, 0.5), (8, 16, 0.25), (11, 12, 0.0)]
)
def test_what_is_under_way_at_the_end_counts_by_its_part(sent, came, share):
    assert client.share_inside(sent, came, 10) == share


def test_references_of_loaded_rows_are_unlike_and_valid():
    drawn = [reference(n) for n in range(2_000)]
    assert len(set(drawn)) == 2_000
    assert [references.normalise(one) for one in drawn] == drawn


@pytest.fixture
def loaded(cast):
    """A hundred registrations, one of each hundredth's fate, as the bench loads them."""
    Writer(cast.event, cast.reviewer).write(100)
    return cast


@pytest.mark.postgres
def test_loaded_rows_pass_the_product_s_own_checkers(loaded):
    call_command("verify_counts")
    assert list(audit.verify(loaded.branch)) == []
    assert Participation.objects.live().count() == 80
    assert Participation.objects.count() == 83
    found = Registration.objects.values_list("state", flat=True)
    assert {state: list(found).count(state) for state in State.values} == {
        "approved": 80, "submitted": 5, "returned": 3, "rejected": 4, "withdrawn": 5, "lapsed": 3,
    }  # fmt: skip


@pytest.mark.postgres
def test_loaded_rows_are_what_the_form_would_have_stored(loaded):
    """The stored content, typed into the form again, is the very same content, price, index and warnings."""
    officer = loaded.officer
    for row in Registration.objects.select_related("event", "booth", "officer", "consent_text").order_by(
        "pk"
    )[:25]:
        typed = disclosures.for_correction(row, by=officer).typed
        form = RegistrationForm(typed, user=officer, correcting=row)
        assert form.is_valid(), form.coded_errors()
        entry = form.entry()
        assert entry.digest() == bytes(row.digest)
        quote = tariffs.quote(entry)
        assert (quote.base, quote.total) == (row.contribution_base, row.contribution_total)
        assert warnings(entry, registered_on=timezone.localdate(row.registered_at), of=row.pk) == row.warnings
        names = Registration.personal_fields
        opened = disclosures.reveal(row, by=officer, fields=names, purpose="test")
        assert opened == {name: str(getattr(entry, name)) for name in names}
        words = SearchWord.objects.filter(registration=row).values_list("word_index", "branch", "received_at")
        expected = {
            (word_index(word), row.branch_id, row.received_at) for word in name_words(entry.full_name)
        }
        assert {(bytes(index), branch, at) for index, branch, at in words} == expected


@pytest.mark.postgres
def test_registering_goes_on_behind_loaded_rows(loaded):
    factories.submitted(by=loaded.officer, registered_at=f"{date(2026, 11, 20)}T10:00:00+07:00")
    assert list(audit.verify(loaded.branch)) == []
    assert Registration.objects.count() == 101


@pytest.mark.once
def test_bench_runs_from_end_to_end_and_leaves_nothing():
    """Every line is measured and checked; the cluster, the servers and their files are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # PostgreSQL runs as another user where this is root
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "TEST_STATIC_FILES") if name in os.environ
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench", "--smallest"],
            cwd=ROOT,
            env={**kept, "TMPDIR": folder},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert os.listdir(folder) == []
    name = done.stdout.rpartition("Written: ")[2].strip()
    written = json.loads((ROOT / name).read_text("utf-8"))
    (ROOT / name).unlink()
    assert [line["key"] for line in written["lines"]] == [
        "insert", "bare_form", "bare_post", "form", "check", "submit", "submit_one", "queue", "counts",
    ]  # fmt: skip
