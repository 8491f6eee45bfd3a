"""Withdrawing consent: the officer's page at the stand, and the branch's page in the admin."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import consent
from enrolment.forms.consent import WithdrawConsentForm
from enrolment.models import Registration
from enrolment.permissions import REVIEW, VIEW
from enrolment.views.form_pages import officer_only, own
from outreach.errors import ActionRefused
from outreach.views.guards import branch_only
from outreach.views.statuses import REFUSED


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@officer_only
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """What it means, stated before; then who asks."""
    registration = own(request, reference)
    form, done = _answered(request, registration)
    if done:
        return redirect("registration-receipt", reference)
    context = {"form": form, "registration": registration}
    status = REFUSED if form.errors else 200
    return render(request, "enrolment/consent_withdraw.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@branch_only(VIEW)
def withdraw_at_branch(request: HttpRequest, reference: str) -> HttpResponse:
    """The same for who takes the call at the branch."""
    registration = get_object_or_404(Registration.objects.visible_to(request.user), reference=reference)
    if not request.user.has_perm(REVIEW):
        raise PermissionDenied
    form, done = _answered(request, registration)
    back = reverse("admin:enrolment_registration_review", args=[reference])
    if done:
        return redirect(back)
    context = {
        **admin.site.each_context(request),
        "title": _("Withdraw consent"),
        "opts": Registration._meta,
        "original": registration,
        "registration": registration,
        "form": form,
        "has_errors": bool(form.errors),
        "media": form.media,
        "back_url": back,
        "submit_label": _("Withdraw the consent"),
    }
    status = REFUSED if form.errors else 200
    return render(request, "admin/enrolment/consent_withdraw.html", context, status=status)


def _answered(request: HttpRequest, registration: Registration) -> tuple[WithdrawConsentForm, bool]:
    """The form, and whether there is nothing left to ask: the consent is withdrawn, now or before."""
    if registration.consent_withdrawn_at:
        messages.info(request, _("This consent was withdrawn before. It is on record."))
        return WithdrawConsentForm(), True
    form = WithdrawConsentForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return form, False
    try:
        consent.withdraw(by=request.user, registration=registration, **form.cleaned_data)
    except ActionRefused as refused:
        if refused.code == "asked_at":
            form.add_error("asked_at", str(refused))
            return form, False
        messages.warning(request, str(refused))
        return form, True
    messages.success(request, _("The consent to %s is withdrawn.") % registration)
    return form, True
