"""One approved registration on its way to a participant, in the admin: what BPJS and the bank say is written down."""

import uuid

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment.actions import participant_numbers, participation_sheets, payment_calls, payments
from enrolment.choices import EntryKind, Stage
from enrolment.forms.payments import ENTRY_FORMS, EntryForm, NumbersForm
from enrolment.models import Participation, ParticipationEntry, Registration
from enrolment.models.payment import corrections
from enrolment.permissions import FOLLOW_PAYMENT
from enrolment.queries import participations as queries
from outreach.errors import ActionRefused
from outreach.models import User
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

OPEN = "open"
TO_CORRECT = frozenset(("too_early", "too_late", "day_taken", "reason_missing", "number_held"))
"""Refusals that something else in the same request would mend."""
_FIELDS = {
    "too_early": "on",
    "too_late": "on",
    "day_taken": "on",
    "reason_missing": "reason",
    "corrected": "replaces",
    "number_held": "number",
}
_HEADINGS = {
    EntryKind.CODE: gettext_lazy("Payment code"),
    EntryKind.NUMBER: gettext_lazy("Participant number (KPJ)"),
    EntryKind.PAID: gettext_lazy("First payment"),
    EntryKind.LATER: gettext_lazy("Later payment"),
    EntryKind.CARD: gettext_lazy("Card"),
}
_BUTTONS = {
    EntryKind.CODE: gettext_lazy("Write down the payment code"),
    EntryKind.NUMBER: gettext_lazy("Write down the participant number"),
    EntryKind.PAID: gettext_lazy("Write down the first payment"),
    EntryKind.LATER: gettext_lazy("Write down a later payment"),
    EntryKind.CARD: gettext_lazy("Write down the card"),
}

may_follow = branch_only(FOLLOW_PAYMENT)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_follow
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """How far it has come, and what is written down; another thing to write down; the two numbers for a purpose."""
    participation = followed(request, reference)
    if request.method != "POST":
        return _page(request, participation)
    act = request.POST.get("act", "")
    if act == OPEN:
        opening = NumbersForm(request.POST)
        return _page(request, participation, opening=opening, status=200 if opening.is_valid() else REFUSED)
    if act not in EntryKind.values:
        raise BadRequest("no such act")
    written = queries.entries(participation)
    form = _entry_form(
        act, written, request.POST, correcting="replaces" in request.POST or _is_one(written, act)
    )
    if not form.is_valid():
        return _page(request, participation, form=form, status=REFUSED)
    try:
        done = payments.write(
            by=request.user, participation=participation, entry_id=form.cleaned_data["id"], said=form.said(),
            reason=form.cleaned_data.get("reason", ""), although=form.cleaned_data.get("although", False),
        )  # fmt: skip
    except ActionRefused as refused:
        return _refused(request, reference, form, refused)
    _say(request, done)
    return redirect(address(participation.registration))


def _refused(request: HttpRequest, reference: str, form: EntryForm, refused: ActionRefused) -> HttpResponse:
    """At the field that would mend it, else over the page; as everything stands now."""
    named, participation = _FIELDS.get(refused.code), followed(request, reference)
    if refused.code == "number_held":
        form.offer_although()
    if refused.code == "corrected":
        form.choose_anew(queries.later_payments(queries.entries(participation)))
    form.add_error(named if named in form.fields else None, str(refused))
    status = REFUSED if refused.code in TO_CORRECT else CONFLICT
    return _page(request, participation, form=form, status=status)


def _say(request: HttpRequest, done: payments.Written) -> None:
    if not done.is_new:
        messages.info(request, _("This was already stored. Nothing was added."))
    elif done.accepted:
        messages.success(
            request, _("Written down. Who has paid is in the core system, so it is marked as accepted too.")
        )
    else:
        messages.success(request, _("Written down."))


def followed(request: HttpRequest, reference: str) -> Participation:
    """The participation that stands of a registration of this person's branch, else its last one; or 404."""
    rows = Registration.objects.visible_to(request.user).select_related("event", "booth")
    registration = get_object_or_404(rows, reference=reference)
    participation = queries.newest(registration)
    if participation is None:
        raise Http404
    participation.registration = registration
    return participation


def address(registration: Registration) -> str:
    """The page of one participation."""
    return reverse("admin:enrolment_registration_participation", args=[registration.reference])


def panel(registration: Registration, user: User) -> dict:
    """What the review page shows of it; nothing for who does not follow payments, or before an approval."""
    row = queries.newest(registration) if user.has_perm(FOLLOW_PAYMENT) else None
    return {"participation": row, "participation_card": row and queries.card_day(queries.entries(row))}


def _page(
    request: HttpRequest,
    participation: Participation,
    *,
    form: EntryForm | None = None,
    opening: NumbersForm | None = None,
    status: int = 200,
) -> HttpResponse:
    registration, written = participation.registration, queries.entries(participation)
    opened = bool(opening and opening.is_bound and opening.is_valid())
    sheet = participation_sheets.sheet(
        participation, written, by=request.user, opened=opened,
        purpose=opening.cleaned_data["purpose"] if opened else participation_sheets.LOOKED_AT,
    )  # fmt: skip
    is_open = participation.ended_at is None and registration.consent_withdrawn_at is None
    context = {
        **admin.site.each_context(request),
        "title": _("Participation %s") % registration,
        "registration": registration,
        "participation": participation,
        "card_on": queries.card_day(written),
        "sheet": sheet,
        "has_numbers": any(entry.kind in EntryKind.numbers() for entry in written),
        "written": [
            (entry, sheet.numbers.get(entry.pk, ""), sheet.reasons.get(entry.pk, "")) for entry in written
        ],
        "held": _held(participation),
        "replaced": {entry.pk for entry in corrections(reversed(written)).values()},
        "calls": queries.calls(participation),
        "may_call": payment_calls.may_be_called(participation),
        "is_open": is_open,
        "forms": _forms(participation, written, form) if is_open else [],
        "form": form or (opening if opening and opening.errors else None) or NumbersForm(),
        "opening": opening or NumbersForm(),
        "has_errors": bool((form and form.errors) or (opening and opening.errors)),
    }
    return render(request, "admin/enrolment/participation.html", context, status=status)


def _held(participation: Participation) -> str:
    """That another worker has the same participant number: said as long as it is so."""
    if participation.number_index is None:
        return ""
    index = bytes(participation.number_index)
    held = participant_numbers.held([index])
    return participant_numbers.of_another(index, participation.registration, held)


def _forms(
    participation: Participation, written: list[ParticipationEntry], sent: EntryForm | None
) -> list[dict]:
    """What can be written down now; first what comes next, what is there already only to be corrected."""
    kinds = [EntryKind.CODE, EntryKind.NUMBER, EntryKind.PAID]
    if participation.stage in Stage.after_payment():
        kinds = [EntryKind.CARD, EntryKind.LATER, *kinds]
    asked = [(kind, _is_one(written, kind)) for kind in kinds]
    if queries.later_payments(written):
        asked.append((EntryKind.LATER, True))
    found = []
    for kind, correcting in asked:
        form = _entry_form(kind, written, correcting=correcting)
        if sent and (sent.kind, sent.correcting) == (kind, correcting):
            form = sent
        elif sent and sent.kind == kind != EntryKind.LATER:  # somebody was faster: now it takes a reason
            form = _entry_form(kind, written, sent.data, correcting=correcting)
        found.append(
            {
                "kind": kind,
                "form": form,
                "heading": _HEADINGS[kind],
                "button": _BUTTONS[kind],
                "correcting": correcting,
                "shown": form.is_bound,
            }
        )
    found.sort(key=lambda one: one["correcting"])
    return [{**one, "main": place == 0} for place, one in enumerate(found)]


def _entry_form(
    kind: str, written: list[ParticipationEntry], data: QueryDict | None = None, *, correcting: bool
) -> EntryForm:
    later = queries.later_payments(written)
    return ENTRY_FORMS[EntryKind(kind)](
        data, initial={"id": uuid.uuid4()}, correcting=correcting, later=later
    )


def _is_one(written: list[ParticipationEntry], kind: str) -> bool:
    """Is it there, and only to be corrected? A later payment stands beside the others."""
    return kind != EntryKind.LATER and any(entry.kind == kind for entry in written)
