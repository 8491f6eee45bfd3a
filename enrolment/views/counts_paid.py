"""The part of the head's page about payments: who paid within 7 and 30 days of the approval."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrolment.queries import paid
from enrolment.queries.paid import Paid
from enrolment.views.figures import Line, number, share
from outreach.models import Event


def panel(event: Event, *, at: datetime) -> dict:
    """Sentences, bars and the table by booth; `lines` is empty before anybody was approved."""
    booths = paid.paid(event, at=at)
    whole = paid.total(booths)
    within = [
        (paid.SOON, whole.within_7, whole.over_7),
        (paid.LATE, whole.within_30, whole.over_30),
    ]
    return {
        "whole": whole,
        "fact": ngettext(
            "%(paid)s of %(count)s approved has paid", "%(paid)s of %(count)s approved have paid", whole.paid
        )
        % {"paid": number(whole.paid), "count": number(whole.followed)},
        "sentences": [_sentence(*one, open_=whole.followed - one[2]) for one in within],
        "acquired": _acquired(whole),
        "bars": [
            Line(_("Within %(days)d days") % {"days": days}, _of(n, over), n, share=share(n, over), target=over)
            for days, n, over in within
            if over
        ],
        "lines": [_line(code, one) for code, one in booths.items()] if whole.followed else [],
        "total": _line(_("Total"), whole),
    }  # fmt: skip


def _sentence(days: int, n: int, over: int, *, open_: int) -> str:
    if not over:
        return _("Nobody's %(days)d days are over yet.") % {"days": days}
    said = _("%(n)s of %(over)s paid within %(days)d days of the approval, %(share)s.") % {
        "n": number(n), "over": number(over), "days": days, "share": share(n, over),
    }  # fmt: skip
    if not open_:
        return said
    more = ngettext(
        "%(open)s still has time and is not counted in it.",
        "%(open)s still have time and are not counted in it.",
        open_,
    )
    return f"{said} {more % {'open': number(open_)}}"


def _acquired(whole: Paid) -> str:
    if not whole.paid:
        return ""
    return _("%(new)s new participants (acquisition), %(back)s were participants before.") % {
        "new": number(whole.acquired),
        "back": number(whole.paid - whole.acquired),
    }


def _line(code: str, one: Paid) -> Line:
    return Line(
        code,
        number(one.followed),
        one.followed,
        cells=(
            (_("Paid"), number(one.paid)),
            (_("Within %(days)d days") % {"days": paid.SOON}, _of(one.within_7, one.over_7)),
            (_("Within %(days)d days") % {"days": paid.LATE}, _of(one.within_30, one.over_30)),
            (_("New"), number(one.acquired)),
        ),
    )


def _of(n: int, over: int) -> str:
    """`3 of 8`; a dash where nobody's time is over."""
    return _("%(n)s of %(over)s") % {"n": number(n), "over": number(over)} if over else "–"
