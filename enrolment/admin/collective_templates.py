from django.contrib import admin
from django.urls import path

from enrolment.admin.own_pages import OwnPagesAdmin
from enrolment.models import CollectiveTemplate
from enrolment.permissions import EDIT_TEMPLATE
from enrolment.views import collective_template


@admin.register(CollectiveTemplate)
class CollectiveTemplateAdmin(OwnPagesAdmin):
    """The branch's template for the core system."""

    may_see = EDIT_TEMPLATE

    def get_urls(self):
        view = self.admin_site.admin_view
        name = "enrolment_collectivetemplate"
        return [
            path("", view(collective_template.shown), name=f"{name}_changelist"),
            path("edit/", view(collective_template.edit), name=f"{name}_edit"),
            path("sample/", view(collective_template.sample), name=f"{name}_sample"),
        ]
