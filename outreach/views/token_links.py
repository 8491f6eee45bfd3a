"""Links whose token is the right to look: how many dead ones an address may ask for, and what leaves the page.

Good ones are neither counted nor limited: half a town may share a carrier's address, and nobody finds a token by
trying.
"""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from outreach.actions import limits

WINDOW = timedelta(minutes=10)
DEAD_LINKS = 100
"""Dead links of one kind that one address may ask for in a window."""


def is_over_limit(request: HttpRequest, *, kind: str) -> bool:
    """Counts one more dead link for this address."""
    address = get_adapter().get_client_ip(request)
    return not limits.spend(f"{kind}-{address}", limit=DEAD_LINKS, within=WINDOW)


def private(response: HttpResponse) -> HttpResponse:
    """No address of the page leaves in a referrer, its token with it. `no-referrer` would do that too, but then
    browsers send `Origin: null` with the form, and Django's CSRF check must refuse it."""
    response["Referrer-Policy"] = "strict-origin"
    return response


def absolute(request: HttpRequest, address: str) -> str:
    """The address as a QR code, a message or a slip of paper carries it."""
    return f"{settings.PUBLIC_URL}{address}" if settings.PUBLIC_URL else request.build_absolute_uri(address)
