"""The reviewer's page of one registration in the admin, with its decision."""

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import claims, decisions, disclosures
from enrolment.choices import MOVES, Actor, Sex, State
from enrolment.errors import WARNINGS
from enrolment.forms.decision import DecisionForm, OpenForm, marks
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Registration
from enrolment.permissions import REVIEW
from enrolment.queries import duplicates, tariffs
from enrolment.queries import queue as queues
from enrolment.queries.warnings import age_on
from enrolment.views import comparing, participations
from enrolment.views.queue import address, may_view, on_to_the_next, queue_address, visible
from enrolment.views.wording import guardian_agreed
from outreach import regions
from outreach.errors import ActionRefused
from outreach.views.statuses import CONFLICT, REFUSED

OPEN, CLAIM, RELEASE = "open", "claim", "release"
TO_CORRECT = frozenset(("reason_missing", "guardian_missing", "guardian_not_agreed"))
"""Refusals that something else in the same request would mend; all others are about what has happened meanwhile."""

# (from, to) → (the button, its look, what is said afterwards). Every move of a reviewer has its row.
_ACTS = {
    (State.SUBMITTED, State.APPROVED): (gettext_lazy("Approve"), "", gettext_lazy("%s is approved.")),
    (State.SUBMITTED, State.RETURNED): (
        gettext_lazy("Return to the officer"), "jb-btn-2", gettext_lazy("%s is returned to the officer."),
    ),
    (State.SUBMITTED, State.REJECTED): (gettext_lazy("Reject"), "jb-btn-err", gettext_lazy("%s is rejected.")),
    (State.APPROVED, State.SUBMITTED): (
        gettext_lazy("Send back to checking"), "jb-btn-2", gettext_lazy("%s is being checked again."),
    ),
    (State.APPROVED, State.WITHDRAWN): (
        gettext_lazy("Withdraw"), "jb-btn-err", gettext_lazy("%s is withdrawn."),
    ),
    # Only after the consent was withdrawn: else its officer withdraws it.
    (State.SUBMITTED, State.WITHDRAWN): (
        gettext_lazy("Withdraw"), "jb-btn-err", gettext_lazy("%s is withdrawn."),
    ),
    (State.RETURNED, State.WITHDRAWN): (
        gettext_lazy("Withdraw"), "jb-btn-err", gettext_lazy("%s is withdrawn."),
    ),
    (State.WITHDRAWN, State.SUBMITTED): (
        gettext_lazy("Reopen"), "jb-btn-2", gettext_lazy("%s is being checked again."),
    ),
}  # fmt: skip
_HISTORY = {
    (None, State.SUBMITTED): gettext_lazy("Sent"),
    (State.SUBMITTED, State.SUBMITTED): gettext_lazy("Corrected"),
    (State.RETURNED, State.SUBMITTED): gettext_lazy("Corrected and sent again"),
    (State.APPROVED, State.SUBMITTED): gettext_lazy("Sent back to checking"),
    (State.WITHDRAWN, State.SUBMITTED): gettext_lazy("Reopened"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_view
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """One registration: what stands out, its data, its price and its past; opened for a purpose, or decided on."""
    registration = visible(request, reference)
    if request.method != "POST":
        return _page(request, registration)
    if not request.user.has_perm(REVIEW):
        raise PermissionDenied
    act = request.POST.get("act", "")
    form = DecisionForm(request.POST)
    if act == OPEN:
        opening = OpenForm(request.POST)
        kept = DecisionForm(initial={"reason": form["reason"].value()})
        status = 200 if opening.is_valid() else REFUSED
        return _page(request, registration, form=kept, opening=opening, status=status)
    if act in (CLAIM, RELEASE):
        return _hold(request, registration, act=act)
    if act not in State.values:
        raise BadRequest("no such act")
    if not form.is_valid():
        return _page(request, registration, form=form, status=REFUSED)
    try:
        decisions.move(by=request.user, registration=registration, target=State(act), **form.cleaned_data)
    except ActionRefused as refused:
        if refused.code == "reason_missing" and act == State.RETURNED:
            form.add_error("reason", _("Tick what is wrong, or write the reason in one sentence."))
        elif refused.code == "reason_missing":
            form.add_error("reason", str(refused))
        else:
            messages.warning(request, str(refused))
        status = REFUSED if refused.code in TO_CORRECT else CONFLICT
        return _page(request, visible(request, reference), form=form, status=status)
    messages.success(request, _ACTS[registration.state, act][2] % registration)
    if registration.state != State.SUBMITTED:
        return redirect(address(registration))  # decided long ago: it is looked at again
    return on_to_the_next(request, after=registration)


def _hold(request: HttpRequest, registration: Registration, *, act: str) -> HttpResponse:
    """Take this one or hold it longer, or put it back into the queue for the others."""
    if act == RELEASE:
        claims.release(by=request.user, registration=registration)
        return redirect(queue_address(State.SUBMITTED))
    try:
        claims.claim(by=request.user, registration=registration)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
    return redirect(address(registration))


def _page(
    request: HttpRequest,
    registration: Registration,
    *,
    form: DecisionForm | None = None,
    opening: OpenForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    opened = bool(opening and opening.is_bound and opening.is_valid())
    if registration.consent_withdrawn_at and not opened:
        return _closed_page(request, registration, form=form, opening=opening, status=status)
    sheet = disclosures.sheet(
        registration,
        by=request.user,
        purpose=opening.cleaned_data["purpose"] if opened else "review",
        opened=opened,
    )
    quote = tariffs.stored_quote(registration, income=sheet.values["income"])
    form, opening = form or DecisionForm(), opening or OpenForm()
    warnings = duplicates.warnings_now([registration])[registration.pk]
    held = registration.is_held(now=now)
    context = {
        **admin.site.each_context(request),
        "title": _("Registration %s") % registration,
        "has_errors": bool(form.errors or opening.errors),
        "registration": registration,
        "late": queues.is_late(registration, now=now),
        "age": queues.age(registration.received_at, now=now),
        "waiting": registration.state == State.SUBMITTED,
        "held": held,
        "mine": held and registration.claimed_by_id == request.user.pk,
        "warnings": [(code, WARNINGS[code]) for code in warnings],
        "chips": queues.chips_by_field(warnings),
        "marks": marks(request.POST),
        "labels": {name: field.label for name, field in RegistrationForm.base_fields.items()},
        "person": sheet.values,
        "guardian_note": _guardian_note(registration),
        "rt_rw": f"RT {int(sheet.values['rt']):03}/RW {int(sheet.values['rw']):03}",
        "village": regions.label(registration.village_code),
        "postal_code": regions.postal_code(registration.village_code),
        "work_location": regions.label(registration.work_location),
        "sex": Sex(sheet.values["sex"]).label,
        "years": age_on(sheet.values["birth_date"], timezone.localdate(registration.registered_at)),
        "opened": sheet.opened,
        "closed": not sheet.opened,
        "history": [(past, _history_word(past.decision)) for past in sheet.history],
        "steps": comparing.steps(sheet.versions, closed=() if sheet.opened else disclosures.HIDDEN),
        "quote": quote,
        "basis": tariffs.basis(quote),
        "twins": duplicates.twins(registration, user=request.user),
        "form": form,
        "opening": opening,
        "next": queues.next_for(request.user, now=now, after=registration),
        **participations.panel(registration, request.user),
        **_panel(request, registration),
    }
    return render(request, "admin/enrolment/review_one.html", context, status=status)


def _guardian_note(registration: Registration) -> str:
    """What they are to the worker, and whether they have agreed."""
    relation = registration.get_guardian_relation_display()
    said = guardian_agreed(registration.guardian_agreed) if registration.guardian else ""
    return ", ".join(str(part) for part in (relation, said) if part)


def _closed_page(request: HttpRequest, registration: Registration, *, form, opening, status) -> HttpResponse:
    """After the consent was withdrawn: what is left to decide, and the question what for. Nobody's data is opened."""
    form = form or DecisionForm()
    opening = opening or OpenForm()
    context = {
        **admin.site.each_context(request),
        "title": _("Registration %s") % registration,
        "has_errors": bool(form.errors or opening.errors),
        "registration": registration,
        "late": queues.is_late(registration, now=timezone.now()),
        "age": queues.age(registration.received_at, now=timezone.now()),
        "waiting": registration.state == State.SUBMITTED,
        "warnings": [],
        "form": form,
        "opening": opening,
        "next": queues.next_for(request.user, now=timezone.now(), after=registration),
        "mine": False,
        "held": None,
        **_panel(request, registration),
    }
    return render(request, "admin/enrolment/review_closed.html", context, status=status)


def _panel(request: HttpRequest, registration: Registration) -> dict:
    """The buttons of this state, and in words why one is missing: the same check as the action's, asked before."""
    reasoned, plain, hindrances = [], [], []
    young = registration.state == State.SUBMITTED and "age_under_17" in registration.warnings
    for move in MOVES:
        takes_back = bool(registration.consent_withdrawn_at) and move.target == State.WITHDRAWN
        if move.source == registration.state and (move.actor == Actor.REVIEWER or takes_back):
            refused = decisions.refusal(by=request.user, registration=registration, target=move.target)
            if refused is None:
                word, look, _said = _ACTS[move.source, move.target]
                needs_reason = (move.reason and not takes_back) or (young and move.target == State.APPROVED)
                (reasoned if needs_reason else plain).append(
                    {"target": move.target, "word": word, "look": look}
                )
            elif str(refused) not in hindrances:
                hindrances.append(str(refused))
    may_return = any(act["target"] == State.RETURNED for act in reasoned)
    return {
        "may_return": may_return,
        "plain_acts": plain,
        "reasoned_acts": reasoned,
        "hindrances": hindrances,
        "young": young,
    }


def _history_word(decision) -> str:
    return _HISTORY.get((decision.source, decision.target)) or State(decision.target).label
