"""The branch's pages of the coordination log: an event's entries, and what still has to be done."""

import uuid

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach.actions import coordination
from outreach.actions.coordination import Opened
from outreach.errors import ActionRefused
from outreach.forms.coordination import CoordinationForm
from outreach.models import Coordination, Event
from outreach.permissions import VIEW_COORDINATION, WRITE_COORDINATION
from outreach.queries import coordination as queries
from outreach.views.guards import require
from outreach.views.statuses import CONFLICT, REFUSED

SHOWN = 100
"""Rows of a list: far more than an event's file or a branch's open steps hold."""

may_view = require(VIEW_COORDINATION)
may_write = require(WRITE_COORDINATION)


@require_safe
@never_cache
@may_view
def open_steps(request: HttpRequest) -> HttpResponse:
    """What still has to be done at all events, the first due on top."""
    rows = _visible(request).open_steps()[:SHOWN]
    found = coordination.opened(
        rows, by=request.user, fields=("person", "next_step"), purpose="open next steps"
    )
    context = {
        **admin.site.each_context(request),
        **_page(_("Coordination")),
        "entries": found,
        "steps": queries.open_steps(request.user),  # all of them, also those that are not shown
        "shown": SHOWN,
        "events": Event.objects.visible_to(request.user).order_by("-first_day", "slug")[:12],
    }
    return render(request, "admin/outreach/coordination/open.html", context)


@require_safe
@never_cache
@may_view
def of_event(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything noted about one event, the newest first."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=slug)
    rows = _visible(request).filter(event=event).order_by("-day", "-entered_at")
    rows = list(rows[: SHOWN + 1])
    found = coordination.opened(
        rows[:SHOWN], by=request.user, fields=Coordination.personal_fields, purpose="coordination of an event"
    )
    context = {
        **admin.site.each_context(request),
        **_page(_("Coordination: %s") % event.name),
        "event": event,
        "entries": found,
        "late": _late(found),
        "shown": SHOWN,
        "has_older": len(rows) > SHOWN,
    }
    return render(request, "admin/outreach/coordination/event.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_write
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a new entry. Its id is made here, when the form opens."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=slug)
    if request.method != "POST":
        first = {"coordination_id": uuid.uuid4(), "day": timezone.localdate()}
        return _form_page(request, CoordinationForm(initial=first), event)
    form = CoordinationForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, event, status=REFUSED)
    try:
        is_new = coordination.note(
            by=request.user, event=event, coordination_id=form.cleaned_data["coordination_id"],
            content=form.content(),
        )  # fmt: skip
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _form_page(request, form, event, status=CONFLICT)
    messages.success(request, _("Stored.") if is_new else _("This was already stored. Nothing was added."))
    return redirect("admin:outreach_coordination_event", event.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_write
def change(request: HttpRequest, coordination_id: uuid.UUID) -> HttpResponse:
    """A stored entry again in the form, opened for that."""
    row = _one(request, coordination_id)
    if row.done_at:
        messages.warning(request, _("Its next step is done, so the entry stays as it is. Note a new one."))
        return redirect("admin:outreach_coordination_event", row.event.slug)
    if request.method != "POST":
        fields = Coordination.personal_fields
        (entry,) = coordination.opened([row], by=request.user, fields=fields, purpose="change coordination")
        plain = {name: getattr(row, name) for name in ("day", "office", "letter_number", "due_on")}
        sealed = {name: getattr(entry, name) for name in fields}
        return _form_page(request, CoordinationForm(initial=plain | sealed, without_id=True), row.event)
    form = CoordinationForm(request.POST, without_id=True)
    if not form.is_valid():
        return _form_page(request, form, row.event, status=REFUSED)
    try:
        coordination.change(by=request.user, row=row, content=form.content())
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _form_page(request, form, row.event, status=CONFLICT)
    messages.success(request, _("Stored."))
    return redirect("admin:outreach_coordination_event", row.event.slug)


@require_POST
@never_cache
@may_write
def done(request: HttpRequest, coordination_id: uuid.UUID) -> HttpResponse:
    """The next step is done; back to the list where that was said."""
    row = _one(request, coordination_id)
    try:
        coordination.done(by=request.user, row=row)
        messages.success(request, _("Marked as done."))
    except ActionRefused as refused:
        messages.warning(request, str(refused))
    if request.POST.get("back") == "open":
        return redirect("admin:outreach_coordination_changelist")
    return redirect("admin:outreach_coordination_event", row.event.slug)


def _visible(request: HttpRequest):
    return Coordination.objects.visible_to(request.user).select_related("event", "entered_by", "done_by")


def _one(request: HttpRequest, coordination_id: uuid.UUID) -> Coordination:
    return get_object_or_404(_visible(request), pk=coordination_id)


def _late(found: list[Opened]) -> int:
    """How many of these are open and overdue."""
    return sum(entry.row.is_late for entry in found)


def _page(title: str) -> dict:
    return {"title": title, "opts": Coordination._meta}


def _form_page(
    request: HttpRequest, form: CoordinationForm, event: Event, *, status: int = 200
) -> HttpResponse:
    is_new = "coordination_id" in form.fields
    context = {
        **admin.site.each_context(request),
        **_page(_("Note a coordination") if is_new else _("Change an entry")),
        "original": event,
        "lead": _("A talk or a letter about %(event)s with somebody outside the branch.")
        % {"event": event.name},
        "back_url": reverse("admin:outreach_coordination_event", args=(event.slug,)),
        "submit_label": _("Store the entry"),
        "form": form,
        "has_errors": bool(form.errors),
        "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),
        "media": admin.site.get_model_admin(Coordination).media + form.media,  # the date's pickers need both
    }
    return render(request, "admin/outreach/form.html", context, status=status)
