"""The officers of a shared phone: switching, locking, and a form that was opened before somebody else signed in."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.csrf import csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, requires_csrf_token
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach import roster, shared_phone
from outreach.actions import sign_in
from outreach.choices import Role
from outreach.forms.sign_in import UnlockForm
from outreach.models import User


@login_not_required
@never_cache
@require_safe
def switch(request: HttpRequest) -> HttpResponse:
    """Whose phone is it now? Those who signed in on it today."""
    _officers_only(request)
    people = roster.people(request)
    if not people and not request.user.is_authenticated:
        return redirect("account_login")
    return render(request, "account/switch.html", {"people": people})


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def switch_to(request: HttpRequest, person_id: int) -> HttpResponse:
    _officers_only(request)
    person = next((one for one in roster.people(request) if one.pk == person_id), None)
    if person is None:
        raise Http404
    asks_pin = roster.takes_pin(request, person)
    form = UnlockForm(request.POST if request.method == "POST" else None, asks_pin=asks_pin)
    if request.method == "POST" and shared_phone.proves(request, person, form):
        shared_phone.become(request, person)
        return redirect("home")
    context = {"form": form, "person": person, "asks_pin": asks_pin}
    return render(
        request, "account/switch_to.html", context, status=shared_phone.WRONG if form.errors else 200
    )


@never_cache
@require_POST
def switch_other(request: HttpRequest) -> HttpResponse:
    """To the sign-in page for somebody who is not on the phone's roster yet; who was here stays on it."""
    _officers_only(request)
    sign_in.note(by=request.user, person=request.user, action="sign_in.left")
    logout(request)
    return redirect("account_login")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """Lock now. The page that asks who it is comes from outreach/shared_phone.py, at whatever address.

    Without a token: a page that a script has covered may be older than the sign-in, and forging this does no more
    than to lock.
    """
    _officers_only(request)
    if request.method == "POST":
        shared_phone.lock(request)
    return redirect("home")


@never_cache
@require_safe
def awake(request: HttpRequest) -> HttpResponse:
    """Somebody is typing: as good as a request. Locked, the answer is 423 as anywhere."""
    _officers_only(request)
    return HttpResponse(status=204)


@requires_csrf_token
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is another sign-in's. What an officer typed is kept, for the one who opened it.

    Only where the browser itself says that the form is a page of ours; nothing goes on before somebody presses again.
    """
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if ours and reason.startswith("CSRF token") and _may_be_officer(request.user):
        marks = (shared_phone.OPENED_BY, shared_phone.BECOME)  # a form, or the page that keeps one
        owner = next(filter(None, (shared_phone.officer_named(request, mark) for mark in marks)), None)
        if owner:
            return shared_phone.ask(request, owner)
    return csrf_failure(request, reason)


def _may_be_officer(user: User) -> bool:
    """Who is signed out may be one."""
    return not user.is_authenticated or user.role == Role.OFFICER


def _officers_only(request: HttpRequest) -> None:
    """For others there is no such page."""
    if not _may_be_officer(request.user):
        raise Http404
