"""Counting goods with two people: the steps that the organiser's pages and the branch's share."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from outreach.actions import handovers
from outreach.choices import Direction
from outreach.errors import ActionRefused
from outreach.forms.handovers import CountForm, HandoverForm, ReturnForm
from outreach.models import EquipmentLine, Event
from outreach.views.statuses import CONFLICT, REFUSED

_FORMS = {Direction.OUT: HandoverForm, Direction.BACK: ReturnForm}


def count(
    request: HttpRequest,
    *,
    event: Event,
    direction: Direction,
    own_side: str,
    template: str,
    done_url: str,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """The form with everything that can go this way now, or the record of what was sent.

    `own_side` is the field of who fills it in, `giver` or `receiver`; it begins with their name.
    """
    page = {**(context or {}), "event": event, "back_url": done_url}
    lines = EquipmentLine.objects.visible_to(request.user).filter(event=event).select_related("item")
    going = lines.to_hand_over() if direction == Direction.OUT else lines.still_out()
    form_class = _FORMS[direction]
    if request.method != "POST":
        initial = {"record_id": uuid.uuid4(), own_side: request.user.get_full_name()}
        form = form_class(lines=going, initial=initial)
        if form.lines:
            return render(request, template, {**page, "form": form})
        messages.info(request, _("There is nothing to count now."))
        return redirect(done_url)
    # Whatever has become of them: what is sent twice is about lines that have moved on.
    form = form_class(request.POST, lines=lines.filter(pk__in=form_class.posted_lines(request.POST)))
    if not form.is_valid():
        return render(request, template, {**page, "form": form}, status=REFUSED)
    try:
        created = _record(request, event, form).created
    except ActionRefused as refused:
        messages.warning(request, str(refused))
        form = form_class(request.POST, lines=going)  # what is left to count, as it was typed
        if refused.code == "conflict" or not form.lines:
            return redirect(done_url)
        return render(request, template, {**page, "form": form}, status=CONFLICT)
    say_stored(request, created=created, said=_said(direction))
    return redirect(done_url)


def say_stored(request: HttpRequest, *, created: bool, said: str) -> None:
    if created:
        messages.success(request, said)
    else:
        messages.info(request, _("This was sent already. It is stored once."))


def say_refused(request: HttpRequest, refused: ActionRefused) -> None:
    """What was sent before is stored: that is no warning."""
    (messages.info if refused.code == "sent_before" else messages.warning)(request, str(refused))


def _record(request: HttpRequest, event: Event, form: CountForm) -> handovers.Recorded:
    signed = {name: form.cleaned_data[name] for name in ("record_id", "giver", "receiver")}
    return handovers.record(
        by=request.user, event=event, direction=form.direction, counts=form.counts(), **signed
    )


def _said(direction: Direction) -> str:
    return _("The handover is saved.") if direction == Direction.OUT else _("The return is saved.")
