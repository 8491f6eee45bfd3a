"""The collective template as a file: rows into an .xlsx, and the core system's answer back out of one.

A NIK has 16 digits and a spreadsheet's number 15, so whatever is not meant to be added up is text, twice over: by the
cell's type and by its format, so that it stays text when somebody edits it. Nothing that is written is a formula or a
link, whatever a worker's name begins with.
"""

import io
import re
import warnings
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import openpyxl
from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from enrolment import tables
from enrolment.collective import MOST_ROWS, AnswerLayout, Layout, plain
from enrolment.tables import Unreadable

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT, WHOLE = "@", "0"
_NARROWEST, _WIDEST = 14, 34
_AS_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the core system says of one row; `row` counts as on the screen. Numbers are "" where it gave none."""

    row: int
    nik: str
    accepted: bool
    reason: str
    billing_code: str
    participant_number: str


def workbook(layout: Layout, rows: Sequence[Sequence[str | int]], *, original: bytes | None = None) -> bytes:
    """An .xlsx with these rows (of `collective.cells`) from `layout.first_row` on: the branch's own file filled, or one
    built from the layout. Raises ValueError for more than `MOST_ROWS` rows or one of another length."""
    if len(rows) > MOST_ROWS or any(len(row) != len(layout.columns) for row in rows):
        raise ValueError("rows do not fit the layout")
    book, sheet = _built(layout) if original is None else _own(original, layout)
    for number, row in enumerate(rows, layout.first_row):
        for position, value in enumerate(row, 1):
            _write(sheet, number, position, value, first_row=layout.first_row)
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def answers(content: bytes, layout: AnswerLayout, *, name: str = "") -> list[Answer]:
    """The rows of the core system's answer, .xlsx or .csv. All of it is read or none.

    Raises Unreadable: what `tables.read` does, and "heading_missing", "heading_twice", "no_rows", "nik_number",
    "nik_invalid", "nik_twice", "outcome_unknown", "reason_missing", "participant_number",
    "participant_number_nik", "billing_code", "row_empty".
    """
    most = layout.heading_row + MOST_ROWS
    table = tables.read(content, name=name, sheet=layout.sheet, most_rows=most)
    headings = table[layout.heading_row - 1] if len(table) >= layout.heading_row else []
    places = _places(headings, layout)
    rows = table[layout.heading_row :]
    if not rows:
        raise Unreadable(
            "no_rows", _("This file has headings and no answers. Check that you chose the right one.")
        )
    found: dict[str, Answer] = {}
    for number, row in enumerate(rows, layout.heading_row + 1):
        said = {meaning: row[place] if place < len(row) else "" for meaning, place in places.items()}
        answer = _answer(number, said, layout)
        if answer.nik in found:
            raise _wrong(
                "nik_twice",
                _("Row %(row)d repeats the NIK of an earlier row. Each worker may stand once."),
                number,
            )
        found[answer.nik] = answer
    return list(found.values())


def _places(headings: Sequence[str], layout: AnswerLayout) -> dict[str, int]:
    """Meaning → index of its column."""
    named = [plain(heading) for heading in headings]
    places = {}
    for meaning, heading in layout.columns.items():
        times = named.count(plain(heading))
        if times > 1:
            raise Unreadable(
                "heading_twice",
                _("Two columns are called “%(heading)s”. Rename one of them.") % {"heading": heading},
            )
        if times:
            places[meaning] = named.index(plain(heading))
        elif meaning in AnswerLayout.NEEDED:
            raise Unreadable(
                "heading_missing",
                _(
                    "Row %(row)d has no heading “%(heading)s”. Check the file, or what the template says of the answer."
                )
                % {"row": layout.heading_row, "heading": heading},
                layout.heading_row,
            )
    return places


def _answer(row: int, said: dict[str, str], layout: AnswerLayout) -> Answer:
    if not any(said.values()):
        raise _wrong("row_empty", _("Row %(row)d is empty. Take it out, or choose the file as it came."), row)
    number, billing_code, participant_number = (
        said.get(meaning, "").removeprefix("'") for meaning in ("nik", "billing_code", "participant_number")
    )
    if _AS_NUMBER.fullmatch(number):
        raise _wrong(
            "nik_number",
            _("The NIK of row %(row)d is a number, so its end is lost. Choose the file as it came."),
            row,
        )
    if not re.fullmatch("[0-9]{16}", number):
        raise _wrong("nik_invalid", _("The NIK of row %(row)d has not 16 digits. Correct it."), row)
    outcome = plain(said["outcome"])
    accepted = outcome in map(plain, layout.accepted)
    if not accepted and outcome not in map(plain, layout.refused):
        raise _wrong(
            "outcome_unknown",
            _("The outcome of row %(row)d is not known. Add its word to the template's answer."),
            row,
        )
    if not accepted and not said["reason"]:
        raise _wrong("reason_missing", _("Row %(row)d is refused without a reason. Ask for the reason."), row)
    if re.fullmatch("[0-9]{16}", participant_number):
        raise _wrong(
            "participant_number_nik",
            _("Row %(row)d has a NIK as participant number. The number has 11 digits; correct the row."),
            row,
        )
    if participant_number and not re.fullmatch("[0-9]{11}", participant_number):
        raise _wrong(
            "participant_number",
            _("The participant number of row %(row)d has not 11 digits. Correct it."),
            row,
        )
    if billing_code and not _is_code(billing_code):
        digits = _(" or ").join(map(str, settings.BILLING_CODE_DIGITS))
        sentence = _("The payment code of row %(row)d has not %(digits)s digits. Correct it.")
        raise Unreadable("billing_code", sentence % {"row": row, "digits": digits}, row)
    return Answer(row, number, accepted, said["reason"], billing_code, participant_number)


def _is_code(number: str) -> bool:
    return bool(re.fullmatch("[0-9]+", number)) and len(number) in settings.BILLING_CODE_DIGITS


def _wrong(code: str, sentence: str, row: int) -> Unreadable:
    return Unreadable(code, sentence % {"row": row}, row)


def _write(sheet: Worksheet, row: int, position: int, value: str | int, *, first_row: int) -> None:
    cell = sheet.cell(row, position)
    if not cell.has_style and row > first_row:
        cell._style = copy(sheet.cell(first_row, position)._style)
    _fill(cell, value)


def _fill(cell: Cell, value: str | int) -> None:
    if value == "":
        cell.value = None
        return
    cell.value = value
    cell.data_type = "n" if isinstance(value, int) else "s"  # openpyxl takes "=…" for a formula
    if isinstance(value, str):
        cell.number_format = TEXT
    elif cell.number_format in ("General", TEXT):
        cell.number_format = WHOLE


def _own(original: bytes, layout: Layout) -> tuple[openpyxl.Workbook, Worksheet]:
    """The branch's file as openpyxl keeps it, without links. It was looked through when it was stored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what openpyxl drops was said then
        book = openpyxl.load_workbook(io.BytesIO(original), keep_links=False)
    for one in book.worksheets:
        for cell in one._cells.values():  # those that there are; iter_rows would make all between the corners
            if cell.hyperlink:
                cell.hyperlink = None
    return book, book[layout.sheet]


def _built(layout: Layout) -> tuple[openpyxl.Workbook, Worksheet]:
    """A plain sheet with the headings of the layout; an asterisk where something must stand."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = layout.sheet
    for position, column in enumerate(layout.columns, 1):
        heading = sheet.cell(layout.heading_row, position)
        _fill(heading, f"{column.heading}*" if column.required else column.heading)
        heading.font = Font(bold=True)
        width = min(_WIDEST, max(_NARROWEST, len(column.heading) + 4))
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = sheet.cell(layout.first_row, 1)
    return book, sheet
