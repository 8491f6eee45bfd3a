"""The data of the form's scripts, under an address that never changes its content: kept by the phone for good."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from enrolment.queries import form_data
from enrolment.views.form_pages import officer_only

FOR_GOOD = "private, max-age=31536000, immutable"


@require_safe
@officer_only
def show(request: HttpRequest, digest: str) -> HttpResponse:
    """404 for what is no longer true: a page with an old address goes on without prices."""
    content = form_data.content(request.user.branch.regency_code)
    if form_data.digest(content) != digest:
        raise Http404
    return HttpResponse(content, content_type="application/json", headers={"Cache-Control": FOR_GOOD})
