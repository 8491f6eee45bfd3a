"""The reviewer's queue in the admin, and taking the next one from it."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from enrolment.actions import claims, disclosures
from enrolment.choices import State
from enrolment.models import Registration
from enrolment.permissions import REVIEW, VIEW
from enrolment.queries import queue as queues
from enrolment.queries.queue_filters import Filters, read
from enrolment.views import queue_filters
from outreach.templatetags.formats import amount
from outreach.views.guards import branch_only

may_view = branch_only(VIEW)
_ANY = "0000000"
"""Stands for a reference in an address."""


@require_safe
@never_cache
@may_view
def queue(request: HttpRequest) -> HttpResponse:
    """The reviewer's first page: who waits, the longest first; by a link what was decided, the newest first."""
    now = timezone.now()
    offered = read(request.user, request.GET)
    filters = offered.filters
    marks = {name: request.GET.get(name, "") for name in ("older", "newer")}
    page = queues.page(request.user, filters=filters, **marks)
    named = disclosures.with_names(page.rows, by=request.user, purpose="review queue")
    waiting = filters.state == State.SUBMITTED
    # The strip is about the whole queue, so it stands over nothing else: no part of it, and no later page.
    whole = waiting and not filters.chosen and not any(marks.values())
    figures = queues.figures(request.user, now=now) if whole else None
    context = {
        **admin.site.each_context(request),
        "title": _("Review queue"),
        "filters": filters,
        "waiting": waiting,
        "tickable": waiting and request.user.has_perm(REVIEW),
        "states": queue_filters.states(filters),
        "groups": queue_filters.groups(offered),
        "url_unfiltered": queue_address(filters.state) if filters.chosen else "",
        "figures": _strip(figures, now=now) if figures else [],
        "rows": lines(named, now=now),
        "next": queues.next_for(request.user, now=now),
        "looked_at": queues.STRETCH if page.stopped else 0,
        "url_further": queue_filters.address(filters, **page.further) if page.further else "",
        "ended": page.ended,
        "url_start": queue_filters.address(filters) if any(marks.values()) else "",
        "url_older": queue_filters.address(filters, older=page.older) if page.older else "",
        "url_newer": queue_filters.address(filters, newer=page.newer) if page.newer else "",
    }
    return render(request, "admin/enrolment/review_queue.html", context)


@require_POST
@never_cache
@may_view
def take(request: HttpRequest) -> HttpResponse:
    """Take the next one and open it: the longest waiting, or the one behind `after`, which is passed by."""
    if not request.user.has_perm(REVIEW):
        raise PermissionDenied
    after = request.POST.get("after")
    return on_to_the_next(request, after=visible(request, after.replace("\0", "")) if after else None)


def visible(request: HttpRequest, reference: str) -> Registration:
    """A registration of this person's branch, or 404."""
    rows = Registration.objects.visible_to(request.user).select_related(
        "event",
        "booth",
        "officer",
        "entered_by",
        "claimed_by",
        "job_type_1",
        "job_type_2",
        "schedule",
        "consent_text",
        "pad",
    )
    return get_object_or_404(rows, reference=reference)


def on_to_the_next(request: HttpRequest, *, after: Registration | None) -> HttpResponse:
    """To the next one, taken; or to the queue, which has none for this reviewer."""
    following = claims.take_next(by=request.user, after=after)
    return redirect(address(following) if following else queue_address(State.SUBMITTED))


def lines(named: Iterable[disclosures.Named], *, now: datetime) -> list[queues.Row]:
    """The lines of a list. The routes are asked once: fifty times is a twentieth of the page's time."""
    before, after = reverse("admin:enrolment_registration_review", args=(_ANY,)).split(_ANY)
    return queues.rows(
        ((one.registration, one.full_name) for one in named),
        now=now,
        address=lambda reference: f"{before}{reference}{after}",
    )


def _strip(found: queues.Figures, *, now: datetime) -> list[dict]:
    oldest = queues.age(found.oldest, now=now) if found.oldest else "–"
    return [
        {"value": value, "label": label, "late": late, "url": ""}
        for value, label, late in (
            (counted(found.waiting), _("waiting"), False),
            (counted(found.late), _("over 24 hours"), found.late > 0),
            (oldest, _("longest wait"), False),
            (f"{found.clean}+" if found.more else found.clean, _("clean, no warning"), False),
            (counted(found.decided), _("decided by you today"), False),
        )
    ]


def counted(value: int) -> int | str:
    """`1.000+` where there are more than were counted."""
    return f"{amount(queues.COUNTED)}+" if value > queues.COUNTED else value


def address(registration: Registration) -> str:
    """The page of one registration."""
    return reverse("admin:enrolment_registration_review", args=(registration.reference,))


def queue_address(state: State) -> str:
    """The queue in a state."""
    return queue_filters.address(Filters(state=state))
