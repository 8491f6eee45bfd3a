"""A draft on its way to another officer's phone: the code that is read out, and the page that takes it."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import draft_codes
from enrolment.forms.draft_code import DraftCodeForm
from enrolment.models import Draft
from enrolment.views.form_pages import officer_only
from outreach.errors import ActionRefused
from outreach.views.statuses import REFUSED


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officer_only
def offer(request: HttpRequest, submission_id) -> HttpResponse:
    """Asked first, because what is typed leaves this officer's list; then the code, shown once."""
    draft = get_object_or_404(
        Draft.objects.visible_to(request.user).select_related("booth"), pk=submission_id
    )
    context = {
        "draft": draft,
        "form": Form(),
        "code": "",
        "minutes": int(draft_codes.VALID_FOR.total_seconds() // 60),
    }
    if request.method == "POST":
        try:
            context["code"] = draft_codes.offer(by=request.user, draft=draft)
        except ActionRefused as refused:
            messages.warning(request, str(refused))
            return redirect("today")
    return render(request, "enrolment/draft_offer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@officer_only
def take(request: HttpRequest) -> HttpResponse:
    """Six digits, and the colleague's draft opens here."""
    form = DraftCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("draft", draft_codes.take(by=request.user, code=form.cleaned_data["code"]).pk)
        except ActionRefused as refused:
            form.add_error("code", str(refused))
    context = {"form": form, "heading": _("Take over a draft"), "submit_label": _("Open the draft")}
    return render(request, "enrolment/draft_take.html", context, status=REFUSED if form.errors else 200)
