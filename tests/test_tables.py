"""Tables that come in: what is certain is read as it is seen, the rest is refused, and a bomb is never parsed."""

import io
import zipfile
from datetime import date, datetime, time

import pytest

from enrolment import tables
from enrolment.tables import Unreadable, read
from tests import sheets

pytestmark = pytest.mark.usefixtures("in_english")


def refused(content: bytes, **more) -> tuple[str, int | None]:
    with pytest.raises(Unreadable) as found:
        read(content, **{"most_rows": 10, **more})
    assert found.value.sentence.endswith(".")
    assert "%" not in found.value.sentence
    return found.value.code, found.value.row


def seen(*cells) -> list[str]:
    return read(sheets.made([list(cells)]), most_rows=10)[0]


def test_cells_are_what_a_person_sees():
    assert seen("  Sumiati ", 250000, 2500000.0, -3, 0.5, True, "=no".replace("=", "")) == [
        "Sumiati", "250000", "2500000", "-3", "0.5", "TRUE", "no",
    ]  # fmt: skip
    assert seen(date(2026, 11, 22), datetime(2026, 11, 22, 8, 30), time(8, 30)) == [  # noqa: DTZ001
        "2026-11-22",
        "2026-11-22 08:30",
        "08:30:00",
    ]
    assert seen("0812", "'0812", "3172015511800003") == ["0812", "'0812", "3172015511800003"]


@pytest.mark.parametrize("number", [3172015511800003, 10**15, -(10**15), 1e15, 1e300])
def test_a_number_whose_end_is_lost_is_refused(number):
    assert refused(sheets.made([["NIK"], [number]])) == ("digits_lost", 2)


def test_the_longest_number_that_loses_nothing():
    assert seen(999_999_999_999_999) == ["999999999999999"]


def test_a_formula_is_refused_and_a_text_like_one_is_not():
    assert refused(sheets.made([["a"], ["=1+1"]])) == ("formula", 2)

    def as_text(sheet) -> None:
        sheet["A1"].value = "=1+1"
        sheet["A1"].data_type = "s"

    assert read(sheets.made([[]], change=as_text), most_rows=10) == [["=1+1"]]


def test_an_error_of_the_spreadsheet_is_refused():
    assert refused(sheets.made([["#N/A"]])) == ("cell_error", 1)


def test_rows_keep_their_numbers_and_empty_ones_at_the_end_are_gone():
    def bordered(sheet) -> None:
        sheet["A500"].number_format = "@"

    content = sheets.made([["a", None], [], ["", "b"]], change=bordered)
    assert read(content, most_rows=3) == [["a"], [], ["", "b"]]


def test_more_rows_than_may_be_are_refused_also_far_below():
    assert refused(sheets.made([["x"]] * 4), most_rows=3) == ("too_many_rows", None)
    assert refused(sheets.made([["x"]], change=lambda sheet: sheet.__setitem__("A9", "x")), most_rows=3)[
        0
    ] == ("too_many_rows")
    far = sheets.made([["x"]], change=lambda sheet: sheet.__setitem__("A1048576", "x"))
    assert refused(far, most_rows=3) == ("too_many_rows", None)


def test_more_columns_than_may_be_and_very_long_texts():
    assert refused(sheets.made([["x"] * 101]))[0] == "too_many_columns"
    assert refused(sheets.made([["x"]], change=lambda sheet: sheet.__setitem__("XFD1", "x")))[0] == (
        "too_many_columns"
    )
    assert refused(sheets.made([["x" * 2001]])) == ("cell_long", 1)
    assert seen("x" * 2000) == ["x" * 2000]


def test_the_sheet_that_is_asked_for():
    content = sheets.made([["one"]], change=lambda sheet: sheet.parent.create_sheet("Dua").append(["two"]))
    assert read(content, most_rows=1) == [["one"]]
    assert read(content, sheet="Dua", most_rows=1) == [["two"]]
    assert refused(content, sheet="Tiga")[0] == "sheet_missing"
    assert tables.sheet_names(content) == ["Sheet", "Dua"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_in_its_kinds(delimiter, encoding):
    text = f'NIK{delimiter}Nama\r\n3172015511800003{delimiter}"André, é; x"\r\n\r\n'
    assert read(text.encode(encoding), name="a.csv", most_rows=2) == [
        ["NIK", "Nama"],
        ["3172015511800003", "André, é; x"],
    ]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "empty"),
        (b" \r\n ", "a.csv", "empty"),
        (b";;\r\n;", "a.csv", "empty"),
        (b'a;"b\r\nc', "a.csv", "broken"),
        (b"a\0b", "a.csv", "not_text"),
        ("a;b".encode("utf-16"), "a.csv", "not_text"),
        (b"x" * 2_000_001, "a.csv", "too_big"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "a.xlsx", "old_excel"),
        (b"a;b", "a.xls", "old_excel"),
        (b"PK", "A.XLSM", "macros"),
        (b"PK\x03\x04 no archive", "a.xlsx", "broken"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(content, name, code):
    assert refused(content, name=name)[0] == code


def archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in members:
            new.writestr(name, text)
    return out.getvalue()


def test_an_archive_that_unpacks_to_too_much_is_never_parsed(monkeypatch):
    good = sheets.made([["x"]])
    monkeypatch.setattr(tables.openpyxl, "load_workbook", None)  # whoever calls it fails otherwise
    assert refused(sheets.changed(good, **{"xl/media/a.bin": bytes(20_000_000)}))[0] == "bomb"
    assert refused(archive(*[(f"{number}.txt", b"") for number in range(201)]))[0] == "bomb"


def rows_of(xml: str, *, member: str = "xl/worksheets/sheet1.xml") -> bytes:
    """An .xlsx with these rows, as XML."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    body = f"<worksheet {space}><sheetData>{xml}</sheetData></worksheet>".encode()
    return sheets.changed(sheets.made([["x"]]), **{member: body})


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.dat"])
def test_a_small_file_of_very_many_empty_cells_is_never_parsed(monkeypatch, member):
    content = rows_of(f"<row>{'<c/>' * 500_000}</row>", member=member)
    assert len(content) < 10_000
    monkeypatch.setattr(tables.openpyxl, "load_workbook", None)  # whoever calls it fails otherwise
    assert refused(content)[0] == "bomb"


def test_cells_that_are_not_there_are_counted_too():
    assert refused(rows_of('<row><c r="XFD1"/></row>' * 200))[0] == "bomb"


def test_an_archive_packed_as_no_spreadsheet_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheets.made([["x"]]))) as good, zipfile.ZipFile(out, "w") as new:
        for name in good.namelist():
            new.writestr(name, good.read(name), zipfile.ZIP_LZMA)
    assert refused(out.getvalue())[0] == "broken"


@pytest.mark.parametrize(
    "head",
    [
        b'<!DOCTYPE a [<!ENTITY b "bbbb">]>',
        b'<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "http://example.com/a.dtd">',
    ],
)
@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
def test_a_declaration_of_entities_is_refused_wherever_it_stands(head, member):
    content = sheets.changed(sheets.made([["x"]]), **{member: head + b"<worksheet/>"})
    assert refused(content)[0] == "bomb"


@pytest.mark.parametrize("encoding", ["utf-16", "cp037", "utf-7"])
def test_a_declaration_cannot_hide_in_another_encoding(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "bb">]><a/>'
    body = text.encode("ascii" if encoding == "utf-7" else encoding)
    content = sheets.changed(sheets.made([["x"]]), **{"xl/worksheets/sheet1.xml": body})
    assert refused(content)[0] in ("broken", "bomb")


def test_a_file_with_macros_or_without_a_workbook_is_refused():
    good = sheets.made([["x"]])
    assert refused(sheets.changed(good, **{"xl/vbaProject.bin": b"x"}), name="a.xlsx")[0] == "macros"
    assert refused(archive(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")))[0] == "broken"
    assert refused(sheets.changed(good, **{"xl/worksheets/sheet1.xml": b"<worksheet><no"}))[0] == "broken"
    assert refused(sheets.changed(good, **{"xl/workbook.xml": None}))[0] == "broken"


def test_a_locked_member_is_refused():
    content = bytearray(sheets.made([["x"]]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    assert refused(bytes(content))[0] == "old_excel"
