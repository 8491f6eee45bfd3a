"""Prospects: whom to call, a new one, and one with what came of each call. For officers, and for the branch's
reviewers, who take over when a temporary officer has gone."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from enrolment.actions import prospects
from enrolment.forms.prospects import CallForm, ProspectForm
from enrolment.models import Prospect
from enrolment.models.prospect import kept_until
from enrolment.permissions import CALL_PROSPECTS, NOTE_PROSPECTS
from enrolment.queries import prospects as queries
from enrolment.queries import stands
from outreach.errors import ActionRefused
from outreach.models import Assignment
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

may_call = branch_only(CALL_PROSPECTS)
may_note = branch_only(NOTE_PROSPECTS)


@require_safe
@never_cache
@may_call
def listed(request: HttpRequest) -> HttpResponse:
    """Whom to call today, those of earlier days on top, and then the days to come."""
    day = timezone.localdate()
    due, later = queries.due(request.user, day=day), queries.later(request.user, day=day)
    named = prospects.opened(
        due.rows + later.rows, by=request.user, fields=("full_name",), purpose="prospects"
    )
    context = {
        "day": day,
        "due": named[: len(due.rows)],
        "later": named[len(due.rows) :],
        "more": due.more or later.more,
        "may_note": request.user.has_perm(NOTE_PROSPECTS) and stands.duties(request.user, day=day),
    }
    return render(request, "enrolment/prospects.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_note
def new(request: HttpRequest) -> HttpResponse:
    """The form of somebody who may be called. Its id is made here, when the form opens."""
    duty = _duty(request)
    if duty is None:
        messages.warning(request, _("You are on duty at no stand today. Ask the branch to assign you."))
        return redirect("prospects")
    until = kept_until(duty.booth.event)
    if request.method != "POST":
        first = {"id": uuid.uuid4(), "follow_up_on": timezone.localdate() + timedelta(days=1)}
        return _form_page(request, ProspectForm(initial=first, until=until), duty)
    form = ProspectForm(request.POST, until=until)
    if not form.is_valid():
        return _form_page(request, form, duty, status=REFUSED)
    try:
        is_new = prospects.note(
            by=request.user, booth=duty.booth, prospect_id=form.cleaned_data["id"], content=form.content()
        )
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _form_page(request, form, duty, status=CONFLICT)
    messages.success(request, _("Stored.") if is_new else _("This was already stored. Nothing was added."))
    return redirect("today")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_call
def one(request: HttpRequest, prospect_id: uuid.UUID) -> HttpResponse:
    """Somebody to call, with their number; afterwards what came of it."""
    rows = Prospect.objects.visible_to(request.user)
    prospect = get_object_or_404(
        rows.select_related("event", "booth", "officer", "registration"), pk=prospect_id
    )
    until = prospect.kept_until
    if request.method != "POST":
        return _one_page(request, CallForm(initial={"id": uuid.uuid4()}, until=until), prospect)
    form = CallForm(request.POST, until=until)
    if not form.is_valid() and not prospect.may_be_called(day=timezone.localdate()):
        messages.warning(request, _("Nobody needs to call here any more. Nothing was stored."))
        return redirect("prospects")
    if not form.is_valid():
        return _one_page(request, form, prospect, status=REFUSED)
    try:
        prospects.called(
            by=request.user, prospect=prospect, call_id=form.cleaned_data["id"],
            result=form.cleaned_data["result"], next_on=form.cleaned_data["next_on"],
        )  # fmt: skip
        messages.success(request, _("Stored."))
    except ActionRefused as refused:
        messages.warning(request, str(refused))
    return redirect("prospects")


def _duty(request: HttpRequest) -> Assignment | None:
    """The officer's stand of today that the address names, or the first."""
    duties = stands.duties(request.user, day=timezone.localdate())
    named = (
        duty
        for duty in duties
        if (duty.booth.event.slug, duty.booth.code) == (request.GET.get("event"), request.GET.get("booth"))
    )
    return next(named, duties[0] if duties else None)


def _form_page(request: HttpRequest, form: ProspectForm, duty: Assignment, *, status: int = 200):
    context = {
        "form": form,
        "booth": duty.booth,
        "heading": _("Note a prospect"),
        "submit_label": _("Store the prospect"),
    }
    return render(request, "enrolment/prospect_form.html", context, status=status)


def _opened(request: HttpRequest, prospect: Prospect) -> prospects.Opened:
    (row,) = prospects.opened(
        [prospect], by=request.user, fields=Prospect.personal_fields, purpose="call a prospect"
    )
    return row


def _one_page(request: HttpRequest, form: CallForm, prospect: Prospect, *, status: int = 200):
    # Whom nobody is to call any more, nobody needs to see.
    is_open = prospect.may_be_called(day=timezone.localdate())
    context = {
        "form": form,
        "prospect": prospect,
        "row": _opened(request, prospect) if is_open else None,
        "calls": prospect.calls.select_related("by"),
        "may_register": is_open and prospect.officer_id == request.user.pk,
        "has_errors": bool(form.errors),
    }
    return render(request, "enrolment/prospect.html", context, status=status)
