"""How the counts are put on a page: a row of a table with its bar, a number, a share."""

from dataclasses import dataclass

from django.utils.formats import number_format


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: label, the number with its bar, then the other figures as (heading, text)."""

    label: str
    value: str
    bar: int
    cells: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    share: str = ""
    target: int | None = None


def share(part: int, whole: int) -> str:
    """`38 %` with a no-break space; nothing where there is no whole."""
    return f"{round(100 * part / whole)}\N{NO-BREAK SPACE}%" if whole else ""


def number(count: int) -> str:
    """`1.234`, as the screen's language groups it."""
    return number_format(count, force_grouping=True)
