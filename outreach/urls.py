"""Every address of the site. Those without a login are named in tests/test_matrix.py, and nowhere else."""

from allauth.account import urls as account_urls
from allauth.mfa.base import urls as factor_urls
from allauth.mfa.recovery_codes import urls as code_urls
from allauth.mfa.totp import urls as app_urls
from django.contrib import admin
from django.urls import include, path, register_converter

from outreach.converters import DayConverter, ReferenceConverter
from outreach.views import (
    account,
    equipment,
    events,
    greetings,
    health,
    home,
    language,
    phone,
    sessions,
    sign_in_link,
)

register_converter(DayConverter, "day")
register_converter(ReferenceConverter, "reference")

# Of allauth's pages those that have a use here; sign-up stays to say that it is closed.
ACCOUNT_PAGES = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_change_password",
    "account_reauthenticate",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}
# Of its second factor all but a file to download: recovery codes in a downloads folder are nobody's secret.
FACTOR_PAGES = [
    *factor_urls.urlpatterns,
    path("app/", include(app_urls)),
    path("codes/", include([page for page in code_urls.urlpatterns if "download" not in page.name])),
    path("codes/kept/", account.codes_kept, name="codes-kept"),
]

OWN_ACCOUNT = [
    path("", account.account, name="account"),
    path("link/", sign_in_link.sign_in_link, name="sign-in-link"),
    path("sessions/", account.sessions, name="account-sessions"),
    path("pin/", account.own_pin, name="account-pin"),
    path("password/reset/", account.ForgottenPassword.as_view(), name="account_reset_password"),
    path("switch/", phone.switch, name="switch"),
    path("switch/other/", phone.switch_other, name="switch-other"),
    path("switch/<int:person_id>/", phone.switch_to, name="switch-to"),
    path("lock/", phone.lock, name="lock"),
    path("awake/", phone.awake, name="awake"),
    path("second-step/", include(FACTOR_PAGES)),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("events/", events.own_events, name="own-events"),
    path("language/", language.choose, name="language"),
    path("equipment/", equipment.home, name="equipment"),
    path("equipment/<slug:slug>/", equipment.event, name="equipment-event"),
    path("equipment/<slug:slug>/ask/", equipment.ask, name="equipment-ask"),
    path("equipment/<slug:slug>/handover/", equipment.handover, name="equipment-handover"),
    path("equipment/<slug:slug>/return/", equipment.give_back, name="equipment-return"),
    path("equipment/<slug:slug>/<uuid:line_id>/", equipment.line, name="equipment-line"),
    path("sessions/", sessions.listed, name="sessions"),
    path("sessions/new/", sessions.new, name="session-new"),
    path("sessions/<uuid:session_id>/", sessions.correct, name="session-correct"),
    path("booths/<int:booth_id>/greetings/", greetings.greet, name="greet"),
    path("booths/<int:booth_id>/greetings/take-back/", greetings.take_back, name="greet-take-back"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("enrolment.urls")),
    path("account/", include([page for page in account_urls.urlpatterns if page.name in ACCOUNT_PAGES])),
    path("account/", include(OWN_ACCOUNT)),
    path("admin/", admin.site.urls),
]

handler500 = "outreach.views.errors.server_error"
