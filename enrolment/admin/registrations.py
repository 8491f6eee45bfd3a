from django.contrib import admin
from django.urls import path

from enrolment.admin import payments
from enrolment.admin.own_pages import OwnPagesAdmin
from enrolment.models import Registration
from enrolment.permissions import COUNT, IMPORT, VIEW
from enrolment.views import (
    arbitrations,
    bulk,
    consent,
    counts,
    for_head,
    history,
    imports,
    queue,
    review,
    search,
    second_looks,
    seen,
)


@admin.register(Registration)
class RegistrationAdmin(OwnPagesAdmin):
    """The staff's work pages."""

    may_see = VIEW

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("", view(queue.queue), name="enrolment_registration_changelist"),
            path("take/", view(queue.take), name="enrolment_registration_take"),
            path("search/", view(search.search), name="enrolment_registration_search"),
            path("for-head/", view(for_head.waiting), name="enrolment_registration_for_head"),
            path("import/", view(imports.upload), name="enrolment_registration_import"),
            path("bulk/", view(bulk.approve), name="enrolment_registration_bulk"),
            path("second-looks/", view(second_looks.listed), name="enrolment_registration_second_looks"),
            path(
                "second-looks/<uuid:look_id>/",
                view(second_looks.one),
                name="enrolment_registration_second_look",
            ),
            *payments.addresses(view),
            path("counts/", view(counts.newest), name="enrolment_registration_counts"),
            path("counts/<slug:slug>/", view(counts.event), name="enrolment_registration_counts_event"),
            path("arbitrations/", view(arbitrations.index), name="enrolment_registration_arbitrations"),
            path(
                "arbitrations/<uuid:case_id>/",
                view(arbitrations.one),
                name="enrolment_registration_arbitration",
            ),
            path("seen/", view(seen.looks), name="enrolment_registration_seen"),
            path("<reference:reference>/", view(review.one), name="enrolment_registration_review"),
            path(
                "<reference:reference>/consent/",
                view(consent.withdraw_at_branch),
                name="enrolment_registration_consent",
            ),
            path("<reference:reference>/history/", view(history.one), name="enrolment_registration_history"),
        ]

    def has_module_permission(self, request) -> bool:
        return any(request.user.has_perm(permission) for permission in (VIEW, COUNT, IMPORT))
