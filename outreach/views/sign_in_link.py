"""The page behind a sign-in link. Public: whoever holds the link may choose the password, once."""

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from outreach.actions import people
from outreach.errors import ActionRefused
from outreach.forms.links import ChoosePasswordForm
from outreach.views.statuses import REFUSED
from outreach.views.token_links import is_over_limit, private

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
    return private(
        render(request, "account/sign_in_link.html", context, status=REFUSED if form.errors else 200)
    )


def _dead(request: HttpRequest) -> HttpResponse:
    limited = is_over_limit(request, kind="dead-link")
    status = TOO_MANY if limited else GONE
    return private(render(request, "account/sign_in_link_dead.html", {"limited": limited}, status=status))
