"""Every address of the site. Those without a login are named in tests/test_matrix.py, and nowhere else."""

from django.contrib import admin
from django.urls import include, path, register_converter

from outreach.converters import ReferenceConverter
from outreach.views import events, health, home

register_converter(ReferenceConverter, "reference")

urlpatterns = [
    path("", home.home, name="home"),
    path("events/", events.own_events, name="own-events"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("enrolment.urls")),
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
