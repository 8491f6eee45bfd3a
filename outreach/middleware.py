"""What every request passes on its way in."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest, MiddlewareNotUsed, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


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
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
