"""The reviewer's page of one registration in the admin, with its decision."""

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import claims, decisions, disclosures, escalations
from enrolment.choices import MOVES, Actor, EscalationWay, State
from enrolment.forms.decision import DecisionForm, OpenForm, marks, marks_of
from enrolment.forms.verdict import VerdictForm
from enrolment.models import Escalation, Registration
from enrolment.permissions import DECIDE_FOR_HEAD, REVIEW, VIEW
from enrolment.queries import duplicates
from enrolment.queries import queue as queues
from enrolment.queries.participations import is_paid
from enrolment.views import comparing, data_sheet, participations, twins
from enrolment.views.for_head import list_address
from enrolment.views.queue import address, counted, on_to_the_next, queue_address, visible
from outreach.errors import ActionRefused
from outreach.templatetags.formats import clock
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

OPEN, CLAIM, RENEW, RELEASE = "open", "claim", "renew", "release"
GIVE_BACK = EscalationWay.BACK
KEYS = {State.APPROVED: "a", State.RETURNED: "k", State.REJECTED: "t"}
"""Of what waits; `setujui`, `kembalikan`, `tolak`. N is the next one."""
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
@branch_only(VIEW, DECIDE_FOR_HEAD)
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """One registration: what stands out, its data, its price and its past; opened for a purpose, or decided on. The
    branch head has the same page for what is theirs to decide."""
    registration = visible(request, reference)
    if request.method != "POST":
        return _page(request, registration)
    if not (request.user.has_perm(REVIEW) or request.user.has_perm(DECIDE_FOR_HEAD)):
        raise PermissionDenied
    act = request.POST.get("act", "")
    if act in twins.ACTS:
        return twins.answer(request, registration, page=_page)
    form = DecisionForm(request.POST)
    if act == OPEN:
        opening = OpenForm(request.POST)
        kept = DecisionForm(initial={"reason": form["reason"].value()})
        status = 200 if opening.is_valid() else REFUSED
        return _page(request, registration, form=kept, opening=opening, status=status)
    if act in (CLAIM, RENEW, RELEASE):
        return _hold(request, registration, act=act)
    if act not in (*State.values, GIVE_BACK):
        raise BadRequest("no such act")
    if not form.is_valid():
        return _page(request, registration, form=form, status=REFUSED)
    try:
        said = _decide(request, registration, act=act, **form.cleaned_data)
    except ActionRefused as refused:
        return _refused(request, registration, refused, act=act, form=form)
    messages.success(request, said % registration)
    if registration.with_head_at:
        return redirect(list_address())
    if registration.state != State.SUBMITTED:
        return redirect(address(registration))  # decided long ago: it is looked at again
    return on_to_the_next(request, after=registration)


def _decide(request: HttpRequest, registration: Registration, *, act: str, **given) -> str:
    """The one action of this button; what is said afterwards."""
    if act == GIVE_BACK:
        given.pop("flags")
        escalations.to_reviewers(by=request.user, registration=registration, **given)
        return _("%s is back in the reviewers' queue.")
    if act != State.RETURNED:
        decisions.move(by=request.user, registration=registration, target=State(act), **given)
    elif escalations.give_back(by=request.user, registration=registration, **given):
        return _("%s is put before the branch head.")
    return _ACTS[registration.state, act][2]


def _refused(
    request: HttpRequest, registration: Registration, refused: ActionRefused, *, act: str, form: DecisionForm
) -> HttpResponse:
    """The page again, as it stands now; to the head's list if it is no longer theirs to see."""
    if refused.code == "reason_missing" and act == State.RETURNED:
        form.add_error("reason", _("Tick what is wrong, or write the reason in one sentence."))
    elif refused.code == "reason_missing":
        form.add_error("reason", str(refused))
    else:
        messages.warning(request, str(refused))
    try:
        found = visible(request, registration.reference)
    except Http404:
        return redirect(list_address())
    return _page(request, found, form=form, status=REFUSED if refused.code in TO_CORRECT else CONFLICT)


def _hold(request: HttpRequest, registration: Registration, *, act: str) -> HttpResponse:
    """Take this one or hold it longer, or put it back into the queue for the others. A script that renews is told
    until when it is theirs, or that it no longer is."""
    if not request.user.has_perm(REVIEW):
        raise PermissionDenied
    if act == RENEW:
        until = claims.renew(by=request.user, registration=registration)
        return JsonResponse({"until": until and clock(until)}, status=200 if until else CONFLICT)
    if act == RELEASE:
        claims.release(by=request.user, registration=registration)
        return redirect(queue_address(State.SUBMITTED))
    try:
        claims.claim(by=request.user, registration=registration)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
    reason = request.POST.get("reason", "")
    if reason or request.POST.getlist("flag"):  # typed before it was theirs: kept
        return _page(
            request, visible(request, registration.reference), form=DecisionForm(initial={"reason": reason})
        )
    return redirect(address(registration))


def _page(
    request: HttpRequest,
    registration: Registration,
    *,
    form: DecisionForm | None = None,
    opening: OpenForm | None = None,
    judging: VerdictForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if request.method == "POST":  # whatever was posted was work
        registration.claimed_until = (
            claims.renew(by=request.user, registration=registration) or registration.claimed_until
        )
    now = timezone.now()
    opened = bool(opening and opening.is_bound and opening.is_valid())
    if registration.consent_withdrawn_at and not opened:
        return _closed_page(request, registration, form=form, opening=opening, status=status)
    found, said = duplicates.twins(registration, user=request.user), duplicates.verdicts(registration)
    sheet = disclosures.sheet(
        registration,
        by=request.user,
        purpose=opening.cleaned_data["purpose"] if opened else "review",
        opened=opened,
        beside=[twin.registration for twin in found.here],
        verdicts=said,
    )
    form, opening = form or DecisionForm(), opening or OpenForm()
    newest = sheet.history[-1]
    step = newest if isinstance(newest.decision, Escalation) else None
    flagged_before = marks_of(step.flags) if step else marks({})
    context = {
        **admin.site.each_context(request),
        "title": _("Registration %s") % registration,
        "has_errors": bool(form.errors or opening.errors or judging),
        "registration": registration,
        "late": queues.is_late(registration, now=now),
        "age": queues.age(registration.received_at, now=now),
        "waiting": registration.state == State.SUBMITTED,
        "still": counted(queues.waiting(request.user)) if request.user.has_perm(REVIEW) else "",
        "step": step,
        **data_sheet.context(registration, sheet),
        "marks": marks(request.POST) if request.method == "POST" else flagged_before,
        "history": [(past, _history_word(past.decision)) for past in sheet.history],
        "steps": comparing.steps(sheet.versions, closed=() if sheet.opened else disclosures.HIDDEN),
        "form": form,
        "opening": opening,
        "next": queues.next_for(request.user, now=now, after=registration),
        **_claim(request, registration),
        **twins.panel(request, registration, found=found, said=said, sheet=sheet, judging=judging),
        **participations.panel(registration, request.user),
        **_panel(request, registration),
    }
    return render(request, "admin/enrolment/review_one.html", context, status=status)


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
        "held": False,
        "still": "",
        "verdict_errors": [],
        **_panel(request, registration),
    }
    return render(request, "admin/enrolment/review_closed.html", context, status=status)


def _claim(request: HttpRequest, registration: Registration) -> dict:
    """Whose it is, and if it is theirs until when at the latest."""
    held = registration.is_held(now=timezone.now())
    mine = held and registration.claimed_by_id == request.user.pk
    latest = claims.latest_end(registration) if mine else None
    return {
        "held": held,
        "mine": mine,
        "latest": latest,
        "renewable": mine and registration.claimed_until < latest,
    }


def _panel(request: HttpRequest, registration: Registration) -> dict:
    """The buttons of this state, and in words why one is missing: the same check as the action's, asked before."""
    reasoned, plain, hindrances = [], [], []
    stood = decisions.duties(request.user, [registration])
    young = registration.state == State.SUBMITTED and "age_under_17" in registration.warnings
    for move in MOVES:
        takes_back = bool(registration.consent_withdrawn_at) and move.target == State.WITHDRAWN
        if move.source == registration.state and (move.actor == Actor.REVIEWER or takes_back):
            refused = decisions.refusal(
                by=request.user, registration=registration, target=move.target, stood=stood
            )
            if refused is None:
                needs_reason = (move.reason and not takes_back) or (young and move.target == State.APPROVED)
                (reasoned if needs_reason else plain).append(_button(move))
            elif str(refused) not in hindrances:
                hindrances.append(str(refused))
    returning = next((act for act in reasoned if act["target"] == State.RETURNED), None)
    second = bool(returning) and decisions.goes_to_head(registration)
    if second:
        returning["word"] = _("Pass on to the branch head")
    sends_back = registration.state == State.APPROVED and any(
        act["target"] == State.SUBMITTED for act in reasoned
    )
    decides = bool(registration.with_head_at) and request.user.has_perm(DECIDE_FOR_HEAD)
    if decides:
        word = _("Give back to the reviewers")
        reasoned.append({"target": GIVE_BACK, "word": word, "look": "jb-btn-2", "key": ""})
    return {
        "may_return": bool(returning),
        "second": second,
        "decides": decides,
        "back_to": (list_address(), _("For you to decide"))
        if decides
        else (queue_address(State.SUBMITTED), _("Review queue")),
        "plain_acts": plain,
        "reasoned_acts": reasoned,
        "hindrances": hindrances,
        "is_paid": sends_back and is_paid(registration),
        "young": young,
    }


def _button(move) -> dict:
    word, look, _said = _ACTS[move.source, move.target]
    key = KEYS.get(move.target, "") if move.source == State.SUBMITTED else ""
    return {"target": move.target, "word": word, "look": look, "key": key}


def _history_word(decision) -> str:
    if isinstance(decision, Escalation):
        return EscalationWay(decision.way).label
    return _HISTORY.get((decision.source, decision.target)) or State(decision.target).label
