from django.urls import path

from enrolment.views import consent, correcting, form_data, regions, registrations

urlpatterns = [
    path("registrations/", registrations.today, name="today"),
    path("registrations/new/", registrations.new, name="registration-new"),
    path("registrations/data/<slug:digest>/", form_data.show, name="registration-form-data"),
    path("registrations/regions/", regions.search, name="region-search"),
    path("registrations/<reference:reference>/", registrations.receipt, name="registration-receipt"),
    path("registrations/<reference:reference>/correct/", correcting.correct, name="registration-correct"),
    path("registrations/<reference:reference>/withdraw/", correcting.withdraw, name="registration-withdraw"),
    path("registrations/<reference:reference>/consent/", consent.withdraw, name="consent-withdraw"),
]
