"""Approving several of the queue at once: those that were ticked, or the clean ones of the list as it is filtered."""

from dataclasses import replace

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from enrolment.actions import bulk, disclosures
from enrolment.choices import State
from enrolment.models import Registration
from enrolment.permissions import REVIEW
from enrolment.queries import bulk as bulks
from enrolment.queries.queue_filters import narrow, read
from outreach.errors import ActionRefused
from outreach.views.guards import branch_only
from outreach.views.statuses import REFUSED

MARKED = frozenset(
    ("not_clean", "shared_nik", "already_approved", "guardian_missing", "guardian_not_agreed", "with_head")
)
"""Why one stays that still waits for this reviewer's look; all other reasons are about what happened meanwhile."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@branch_only(REVIEW)
def approve(request: HttpRequest) -> HttpResponse:
    """Looked at: how many clean ones the filtered list has. Posted to: the ticked ones are approved, as far as they
    are clean, and the page names those that stay."""
    if request.method != "POST":
        return _plan_page(request)
    selection = _selection(request)
    if not selection:
        return _refused(request, _("Tick what you want to approve. Nothing is approved yet."))
    try:
        outcome = bulk.approve(by=request.user, selection=selection)
    except ActionRefused as refused:
        return _refused(request, str(refused))
    return _outcome_page(request, outcome)


def _selection(request: HttpRequest) -> list[tuple[str, int]]:
    """Each ticked row is its reference and the version that was shown."""
    found = []
    for row in request.POST.getlist("row"):
        reference, _colon, version = row.partition(":")
        if not (version.isascii() and version.isdecimal() and len(version) < 6) or "\0" in reference:
            raise BadRequest("no such row")
        found.append((reference, int(version)))
    return found


def _as_filtered(request: HttpRequest) -> QuerySet:
    """Those that wait, narrowed as the queue's address says."""
    filters = replace(read(request.user, request.GET).filters, state=State.SUBMITTED)
    return narrow(Registration.objects.visible_to(request.user), filters)


def _plan_page(request: HttpRequest) -> HttpResponse:
    plan = bulks.plan(request.user, _as_filtered(request), now=timezone.now(), at_most=bulk.AT_MOST)
    context = {
        **admin.site.each_context(request),
        "title": _("Approve the clean ones"),
        "refused": "",
        "plan": plan,
        "at_most": bulk.AT_MOST,
        "many_stay": plan.stay >= bulks.COUNTED,
    }
    return render(request, "admin/enrolment/bulk_plan.html", context)


def _outcome_page(request: HttpRequest, outcome: bulk.Outcome) -> HttpResponse:
    joined = Registration.objects.visible_to(request.user).select_related("event", "booth")
    rows = {row.pk: row for row in joined.filter(pk__in=[one.registration.pk for one in outcome.left])}
    named = disclosures.with_names(
        [rows[one.registration.pk] for one in outcome.left], by=request.user, purpose="bulk approval"
    )
    context = {
        **admin.site.each_context(request),
        "title": _said(outcome),
        "approved": outcome.approved,
        "left": list(zip(named, outcome.left, strict=True)),
    }
    return render(request, "admin/enrolment/bulk_outcome.html", context)


def _said(outcome: bulk.Outcome) -> str:
    """`46 approved, 4 flagged and still in the queue.`"""
    approved = ngettext("%(count)s approved", "%(count)s approved", len(outcome.approved))
    approved %= {"count": len(outcome.approved)}
    stay = len(outcome.left)
    if not stay:
        return _("%(approved)s.") % {"approved": approved}
    if all(one.code in MARKED for one in outcome.left):
        rest = ngettext(
            "%(count)s flagged and still in the queue", "%(count)s flagged and still in the queue", stay
        )
    else:
        rest = ngettext("%(count)s not approved", "%(count)s not approved", stay)
    return _("%(approved)s, %(rest)s.") % {"approved": approved, "rest": rest % {"count": stay}}


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Approve the clean ones"),
        "refused": sentence,
    }
    return render(request, "admin/enrolment/bulk_plan.html", context, status=REFUSED)
