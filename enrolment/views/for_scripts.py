"""What the form's page answers to its own script (static/js/registration/send.js): JSON, never a redirect.

The status is 200 whatever became of it: a browser writes anything else into its console as a fault, and 409 and 423 are
what the shared phone says before a view is asked (outreach/shared_phone.py).
"""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from enrolment.forms.registration import RegistrationForm
from enrolment.models import Registration
from outreach.templatetags.ui import in_page_order


def answer(
    request: HttpRequest,
    outcome: str,
    *,
    form: RegistrationForm | None = None,
    at: Registration | None = None,
    **more: str,
) -> JsonResponse:
    """`form` brings its errors, by field in the order of the page. `at` is the registration whose receipt comes next;
    `id` is the sending's."""
    url = reverse("registration-receipt", args=[at.reference]) if at else ""
    known = {"outcome": outcome, "id": request.POST.get("submission_id", ""), "url": url}
    errors = {field.name: list(field.errors) for field in in_page_order(form) if field.errors} if form else {}
    return JsonResponse({**known, "errors": errors, **more})


def checked(request: HttpRequest, context: dict[str, Any]) -> JsonResponse:
    """What only the server knows of answers that are not sent yet: its warnings, and the price."""
    parts = {name: render_to_string(f"enrolment/_{name}.html", context) for name in ("warned", "cost")}
    return answer(request, "valid", **parts)
