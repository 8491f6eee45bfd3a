"""A branch's template in words: what an edition says, and what a new one changes."""

from collections.abc import Iterable, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import get_column_letter

from enrolment.choices import Package
from enrolment.collective import DEFAULT, FIXED, SOURCES, AnswerLayout, Column, Layout
from enrolment.contributions import MONTHS_PREPAID
from enrolment.forms import collective_template as form
from enrolment.models import JobType
from enrolment.queries.collective_templates import InForce


def columns(layout: Layout) -> list[dict]:
    """The columns as a table: letter, heading, what goes in, how."""
    return [
        {
            "letter": get_column_letter(position),
            "heading": column.heading,
            "required": column.required,
            "source": _source(column),
            "how": _how(column.longest, as_number=column.as_number) if column.source else "",
        }
        for position, column in enumerate(layout.columns, 1)
    ]


def codes(layout: Layout, jobs: Iterable[JobType]) -> list[tuple[str, str]]:
    """(what, as the core system calls it) of packages, months and the jobs that are called otherwise."""
    said = list(_coded(layout, "package", Package.choices))
    said += _coded(layout, "months", [(str(months), _months(months)) for months in MONTHS_PREPAID])
    if "job_type_1" not in layout.codes:
        return [*said, (_("Job types"), _("by their own codes"))]
    named = _coded(layout, "job_type_1", [(job.code, f"{job.name} ({job.code})") for job in jobs])
    return said + [(what, called) for what, called in named if f"({called})" not in what]


def answer(layout: AnswerLayout) -> list[tuple[str, str]]:
    """(what, heading or words) of the file that comes back."""
    said = [(label, layout.columns.get(meaning, "")) for meaning, label in form.MEANINGS.items()]
    place = _("row %(row)d") % {"row": layout.heading_row}
    return [
        (_("Headings"), f"{layout.sheet}, {place}" if layout.sheet else place),
        *((str(label), heading or _("not in the answer")) for label, heading in said),
        (_("Words for accepted"), ", ".join(layout.accepted)),
        (_("Words for refused"), ", ".join(layout.refused)),
    ]


def changes(before: InForce, after: InForce, jobs: Sequence[JobType]) -> list[tuple[str, str, str]]:
    """(what, until now, from now on) of everything in which two editions differ."""
    old, new = _flat(before, jobs), _flat(after, jobs)
    nothing = _("nothing")
    return [
        (what, old.get(what) or nothing, new.get(what) or nothing)
        for what in dict.fromkeys((*old, *new))
        if old.get(what) != new.get(what)
    ]


def left_out(layout: Layout) -> list[str]:
    """What no column takes, though the template of 2020 did."""
    taken = {column.source for column in layout.columns}
    usual = {column.source for column in DEFAULT.columns}
    return [str(form.SOURCES[source]) for source in SOURCES if source in usual - taken]


def _flat(one: InForce, jobs: Iterable[JobType]) -> dict[str, str]:
    layout = one.layout
    said = {
        _("File"): _file(one),
        _("Headings"): f"{layout.sheet}, {_('row %(row)d') % {'row': layout.heading_row}}",
        _("Workers begin in row"): str(layout.first_row),
    }
    for position, column in enumerate(layout.columns, 1):
        where = f"{get_column_letter(position)} {column.heading}{'*' if column.required else ''}"
        how = _how(column.longest, as_number=column.as_number)
        if column.source == FIXED:
            said[_("Column %(where)s") % {"where": where}] = f"{_source(column)}, {how}"
        elif column.source:
            said[_source(column)] = f"{where}, {how}"
        elif column.heading:
            said[_("Column %(where)s") % {"where": where}] = _("left empty")
    said |= {capfirst(what): called for what, called in codes(layout, jobs)}
    return said | {
        _("Answer: %(what)s") % {"what": what}: called for what, called in answer(one.answer_layout)
    }


def _source(column: Column) -> str:
    """What goes into a column; "" if it stays empty."""
    if column.source == FIXED:
        return _("fixed text “%(text)s”") % {"text": column.text}
    return str(form.SOURCES.get(column.source, ""))


def _file(one: InForce) -> str:
    if one.edition is None or one.workbook is None:
        return _("made from the columns")
    return f"{one.edition.workbook_name} ({one.edition.sha256[:8]})"


def _coded(layout: Layout, source: str, named: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    known = layout.codes.get(source)
    return [
        (str(label), code if known is None else known.get(code, "") or _("by hand: not offered"))
        for code, label in named
    ]


def _how(longest: int | None, *, as_number: bool) -> str:
    kind = _("whole number") if as_number else _("text")
    if longest is None:
        return kind
    return ngettext(
        "%(kind)s, at most %(longest)d character", "%(kind)s, at most %(longest)d characters", longest
    ) % {
        "kind": kind,
        "longest": longest,
    }


def _months(number: int) -> str:
    return ngettext("%d month", "%d months", number) % number
