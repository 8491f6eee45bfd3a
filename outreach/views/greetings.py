"""The counter at the stand: "+1 greeted", and taking the last tap back. A script is answered in JSON, a form goes back
to today's page."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from outreach.actions import greetings
from outreach.choices import Role
from outreach.errors import ActionRefused
from outreach.forms.greetings import TapForm
from outreach.models import Booth, Event
from outreach.permissions import GREET
from outreach.queries.greetings import counter
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

SEE_OTHER = 303

may_greet = branch_only(GREET)


@require_POST
@never_cache
@may_greet
def greet(request: HttpRequest, booth_id: int) -> HttpResponse:
    return _counted(request, booth_id, greetings.greet)


@require_POST
@never_cache
@may_greet
def take_back(request: HttpRequest, booth_id: int) -> HttpResponse:
    return _counted(request, booth_id, greetings.take_back)


def _counted(request: HttpRequest, booth_id: int, act) -> HttpResponse:
    booths = Booth.objects.filter(event__in=Event.objects.visible_to(request.user)).select_related("event")
    booth = get_object_or_404(booths, pk=booth_id)
    form = TapForm(request.POST)
    status, said = REFUSED, _("Nothing was counted. Load the page again.")
    if form.is_valid():
        try:
            act(by=request.user, booth=booth, greeting_id=form.cleaned_data["id"])
            status, said = 200, ""
        except ActionRefused as refused:
            status, said = CONFLICT, str(refused)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return _for_script(request, booth, form.cleaned_data.get("id"), status, said)
    if said:
        messages.warning(request, said)
    stand = urlencode({"event": booth.event.slug, "booth": booth.code})
    today = reverse(settings.ROLE_HOMES[Role.OFFICER])
    return HttpResponseRedirect(f"{today}?{stand}#greeted", status=SEE_OTHER)


def _for_script(
    request: HttpRequest, booth: Booth, tapped: uuid.UUID | None, status: int, said: str
) -> JsonResponse:
    """`id` is what was sent, `next` a fresh one for the next tap, `last` the tap that can be taken back, or null."""
    if said:
        return JsonResponse({"id": tapped, "said": said}, status=status)
    now = timezone.now()
    found = counter(booth, request.user, day=timezone.localdate(now), at=now)
    return JsonResponse({"id": tapped, "people": found.people, "next": uuid.uuid4(), "last": found.last})
