"""The officer's pages. Each view: guard → fetch through visible_to → bind form → one action → redirect."""

import uuid
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from enrolment import regions
from enrolment.actions import decisions, disclosures, identity, registrations
from enrolment.choices import Actor, State, moves_of
from enrolment.entry import Entry
from enrolment.forms.reason import ReasonForm
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Registration
from enrolment.permissions import REGISTER
from enrolment.queries import stands, tariffs
from enrolment.queries.warnings import warnings
from outreach.errors import ActionRefused
from outreach.models import Assignment
from outreach.queries import greetings
from outreach.templatetags.formats import day_short
from outreach.views.guards import branch_only

ANSWERS_CHECKED, BACK_TO_FORM = "send", "edit"
REFUSED, CONFLICT = 422, 409
RECENT = 15

officer_only = branch_only(REGISTER)


@require_safe
@never_cache
@officer_only
def today(request: HttpRequest) -> HttpResponse:
    """The officer's first page: today's stand, whom it greeted, what came back, what was sent."""
    day = timezone.localdate()
    duties = stands.duties(request.user, day=day)
    duty = _chosen(duties, request.GET.get("event"), request.GET.get("booth"))
    context = {"duty": duty, "duties": duties, "paper_duties": stands.paper_duties(request.user, day=day)}
    if duty:
        context["figures"] = stands.today(duty.booth, request.user, day=day)
        context["counter"] = greetings.counter(duty.booth, request.user, day=day, at=timezone.now())
        context["greeting_id"] = uuid.uuid4()
    own = Registration.objects.visible_to(request.user).select_related("event", "booth")
    returned = list(own.filter(state=State.RETURNED).order_by("decided_at"))
    sent = list(own.exclude(state=State.RETURNED).order_by("-received_at")[:RECENT])
    named = disclosures.with_names(returned + sent, by=request.user, purpose="today", reasons_of=returned)
    context["returned"], context["sent"] = named[: len(returned)], named[len(returned) :]
    return render(request, "enrolment/today.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@officer_only
def new(request: HttpRequest) -> HttpResponse:
    """The form, then check-answers, then the receipt. The id is made here, when the form opens."""
    day = timezone.localdate()
    duty = _duty_for(request, day)
    on_paper = duty is not None and duty.day != day
    if request.method != "POST":
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
            },
        )
        return _form_page(request, form, duty=duty)
    form = RegistrationForm(request.POST, user=request.user, on_paper=on_paper)
    unsent = _unsent_page(request, form, duty=duty)
    if unsent:
        return unsent
    entry = form.entry()
    receipt = registrations.submit(by=request.user, entry=entry)
    if receipt.outcome == "conflict":
        return _conflict_page(request, receipt.registration, entry)
    if receipt.outcome == "same":
        messages.info(request, _("This was already sent. It is the same receipt."))
    return redirect("registration-receipt", receipt.registration.reference)


@require_safe
@never_cache
@officer_only
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """What was accepted: reference, amount, months, what comes next."""
    registration = _own(request, reference)
    (row,) = disclosures.with_names(
        [registration], by=request.user, purpose="receipt", reasons_of=[registration]
    )
    context = {"registration": registration, "row": row, "moves": moves_of(Actor.OFFICER, registration.state)}
    return render(request, "enrolment/registration_receipt.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@officer_only
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """The stored answers again in the form, until a reviewer has decided; or after they sent it back."""
    registration = _own(request, reference)
    if State.SUBMITTED not in moves_of(Actor.OFFICER, registration.state):
        return _moved_on(request, registration)
    if request.method != "POST":
        typed, reason = disclosures.for_correction(registration, by=request.user)
        form = RegistrationForm(user=request.user, initial=typed, correcting=registration)
        return _form_page(request, form, registration=registration, reason=reason)
    form = RegistrationForm(request.POST, user=request.user, correcting=registration)
    unsent = _unsent_page(request, form, registration=registration)
    if unsent:
        return unsent
    try:
        registrations.correct(by=request.user, registration=registration, entry=form.entry())
    except ActionRefused as refused:
        messages.warning(request, str(refused))
    return redirect("registration-receipt", reference)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@officer_only
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """The worker changed their mind, or it was entered twice: withdrawn with a reason, never deleted."""
    registration = _own(request, reference)
    if State.WITHDRAWN not in moves_of(Actor.OFFICER, registration.state):
        return _moved_on(request, registration)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decisions.move(
                by=request.user,
                registration=registration,
                target=State.WITHDRAWN,
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("%s is withdrawn.") % registration)
            return redirect("today")
        except ActionRefused as refused:
            messages.warning(request, str(refused))
            return redirect("registration-receipt", reference)
    context = {"form": form, "registration": registration}
    return render(
        request, "enrolment/registration_withdraw.html", context, status=REFUSED if form.errors else 200
    )


def _own(request: HttpRequest, reference: str) -> Registration:
    """A registration of this officer, or 404."""
    rows = Registration.objects.visible_to(request.user).select_related(
        "event", "booth", "job_type_1", "job_type_2", "officer", "schedule", "consent_text"
    )
    return get_object_or_404(rows, reference=reference)


def _moved_on(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The officer can't do this any more: back to the receipt, which shows the state and why."""
    messages.warning(request, _("The branch has decided meanwhile. Here is where it stands."))
    return redirect("registration-receipt", registration.reference)


def _duty_for(request: HttpRequest, today: date) -> Assignment | None:
    """The stand (and for paper the day) that the address names, or the first of today's."""
    event, booth = request.GET.get("event"), request.GET.get("booth")
    if event and booth:
        return stands.find_duty(
            request.user, event=event, booth=booth, day=min(_day(request.GET.get("day")) or today, today)
        )
    return next(iter(stands.duties(request.user, day=today)), None)


def _day(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None


def _chosen(duties: list[Assignment], event: str | None, booth: str | None) -> Assignment | None:
    named = (duty for duty in duties if duty.booth.event.slug == event and duty.booth.code == booth)
    return next(named, duties[0] if duties else None)


def _unsent_page(
    request: HttpRequest,
    form: RegistrationForm,
    *,
    duty: Assignment | None = None,
    registration: Registration | None = None,
) -> HttpResponse | None:
    """What a posted form gets before anything is stored: its errors, the form again, or check-answers. None when
    the checked answers are sent."""
    if not form.is_valid():
        return _form_page(request, form, duty=duty, registration=registration, status=REFUSED)
    step = request.POST.get("step")
    if step == BACK_TO_FORM:
        return _form_page(request, form, duty=duty, registration=registration)
    if step != ANSWERS_CHECKED:
        return _check_page(request, form, form.entry(), registration)
    return None


def _form_page(
    request: HttpRequest,
    form: RegistrationForm,
    *,
    duty: Assignment | None = None,
    registration: Registration | None = None,
    reason: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form, with what was typed. First months are counted from the day of registration, as far as it is known."""
    moment = (
        registration.registered_at if registration else getattr(form, "cleaned_data", {}).get("registered_at")
    )
    day = timezone.localdate(moment) if moment else (duty.day if duty else timezone.localdate())
    form.prepare_page(day=day)
    context = {
        "form": form,
        "registration": registration,
        "stand": registration.booth if registration else duty and duty.booth,
        "has_errors": bool(form.is_bound and form.errors),
        "reason": reason,
    }
    return render(request, "enrolment/registration_form.html", context, status=status)


def _check_page(
    request: HttpRequest, form: RegistrationForm, entry: Entry, registration: Registration | None = None
) -> HttpResponse:
    """What will be sent, with its price, before anything is stored. The answers travel in hidden fields."""
    quote, stored = tariffs.quote(entry), form.stored
    moment = stored.registered_at if stored else entry.registered_at or timezone.now()
    may_know = identity.may_ask(by=request.user, purpose="check answers")
    found = warnings(
        entry,
        registered_on=timezone.localdate(moment),
        of=stored.pk if stored else None,
        among=Registration.objects.filter(branch=request.user.branch)
        if may_know
        else Registration.objects.none(),
    )
    context = {
        "typed": [(name, form[name].data) for name in form.fields if form[name].data],
        "entry": entry,
        "quote": quote,
        "basis": tariffs.basis(quote),
        "warnings": found,
        "estimate": quote.discounted_months > 0 or "sector_mixed" in found,
        "registration": registration,
    }
    return render(request, "enrolment/registration_check.html", context)


def _conflict_page(request, registration, entry) -> HttpResponse:
    """The id is taken by other content. Who may see that content sees the difference."""
    context = {}
    if Registration.objects.visible_to(request.user).filter(pk=registration.pk).exists():
        labels = RegistrationForm.base_fields
        context = {
            "differences": [
                (labels[name].label or name, was, sent)
                for name, was, sent in disclosures.differences(registration, entry, by=request.user)
            ],
            "link_url": reverse("registration-receipt", args=[registration.reference]),
            "link": _("Open the stored registration"),
        }
    return render(request, "409.html", context, status=CONFLICT)
