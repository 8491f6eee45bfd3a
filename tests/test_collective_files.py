"""The file for the core system, read back cell by cell and in its XML; and the answer that comes back."""

import re
from dataclasses import replace
from xml.sax.saxutils import escape

import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table, TableFormula

from enrolment.collective import DEFAULT, DEFAULT_ANSWER, FIXED, Column, cells
from enrolment.exports import own_template
from enrolment.exports.collective import Answer, answers, workbook
from enrolment.tables import Unreadable
from tests import sheets
from tests.test_collective import WORKER

NIK = WORKER["nik"]
FORMULA = re.compile(r"<(?:\w+:)?f[\s>/]|hyperlink", re.IGNORECASE)
DANGEROUS = [
    "=1+1",
    "+62",
    "-Budi",
    "@SUM(A1)",
    '=HYPERLINK("http://example.com")',
    "{=1}",
    "#REF!",
    "TRUE",
    "1E5",
    "007",
]

pytestmark = pytest.mark.usefixtures("in_english")


def row(**changes) -> list[str | int]:
    return cells(WORKER | changes, DEFAULT)[0]


def filled(*rows, original: bytes | None = None, layout=DEFAULT) -> bytes:
    return workbook(layout, rows, original=original)


def shown(sheet, number: int) -> list[tuple]:
    return [(cell.value, cell.data_type, cell.number_format) for cell in sheet[number]]


@pytest.mark.parametrize("original", [None, "own"])
def test_every_cell_has_the_type_that_keeps_it(original):
    sheet = sheets.opened(filled(row(), original=original and sheets.own_template()))
    text = [NIK, "Sumiati", "15-11-1980", "081234567890"]
    assert shown(sheet, 3)[:4] == [(value, "s", "@") for value in text]
    assert [cell.value for cell in sheet[3]][4:] == [None, "P050", None, "3172", 2500000, "T", 3]
    assert [cell.data_type for cell in sheet[3]][5:] == ["s", "n", "s", "n", "s", "n"]
    assert sheet["I3"].number_format == sheet["K3"].number_format == "0"
    assert len(sheet["A3"].value) == 16
    assert sheet.title == "Pendaftaran TK Baru BPU"
    assert [cell.value for cell in sheet[2]] == sheets.HEADINGS


@pytest.mark.parametrize("original", [None, "own"])
@pytest.mark.parametrize("text", DANGEROUS)
def test_nothing_is_a_formula_or_a_link_whatever_a_name_begins_with(text, original):
    content = filled(row(full_name=text), original=original and sheets.own_template())
    sheet = sheets.opened(content)
    assert (sheet["B3"].value, sheet["B3"].data_type, sheet["B3"].number_format) == (text, "s", "@")
    assert [
        name for name, xml in sheets.xml(content).items() if FORMULA.search(xml.replace("=HYPERLINK(", ""))
    ] == []
    assert [name for name in sheets.xml(content) if "externalLink" in name] == []


@pytest.mark.parametrize("original", [None, "own"])
@pytest.mark.parametrize("text", [*DANGEROUS, "-", "'-", "0012"])
def test_a_fixed_text_is_text_whatever_it_begins_with(text, original):
    layout = replace(DEFAULT, columns=(*DEFAULT.columns, Column("Ibu", FIXED, required=True, text=text)))
    rows = [cells(WORKER | {"nik": nik}, layout)[0] for nik in (NIK, "3172015511800005")]
    headings = [*sheets.HEADINGS, "Ibu*"]
    content = filled(*rows, original=original and sheets.own_template(headings=headings), layout=layout)
    sheet = sheets.opened(content)
    for number in (3, 4):
        cell = sheet[f"L{number}"]
        assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
    written = {name: xml.replace("=HYPERLINK(", "") for name, xml in sheets.xml(content).items()}
    assert [name for name, xml in written.items() if FORMULA.search(xml)] == []
    assert any(f">{escape(text)}<" in xml for xml in sheets.xml(content).values())


def test_a_formula_is_seen_by_what_looks_for_it():
    """The negative control of the test above."""
    content = sheets.made([["=1+1"]])
    assert any(FORMULA.search(xml) for xml in sheets.xml(content).values())


def test_own_template_keeps_its_hints_colours_widths_lists_and_other_sheets():
    content = filled(row(), row(nik="3172015511800005"), original=sheets.own_template())
    sheet = sheets.opened(content)
    assert [sheet["A1"].value, sheet["A1"].font.italic, sheet["A1"].font.color.rgb] == [
        "Diisi 16 digit",
        True,
        "FFC00000",
    ]
    assert sheet["C1"].value == "Petunjuk"
    assert sheet["C1"].hyperlink is None
    assert {cell.fill.fgColor.rgb for cell in sheet[2]} == {"FF92D050"}
    assert sheet.column_dimensions["B"].width == 44
    assert [(one.formula1, str(one.sqref)) for one in sheet.data_validations.dataValidation] == [
        ('"T,L"', "J3:J1000")
    ]
    assert sheet.parent.sheetnames == ["Pendaftaran TK Baru BPU", "Referensi"]
    assert sheet.parent["Referensi"]["B1"].value == "Pedagang"


def test_rows_beyond_the_prepared_ones_look_like_the_first():
    content = filled(*[row()] * 5, original=sheets.own_template())
    sheet = sheets.opened(content)
    assert [sheet.cell(number, 2).font.name for number in (3, 4, 7)] == ["Arial"] * 3
    assert [sheet.cell(number, 1).number_format for number in range(3, 8)] == ["@"] * 5


def test_codes_and_columns_are_the_branch_s():
    layout = replace(
        DEFAULT,
        columns=tuple(reversed(DEFAULT.columns)),
        codes={**DEFAULT.codes, "package": {"T": "01"}, "job_type_1": {"P050": "7"}},
        heading_row=4,
        first_row=6,
    )
    sheet = sheets.opened(workbook(layout, [cells(WORKER, layout)[0]]))
    assert [cell.value for cell in sheet[6]] == [
        3, "01", 2500000, "3172", None, "7", None, "081234567890", "15-11-1980", "Sumiati", NIK,
    ]  # fmt: skip
    assert sheet["B6"].data_type == "s"


def test_a_thousand_rows_fit_and_no_more():
    assert sheets.opened(filled(*[row()] * 1000)).max_row == 1002
    with pytest.raises(ValueError, match="rows do not fit"):
        filled(*[row()] * 1001)
    with pytest.raises(ValueError, match="rows do not fit"):
        filled(row()[:-1])


# --- The branch's own template, when it is uploaded


def code_of(call, *arguments, **more) -> str:
    with pytest.raises(Unreadable) as refused:
        call(*arguments, **more)
    return refused.value.code


def test_headings_are_found_on_whatever_sheet_and_row_they_are():
    headings = ["", "NOMOR IDENTITAS *", "nama  lengkap", "Tgl lahir*", "Catatan"]
    content = sheets.made(
        [["Formulir"], [], [], headings, ["1", "2"], []],
        sheet="Data",
        change=lambda sheet: sheet.parent.create_sheet("Petunjuk", 0).append(["Cara mengisi", "Email"]),
    )
    found = own_template.find(content)
    assert (found.sheet, found.heading_row, found.empty_row) == ("Data", 4, 6)
    assert found.headings == tuple(" ".join(heading.split()) for heading in headings)


def test_headings_that_nobody_knows_are_asked_for():
    content = sheets.made([["A", "B"], ["Email", "Nama"]])
    assert own_template.find(content) is None
    named = own_template.find(content, sheet="Sheet", heading_row=1)
    assert named.headings == ("A", "B")
    assert own_template.find(content, sheet="Sheet", heading_row=9) is None
    assert code_of(own_template.find, content, sheet="Other", heading_row=1) == "sheet_missing"


def test_the_own_template_of_these_tests_can_be_filled():
    assert own_template.check(sheets.own_template(), DEFAULT) is True


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda sheet: sheet.__setitem__("A3", "3172015511800003"), "not_empty"),
        (lambda sheet: sheet.__setitem__("Z900", "x"), "not_empty"),
        (lambda sheet: sheet.__setitem__("H5", "=A5"), "formula"),
        (lambda sheet: sheet.merge_cells("A4:B4"), "merged"),
        (lambda sheet: sheet.merge_cells("A2:A3"), "merged"),
    ],
)
def test_a_template_whose_rows_for_workers_are_not_free_is_refused(change, code):
    assert code_of(own_template.check, sheets.own_template(change=change), DEFAULT) == code


def test_merged_hints_and_cells_to_the_right_are_no_hindrance():
    def change(sheet) -> None:
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("M5:N6")

    content = sheets.own_template(change=change)
    assert own_template.check(content, DEFAULT) is True
    assert "A1:B1" in {str(one) for one in sheets.opened(filled(row(), original=content)).merged_cells.ranges}


@pytest.mark.parametrize("ref", ["A1:XFD1048576", "A:XFD", "1:9"])
@pytest.mark.parametrize("kind", ["hyperlink", "merged"])
def test_a_range_of_a_billion_cells_is_a_bomb_before_a_cell_is_made(kind, ref):
    content = sheets.own_template(change=lambda sheet: sheet.merge_cells("A1:B1"))
    text = sheets.xml(content)["xl/worksheets/sheet1.xml"]
    old = 'ref="C1"' if kind == "hyperlink" else 'mergeCell ref="A1:B1"'
    assert old in text
    text = text.replace(old, old.partition("ref=")[0] + f'ref="{ref}"')
    content = sheets.changed(content, **{"xl/worksheets/sheet1.xml": text.encode()})
    assert code_of(own_template.check, content, DEFAULT) == "bomb"


def test_a_template_that_takes_values_from_another_file_is_refused():
    content = sheets.changed(
        sheets.own_template(), **{"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    )
    assert code_of(own_template.find, content) == "links"


def named(sheet, formula: str) -> None:
    sheet.parent.defined_names["Daftar"] = DefinedName("Daftar", attr_text=formula)


def chosen_from(sheet, formula: str) -> None:
    choice = DataValidation(type="list", formula1=formula)
    choice.add("B3:B9")
    sheet.add_data_validation(choice)


def coloured(sheet, formula: str) -> None:
    sheet.conditional_formatting.add("B3:B9", FormulaRule(formula=[formula]))


def on_a_hidden_sheet(sheet, formula: str) -> None:
    hidden = sheet.parent.create_sheet("Hitung")
    hidden.sheet_state = "veryHidden"
    hidden["B7"] = f"={formula}"


def as_an_array(sheet, formula: str) -> None:
    sheet.parent.create_sheet("Hitung")["B7"] = ArrayFormula("B7:B8", f"={formula}")


def in_a_table(sheet, formula: str) -> None:
    other = sheet.parent.create_sheet("Hitung")
    other.append(["Kode", "Nama"])
    table = Table(displayName="Hitungan", ref="A1:B3")
    table._initialise_columns()
    for column, heading in zip(table.tableColumns, ("Kode", "Nama"), strict=True):
        column.name = heading
    table.tableColumns[1].calculatedColumnFormula = TableFormula(attr_text=formula)
    other.add_table(table)


PLACES = [in_a_table, named, chosen_from, coloured, on_a_hidden_sheet, as_an_array]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "formula",
    [
        "WEBSERVICE(CONCATENATE(Referensi!A1,'Pendaftaran TK Baru BPU'!A3))",
        "_xlfn.WEBSERVICE (A3)",
        "_xlfn.IMAGE(A3)",
        "HYPERLINK(A3,B3)",
        "cmd|'/c calc'!A0",
        "importxml(A3,B3)",
        'RTD("a.b","",A3)',
        "'\\\\server\\share\\Book.xlsx'!A1",
    ],
)
def test_a_template_that_would_take_the_rows_outside_is_refused(place, formula):
    content = sheets.own_template(change=lambda sheet: place(sheet, formula))
    assert code_of(own_template.check, content, DEFAULT) == "outward"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "formula",
    ["INDIRECT(Referensi!A1)", "VLOOKUP(A3,Referensi!A1:B9,2,FALSE)", "SUMIF(Daftar[Kode],1)", "imager+1"],
)
def test_a_template_that_works_things_out_within_itself_can_be_filled(place, formula):
    content = sheets.own_template(change=lambda sheet: place(sheet, formula))
    assert own_template.check(content, DEFAULT) is True


def test_what_openpyxl_drops_is_told():
    content = sheets.own_template()
    text = sheets.xml(content)["xl/worksheets/sheet1.xml"]
    extended = text.replace(
        "</worksheet>", '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    )
    content = sheets.changed(content, **{"xl/worksheets/sheet1.xml": extended.encode()})
    assert own_template.check(content, DEFAULT) is False
    assert filled(row(), original=content)  # and filling it warns nobody


# --- The answer

HEAD = ["Nomor Identitas", "Status", "Keterangan", "Kode Iuran", "Nomor Peserta"]
GOOD = [NIK, "Diterima", "", "123456789012", "12345678901"]


def as_csv(*rows: list[str], delimiter: str = ";") -> bytes:
    return "\r\n".join(delimiter.join(one) for one in rows).encode()


@pytest.mark.parametrize(
    "content",
    [
        sheets.made([HEAD, GOOD, ["3172015511800005", "DITOLAK", "NIK ganda"]]),
        as_csv(HEAD, GOOD, ["3172015511800005", "DITOLAK", "NIK ganda"]),
        as_csv([f"{h}*" for h in HEAD], GOOD, ["'3172015511800005", " ditolak ", "NIK ganda"], delimiter=","),
    ],
)
def test_an_answer_is_read_row_by_row(content):
    assert answers(content, DEFAULT_ANSWER) == [
        Answer(2, NIK, True, "", "123456789012", "12345678901"),
        Answer(3, "3172015511800005", False, "NIK ganda", "", ""),
    ]


def test_numbers_of_an_answer_may_be_numbers_where_no_digit_is_lost():
    content = sheets.made([HEAD, [NIK, "Diterima", None, 123456789012, 12345678901]])
    assert answers(content, DEFAULT_ANSWER) == [Answer(2, NIK, True, "", "123456789012", "12345678901")]


def test_columns_that_an_answer_may_lack():
    assert answers(as_csv(HEAD[:3], [NIK, "Diterima", ""]), DEFAULT_ANSWER) == [
        Answer(2, NIK, True, "", "", "")
    ]


def test_an_answer_as_the_branch_described_it():
    layout = replace(
        DEFAULT_ANSWER,
        sheet="Hasil",
        heading_row=3,
        columns={"nik": "KTP", "outcome": "Hasil", "reason": "Alasan"},
        accepted=("OK",),
        refused=("NOK",),
    )
    content = sheets.made([["Laporan"], [], ["Hasil", "Alasan", "KTP"], ["nok", "Umur", NIK]], sheet="Hasil")
    assert answers(content, layout) == [Answer(4, NIK, False, "Umur", "", "")]


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        ([HEAD], "no_rows", None),
        ([HEAD[1:], GOOD[1:]], "heading_missing", 1),
        ([[*HEAD, "status"], GOOD], "heading_twice", None),
        ([HEAD, [NIK, "Diproses", "", "", ""]], "outcome_unknown", 2),
        ([HEAD, GOOD, [NIK, "", "", "", ""]], "outcome_unknown", 3),
        ([HEAD, [NIK, "Ditolak", "", "", ""]], "reason_missing", 2),
        ([HEAD, ["3.17202E+15", "Diterima", "", "", ""]], "nik_number", 2),
        ([HEAD, [NIK[:15], "Diterima", "", "", ""]], "nik_invalid", 2),
        ([HEAD, ["３172015511800003", "Diterima", "", "", ""]], "nik_invalid", 2),
        ([HEAD, ["", "Diterima", "", "", ""]], "nik_invalid", 2),
        ([HEAD, GOOD, GOOD], "nik_twice", 3),
        ([HEAD, [NIK, "Diterima", "", "", "1234567890"]], "participant_number", 2),
        ([HEAD, [NIK, "Diterima", "", "", NIK]], "participant_number_nik", 2),
        ([HEAD, [NIK, "Diterima", "", "12345678901", ""]], "billing_code", 2),
        ([HEAD, ["", "", "", "", ""], GOOD], "row_empty", 2),
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_answer_that_is_not_certain_is_refused_whole(rows, code, row, kind):
    content = sheets.made(rows) if kind == "xlsx" else as_csv(*rows)
    with pytest.raises(Unreadable) as refused:
        answers(content, DEFAULT_ANSWER)
    assert (refused.value.code, refused.value.row) == (code, row)
    assert "%" not in refused.value.sentence
    assert not re.search("[0-9]{11}", refused.value.sentence)


def test_a_nik_that_is_a_number_in_the_sheet_has_lost_its_end():
    content = sheets.made([HEAD, [int(NIK), "Diterima", "", "", ""]])
    assert code_of(answers, content, DEFAULT_ANSWER) == "digits_lost"


def test_a_payment_code_in_an_answer_has_as_many_digits_as_one_that_is_typed(settings):
    settings.BILLING_CODE_DIGITS = (11, 12)
    rows = [[NIK, "Diterima", "", code, ""] for code in ("12345678901", "1234567890")]
    assert answers(as_csv(HEAD, rows[0]), DEFAULT_ANSWER)[0].billing_code == "12345678901"
    with pytest.raises(Unreadable, match="not 11 or 12 digits"):
        answers(as_csv(HEAD, rows[1]), DEFAULT_ANSWER)
