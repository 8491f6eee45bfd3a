from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from outreach.models import Event


@require_safe
@permission_required("outreach.view_event", raise_exception=True)
def own_events(request: HttpRequest) -> HttpResponse:
    """The organiser's first page: the events of their organisation. Nothing about workers."""
    events = Event.objects.visible_to(request.user).select_related("branch").order_by("-first_day")
    return render(request, "outreach/own_events.html", {"events": events})
