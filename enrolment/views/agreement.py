"""The panel of second looks on an event's counts: how often two reviewers agree, as sentence and table."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrolment.permissions import DECIDE_FOR_HEAD
from enrolment.queries import second_looks
from enrolment.queries.second_looks import Agreement
from outreach.models import Event, User

FEW = 30
"""Below so many answers a rate says little."""


def panel(event: Event, *, user: User) -> dict:
    """The sentence, the note and the lines; one a reviewer for the head alone."""
    found = second_looks.agreement(event)
    total = second_looks.together(found)
    shown = found if len(found) > 1 and user.has_perm(DECIDE_FOR_HEAD) else []
    return {
        "fact": _fact(total),
        "note": _note(total),
        "drawn": total.drawn,
        "lines": [(name or username, _cells(figures)) for username, name, figures in shown],
        "total": _cells(total),
        "headings": [heading for heading, _text in _cells(total)],
    }


def _fact(total: Agreement) -> str:
    if not total.drawn:
        return _("No second look yet")
    if not total.looked:
        said = ngettext(
            "%(drawn)s approval chosen, none looked at yet",
            "%(drawn)s approvals chosen, none looked at yet",
            total.drawn,
        )
        return said % {"drawn": _number(total.drawn)}
    said = ngettext(
        "%(agreed)s of %(looked)s second look agrees: %(rate)s",
        "%(agreed)s of %(looked)s second looks agree: %(rate)s",
        total.looked,
    )
    return said % {
        "agreed": _number(total.agreed),
        "looked": _number(total.looked),
        "rate": _rate(total),
    }


def _note(total: Agreement) -> str:
    if not total.drawn:
        return _(
            "Chance chooses some approvals for another reviewer; nothing was chosen here, or nothing is approved."
        )
    if total.looked and total.looked < FEW:
        return _(
            "A few looks say little: one answer more or less moves this rate by %(points)s per cent."
        ) % {"points": _number(max(1, round(100 / total.looked)))}
    return ""


def _cells(figures: Agreement) -> tuple[tuple[str, str], ...]:
    cells = [
        (_("Chosen"), _number(figures.drawn)),
        (_("Looked at"), _number(figures.looked)),
        (_("Agree"), _number(figures.agreed)),
        (_("Differ"), _number(figures.differed)),
        (_("Rate"), _rate(figures)),
        (_("Not looked at yet"), _number(figures.waiting)),
        (_("Taken back before"), _number(figures.closed)),
    ]
    return tuple(cells)


def _rate(figures: Agreement) -> str:
    """`90 %` with a no-break space; a dash where nobody looked."""
    if not figures.looked:
        return "–"
    return f"{round(100 * figures.agreed / figures.looked)}\N{NO-BREAK SPACE}%"


def _number(count: int) -> str:
    return number_format(count, force_grouping=True)
