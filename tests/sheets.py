"""Spreadsheets for the tests, made and looked into."""

import io
import zipfile

import openpyxl
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from enrolment.collective import DEFAULT

SHEET = DEFAULT.sheet
HEADINGS = [f"{c.heading}{'*' if c.required else ''}" for c in DEFAULT.columns]


def made(rows: list[list], *, sheet: str = "Sheet", change=lambda sheet: None) -> bytes:
    """An .xlsx of these rows from A1 on; `change` may do more to its sheet."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    change(book.active)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(content: bytes):
    """The first sheet, not read-only."""
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def xml(content: bytes) -> dict[str, str]:
    """Every XML member as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


def changed(content: bytes, **members: bytes | None) -> bytes:
    """The ZIP with members put in, or (None) left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in archive.namelist():
            if name not in members:
                new.writestr(name, archive.read(name))
        for name, text in members.items():
            if text is not None:
                new.writestr(name, text)
    return out.getvalue()


def own_template(*, headings: list[str] = HEADINGS, change=lambda sheet: None) -> bytes:
    """A branch's own template with what such files have: hints, colours, a list to choose from, a second sheet, a link,
    and prepared rows with formats of their own."""

    def dress(sheet) -> None:
        sheet["A1"] = "Diisi 16 digit"
        sheet["A1"].font = Font(italic=True, color="FFC00000")
        sheet["C1"] = "Petunjuk"
        sheet["C1"].hyperlink = "https://example.com/petunjuk"
        for cell in sheet[2]:
            cell.fill = PatternFill("solid", fgColor="FF92D050")
        sheet.column_dimensions["B"].width = 44
        packages = DataValidation(type="list", formula1='"T,L"')
        packages.add("J3:J1000")
        sheet.add_data_validation(packages)
        for row in (3, 4):
            sheet.cell(row, 1).number_format = "0"
            sheet.cell(row, 2).font = Font(name="Arial", bold=True)
            sheet.cell(row, 3).number_format = "dd-mm-yyyy"
        sheet.parent.create_sheet("Referensi").append(["P050", "Pedagang"])
        change(sheet)

    return made([["hint"] * len(headings), headings], sheet=SHEET, change=dress)
