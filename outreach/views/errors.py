"""handler500: the page for what went wrong on our side."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

log = logging.getLogger(__name__)


@requires_csrf_token
def server_error(request):
    """500, or 503 when it was the database that did not answer.

    Here and not in a middleware: a session read or saved in another middleware fails outside every
    `process_exception`, and this is the one place that sees all. Rendered without a context: both need
    neither a user nor a query.
    """
    unavailable = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    status = 503 if unavailable else 500
    try:
        response = HttpResponse(render_to_string(f"{status}.html"), status=status)
    except Exception:  # static files not collected, a template missing: the error page must not fail as well
        log.exception("the page for %s cannot be rendered", status)
        plain = "Service unavailable" if unavailable else "Server error"
        response = HttpResponse(plain, status=status, content_type="text/plain")
    if unavailable:
        response["Retry-After"] = "10"  # seconds
    return response
