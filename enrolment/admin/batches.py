from django.contrib import admin
from django.urls import path

from enrolment.models import Batch
from enrolment.permissions import HAND_OVER
from enrolment.views import batches, by_hand, read_back


@admin.register(Batch)
class BatchAdmin(admin.ModelAdmin):
    """Handing over to the core system: own pages, and no stock form. Its link stands among the work pages."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("", view(batches.waiting), name="enrolment_batch_changelist"),
            path("make/", view(batches.make), name="enrolment_batch_make"),
            path("by-hand/", view(by_hand.by_hand), name="enrolment_batch_by_hand"),
            path("<int:number>/", view(batches.one), name="enrolment_batch_one"),
            path("<int:number>/file/", view(batches.file), name="enrolment_batch_file"),
            path("<int:number>/cancel/", view(batches.cancel), name="enrolment_batch_cancel"),
            path("<int:number>/answer/", view(read_back.answer), name="enrolment_batch_answer"),
        ]

    def has_module_permission(self, request) -> bool:
        return False

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(HAND_OVER)

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
