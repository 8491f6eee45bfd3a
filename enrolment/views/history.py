"""The whole past of one registration, for the reviewers of its branch and the head whom it waits for: what was decided
and changed, who looked at it, who and when."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enrolment.actions import history as actions
from enrolment.actions.disclosures import HIDDEN, Past
from enrolment.choices import Actor, State, find_move
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Escalation, ParticipationEntry, Registration
from enrolment.permissions import DECIDE_FOR_HEAD, VIEW
from enrolment.queries import history as queries
from enrolment.queries import seen
from enrolment.views import comparing
from enrolment.views.for_head import list_address
from enrolment.views.queue import queue_address, visible
from enrolment.views.wording import Wording
from outreach import audit_words
from outreach.models import AuditEntry, User
from outreach.templatetags.formats import day as long_day
from outreach.views.guards import branch_only

DEEDS, LOOKS = "deeds", "looks"
_KINDS = {
    "": gettext_lazy("Everything"),
    DEEDS: gettext_lazy("Decisions and changes"),
    LOOKS: gettext_lazy("Who looked at it"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the history. `note` is what else is to be said of it in one sentence; `changes` is None unless a
    version was compared with the one before it. `hidden`: values were opened that stay hidden otherwise."""

    at: datetime
    who: str
    word: str
    fields: str = ""
    purpose: str = ""
    reason: str = ""
    flags: dict[str, str] = field(default_factory=dict)
    changes: list[comparing.Change] | None = None
    note: str = ""
    hidden: bool = False


@require_safe
@never_cache
@branch_only(VIEW, DECIDE_FOR_HEAD)
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """Newest first, up to 200 entries of the audit chain a page with the decisions of the same time. The branch head
    reads it of what is theirs to decide."""
    registration = visible(request, reference)
    kind = request.GET.get("show", "")
    kind = kind if kind in _KINDS else ""
    older = request.GET.get("older", "")
    stretch = queries.stretch(
        registration,
        looks=kind != DEEDS,
        deeds=kind != LOOKS,
        older=int(older) if older.isascii() and older.isdigit() and len(older) <= 18 else None,
    )
    happenings = [_entry(entry) for entry in stretch.entries]
    if kind != LOOKS:
        closed = registration.consent_withdrawn_at
        opened = actions.closed(registration) if closed else actions.opened(registration, by=request.user)
        past = (*_decisions(opened), *map(_written, opened.written))
        happenings += [one for one in past if stretch.covers(one.at)]
    context = {
        **admin.site.each_context(request),
        "title": _("History of %s") % registration,
        "back_to": (queue_address(State.SUBMITTED), _("Review queue"))
        if request.user.has_perm(VIEW)
        else (list_address(), _("For you to decide")),
        "registration": registration,
        "kinds": [
            {"word": word, "url": _address(registration, one), "chosen": one == kind}
            for one, word in _KINDS.items()
        ],
        "happenings": sorted(happenings, key=lambda one: one.at, reverse=True),
        "labels": {name: field.label for name, field in RegistrationForm.base_fields.items()},
        "url_newer": _address(registration, kind) if stretch.until else "",
        "url_older": _address(registration, kind, older=stretch.older) if stretch.older else "",
    }
    return render(request, "admin/enrolment/history.html", context)


def _address(registration: Registration, kind: str, **mark: Any) -> str:
    query = ({"show": kind} if kind else {}) | mark
    base = reverse("admin:enrolment_registration_history", args=(registration.reference,))
    return f"{base}?{urlencode(query)}" if query else base


def _entry(entry: AuditEntry) -> Happening:
    if entry.purpose == queries.CONFIRMED:  # that it was written down, its own row says
        return Happening(
            at=entry.at, who=_who(entry.actor), word=capfirst(audit_words.purpose(entry.purpose))
        )
    return Happening(
        at=entry.at,
        who=_who(entry.actor),
        word=capfirst(audit_words.action(entry.action)),
        fields=audit_words.fields(entry.fields),
        purpose=audit_words.purpose(entry.purpose),
        hidden=seen.shows_hidden(entry),
    )


def _decisions(opened: actions.Opened) -> Iterator[Happening]:
    """Each decision with what its version changed."""
    wording = Wording()
    for past in opened.decisions:
        changes, note = _changes(past, opened, wording)
        yield Happening(
            at=past.decision.at,
            who=_who(past.decision.by),
            word=capfirst(audit_words.action(f"registration.{_code(past)}")),
            reason=past.reason,
            flags=past.flags,
            changes=changes,
            note=note,
        )


def _written(written: actions.Written) -> Happening:
    """A number, a payment or the card; of a correction what it changed. Of a number only that it did."""
    entry, was = written.entry, written.was
    changes, note = None, ", ".join(now for _label, now in _facts(entry))
    if was:
        differing = [
            comparing.Change(label=label, was=before, now=now, closed=False)
            for (label, now), (_label, before) in zip(_facts(entry), _facts(was), strict=True)
            if now != before
        ]
        number = comparing.Change(label=capfirst(entry.get_kind_display()), was="", now="", closed=True)
        changes, note = [number] if entry.number else differing, ""
    if entry.from_file:
        note = ", ".join(filter(None, (note, _("from a file"))))
    deed = f"participation.{'correct_' if was else ''}{entry.kind}"
    return Happening(
        at=entry.at,
        who=_who(entry.by),
        word=capfirst(audit_words.action(deed)),
        reason=written.reason,
        changes=changes,
        note=note,
    )


def _facts(entry: ParticipationEntry) -> list[tuple[str, str]]:
    """(label, in words) of what is no number."""
    facts = []
    if entry.on:
        label = _("Day of the payment") if entry.months else _("Day on which the card was handed over")
        facts.append((label, long_day(entry.on)))
    if entry.months:
        facts.append((_("Months paid for"), ngettext("%d month", "%d months", entry.months) % entry.months))
    return facts


def _code(past: Past) -> str:
    """As the audit chain calls it: what brought new content has a word of its own."""
    decision = past.decision
    if isinstance(decision, Escalation):
        return decision.way
    if decision.source is None:
        return "submit"
    return "correct" if _brought_content(past) else decision.target


def _brought_content(past: Past) -> bool:
    if isinstance(past.decision, Escalation):
        return False
    move = find_move(past.decision.source, past.decision.target)
    return bool(move and move.new_version)


def _changes(
    past: Past, opened: actions.Opened, wording: Wording
) -> tuple[list[comparing.Change] | None, str]:
    """What a version says otherwise than the one before it, or why that can't be told."""
    number = past.decision.version
    if not _brought_content(past):
        return None, ""
    if number in opened.destroyed:
        return None, _("The answers of version %d are destroyed; who sent them and when stays.") % number
    if number == 1 or number not in opened.versions:
        return None, ""
    if number - 1 not in opened.versions:
        return None, _("Version %d is destroyed, so there is nothing to compare with.") % (number - 1)
    was, now = opened.versions[number - 1], opened.versions[number]
    return comparing.between(was.content, now.content, closed=HIDDEN, wording=wording), ""


def _who(user: User | None) -> str:
    return user.get_full_name() if user else str(Actor.CLOCK.label)
