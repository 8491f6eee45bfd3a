"""The branch's side of equipment: its list of what it lends, and the organisers' requests with their answers."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from outreach.actions import disclosures, equipment
from outreach.admin.base import EventFilter, OfficeAdmin
from outreach.choices import Direction, EventState, LineState
from outreach.errors import ActionRefused
from outreach.forms.equipment import AnswerForm, ItemForm
from outreach.models import EquipmentItem, EquipmentLine, Event, User
from outreach.templatetags.formats import clock, day_short, one_line
from outreach.templatetags.ui import equipment_chip
from outreach.views.counting import count, say_refused
from outreach.views.statuses import REFUSED

_ANSWERED = {
    LineState.AGREED: _("Agreed. The organiser sees it now."),
    LineState.DECLINED: _("Declined. The organiser sees the reason now."),
}


class EquipmentItemAdmin(OfficeAdmin):
    form = ItemForm
    list_display = ("name", "unit", "kind", "is_active")
    list_filter = ("kind", "is_active")
    fields = ("name", "unit", "kind", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: EquipmentItem | None = None) -> bool:
        """Only what nobody has asked for."""
        unused = obj is None or not obj.lines.exists()
        return unused and super().has_delete_permission(request, obj)


class EquipmentLineAdmin(OfficeAdmin):
    """Organisers ask on their own pages; here the branch answers, and counts for who has no phone."""

    list_display = ("item", "event", "state_chip", "numbers", "asked_on")
    list_select_related = ("item", "event")
    list_filter = ("state", EventFilter)
    sortable_by = ()
    actions = ("agree_as_asked",)

    # --- The list

    def get_ordering(self, request) -> tuple:
        """What waits for an answer stands first, the oldest on top; behind it the rest, the newest on top."""
        waits = Case(When(state=LineState.ASKED, then="asked_at"), default=None)
        return waits.asc(nulls_last=True), "-asked_at", "id"

    @admin.display(description=_("state"))
    def state_chip(self, line: EquipmentLine) -> str:
        return equipment_chip(line.state)

    @admin.display(description=_("quantity"))
    def numbers(self, line: EquipmentLine) -> str:
        """`4 of 6 unit`: the last number that holds, of what was asked for."""
        holds = next(n for n in (line.handed_over, line.agreed, line.asked) if n is not None)
        if line.state == LineState.ASKED:
            # Sent with the ticked ones: agreed to is what was shown here, not what it became meanwhile.
            shown = format_html('<input type="hidden" name="shown-{}" value="{}">', line.pk, line.asked)
            return format_html("{} {}{}", line.asked, line.item.unit, shown)
        if holds == line.asked:
            return f"{line.asked} {line.item.unit}"
        return gettext("%(n)d of %(asked)d %(unit)s") % {
            "n": holds, "asked": line.asked, "unit": line.item.unit
        }  # fmt: skip

    @admin.display(description=_("asked on"))
    def asked_on(self, line: EquipmentLine) -> str:
        return one_line(f"{day_short(line.asked_at)} {clock(line.asked_at)}")

    @admin.action(description=_("Agree to the ticked ones, as asked"), permissions=("change",))
    def agree_as_asked(self, request: HttpRequest, queryset: QuerySet) -> None:
        """One transaction a line: what was answered by a colleague or changed meanwhile does not hold up the rest."""
        refusals = []
        lines = list(queryset)
        for line in lines:
            try:
                shown = _whole(request.POST.get(f"shown-{line.pk}", ""))
                equipment.agree(by=request.user, line=line, kind=line.kind, shown=shown)
            except ActionRefused as refused:
                if refused.code != "sent_before":
                    refusals.append(str(refused))
        done = len(lines) - len(refusals)
        if done:
            said = ngettext("%(n)d request is agreed.", "%(n)d requests are agreed.", done) % {"n": done}
            messages.success(request, said)
        if refusals:
            said = ngettext(
                "%(n)d was left as it is: %(why)s", "%(n)d were left as they are: %(why)s", len(refusals)
            )
            messages.warning(request, said % {"n": len(refusals), "why": " ".join(dict.fromkeys(refusals))})

    # --- Who may

    def has_add_permission(self, request) -> bool:
        """An organiser asks, on their own page."""
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def chain_of(self, obj: EquipmentLine | None, user: User) -> int | None:
        return obj.event.branch_id if obj else user.branch_id

    # --- One request

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path("event/<slug:slug>/handover/", view(self.handover_view), name="outreach_equipment_handover"),
            path("event/<slug:slug>/return/", view(self.return_view), name="outreach_equipment_return"),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        """The request's own page has it."""
        raise Http404

    @method_decorator(
        [require_http_methods(["GET", "HEAD", "POST"]), never_cache, sensitive_post_parameters()]
    )
    def change_view(
        self, request: HttpRequest, object_id: str, form_url="", extra_context=None
    ) -> HttpResponse:
        """One request: what was asked, the branch's answer, and what became of it."""
        line = self.get_object(request, object_id)
        if not self.has_view_permission(request, line):
            raise PermissionDenied
        may_answer = self.has_change_permission(request, line)
        if request.method == "POST" and not may_answer:
            raise PermissionDenied
        form = AnswerForm(request.POST if request.method == "POST" else None, line=line)
        if form.is_valid():
            try:
                self._answer(request, line, **form.cleaned_data)
            except ActionRefused as refused:
                if refused.code != "reason_missing":
                    say_refused(request, refused)
                    return redirect("admin:outreach_equipmentline_change", line.pk)
                form.add_error("reason", str(refused))
            else:
                messages.success(request, _ANSWERED[form.cleaned_data["answer"]])
                return redirect("admin:outreach_equipmentline_changelist")
        context = self._page(request, line, form, may_answer)
        status = REFUSED if form.errors else 200
        return TemplateResponse(request, "admin/outreach/equipmentline/one.html", context, status=status)

    def _answer(
        self, request, line: EquipmentLine, *, answer: str, reason: str, quantity=None, kind=""
    ) -> None:
        if answer == LineState.DECLINED:
            equipment.decline(by=request.user, line=line, reason=reason)
        else:
            equipment.agree(by=request.user, line=line, quantity=quantity, kind=kind, reason=reason)

    def _page(self, request, line: EquipmentLine, form: AnswerForm, may_answer: bool) -> dict:
        card, steps = disclosures.history(line, by=request.user, purpose="equipment request")
        return {
            **self.admin_site.each_context(request),
            "title": line.item.name,
            "opts": self.opts,
            "line": line,
            "card": card,
            "steps": steps,
            "form": form,
            "has_errors": bool(form.errors),
            "waits": line.state == LineState.ASKED,
            "is_closed": line.event.state == EventState.CLOSED,
            "may_answer": may_answer,
        }

    # --- Counting, for an organiser without a phone

    @method_decorator(
        [require_http_methods(["GET", "HEAD", "POST"]), never_cache, sensitive_post_parameters()]
    )
    def handover_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._count(request, slug, Direction.OUT, own_side="giver", title=_("Count what came"))

    @method_decorator(
        [require_http_methods(["GET", "HEAD", "POST"]), never_cache, sensitive_post_parameters()]
    )
    def return_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._count(request, slug, Direction.BACK, own_side="receiver", title=_("Count the return"))

    def _count(self, request, slug: str, direction: Direction, *, own_side: str, title: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        event = get_object_or_404(Event.objects.visible_to(request.user), slug=slug)
        if not self.has_change_permission(request):
            raise PermissionDenied
        listed = reverse("admin:outreach_equipmentline_changelist")
        return count(
            request,
            event=event,
            direction=direction,
            own_side=own_side,
            template="admin/outreach/equipmentline/count.html",
            done_url=f"{listed}?event={event.slug}",
            context={**self.admin_site.each_context(request), "title": title, "opts": self.opts},
        )


def _whole(sent: str) -> int:
    """The number in a hidden box; 0, which nothing is asked for with, where there is none."""
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0
