from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from outreach.models import Event
from outreach.views.guards import require


@require_safe
@require("outreach.view_event")
def own_events(request: HttpRequest) -> HttpResponse:
    """The organiser's first page: the events of their organisation. Nothing about workers."""
    events = Event.objects.visible_to(request.user).select_related("branch").order_by("-first_day")
    return render(request, "outreach/own_events.html", {"events": events})
