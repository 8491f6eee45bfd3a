"""What an officer may still do with a registration that was sent: correct it, or withdraw it."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import decisions, disclosures, registrations
from enrolment.actions.disclosures import Correction
from enrolment.choices import Actor, State, moves_of
from enrolment.forms.decision import flag_lines, opened_by
from enrolment.forms.reason import ReasonForm
from enrolment.forms.registration import RegistrationForm
from enrolment.models import Registration
from enrolment.views import comparing, for_scripts
from enrolment.views.form_pages import (
    ANSWERS_CHECKED,
    BACK_TO_FORM,
    answers,
    check_context,
    form_page,
    officer_only,
    own,
    receipt_page,
)
from outreach.errors import ActionRefused
from outreach.shared_phone import wants_json
from outreach.views.statuses import CONFLICT, REFUSED

WHOLE = "whole"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@officer_only
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """The stored answers again in the form, until a reviewer has decided; or after they sent it back, then first just
    the fields that they flagged. Whatever refuses a correction, what was typed comes back with the sentence."""
    registration = own(request, reference)
    if registration.consent_withdrawn_at:
        return _moved_on(request, registration)
    if not _is_open(registration):
        return _decided(request, registration)
    stored = disclosures.for_correction(registration, by=request.user)
    if request.method != "POST":
        form = RegistrationForm(user=request.user, initial=stored.typed, correcting=registration)
        return _form_page(request, form, registration, stored)
    form = RegistrationForm(_answers(request, stored), user=request.user, correcting=registration)
    step, for_script = request.POST.get("step"), wants_json(request)
    if not form.is_valid():
        if for_script:
            return for_scripts.answer(request, "invalid", form=form)
        return _form_page(request, form, registration, stored, status=REFUSED)
    if not for_script and step in (BACK_TO_FORM, WHOLE):
        return _form_page(request, form, registration, stored)
    if step != ANSWERS_CHECKED:
        context = check_context(request, form, registration)
        if for_script:
            return for_scripts.checked(request, context)
        context["changes"] = comparing.between(stored.content, form.entry().canonical())
        context["typed"] = _travelling(request, form, stored)
        if _part(request, stored):
            context["choices"] = ()  # package and months are none of the flagged fields
        return render(request, "enrolment/registration_check.html", context)
    try:
        corrected = registrations.correct(
            by=request.user, registration=registration, entry=form.entry(), seen=_seen(request)
        )
    except ActionRefused as refused:
        if for_script:
            return for_scripts.answer(request, "refused")  # sent as a form, it comes back with the sentence
        messages.warning(request, str(refused))
        registration = own(request, reference)
        if registration.consent_withdrawn_at or not _is_open(registration):
            return _typed_page(request, registration)
        stored = disclosures.for_correction(registration, by=request.user)
        return _form_page(request, form, registration, stored, status=CONFLICT)
    return receipt_page(request, "created", corrected)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@officer_only
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """The worker changed their mind, or it was entered twice: withdrawn with a reason, never deleted."""
    registration = own(request, reference)
    if State.WITHDRAWN not in moves_of(Actor.OFFICER, registration.state):
        return _moved_on(request, registration)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decisions.move(
                by=request.user,
                registration=registration,
                target=State.WITHDRAWN,
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("%s is withdrawn.") % registration)
            return redirect("today")
        except ActionRefused as refused:
            messages.warning(request, str(refused))
            return redirect("registration-receipt", reference)
    context = {"form": form, "registration": registration}
    return render(
        request, "enrolment/registration_withdraw.html", context, status=REFUSED if form.errors else 200
    )


def _part(request: HttpRequest, stored: Correction) -> list[str]:
    """The fields of a page that shows some alone, in the order of the form: those that it was sent with, or else those
    that the return flags. Empty: the whole form."""
    if request.method != "POST":
        return opened_by(stored.flags)
    return _sent_part(request)


def _sent_part(request: HttpRequest) -> list[str]:
    sent = request.POST.get("part", "").split()
    return [name for name in RegistrationForm.base_fields if name in sent]


def _answers(request: HttpRequest, stored: Correction) -> Mapping[str, str]:
    """What was sent; of a page with some fields alone, the others as they are stored: they never left."""
    part = _part(request, stored)
    if not part:
        return answers(request)
    return stored.typed | _typed(request, part)


def _typed(request: HttpRequest, part: list[str]) -> dict[str, str]:
    fields = RegistrationForm.base_fields
    return {
        name: fields[name].widget.value_from_datadict(request.POST, request.FILES, name) or ""
        for name in part
    }


def _travelling(request: HttpRequest, form: RegistrationForm, stored: Correction) -> list[tuple[str, str]]:
    """What the check page carries in hidden fields: the answers of this part, and what the page stands on."""
    part = _part(request, stored)
    answers = [(name, form[name].data) for name in part or form.fields if form[name].data]
    marks = [("part", " ".join(part))] if part else []
    return [*answers, *marks, ("seen", request.POST.get("seen", ""))]


def _seen(request: HttpRequest) -> int | None:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 6 else None


def _standing_on(request: HttpRequest, stored: Correction, status: int) -> int:
    """The decision that the officer has seen: of a page that comes back, the one it was sent with, or a version of a
    colleague would be written over unseen. A conflict tells them, so from there on it is the newest."""
    return stored.seen if status == CONFLICT else _seen(request) or stored.seen


def _form_page(
    request: HttpRequest,
    form: RegistrationForm,
    registration: Registration,
    stored: Correction,
    *,
    status: int = 200,
) -> HttpResponse:
    """The flagged fields alone where there are some, unless the whole form is asked for or an error lies outside."""
    part = _part(request, stored)
    outside = form.is_bound and not set(form.errors) <= set(part)
    if not part or outside or request.POST.get("step") == WHOLE:
        return form_page(
            request,
            form,
            registration=registration,
            reason=stored.reason,
            flags=flag_lines(stored.flags),
            seen=_standing_on(request, stored, status),
            status=status,
        )
    form.prepare_page(day=timezone.localdate(registration.registered_at))
    context = {
        "form": form,
        "registration": registration,
        "reason": stored.reason,
        "flagged": [(form[name], stored.flags.get(name, "")) for name in part],
        "part": " ".join(part),
        "seen": _standing_on(request, stored, status),
        "has_errors": bool(form.is_bound and form.errors),
    }
    return render(request, "enrolment/registration_flagged.html", context, status=status)


def _is_open(registration: Registration) -> bool:
    """May its officer still correct it? Only then is anything that is stored put into the form."""
    return State.SUBMITTED in moves_of(Actor.OFFICER, registration.state) and not registration.with_head_at


def _decided(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The branch was faster. What is stored stays closed, whatever was sent: a correction that had arrived before gets
    its receipt, any other comes back as it was typed."""
    part = _sent_part(request)
    if not part and "submission_id" not in request.POST:
        return _moved_on(request, registration)
    if part and _was_heard(request, registration):
        return receipt_page(request, "same", registration)
    form = RegistrationForm(answers(request), user=request.user, correcting=registration)
    if not part and form.is_valid() and registrations.is_stored(registration, entry=form.entry()):
        return receipt_page(request, "same", registration)
    if wants_json(request):
        return for_scripts.answer(request, "refused")
    messages.warning(
        request,
        _("The branch head is looking at it, so this was not sent. Tell the branch.")
        if registration.with_head_at
        else _("The branch has decided meanwhile, so this was not sent. Tell the branch."),
    )
    return _typed_page(request, registration)


def _was_heard(request: HttpRequest, registration: Registration) -> bool:
    """Did this officer's correction follow on what this page stands on? Then it is this one, sent a second time."""
    seen = _seen(request)
    return (
        seen is not None
        and registration.decisions.filter(
            number=seen + 1, by=request.user, target=State.SUBMITTED, version__gt=1
        ).exists()
    )


def _typed_page(request: HttpRequest, registration: Registration) -> HttpResponse:
    """What was typed and nothing else: no stored answer, no reason, no access row."""
    part = _sent_part(request)
    data = _typed(request, part) if part else answers(request)
    form = RegistrationForm(data, user=request.user, correcting=registration)
    if not part:
        return form_page(request, form, registration=registration, seen=_seen(request), status=CONFLICT)
    form.errors.clear()  # of the answers that are not on this page
    form.prepare_page(day=timezone.localdate(registration.registered_at))
    context = {
        "form": form,
        "registration": registration,
        "flagged": [(form[name], "") for name in part],
        "part": " ".join(part),
        "seen": _seen(request),
        "reason": "",
        "has_errors": False,
    }
    return render(request, "enrolment/registration_flagged.html", context, status=CONFLICT)


def _moved_on(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The officer can't do this any more: back to the receipt, which shows the state and why."""
    messages.warning(
        request,
        _("The branch head is looking at it. You can correct it once they have sent it back.")
        if registration.with_head_at
        else _("The branch has decided meanwhile. Here is where it stands."),
    )
    return redirect("registration-receipt", registration.reference)
