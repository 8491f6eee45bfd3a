"""Reading the core system's answer to a batch back: the file is looked at first, then taken in as a whole."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enrolment import kept_files
from enrolment.actions import read_back
from enrolment.actions.read_back import Plan
from enrolment.exports import collective
from enrolment.forms.batches import AnswerFileForm
from enrolment.models import Batch
from enrolment.queries import collective_templates
from enrolment.tables import Unreadable
from enrolment.views.batches import found, may_hand_over
from outreach.errors import ActionRefused
from outreach.views.statuses import CONFLICT, REFUSED

CONFIRM = "confirm"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@may_hand_over
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Upload → what it would bring, with nothing written → confirm. A batch that is over has its own page."""
    batch = found(request, number)
    if request.method != "POST":
        return _page(request, batch) if batch.is_open else redirect("admin:enrolment_batch_one", number)
    if request.POST.get("act") == CONFIRM:
        return _confirm(request, batch)
    form = AnswerFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, batch, form, status=REFUSED)
    uploaded = form.cleaned_data["file"]
    content = uploaded.read()
    if read_back.is_same(batch, content):
        return _as_before(request, batch)
    try:
        answers = _read(batch, content, uploaded.name)
        planned = read_back.preview(by=request.user, batch=batch, answers=answers)
    except Unreadable as refused:
        form.add_error("file", refused.sentence)
        return _page(request, batch, form, status=REFUSED)
    except ActionRefused as refused:
        form.add_error("file", str(refused))
        late = refused.code == "limited" or not batch.is_open
        return _page(request, batch, form, status=CONFLICT if late else REFUSED)
    word = kept_files.keep(content, person_id=request.user.pk, kind=_kind(batch))
    return _page(request, batch, planned=planned, word=word)


def _confirm(request: HttpRequest, batch: Batch) -> HttpResponse:
    content = kept_files.take(request.POST.get("word", ""), person_id=request.user.pk, kind=_kind(batch))
    if content is None:
        messages.warning(request, _("This preview is no longer kept. Choose the file again."))
        return _page(request, batch, status=CONFLICT)
    try:
        answers = _read(batch, content)
        is_new = read_back.apply(by=request.user, batch=batch, answers=answers, content=content)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        return _page(request, batch, status=CONFLICT)
    if not is_new:
        return _as_before(request, batch)
    messages.success(request, _("The answer to batch %(batch)s is read back. %(said)s") % {
        "batch": batch, "said": _counted(sum(a.accepted for a in answers), sum(not a.accepted for a in answers)),
    })  # fmt: skip
    return redirect("admin:enrolment_batch_one", batch.number)


def _as_before(request: HttpRequest, batch: Batch) -> HttpResponse:
    messages.info(request, _("This very file was read back before. Nothing was changed."))
    return redirect("admin:enrolment_batch_one", batch.number)


def _read(batch: Batch, content: bytes, name: str = "") -> list[collective.Answer]:
    return collective.answers(content, collective_templates.of(batch.edition).answer_layout, name=name)


def _kind(batch: Batch) -> str:
    return f"answer-{batch.pk}"


def _counted(accepted: int, refused: int) -> str:
    return " ".join((
        ngettext("%d accepted.", "%d accepted.", accepted) % accepted,
        ngettext("%d refused.", "%d refused.", refused) % refused,
    ))  # fmt: skip


def _page(
    request: HttpRequest,
    batch: Batch,
    form: AnswerFileForm | None = None,
    *,
    planned: Plan | None = None,
    word: str = "",
    status: int = 200,
) -> HttpResponse:
    form = form or AnswerFileForm()
    without = (
        [match for match in (*planned.accepted, *planned.refused) if not match.effect] if planned else []
    )
    context = {
        **admin.site.each_context(request),
        "title": _("Read the answer to batch %s back") % batch,
        "has_errors": bool(form.errors),
        "batch": batch,
        "form": form,
        "planned": planned,
        "said": _counted(len(planned.accepted), len(planned.refused)) if planned else "",
        "without": without,
        "word": word,
    }
    return render(request, "admin/enrolment/batch_answer.html", context, status=status)
