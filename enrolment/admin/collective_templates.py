from django.contrib import admin
from django.urls import path

from enrolment.models import CollectiveTemplate
from enrolment.permissions import EDIT_TEMPLATE
from enrolment.views import collective_template


@admin.register(CollectiveTemplate)
class CollectiveTemplateAdmin(admin.ModelAdmin):
    """The branch's template for the core system. Every write is an action, every address has its own view."""

    def get_urls(self):
        view = self.admin_site.admin_view
        name = "enrolment_collectivetemplate"
        return [
            path("", view(collective_template.shown), name=f"{name}_changelist"),
            path("edit/", view(collective_template.edit), name=f"{name}_edit"),
            path("sample/", view(collective_template.sample), name=f"{name}_sample"),
        ]

    def has_module_permission(self, request) -> bool:
        return request.user.has_perm(EDIT_TEMPLATE)

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(EDIT_TEMPLATE)

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
