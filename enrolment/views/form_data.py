"""What the form's scripts need, under an address that never changes its content: kept by the phone for good."""

import json
import re
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from enrolment.contributions import MONTHS_PREPAID
from enrolment.forms.registration import RegistrationForm, months_in_words
from enrolment.permissions import REGISTER
from enrolment.queries import form_data
from outreach.models import Branch
from outreach.views.guards import branch_only

FOR_GOOD = "private, max-age=31536000, immutable"


@require_safe
@branch_only(REGISTER)
def show(request: HttpRequest, digest: str) -> HttpResponse:
    """404 for what is no longer true: a page with an old address stays the long form that needs no script."""
    data = content(request.user.branch)
    if form_data.digest(data) != digest:
        raise Http404
    return HttpResponse(data, content_type="application/json", headers={"Cache-Control": FOR_GOOD})


def address(branch: Branch) -> str:
    """Named by what it holds now, in the language of the page."""
    return reverse("registration-form-data", args=[form_data.digest(content(branch))])


def content(branch: Branch) -> str:
    """As compact JSON: what is asked of the database, and as `words` the HTML that only scripts show."""
    return json.dumps(
        {**form_data.content(branch), "words": _words(get_language())},
        separators=(",", ":"),
        default=str,
        ensure_ascii=False,
    )


@cache
def _words(language: str) -> str:
    """In one line: a line break costs two characters here. They are the same as long as the program runs."""
    html = render_to_string(
        "enrolment/registration_words.html",
        {
            "missing": RegistrationForm.sentences_if_empty(),
            "months": [(number, months_in_words(number)) for number in MONTHS_PREPAID],
        },
    )
    return re.sub(r" *\n[ \n]*", " ", html).strip()
