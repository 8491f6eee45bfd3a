from django.urls import path

from enrolment.views import correcting, drafts, identity, registrations

urlpatterns = [
    path("registrations/", registrations.today, name="today"),
    path("registrations/new/", registrations.new, name="registration-new"),
    path("registrations/nik/", identity.nik, name="registration-nik"),
    path("registrations/drafts/", drafts.save, name="drafts"),
    path("registrations/drafts/<uuid:submission_id>/", drafts.go_on, name="draft"),
    path("registrations/drafts/<uuid:submission_id>/discard/", drafts.discard, name="draft-discard"),
    path("registrations/<reference:reference>/", registrations.receipt, name="registration-receipt"),
    path("registrations/<reference:reference>/correct/", correcting.correct, name="registration-correct"),
    path("registrations/<reference:reference>/withdraw/", correcting.withdraw, name="registration-withdraw"),
]
