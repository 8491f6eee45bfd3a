"""How a registration stands, for the worker: public, behind the QR of the receipt.

Whoever holds the paper may look. The page knows the state and the event, nothing of the person, so no access row is
written: there is nothing to have seen. The token has 128 bits, and every one that fits nothing gets the same page.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enrolment.choices import LIVE_STATES, State
from enrolment.models import Registration
from outreach.views.token_links import is_over_limit, private

UNKNOWN, TOO_MANY = 404, 429
_BEING_CHECKED = _("Your registration is being checked")
HEADINGS = {
    State.SUBMITTED: _BEING_CHECKED,
    State.RETURNED: _BEING_CHECKED,
    State.APPROVED: _("Your registration is checked and right"),
    State.REJECTED: _("The branch could not accept your registration"),
    State.WITHDRAWN: _("This registration was taken back"),
    State.LAPSED: _("The contribution was not paid in time"),
}


@require_safe
@login_not_required
@never_cache
def status(request: HttpRequest, token: str) -> HttpResponse:
    """The state of the one registration that this token belongs to."""
    found = (
        Registration.objects.filter(status_token=token)
        .values("state", "event__name", "event__venue", "registered_at", "consent_withdrawn_at")
        .first()
    )
    if found is None:
        return _unknown(request)
    # Taken back is taken back, whatever the branch has still to do.
    state = State.WITHDRAWN if found.pop("consent_withdrawn_at") else State(found["state"])
    found["state"] = state
    context = {**found, "heading": HEADINGS[state], "is_live": state in LIVE_STATES}
    return _hidden(render(request, "enrolment/status.html", context))


def _unknown(request: HttpRequest) -> HttpResponse:
    limited = is_over_limit(request, kind="dead-status")
    code = TOO_MANY if limited else UNKNOWN
    return _hidden(render(request, "enrolment/status_unknown.html", {"limited": limited}, status=code))


def _hidden(response: HttpResponse) -> HttpResponse:
    """In no search engine, and in no other site's log."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return private(response)
