"""Paper forms of an event: making a pad, printing it, and what became of every sheet."""

import uuid
from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from enrolment import sheet_numbers
from enrolment.actions import pads
from enrolment.contributions import MONTHS_PREPAID
from enrolment.forms.pads import TAKEN_BACK, PadForm, SheetsForm
from enrolment.models import PaperPad, PaperSheet, SheetVoid
from enrolment.permissions import MAKE_PADS, REGISTER, VIEW_PADS, VOID_SHEETS
from enrolment.queries import sheets
from enrolment.queries.sheets import Account
from outreach.choices import EventState, Role
from outreach.errors import ActionRefused
from outreach.models import Event
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED
from outreach.views.token_links import absolute

may_view = branch_only(VIEW_PADS)


@require_safe
@never_cache
@may_view
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    """The gap report of an event: every pad with its sheets keyed in, voided and neither. An officer's own booths."""
    event = _event(request, slug)
    mine = PaperPad.objects.visible_to(request.user).filter(booth__event=event)
    found = sheets.accounts(
        mine.select_related("booth", "made_by").order_by("booth__code", "made_at", "code")
    )
    context = {
        "event": event,
        "accounts": found,
        "total": _total(found),
        "at": timezone.now(),
        "may_make": request.user.has_perm(MAKE_PADS) and event.state != EventState.CLOSED,
        "may_print": request.user.has_perm(MAKE_PADS),
        "may_key_in": request.user.has_perm(REGISTER),
        "back_url": _back(request, event),
    }
    return render(request, "enrolment/paper_pads.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@branch_only(MAKE_PADS)
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new pad, then on to its print. Its id is made here, when the form opens."""
    event = _event(request, slug)
    if request.method != "POST":
        return _new_page(request, PadForm(event=event, initial={"pad_id": uuid.uuid4()}), event)
    form = PadForm(request.POST, event=event)
    if not form.is_valid():
        return _new_page(request, form, event, status=REFUSED)
    try:
        created = pads.make(by=request.user, **form.cleaned_data)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _new_page(request, form, event, status=CONFLICT)
    if not created:
        messages.info(request, _("This was already stored. Nothing was added."))
    return redirect("paper-pad-print", form.cleaned_data["pad_id"])


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@branch_only(VOID_SHEETS)
def one(request: HttpRequest, pad_id: uuid.UUID) -> HttpResponse:
    """A pad's sheets; which of them will not be keyed in, and why."""
    pad = _pad(request, pad_id)
    about = {"pad": pad, "user": request.user}
    if request.method != "POST":
        return _one_page(request, SheetsForm(**about), pad)
    form = SheetsForm(request.POST, **about)
    if not form.is_valid():
        return _one_page(request, form, pad, status=REFUSED)
    numbers, reason = form.cleaned_data["numbers"], form.cleaned_data["reason"]
    try:
        if reason == TAKEN_BACK:
            done = pads.take_back(by=request.user, pad=pad, numbers=numbers)
        else:
            done = pads.void(by=request.user, pad=pad, numbers=numbers, reason=reason)
    except ActionRefused as refused:
        form.add_error("numbers", str(refused))
        return _one_page(request, form, pad, status=CONFLICT)
    messages.success(request, _said(done, taken_back=reason == TAKEN_BACK))
    return redirect("paper-pad", pad.pk)


@require_safe
@never_cache
@branch_only(MAKE_PADS)
def printed(request: HttpRequest, pad_id: uuid.UUID) -> HttpResponse:
    """The blank forms, one a page of A4; on the screen the first of them. For who makes pads: of one printed by another
    hand again, two sheets have one number. They are in the site's first language,
    whatever language the branch works in, and everything but the number is made once."""
    pad = _pad(request, pad_id)
    with translation.override(settings.LANGUAGE_CODE):
        body = render_to_string("enrolment/_sheet.html", {"pad": pad, "months": MONTHS_PREPAID})
    blanks = [PaperSheet(pad, number) for number in pad.numbers]
    context = {
        "pad": pad,
        "sheets": [(blank, _address(request, blank)) for blank in blanks],
        "body": body,
        "paper_language": settings.LANGUAGE_CODE,
        "back_url": reverse("paper-pads", args=[pad.booth.event.slug]),
    }
    return render(request, "enrolment/paper_pad_print.html", context)


def _event(request: HttpRequest, slug: str) -> Event:
    return get_object_or_404(Event.objects.visible_to(request.user), slug=slug)


def _pad(request: HttpRequest, pad_id: uuid.UUID) -> PaperPad:
    rows = PaperPad.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("booth__event__branch", "consent_text", "made_by"), pk=pad_id
    )


def _address(request: HttpRequest, sheet: PaperSheet) -> str:
    """What the QR code holds: the form with this sheet's number. It opens nobody's data."""
    return absolute(request, f"{reverse('registration-new')}?{urlencode({'sheet': str(sheet)})}")


def _total(found: Iterable[Account]) -> dict[str, int]:
    return {
        "printed": sum(one.pad.sheets for one in found),
        "keyed": sum(len(one.keyed) for one in found),
        "voided": sum(len(one.voided) for one in found),
        "missing": sum(len(one.missing) for one in found),
    }


def _said(done: int, *, taken_back: bool) -> str:
    if not done:
        return _("These were accounted for already. Nothing was added.")
    if taken_back:
        return ngettext("%d sheet may be keyed in again.", "%d sheets may be keyed in again.", done) % done
    return ngettext("%d sheet is voided.", "%d sheets are voided.", done) % done


def _back(request: HttpRequest, event: Event) -> str:
    if request.user.role == Role.OFFICER:
        return reverse("today")
    return reverse("admin:outreach_event_change", args=[event.pk])


def _history(pad: PaperPad) -> list[dict]:
    """What was said of the pad's sheets, the latest first; said together, told together."""
    rows = SheetVoid.objects.filter(pad=pad).select_related("by").order_by("-at", "by", "reason", "number")
    return [
        {
            "at": at,
            "by": by.get_full_name(),
            "reason": together[0].get_reason_display(),
            "sheets": sheet_numbers.in_ranges(row.number for row in together),
        }
        for (at, by, _reason), rows in groupby(rows, key=lambda row: (row.at, row.by, row.reason))
        for together in [list(rows)]
    ]


def _new_page(request: HttpRequest, form: PadForm, event: Event, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "event": event, "back_url": reverse("paper-pads", args=[event.slug])}
    return render(request, "enrolment/paper_pad_new.html", context, status=status)


def _one_page(request: HttpRequest, form: SheetsForm, pad: PaperPad, *, status: int = 200) -> HttpResponse:
    (account,) = sheets.accounts([pad])
    context = {
        "form": form,
        "pad": pad,
        "account": account,
        "history": _history(pad),
        "back_url": reverse("paper-pads", args=[pad.booth.event.slug]),
    }
    return render(request, "enrolment/paper_pad.html", context, status=status)
