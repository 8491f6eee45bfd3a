"""The branch's own template as it is uploaded: where its headings are, and whether it can be filled.

What is refused here is refused once, so that filling it later holds no surprise: a data area that is not empty would
hand over somebody else's row, a merged cell there takes no value, a range of a billion merged cells is a bomb, and a
formula that fetches from a web address would take the workers' NIKs along.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import openpyxl
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from enrolment import tables
from enrolment.collective import LATEST_HEADING_ROW, MOST_COLUMNS, Layout, known
from enrolment.tables import Unreadable

MOST_RANGES, MOST_CELLS = 2_000, 20_000
"""Merged and linked ranges of a template, and the cells of all of them."""
_OUTWARD = re.compile(
    r"""\b(?:WEBSERVICE|IMAGE|HYPERLINK|RTD|CALL|REGISTER(?:\.ID)?|EXEC|STOCKHISTORY|CUBE\w+|SQL\.REQUEST|DDE
    |IMPORT(?:XML|DATA|HTML|FEED|RANGE)|GOOGLE\w+)\s*\(|\|\s*'?[^|]*!|://|\\\\""",
    re.IGNORECASE | re.VERBOSE,
)
"""What a formula may send the rows of workers out with when the filled file is opened (DDE is `cmd|'…'!A1`), or run."""
FEWEST_KNOWN = 3
"""Headings that we know, from which on a row is taken for the row of headings."""


@dataclass(frozen=True, slots=True)
class Found:
    """The row of headings, A, B, C …; "" where one is empty. `empty_row` is the first empty row beneath."""

    sheet: str
    heading_row: int
    empty_row: int
    headings: tuple[str, ...]

    @property
    def known(self) -> int:
        """How many of its headings we know."""
        return sum(1 for heading in self.headings if known(heading))


def find(content: bytes, *, sheet: str = "", heading_row: int | None = None) -> Found | None:
    """The row with the most headings that we know, or the one that is named; None where nobody could tell.

    Raises Unreadable: what `tables.workbook` does, and "links", "sheet_missing".
    """
    _check_links(content)
    with tables.workbook(content) as book:
        names = [one.title for one in book.worksheets]
        if sheet and sheet not in names:
            raise Unreadable("sheet_missing", _("This file has no such sheet. Choose one from the list."))
        found = [
            one
            for name in ([sheet] if sheet else names)
            for one in _rows(name, tables.glance(book[name], rows=LATEST_HEADING_ROW + 10))
            if heading_row in (None, one.heading_row)
        ]
    best = max(found, key=lambda one: one.known, default=None)
    if best and (heading_row is not None or best.known >= FEWEST_KNOWN):
        return best
    return None


def check(content: bytes, layout: Layout) -> bool:
    """Can this file be filled as the layout says? The answer: is all of it kept when it is saved again (openpyxl drops
    some extensions of Excel)?

    Raises Unreadable: "too_many_columns", "bomb", "merged", "formula", "not_empty", "broken", "outward".
    """
    width = len(layout.columns)
    if width > MOST_COLUMNS:
        raise Unreadable(
            "too_many_columns", _("This table has more than %(most)d columns.") % {"most": MOST_COLUMNS}
        )
    _check_ranges(content)
    rows = tables.read(content, sheet=layout.sheet, most_rows=tables.MOST_EMPTY_ROWS)
    filled = next((n for n, row in enumerate(rows, 1) if n >= layout.first_row and any(row)), None)
    if filled:
        raise Unreadable(
            "not_empty",
            _(
                "Row %(row)d is filled already. Empty the rows for workers, or say that they begin further down."
            )
            % {"row": filled},
            filled,
        )
    with warnings.catch_warnings(record=True) as dropped:
        warnings.simplefilter("always")
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
        except Exception as broken:  # it depends on the file what openpyxl stumbles over
            raise Unreadable(
                "broken", _("This file can't be read. Open it, save it as .xlsx and choose that file.")
            ) from broken
    for sheet in book.worksheets:
        if any(_OUTWARD.search(formula) for formula in _formulas(sheet)):
            raise _outward(sheet.title)
    if any(_OUTWARD.search(name.value or "") for name in book.defined_names.values()):
        raise _outward("")
    for merged in book[layout.sheet].merged_cells.ranges:
        if merged.max_row >= layout.first_row and merged.min_col <= width:
            raise Unreadable(
                "merged",
                _("Row %(row)d has merged cells where a worker's data goes. Split them.")
                % {"row": max(merged.min_row, layout.first_row)},
                merged.min_row,
            )
    return not dropped


def _formulas(sheet: Worksheet) -> Iterator[str]:
    """All that a spreadsheet program works out on this sheet: of its cells, lists to choose from, conditional formats,
    tables and names."""
    for cell in sheet._cells.values():  # those that there are
        if cell.data_type == "f":
            yield str(getattr(cell.value, "text", cell.value) or "")
    for choice in sheet.data_validations.dataValidation:
        yield from (choice.formula1 or "", choice.formula2 or "")
    for formats in sheet.conditional_formatting:
        yield from (formula for rule in formats.rules for formula in rule.formula)
    for column in (column for table in sheet.tables.values() for column in table.tableColumns):
        for formula in (column.calculatedColumnFormula, column.totalsRowFormula):
            yield str(getattr(formula, "attr_text", "") or "")
    yield from (name.value or "" for name in sheet.defined_names.values())


def _outward(sheet: str) -> Unreadable:
    if not sheet:
        return Unreadable(
            "outward",
            _("A name in this file fetches from outside the file. Delete it and save the file again."),
        )
    return Unreadable(
        "outward",
        _(
            "A formula on the sheet “%(sheet)s” fetches from outside the file. Take it out and save the file again."
        )
        % {"sheet": sheet},
    )


def _rows(sheet: str, rows: list[list[str]]) -> Iterator[Found]:
    for number, row in enumerate(rows[:LATEST_HEADING_ROW], 1):
        if any(row):
            empty = next((n for n in range(number + 1, len(rows) + 1) if not any(rows[n - 1])), len(rows) + 1)
            yield Found(sheet, number, empty, tuple(row))


def _check_links(content: bytes) -> None:
    tables.check_archive(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any(name.lower().startswith("xl/externallinks/") for name in archive.namelist()):
            raise Unreadable(
                "links", _("This file takes values from another file. Break its links and save it again.")
            )


def _check_ranges(content: bytes) -> None:
    """openpyxl makes every cell of a merged or linked range, so their size is known before."""
    _check_links(content)
    ranges = cells = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.lower().endswith(".xml"):
                continue
            with archive.open(name) as part:
                for ref in _ranges(part):
                    left, top, right, bottom = ref
                    ranges, cells = ranges + 1, cells + (right - left + 1) * (bottom - top + 1)
                    if ranges > MOST_RANGES or cells > MOST_CELLS:
                        raise Unreadable(
                            "bomb", _("This file unpacks to too much. Copy the table into a new file.")
                        )


def _ranges(part) -> Iterator[tuple[int, int, int, int]]:
    for _event, element in iterparse(part, forbid_dtd=True):
        if element.tag.rpartition("}")[2] in ("mergeCell", "hyperlink") and element.get("ref"):
            bounds = range_boundaries(element.get("ref"))
            if None in bounds:  # a whole row or column
                raise Unreadable("bomb", _("This file unpacks to too much. Copy the table into a new file."))
            yield bounds
        element.clear()
