"""The import page: the preview writes nothing, the confirmation is the command's import, the file is kept sealed."""

import csv
import io
import pickle
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from enrolment import kept_files, paper
from enrolment.actions import identity
from enrolment.models import Registration
from enrolment.views import imports
from outreach import crypto
from outreach.models import AuditEntry
from tests import factories
from tests.test_stand_day import EXPECTED, FILE, as_expected, stand, written  # noqa: F401 - a fixture among them

FIRST = 100  # of the day's rows: the page's import is the command's, which test_stand_day runs over all
SAID_NEW = "100 rows: 61 new, 2 already here, 3 in conflict, 34 refused."
SAID_AGAIN = "100 rows: 0 new, 63 already here, 3 in conflict, 34 refused."

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def desk(cast, login) -> Client:
    return login(cast.reviewer)


def url(query: str = "") -> str:
    return reverse("admin:enrolment_registration_import") + query


def upload(client: Client, content: bytes):
    return client.post(url(), {"file": SimpleUploadedFile("rows.csv", content, "text/csv")})


def confirm(client: Client, page):
    return client.post(url(), {"act": "confirm", "word": page.context["word"]})


def table(*rows: dict) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=["row", *paper.COLUMNS])
    writer.writeheader()
    writer.writerows({"row": number, **row} for number, row in enumerate(rows, start=1))
    return out.getvalue().encode()


def lines(page) -> list[dict]:
    """The shown lines in the columns of the expected file."""
    return [as_expected(one["line"].as_dict()) for one in page.context["lines"]]


def test_import_is_for_who_may(cast, login):
    answers = {part: login(person).get(url()).status_code for part, person in cast.people.items()}
    assert {part for part, status in answers.items() if status == 403} == set()
    refused = {"officer", "colleague", "stranger", "organiser", "strange_organiser"}
    assert {part for part, status in answers.items() if status == 404} == refused
    assert {answers[part] for part in answers if part not in refused} == {200}
    for part in refused:
        assert login(cast.people[part]).post(url(), {"act": "confirm", "word": "x"}).status_code == 404


def test_preview_and_confirmation_give_what_is_expected_and_again_the_same(stand, login):  # noqa: F811
    desk = login(stand.reviewer)
    before, content = written(), b"".join(FILE.read_bytes().splitlines(keepends=True)[: FIRST + 1])
    page = upload(desk, content)
    assert page.status_code == 200
    assert page.context["said"] == SAID_NEW
    assert written() == [*before[:3], before[3] + 1]  # the question after identities, and nothing else
    assert lines(page) == EXPECTED[:FIRST]
    assert {one["line"].reference for one in page.context["lines"]} == {None}

    stored = confirm(desk, page)
    assert stored.context["said"] == SAID_NEW
    assert lines(stored) == EXPECTED[:FIRST]
    references = [
        one["line"].reference for one in stored.context["lines"] if one["line"].outcome == "created"
    ]
    assert len(set(references)) == Registration.objects.count() == 61
    assert all(f"{ref[:3]}-{ref[3:6]}-{ref[6:]}" in stored.text for ref in references)
    assert set(Registration.objects.values_list("entered_by__username", flat=True)) == {"verifikator"}

    after = written()
    again = confirm(desk, page)  # the second of a double click
    assert again.context["said"] == SAID_AGAIN
    assert written() == after
    assert upload(desk, content).context["said"] == SAID_AGAIN
    assert written() == [*after[:3], after[3] + 1]


def test_the_counts_stand_before_the_table(cast, desk):
    text = upload(desk, table(factories.row(), factories.row(nik="1"))).text
    said = "2 rows: 1 new, 0 already here, 0 in conflict, 1 refused."
    assert text.index("Preview, nothing is stored yet.") < text.index(said) < text.index("<table")


def test_a_refused_row_says_what_to_do_at_which_field(cast, desk):
    rows = (
        factories.row(nik="31720112048800", phone="12", booth="Z"),
        factories.row(village_code="Sukamaju"),
    )
    page = upload(desk, table(*rows))
    assert page.context["lines"][0]["errors"] == [
        ("Booth", "This event has no such booth. Choose one of its booths."),
        ("NIK", "A NIK has 16 digits. Count them again on the KTP."),
        ("Mobile number", "A mobile number starts with 08 and has 10 to 13 digits. Count them again."),
    ]
    ((label, sentence),) = page.context["lines"][1]["errors"]
    assert (label, sentence) == (
        "Village", "Several villages have this name. Add the district and the regency.",
    )  # fmt: skip
    assert "31720112048800" not in page.text


def test_every_field_has_a_label_and_every_code_a_sentence():
    for field in ("row", *paper.COLUMNS):
        label, sentence = imports._sentence(f"{field}:too_long")
        assert str(label) != field
        assert sentence == "This is too long. Shorten it."


def test_the_preview_shows_nobody(cast, desk):
    person = factories.row(full_name="Sumiati Uji", address="Gang Melati Rahasia 7")
    page = upload(desk, table(person))
    for text in (page.text, confirm(desk, page).text):
        assert [
            value for value in (person["nik"], "Sumiati", "Gang Melati", "81234567890") if value in text
        ] == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty. Check that you chose the right one."),
        (b"a,b\n1,2\n", "The header lacks these columns: submission_id,"),
        (b"PK\x03\x04\xff\xfe", "This file is not a CSV in UTF-8."),
        (b"x" * (paper.MAX_BYTES + 1), "This file is larger than 2 MB."),
        (b"x" * (2 * 1024 * 1024 + 1), "Choose a CSV file of at most 2 MB."),
        (table(), "This file has a header and no rows."),
        (table(factories.row()) + b'"', "This file breaks off or has a stray quotation mark."),
    ],
    ids=["empty", "other columns", "a zip", "too large", "above the upload limit", "no rows", "broken off"],
)
def test_what_is_no_such_file_gets_one_error_and_writes_nothing(cast, desk, content, sentence):
    before = written()
    page = upload(desk, content)
    assert page.status_code == 422
    assert [list(errors) for errors in page.context["form"].errors.values()] == [
        [error for errors in page.context["form"].errors.values() for error in errors]
    ]
    (error,) = page.context["form"].errors["file"]
    assert error.startswith(sentence)
    assert (written(), cache.get(f"import-file-{cast.reviewer.pk}")) == (before, None)


def test_without_a_file_it_says_so(cast, desk):
    page = desk.post(url())
    assert (page.status_code, page.context["form"].errors) == (
        422,
        {"file": ["Choose a CSV file of at most 2 MB."]},
    )


def test_the_file_between_preview_and_confirmation_is_sealed(cast, desk):
    person = factories.row(full_name="Sumiati Uji")
    page = upload(desk, table(person))
    kept = pickle.dumps(cache.get(f"import-file-{cast.reviewer.pk}"))
    for secret in (person["nik"], "Sumiati", "full_name"):
        assert secret.encode() not in kept
        assert secret not in page.context["word"]
        assert secret not in str(dict(desk.session))


def test_a_kept_file_is_its_owners_alone(cast, desk, login):
    page = upload(desk, table(factories.row()))
    before = written()
    other = confirm(login(cast.other_reviewer), page)
    assert other.status_code == 409
    assert [str(m) for m in other.context["messages"]] == [
        "This preview is no longer kept. Choose the file again."
    ]
    # Not even put into the other's place: the seal names the person.
    cache.set(f"import-file-{cast.other_reviewer.pk}", cache.get(f"import-file-{cast.reviewer.pk}"))
    with pytest.raises(crypto.SealBroken):
        confirm(login(cast.other_reviewer), page)
    assert written() == before


@pytest.mark.parametrize("word", ["", "another", "é"])
def test_a_wrong_word_stores_nothing(cast, desk, word):
    upload(desk, table(factories.row()))
    before = written()
    assert desk.post(url(), {"act": "confirm", "word": word}).status_code == 409
    assert written() == before


def test_a_newer_file_takes_the_place_of_the_older(cast, desk):
    first, second = (
        upload(desk, table(factories.row())),
        upload(desk, table(factories.row(), factories.row())),
    )
    before = written()
    assert confirm(desk, first).status_code == 409
    assert written() == before
    assert confirm(desk, second).context["said"].startswith("2 rows: 2 new")


def test_a_kept_file_is_forgotten_after_an_hour(cast, desk, monkeypatch):
    monkeypatch.setattr(kept_files, "KEPT_SECONDS", -1)  # so long ago
    before = written()
    assert confirm(desk, upload(desk, table(factories.row()))).status_code == 409
    assert written() == [*before[:3], before[3] + 1]


def test_a_file_of_two_megabytes_is_kept_whole(cast):
    content = ("é" * (paper.MAX_BYTES // 2)).encode()
    assert len(content) == paper.MAX_BYTES
    word = paper.set_aside(content, by=cast.reviewer)
    assert paper.take_back(word, by=cast.reviewer) == content


def test_a_mark_at_the_start_of_the_file_survives_being_kept(cast, desk):
    page = upload(desk, b"\xef\xbb\xbf" + table(factories.row()))
    assert confirm(desk, page).context["said"].startswith("1 rows: 1 new")


def test_no_new_row_no_button(cast, desk):
    page = upload(desk, table(factories.row(nik="1")))
    assert "No new row in this file." in page.text
    assert 'value="confirm"' not in page.text


def test_of_a_long_file_the_first_rows_are_shown_and_all_are_counted(cast, desk, monkeypatch):
    monkeypatch.setattr(imports, "SHOWN_ROWS", 2)
    page = upload(desk, table(*(factories.row(nik="1") for _ in range(5))))
    assert (len(page.context["lines"]), page.context["more"]) == (2, 3)
    assert page.context["said"].startswith("5 rows: 0 new")
    assert "3 further rows are counted above and not shown." in page.text


def test_who_imports_is_told_that_they_may_not_decide(cast, desk):
    notice = "Whoever imports these rows may not decide on them."
    assert notice in desk.get(url()).text
    assert notice in upload(desk, table(factories.row())).text


def test_only_who_may_view_gets_links_to_the_registrations(cast, login):
    for person, links in ((cast.reviewer, 1), (cast.head, 0), (cast.system_admin, 0)):
        desk = login(person)
        page = confirm(desk, upload(desk, table(factories.row())))
        reference = page.context["lines"][0]["line"].reference
        address = reverse("admin:enrolment_registration_review", args=[reference])
        assert page.text.count(address) == links


def test_the_empty_table_has_the_columns_of_the_import(cast, desk):
    answer = desk.get(url("?template=1"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.text == ",".join(("row", *paper.COLUMNS)) + "\r\n"
    header = answer.content.rstrip() + b"\r\n"
    row = {name: factories.row().get(name, "") for name in paper.COLUMNS}
    filled = header + (",".join(("1", *row.values()))).encode() + b"\r\n"
    assert upload(desk, filled).context["said"].startswith("1 rows: 1 new")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(cast, desk, method):
    assert getattr(desk, method)(url()).status_code == 405


def test_nobody_finds_out_by_file_after_file_who_is_registered(cast, desk, monkeypatch):
    monkeypatch.setattr(identity, "LIMIT_OF_FILES", 3)
    row = factories.row()
    factories.submitted(by=cast.officer, **row)
    asked = table(row | {"submission_id": str(uuid4()), "full_name": "Nama Lain"}, factories.row())
    pages = [upload(desk, asked) for _ in range(2)]
    twins = [[line["line"].warnings for line in page.context["lines"]] for page in pages]
    assert twins == [[("duplicate_nik",), ()], [(), ()]]
    asked_for = AuditEntry.objects.filter(action="identity.check", purpose="import preview")
    assert list(asked_for.values_list("count", flat=True)) == [2, 2]
