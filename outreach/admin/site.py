from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class BranchAdminSite(AdminSite):
    """The admin of a branch's staff: allauth's sign-in, one theme, no side navigation on work pages."""

    site_title = _("Jemput Bola")
    site_header = _("Jemput Bola")
    index_title = _("Home")
    enable_nav_sidebar = False
    login_template = None
