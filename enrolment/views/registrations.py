"""The officer's pages. Each view: guard → fetch through visible_to → bind form → one action → redirect."""

import uuid
from datetime import date

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from enrolment.actions import claims, disclosures, pads, prospects, registrations
from enrolment.choices import Actor, State, moves_of
from enrolment.entry import Entry
from enrolment.forms.draft import is_paper, typed
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Draft, PaperSheet, Prospect, Registration
from enrolment.queries import prospects as queries
from enrolment.queries import stands
from enrolment.views import comparing, drafts, paper_sheet
from enrolment.views.form_pages import (
    answers,
    conflict_page,
    form_page,
    officer_only,
    own,
    prospect_named,
    receipt_page,
    unsent_page,
)
from enrolment.views.receipts import status_url
from outreach import regions
from outreach.models import Assignment
from outreach.queries import greetings
from outreach.templatetags.formats import day_short

RECENT = 15


@require_safe
@never_cache
@officer_only
def today(request: HttpRequest) -> HttpResponse:
    """The officer's first page: today's stand, whom it greeted, what came back, what was sent."""
    day = timezone.localdate()
    duties = stands.duties(request.user, day=day)
    duty = _chosen(duties, request.GET.get("event"), request.GET.get("booth"))
    context = {"duty": duty, "duties": duties, "paper_duties": stands.paper_duties(request.user, day=day)}
    context["to_call"] = queries.count_due(request.user, day=day)
    if duty:
        context["figures"] = stands.today(duty.booth, request.user, day=day)
        context["counter"] = greetings.counter(duty.booth, request.user, day=day, at=timezone.now())
        context["greeting_id"] = uuid.uuid4()
        context["closing"] = stands.last_closing(duty.booth, day=day)
    own = Registration.objects.visible_to(request.user).select_related("event", "booth")
    returned = list(own.filter(state=State.RETURNED, consent_withdrawn_at=None).order_by("decided_at"))
    sent = list(own.exclude(state=State.RETURNED).order_by("-received_at")[:RECENT])
    unsent = list(
        Draft.objects.visible_to(request.user).select_related("event", "booth").order_by("-saved_at")
    )
    named = disclosures.for_today(returned=returned, sent=sent, drafts=unsent, by=request.user)
    context |= {"returned": named.returned, "sent": named.sent, "drafts": named.drafts}
    return render(request, "enrolment/today.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@officer_only
def new(request: HttpRequest) -> HttpResponse:
    """The form, then check-answers, then the receipt. The id is made here, when the form opens."""
    day = timezone.localdate()
    sheet = paper_sheet.named(request)
    duty = _duty_for(request, day, sheet)
    on_paper = duty is not None and (duty.day != day or paper_sheet.is_asked(request))
    if request.method != "POST":
        if paper_sheet.is_asked(request) and (away := paper_sheet.leads_away(request, sheet, duty)):
            return away
        if duty is None:
            messages.warning(request, _("You are on duty at no stand today. Ask the branch to assign you."))
            return redirect("today")
        form = RegistrationForm(
            user=request.user,
            on_paper=on_paper,
            initial={
                "submission_id": uuid.uuid4(),
                "event": duty.booth.event.slug,
                "booth": duty.booth.code,
                "officer": request.user.username,
                # On paper the day is known, the hour stands on the form.
                "registered_at": f"{day_short(duty.day)} " if on_paper else "",
                "work_location": regions.label(request.user.branch.regency_code),
                "government_paid": "n",
                **_known_of(request),
                **paper_sheet.initial(sheet),
            },
        )
        return form_page(request, form, duty=duty)
    if request.POST.get("step") == drafts.KEEP:
        return drafts.keep(request, duty=duty, on_paper=on_paper)
    form = RegistrationForm(answers(request), user=request.user, on_paper=on_paper)
    unsent = unsent_page(request, form, duty=duty)
    if unsent:
        return unsent
    entry = form.entry()
    try:
        receipt = registrations.submit(by=request.user, entry=entry, prospect=_whose(request, entry))
    except pads.SheetRefused as refused:  # taken between the form's look and the sending
        form.add_error("sheet", str(refused))
        return unsent_page(request, form, duty=duty)
    if receipt.outcome == "conflict":
        return conflict_page(request, receipt.registration, form)
    return receipt_page(request, receipt.outcome, receipt.registration)


@require_safe
@never_cache
@officer_only
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """What was accepted: reference, amount, months, what comes next."""
    registration = own(request, reference)
    row = disclosures.for_receipt(registration, by=request.user)
    moves = set() if registration.consent_withdrawn_at else moves_of(Actor.OFFICER, registration.state)
    if registration.with_head_at:
        moves -= {State.SUBMITTED}
    context = {
        "registration": registration,
        "row": row,
        "moves": moves,
        "steps": comparing.steps(row.versions, closed=disclosures.HIDDEN),
        "held": claims.held_since(registration),
        "status_url": status_url(request, registration),
    }
    return render(request, "enrolment/registration_receipt.html", context)


def _duty_for(request: HttpRequest, today: date, sheet: PaperSheet | None) -> Assignment | None:
    """The stand (and for paper the day) that the address or its sheet names, else the page that was sent, or the first
    of today's. A page that was left open at a stand overnight is today's, where the officer stands there again."""
    event, booth = (request.GET.get(name) or request.POST.get(name) for name in ("event", "booth"))
    if sheet:
        event, booth = sheet.pad.booth.event.slug, sheet.pad.booth.code
    if not (event and booth):
        return next(iter(stands.duties(request.user, day=today)), None)
    if request.method == "POST" and not sheet and not is_paper(typed(request.POST)):
        now = stands.standing(request.user, event=event, booth=booth, day=today)
        if now and now.booth.code == booth:
            return now
    day = min(_day(request.GET.get("day")) or today, today)
    return stands.find_duty(request.user, event=event, booth=booth, day=day)


def _whose(request: HttpRequest, entry: Entry) -> Prospect | None:
    """The prospect whom the address names, who becomes this registration: the officer's own, or the one of a
    colleague that came with a draft which was handed over."""
    handed = Draft.objects.visible_to(request.user).filter(pk=entry.submission_id).values("prospect")
    own = Prospect.objects.visible_to(request.user).values("pk")
    rows = Prospect.objects.filter(Q(pk__in=own) | Q(pk__in=handed), registration=None)
    return rows.filter(pk=prospect_named(request.GET.get("prospect"))).first()


def _known_of(request: HttpRequest) -> dict[str, str]:
    """What the prospect whom the address names has said already, so that nobody types it again."""
    rows = Prospect.objects.visible_to(request.user).to_call(day=timezone.localdate())
    prospect = rows.filter(pk=prospect_named(request.GET.get("prospect"))).first()
    if prospect is None:
        return {}
    (known,) = prospects.opened(
        [prospect], by=request.user, fields=("full_name", "phone"), purpose="register a prospect"
    )
    return {"full_name": known.full_name, "phone": known.phone.replace("+62", "0", 1)}


def _day(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None


def _chosen(duties: list[Assignment], event: str | None, booth: str | None) -> Assignment | None:
    named = (duty for duty in duties if duty.booth.event.slug == event and duty.booth.code == booth)
    return next(named, duties[0] if duties else None)
