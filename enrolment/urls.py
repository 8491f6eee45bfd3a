from django.urls import path

from enrolment.views import (
    consent,
    correcting,
    drafts,
    form_data,
    identity,
    prospects,
    receipts,
    regions,
    registrations,
    shift,
    status,
)

urlpatterns = [
    path("registrations/", registrations.today, name="today"),
    path("registrations/new/", registrations.new, name="registration-new"),
    path("registrations/data/<slug:digest>/", form_data.show, name="registration-form-data"),
    path("registrations/regions/", regions.search, name="region-search"),
    path("registrations/nik/", identity.nik, name="registration-nik"),
    path("registrations/drafts/", drafts.save, name="drafts"),
    path("registrations/drafts/<uuid:submission_id>/", drafts.go_on, name="draft"),
    path("registrations/drafts/<uuid:submission_id>/discard/", drafts.discard, name="draft-discard"),
    path("registrations/<reference:reference>/", registrations.receipt, name="registration-receipt"),
    path("registrations/<reference:reference>/correct/", correcting.correct, name="registration-correct"),
    path("registrations/<reference:reference>/withdraw/", correcting.withdraw, name="registration-withdraw"),
    path("registrations/<reference:reference>/consent/", consent.withdraw, name="consent-withdraw"),
    path("registrations/<reference:reference>/slip/", receipts.slip, name="registration-slip"),
    path("registrations/<reference:reference>/whatsapp/", receipts.whatsapp, name="registration-whatsapp"),
    path("booths/<int:booth_id>/<day:day>/close/", shift.close, name="booth-close"),
    path("prospects/", prospects.listed, name="prospects"),
    path("prospects/new/", prospects.new, name="prospect-new"),
    path("prospects/<uuid:prospect_id>/", prospects.one, name="prospect"),
    path("s/<str:token>/", status.status, name="status"),
]
