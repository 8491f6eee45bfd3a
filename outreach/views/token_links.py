"""Links whose token is the right to look: how many dead ones an address may ask for, and what leaves the page.

Good ones are neither counted nor limited: half a town may share a carrier's address, and nobody finds a token by
trying.
"""

import time

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

WINDOW = 600  # seconds
DEAD_LINKS = 100
"""Dead links of one kind that one address may ask for in a window."""


def is_over_limit(request: HttpRequest, *, kind: str) -> bool:
    """Counts one more dead link for this address. Read and written, not `incr`: an entry may end between two looks."""
    counter = f"{kind}-{get_adapter().get_client_ip(request)}-{int(time.time()) // WINDOW}"
    asked = cache.get(counter, 0)
    if asked >= DEAD_LINKS:
        return True
    cache.set(counter, asked + 1, timeout=WINDOW)
    return False


def private(response: HttpResponse) -> HttpResponse:
    """No address of the page leaves in a referrer, its token with it. `no-referrer` would do that too, but then
    browsers send `Origin: null` with the form, and Django's CSRF check must refuse it."""
    response["Referrer-Policy"] = "strict-origin"
    return response


def absolute(request: HttpRequest, address: str) -> str:
    """The address as a QR code, a message or a slip of paper carries it."""
    return f"{settings.PUBLIC_URL}{address}" if settings.PUBLIC_URL else request.build_absolute_uri(address)
