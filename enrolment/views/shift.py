"""The end of a booth's day, stated by who stood there, or by the branch for who went home."""

import uuid
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import disclosures, shift
from enrolment.forms.shift import ShiftForm
from enrolment.queries import sheets, stands
from outreach.choices import Role
from outreach.errors import ActionRefused
from outreach.models import Booth, BoothReconciliation
from outreach.permissions import CLOSE_BOOTH
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@branch_only(CLOSE_BOOTH)
def close(request: HttpRequest, booth_id: int, day: date) -> HttpResponse:
    """State the day's numbers. Registering goes on afterwards: a worker who comes late is not turned away."""
    booth = get_object_or_404(Booth.objects.select_related("event"), pk=booth_id)
    if not shift.may_close(request.user, booth, day=day) or not _has_come(booth, day):
        raise Http404
    known, seen = stands.shift(booth, request.user, day=day), _last_number(booth, day)
    about = {"known": known, "for_another": request.user.role != Role.OFFICER}
    if request.method != "POST":
        form = ShiftForm(initial={"closing_id": uuid.uuid4(), "seen": seen}, **about)
        return _page(request, form, booth, day)
    form = ShiftForm(request.POST, **about)
    if not form.is_valid():
        return _page(request, form, booth, day, status=REFUSED)
    try:
        created = shift.close(by=request.user, booth=booth, day=day, **form.cleaned_data)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        # What was typed stays; sent again, it stands beside the colleague's numbers.
        again = ShiftForm({**request.POST.dict(), "seen": _last_number(booth, day)}, **about)
        return _page(request, again, booth, day, status=CONFLICT)
    if created:
        messages.success(request, _("Booth %s is closed for the day. Registering still works.") % booth.code)
    else:
        messages.info(request, _("This was sent already. It is stored once."))
    return redirect(_back(request, booth))


def _has_come(booth: Booth, day: date) -> bool:
    return booth.event.is_on(day) and day <= timezone.localdate()


def _last_number(booth: Booth, day: date) -> int:
    last = stands.last_closing(booth, day=day)
    return last.number if last else 0


def _back(request: HttpRequest, booth: Booth) -> str:
    if request.user.role == Role.OFFICER:
        return f"{reverse('today')}?event={booth.event.slug}&booth={booth.code}"
    return reverse("admin:outreach_event_change", args=[booth.event_id])


def _page(
    request: HttpRequest, form: ShiftForm, booth: Booth, day: date, *, status: int = 200
) -> HttpResponse:
    rows = BoothReconciliation.objects.visible_to(request.user).filter(booth=booth, day=day)
    paper = sheets.of_booth(booth)
    context = {
        "form": form,
        "booth": booth,
        "day": day,
        "known": form.known,
        "paper": paper,
        "sheets_open": sum(len(account.missing) for account in paper),
        "past": disclosures.closings(rows.newest_first().select_related("by"), by=request.user),
        "back_url": _back(request, booth),
    }
    return render(request, "enrolment/shift_close.html", context, status=status)
