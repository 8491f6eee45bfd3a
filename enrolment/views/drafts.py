"""Drafts: kept while somebody types, gone on with later, thrown away when asked."""

from datetime import date

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enrolment.actions import disclosures, drafts
from enrolment.forms.draft import DraftForm, as_initial, is_paper, typed
from enrolment.forms.registration import RegistrationForm
from enrolment.models import ConsentText, Draft, Prospect
from enrolment.queries import stands
from enrolment.views.form_pages import form_page, officer_only, prospect_named
from outreach.errors import ActionRefused
from outreach.models import Assignment
from outreach.templatetags.formats import day_short, hour
from outreach.views.statuses import CONFLICT, REFUSED

KEEP = "keep"
PROSPECT = "prospect"


@require_POST
@never_cache
@sensitive_post_parameters()
@officer_only
def save(request: HttpRequest) -> HttpResponse:
    """For a script, so always JSON. `saved` is the hour at which this was kept; null where something else is kept
    already, under this number or a later one, which is `counter`."""
    form = DraftForm(request.POST, user=request.user)
    if not form.is_valid():
        return JsonResponse({"saved": None}, status=REFUSED)
    try:
        draft, is_newest = _kept(request, form)
    except ActionRefused as refused:
        return JsonResponse({"saved": None, "said": str(refused)}, status=CONFLICT)
    return JsonResponse({"saved": hour(draft.saved_at) if is_newest else None, "counter": draft.counter})


def keep(request: HttpRequest, *, duty: Assignment | None, on_paper: bool) -> HttpResponse:
    """The form's second button: keep it and go back to today's page. Works without a script. What can't be kept
    comes back as it was typed, with the sentence."""
    form = DraftForm(request.POST, user=request.user)
    try:
        if not form.is_valid():
            raise ActionRefused(
                "unreadable", _("This could not be kept as a draft. Check the answers and send it.")
            )
        # A page's script may have counted far; this is the newest of what it has typed.
        form.cleaned_data["draft_counter"] = None
        _kept(request, form)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        shown = RegistrationForm(user=request.user, on_paper=on_paper, initial=_initial(typed(request.POST)))
        return form_page(request, shown, duty=duty, status=REFUSED)
    messages.success(request, _("Kept as a draft. It is not sent yet."))
    return redirect("today")


@require_safe
@never_cache
@officer_only
def go_on(request: HttpRequest, submission_id) -> HttpResponse:
    """The form with what was typed. It is sent to where every form is sent."""
    draft = _own(request, submission_id)
    said = disclosures.typed(draft, by=request.user)
    duty = _duty(request, draft, said)
    day, booth = (duty.day, duty.booth) if duty else (draft.day, draft.booth)
    stand = {"event": draft.event.slug, "booth": booth.code}
    initial, prospect = _initial(said), draft.prospect_id
    # Whoever goes on with it registers for themselves, at the stand that it lies at now.
    initial |= {"officer": request.user.username, **stand}
    # As at the address that it is sent to.
    on_paper = duty is not None and (day != timezone.localdate() or bool(initial.get("sheet")))
    if on_paper and not initial.get("registered_at"):
        initial["registered_at"] = f"{day_short(day)} "
    form = RegistrationForm(user=request.user, on_paper=on_paper, initial=initial)
    named = {**stand, "day": day.isoformat(), **({PROSPECT: prospect} if prospect else {})}
    address = f"{reverse('registration-new')}?{urlencode(named)}"
    return form_page(request, form, duty=duty, draft=draft, action=address, prospect=prospect)


def _duty(request: HttpRequest, draft: Draft, said: dict[str, list[str]]) -> Assignment | None:
    """Where it is gone on with. What was begun at a stand is the registration of whichever day it is sent on, while
    the officer stands at the same event; a paper form keeps its day."""
    stand = {"event": draft.event.slug, "booth": draft.booth.code}
    now = None
    if not is_paper(said):
        now = stands.standing(request.user, **stand, day=timezone.localdate())
    return now or stands.find_duty(request.user, **stand, day=draft.day)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officer_only
def discard(request: HttpRequest, submission_id) -> HttpResponse:
    draft = _own(request, submission_id)
    if request.method != "POST":
        return render(request, "enrolment/draft_discard.html", {"draft": draft, "form": Form()})
    drafts.discard(by=request.user, draft=draft)
    messages.success(request, _("The draft is gone."))
    return redirect("today")


def _own(request: HttpRequest, submission_id) -> Draft:
    rows = Draft.objects.visible_to(request.user).select_related("event", "booth")
    return get_object_or_404(rows, pk=submission_id)


def _initial(said: dict[str, list[str]]) -> dict[str, str | list[str]]:
    """For showing again; a consent to a text that does not exist is none."""
    initial = as_initial(said)
    if not ConsentText.objects.coded(initial.get("consent_version", "")).exists():
        initial.pop("consent_version", None)
    return initial


def _kept(request: HttpRequest, form: DraftForm) -> tuple[Draft, bool]:
    data = form.cleaned_data
    named = Prospect.objects.visible_to(request.user).filter(pk=prospect_named(request.GET.get(PROSPECT)))
    return drafts.save(
        by=request.user,
        submission_id=data["submission_id"],
        booth=data["booth"],
        day=_day(request.GET.get("day")),
        typed=typed(request.POST),
        counter=data["draft_counter"],
        # Whose form it is stays with it, so that sending it closes the prospect.
        prospect=named.first(),
    )


def _day(said: str | None) -> date:
    """The day that the page's address names; a form of today's stand names none."""
    today = timezone.localdate()
    try:
        return min(date.fromisoformat(said or ""), today)
    except ValueError:
        return today
