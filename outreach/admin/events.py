"""Events with their booths and who stands at them; opened, closed and copied by actions."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.checks import InlineModelAdminChecks
from django.core.exceptions import PermissionDenied
from django.forms import modelformset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach import regions
from outreach.actions import events
from outreach.admin.base import OfficeAdmin
from outreach.admin.temporary import TemporaryPages
from outreach.choices import EVENT_MOVES, EventState
from outreach.errors import ActionRefused
from outreach.forms.booths import AssignmentForm, AssignmentFormSet, BoothForm
from outreach.forms.events import CopyForm, EventForm, MoveForm
from outreach.models import Assignment, Booth, Event
from outreach.permissions import CLOSE_BOOTH, INVITE_OFFICER
from outreach.queries.shifts import open_shifts
from outreach.templatetags.formats import day, days, hours
from outreach.templatetags.ui import status_chip

_MOVE_WORDS = {
    EventState.OPEN: (_("Open the event"), _("Opening it lets the officers register workers.")),
    EventState.CLOSED: (
        _("Close the event"),
        _("Closing it ends registration for good. Every booth has closed its days before."),
    ),
}
_MOVED = {
    EventState.OPEN: _("The event is open. The officers can register workers."),
    EventState.CLOSED: _("The event is closed."),
}


class EventInline(admin.TabularInline):
    """Rows beneath an event, which are history when it is closed."""

    template = "admin/outreach/_tabular.html"

    def has_change_permission(self, request, obj=None) -> bool:
        return not _is_closed(obj) and super().has_change_permission(request, obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return not _is_closed(obj) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return not _is_closed(obj) and super().has_delete_permission(request, obj)


class BoothInline(EventInline):
    model = Booth
    form = BoothForm
    extra = 1

    def get_extra(self, request, obj=None, **kwargs) -> int:
        return self.extra if obj else 2  # most events have two

    def has_delete_permission(self, request, obj=None) -> bool:
        """Registrations hang on a booth from the day the event opens."""
        planned = obj is None or obj.state == EventState.PLANNED
        return planned and super().has_delete_permission(request, obj)


class _HangsOnBooths(InlineModelAdminChecks):
    """Django looks for a foreign key to the event; an assignment has one to the event's booth."""

    def _check_relation(self, obj, parent_model):
        return []

    def _check_exclude_of_parent_model(self, obj, parent_model):
        return []


class AssignmentInline(EventInline):
    model = Assignment
    form = AssignmentForm
    formset = AssignmentFormSet
    checks_class = _HangsOnBooths
    extra = 2
    _asked, _shown = ("day", "booth", "officer"), ("on", "at", "who")
    readonly_fields = _shown

    def get_fields(self, request, obj=None) -> tuple[str, ...]:
        """To who only reads: no link to a person whom they may not open."""
        return self._asked if self.has_change_permission(request, obj) else self._shown

    def get_formset(self, request, obj=None, **kwargs):
        allowed = {
            "extra": self.extra if self.has_add_permission(request, obj) else 0,
            "can_delete": self.has_delete_permission(request, obj),
        }
        made = modelformset_factory(
            Assignment, form=AssignmentForm, formset=self.formset, fields=self._asked, **allowed
        )
        made.user = request.user
        return made

    @admin.display(description=_("day"))
    def on(self, duty: Assignment) -> str:
        return day(duty.day)

    @admin.display(description=_("booth"))
    def at(self, duty: Assignment) -> str:
        return duty.booth.code

    @admin.display(description=_("officer"))
    def who(self, duty: Assignment) -> str:
        return duty.officer.get_full_name()


def _is_closed(event: Event | None) -> bool:
    return event is not None and event.state == EventState.CLOSED


class EventAdmin(OfficeAdmin):
    form = EventForm
    list_display = ("name", "days", "venue", "organiser", "state_chip", "target")
    list_filter = ("state",)
    list_select_related = ("organiser",)
    ordering = ("-first_day", "slug")
    change_form_template = "admin/outreach/event/change_form.html"
    _what = ("name", "slug", "campaign", "organiser", "occasion")
    _when = (("first_day", "last_day"), ("opens_at", "closes_at"))

    # --- What is on the page

    def get_fieldsets(self, request, obj=None):
        """With the village's name beside its code once there is one; in words to who only reads."""
        if obj is None:
            where = ("venue", "village_code", *self._when)
        elif self.has_change_permission(request, obj):
            where = ("venue", "village_code", "village", *self._when)
        else:
            where = ("venue", "village", "days", "hours")
        return ((None, {"fields": self._what}), (_("Where and when"), {"fields": (*where, "target")}))

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        """The short name is printed and linked once the event has been open; the organiser's people read and return
        what was asked for."""
        printed = ("slug",) if obj and obj.state != EventState.PLANNED else ()
        bound = ("organiser",) if obj and obj.equipment_lines.exists() else ()
        return (*printed, *bound, "village", "days", "hours")

    def get_prepopulated_fields(self, request, obj=None) -> dict[str, Any]:
        return {} if obj else {"slug": ("name",)}

    def get_inlines(self, request, obj):
        """Officers are assigned to booths that are stored already."""
        return (BoothInline, AssignmentInline) if obj else (BoothInline,)

    @admin.display(description=_("days"), ordering="first_day")
    def days(self, event: Event) -> str:
        return days(event)

    @admin.display(description=_("hours"))
    def hours(self, event: Event) -> str:
        return hours(event)

    @admin.display(description=_("state"), ordering="state")
    def state_chip(self, event: Event) -> str:
        return status_chip(event.state)

    @admin.display(description=_("village's name"))
    def village(self, event: Event) -> str:
        return regions.label(event.village_code)

    # --- Who may

    def has_change_permission(self, request, obj: Event | None = None) -> bool:
        """A closed event is history."""
        return not _is_closed(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj: Event | None = None) -> bool:
        """One that was never open and has no temporary officers; a closed one is history, an open one has workers."""
        unused = obj is None or (obj.state == EventState.PLANNED and not obj.temporary_officers.exists())
        return unused and super().has_delete_permission(request, obj)

    def _may_move(self, request) -> bool:
        """Whoever may change events; that a closed one stays closed, the action says."""
        return super().has_change_permission(request)

    # --- What happens to it

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:event_id>/move/", view(self.move_view), name="outreach_event_move"),
            path("<int:event_id>/copy/", view(self.copy_view), name="outreach_event_copy"),
            *TemporaryPages(self).urls(view),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            targets = EVENT_MOVES[EventState(obj.state)] if self._may_move(request) else ()
            context["moves"] = [(target.value, *_MOVE_WORDS[target]) for target in targets]
            context["state_chip"] = self.state_chip(obj)
            context["can_copy"] = self.has_add_permission(request)
            is_open = obj.state == EventState.OPEN
            context["open_shifts"] = open_shifts(obj, until=timezone.localdate()) if is_open else ()
            context["can_close_booths"] = request.user.has_perm(CLOSE_BOOTH)
            context["can_invite"] = request.user.has_perm(INVITE_OFFICER)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def response_add(self, request, obj, post_url_continue=None):
        """On to the page where officers are assigned, unless another event is to be added."""
        if "_save" in request.POST:
            request.POST = {**request.POST.dict(), "_continue": "1"}
        return super().response_add(request, obj, post_url_continue)

    @method_decorator(require_POST)
    def move_view(self, request: HttpRequest, event_id: int) -> HttpResponse:
        event = self.get_object(request, str(event_id))
        if not self._may_move(request):
            raise PermissionDenied
        form = MoveForm(request.POST)
        if form.is_valid():
            target = form.cleaned_data["target"]
            try:
                events.move(by=request.user, event=event, target=target)
            except ActionRefused as refusal:
                messages.warning(request, str(refusal))
            else:
                messages.success(request, _MOVED[target])
        return redirect("admin:outreach_event_change", event.pk)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def copy_view(self, request: HttpRequest, event_id: int) -> HttpResponse:
        source = self.get_object(request, str(event_id))
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CopyForm(request.POST or None, source=source)
        if form.is_valid():
            try:
                made = events.copy(by=request.user, source=source, **form.cleaned_data)
            except ActionRefused as refusal:
                form.add_error("slug", str(refusal))
            else:
                messages.success(request, _("This is the copy. Check its days and who stands where."))
                return redirect("admin:outreach_event_change", made.pk)
        return self.form_page(
            request,
            form,
            original=source,
            title=_("Copy an earlier event"),
            submit_label=_("Make the copy"),
            template="admin/outreach/event/copy.html",
        )
