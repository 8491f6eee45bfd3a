"""The officer's pages of outreach sessions: what was held, a new one, and putting one's own right."""

import uuid
from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from outreach.actions import sessions
from outreach.choices import EventState
from outreach.errors import ActionRefused
from outreach.forms.sessions import PhoneSessionForm
from outreach.models import Event, OutreachSession
from outreach.permissions import ENTER_SESSIONS
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

may_enter = branch_only(ENTER_SESSIONS)


@require_safe
@never_cache
@may_enter
def listed(request: HttpRequest) -> HttpResponse:
    """One event's sessions, today's on top, with how many people they reached."""
    today, events = timezone.localdate(), _open_events(request)
    event = _chosen(request, events, today)
    held = OutreachSession.objects.visible_to(request.user).filter(event=event).select_related("speaker")
    rows = list(held) if event else []
    of_today = [row for row in rows if timezone.localdate(row.starts_at) == today]
    context = {
        "event": event,
        "may_enter": event is not None and event.state == EventState.OPEN,
        "others": [one for one in events if one != event],
        "today": _part(of_today),
        "earlier": _part([row for row in rows if row not in of_today]),
        "people": _people(rows),
        "held": len(rows),
    }
    return render(request, "outreach/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@may_enter
def new(request: HttpRequest) -> HttpResponse:
    """The form of a session that was held. Its id is made here, when the form opens."""
    today = timezone.localdate()
    event = _chosen(request, _open_events(request), today)
    is_open = event is not None and event.state == EventState.OPEN
    if event is None or (request.method != "POST" and not is_open):
        messages.warning(request, _("Sessions are entered at an open event that you are assigned to."))
        return redirect("sessions")
    session = OutreachSession(event=event)
    if request.method != "POST":
        first = {"session_id": uuid.uuid4(), "speaker": request.user}
        if event.is_on(today):
            first |= {"day": today, "place": event.venue}
        return _form_page(
            request, PhoneSessionForm(user=request.user, instance=session, initial=first), event
        )
    form = PhoneSessionForm(request.POST, user=request.user, instance=session)
    if not form.is_valid():
        return _form_page(request, form, event, status=REFUSED)
    try:
        is_new = sessions.enter(
            by=request.user, event=event, session_id=form.cleaned_data["session_id"], content=form.content()
        )
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _form_page(request, form, event, status=CONFLICT)
    messages.success(request, _("Stored.") if is_new else _("This was already stored. Nothing was added."))
    return redirect(_list_of(event))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@may_enter
def correct(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """What one entered oneself, again in the form."""
    own = OutreachSession.objects.visible_to(request.user).filter(entered_by=request.user)
    session = get_object_or_404(own.select_related("event"), pk=session_id)
    event = session.event
    sent = request.POST if request.method == "POST" else None
    form = PhoneSessionForm(sent, user=request.user, instance=session)
    if sent is None:
        return _form_page(request, form, event)
    if not form.is_valid():
        return _form_page(request, form, event, status=REFUSED)
    try:
        sessions.correct(by=request.user, session=session, content=form.content())
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _form_page(request, form, event, status=CONFLICT)
    messages.success(request, _("Stored."))
    return redirect(_list_of(event))


def _open_events(request: HttpRequest) -> list[Event]:
    """The open events this officer is assigned to, the newest first."""
    return list(
        Event.objects.visible_to(request.user).filter(state=EventState.OPEN).order_by("-first_day", "slug")
    )


def _chosen(request: HttpRequest, events: Sequence[Event], today: date) -> Event | None:
    """The event that the address names (404 if it is none of theirs), else one that is on today, else the newest."""
    slug = request.GET.get("event")
    if slug:
        return get_object_or_404(Event.objects.visible_to(request.user), slug=slug)
    return next((event for event in events if event.is_on(today)), events[0] if events else None)


def _part(rows: list[OutreachSession]) -> dict:
    return {"rows": rows, "people": _people(rows)}


def _people(rows: list[OutreachSession]) -> int:
    return sum(row.people_reached for row in rows)


def _list_of(event: Event) -> str:
    return f"{reverse('sessions')}?{urlencode({'event': event.slug})}"


def _form_page(
    request: HttpRequest, form: PhoneSessionForm, event: Event, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "event": event,
        "back_url": _list_of(event),
        "heading": _("Enter a session") if "session_id" in form.fields else _("Correct a session"),
        "submit_label": _("Store the session"),
    }
    return render(request, "outreach/session_form.html", context, status=status)
