"""What an officer may still do with a registration that was sent: correct it, or withdraw it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import decisions, disclosures, registrations
from enrolment.choices import Actor, State, moves_of
from enrolment.forms.reason import ReasonForm
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Registration
from enrolment.views.form_pages import REFUSED, form_page, officer_only, own, unsent_page
from outreach.errors import ActionRefused


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@officer_only
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """The stored answers again in the form, until a reviewer has decided; or after they sent it back."""
    registration = own(request, reference)
    if registration.consent_withdrawn_at or State.SUBMITTED not in moves_of(
        Actor.OFFICER, registration.state
    ):
        return _moved_on(request, registration)
    if request.method != "POST":
        typed, reason = disclosures.for_correction(registration, by=request.user)
        form = RegistrationForm(user=request.user, initial=typed, correcting=registration)
        return form_page(request, form, registration=registration, reason=reason)
    form = RegistrationForm(request.POST, user=request.user, correcting=registration)
    unsent = unsent_page(request, form, registration=registration)
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
    registration = own(request, reference)
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


def _moved_on(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The officer can't do this any more: back to the receipt, which shows the state and why."""
    messages.warning(request, _("The branch has decided meanwhile. Here is where it stands."))
    return redirect("registration-receipt", registration.reference)
