"""Handing over in the admin: who waits and fits, making a batch, its page and its file."""

from collections.abc import Sequence
from uuid import uuid4

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from enrolment.actions import batches
from enrolment.actions.batches import Checked, Unfit
from enrolment.choices import Outcome, Stage
from enrolment.collective import Fault, Layout
from enrolment.errors import TEMPLATE_FAULTS
from enrolment.exports import collective
from enrolment.forms.batches import LIMIT, CancelForm, ChooseForm, MakeForm
from enrolment.models import Batch, BatchRow, Registration
from enrolment.permissions import HAND_OVER
from enrolment.queries import collective_templates, hand_over
from enrolment.queries.queue import age
from enrolment.views.wording import label
from outreach.errors import ActionRefused
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

may_hand_over = branch_only(HAND_OVER)


@require_safe
@never_cache
@may_hand_over
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits to be handed over and the batches so far; what does not fit the template once that is asked for."""
    chosen = ChooseForm(request.GET, user=request.user)
    return _waiting_page(request, chosen, status=200 if chosen.is_valid() else REFUSED)


@require_POST
@never_cache
@may_hand_over
def make(request: HttpRequest) -> HttpResponse:
    """A numbered batch of the longest waiting that fit."""
    form = MakeForm(request.POST, user=request.user)
    if not form.is_valid():
        return _waiting_page(request, form, status=REFUSED)
    try:
        made = batches.make(by=request.user, **form.cleaned_data)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _waiting_page(request, form, status=CONFLICT)
    messages.success(request, _("Batch %s is made. Download its file and give it to the core system.") % made)
    return redirect("admin:enrolment_batch_one", made.number)


@require_safe
@never_cache
@may_hand_over
def one(request: HttpRequest, number: int) -> HttpResponse:
    """A batch: how far it is, what is left to do with it, and its rows without anybody's data."""
    return batch_page(request, found(request, number))


@require_POST
@never_cache
@may_hand_over
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The batch as the core system's template. It is in the audit chain before it leaves, each time."""
    batch = found(request, number)
    try:
        rows = batches.file_rows(by=request.user, batch=batch)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        return batch_page(request, found(request, number), status=CONFLICT)
    template = collective_templates.of(batch.edition)
    content = collective.workbook(template.layout, rows, original=template.workbook)
    name = f'attachment; filename="gelombang-{batch.number}.xlsx"'
    return HttpResponse(content, collective.CONTENT_TYPE, headers={"Content-Disposition": name})


@require_POST
@never_cache
@may_hand_over
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Until it is read back a batch may be given up."""
    batch, form = found(request, number), CancelForm(request.POST)
    if not form.is_valid():
        return batch_page(request, batch, form, status=REFUSED)
    try:
        back = batches.cancel(by=request.user, batch=batch, **form.cleaned_data)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        return batch_page(request, found(request, number), status=CONFLICT)
    said = ngettext("%d registration waits again.", "%d registrations wait again.", back) % back
    messages.success(request, _("Batch %(batch)s is cancelled. %(said)s") % {"batch": batch, "said": said})
    return redirect("admin:enrolment_batch_one", batch.number)


def found(request: HttpRequest, number: int) -> Batch:
    """A batch of this person's branch, or 404."""
    return get_object_or_404(hand_over.with_counts(request.user), number=number)


def _waiting_page(request: HttpRequest, chosen: ChooseForm, *, status: int) -> HttpResponse:
    """`chosen` is bound; a MakeForm is the one that was just refused. Nobody is opened until somebody has chosen: who
    comes for a batch of last week looks at no worker."""
    figures, now = hand_over.figures(request.user), timezone.now()
    data = getattr(chosen, "cleaned_data", {})
    event, limit = data.get("event"), data.get("limit", LIMIT)
    answerable = figures.waiting and "limit" in chosen.data and not {"event", "limit"} & chosen.errors.keys()
    checked = batches.check(by=request.user, event=event) if answerable else None
    listed = hand_over.batches(request.user, older=_number(request.GET.get("older", "")))
    context = {
        **admin.site.each_context(request),
        "title": _("Hand over to the core system"),
        "has_errors": bool(chosen.errors),
        "figures": _strip(figures, now=now),
        "waits": figures.waiting > 0,
        "chosen": ChooseForm(
            {"event": event.slug if event else "", "limit": chosen.data.get("limit") or limit},
            user=request.user,
        )
        if not chosen.errors
        else chosen,
        "event": event,
        "limit": limit,
        "batch_id": uuid4(),
        "checked": checked,
        "going": min(limit, len(checked.fitting)) if checked else 0,
        "capped": figures.waiting > hand_over.CHECKED,
        "unfit": unfit_lines(checked) if checked else [],
        "batches": [(one, *state_of(one)) for one in listed.rows],
        "url_older": f"?{urlencode({'older': listed.older})}" if listed.older else "",
    }
    return render(request, "admin/enrolment/hand_over.html", context, status=status)


def batch_page(
    request: HttpRequest, batch: Batch, cancelling: CancelForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of a batch; a position to go on from may stand in the address."""
    rows, following = hand_over.rows_of(batch, after=_number(request.GET.get("after", "")) or 0)
    cancelling = cancelling or CancelForm()
    context = {
        **admin.site.each_context(request),
        "title": _("Batch %s") % batch,
        "has_errors": bool(cancelling.errors),
        "batch": batch,
        "state": state_of(batch),
        "rows": [(row, *_said(row)) for row in rows],
        "withdrawn": hand_over.taken_back(batch),
        "form": cancelling,
        "url_older": f"?{urlencode({'after': following})}" if following else "",
        "url_newer": "?" if request.GET.get("after") else "",
    }
    return render(request, "admin/enrolment/batch.html", context, status=status)


def state_of(batch: Batch) -> tuple[str, str]:
    """(shape of its chip, its word)"""
    if batch.cancelled_at:
        return "withdrawn", _("Cancelled")
    if batch.read_back_at:
        return "approved", _("Answered")
    return (
        ("submitted", _("Waits for its answer"))
        if batch.downloaded_at
        else ("draft", _("Not downloaded yet"))
    )


def unfit_lines(checked: Checked) -> list[tuple[Unfit, list[tuple[str, str]]]]:
    """Each that can't go by the template, with (field, what is wrong) of its faults."""
    layout = checked.template.layout
    return [
        (one, [fault_said(fault, one.registration, layout) for fault in one.faults]) for one in checked.unfit
    ]


def fault_said(fault: Fault, registration: Registration, layout: Layout) -> tuple[str, str]:
    """(field, sentence); it says lengths and months, and nothing of the value."""
    if fault.code == "too_long":
        most = next(column.longest for column in layout.columns if column.source == fault.source)
        said = _("Longer than the %(most)d characters of the template.") % {"most": most}
    elif (fault.source, fault.code) == ("months", "not_offered"):
        said = ngettext(
            "%(months)d month is not in the template.",
            "%(months)d months are not in the template.",
            registration.months,
        ) % {"months": registration.months}
    else:
        said = str(TEMPLATE_FAULTS[fault.code])
    return label(fault.source), said


def _said(row: BatchRow) -> tuple[str, str]:
    """(shape of the chip, word) of what became of a row."""
    if row.registration.consent_withdrawn_at:
        return "withdrawn", _("Consent withdrawn")
    if row.outcome == Outcome.ACCEPTED:
        return "approved", _("Accepted")
    if row.outcome == Outcome.REFUSED:
        return "rejected", _("Refused by the core system")
    return ("submitted", str(Stage.IN_BATCH.label)) if row.live else ("draft", str(Stage.WAITING.label))


def _strip(found: hand_over.Figures, *, now) -> Sequence[dict]:
    most = hand_over.CHECKED
    number = _("more than 1,000") if found.waiting > most else found.waiting
    oldest = age(found.oldest, now=now) if found.oldest else "–"
    return [
        {"value": value, "label": text, "late": False, "url": ""}
        for value, text in (
            (number, _("wait to be handed over")),
            (oldest, _("longest since its approval")),
            (found.open_batches, _("batches without an answer")),
        )
    ]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def address(batch: Batch) -> str:
    """The page of one batch."""
    return reverse("admin:enrolment_batch_one", args=[batch.number])
