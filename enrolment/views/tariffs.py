"""A new edition of a schedule or a relief: the form, its effect while nothing is stored yet, and saving it.

One address for each, and what was typed travels with the page; `seen` says which editions its effect was shown about.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from enrolment.actions import tariffs
from enrolment.choices import Sector
from enrolment.contributions import add_months
from enrolment.editions import Group, Stretch, effect
from enrolment.forms.tariffs import ReliefForm, ScheduleForm
from enrolment.models import ContributionSchedule, Relief
from enrolment.permissions import ADD_RELIEF, ADD_SCHEDULE
from enrolment.queries import editions
from outreach.errors import ActionRefused
from outreach.templatetags.formats import month
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

EDIT, SAVE = "edit", "save"
_AT_FIELD = {
    "code_taken": "code",
    "not_whole_months": "first_month",
    "gap": "last_month",
    "overlap": "last_month",
    "other_sector": "replaces",
    "not_current": "replaces",
}
"""Where the sentence of a refusal stands."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between a schedule and a relief."""

    model: type[Model]
    form: type[Form]
    plan: Callable[..., tariffs.Plan]
    add: Callable[..., Model]
    title: str
    lead: str
    changes: str


SCHEDULE = Kind(
    ContributionSchedule,
    ScheduleForm,
    tariffs.plan_schedule,
    tariffs.add_schedule,
    gettext_lazy("New edition of the contribution schedule"),
    gettext_lazy(
        "An edition is never changed. One that begins in the same month takes the other's place; one that begins "
        "later ends the one before it. Stored registrations keep the edition that they were quoted from."
    ),
    gettext_lazy(
        "The first month decides: whoever begins before the change pays the earlier schedule for all months paid ahead."
    ),
)
RELIEF = Kind(
    Relief,
    ReliefForm,
    tariffs.plan_relief,
    tariffs.add_relief,
    gettext_lazy("New edition of a relief"),
    gettext_lazy(
        "An edition is never changed. To prolong, shorten or correct one, add an edition that takes its place. "
        "Stored registrations keep the reliefs that they were quoted from."
    ),
    gettext_lazy("Each month counts for itself, also where several are paid ahead."),
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@branch_only(ADD_SCHEDULE)
def add_schedule(request: HttpRequest) -> HttpResponse:
    """Prefilled from the edition in force last, or corrected `?from=` one."""
    return _add(
        request, SCHEDULE, latest=ContributionSchedule.objects.current().order_by("valid_from").last()
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@branch_only(ADD_RELIEF)
def add_relief(request: HttpRequest) -> HttpResponse:
    """Empty, or with what `?from=` one says."""
    return _add(request, RELIEF, latest=None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@branch_only(ADD_RELIEF)
def retire_relief(request: HttpRequest, relief_id: int) -> HttpResponse:
    """What changes without a relief, and the button that takes it out of new quotes."""
    row = get_object_or_404(Relief, pk=relief_id)
    title = _("Take %s out of new quotes") % row.code
    back_url = _address(row, "change", row.pk)
    status = 200
    try:
        if request.method == "POST":
            seen = request.POST.get("seen", "")
            try:
                tariffs.retire_relief(by=request.user, code=row.code, seen=seen)
            except ActionRefused as refused:
                if refused.code != "changed_meanwhile":
                    raise
                messages.warning(request, str(refused))
                status = CONFLICT
            else:
                messages.success(
                    request, _("Edition %s is out of new quotes. Stored ones keep it.") % row.code
                )
                return redirect(back_url)
        plan = tariffs.plan_relief(edition=None, replaces=row.code)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        return redirect(back_url)
    context = {
        "title": title,
        "submit_label": _("Take it out of new quotes"),
        "original": row,
        "back_url": back_url,
    }
    return _effect_page(request, RELIEF, plan, status=status, **context)


def _add(request: HttpRequest, kind: Kind, *, latest: Model | None) -> HttpResponse:
    if request.method != "POST":
        of = request.GET.get("from", "")
        row = kind.model.objects.current().filter(code=of.replace("\0", "")).first() or latest
        typed = kind.form.initial_of(row, corrected=row.code == of) if row else {}
        return _form_page(request, kind, kind.form(initial=typed))
    form = kind.form(request.POST)
    act = request.POST.get("act")
    if not form.is_valid():
        return _form_page(request, kind, form, status=REFUSED)
    if act == EDIT:
        return _form_page(request, kind, form)
    arguments, status = form.arguments(), 200
    try:
        if act == SAVE:
            try:
                return _save(request, kind, form, arguments)
            except ActionRefused as refused:
                if refused.code != "changed_meanwhile":
                    raise
                messages.warning(request, str(refused))
                status = CONFLICT
        plan = kind.plan(**arguments)
    except ActionRefused as refused:
        form.add_error(_AT_FIELD.get(refused.code), str(refused))
        return _form_page(request, kind, form, status=REFUSED)
    context = {
        "title": _("Effect of %s") % arguments["edition"].code,
        "submit_label": _("Save this edition"),
        "typed": [(name, form[name].data) for name in form.fields if form[name].data],
        "edition": arguments["edition"],
        "basis": form.cleaned_data["basis"],
        "back_url": _address(kind.model, "changelist"),
    }
    return _effect_page(request, kind, plan, status=status, **context)


def _save(request: HttpRequest, kind: Kind, form: Form, arguments: dict[str, Any]) -> HttpResponse:
    seen, basis = request.POST.get("seen", ""), form.cleaned_data["basis"]
    row = kind.add(by=request.user, basis=basis, seen=seen, **arguments)
    said = {"code": row.code, "month": month(row.valid_from)}
    messages.success(
        request, _("Edition %(code)s is saved. New quotes take it for months from %(month)s on.") % said
    )
    return redirect(_address(row, "change", row.pk))


def _form_page(request: HttpRequest, kind: Kind, form: Form, *, status: int = 200) -> HttpResponse:
    context = {
        **_shared(request, kind),
        "title": kind.title,
        "lead": kind.lead,
        "form": form,
        "has_errors": bool(form.errors),
        "adminform": AdminForm(form, [(None, {"fields": form.rows})], {}),
        "media": form.media,
        "submit_label": _("Show the effect"),
        "back_url": _address(kind.model, "changelist"),
    }
    return render(request, "admin/enrolment/edition_form.html", context, status=status)


def _effect_page(
    request: HttpRequest, kind: Kind, plan: tariffs.Plan, *, status: int, **more: Any
) -> HttpResponse:
    now = add_months(timezone.localdate(), 0)
    stretches = effect(plan.before, plan.after, sectors=Sector.values, since=now)
    context = {
        **_shared(request, kind),
        "plan": plan,
        "stretches": [_shown(one) for one in stretches if one.first_month >= now],
        "earlier": any(one.first_month < now for one in stretches),
        "this_month": now,
        "changes": kind.changes,
        "stored": editions.stored_by_schedule(),
        "unsent": editions.unsent(),
        **more,
    }
    return render(request, "admin/enrolment/edition_effect.html", context, status=status)


def _shared(request: HttpRequest, kind: Kind) -> dict[str, Any]:
    return {**admin.site.each_context(request), "opts": kind.model._meta}


def _address(model: Model | type[Model], page: str, *arguments: int) -> str:
    """Of a page of this model in the admin."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def _shown(stretch: Stretch) -> dict[str, Any]:
    alone = len(stretch.groups) == 1
    groups = [{"who": _who(group, alone=alone), "lines": group.lines} for group in stretch.groups]
    return {"first": stretch.first_month, "last": stretch.last_month, "groups": groups}


def _who(group: Group, *, alone: bool) -> str:
    """Whose months these are, short: everybody where all change alike."""
    own = [case.sector for case in group.cases if not case.government_paid]
    paid = [case.sector for case in group.cases if case.government_paid]
    if alone and len(own) == len(paid) == len(Sector):
        return _("Everybody")
    words = [capfirst(str(Sector(sector).label)) for sector in own]
    words += [_("%s, paid by a government") % capfirst(str(Sector(sector).label)) for sector in paid]
    return "; ".join(words)
