"""The pages that a registration form passes through on its way: the form, check-answers, the conflict."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import disclosures, identity
from enrolment.entry import Entry
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Draft, Registration
from enrolment.permissions import REGISTER
from enrolment.queries import tariffs
from enrolment.queries.warnings import warnings
from outreach.models import Assignment
from outreach.views.guards import branch_only

ANSWERS_CHECKED, BACK_TO_FORM = "send", "edit"
REFUSED, CONFLICT = 422, 409

officer_only = branch_only(REGISTER)


def own(request: HttpRequest, reference: str) -> Registration:
    """A registration of this officer, or 404."""
    rows = Registration.objects.visible_to(request.user).select_related(
        "event", "booth", "job_type_1", "job_type_2", "officer", "schedule", "consent_text"
    )
    return get_object_or_404(rows, reference=reference)


def unsent_page(
    request: HttpRequest,
    form: RegistrationForm,
    *,
    duty: Assignment | None = None,
    registration: Registration | None = None,
) -> HttpResponse | None:
    """What a posted form gets before anything is stored: its errors, the form again, or check-answers. None when
    the checked answers are sent."""
    if not form.is_valid():
        return form_page(request, form, duty=duty, registration=registration, status=REFUSED)
    step = request.POST.get("step")
    if step == BACK_TO_FORM:
        return form_page(request, form, duty=duty, registration=registration)
    if step != ANSWERS_CHECKED:
        return check_page(request, form, form.entry(), registration)
    return None


def form_page(
    request: HttpRequest,
    form: RegistrationForm,
    *,
    duty: Assignment | None = None,
    registration: Registration | None = None,
    reason: str = "",
    status: int = 200,
    draft: Draft | None = None,
    action: str = "",
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
        "draft": draft,
        "action": action,
        "day": day,
    }
    return render(request, "enrolment/registration_form.html", context, status=status)


def check_page(
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


def conflict_page(request, registration, entry) -> HttpResponse:
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
