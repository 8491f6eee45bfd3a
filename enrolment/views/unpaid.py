"""Those who are approved and have not paid yet, to be called one after the other."""

import uuid
from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from enrolment.actions import disclosures, participation_sheets, payment_calls
from enrolment.forms.payments import PaymentCallForm
from enrolment.models import Participation
from enrolment.queries import participations as queries
from enrolment.queries import unpaid
from enrolment.queries.unpaid import Part
from enrolment.views.participations import followed, may_follow
from outreach.errors import ActionRefused
from outreach.views.statuses import CONFLICT, REFUSED

OPEN, STORE = "phone", "result"


@require_safe
@never_cache
@may_follow
def listed(request: HttpRequest) -> HttpResponse:
    """Whom to call now; by a link who is called later, who is not called any more, and who can't pay yet."""
    now = timezone.now()
    part = request.GET.get("part", "")
    part = Part(part) if part in Part.values else Part.DUE
    page = unpaid.page(
        request.user, part=part, day=timezone.localdate(now), older=request.GET.get("older", ""),
        newer=request.GET.get("newer", ""),
    )  # fmt: skip
    named = disclosures.with_names(
        [row.registration for row in page.rows], by=request.user, purpose="not paid yet"
    )
    context = {
        **admin.site.each_context(request),
        "title": _("Not paid yet"),
        "part": part,
        "parts": [{"word": one.label, "url": list_address(one), "chosen": one == part} for one in Part],
        "rows": [
            _row(request, row, one.full_name, now=now) for row, one in zip(page.rows, named, strict=True)
        ],
        "waiting": part == Part.WAITING,
        "url_older": list_address(part, older=page.older) if page.older else "",
        "url_newer": list_address(part, newer=page.newer) if page.newer else "",
    }
    return render(request, "admin/enrolment/unpaid.html", context)


def _row(request: HttpRequest, row: Participation, full_name: str, *, now: datetime) -> dict:
    return {
        "participation": row,
        "registration": row.registration,
        "full_name": full_name,
        "days": (timezone.localdate(now) - timezone.localdate(row.approved_at)).days,
        "just_called": payment_calls.just_called(row, by=request.user, now=now),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_follow
def call(request: HttpRequest, reference: str) -> HttpResponse:
    """What to tell the worker; the number once the caller says that they call; then what came of it."""
    participation = followed(request, reference)
    if request.method != "POST":
        return _page(request, participation)
    act = request.POST.get("act", "")
    if act not in (OPEN, STORE):
        raise BadRequest("no such act")
    if act == OPEN:
        return _phone(request, participation)
    form = _form(request)
    if not form.is_valid():
        return _page(request, participation, form=form, status=REFUSED)
    try:
        is_new = payment_calls.called(
            by=request.user, participation=participation, call_id=form.cleaned_data["id"],
            result=form.cleaned_data["result"], next_on=form.cleaned_data["next_on"],
        )  # fmt: skip
        messages.success(
            request, _("Stored.") if is_new else _("This was already stored. Nothing was added.")
        )
    except ActionRefused as refused:
        messages.warning(request, str(refused))
    return redirect(list_address())


def _phone(request: HttpRequest, participation: Participation) -> HttpResponse:
    try:
        number = payment_calls.open_phone(
            by=request.user, participation=participation, although="although" in request.POST
        )
    except ActionRefused as refused:
        if refused.code != "just_called":
            messages.warning(request, str(refused))
            return redirect(list_address())
        return _page(request, followed(request, participation.registration.reference), status=CONFLICT)
    return _page(request, participation, phone=number)


def _form(request: HttpRequest) -> PaymentCallForm:
    until = timezone.localdate() + payment_calls.LATEST
    if request.method == "POST" and request.POST.get("act") == STORE:
        return PaymentCallForm(request.POST, until=until)
    return PaymentCallForm(initial={"id": uuid.uuid4()}, until=until)


def _page(
    request: HttpRequest,
    participation: Participation,
    *,
    form: PaymentCallForm | None = None,
    phone: str = "",
    status: int = 200,
) -> HttpResponse:
    form, now = form or _form(request), timezone.now()
    may_call = payment_calls.may_be_called(participation)
    sheet = participation_sheets.sheet(participation, (), by=request.user) if may_call else None
    just_called = payment_calls.just_called(participation, by=request.user, now=now)
    context = {
        **admin.site.each_context(request),
        "title": _("Call about the first payment"),
        "registration": participation.registration,
        "participation": participation,
        "full_name": sheet.full_name if sheet else "",
        "may_call": may_call,
        "just_called": payment_calls.said_of(participation) if just_called and not phone else "",
        "phone": phone,
        "price_is_over": participation.registration.price_holds_until < timezone.localdate(now),
        "calls": queries.calls(participation),
        "form": form,
        "has_errors": bool(form.errors),
        "back_url": list_address(),
    }
    return render(request, "admin/enrolment/unpaid_call.html", context, status=status)


def list_address(part: str = Part.DUE, **mark: str) -> str:
    """The list in a part, at a mark."""
    query = ({} if part == Part.DUE else {"part": str(part)}) | mark
    base = reverse("admin:enrolment_registration_unpaid")
    return f"{base}?{urlencode(query)}" if query else base
