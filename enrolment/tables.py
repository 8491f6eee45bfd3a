"""Tables that come in as a file, .xlsx or .csv: rows of text, as a person sees them in the file.

What is not certain is refused and never guessed: a formula, an error, a number of more than 15 digits (Excel has
dropped the rest). An .xlsx is a ZIP of XML from somebody else's computer, so how much it unpacks to, and that it
declares no entities, is known before anything is parsed; then it is streamed.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.workbook import Workbook

MAX_BYTES = 2_000_000
MOST_UNPACKED = 20_000_000
"""Bytes of all members together: a file of 1,000 workers has about one million."""
MOST_MEMBERS = 200
MOST_TAGS = 400_000
"""Elements of all members together, end tags too: a file of 1,000 workers has about 200,000. A megabyte of zeros is
nothing, but a million empty cells, eight kilobytes of ZIP, keep a worker busy for half a minute."""
MOST_CELLS = 3_000_000
"""Looked at of a sheet, with those that are not there: a cell in the last column has 16,383 before it."""
MOST_COLUMNS = 100
MOST_EMPTY_ROWS = 20_000
"""Rows to look through for filled ones: a spreadsheet keeps the borders of rows that were emptied."""
LONGEST_CELL = 2_000
CERTAIN_DIGITS = 15
"""Significant digits that a number has in a spreadsheet."""

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # .xls, and every file with a password
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")


class Unreadable(ValueError):
    """The file is not taken, none of it. `code` names why, `sentence` says what to do; `row` counts as on the screen
    and is None where the whole file is meant."""

    def __init__(self, code: str, sentence: str, row: int | None = None) -> None:
        self.code, self.sentence, self.row = code, sentence, row
        super().__init__(sentence)


def read(content: bytes, *, name: str = "", sheet: str = "", most_rows: int) -> list[list[str]]:
    """The rows of a table, headings and all: index 0 is row 1 on the screen, empty ones at the end are left out.

    `sheet=""` is the first one; a .csv has no sheets. Values are stripped, dates are ISO.

    Raises Unreadable: "too_big", "empty", "old_excel", "macros", "broken", "bomb", "sheet_missing", "formula",
    "cell_error", "digits_lost", "cell_long", "too_many_columns", "too_many_rows", "not_text".
    """
    _check_size(content)
    is_xlsx = is_workbook(content, name=name)
    with _broken_said():
        return _bounded(_xlsx(content, sheet) if is_xlsx else _csv(content), most_rows)


def is_workbook(content: bytes, *, name: str = "") -> bool:
    """Is this an .xlsx, by its content? Raises Unreadable for another file of a spreadsheet program."""
    if content.startswith(_OLD_EXCEL) or name.lower().endswith((".xls", ".xlsb")):
        raise Unreadable(
            "old_excel", _("This is an old or a locked file. Save it as .xlsx without a password.")
        )
    if name.lower().endswith((".xlsm", ".xltm")):
        raise Unreadable("macros", _("This file may hold macros. Save it as .xlsx and choose that file."))
    return content.startswith(b"PK")


def sheet_names(content: bytes) -> list[str]:
    """The sheets with cells of an .xlsx, in their order. Raises Unreadable as `read` does."""
    _check_size(content)
    with workbook(content) as book:
        return [sheet.title for sheet in book.worksheets]


def glance(sheet: Any, *, rows: int) -> list[list[str]]:
    """The first rows of a sheet of `workbook`, for finding its headings: what is no certain text is "", and nothing is
    refused. At most `MOST_COLUMNS` cells a row."""
    sheet.reset_dimensions()
    found = []
    with _broken_said():
        for cells in islice(sheet.iter_rows(max_row=rows, max_col=MOST_COLUMNS), rows):
            texts = [
                " ".join(cell.value.split()) if cell.data_type == "s" and cell.value else "" for cell in cells
            ]
            while texts and not texts[-1]:
                texts.pop()
            found.append(texts)
    return found


@contextmanager
def workbook(content: bytes) -> Iterator[Workbook]:
    """An .xlsx, streamed, after a look at what it unpacks to. Raises Unreadable."""
    check_archive(content)
    with _broken_said():
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        yield book
    finally:
        book.close()


def check_archive(content: bytes) -> None:
    """Raises Unreadable unless this is the ZIP of an .xlsx of a bearable size, without macros and entities.

    A member never unpacks to more than it declares (zipfile stops there), so the declared sizes can be relied on.
    openpyxl reads sheets with the standard library's parser, which would expand entities.
    """
    with _broken_said(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
            raise _bomb()
        if any(member.flag_bits & 1 for member in members):
            raise Unreadable(
                "old_excel", _("This is an old or a locked file. Save it as .xlsx without a password.")
            )
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise _broken()  # a spreadsheet has no other; one of LZMA asks for as much memory as its head says
        names = {member.filename for member in members}
        if "[Content_Types].xml" not in names:
            raise _broken()
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Unreadable("macros", _("This file may hold macros. Save it as .xlsx and choose that file."))
        tags = 0
        for member in members:
            text = archive.read(member)
            tags += text.count(b"<")  # of all members: a sheet is read as XML whatever it is called
            if tags > MOST_TAGS:
                raise _bomb()
            if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                _check_xml(text)


def _check_xml(text: bytes) -> None:
    """In UTF-8, so that a declaration is seen whatever a parser would make of it; and without one."""
    encoding = _ENCODING.match(text.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in text[:200] or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise _broken()
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _bomb()


def _check_size(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise Unreadable("too_big", _("This file is larger than 2 MB. Split it and choose the parts."))
    if not content.strip():
        raise Unreadable("empty", _("This file is empty. Check that you chose the right one."))


def _xlsx(content: bytes, sheet: str) -> Iterator[list[str]]:
    with workbook(content) as book:
        sheets = {one.title: one for one in book.worksheets}
        if not sheets or (sheet and sheet not in sheets):
            raise Unreadable(
                "sheet_missing",
                _("This file has no sheet “%(sheet)s”. Check that you chose the right one.")
                % {"sheet": sheet},
            )
        chosen = sheets[sheet] if sheet else next(iter(sheets.values()))
        chosen.reset_dimensions()  # what the file says of its own size may be wrong
        seen = 0
        for number, row in enumerate(chosen.iter_rows(), 1):
            seen += len(row)
            if seen > MOST_CELLS:
                raise _bomb()
            yield [_seen(cell, number) for cell in row]


def _seen(cell: Any, row: int) -> str:
    """A cell as a person sees it, where that is certain."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise Unreadable(
            "formula",
            _("Row %(row)d has a formula. Copy the table and paste it as values.") % {"row": row},
            row,
        )
    if cell.data_type == "e":
        raise Unreadable(
            "cell_error", _("Row %(row)d shows an error of the spreadsheet. Correct it.") % {"row": row}, row
        )
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        if not abs(value) < 10**CERTAIN_DIGITS:
            raise Unreadable(
                "digits_lost",
                _(
                    "Row %(row)d has a number of more than 15 digits: its end is lost. Format it as text, type it anew."
                )
                % {"row": row},
                row,
            )
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        raise Unreadable(
            "broken", _("This file breaks off or has a stray quotation mark. Save the table again.")
        ) from None


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(
        "not_text", _("This is neither an .xlsx nor a .csv file. Check that you chose the right one.")
    )


def _bounded(rows: Iterator[Sequence[str]], most_rows: int) -> list[list[str]]:
    found: list[list[str]] = []
    empty = 0
    for number, row in enumerate(rows, 1):
        stripped = [text.strip() for text in row]
        while stripped and not stripped[-1]:
            stripped.pop()
        if any(len(text) > LONGEST_CELL for text in stripped):
            raise Unreadable(
                "cell_long", _("Row %(row)d has a very long text. Shorten it.") % {"row": number}, number
            )
        if len(stripped) > MOST_COLUMNS:
            raise Unreadable(
                "too_many_columns", _("This table has more than %(most)d columns.") % {"most": MOST_COLUMNS}
            )
        if not stripped:
            empty += 1
            if empty > MOST_EMPTY_ROWS:
                raise _too_many(most_rows)
            continue
        found += [[] for _row in range(empty)]
        empty = 0
        found.append(stripped)
        if len(found) > most_rows:
            raise _too_many(most_rows)
    if not found:
        raise Unreadable("empty", _("This file is empty. Check that you chose the right one."))
    return found


def _too_many(most_rows: int) -> Unreadable:
    return Unreadable(
        "too_many_rows",
        _("This table has more than %(most)d rows. Split it and choose the parts.") % {"most": most_rows},
    )


def _bomb() -> Unreadable:
    return Unreadable("bomb", _("This file unpacks to too much. Copy the table into a new file."))


def _broken() -> Unreadable:
    return Unreadable("broken", _("This file can't be read. Open it, save it as .xlsx and choose that file."))


@contextmanager
def _broken_said() -> Iterator[None]:
    """Whatever they stumble over in somebody's file is one thing to the reader of the page. Not around a `yield`."""
    try:
        with warnings.catch_warnings():
            # Parts of Excel that openpyxl does not read: no cell is one.
            warnings.simplefilter("ignore", UserWarning)
            yield
    except Unreadable:
        raise
    except Exception as broken:  # whatever openpyxl and zipfile raise: it depends on the file
        raise _broken() from broken
