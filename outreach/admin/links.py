"""What the branch hands over: sign-in links, shown once, to be sent, scanned or printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from outreach.actions import people
from outreach.models import User
from outreach.templatetags.ui import status_chip
from outreach.views.token_links import absolute


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's link. `url` is empty for who has chosen a password already, and for a closed account."""

    person: User
    url: str
    place: str

    @property
    def whatsapp(self) -> str:
        """WhatsApp with the text ready; to whom it goes, is chosen there."""
        text = _(
            "Your sign-in link for Jemput Bola. Open it and choose a password. It works once, for 7 days."
        )
        return "https://wa.me/?" + urlencode({"text": f"{text}\n{self.url}"}, quote_via=quote)


def slip(request: HttpRequest, person: User, *, place: str) -> Slip:
    """`place` is printed beneath the name: the organisation, or the event and booth."""
    if not (person.is_waiting and person.is_active):
        return Slip(person, "", place)
    address = f"{reverse('sign-in-link')}?{urlencode({'t': people.link_token(person)})}"
    return Slip(person, absolute(request, address), place)


def links_page(
    owner: ModelAdmin,
    request: HttpRequest,
    slips: Sequence[Slip],
    *,
    title: str,
    original: Model,
    back_url: str,
) -> TemplateResponse:
    """The answer to a POST: what is on it is nowhere else, and a look at an address brings it back to nobody."""
    context = {
        **owner.admin_site.each_context(request),
        "title": title,
        "opts": owner.opts,
        "original": original,
        "back_url": back_url,
        "slips": slips,
    }
    return TemplateResponse(request, "admin/outreach/links.html", context)


def standing(person: User) -> str:
    """A chip: may this person sign in, and did they ever choose a password?"""
    if not person.is_active or person.has_ended:
        return status_chip("closed")
    if person.is_waiting:
        return status_chip("draft", _("Not signed in yet"))
    return status_chip("ok", _("Active"))
