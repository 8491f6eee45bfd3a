"""Is this NIK registered? Asked by the form's script while somebody types. The NIK stands in no address and in no
answer."""

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from enrolment.actions import identity
from enrolment.forms.nik import NikForm
from enrolment.models import Registration
from enrolment.views.form_pages import officer_only
from outreach.templatetags.formats import day_short


@require_POST
@never_cache
@sensitive_post_parameters()
@officer_only
def nik(request: HttpRequest) -> JsonResponse:
    """`state`, and `said` where there is something to say. What can't be a NIK is judged first and costs no
    question."""
    form = NikForm(request.POST)
    form.full_clean()
    if "nik" in form.errors:
        return JsonResponse({"state": "impossible", "said": " ".join(form.errors["nik"])})
    known = identity.look_up(
        by=request.user, nik=form.cleaned_data["nik"], apart_from=form.cleaned_data.get("submission_id")
    )
    match known.where:
        case "here":
            return JsonResponse({"state": "here", **_here(request, known)})
        case "elsewhere":
            said = _("This NIK is registered at another branch. Go on; the branch will compare.")
        case "limited":
            said = _("Many NIKs were asked about. Go on; the branch will compare.")
        case _:
            said = ""
    return JsonResponse({"state": known.where, "said": said})


def _here(request: HttpRequest, known: identity.Known) -> dict[str, str]:
    stored = known.registration
    told = {
        "said": _("This NIK is already registered: %(name)s · %(event)s · %(day)s · %(state)s.")
        % {
            "name": known.name,
            "event": stored.event.name,
            "day": day_short(stored.registered_at),
            "state": stored.get_state_display(),
        }
    }
    if Registration.objects.visible_to(request.user).filter(pk=stored.pk).exists():
        told |= {
            "url": reverse("registration-receipt", args=[stored.reference]),
            "link": _("Open the registration"),
        }
    return told
