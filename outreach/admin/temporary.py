"""Officers for one event alone, beneath that event: a pasted list, its preview, and slips to be cut out."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach.actions import people, temporary
from outreach.admin.base import OfficeAdmin
from outreach.admin.links import links_page, slip, standing
from outreach.errors import ActionRefused
from outreach.forms.links import TickedForm
from outreach.forms.temporary import TemporaryForm
from outreach.models import Assignment, Event, User
from outreach.models.user import TEMPORARY_GRACE_DAYS
from outreach.permissions import INVITE_OFFICER
from outreach.views.statuses import REFUSED

MAKE = "make"


class TemporaryPages:
    """The pages of an event's temporary officers. `owner` is the event's own admin, which finds the event."""

    def __init__(self, owner: OfficeAdmin) -> None:
        self.owner = owner

    def urls(self, view: Callable) -> list[URLPattern]:
        one = "<int:event_id>/temporary/"
        return [
            path(one, view(self.list_view), name="outreach_event_temporary"),
            path(f"{one}links/", view(self.links_view), name="outreach_event_temporary_links"),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def list_view(self, request: HttpRequest, event_id: int) -> HttpResponse:
        """Who is here; a pasted list → its preview, with nothing written → the slips."""
        event = self._own(request, event_id)
        form = TemporaryForm(request.POST if request.method == "POST" else None, event=event)
        if form.is_valid() and request.POST.get("act") == MAKE:
            lines = [(line.name, line.booth) for line in form.lines]
            try:
                made = temporary.make(by=request.user, event=event, lines=lines)
            except ActionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._slips(request, event, made)
        return self._list_page(request, event, form)

    @method_decorator(require_POST)
    def links_view(self, request: HttpRequest, event_id: int) -> HttpResponse:
        """New links for those who were ticked; for all of them or for none."""
        event = self._own(request, event_id)
        form = TickedForm(request.POST, event=event)
        if not form.is_valid():
            messages.warning(request, _("Tick who needs a new link first."))
            return redirect("admin:outreach_event_temporary", event.pk)
        try:
            made = people.new_links(by=request.user, people=form.cleaned_data["person"])
        except ActionRefused as refusal:
            messages.warning(request, str(refusal))
            return redirect("admin:outreach_event_temporary", event.pk)
        return self._slips(request, event, made)

    def _own(self, request: HttpRequest, event_id: int) -> Event:
        event = self.owner.get_object(request, str(event_id))
        if not request.user.has_perm(INVITE_OFFICER):
            raise PermissionDenied
        return event

    def _list_page(self, request: HttpRequest, event: Event, form: TemporaryForm) -> HttpResponse:
        officers = list(event.temporary_officers.select_related("temporary_for").order_by("full_name"))
        booths = _booths(event)
        context = {
            **self.owner.admin_site.each_context(request),
            "title": _("Temporary officers"),
            "opts": self.owner.opts,
            "original": event,
            "back_url": reverse("admin:outreach_event_change", args=(event.pk,)),
            "form": form,
            "has_errors": bool(form.errors),
            "is_over": temporary.is_over(event),
            "grace_days": TEMPORARY_GRACE_DAYS,
            "fresh": sum(not line.is_known for line in form.lines) if form.is_valid() else 0,
            "officers": [
                (one, booths[one.pk], standing(one), one.is_active and not one.has_ended) for one in officers
            ],
        }
        status = REFUSED if form.errors else 200
        return TemplateResponse(request, "admin/outreach/event/temporary.html", context, status=status)

    def _slips(self, request: HttpRequest, event: Event, officers: Iterable[User]) -> HttpResponse:
        booths = _booths(event)
        slips = [slip(request, one, place=_place(event, booths[one.pk])) for one in officers]
        return links_page(
            self.owner,
            request,
            slips,
            title=_("Slips for the temporary officers"),
            original=event,
            back_url=reverse("admin:outreach_event_temporary", args=(event.pk,)),
        )


def _booths(event: Event) -> dict[int, list[str]]:
    """Where each officer of the event stands, on whichever day."""
    found = defaultdict(list)
    duties = Assignment.objects.filter(booth__event=event).order_by("booth__code")
    for officer, code in duties.values_list("officer_id", "booth__code").distinct():
        found[officer].append(code)
    return found


def _place(event: Event, booths: list[str]) -> str:
    if not booths:
        return event.name
    return f"{event.name} · {_('Booth')} {', '.join(booths)}"
