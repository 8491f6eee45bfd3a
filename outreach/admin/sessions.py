"""Outreach sessions of the branch, put right where an officer can't any more."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from outreach.admin.base import EventFilter, OfficeAdmin
from outreach.forms.sessions import OfficeSessionForm
from outreach.models import OutreachSession
from outreach.templatetags.formats import clock, day_short, one_line


class OutreachSessionAdmin(OfficeAdmin):
    """Officers enter them at the stand (views/sessions.py); nobody adds one here."""

    form = OfficeSessionForm
    list_display = ("moment", "event", "topic", "place", "spoken_by", "people_reached")
    list_filter = (EventFilter,)
    list_select_related = ("event", "speaker", "entered_by")
    ordering = ("-starts_at", "id")
    readonly_fields = ("event", "moment", "spoken_by", "entry")

    def get_fieldsets(self, request, obj=None):
        if self.has_change_permission(request, obj):
            shown = ("event", "day", "hour", "place", "topic", "speaker", "people_reached", "entry")
        else:
            shown = ("event", "moment", "place", "topic", "spoken_by", "people_reached", "entry")
        return ((None, {"fields": shown}),)

    @admin.display(description=_("started"), ordering="starts_at")
    def moment(self, session: OutreachSession) -> str:
        return one_line(f"{day_short(session.starts_at)} {clock(session.starts_at)}")

    @admin.display(description=_("speaker"), ordering="speaker__full_name")
    def spoken_by(self, session: OutreachSession) -> str:
        return session.speaker.get_full_name()

    @admin.display(description=_("entered"))
    def entry(self, session: OutreachSession) -> str:
        who = session.entered_by.get_full_name()
        return one_line(f"{who}, {day_short(session.entered_at)} {clock(session.entered_at)}")
