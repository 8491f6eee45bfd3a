"""The pages of the collective template: upload, map, look at what changes, save an edition; and what is refused."""

import io

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from enrolment import collective, kept_files
from enrolment.actions import collective_templates
from enrolment.collective import DEFAULT, DEFAULT_ANSWER
from enrolment.models import CollectiveTemplate, JobType
from enrolment.queries.collective_templates import in_force
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories, sheets
from tests.typed import typed

pytestmark = pytest.mark.usefixtures("in_english")
LIST, EDIT, SAMPLE = (f"/admin/enrolment/collectivetemplate/{page}" for page in ("", "edit/", "sample/"))


@pytest.fixture
def desk(cast, login):
    return login(cast.reviewer)


def upload(client, content: bytes, name: str = "Templat BPU 2026.xlsx"):
    return client.post(EDIT, {"file": SimpleUploadedFile(name, content)})


def sent(client, page, act: str, **changes):
    return client.post(EDIT, {**typed(page), **changes, "act": act})


def refused(page) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {name: list(errors) for name, errors in page.context["form"].errors.items()}


def changes(page) -> list[tuple[str, str, str]]:
    assert page.status_code == 200
    return [tuple(map(str, one)) for one in page.context["changes"]]


def downloaded(page):
    assert page.status_code == 200
    assert page["Content-Disposition"].endswith('.xlsx"')
    return openpyxl.load_workbook(io.BytesIO(page.content))


# --- What is in force


def test_without_an_edition_the_template_of_2020_is_in_force(cast, desk):
    page = desk.get(LIST)
    assert in_force(cast.branch.pk) == (DEFAULT, DEFAULT_ANSWER, None, None)
    assert "The template of 2020" in page.text
    assert [one["source"] for one in page.context["columns"]] == [
        "NIK", "Full name", "Birth date", "Mobile number", "E-mail", "Main job", "Second job", "Place of work",
        "Income a month", "Package", "Contribution months",
    ]  # fmt: skip
    assert page.context["codes"][3:5] == [("2 months", "by hand: not offered"), ("3 months", "3")]


def test_a_sample_has_one_person_who_does_not_exist(desk):
    sheet = downloaded(desk.get(SAMPLE))["Pendaftaran TK Baru BPU"]
    row = [cell.value for cell in sheet[3]]
    assert row == [
        "3172014101800000", "Contoh Pekerja", "01-01-1980", "081200000000", "contoh@example.com", "P050", None,
        "3172", 2500000, "T", 1,
    ]  # fmt: skip
    assert sheet.max_row == 3


def test_an_edition_says_since_when_by_whom_and_from_which_file(cast, desk):
    content = sheets.own_template()
    factories.template(by=cast.system_admin, workbook=content, workbook_name="Edaran.xlsx", note="S-12/2026")
    page = desk.get(LIST).text
    for said in ("Edition 1", "by Admin Uji", "Edaran.xlsx", "S-12/2026"):
        assert said in page


def test_another_branch_s_template_is_not_seen(cast, login, desk):
    factories.template(by=cast.reviewer, note="milik Pluit")
    stranger = login(cast.strange_reviewer)
    assert "milik Pluit" in desk.get(LIST).text
    assert "milik Pluit" not in stranger.get(LIST).text
    assert "The template of 2020" in stranger.get(LIST).text


# --- An upload


def test_an_uploaded_template_is_mapped_shown_saved_and_filled(cast, desk):
    before = AuditEntry.objects.count()
    headings = ["No", *sheets.HEADINGS[:2], "Tanggal Lahir*", *sheets.HEADINGS[3:], "Nama Perusahaan"]
    content = sheets.own_template(headings=headings)
    page = upload(desk, content)
    assert [typed(page)[f"source_{index}"] for index in range(13)] == ["", *collective.SOURCES, ""]
    assert (typed(page)["longest_2"], typed(page).get("number_9"), typed(page).get("number_1")) == (
        "50",
        "on",
        None,
    )
    effect = sent(desk, page, "show", longest_2="40", note="Edaran 12")
    assert (
        "File",
        "made from the columns",
        f"Templat BPU 2026.xlsx ({effect.context['changes'][0][2][-9:-1]})",
    ) in (changes(effect))
    assert (
        "Full name",
        "B Nama Lengkap*, text, at most 50 characters",
        "C Nama Lengkap*, text, at most 40 characters",
    ) in (changes(effect))
    assert ("Column A No", "nothing", "left empty") in changes(effect)
    assert CollectiveTemplate.objects.count() == 0
    saved = sent(desk, effect, "save")
    assert saved.status_code == 302
    assert saved.url == LIST
    layout, _answer, workbook, edition = in_force(cast.branch.pk)
    assert (edition.number, edition.added_by, edition.note) == (1, cast.reviewer, "Edaran 12")
    assert (workbook, edition.workbook_name) == (content, "Templat BPU 2026.xlsx")
    assert [column.source for column in layout.columns] == ["", *collective.SOURCES, ""]
    assert layout.columns[2].longest == 40
    entry = AuditEntry.objects.order_by("seq").last()
    assert (AuditEntry.objects.count() - before, entry.action, entry.purpose) == (
        1, "collectivetemplate.add", "template 1",
    )  # fmt: skip
    sheet = downloaded(desk.get(SAMPLE))["Pendaftaran TK Baru BPU"]
    assert (sheet["A1"].value, sheet["A3"].value, sheet["B3"].value) == (
        "Diisi 16 digit",
        None,
        "3172014101800000",
    )


def test_headings_that_are_not_known_are_asked_for_and_their_columns_too(cast, desk):
    content = sheets.made([["Petunjuk"], ["KTP", "Sebutan*"]], sheet="Form")
    page = upload(desk, content)
    assert "No row of Templat BPU 2026.xlsx has headings" in page.text
    assert refused(sent(desk, page, "find", heading_row="x")) == {
        "heading_row": ["Write a row from 1 to 30."]
    }
    assert refused(sent(desk, page, "find", heading_row="7")) == {
        "heading_row": ["This row is empty. Write the row of the headings."]
    }
    mapping = sent(desk, page, "find", heading_row="2")
    assert [typed(mapping)[name] for name in ("sheet", "heading_row", "first_row")] == ["Form", "2", "3"]
    assert refused(sent(desk, mapping, "show", source_0="", source_1="")) == {
        "source_1": ["The core system wants something in this column. Choose what."],
    }
    assert refused(sent(desk, mapping, "show", source_0="", source_1="full_name")) == {
        "source_0": ["No column takes the NIK. Choose the one that does."],
    }
    effect = sent(desk, mapping, "show", source_0="nik", source_1="full_name")
    assert effect.context["left_out"] == (
        "Birth date, Mobile number, E-mail, Main job, Second job, Place of work, Income a month, Package, "
        "Contribution months"
    )
    assert sent(desk, effect, "save").status_code == 302
    assert [column.source for column in in_force(cast.branch.pk).layout.columns] == ["nik", "full_name"]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"a;b", "a.csv", "This is no .xlsx file. Save the template as .xlsx and choose that file."),
        (b"a;b", "a.xlsm", "This file may hold macros. Save it as .xlsx and choose that file."),
        (b"PK nothing", "a.xlsx", "This file can't be read. Open it, save it as .xlsx and choose that file."),
        (b"", "a.xlsx", "This file is empty. Check that you chose the right one."),
    ],
)
def test_a_file_that_is_no_template_is_refused(desk, content, name, sentence):
    page = upload(desk, content, name)
    assert refused(page) == {"file": [sentence]}
    assert "choose it again" in page.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda sheet: sheet.__setitem__("A5", "3172015511800003"),
            "Row 5 is filled already. Empty the rows for workers, or say that they begin further down.",
        ),
        (
            lambda sheet: sheet.__setitem__("B9", "=A1"),
            "Row 9 has a formula. Copy the table and paste it as values.",
        ),
        (
            lambda sheet: sheet.merge_cells("A3:B3"),
            "Row 3 has merged cells where a worker's data goes. Split them.",
        ),
    ],
)
@pytest.mark.parametrize("act", ["show", "sample", "save"])
def test_a_template_that_cannot_be_filled_is_refused_and_what_was_typed_stays(desk, change, sentence, act):
    page = upload(desk, sheets.own_template(change=change))
    answer = sent(desk, page, act, note="diketik", longest_1="33", seen="0")
    assert refused(answer) == {"first_row": [sentence]}
    assert (typed(answer)["note"], typed(answer)["longest_1"]) == ("diketik", "33")
    assert CollectiveTemplate.objects.count() == 0


def test_workers_begin_in_the_first_empty_row(desk):
    content = sheets.own_template(change=lambda sheet: sheet.__setitem__("A3", "contoh"))
    page = upload(desk, content)
    assert typed(page)["first_row"] == "4"
    assert sent(desk, page, "show").status_code == 200


# --- Columns and codes of what is in force


def test_codes_are_changed_and_the_change_is_shown_before(cast, desk):
    page = desk.get(EDIT)
    effect = sent(desk, page, "show", package_T="1", months_2="2", job_P003="", job_P050="050")
    assert changes(effect) == [
        ("T: work accident and death", "T", "1"),
        ("2 months", "by hand: not offered", "2"),
        ("Job types", "by their own codes", "nothing"),
        ("Pedagang (P050)", "nothing", "050"),
        ("Nelayan (P003)", "nothing", "by hand: not offered"),
    ]
    assert sent(desk, effect, "change").status_code == 200
    assert typed(sent(desk, effect, "change"))["job_P050"] == "050"
    sent(desk, effect, "save")
    codes = in_force(cast.branch.pk).layout.codes
    assert (codes["package"], codes["months"]["2"]) == ({"T": "1", "L": "L"}, "2")
    assert codes["job_type_1"] == codes["job_type_2"]
    assert ("P003" in codes["job_type_1"], codes["job_type_1"]["P050"]) == (False, "050")
    assert len(codes["job_type_1"]) == JobType.objects.count() - 1


def test_where_every_job_goes_by_its_own_code_one_of_tomorrow_does_too(cast, desk):
    sent(desk, sent(desk, desk.get(EDIT), "show", note="x", longest_1="49"), "save")
    assert set(in_force(cast.branch.pk).layout.codes) == {"package", "months"}


def test_nothing_changed_nothing_to_save(desk):
    effect = sent(desk, desk.get(EDIT), "show")
    assert changes(effect) == []
    assert 'value="save"' not in effect.text


@pytest.mark.parametrize(
    ("typed_in", "errors"),
    [
        ({"source_0": ""}, {"source_0": ["The core system wants something in this column. Choose what."]}),
        (
            {"source_1": "nik"},
            {"source_1": ["This goes into an earlier column already. Choose something else."]},
        ),
        ({"source_4": "fixed"}, {"text_4": ["Write the text that goes into every row, such as -."]}),
        (
            {"source_4": "fixed", "text_4": "x", "number_4": "on"},
            {"number_4": ["A fixed text is never a number. Untick this box."]},
        ),
        (
            {"source_4": "fixed", "text_4": "abc", "longest_4": "2"},
            {"text_4": ["This is longer than the column takes. Shorten it."]},
        ),
        ({"source_4": "fixed", "text_4": "x" * 51}, {"text_4": ["This is too long. Shorten it."]}),
        (
            {"source_4": "fixed", "text_4": "a_x0041_b"},
            {"text_4": ["This has characters that a cell can't hold. Type it anew."]},
        ),
        ({"text_4": "-"}, {"text_4": ["For this text choose “fixed text”, or empty this box."]}),
        ({"source_4": "religion"}, {"source_4": ["Choose what goes into this column."]}),
        ({"longest_1": "0"}, {"longest_1": ["Write a number from 1 to 1000, or leave it empty."]}),
        ({"longest_1": "banyak"}, {"longest_1": ["Write a number from 1 to 1000, or leave it empty."]}),
        ({"number_0": "on"}, {"number_0": ["This would lose digits as a number. Leave it as text."]}),
        ({"first_row": "2"}, {"first_row": ["Workers begin beneath the headings."]}),
        ({"first_row": ""}, {"first_row": ["Write the row beneath the headings."]}),
        (
            {"package_T": "", "package_L": ""},
            {"package_T": ["Write the code of at least one; nothing could be handed over."]},
        ),
        (
            {"package_T": "L"},
            {name: ["Two have this code. Each has its own."] for name in ("package_T", "package_L")},
        ),
        ({"months_3": "tiga"}, {"months_3": ["Its column is a number, so this has digits only."]}),
        ({"job_P050": "x" * 31}, {"job_P050": ["This is too long. Shorten it."]}),
        ({"answer_nik": " * "}, {"answer_nik": ["Write the heading as it stands in the answer."]}),
        (
            {"answer_reason": "STATUS"},
            {
                name: ["Two have this heading. Each has its own."]
                for name in ("answer_outcome", "answer_reason")
            },
        ),
        ({"answer_row": "31"}, {"answer_row": ["Write a row from 1 to 30."]}),
        ({"accepted": " , "}, {"accepted": ["Write the words that the answer uses, separated by commas."]}),
        ({"refused": "gagal, DITERIMA"}, {"refused": ["A word means accepted or refused, not both."]}),
        (
            {"answer_sheet": "a/b"},
            {"__all__": ["This does not fit together (sheet). Tell the branch's system admin."]},
        ),
    ],
)
def test_what_does_not_fit_is_said_at_its_place_and_what_was_typed_stays(desk, typed_in, errors):
    page = sent(desk, desk.get(EDIT), "show", **typed_in)
    assert refused(page) == errors
    kept = typed(page)
    assert {name: kept.get(name, "") for name in typed_in if name != "source_4"} == {
        name: value for name, value in typed_in.items() if name != "source_4"
    }


def test_the_file_of_an_edition_stays_when_only_codes_change(cast, desk):
    content = sheets.own_template()
    factories.template(by=cast.reviewer, workbook=content, workbook_name="a.xlsx")
    effect = sent(desk, desk.get(EDIT), "show", package_T="1")
    assert changes(effect) == [("T: work accident and death", "T", "1")]
    sent(desk, effect, "save")
    now = in_force(cast.branch.pk)
    assert (now.edition.number, now.edition.workbook_name, now.workbook) == (2, "a.xlsx", content)


# --- Two at once, and what waits


def test_an_edition_of_a_colleague_meanwhile_is_not_overwritten(cast, desk):
    effect = sent(desk, desk.get(EDIT), "show", package_T="1")
    factories.template(by=cast.other_reviewer, note="rekan")
    answer = sent(desk, effect, "save")
    assert answer.status_code == 409
    assert "A colleague changed the template meanwhile" in answer.text
    assert CollectiveTemplate.objects.count() == 1
    assert sent(desk, answer, "save").status_code == 302
    assert in_force(cast.branch.pk).edition.number == 2


def test_the_constraint_decides_between_two_of_one_number(cast):
    factories.template(by=cast.reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        CollectiveTemplate.objects.create(
            branch=cast.branch,
            number=1,
            layout=DEFAULT.as_json(),
            answer_layout=DEFAULT_ANSWER.as_json(),
            added_by=cast.reviewer,
            added_at=CollectiveTemplate.objects.get().added_at,
        )


def test_editions_are_append_only(cast):
    edition = factories.template(by=cast.reviewer)
    for change in (lambda: CollectiveTemplate.objects.update(note="x"), edition.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_only_who_may_adds_an_edition(cast):
    for person in (cast.head, cast.officer, cast.organiser):
        with pytest.raises(ActionRefused, match="not yours"):
            factories.template(by=person)
    with pytest.raises(ValueError, match="rows"):
        collective_templates.add(
            by=cast.reviewer,
            layout=collective.Layout("a", 5, 5, DEFAULT.columns),
            answer_layout=DEFAULT_ANSWER,
            workbook=None,
            seen=0,
        )
    assert CollectiveTemplate.objects.count() == 0


def test_a_waiting_file_is_sealed_and_nobody_else_s(cast, desk, login):
    page = upload(desk, sheets.own_template())
    kept = cache.get(f"template-file-{cast.reviewer.pk}")
    assert b"PK" not in bytes(kept[1])[:40]
    other = login(cast.other_reviewer)
    answer = sent(other, page, "show")
    assert answer.status_code == 409
    assert "This file is no longer kept. Choose it again." in answer.text


def test_a_file_that_waited_too_long_is_asked_for_again(desk, monkeypatch):
    monkeypatch.setattr(kept_files, "KEPT_SECONDS", -1)
    assert sent(desk, upload(desk, sheets.own_template()), "show").status_code == 409


def test_where_the_headings_are_is_read_from_the_file_again(desk):
    page = upload(desk, sheets.own_template())
    elsewhere = sent(desk, page, "show", sheet="Referensi", heading_row="1", first_row="2")
    assert elsewhere.context["frame"].headings == ("P050", "Pedagang")
    nowhere = sent(desk, page, "show", sheet="Tidak ada", heading_row="99")
    assert (nowhere.context["frame"].sheet, nowhere.context["frame"].heading_row) == (DEFAULT.sheet, 2)
