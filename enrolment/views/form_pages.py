"""The pages that a registration form passes through on its way: the form, check-answers, the conflict."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import disclosures, identity
from enrolment.choices import Actor, Package, State, moves_of
from enrolment.contributions import MONTHS_PREPAID
from enrolment.entry import whole
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Draft, Registration
from enrolment.permissions import REGISTER
from enrolment.queries import tariffs
from enrolment.queries.last_used import last_used
from enrolment.queries.warnings import warnings
from enrolment.views import comparing, for_scripts, form_data
from enrolment.views.wording import Wording, guardian_agreed
from outreach.models import Assignment
from outreach.shared_phone import wants_json
from outreach.templatetags.formats import rupiah
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

ANSWERS_CHECKED, BACK_TO_FORM = "send", "edit"

officer_only = branch_only(REGISTER)


def own(request: HttpRequest, reference: str) -> Registration:
    """A registration of this officer, or 404."""
    rows = Registration.objects.visible_to(request.user).select_related(
        "event", "booth", "job_type_1", "job_type_2", "officer", "schedule", "consent_text"
    )
    return get_object_or_404(rows, reference=reference)


def answers(request: HttpRequest) -> QueryDict:
    """What was sent; a price chosen on check-answers (`T-3`) stands in place of the package and months."""
    kind, dash, months = request.POST.get("choose", "").partition("-")
    if not dash:
        return request.POST
    chosen = request.POST.copy()
    chosen["package"], chosen["months"] = kind, months
    return chosen


def unsent_page(
    request: HttpRequest,
    form: RegistrationForm,
    *,
    duty: Assignment | None = None,
) -> HttpResponse | None:
    """What a posted form gets before anything is stored: its errors, the form again, or check-answers. None when
    the checked answers are sent."""
    step, for_script = request.POST.get("step"), wants_json(request)
    if not form.is_valid():
        if for_script:
            return for_scripts.answer(request, "invalid", form=form)
        return form_page(request, form, duty=duty, status=REFUSED)
    if for_script and step != ANSWERS_CHECKED:
        return for_scripts.checked(request, check_context(request, form))
    if step == BACK_TO_FORM:
        return form_page(request, form, duty=duty)
    if step != ANSWERS_CHECKED:
        return render(request, "enrolment/registration_check.html", check_context(request, form))
    return None


def form_page(
    request: HttpRequest,
    form: RegistrationForm,
    *,
    duty: Assignment | None = None,
    registration: Registration | None = None,
    reason: str = "",
    flags: Sequence[tuple[str, str]] = (),
    seen: int | None = None,
    status: int = 200,
    draft: Draft | None = None,
    action: str = "",
    prospect: uuid.UUID | None = None,
) -> HttpResponse:
    """The form, with what was typed. First months are counted from the day of registration, as far as it is known."""
    moment = (
        registration.registered_at if registration else getattr(form, "cleaned_data", {}).get("registered_at")
    )
    day = timezone.localdate(moment) if moment else (duty.day if duty else timezone.localdate())
    stand = registration.booth if registration else duty and duty.booth
    form.prepare_page(day=day, event=registration.event if registration else stand and stand.event)
    context = {
        "form": form,
        "registration": registration,
        "stand": stand,
        "last_used": last_used(request.user, stand, day=day) if stand and not registration else {},
        "has_errors": bool(form.is_bound and form.errors),
        "reason": reason,
        "flags": flags,
        "seen": seen,
        "form_data": form_data.address(request.user.branch),
        "draft": draft,
        "draft_counter": draft.counter if draft else _kept_count(request, form),
        "action": action,
        "prospect": prospect or prospect_named(request.GET.get("prospect")),
        "day": day,
    }
    return render(request, "enrolment/registration_form.html", context, status=status)


def _kept_count(request: HttpRequest, form: RegistrationForm) -> int:
    """How far the draft of a form that is shown again has counted: from there its script goes on."""
    if request.method != "POST" or form.correcting:
        return 0
    own = Draft.objects.filter(pk=prospect_named(form["submission_id"].value()), officer=request.user)
    return own.filter(ended_at=None).values_list("counter", flat=True).first() or 0


def prospect_named(said: str | None) -> uuid.UUID | None:
    """The prospect whom an address or a draft names: whose form this is."""
    try:
        return uuid.UUID(said or "")
    except ValueError:
        return None


def check_context(
    request: HttpRequest, form: RegistrationForm, registration: Registration | None = None
) -> dict[str, Any]:
    """What will be sent, with its price, before anything is stored. The answers travel in hidden fields."""
    entry, stored = form.entry(), form.stored
    choices = tariffs.choices(entry)
    quote = choices[entry.package, entry.months]
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
    return {
        "typed": [(name, form[name].data) for name in form.fields if form[name].data],
        "changes": None,
        "entry": entry,
        # `whole` can't know of an old row that how its consent was given is not recorded.
        "said": Wording().said(whole(entry.canonical()) | {"consent_how": entry.consent_how}),
        "guardian_agreed": guardian_agreed(entry.guardian_agreed),
        "quote": quote,
        "choices": [
            (months, [(kind, choices[kind, months].total) for kind in Package.values])
            for months in MONTHS_PREPAID
        ],
        "basis": tariffs.basis(quote),
        "warnings": found,
        "estimate": quote.discounted_months > 0 or "sector_mixed" in found,
        "registration": registration,
    }


def receipt_page(request: HttpRequest, outcome: str, at: Registration) -> HttpResponse:
    """To the receipt; a script goes there by itself. What is stored is the server's price: where check-answers showed
    another one, the officer has told the worker that one."""
    shown = request.POST.get("shown_total", "")
    if outcome == "same":
        messages.info(request, _("This was already sent. It is the same receipt."))
    elif shown.isascii() and shown.isdigit() and shown != str(at.contribution_total):
        said = {"now": rupiah(at.contribution_total), "shown": rupiah(int(shown[:15]))}
        messages.warning(
            request, _("The contribution changed meanwhile: %(now)s, not %(shown)s. Tell the worker.") % said
        )
    if wants_json(request):
        return for_scripts.answer(request, outcome, at=at)
    return redirect("registration-receipt", at.reference)


def conflict_page(request: HttpRequest, registration: Registration, form: RegistrationForm) -> HttpResponse:
    """The id is taken by other content. Who may still correct that content sees the difference; once it is decided, or
    the consent is withdrawn, nothing of it is opened here."""
    if wants_json(request):
        return for_scripts.answer(
            request, "conflict"
        )  # the script then sends the form as a form, and comes here
    context = {}
    if Registration.objects.visible_to(request.user).filter(pk=registration.pk).exists():
        context = {
            "link_url": reverse("registration-receipt", args=[registration.reference]),
            "link": _("Open the stored registration"),
        }
        may_correct = State.SUBMITTED in moves_of(Actor.OFFICER, registration.state)
        if may_correct and not registration.with_head_at and not registration.consent_withdrawn_at:
            stored = disclosures.for_conflict(registration, by=request.user)
            changes = comparing.between(stored, form.entry().canonical(), leaving=())
            context["differences"] = [(change.label, change.was, change.now) for change in changes]
    return render(request, "409.html", context, status=CONFLICT)
