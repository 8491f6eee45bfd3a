"""The organiser's pages about equipment: ask, see what was agreed, count what came and what goes back."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from outreach.actions import disclosures, equipment
from outreach.choices import Direction, EventState, LineState
from outreach.errors import ActionRefused
from outreach.forms.equipment import AskForm, ChangeForm
from outreach.models import EquipmentItem, EquipmentLine, Event
from outreach.permissions import ASK_EQUIPMENT
from outreach.queries.equipment import events_with_progress
from outreach.views.counting import count, say_refused, say_stored
from outreach.views.guards import require
from outreach.views.statuses import REFUSED

WITHDRAW = "withdraw"

organiser_only = require(ASK_EQUIPMENT)


@require_safe
@organiser_only
def home(request: HttpRequest) -> HttpResponse:
    """The organiser's events with how far their equipment is; a single one opens at once."""
    events = list(events_with_progress(request.user))
    if len(events) == 1:
        return redirect("equipment-event", events[0].slug)
    return render(request, "outreach/equipment/events.html", {"events": events})


@require_safe
@never_cache
@organiser_only
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """All lines of an event, a card each, and the one thing to do next."""
    found = _event(request, slug)
    cards = disclosures.cards(_lines(request, found), by=request.user, purpose="equipment of an event")
    context = {
        "event": found,
        "cards": cards,
        "stage": _stage(cards),
        "can_ask": found.state != EventState.CLOSED,
        "to_hand_over": [card for card in cards if card.state == LineState.AGREED],
        "still_out": [card for card in cards if card.still_out],
    }
    return render(request, "outreach/equipment/event.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@organiser_only
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """A new request. Its id is made here, when the form opens, so that a double tap asks once."""
    found = _event(request, slug)
    items = EquipmentItem.objects.visible_to(request.user).filter(branch=found.branch)
    posted = request.method == "POST"
    if not posted and found.state == EventState.CLOSED:
        messages.warning(request, _("This event is closed. Nothing more can be asked for or agreed to."))
        return redirect("equipment-event", slug)
    form = AskForm(request.POST if posted else None, items=items, initial={"line_id": uuid.uuid4()})
    if posted and form.is_valid():
        try:
            asked = equipment.ask(by=request.user, event=found, **form.cleaned_data)
        except ActionRefused as refused:
            if refused.code != "item_unknown":
                messages.warning(request, str(refused))
                return redirect("equipment-event", slug)
            form.add_error("item", str(refused))
        else:
            say_stored(
                request,
                created=asked.created,
                said=_("The branch has your request. It is answered here."),
            )
            return redirect("equipment-event", slug)
    context = {"event": found, "form": form}
    return render(request, "outreach/equipment/ask.html", context, status=REFUSED if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@organiser_only
def line(request: HttpRequest, slug: str, line_id: uuid.UUID) -> HttpResponse:
    """Change or take back a request, as long as the branch has not answered."""
    found = _event(request, slug)
    own = get_object_or_404(_lines(request, found), pk=line_id)
    if request.method == "POST" and request.POST.get("act") == WITHDRAW:
        return _acted(request, slug, _("It is taken back."), equipment.withdraw, line=own)
    if own.state != LineState.ASKED:
        messages.info(request, _("This request has moved on. Here is where it stands."))
        return redirect("equipment-event", slug)
    if request.method == "POST":
        form = ChangeForm(request.POST)
        if form.is_valid():
            try:
                equipment.change(by=request.user, line=own, **form.cleaned_data)
            except ActionRefused as refused:
                if refused.code != "changed":
                    messages.warning(request, str(refused))
                    return redirect("equipment-event", slug)
                form = ChangeForm({**request.POST.dict(), "seen": _last_move(own)})  # what was typed stays
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The change is saved."))
                return redirect("equipment-event", slug)
    else:
        (card,) = disclosures.cards(
            _lines(request, found).filter(pk=own.pk), by=request.user, purpose="change a request"
        )
        form = ChangeForm(initial={"seen": _last_move(own), "quantity": card.asked, "purpose": card.purpose})
    context = {"event": found, "line": own, "form": form}
    return render(request, "outreach/equipment/change.html", context, status=REFUSED if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@organiser_only
def handover(request: HttpRequest, slug: str) -> HttpResponse:
    """What came, counted together with somebody of the branch."""
    return count(
        request,
        event=_event(request, slug),
        direction=Direction.OUT,
        own_side="receiver",
        template="outreach/equipment/handover.html",
        done_url=reverse("equipment-event", args=[slug]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@organiser_only
def give_back(request: HttpRequest, slug: str) -> HttpResponse:
    """What goes back, counted together with somebody of the branch."""
    return count(
        request,
        event=_event(request, slug),
        direction=Direction.BACK,
        own_side="giver",
        template="outreach/equipment/return.html",
        done_url=reverse("equipment-event", args=[slug]),
    )


def _event(request: HttpRequest, slug: str) -> Event:
    return get_object_or_404(Event.objects.visible_to(request.user).select_related("branch"), slug=slug)


def _lines(request: HttpRequest, found: Event):
    return EquipmentLine.objects.visible_to(request.user).filter(event=found)


def _acted(request: HttpRequest, slug: str, said: str, action, **arguments) -> HttpResponse:
    try:
        action(by=request.user, **arguments)
        messages.success(request, said)
    except ActionRefused as refused:
        say_refused(request, refused)
    return redirect("equipment-event", slug)


def _last_move(line: EquipmentLine) -> int:
    return line.moves.latest("number").number


def _stage(cards: list[disclosures.Card]) -> int:
    """Which of the four words is "now": the organiser's next step decides, then what they wait for. 5 when all has
    come to its end, 0 when nothing ever came."""
    states = {card.state for card in cards}
    if LineState.AGREED in states:
        return 2
    if any(card.still_out for card in cards):
        return 3
    if LineState.ASKED in states:
        return 1
    return 5 if any(card.handed_over is not None for card in cards) else 0
