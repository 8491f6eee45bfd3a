"""The page behind a sign-in link. Public: whoever holds the link may choose the password, once."""

import time

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from outreach.actions import people
from outreach.errors import ActionRefused
from outreach.forms.links import ChoosePasswordForm

WINDOW = 600  # seconds
DEAD_LINKS = 100
"""Dead links that one address may ask for in a window.

Good ones are neither counted nor limited: half a town may share a carrier's address, and the token is a MAC, which
nobody finds by trying.
"""

GONE, TOO_MANY = 410, 429


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@sensitive_post_parameters()
def sign_in_link(request: HttpRequest) -> HttpResponse:
    """A look never uses the link up: messengers fetch it for their preview. Every dead link gets the same answer."""
    token = request.GET.get("t", "")
    person = people.holder(token)
    if person is None:
        return _dead(request)
    form = ChoosePasswordForm(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            person = people.accept(token=token, password=form.cleaned_data["new_password1"])
        except ActionRefused:
            return _dead(request)
        return perform_login(request, person)
    context = {"form": form, "person": person}
    return _private(render(request, "account/sign_in_link.html", context, status=422 if form.errors else 200))


def _dead(request: HttpRequest) -> HttpResponse:
    limited = _is_over_limit(request)
    status = TOO_MANY if limited else GONE
    return _private(render(request, "account/sign_in_link_dead.html", {"limited": limited}, status=status))


def _is_over_limit(request: HttpRequest) -> bool:
    """Counts one more dead link for this address. Read and written, not `incr`: an entry may end between two looks."""
    counter = f"dead-link-{get_adapter().get_client_ip(request)}-{int(time.time()) // WINDOW}"
    asked = cache.get(counter, 0)
    if asked >= DEAD_LINKS:
        return True
    cache.set(counter, asked + 1, timeout=WINDOW)
    return False


def _private(response: HttpResponse) -> HttpResponse:
    """No address of the page leaves in a referrer, its token with it. `no-referrer` would do that too, but then
    browsers send `Origin: null` with the form, and Django's CSRF check must refuse it."""
    response["Referrer-Policy"] = "strict-origin"
    return response
