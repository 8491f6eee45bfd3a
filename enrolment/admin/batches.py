from django.contrib import admin
from django.urls import path

from enrolment.admin.own_pages import OwnPagesAdmin
from enrolment.models import Batch
from enrolment.permissions import HAND_OVER
from enrolment.views import batches, by_hand, read_back


@admin.register(Batch)
class BatchAdmin(OwnPagesAdmin):
    """Handing over to the core system."""

    may_see = HAND_OVER

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
