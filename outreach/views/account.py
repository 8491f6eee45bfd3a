"""One's own account: password, PIN, second step, and where one is signed in."""

from allauth.account.adapter import get_adapter
from allauth.account.views import PasswordResetView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach import roster, second_factor
from outreach.actions import sign_in
from outreach.choices import Role
from outreach.forms.sign_in import PinForm
from outreach.queries import sign_ins
from outreach.views.statuses import REFUSED


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    context = {
        "is_officer": request.user.role == Role.OFFICER,
        "may_have_factor": second_factor.may_have(request.user),
    }
    return render(request, "account/account.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in. One is ended by its number, or all others at once."""
    here = request.session.session_key
    live = sign_ins.live(request.user)
    if request.method == "POST":
        ended = {one.session_key for one in live if str(one.pk) == request.POST.get("end")}
        others = "others" in request.POST
        if others:
            ended = {one.session_key for one in live}
        count = sign_in.end_sessions(by=request.user, person=request.user, keys=ended - {here}, forget=others)
        if count or others:
            messages.success(request, _("Signed out there. If a device is lost, change your password too."))
        return redirect("account-sessions")
    context = {
        "sessions": sorted(live, key=lambda one: one.session_key != here),
        "here": here,
        "rolling": not second_factor.may_have(request.user),
    }
    return render(request, "account/sessions.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own_pin(request: HttpRequest) -> HttpResponse:
    """An officer's PIN. For nobody else there is such a page."""
    if request.user.role != Role.OFFICER:
        raise Http404
    form = PinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _password_fits(request, form):
        sign_in.set_pin(by=request.user, typed=form.cleaned_data["pin"])
        roster.remember(request, request.user)
        messages.success(request, _("Your PIN is set. It works on phones where you signed in today."))
        return redirect("account")
    return render(request, "account/pin.html", {"form": form}, status=REFUSED if form.errors else 200)


def _password_fits(request: HttpRequest, form: PinForm) -> bool:
    """Counted like every other try of a password."""
    adapter = get_adapter()
    try:
        if adapter.reauthenticate(request.user, form.cleaned_data["password"]):
            return True
        refused = adapter.validation_error("incorrect_password")
    except ValidationError as limited:
        refused = limited
    form.add_error("password", refused)
    return False


@never_cache
@require_POST
def codes_kept(request: HttpRequest) -> HttpResponse:
    """The recovery codes are written down: on to the work."""
    second_factor.codes_are_kept(request)
    return redirect("home")


@method_decorator([login_not_required, never_cache], name="dispatch")
class ForgottenPassword(PasswordResetView):
    """allauth's page, where mails can be sent; else it says whom to ask."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not settings.MAIL_WORKS:
            return render(request, "account/password_reset_off.html")
        return super().dispatch(request, *args, **kwargs)
