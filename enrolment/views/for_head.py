"""The branch head's list of what is theirs to decide; one of them has the reviewer's page (views/review.py)."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enrolment.actions import disclosures
from enrolment.permissions import DECIDE_FOR_HEAD
from enrolment.queries import for_head as queries
from enrolment.queries.queue import age
from outreach.views.guards import branch_only


@require_safe
@never_cache
@branch_only(DECIDE_FOR_HEAD)
def waiting(request: HttpRequest) -> HttpResponse:
    """Second returns that wait for the head, the longest waiting first."""
    now = timezone.now()
    page = queries.page(request.user, older=request.GET.get("older", ""), newer=request.GET.get("newer", ""))
    put_by = queries.put_by(page.rows)
    context = {
        **admin.site.each_context(request),
        "title": _("For you to decide"),
        "rows": [
            (one, age(one.registration.with_head_at, now=now), put_by[one.registration.pk])
            for one in disclosures.with_names(page.rows, by=request.user, purpose="for the head")
        ],
        "url_older": list_address(older=page.older) if page.older else "",
        "url_newer": list_address(newer=page.newer) if page.newer else "",
    }
    return render(request, "admin/enrolment/for_head.html", context)


def list_address(**mark: str) -> str:
    """The head's list, at a mark."""
    base = reverse("admin:enrolment_registration_for_head")
    return f"{base}?{urlencode(mark)}" if mark else base
