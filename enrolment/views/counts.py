"""The branch head's first page: what an event achieved, as sentence, table and bar. No worker's data comes here."""

from dataclasses import dataclass, replace

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enrolment.permissions import COUNT
from enrolment.queries import counts
from enrolment.queries.counts import EventCounts, Row, Tally
from enrolment.queries.handed_over import handed_over
from enrolment.queries.interested import Interested
from enrolment.views import agreement, counts_paid
from enrolment.views.figures import Line
from enrolment.views.figures import number as _number
from enrolment.views.figures import share as _share
from outreach.models import Event
from outreach.templatetags.formats import clock, rupiah
from outreach.templatetags.formats import day as long_day
from outreach.views.guards import branch_only

NOTHING = "–"


@require_safe
@never_cache
@branch_only(COUNT)
def newest(request: HttpRequest) -> HttpResponse:
    """To today's event, else to the last that has begun; a branch without one gets a page that says so."""
    found = counts.newest_started(request.user, on=timezone.localdate())
    if found:
        return redirect("admin:enrolment_registration_counts_event", found.slug)
    context = {
        **admin.site.each_context(request),
        "title": _("Counts"),
        "events": _switcher(request),
    }
    return render(request, "admin/enrolment/counts_none.html", context)


@require_safe
@never_cache
@branch_only(COUNT)
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """The counts of one event of the branch, as of now."""
    shown = get_object_or_404(Event.objects.visible_to(request.user), slug=slug)
    found = counts.event_counts(shown)
    paid = counts_paid.panel(shown, at=found.at)
    context = {
        **admin.site.each_context(request),
        "title": shown.name,
        "event": shown,
        "days": _days(shown),
        "now": _now(found),
        "is_today": shown.is_on(timezone.localdate(found.at)),
        "is_ahead": shown.first_day > timezone.localdate(found.at),
        "counts": found,
        "reached": _reached(found, paid=paid["whole"].still),
        "paid": paid,
        "target": _target(found),
        "states": _states(found.total),
        "contribution": _contribution(found.total),
        "panels": _panels(found),
        "second_looks": agreement.panel(shown, user=request.user),
        "events": _switcher(request, shown),
    }
    return render(request, "admin/enrolment/counts.html", context)


@dataclass(frozen=True, slots=True)
class Panel:
    """A card: heading, small fact, sentence, then the table. `longest` is what fills a whole bar."""

    slug: str
    heading: str
    first: str
    sentence: str
    aside: str
    lines: tuple[Line, ...]
    total: Line
    longest: int


def _panels(found: EventCounts) -> list[Panel]:
    return [_hours(found), _booths(found), _officers(found), _by_day(found)]


def _hours(found: EventCounts) -> Panel:
    """The running hour is drawn lighter; on the first day the hours to come have no number yet."""
    event, now = found.event, timezone.localtime(found.at)
    running = now.hour if event.is_on(now.date()) and now.time() < event.closes_at else None
    is_first = now.date() == event.first_day
    lines = [
        _line(
            row,
            _hour(row.key),
            found.total,
            kind="running" if row.key == running else "",
            ahead=is_first and row.key > now.hour,
        )
        for row in found.hours
    ]
    is_listed = running in {row.key for row in found.hours}
    aside = _("%(hour)s is still running") % {"hour": _hour(running)} if is_listed else ""
    return _panel("hours", _("By hour"), _("Hour"), lines, found.total, aside=aside)


def _booths(found: EventCounts) -> Panel:
    """With each booth's own target, as a column and as the tick on its bar, if any has one."""
    targets = [row.target for row in found.booths]
    lines = [
        _line(
            row,
            _("Booth %(code)s") % {"code": row.key},
            found.total,
            target=row.target if any(targets) else None,
            greeted=row.greeted if found.reached.greeted else None,
            interested=row.interested if found.interested.prospects else None,
        )
        for row in found.booths
    ]
    whole = sum(targets) if any(targets) else None
    more = {"target": whole, "greeted": found.reached.greeted or None, "interested": _keen(found)}
    panel = _panel("booths", _("By booth"), _("Booth"), lines, found.total, **more)
    return replace(panel, longest=max([panel.longest, *targets]))


def _officers(found: EventCounts) -> Panel:
    lines = [
        _line(row, row.name, found.total, interested=row.interested if found.interested.prospects else None)
        for row in found.officers
    ]
    keen = _keen(found)
    return _panel("officers", _("By officer"), _("Officer"), lines, found.total, interested=keen)


def _keen(found: EventCounts) -> int | None:
    """Without a prospect the interested are the registered, which is no column of its own."""
    return found.interested.people if found.interested.prospects else None


def _by_day(found: EventCounts) -> Panel:
    today = timezone.localdate(found.at)
    lines = [_line(row, long_day(row.key), found.total, ahead=row.key > today) for row in found.days]
    return _panel("days", _("By day"), _("Day"), lines, found.total)


def _panel(slug, heading, first, lines, total: Tally, *, aside="", **more: int | None) -> Panel:
    """`more`: the figures before registering, for the sum."""
    return Panel(
        slug=slug,
        heading=heading,
        first=first,
        sentence=_most(lines, total),
        aside=aside,
        lines=tuple(lines),
        total=_line(Row("", total), _("Total"), total, **more),
        longest=max((line.bar for line in lines), default=0),
    )


def _line(
    row: Row, label: str, total: Tally, *, kind="", target=None, greeted=None, interested=None, ahead=False
) -> Line:
    """`ahead`: the hour or day is still to come, so there is no nought to report."""
    cells = _cells(row.tally, total)
    if interested is not None:
        cells = ((_("Interested"), _number(interested)), *cells)
    if target is not None:
        cells = ((_("Target"), _number(target)), *cells)
    if greeted is not None:
        cells = ((_("Greeted"), _number(greeted)), *cells)
    if ahead and not row.tally.sent:
        return Line(label, NOTHING, 0, tuple((heading, NOTHING) for heading, _text in cells))
    registered = row.tally.registered
    return Line(label, _number(registered), registered, cells, kind=kind, target=target or None)


def _hour(hour: int) -> str:
    return f"{hour:02}.00"


def _cells(tally: Tally, total: Tally) -> tuple[tuple[str, str], ...]:
    """The other figures of a row. Lapsed and withdrawn ones are rare: they get a column once there are any."""
    cells = [
        (_("Being checked"), tally.waiting),
        (_("Approved"), tally.approved),
        (_("Returned"), tally.returned),
        (_("Rejected"), tally.rejected),
    ]
    if total.lapsed:
        cells.append((_("Lapsed"), tally.lapsed))
    if total.withdrawn:
        cells.append((_("Withdrawn"), tally.withdrawn))
    return (*((heading, _number(n)) for heading, n in cells), (_("Contribution"), rupiah(tally.contribution)))


def _most(lines: list[Line], total: Tally) -> str:
    """The sentence over a table; none where two share the first place."""
    best = sorted((line for line in lines if line.bar), key=lambda line: -line.bar)[:2]
    if not best or (len(best) > 1 and best[0].bar == best[1].bar):
        return ""
    words = {"label": best[0].label, "count": best[0].value, "whole": _number(total.registered)}
    if len(best) == 1:
        return _("%(label)s: all %(whole)s registrations.") % words
    return _("Most: %(label)s, %(count)s of %(whole)s.") % words


def _target(found: EventCounts) -> dict:
    """The first sentence, what is missing, and the bar up to the target."""
    target, registered = found.event.target, found.total.registered
    words = {"count": _number(registered), "target": _number(target)}
    if not target:
        fact = ngettext("%(count)s registration", "%(count)s registrations", registered) % words
        return {"fact": fact, "target": "", "note": _("No target was set for this event.")}
    fact = ngettext(
        "%(count)s registration of a target of %(target)s",
        "%(count)s registrations of a target of %(target)s",
        registered,
    )
    if registered < target:
        note = ngettext("%(missing)s missing.", "%(missing)s missing.", target - registered)
        note %= {"missing": _number(target - registered)}
    elif registered == target:
        note = _("The target is reached.")
    else:
        note = _("%(over)s more than the target.") % {"over": _number(registered - target)}
    return {
        "fact": fact % words,
        "note": note,
        "target": words["target"],
        "bar": registered,
        "tick": target if registered > target else None,  # else the track's end is the target
        "longest": max(target, registered),
    }


def _reached(found: EventCounts, *, paid: int = 0) -> dict:
    """The funnel: who was reached, interested, registered, approved, handed over, paid; percentages of the stage
    before."""
    before, keen, total = found.reached, found.interested, found.total
    handed = handed_over(found.event)
    words = {"people": _number(before.people), "greeted": _number(before.greeted)}
    if before.sessions:
        held = ngettext(
            "%(people)s in %(count)s session", "%(people)s in %(count)s sessions", before.sessions
        )
        held %= {"people": _number(before.in_sessions), "count": _number(before.sessions)}
    else:
        held = _("no session was entered")
    stages = [
        (_("Reached"), before.people, 0),
        (_("Interested"), keen.people, before.people),
        (_("Registered"), total.registered, keen.people),
        (_("Approved"), total.approved, total.registered),
        (_("Handed over"), handed.entered, total.approved),
        (_("Paid"), paid, handed.entered),
    ]
    return {
        "in_batch": ngettext(
            "%(count)s more is in a batch and waits for the core system's answer.",
            "%(count)s more are in a batch and wait for the core system's answer.",
            handed.in_batch,
        )
        % {"count": _number(handed.in_batch)}
        if handed.in_batch
        else "",
        "fact": ngettext("%(people)s person reached", "%(people)s people reached", before.people) % words,
        "of": _("%(greeted)s greeted at the stand, %(in_sessions)s.") % {**words, "in_sessions": held},
        "lines": [
            # More than all of the stage before is no share of it: then not everybody greeted was counted.
            Line(label, _number(n), n, share=_share(n, whole) if n <= whole else "")
            for label, n, whole in stages
        ],
        "longest": max(n for _label, n, _whole in stages),
        "uncounted": keen.people > before.people,
        "prospects": _prospects(keen) if keen.prospects else "",
    }


def _prospects(keen: Interested) -> str:
    noted = ngettext("%(n)s prospect was noted", "%(n)s prospects were noted", keen.prospects)
    to_call = ngettext("%(n)s is still to be called", "%(n)s are still to be called", keen.to_call)
    return _("%(noted)s, %(to_call)s.") % {
        "noted": noted % {"n": _number(keen.prospects)},
        "to_call": to_call % {"n": _number(keen.to_call)},
    }


def _states(total: Tally) -> dict:
    words = {"approved": _number(total.approved), "waiting": _number(total.waiting)}
    rows = [
        (_("Registered"), total.registered),
        (_("Being checked"), total.waiting),
        (_("Approved"), total.approved),
        (_("Returned"), total.returned),
        (_("Rejected"), total.rejected),
    ]
    if total.lapsed:
        rows.append((_("Lapsed"), total.lapsed))
    first, *rest = rows
    note = ngettext(
        "%(count)s withdrawn one is not counted here.",
        "%(count)s withdrawn ones are not counted here.",
        total.withdrawn,
    )
    return {
        "fact": _("%(approved)s approved, %(waiting)s being checked") % words,
        "lines": [
            Line(first[0], _number(first[1]), first[1]),
            *(Line(label, _number(n), n, share=_share(n, total.registered)) for label, n in rest),
        ],
        "longest": total.registered,
        "withdrawn": note % {"count": _number(total.withdrawn)} if total.withdrawn else "",
        "acquired": _("%(new)s new, %(back)s were participants before (reactivation).")
        % {"new": _number(total.acquired), "back": _number(total.reactivations)}
        if total.reactivations
        else "",
    }


def _contribution(total: Tally) -> dict:
    return {
        "fact": rupiah(total.contribution),
        "of": ngettext(
            "Quoted for %(count)s registration that still stands.",
            "Quoted for %(count)s registrations that still stand.",
            total.live,
        )
        % {"count": _number(total.live)},
        "approved": rupiah(total.contribution_approved),
        "with_jht": _number(total.with_jht),
        "jht_share": _share(total.with_jht, total.live),
    }


def _now(found: EventCounts) -> str:
    """The line with the ball while the event is on; nothing before and after."""
    event, now = found.event, timezone.localtime(found.at)
    if not event.is_on(now.date()):
        return ""
    if now.time() < event.opens_at:
        return _("Today from %(hour)s") % {"hour": clock(event.opens_at)}
    if now.time() < event.closes_at:
        return _("Today until %(hour)s") % {"hour": clock(event.closes_at)}
    return _("Today, closed since %(hour)s") % {"hour": clock(event.closes_at)}


def _days(event: Event) -> str:
    """`24–25 Juni 2023`, or two whole dates where the month differs."""
    if event.first_day == event.last_day:
        return long_day(event.first_day)
    if (event.first_day.year, event.first_day.month) == (event.last_day.year, event.last_day.month):
        return f"{event.first_day.day}–{long_day(event.last_day)}"
    return f"{long_day(event.first_day)} – {long_day(event.last_day)}"


def _switcher(request: HttpRequest, shown: Event | None = None) -> list[dict]:
    return [
        {"event": one, "days": _days(one), "shown": one == shown}
        for one in counts.newest_events(request.user)
    ]
