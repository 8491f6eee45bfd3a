"""One phone, several officers: who holds it now is asked for after a pause, and each form stays with who opened it.

Both are one page, "prove that you are …", at the address where somebody wanted to be. What was posted there travels on
the page as one sealed value and goes on to the view once the right person has proved themselves; so nothing typed is
lost, and nothing is stored under another name.
"""

import base64
import json
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach import crypto, pin, roster
from outreach.actions import sign_in
from outreach.choices import Role
from outreach.forms.sign_in import SECRET, UnlockForm
from outreach.models import User

KEPT, BECOME, OPENED_BY = "jb_kept", "jb_become", "opened_by"
KEPT_SECONDS = 12 * 3600
LONGEST_ID = 19  # digits; a longer number is no id of a database
LOCKED, OTHER, WRONG = 423, 409, 422
_SEEN = "seen"
_EVERY = {Role.OFFICER: 60, Role.ORGANISER: 3600}
"""Seconds after which another use is noted: a write, so not for each request. It also rolls the session on."""
_WHILE_LOCKED = frozenset({"account_logout", "switch", "switch-to", "switch-other", "language"})
_NOTHING_TO_KEEP = frozenset({"lock"})


def mark_used(request: HttpRequest) -> None:
    request.session[_SEEN] = int(timezone.now().timestamp())


def lock(request: HttpRequest) -> None:
    request.session[_SEEN] = 0


def is_locked(request: HttpRequest) -> bool:
    return _unused_for(request) > settings.OFFICER_LOCK_MINUTES * 60


def _unused_for(request: HttpRequest) -> float:
    return timezone.now().timestamp() - request.session.get(_SEEN, 0)


class SharedPhone:
    """After CsrfViewMiddleware and SignedInOnly: what is kept here has passed their checks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        roster.write(request, response)
        return response

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return None
        if request.user.role == Role.OFFICER:
            answer = _officer(request)
            if answer:
                return answer
        every = _EVERY.get(request.user.role)
        if every and _unused_for(request) >= every and not is_locked_officer(request):
            mark_used(request)
            UserSession.objects.filter(session_key=request.session.session_key).update(
                last_seen_at=timezone.now()
            )
        return None


def is_locked_officer(request: HttpRequest) -> bool:
    return request.user.role == Role.OFFICER and is_locked(request)


def _officer(request: HttpRequest) -> HttpResponse | None:
    """None when the request may go on to its view, perhaps with what was kept."""
    name = request.resolver_match.view_name
    if request.method == "POST" and SECRET in request.POST and not name.startswith("switch"):
        return _answered(request)
    if name in _WHILE_LOCKED:
        return None
    if is_locked(request):
        return ask(request, request.user)
    if request.method == "POST":
        owner = officer_named(request, OPENED_BY)
        if owner and owner != request.user:
            return ask(request, owner)
        if KEPT in request.POST:
            return _go_on(request)
    return None


def signed_out(request: HttpRequest) -> HttpResponse | None:
    """A form that was sent after its session ended: the page that keeps it, for an officer of this phone.

    None for everybody else, who goes to the sign-in page, and for who has just proved themselves.
    """
    if request.method != "POST" or request.user.is_authenticated:
        return None
    if request.resolver_match.view_name in _NOTHING_TO_KEEP:
        return None
    if SECRET in request.POST:
        return _answered(request) if officer_named(request, BECOME) else None
    owner = officer_named(request, OPENED_BY)
    return ask(request, owner) if owner else None


def officer_named(request: HttpRequest, field: str) -> User | None:
    """The officer whose id a form carries: oneself, or another one of the branch; signed out, one of this phone."""
    said = request.POST.get(field, "")
    if not (said.isascii() and said.isdigit() and len(said) < LONGEST_ID):
        return None
    if not request.user.is_authenticated:
        return _officer_of_this_phone(request, int(said))
    if int(said) == request.user.pk:
        return request.user
    return User.objects.visible_to(request.user).filter(pk=int(said), role=Role.OFFICER).first()


def _officer_of_this_phone(request: HttpRequest, person_id: int) -> User | None:
    """On its roster; or, after five wrong PINs no longer, the one for whom we sealed what the page keeps."""
    person = User.objects.filter(pk=person_id, role=Role.OFFICER).first()
    if person and (roster.holds(request, person) or _unsealed(request, person) is not None):
        return person
    return None


def ask(request: HttpRequest, person: User, *, form: UnlockForm | None = None) -> HttpResponse:
    """The page at which `person` proves to hold the phone, with what was sent kept on it."""
    other = request.user.is_authenticated and person != request.user
    if wants_json(request):
        return JsonResponse(
            {"locked": not other, "opened_by_other": other}, status=OTHER if other else LOCKED
        )
    asks_pin = roster.takes_pin(request, person)
    context = {
        "form": form or UnlockForm(asks_pin=asks_pin),
        "person": person,
        "other": other,
        "asks_pin": asks_pin,
        "kept": _kept(request, person),
    }
    status = WRONG if form else OTHER if other else LOCKED
    return render(request, "account/lock.html", context, status=status)


def _answered(request: HttpRequest) -> HttpResponse | None:
    """Somebody typed a PIN or password on that page: on with what was kept, as the person who proved themselves."""
    person = officer_named(request, BECOME) if request.POST.get(BECOME) else request.user
    if person is None:
        raise PermissionDenied  # the page is another branch's officer's: their PIN is nobody's here
    form = UnlockForm(request.POST, asks_pin=roster.takes_pin(request, person))
    if not proves(request, person, form):
        if wants_json(request):
            asks = "pin" if roster.takes_pin(request, person) else "password"
            # 200: a browser would write anything else into its console as a fault.
            return JsonResponse({"unlocked": False, "error": form.errors[SECRET][0], "asks": asks})
        return ask(request, person, form=form)
    become(request, person)
    if request.POST.get(KEPT):
        return _go_on(request)
    if wants_json(request):
        return JsonResponse({"unlocked": True})
    return redirect(
        "home" if request.resolver_match.view_name in _NOTHING_TO_KEEP else request.get_full_path()
    )


def proves(request: HttpRequest, person: User, form: UnlockForm) -> bool:
    """Is what was typed this person's PIN, or their password where no PIN counts? If not, the form says what to do."""
    if not form.is_valid():
        return False
    typed = form.cleaned_data[SECRET]
    try:
        if roster.takes_pin(request, person):
            _check_pin(request, person, typed)
        else:
            _check_password(request, person, typed)
    except ValidationError as refused:
        form.add_error(SECRET, refused)
        return False
    return True


def _check_pin(request: HttpRequest, person: User, typed: str) -> None:
    key = roster.pin_key(request, person)
    if ratelimit.consume(request, action="pin", key=key) and pin.fits(typed, person.pin, of=person.pk):
        ratelimit.clear(request, action="pin", key=key)
        return
    if ratelimit.consume(request, action="pin", key=key, dry_run=True):
        raise ValidationError(_("This PIN does not fit. Type it again."), code="pin_wrong")
    roster.forget(request, person)
    sign_in.note(by=None, person=person, action="pin.locked")
    raise ValidationError(_("Too many wrong PINs. Type the password."), code="pin_used_up")


def _check_password(request: HttpRequest, person: User, typed: str) -> None:
    adapter = get_adapter()
    if adapter.authenticate(request, username=person.get_username(), password=typed) != person:
        raise adapter.validation_error("incorrect_password")
    roster.remember(request, person)


def become(request: HttpRequest, person: User) -> None:
    """The phone is `person`'s now. Another one's session ends with it: each session belongs to one person."""
    if person != request.user:
        before = request.session.session_key
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        UserSession.objects.filter(session_key=before).delete()
        UserSession.objects.create_from_request(request)
        sign_in.note(by=person, person=person, action="sign_in.switch")
    mark_used(request)


# --- What was posted, sealed


def _kept(request: HttpRequest, person: User) -> str:
    """What travels on the page: what was kept before, or what is posted now; nothing where only a PIN was typed."""
    if request.method != "POST" or request.resolver_match.view_name in _NOTHING_TO_KEEP:
        return ""
    if KEPT in request.POST or SECRET in request.POST:
        return request.POST.get(KEPT, "")
    return keep(request, person)


def keep(request: HttpRequest, person: User) -> str:
    """The posted fields, readable for nobody and good for this person at this address only."""
    ours = {"csrfmiddlewaretoken", SECRET, BECOME, KEPT, OPENED_BY}
    fields = {name: values for name, values in request.POST.lists() if name not in ours}
    held = json.dumps({"at": timezone.now().timestamp(), "fields": fields})
    return base64.b64encode(crypto.seal(held, context=_context(request, person))).decode()


def _go_on(request: HttpRequest) -> HttpResponse | None:
    """Put what was kept in the place of what was posted; back to the page, with a sentence, if it can't be."""
    fields = _unsealed(request, request.user)
    if fields is None:
        messages.warning(
            request, _("What was typed was kept too long, or is somebody else's. Nothing was stored.")
        )
        return redirect("home")
    posted = QueryDict(mutable=True)
    for name, values in fields.items():
        posted.setlist(name, values)
    posted._mutable = False
    request.POST = posted
    return None


def _unsealed(request: HttpRequest, person: User) -> dict[str, list[str]] | None:
    """The fields kept for this person at this address; None if they are none of ours, or too old."""
    try:
        sealed = base64.b64decode(request.POST.get(KEPT, ""), validate=True)
        held = json.loads(crypto.unseal(sealed, context=_context(request, person)))
    except (ValueError, crypto.SealBroken):
        return None
    return held["fields"] if timezone.now().timestamp() - held["at"] <= KEPT_SECONDS else None


def _context(request: HttpRequest, person: User) -> str:
    return f"kept|{person.pk}|{request.get_full_path()}"


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
