"""Twins of two branches: the pages of the head who arbitrates."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from enrolment.actions import arbitrations
from enrolment.choices import ArbitrationOutcome, Verdict
from enrolment.forms.decision import OpenForm
from enrolment.forms.reason import ReasonForm
from enrolment.forms.verdict import ArbitrationForm
from enrolment.models import Arbitration, Registration
from enrolment.permissions import ARBITRATE, REVIEW
from enrolment.queries import arbitrations as cases
from enrolment.queries import duplicates
from enrolment.views.side_by_side import lines
from outreach.errors import ActionRefused
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

OPEN, DECIDE, TAKE_BACK = "open", "decide", "take_back"


@dataclass(frozen=True, slots=True)
class Asking:
    """The column of the branch that asked."""

    registration: Registration
    same_nik: bool


@require_safe
@never_cache
@branch_only(ARBITRATE, REVIEW)
def index(request: HttpRequest) -> HttpResponse:
    """For a head who waits for them, the longest first, and what was decided lately; for a reviewer what their branch
    has asked, and the answers. Nobody's data is opened."""
    arbitrates, asks = request.user.has_perm(ARBITRATE), request.user.has_perm(REVIEW)
    page = cases.page(request.user) if arbitrates else cases.Page([], [])
    context = {
        **admin.site.each_context(request),
        "title": _("Twins of two branches"),
        "arbitrates": arbitrates,
        "waiting": page.waiting,
        "decided": page.decided,
        "asks": asks,
        "asked": cases.asked(request.user, now=timezone.now()) if asks else [],
    }
    return render(request, "admin/enrolment/arbitrations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@branch_only(ARBITRATE)
def one(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Both, closed until the head says what for; then which one stays. "Different people" is taken back here."""
    case = get_object_or_404(cases.visible(request.user), pk=case_id)
    if request.method != "POST":
        return _page(request, case)
    act = request.POST.get("act")
    if act == OPEN:
        opening = OpenForm(request.POST)
        return _page(request, case, opening=opening, status=200 if opening.is_valid() else REFUSED)
    if act == TAKE_BACK:
        return _take_back(request, case)
    if act != DECIDE:
        raise BadRequest("no such act")
    form = ArbitrationForm(request.POST)
    if not form.is_valid():
        return _page(request, case, form=form, status=REFUSED)
    outcome = ArbitrationOutcome(form.cleaned_data["outcome"])
    try:
        arbitrations.decide(by=request.user, case=case, outcome=outcome, reason=form.cleaned_data["reason"])
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        again = get_object_or_404(cases.visible(request.user), pk=case_id)
        return _page(request, again, form=form, status=CONFLICT)
    messages.success(request, _("Decided: %s.") % outcome.label)
    return redirect("admin:enrolment_registration_arbitrations")


def _take_back(request: HttpRequest, case: Arbitration) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, case, ending=form, status=REFUSED)
    try:
        arbitrations.take_back(by=request.user, case=case, reason=form.cleaned_data["reason"])
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        return _page(request, case, ending=form, status=CONFLICT)
    messages.success(request, _("Taken back. The branch that asked is told, and may ask anew."))
    return redirect("admin:enrolment_registration_arbitrations")


def _page(
    request: HttpRequest,
    case: Arbitration,
    *,
    form: ArbitrationForm | None = None,
    opening: OpenForm | None = None,
    ending: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    first, second = case.first, case.second
    people, reason, end_reason = {}, "", ""
    said = cases.verdict(case)
    moot = case.is_moot
    openable = not (moot or case.closed_at)  # what is decided is no reason to look at another branch's worker
    if opening and opening.is_valid() and openable:
        purpose = opening.cleaned_data["purpose"]
        found = arbitrations.opened(case, by=request.user, purpose=purpose)
        people = dict(zip((first.pk, second.pk), found, strict=True))
    if case.closed_at:
        reason, end_reason = arbitrations.reasons(case, said, by=request.user)
    form = form or ArbitrationForm()
    opening = opening or OpenForm()
    ending = ending or ReasonForm()
    context = {
        **admin.site.each_context(request),
        "title": _("Twins %(first)s and %(second)s") % {"first": first, "second": second},
        "has_errors": bool(form.errors or opening.errors or ending.errors),
        "case": case,
        "reason": reason,
        "said": said,
        "end_reason": end_reason,
        "may_take_back": bool(said) and said.is_different_in_force and duplicates.alike(first, second),
        "ending": ending,
        "candidates": [Asking(second, same_nik=bytes(first.nik_index) == bytes(second.nik_index))],
        "lines": lines(first, [second], people=people),
        "opened": bool(people),
        "moot": moot,
        "openable": openable,
        "form": form,
        "opening": opening,
        "outcomes": _outcomes(case),
    }
    return render(request, "admin/enrolment/arbitration.html", context, status=status)


def _outcomes(case: Arbitration) -> list[tuple[str, str]]:
    """What the head may answer, each in words that name the registration."""
    names = {"first": case.first, "second": case.second}
    return [
        (ArbitrationOutcome.FIRST, _("Same person: %(first)s stays, %(second)s is withdrawn") % names),
        (ArbitrationOutcome.SECOND, _("Same person: %(second)s stays, %(first)s is withdrawn") % names),
        (ArbitrationOutcome.DIFFERENT, str(Verdict.DIFFERENT.label).capitalize()),
    ]
