"""What every request passes on its way in."""

import ipaddress
from collections.abc import Callable

import brotli
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest, MiddlewareNotUsed, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

from outreach import origin, second_factor, shared_phone


class RefuseNul:
    """400 for a NUL in an address: no page of ours sends one, and PostgreSQL takes none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            raise BadRequest("NUL in the address")
        return self.get_response(request)


class DemoIsLocal:
    """The demo's passwords are public, so it answers this machine alone, however its server was started."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.DEMO:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        if address and not ipaddress.ip_address(address).is_loopback:  # none: a socket of this machine
            raise PermissionDenied
        return self.get_response(request)


class Compressed:
    """Pages and answers to scripts go out compressed: a form of 20 KB costs a weak signal 4.

    Never to a request that another site caused. What that site puts into the address would be compressed together
    with what the page keeps secret, and the length would tell it (BREACH). A browser says by Sec-Fetch-Site who
    caused a request; from one too old to say, the length is blurred by Django's own random bytes.
    docs/decisions/0015-compressed-for-our-own-pages.md.
    """

    SMALLEST = 200  # bytes; what is shorter gains nothing
    TYPES = ("text/", "application/json", "image/svg+xml")
    OURS = frozenset({"same-origin", "none"})  # none: typed, or from a bookmark
    # Brotli's best short of those that cost milliseconds a page; a window of 64 KB holds any page of ours.
    BROTLI = {"quality": 9, "lgwin": 16}
    KEPT = BROTLI | {"quality": 11}  # of what a phone asks for once, as small as it gets

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self._is_worth_it(response):
            patch_vary_headers(response, ("Accept-Encoding",))
            self._compress(response, self._encoding(request))
        return response

    def _is_worth_it(self, response: HttpResponse) -> bool:
        """A stream stays one: it is to arrive while it is made."""
        return (
            not response.streaming
            and len(response.content) >= self.SMALLEST
            and not response.has_header("Content-Encoding")
            and response.headers.get("Content-Type", "").startswith(self.TYPES)
        )

    def _encoding(self, request: HttpRequest) -> str:
        """The best that this client may be sent, or nothing."""
        offered = _offered(request.headers.get("Accept-Encoding", ""))
        caused_by = request.headers.get("Sec-Fetch-Site")
        if caused_by in self.OURS and "br" in offered:
            return "br"
        return "gzip" if caused_by in {None, *self.OURS} and "gzip" in offered else ""

    def _compress(self, response: HttpResponse, encoding: str) -> None:
        if not encoding:
            return
        if encoding == "br":
            kept = "immutable" in response.headers.get("Cache-Control", "")
            response.content = brotli.compress(response.content, **(self.KEPT if kept else self.BROTLI))
        else:
            response.content = compress_string(response.content, max_random_bytes=100)
        response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(response.content))
        if response.headers.get("ETag", "").startswith('"'):
            response.headers["ETag"] = f"W/{response.headers['ETag']}"  # the same page, not the same bytes


def _offered(accept_encoding: str) -> set[str]:
    """`gzip, br;q=0` → {"gzip"}: what weighs nothing is refused."""
    parts = (one.replace(" ", "").partition(";q=") for one in accept_encoding.split(","))
    return {name for name, _, weight in parts if not weight or weight.strip("0.")}


class Language:
    """Indonesian, unless somebody has chosen another language with the button on every page.

    Django's LocaleMiddleware follows Accept-Language, and many phones here were sold with an English menu. What is
    streamed after the answer has begun, a file, stays in Indonesian.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


class SignedInOnly(LoginRequiredMiddleware):
    """Every page wants a login, but for those marked `login_not_required`.

    Django's own asks who it is before it looks whether the page wants to know. With a session's cookie that is a
    query, and /healthz would fail together with the database.

    What an officer sends after the session ended is kept for them, not thrown away by a redirect.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None
        return shared_phone.signed_out(request) or super().process_view(
            request, view_func, view_args, view_kwargs
        )


class NotedOrigin:
    """What is recorded while a request lasts comes from its session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with origin.of(request.session):
            return self.get_response(request)


class SecondFactor:
    """Whoever works in the admin gets no further than to the second step, until this very session has proved it.

    The admin's own checks are not asked: this stands before every address that wants a login. A session that has
    proved it costs no query.
    """

    ALWAYS = frozenset(
        {
            "account_logout",
            "admin:logout",
            "account_change_password",
            "account_reauthenticate",
            "language",
        }
    )
    CODES = ALWAYS | {"mfa_view_recovery_codes", "mfa_generate_recovery_codes", "codes-kept"}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name
        if name.startswith("mfa_") and not second_factor.may_have(request.user):
            raise Http404
        if not second_factor.is_asked_of(request.user):
            return None
        if not second_factor.is_proved(request):
            # The recovery codes are behind the proof too: allauth would show them for the password alone.
            wanted = "mfa_reauthenticate" if second_factor.is_set_up(request.user) else "mfa_activate_totp"
            return None if name in self.ALWAYS | {wanted} else redirect(wanted)
        if second_factor.has_unseen_codes(request) and name not in self.CODES:
            return redirect("mfa_view_recovery_codes")
        return None
