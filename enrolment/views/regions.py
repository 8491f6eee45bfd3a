"""Villages and regencies for the box in which one is being typed (static/js/village.js).

Posted, though it changes nothing: what lands in that box by mistake may be a name or a NIK, and an address is logged.
"""

from allauth.core import ratelimit
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from enrolment.forms.regions import RegionSearchForm
from enrolment.queries.regions import suggestions
from enrolment.views.form_pages import officer_only
from outreach import regions

TOO_MANY = 429


@require_POST
@never_cache
@sensitive_post_parameters()
@officer_only
def search(request: HttpRequest) -> JsonResponse:
    """Nothing found is an answer too: what is typed stays as it is, and the form judges it."""
    form = RegionSearchForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"found": [], "total": 0})
    if not ratelimit.consume(request, action="region_search", key=str(request.user.pk)):
        return JsonResponse({"found": [], "total": 0}, status=TOO_MANY)
    asked = form.cleaned_data
    found = regions.search(asked["typed"], near=asked["near"], level=asked["level"])
    return JsonResponse({"found": suggestions(found.codes), "total": found.total})
