"""The second look: approvals that chance has chosen, and one of them without what the first reviewer thought."""

from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from enrolment.actions import disclosures, second_looks
from enrolment.choices import LookResult
from enrolment.forms.decision import OpenForm
from enrolment.forms.second_look import SecondLookForm
from enrolment.models import SecondLook
from enrolment.permissions import REVIEW
from enrolment.queries import duplicates
from enrolment.queries import second_looks as waiting
from enrolment.queries.participations import is_paid
from enrolment.views import data_sheet, twins
from outreach.errors import ActionRefused
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

OPEN = "open"
LIST = "admin:enrolment_registration_second_looks"

may_review = branch_only(REVIEW)


@require_safe
@never_cache
@may_review
def listed(request: HttpRequest) -> HttpResponse:
    """Those that wait for this reviewer, the longest first. Nobody's name is opened here."""
    after = _uuid(request.GET.get("after", ""))
    rows, last = waiting.page(request.user, after=after)
    context = {
        **admin.site.each_context(request),
        "title": _("Second look"),
        "rows": rows,
        "url_newer": f"{reverse(LIST)}?after={last}" if last else "",
        "url_older": reverse(LIST) if after else "",
    }
    return render(request, "admin/enrolment/second_looks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_review
def one(request: HttpRequest, look_id: UUID) -> HttpResponse:
    """One approval: its data, opened for a purpose, and the answer."""
    look = _visible(request, look_id)
    if request.method != "POST":
        return _page(request, look)
    act, form = request.POST.get("act", ""), SecondLookForm(request.POST)
    if act == OPEN:
        opening = OpenForm(request.POST)
        return _page(request, look, opening=opening, status=200 if opening.is_valid() else REFUSED)
    if act not in LookResult.values:
        raise BadRequest("no such act")
    if not form.is_valid():
        return _page(request, look, form=form, status=REFUSED)
    said = form.cleaned_data
    try:
        hindrance = second_looks.answer(
            by=request.user, look=look, result=LookResult(act), reason=said["reason"],
            fields=said["fields_named"], send_back=said["send_back"],
        )  # fmt: skip
    except ActionRefused as refused:
        if refused.code == "reason_missing":
            form.add_error("reason", str(refused))
            return _page(request, look, form=form, status=REFUSED)
        return _closed(request, look, refused, status=CONFLICT)
    if hindrance:
        messages.warning(request, _("Your answer is kept. It was not sent back: %s") % hindrance)
    else:
        messages.success(request, _("Your answer on %s is kept.") % look.registration)
    return redirect(LIST)


def _visible(request: HttpRequest, look_id: UUID) -> SecondLook:
    """One of this person's branch that they did not approve, register or type; else 404."""
    joined = ("event", "booth", "officer", "job_type_1", "job_type_2", "schedule", "consent_text", "pad")
    rows = SecondLook.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related(*(f"registration__{name}" for name in joined)), pk=look_id)


def _page(
    request: HttpRequest,
    look: SecondLook,
    *,
    form: SecondLookForm | None = None,
    opening: OpenForm | None = None,
    status: int = 200,
) -> HttpResponse:
    refused = second_looks.refusal(by=request.user, look=look)
    if refused:
        return _closed(request, look, refused, status=200 if request.method != "POST" else CONFLICT)
    opened = bool(opening and opening.is_valid())
    found = duplicates.twins(look.registration, user=request.user)
    sheet = disclosures.sheet(
        look.registration,
        by=request.user,
        purpose=opening.cleaned_data["purpose"] if opened else "second look",
        opened=opened,
        past=False,
        beside=[twin.registration for twin in found.here],
    )
    # What was typed stays while the hidden values are opened.
    form = form or SecondLookForm(initial=_typed(request) if opening else None)
    opening = opening or OpenForm()
    context = {
        **admin.site.each_context(request),
        "title": _("Second look %s") % look.registration,
        "has_errors": bool(form.errors or opening.errors),
        "look": look,
        "form": form,
        "opening": opening,
        "is_paid": is_paid(look.registration),
        **data_sheet.context(look.registration, sheet),
        **twins.panel(request, look.registration, found=found, said=(), sheet=sheet),
        "may_judge": False,  # they are compared here; judged where the registration is
    }
    return render(request, "admin/enrolment/second_look.html", context, status=status)


def _typed(request: HttpRequest) -> dict:
    return {
        "reason": request.POST.get("reason", ""),
        "fields_named": request.POST.getlist("fields_named"),
        "send_back": "send_back" in request.POST,
    }


def _closed(request: HttpRequest, look: SecondLook, refused: ActionRefused, *, status: int) -> HttpResponse:
    """Why there is nothing to answer. Nobody's data is opened."""
    context = {
        **admin.site.each_context(request),
        "title": _("Second look %s") % look.registration,
        "look": look,
        "sentence": str(refused),
    }
    return render(request, "admin/enrolment/second_look_closed.html", context, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
