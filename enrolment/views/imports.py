"""The import page: a file of paper forms is looked at first, then stored."""

import csv
from collections import Counter
from collections.abc import Sequence

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment import paper
from enrolment.errors import ERRORS
from enrolment.forms.import_file import ImportFileForm
from enrolment.forms.registration import RegistrationForm
from enrolment.permissions import IMPORT
from enrolment.queries import queue
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

CONFIRM = "confirm"
SHOWN_ROWS = 500
TEMPLATE_COLUMNS = ("row", *paper.COLUMNS)

# Fields whose label on the form is empty, because there they are hidden or a whole sentence.
_LABELS = {
    "row": gettext_lazy("Row"),
    "submission_id": gettext_lazy("Form number"),
    "event": gettext_lazy("Event"),
    "booth": gettext_lazy("Booth"),
    "officer": gettext_lazy("Officer"),
    "consent_version": gettext_lazy("Consent"),
    "consent_at": gettext_lazy("Time of consent"),
}

may_import = branch_only(IMPORT)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_import
def upload(request: HttpRequest) -> HttpResponse:
    """Upload → preview, with nothing written → confirm → the same table with references. `?template=1`: the header."""
    if request.method != "POST":
        return _template_file() if request.GET.get("template") else _page(request)
    if request.POST.get("act") == CONFIRM:
        return _confirm(request)
    form = ImportFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    content = form.cleaned_data["file"]
    try:
        rows = paper.read_rows(content)
    except paper.NotSuchAFile as refused:
        form.add_error("file", str(refused))
        return _page(request, form, status=REFUSED)
    lines = paper.preview(rows, by=request.user)
    return _page(request, lines=lines, word=paper.set_aside(content, by=request.user))


def _confirm(request: HttpRequest) -> HttpResponse:
    content = paper.take_back(request.POST.get("word", ""), by=request.user)
    if content is None:
        messages.warning(request, _("This preview is no longer kept. Choose the file again."))
        return _page(request, status=CONFLICT)
    lines = list(paper.import_rows(paper.read_rows(content), by=request.user))
    return _page(request, lines=lines)


def _page(
    request: HttpRequest,
    form: ImportFileForm | None = None,
    *,
    lines: Sequence[paper.Line] = (),
    word: str = "",
    status: int = 200,
) -> HttpResponse:
    form = form or ImportFileForm()
    counts = Counter(line.outcome for line in lines)
    context = {
        **admin.site.each_context(request),
        "title": _("Import paper forms"),
        "has_errors": bool(form.errors),
        "form": form,
        "lines": [_shown(line) for line in lines[:SHOWN_ROWS]],
        "more": max(0, len(lines) - SHOWN_ROWS),
        "said": _said(len(lines), counts),
        "total": sum(line.contribution_total or 0 for line in lines),
        "new": counts["created"],
        "word": word,
        "columns": paper.COLUMNS,
        "optional": ", ".join(name for name in paper.COLUMNS if name in paper.OPTIONAL),
    }
    return render(request, "admin/enrolment/import.html", context, status=status)


def _said(rows: int, counts: Counter) -> str:
    return _(
        "%(rows)d rows: %(created)d new, %(same)d already here, %(conflict)d in conflict, %(refused)d refused."
    ) % {"rows": rows, **{name: counts[name] for name in ("created", "same", "conflict", "refused")}}


def _shown(line: paper.Line) -> dict:
    """A line with its codes as sentences and short words."""
    return {
        "line": line,
        "errors": [_sentence(coded) for coded in line.errors],
        "chips": queue.chips(line.warnings),
    }


def _sentence(coded: str) -> tuple[str, str]:
    """(label of the field, what to do) of `field:code`."""
    field, _colon, code = coded.partition(":")
    known = RegistrationForm.base_fields.get(field)
    label = _LABELS.get(field) or (known and known.label) or field
    return label, str(ERRORS[code])


def _template_file() -> HttpResponse:
    """An empty table with the columns of the import."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="pendaftaran.csv"'
    csv.writer(response).writerow(TEMPLATE_COLUMNS)
    return response
