"""The branch's template for the core system: the edition in force, and making the next one.

A file is read, its columns are mapped, what changes is shown, and only then an edition is stored. One address for all
of it; what was typed travels with the page, the file waits sealed (`kept_files`).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from enrolment import collective, kept_files, tables
from enrolment.actions import collective_templates
from enrolment.exports import collective as export
from enrolment.exports import own_template
from enrolment.forms.collective_template import Frame, HeadingsForm, TemplateFileForm, TemplateForm
from enrolment.models import CollectiveTemplate, JobType
from enrolment.permissions import EDIT_TEMPLATE
from enrolment.queries.collective_templates import InForce, in_force
from enrolment.tables import Unreadable
from enrolment.views import template_words
from outreach.errors import ActionRefused
from outreach.views.guards import branch_only
from outreach.views.statuses import CONFLICT, REFUSED

LIST = "admin:enrolment_collectivetemplate_changelist"
FIND, SHOW, CHANGE, SAMPLE, SAVE = "find", "show", "change", "sample", "save"
SHOWN_EDITIONS = 50
_KIND = "template"

may_edit = branch_only(EDIT_TEMPLATE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits; without one the columns stay those in force."""

    word: str = ""
    name: str = ""
    content: bytes | None = None


class Forgotten(Exception):
    """The file waits no more."""


@require_safe
@never_cache
@may_edit
def shown(request: HttpRequest) -> HttpResponse:
    """What is in force, where it came from, and the earlier editions."""
    now = in_force(request.user.branch_id)
    jobs = _jobs()
    editions = CollectiveTemplate.objects.visible_to(request.user).defer(
        "workbook", "layout", "answer_layout"
    )
    context = {
        "title": _("Collective template"),
        "now": now,
        "columns": template_words.columns(now.layout),
        "codes": template_words.codes(now.layout, jobs),
        "answer": template_words.answer(now.answer_layout),
        "editions": editions.select_related("added_by").order_by("-number")[:SHOWN_EDITIONS],
        "form": TemplateFileForm(),
    }
    return _page(request, "admin/enrolment/template.html", context)


@require_safe
@never_cache
@may_edit
def sample(request: HttpRequest) -> HttpResponse:
    """The template in force, filled with one invented person."""
    return _sample(request, in_force(request.user.branch_id))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@may_edit
def edit(request: HttpRequest) -> HttpResponse:
    """The mapping of what is in force (GET) or of an uploaded file; what changes; saving it."""
    now = in_force(request.user.branch_id)
    if request.method != "POST":
        return _mapping(request, now, Upload(), Frame.of(now.layout))
    act = request.POST.get("act")
    if act not in (FIND, SHOW, CHANGE, SAMPLE, SAVE):
        return _uploaded(request, now)
    try:
        upload = _waiting(request)
    except Forgotten:
        messages.warning(request, _("This file is no longer kept. Choose it again."))
        return _file_page(request, TemplateFileForm(), status=CONFLICT)
    return _find(request, now, upload) if act == FIND else _typed(request, now, upload, act)


def _uploaded(request: HttpRequest, now: InForce) -> HttpResponse:
    """A file came in: on to its columns, or to the question where its headings are."""
    form = TemplateFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _file_page(request, form, status=REFUSED)
    file: UploadedFile = form.cleaned_data["file"]
    content, name = file.read(), " ".join(file.name.split())[-120:]
    try:
        if not tables.is_workbook(content, name=name):
            raise Unreadable(
                "not_xlsx", _("This is no .xlsx file. Save the template as .xlsx and choose that file.")
            )
        found = own_template.find(content)
    except Unreadable as refused:
        form.add_error("file", refused.sentence)
        return _file_page(request, form, status=REFUSED)
    upload = Upload(kept_files.keep(content, person_id=request.user.pk, kind=_KIND), name, content)
    if found is None:
        return _ask(request, upload)
    return _mapping(request, now, upload, _frame(found))


def _find(request: HttpRequest, now: InForce, upload: Upload) -> HttpResponse:
    """The headings are where somebody says."""
    form = HeadingsForm(request.POST, sheets=tables.sheet_names(upload.content or b""))
    if not form.is_valid():
        return _ask(request, upload, form, status=REFUSED)
    found = own_template.find(upload.content, **form.cleaned_data)
    if found is None:
        form.add_error("heading_row", _("This row is empty. Write the row of the headings."))
        return _ask(request, upload, form, status=REFUSED)
    return _mapping(request, now, upload, _frame(found))


def _typed(request: HttpRequest, now: InForce, upload: Upload, act: str) -> HttpResponse:
    """The mapping was posted: back to it, or what it changes, or a sample of it, or it is saved."""
    frame = _posted_frame(request, now, upload)
    form = TemplateForm(request.POST, frame=frame, jobs=_jobs())
    if not form.is_valid():
        return _mapping(request, now, upload, frame, form, status=REFUSED)
    if act == CHANGE:
        return _mapping(request, now, upload, frame, form)
    after = _after(now, upload, form)
    kept_whole = True
    if after.workbook is not None:
        try:
            kept_whole = own_template.check(after.workbook, after.layout)
        except Unreadable as refused:
            form.add_error("first_row", refused.sentence)
            return _mapping(request, now, upload, frame, form, status=REFUSED)
    if act == SAMPLE:
        return _sample(request, after)
    if act == SAVE:
        try:
            return _save(request, form, after)
        except ActionRefused as refused:
            messages.warning(request, str(refused))
            return _effect(request, now, upload, form, after, kept_whole=kept_whole, status=CONFLICT)
    return _effect(request, now, upload, form, after, kept_whole=kept_whole)


def _save(request: HttpRequest, form: TemplateForm, after: InForce) -> HttpResponse:
    edition = collective_templates.add(
        by=request.user,
        layout=after.layout,
        answer_layout=after.answer_layout,
        workbook=after.workbook,
        workbook_name=after.edition.workbook_name if after.edition else "",
        note=form.cleaned_data["note"],
        seen=_number(request.POST.get("seen")),
    )
    messages.success(
        request, _("Edition %(number)d is in force. New batches take it.") % {"number": edition.number}
    )
    return redirect(LIST)


def _after(now: InForce, upload: Upload, form: TemplateForm) -> InForce:
    """What would be in force; its edition is not stored and only names the file."""
    workbook = now.workbook if upload.content is None else upload.content
    edition = None
    if workbook is not None:
        name = upload.name if upload.content is not None else now.edition.workbook_name
        edition = CollectiveTemplate(workbook_name=name, sha256=hashlib.sha256(workbook).hexdigest())
    return InForce(form.layout(), form.answer_layout(), workbook, edition)


def _waiting(request: HttpRequest) -> Upload:
    word = request.POST.get("word", "")
    if not word:
        return Upload()
    content = kept_files.take(word, person_id=request.user.pk, kind=_KIND)
    if content is None:
        raise Forgotten
    return Upload(word, " ".join(request.POST.get("name", "").split())[-120:] or "template.xlsx", content)


def _frame(found: own_template.Found) -> Frame:
    first_row = min(found.empty_row, collective.LATEST_HEADING_ROW + 1)
    return Frame.read(found.sheet, found.heading_row, first_row, found.headings[: collective.MOST_COLUMNS])


def _posted_frame(request: HttpRequest, now: InForce, upload: Upload) -> Frame:
    """Read again from the file: what a page says of it is not believed."""
    if upload.content is None:
        return Frame.of(now.layout)
    sheet, heading_row = request.POST.get("sheet", ""), _number(request.POST.get("heading_row"))
    try:
        found = own_template.find(upload.content, sheet=sheet, heading_row=heading_row or None)
    except Unreadable:
        found = None
    found = found or own_template.find(upload.content)
    return _frame(found) if found else Frame.of(now.layout)


def _sample(request: HttpRequest, of: InForce) -> HttpResponse:
    """One person who does not exist: no NIK ends in 0000."""
    regency = request.user.branch.regency_code
    invented = {
        "nik": f"{regency.replace('.', '')}014101800000",
        "full_name": "Contoh Pekerja",
        "birth_date": "1980-01-01",
        "phone": "+6281200000000",
        "email": "contoh@example.com",
        "job_type_1": _first(of.layout, "job_type_1", "P050"),
        "job_type_2": "",
        "work_location": regency,
        "income": "2500000",
        "package": _first(of.layout, "package", "T"),
        "months": _first(of.layout, "months", "1"),
    }
    row, _faults = collective.cells(invented, of.layout)
    content = export.workbook(of.layout, [row], original=of.workbook)
    response = HttpResponse(content, content_type=export.CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="contoh-templat-kolektif.xlsx"'
    return response


def _first(layout: collective.Layout, source: str, usual: str) -> str:
    named = {code: text for code, text in layout.codes.get(source, {usual: usual}).items() if text}
    return usual if usual in named else next(iter(named), "")


def _jobs() -> list[JobType]:
    return list(JobType.objects.order_by("position", "name"))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _file_page(request: HttpRequest, form: TemplateFileForm, *, status: int) -> HttpResponse:
    context = {"title": _("Upload the branch's template"), "form": form, "has_errors": bool(form.errors)}
    return _page(request, "admin/enrolment/template_file.html", context, status=status)


def _ask(
    request: HttpRequest, upload: Upload, form: HeadingsForm | None = None, *, status: int = 200
) -> HttpResponse:
    form = form or HeadingsForm(sheets=tables.sheet_names(upload.content or b""))
    context = {
        "title": _("Where are the headings?"),
        "form": form,
        "has_errors": bool(form.errors),
        "upload": upload,
    }
    return _page(request, "admin/enrolment/template_headings.html", context, status=status)


def _mapping(
    request: HttpRequest,
    now: InForce,
    upload: Upload,
    frame: Frame,
    form: TemplateForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    if form is None:
        jobs = _jobs()
        initial = TemplateForm.initial_of(frame, now.layout, now.answer_layout, jobs)
        form = TemplateForm(initial=initial, frame=frame, jobs=jobs)
    context = {
        "title": _("Change the collective template"),
        "form": form,
        "has_errors": bool(form.errors),
        "upload": upload,
        "frame": frame,
    }
    return _page(request, "admin/enrolment/template_edit.html", context, status=status)


def _effect(
    request: HttpRequest,
    now: InForce,
    upload: Upload,
    form: TemplateForm,
    after: InForce,
    *,
    kept_whole: bool,
    status: int = 200,
) -> HttpResponse:
    number = now.edition.number if now.edition else 0
    context = {
        "title": _("What edition %(number)d changes") % {"number": number + 1},
        "changes": template_words.changes(now, after, form.jobs),
        "left_out": ", ".join(template_words.left_out(after.layout)),
        "kept_whole": kept_whole,
        "typed": [(name, form.data[name]) for name in form.fields if form.data.get(name)],
        "note": form.cleaned_data["note"],
        "upload": upload,
        "frame": form.frame,
        "seen": number,
    }
    return _page(request, "admin/enrolment/template_effect.html", context, status=status)


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    shared = {**admin.site.each_context(request), "opts": CollectiveTemplate._meta}
    return render(request, template, {**shared, **context}, status=status)
