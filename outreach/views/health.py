"""For load balancers and monitors: is the process alive, and may it get traffic?"""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from outreach.actions.key_check import verify_key_check
from outreach.readiness import migrations_pending

log = logging.getLogger(__name__)


def _fault() -> str:
    try:
        if migrations_pending():
            return "migrations pending"
    except Exception as error:  # whatever a database or its driver can raise, the answer is 503
        log.warning("readyz: the database does not answer: %s", type(error).__name__)
        return "database not available"
    try:
        verify_key_check(make=False)  # a probe is a GET: `serve` and create_system_admin make it
    except Exception as error:
        log.warning("readyz: the key check failed: %s", type(error).__name__)
        return "keys do not fit the database"
    return ""


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)


@login_not_required
@never_cache
@require_safe
def healthz(request):
    """The process answers. Touches no database: its outage must not make every process be restarted."""
    return _plain("ok")


@login_not_required
@never_cache
@require_safe
def readyz(request):
    """The database answers, has all migrations and was written with our keys; else 503."""
    fault = _fault()
    return _plain(fault or "ready", status=503 if fault else 200)
