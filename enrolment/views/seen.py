"""Who saw what: the head's page over the audit chain. It opens nothing of anybody, so looking at it is no look."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enrolment.forms.seen import SeenForm
from enrolment.queries import seen
from outreach import audit_words
from outreach.permissions import SEE_WHO_SAW
from outreach.views.guards import branch_only
from outreach.views.statuses import REFUSED

_MARKS = ("older", "newer")


@require_safe
@never_cache
@branch_only(SEE_WHO_SAW)
def looks(request: HttpRequest) -> HttpResponse:
    """What hidden values were opened how often lately, by whom; then every look, the newest first."""
    form = SeenForm(request.GET, people=seen.people(request.user))
    asked = form.cleaned_data if form.is_valid() else {}
    marks = {name: _number(request.GET.get(name, "")) for name in _MARKS}
    page = seen.page(request.user, **asked, **marks) if form.is_valid() else seen.Page([], None, None, None)
    openers = seen.openers(request.user, now=timezone.now())
    typed = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    context = {
        **admin.site.each_context(request),
        "title": _("Who saw what"),
        "has_errors": bool(form.errors),
        "form": form,
        "filtered": bool(typed),
        "sentence": _sentence(openers),
        "openers": [(one, _address(who=one.person.pk, kind=seen.Kind.HIDDEN)) for one in openers],
        "most": openers[0].times if openers else 0,
        "looks": [_shown(one) for one in page.looks],
        "searched_to": page.searched_to,
        "url_all": _address(),
        "url_older": _address(**typed, older=page.older) if page.older else "",
        "url_newer": _address(**typed, newer=page.newer) if page.newer else "",
    }
    return render(request, "admin/enrolment/seen.html", context, status=REFUSED if form.errors else 200)


def _shown(look: seen.Look) -> dict[str, Any]:
    entry = look.entry
    return {
        "look": look,
        "at": entry.at,
        "who": entry.actor,
        "fields": audit_words.fields(entry.fields),
        "purpose": audit_words.purpose(audit_words.beside(entry.purpose)[0]),
        "hidden": look.kind in (seen.Kind.HIDDEN, seen.Kind.FILES),
        "nobody": look.kind == seen.Kind.NOBODY,
    }


def _sentence(openers: list[seen.Opener]) -> str:
    """The figures first in a sentence, so that who opened most stands out before anything is drawn."""
    if not openers:
        return _("In the last 7 days nobody opened hidden values.")
    times = sum(one.times for one in openers)
    said = ngettext(
        "In the last 7 days hidden values were opened once.",
        "In the last 7 days hidden values were opened %(times)d times.",
        times,
    ) % {"times": times}
    if len(openers) == 1:
        return f"{said} " + _("All of it by %s.") % openers[0].person.get_full_name()
    most = {"name": openers[0].person.get_full_name(), "times": openers[0].times, "people": len(openers)}
    return f"{said} " + _("Of %(people)d people %(name)s did so most often: %(times)d×.") % most


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else None


def _address(**query: Any) -> str:
    base = reverse("admin:enrolment_registration_seen")
    return f"{base}?{urlencode(query)}" if query else base
