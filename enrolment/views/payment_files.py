"""A list of payments as a file: looked at first, then written down together."""

from collections import Counter
from collections.abc import Sequence

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment import kept_files, payment_files
from enrolment.actions import payment_files as files
from enrolment.actions.payment_files import Line
from enrolment.choices import EntryKind
from enrolment.forms.payments import PaymentFileForm
from enrolment.views.participations import may_follow
from outreach.errors import ActionRefused
from outreach.views.statuses import CONFLICT, REFUSED

CONFIRM = "confirm"
_KIND = "payment"
_OUTCOMES = ("new", "left")
"""Rows that are shown one by one: the others are only counted."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_follow
def upload(request: HttpRequest) -> HttpResponse:
    """Upload → preview, with nothing written → confirm → the same list of what was written down."""
    if request.method != "POST":
        return _page(request)
    if request.POST.get("act") == CONFIRM:
        return _confirm(request)
    form = PaymentFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    file = form.cleaned_data["file"]
    content = file.read()
    try:
        rows = payment_files.read(content, name=file.name)
        lines = files.preview(rows, by=request.user)
    except payment_files.Refused as refused:
        form.add_error("file", list(refused.sentences))
        return _page(request, form, status=REFUSED)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, form, status=CONFLICT)
    return _page(request, lines=lines, word=kept_files.keep(content, person_id=request.user.pk, kind=_KIND))


def _confirm(request: HttpRequest) -> HttpResponse:
    content = kept_files.take(request.POST.get("word", ""), person_id=request.user.pk, kind=_KIND)
    if content is None:
        messages.warning(request, _("This preview is no longer kept. Choose the file again."))
        return _page(request, status=CONFLICT)
    return _page(request, lines=files.apply(payment_files.read(content, name=""), by=request.user))


def _page(
    request: HttpRequest,
    form: PaymentFileForm | None = None,
    *,
    lines: Sequence[Line] = (),
    word: str = "",
    status: int = 200,
) -> HttpResponse:
    form = form or PaymentFileForm()
    counts = files.outcomes(lines)
    context = {
        **admin.site.each_context(request),
        "title": _("Read a list of payments"),
        "has_errors": bool(form.errors),
        "form": form,
        "lines": [_shown(line) for line in lines if line.outcome in _OUTCOMES],
        "said": _said(counts, done=not word) if lines else "",
        "new": counts["new"],
        "word": word,
    }
    return render(request, "admin/enrolment/payment_file.html", context, status=status)


def _said(counts: Counter, *, done: bool) -> str:
    new = counts["new"]
    first = (
        ngettext("%(n)d row written down", "%(n)d rows written down", new)
        if done
        else ngettext("%(n)d row to write down", "%(n)d rows to write down", new)
    )
    parts = (
        first % {"n": new},
        ngettext("%(n)d known already", "%(n)d known already", counts["same"]) % {"n": counts["same"]},
        ngettext("%(n)d left", "%(n)d left", counts["left"]) % {"n": counts["left"]},
        ngettext("%(n)d of nobody approved here", "%(n)d of nobody approved here", counts["stranger"])
        % {"n": counts["stranger"]},
    )
    return ", ".join(parts) + "."


def _shown(line: Line) -> dict:
    """What is written down of a row, in words; or why it is left."""
    said = ", ".join(str(EntryKind(kind).label) for kind in line.said)
    return {
        "number": line.number,
        "is_new": line.outcome == "new",
        "said": said or line.sentence,
        "line": line,
    }
