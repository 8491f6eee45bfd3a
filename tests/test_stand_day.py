"""The real stand day: 320 rows as people typed them, each with the outcome that it must have."""

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from enrolment import paper
from enrolment.models import Decision, Registration, RegistrationVersion
from outreach.models import AuditEntry
from tests import factories

DATA = Path(__file__).parent / "data"
FILE = DATA / "stand_day.csv"
WRITTEN = (Registration, RegistrationVersion, Decision, AuditEntry)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS, EXPECTED = read(FILE), read(DATA / "stand_day_expected.csv")


@pytest.fixture
def stand(cast):
    """The two events of the file, with `petugas` on duty at both booths."""
    for slug, days in (
        ("penjaringan-2023", (date(2023, 6, 24), date(2023, 6, 25))),
        ("taman-waduk-pluit-2026", (date(2026, 11, 20), date(2026, 11, 21))),
    ):
        factories.event(organiser=cast.organisation, officers=(cast.officer,), slug=slug, days=days)
    return cast


def do_import(path: Path, *options: str, user: str = "petugas") -> list[dict]:
    out = StringIO()
    call_command(
        "import_registrations", str(path), "--as", user, "--json", *options, stdout=out, stderr=StringIO()
    )
    return [json.loads(line) for line in out.getvalue().splitlines()]


def as_expected(line: dict) -> dict[str, str]:
    """A line of the import in the columns and spelling of the expected file."""
    return {
        "row": line["row"],
        "outcome": line["outcome"],
        "error": " ".join(line["errors"]),
        "warnings": " ".join(line["warnings"]),
        **{
            name: "" if line[name] is None else str(line[name])
            for name in ("contribution_base", "contribution_total", "discounted_months")
        },
    }


def written() -> list[int]:
    return [model.objects.count() for model in WRITTEN]


def write(folder: Path, rows: list[dict], **style) -> Path:
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), **style)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_import_gives_exactly_what_is_expected_and_again_the_same(stand):
    first = do_import(FILE)
    assert [as_expected(line) for line in first] == EXPECTED
    created = [line for line in first if line["outcome"] == "created"]
    assert len({line["reference"] for line in created}) == len(created) == Registration.objects.count() == 191
    before = written()
    again = do_import(FILE)
    assert [(line["outcome"], line["reference"]) for line in again] == [
        ("same" if line["outcome"] == "created" else line["outcome"], line["reference"]) for line in first
    ]
    assert written() == before


def test_dry_run_says_the_same_and_writes_nothing(stand, tmp_path):
    dry = do_import(write(tmp_path, ROWS[:100]), "--dry-run")
    # But that somebody asked after a hundred identities is in the chain.
    assert written() == [0, 0, 0, 1]
    asked = AuditEntry.objects.get()
    assert (asked.action, asked.count, asked.purpose) == ("identity.check", 100, "import preview")
    assert [as_expected(line) for line in dry] == EXPECTED[:100]
    assert {line["outcome"] for line in dry} == {"created", "same", "conflict", "refused"}
    assert {line["reference"] for line in dry} == {None}


@pytest.mark.walk
def test_every_row_through_http_gives_what_the_import_gives(stand, login):
    """The page and the import are one rule: 320 POSTs come out as the 320 rows of the file do above."""
    client, seen, posted = login(stand.officer), set(), []
    for row in ROWS:
        response = client.post(reverse("registration-new"), {**row, "consent_how": "paper", "step": "send"})
        line = {"row": row["row"], "errors": [], "warnings": []}
        line |= dict.fromkeys(("contribution_base", "contribution_total", "discounted_months"))
        if response.status_code == 302:
            made = Registration.objects.get(submission_id=row["submission_id"])
            assert response.url == reverse("registration-receipt", args=[made.reference])
            line["outcome"] = "same" if made.reference in seen else "created"
            seen.add(made.reference)
            if line["outcome"] == "created":
                line["warnings"] = sorted(made.warnings)
                line |= {
                    name: getattr(made, name)
                    for name in line
                    if name.startswith(("contribution", "discounted"))
                }
        elif response.status_code == 422:
            line |= {"outcome": "refused", "errors": response.context["form"].coded_errors()}
        else:
            assert response.status_code == 409
            line["outcome"] = "conflict"
        posted.append(as_expected(line))
    assert posted == EXPECTED
    assert len(seen) == Registration.objects.count() == 191


def test_receipt_of_an_imported_row_shows_the_worker_to_the_officer_only(stand, login):
    paper_row = next(iter(paper.import_rows(ROWS, by=stand.officer)))
    made = Registration.objects.get(reference=paper_row.reference)
    url = reverse("registration-receipt", args=[made.reference])
    assert ROWS[0]["full_name"] in login(stand.officer).get(url).content.decode()
    assert login(stand.colleague).get(url).status_code == 404


def test_refused_row_comes_again_corrected_under_the_same_id(stand, tmp_path):
    refused = next(
        row for row, line in zip(ROWS, EXPECTED, strict=True) if line["error"] == "income:income_invalid"
    )
    (line,) = do_import(write(tmp_path, [refused]))
    assert (line["outcome"], line["errors"]) == ("refused", ["income:income_invalid"])
    (line,) = do_import(write(tmp_path, [{**refused, "income": "2,5 juta"}]))
    assert (line["outcome"], line["errors"]) == ("created", [])
    assert str(Registration.objects.get().submission_id) == refused["submission_id"]


def test_bad_row_never_stops_the_file(stand, tmp_path):
    good, bad = factories.row(), {**factories.row(), "nik": "x", "income": ""}
    lines = do_import(write(tmp_path, [bad, good, bad, {**good, "submission_id": ""}, good]))
    assert [line["outcome"] for line in lines] == ["refused", "created", "refused", "refused", "same"]
    assert [line["row"] for line in lines] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_separators_with_a_byte_order_mark_are_read(stand, tmp_path, delimiter):
    path = write(tmp_path, ROWS[:12], delimiter=delimiter)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert [as_expected(line) for line in do_import(path)] == EXPECTED[:12]


def test_columns_may_stand_in_any_order_and_optional_ones_may_lack(stand, tmp_path):
    names = [name for name in reversed(ROWS[0]) if name not in ("email", "job_type_2", "guardian", "row")]
    lines = do_import(write(tmp_path, [{name: factories.row()[name] for name in names}]))
    assert [(line["row"], line["outcome"]) for line in lines] == [("1", "created")]


TEXT = FILE.read_text("utf-8")
HEADER, BODY = TEXT.partition("\n")[0], "\n".join(TEXT.splitlines()[:4]) + "\n"
NOT_SUCH_A_FILE = {
    "binary": b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe" * 50,
    "zip-named-csv": b"PK\x03\x04\x14\x00\x06\x00\x08\x00",
    "utf-16": TEXT.encode("utf-16"),
    "utf-16-le": TEXT.encode("utf-16-le"),
    "latin-1": BODY.replace("Agus", "Agüs").encode("latin-1"),
    "missing column": BODY.replace("nik,", "", 1).encode(),
    "column twice": BODY.replace("nik,", "nik,nik,", 1).encode(),
    "another table": b"name,age\nA,1\n",
    "empty": b"",
    "only a mark": b"\xef\xbb\xbf",
    "only blank lines": b"\n\n\n",
    "header only": f"{HEADER}\n".encode(),
    "broken quote": BODY.replace("Agus", '"Agus', 1).encode(),
    "stray quote": BODY.replace("Agus Handayani", '"Agus"Handayani', 1).encode(),
    "too large": (HEADER + "\n" + "x" * 2_000_001).encode(),
    "a folder": None,
    "absent": None,
}


@pytest.mark.parametrize("kind", NOT_SUCH_A_FILE)
@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["import", "dry run"])
def test_what_is_no_such_file_gets_one_clear_error_and_writes_nothing(stand, tmp_path, kind, options):
    path = tmp_path if kind == "a folder" else tmp_path / "rows.csv"
    if NOT_SUCH_A_FILE[kind] is not None:
        path.write_bytes(NOT_SUCH_A_FILE[kind])
    before = written()
    with pytest.raises(CommandError) as error:
        do_import(path, *options)
    assert len(str(error.value).splitlines()) == 1
    assert 20 < len(str(error.value)) < 400
    assert written() == before


@pytest.mark.parametrize("user", ["nobody", "karangtaruna", "orang_lain_tidak_aktif"])
def test_import_as_somebody_who_may_not_enter_is_refused(stand, user):
    factories.officer("orang_lain_tidak_aktif", of=stand.branch, is_active=False)
    with pytest.raises(CommandError, match="--as"):
        do_import(FILE, user=user)
    assert written() == [0, 0, 0, 0]


def test_import_by_a_reviewer_stores_the_typist_and_the_officer(stand, tmp_path):
    (line,) = do_import(write(tmp_path, [factories.row()]), user="verifikator")
    made = Registration.objects.get(reference=line["reference"])
    assert (made.officer, made.entered_by) == (stand.officer, stand.reviewer)


def test_crashing_row_leaves_the_rows_before_it(stand, monkeypatch):
    """Each row is a transaction of its own."""
    rows, calls, real = [factories.row() for _ in range(3)], [], paper.registrations.submit

    def submit(**kwargs):
        calls.append(kwargs)
        if len(calls) == 3:
            raise RuntimeError("the power went")
        return real(**kwargs)

    monkeypatch.setattr(paper.registrations, "submit", submit)
    with pytest.raises(RuntimeError):
        list(paper.import_rows(rows, by=stand.officer))
    assert Registration.objects.count() == 2
