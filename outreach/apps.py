from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class OutreachConfig(AppConfig):
    name = "outreach"
    verbose_name = "Jemput Bola"
    default = True

    def ready(self):
        # Imported for their registrations; both need the app registry.
        from outreach import checks, sign_in_events  # noqa: F401

        post_migrate.connect(make_cache_table, sender=self)


class AdminConfig(admin_apps.AdminConfig):
    default_site = "outreach.admin.site.BranchAdminSite"
    default = False  # `outreach` in INSTALLED_APPS means the class above


def make_cache_table(*, using, verbosity, **kwargs):
    """Rate limits live in a cache table; made with every `migrate`, so that no deployment forgets it."""
    from django.core.management import call_command  # management is not needed to serve a request

    call_command("createcachetable", database=using, verbosity=0)
