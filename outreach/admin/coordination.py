"""The coordination log in the admin: pages of its own, because the stock forms would show sealed texts unlogged."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path

from outreach.permissions import VIEW_COORDINATION, WRITE_COORDINATION
from outreach.views import coordination


class CoordinationAdmin(admin.ModelAdmin):
    """Registered for its addresses and its line on the first page. Every write is an action."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("", view(coordination.open_steps), name="outreach_coordination_changelist"),
            path("event/<slug:slug>/", view(coordination.of_event), name="outreach_coordination_event"),
            path("event/<slug:slug>/add/", view(coordination.add), name="outreach_coordination_note"),
            path(
                "<uuid:coordination_id>/change/",
                view(coordination.change),
                name="outreach_coordination_change",
            ),
            path("<uuid:coordination_id>/done/", view(coordination.done), name="outreach_coordination_done"),
        ]

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return request.user.has_perm(VIEW_COORDINATION)

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return request.user.has_perm(WRITE_COORDINATION)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It is added at its event, so not from the first page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False
