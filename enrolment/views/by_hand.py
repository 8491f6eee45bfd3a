"""The list of what can't go by the template: opened to be typed into the core system, and ticked off one by one."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import batches, hand_entries
from enrolment.actions.hand_entries import ToType
from enrolment.forms.batches import ByHandForm
from enrolment.queries import hand_over
from enrolment.views.batches import fault_said, may_hand_over
from enrolment.views.wording import Wording, label
from outreach.errors import ActionRefused
from outreach.views.statuses import CONFLICT, REFUSED

OPEN = "open"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_hand_over
def by_hand(request: HttpRequest) -> HttpResponse:
    """The list closed; a POST opens it, or notes what was entered. The purpose of opening is fixed."""
    if request.method != "POST":
        return _page(request, ByHandForm(user=request.user))
    if request.POST.get("act") == OPEN:
        return _page(request, ByHandForm(user=request.user), opened=True)
    form = ByHandForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    chosen = [one.pk for one in form.cleaned_data["chosen"]]
    try:
        entered = hand_entries.enter(by=request.user, participations=chosen, on=form.cleaned_data["on"])
    except ActionRefused as refused:
        form.add_error("on" if refused.code == "day" else "chosen", str(refused))
        return _page(request, form, status=CONFLICT if refused.code == "moved_on" else REFUSED)
    messages.success(
        request,
        ngettext(
            "%d is noted as entered in the core system.",
            "%d are noted as entered in the core system.",
            entered,
        )
        % entered,
    )
    return redirect("admin:enrolment_batch_by_hand")


def _page(request: HttpRequest, form: ByHandForm, *, opened: bool = False, status: int = 200) -> HttpResponse:
    checked = batches.check(by=request.user)
    shown = checked.unfit[: hand_entries.SHOWN]
    values = hand_entries.to_type(shown, by=request.user) if opened else []
    wording = Wording()
    facts = {one.unfit.registration.pk: _facts(one, wording) for one in values}
    layout = checked.template.layout
    context = {
        **admin.site.each_context(request),
        "title": _("Enter by hand"),
        "has_errors": bool(form.errors),
        "form": form,
        "ticked": {str(value) for value in form["chosen"].value() or ()},
        "lines": [
            {
                "unfit": one,
                "value": str(one.participation.pk),
                "faults": [fault_said(fault, one.registration, layout) for fault in one.faults],
                "facts": facts.get(one.registration.pk, []),
            }
            for one in shown
        ],
        "more": len(checked.unfit) - len(shown),
        "opened": opened,
        "capped": len(checked.unfit) + len(checked.fitting) == hand_over.CHECKED,
    }
    return render(request, "admin/enrolment/by_hand.html", context, status=status)


def _facts(one: ToType, wording: Wording) -> list[tuple[str, str]]:
    """(field, value as it is said), in the order of the KTP, then the job; a job with its official code."""
    registration = one.unfit.registration
    jobs = {name: getattr(registration, name) for name in ("job_type_1", "job_type_2")}
    content = {
        **one.values,
        "village_code": registration.village_code,
        "work_location": registration.work_location,
        "package": registration.package,
        "months": str(registration.months),
    }
    said = {name: wording.word(name, stored) for name, stored in content.items() if stored}
    said |= {name: f"{job.code} {job.name}" for name, job in jobs.items() if job}
    return [(label(name), said[name]) for name in _ORDER if name in said]


_ORDER = (
    "nik", "full_name", "birth_place", "birth_date", "sex", "address", "rt", "rw", "village_code", "phone", "email",
    "job_type_1", "job_type_2", "work_location", "income", "package", "months",
)  # fmt: skip
