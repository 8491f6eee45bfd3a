"""Searching the branch's registrations for a worker. What is typed identifies somebody, so it is posted: it stands in
no address, no log and no message."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import searching
from enrolment.forms.search import SearchForm
from enrolment.views.queue import address, lines, may_view
from outreach.views.statuses import CONFLICT, REFUSED


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_view
def search(request: HttpRequest) -> HttpResponse:
    """The box, and under it what was found. A receipt number leads straight to its registration."""
    if request.method != "POST":
        return _page(request, SearchForm(), status=200)
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    sought = form.cleaned_data["q"]
    page = searching.search(
        by=request.user, sought=sought, older=form.cleaned_data["older"], newer=form.cleaned_data["newer"]
    )
    if page is None:
        form.add_error("q", _("You have searched very often. Wait ten minutes, then search again."))
        return _page(request, form, status=CONFLICT)
    if page.rows and page.rows[0].reference == sought.reference:
        return redirect(address(page.rows[0]))
    found = searching.named(page, by=request.user, sought=sought)
    return _page(
        request,
        form,
        status=200,
        rows=lines(found, now=timezone.now()),
        older=page.older,
        newer=page.newer,
    )


def _page(request: HttpRequest, form: SearchForm, *, status: int, **found) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Search registrations"),
        "has_errors": bool(form.errors),
        "form": form,
        "in_any_state": True,
        "waiting": False,
        "searched": "rows" in found,
        **({"rows": [], "older": "", "newer": ""} | found),
    }
    return render(request, "admin/enrolment/review_search.html", context, status=status)
