"""Twins on the reviewer's page of one registration: side by side, judged one by one; and asking another branch's head.

`views/review.py` gives this part of its page to `panel` and the posts of `ACTS` to `answer`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from enrolment.actions import arbitrations, decisions, verdicts
from enrolment.actions.disclosures import Sheet
from enrolment.choices import State, Verdict
from enrolment.forms.verdict import THIS, VerdictForm
from enrolment.models import Registration, TwinVerdict
from enrolment.permissions import REVIEW
from enrolment.queries.duplicates import Twin, Twins
from enrolment.views.queue import address, on_to_the_next, visible
from enrolment.views.side_by_side import lines
from outreach.errors import ActionRefused
from outreach.views.statuses import CONFLICT, REFUSED

TAKE_BACK, ASK = "twins_back", "arbitrate"
ACTS = frozenset((*Verdict.values, TAKE_BACK, ASK))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One that may be the same worker, with the two forms of a verdict; or in one sentence why this person has none.
    `said` is a verdict in force, with its reason in plaintext."""

    registration: Registration
    same_nik: bool
    hindrance: str
    same: VerdictForm
    different: VerdictForm
    said: TwinVerdict | None = None
    reason: str = ""


def panel(
    request: HttpRequest,
    registration: Registration,
    *,
    found: Twins,
    said: Sequence[TwinVerdict],
    sheet: Sheet,
    judging: VerdictForm | None = None,
) -> dict:
    """This part of the page's context. `judging` is a form that came back with errors."""
    here = [(one, one.other(registration)) for one in said]
    here = [(one, other) for one, other in here if other.branch_id == registration.branch_id]
    others = [twin.registration for twin in found.here]
    hindrances = verdicts.hindrances(
        by=request.user, rows=[registration, *others, *(other for _one, other in here)]
    )
    may = request.user.has_perm(REVIEW)

    def candidate(other: Registration, said: TwinVerdict | None = None) -> Candidate:
        forms = {verdict: _form(registration, other, verdict, judging, said) for verdict in Verdict}
        return Candidate(
            registration=other,
            same_nik=Twin.is_same_nik(registration, other),
            hindrance=hindrances.get(registration.pk) or hindrances.get(other.pk, ""),
            same=forms[Verdict.SAME],
            different=forms[Verdict.DIFFERENT],
            said=said,
            reason=sheet.verdicts[said.pk] if said else "",
        )

    people = {registration.pk: sheet.values, **sheet.beside}
    elsewhere = [one for one in said if one.other(registration).branch_id != registration.branch_id]
    return {
        "twins": found,
        "may_judge": may,
        "candidates": [candidate(other) for other in others],
        "twin_lines": lines(registration, others, people=people),
        "judged": [candidate(other, one) for one, other in here],
        "told": list(filter(None, dict.fromkeys(_told(registration, one) for one in elsewhere))),
        "verdict_errors": _errors(judging),
    }


def answer(request: HttpRequest, registration: Registration, *, page: Callable) -> HttpResponse:
    """Judge a pair, take back what was said of it, or ask another branch's head; `page` is the registration's page."""
    act = request.POST["act"]
    try:
        if act == ASK:
            arbitrations.ask(by=request.user, registration=registration)
            messages.success(request, _("Asked. It waits for the head of the other branch."))
            return redirect(address(registration))
        other = _other(request, registration)
        form = VerdictForm(request.POST, verdict=Verdict.DIFFERENT if act == TAKE_BACK else act)
        if act == TAKE_BACK:
            form.full_clean()
            seen = form.cleaned_data.get("seen")
            verdicts.take_back(by=request.user, registration=registration, other=other, seen=seen)
            messages.success(request, _("Taken back. %s is shown as a twin again.") % other)
            return redirect(address(registration))
        if not form.is_valid():
            return page(request, registration, judging=form, status=REFUSED)
        return _judge(request, registration, other, form)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        return page(request, visible(request, registration.reference), status=CONFLICT)


def _judge(
    request: HttpRequest, registration: Registration, other: Registration, form: VerdictForm
) -> HttpResponse:
    """What was said, and on: to the next one if this one was withdrawn out of the queue."""
    data, same = form.cleaned_data, form.verdict == Verdict.SAME
    kept, gone = (registration, other) if data["keep"] == THIS else (other, registration)
    verdicts.judge(
        by=request.user,
        registration=registration,
        other=other,
        verdict=form.verdict,
        kept=kept if same else None,
        reason=data["reason"],
        seen=data["seen"],
        versions=(data["version"], data["other_version"]),
    )
    if not same:
        messages.success(request, _("%s is another person. Neither shows the other any more.") % other)
    else:
        messages.success(request, _("%(gone)s is withdrawn, %(kept)s stays.") % {"gone": gone, "kept": kept})
        if gone == registration and registration.state == State.SUBMITTED:
            return on_to_the_next(request, after=registration)
    return redirect(address(registration))


def _other(request: HttpRequest, registration: Registration) -> Registration:
    """The other one of the pair, of this person's branch, or 404."""
    other = visible(request, request.POST.get("other", "").replace("\0", ""))
    if other.pk == registration.pk:
        raise Http404
    return other


def _form(
    registration: Registration,
    other: Registration,
    verdict: Verdict,
    judging: VerdictForm | None,
    said: TwinVerdict | None,
) -> VerdictForm:
    """An empty form, or the one that came back."""
    if judging and (judging.verdict, judging.data.get("other")) == (verdict, other.reference):
        judging.auto_id = _ids(other, verdict)
        return judging
    initial = {"version": registration.version, "other_version": other.version, "seen": said and said.pk}
    return VerdictForm(verdict=verdict, initial=initial, auto_id=_ids(other, verdict))


def _ids(other: Registration, verdict: str) -> str:
    return f"{verdict}-{other.reference}-%s"


def _errors(judging: VerdictForm | None) -> list[tuple[str, str]]:
    """(id of the field, its sentence) for the summary, in the order of the form; of a hidden field only the
    sentence."""
    if judging is None:
        return []
    shown = [name for name in ("keep", "why", "words") if name in judging.errors]
    hidden = [name for name in judging.errors if name not in shown]
    return [
        (judging[name].id_for_label if name in shown else "", sentence)
        for name in (*shown, *hidden)
        for sentence in judging.errors[name]
    ]


def _told(registration: Registration, said: TwinVerdict) -> str:
    """What a head has said of this one and another branch's, in a sentence that tells nothing else of that one; empty
    where nothing follows from it."""
    own, other = said.by.branch_id == registration.branch_id, said.other(registration)
    if said.verdict == Verdict.DIFFERENT:
        # This NIK is approved there: it can't be approved here as it is.
        if other.state == State.APPROVED and Twin.is_same_nik(registration, other):
            return decisions.different_people()
        return ""
    if said.kept_id == registration.pk:
        if own:
            return _("Your branch head has decided: the same person, who stays registered here.")
        return _("The head of another branch has decided: the same person, who stays registered here.")
    if own:
        return _("Your branch head has decided: the same person, who stays registered with another branch.")
    return _("The head of another branch has decided: the same person, who stays registered there.")
