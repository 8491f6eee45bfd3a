"""What the worker takes home of a registration: on paper of 58 mm, or in their own WhatsApp. Both are in the site's
first language: they are the worker's, whatever language the officer works in."""

from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from enrolment import references
from enrolment.actions import disclosures
from enrolment.choices import LIVE_STATES
from enrolment.models import Registration
from enrolment.views.form_pages import officer_only, own
from outreach.templatetags.formats import day, rupiah
from outreach.views.token_links import absolute


def status_url(request: HttpRequest, registration: Registration) -> str:
    """The public address that says how it stands; it carries its own token and nothing of the person."""
    return absolute(request, reverse("status", args=[registration.status_token]))


@require_safe
@never_cache
@officer_only
def slip(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt on a roll of 58 mm. Without JavaScript the browser's own menu prints it."""
    registration = own(request, reference)
    (row,) = disclosures.with_names([registration], by=request.user, purpose="printed receipt")
    context = {
        "registration": registration,
        "row": row,
        "live": registration.state in LIVE_STATES and not registration.consent_withdrawn_at,
        "status_url": status_url(request, registration),
        "paper_language": settings.LANGUAGE_CODE,
    }
    return render(request, "enrolment/registration_slip.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officer_only
def whatsapp(request: HttpRequest, reference: str) -> HttpResponse:
    """A page with the link that opens the officer's WhatsApp, addressed to the worker and with the text ready.

    Only as the answer to a POST, so that the number is on no page that is merely looked at, and every look at it is in
    the audit chain. Not a redirect to wa.me: `form-action 'self'` stops one, and the worker may read the text first.
    """
    registration = own(request, reference)
    if request.method != "POST" or registration.consent_withdrawn_at:  # then nobody writes to them any more
        return redirect("registration-receipt", reference)
    phone = disclosures.reveal(
        registration, by=request.user, fields=("phone",), purpose="receipt to WhatsApp"
    )["phone"]
    with translation.override(settings.LANGUAGE_CODE):
        text = _message(registration, status_url(request, registration))
    context = {
        "registration": registration,
        "ending": phone[-3:],
        "text": text,
        "text_language": settings.LANGUAGE_CODE,
        "link": f"https://wa.me/{phone.removeprefix('+')}?{urlencode({'text': text}, quote_via=quote)}",
    }
    response = render(request, "enrolment/registration_whatsapp.html", context)
    response["Referrer-Policy"] = "strict-origin"
    return response


def _message(registration: Registration, url: str) -> str:
    """Short, and nothing that names the worker: a phone number may be a relative's."""
    number = references.grouped(registration.reference)
    lines = [_("BPJS Ketenagakerjaan has received your registration. Receipt number %s.") % number]
    if registration.state in LIVE_STATES:
        total, until = rupiah(registration.contribution_total), day(registration.price_holds_until)
        paid = _("To pay (estimate): %s.") if registration.is_estimate else _("To pay: %s.")
        holds = _("This price holds until %s.") % until
        lines += [
            _("Not a participant yet: protection starts after the first contribution is paid."),
            f"{paid % total} {holds}",
            _("The branch sends the payment code after checking."),
        ]
    lines.append(_("See how it stands: %s") % url)
    return "\n".join(lines)
