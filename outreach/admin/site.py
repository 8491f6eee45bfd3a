"""The admin of a branch's staff."""

from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from outreach.admin.audits import AuditEntryAdmin
from outreach.admin.coordination import CoordinationAdmin
from outreach.admin.equipment import EquipmentItemAdmin, EquipmentLineAdmin
from outreach.admin.events import EventAdmin
from outreach.admin.organisations import OrganisationAdmin
from outreach.admin.people import PersonAdmin
from outreach.admin.places import BranchAdmin, CampaignAdmin
from outreach.admin.sessions import OutreachSessionAdmin
from outreach.auth import role_permissions
from outreach.choices import Role
from outreach.permissions import VIEW_COORDINATION
from outreach.queries.coordination import open_steps

_PAGES = {
    "Event": EventAdmin,
    "EquipmentLine": EquipmentLineAdmin,
    "EquipmentItem": EquipmentItemAdmin,
    "OutreachSession": OutreachSessionAdmin,
    "Coordination": CoordinationAdmin,
    "Campaign": CampaignAdmin,
    "Organisation": OrganisationAdmin,
    "User": PersonAdmin,
    "Branch": BranchAdmin,
    "AuditEntry": AuditEntryAdmin,
}
_NOT_USED = frozenset({"password_change", "password_change_done", "autocomplete", "view_on_site"})
"""Django's pages that have no place here: allauth changes a password, nothing autocompletes, nothing is on a site."""


class BranchAdminSite(AdminSite):
    """Nobody signed in: to allauth's sign-in. Signed in, but no staff: there is no such page."""

    site_title = _("Jemput Bola")
    site_header = _("Jemput Bola")
    index_title = _("Home")
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        """Our own pages are registered here and not by decorators: those would ask for the site while it is made."""
        super().__init__(name)
        for model, page in _PAGES.items():
            self.register(apps.get_model("outreach", model), page)

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        """Only models that some role may do something with: no groups, no e-mail addresses of packages."""
        models = model_or_iterable if isinstance(model_or_iterable, (list, tuple)) else [model_or_iterable]
        known = {permission.partition(".")[0] for role in Role for permission in role_permissions(role)}
        for model in models:
            if model._meta.app_label in known:
                super().register(model, admin_class, **options)

    def admin_view(self, view, cacheable: bool = False):
        def staff_only(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        inner = super().admin_view(view, cacheable)
        staff_only.__dict__.update(inner.__dict__)  # csrf_exempt and the like
        return staff_only

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """Made when it is looked at: every page is given it, for a side bar that is off here, and few show it."""
        return SimpleLazyObject(lambda: super(BranchAdminSite, self).get_app_list(request, app_label))

    def index(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """With what still has to be done, for those who may read it."""
        steps = open_steps(request.user) if request.user.has_perm(VIEW_COORDINATION) else None
        return super().index(request, {"open_steps": steps, **(extra_context or {})})

    def get_urls(self):
        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in _NOT_USED]
        for url in urls:
            if isinstance(url, URLPattern) and hasattr(url.callback, "login_url"):
                url.callback.login_url = settings.LOGIN_URL  # one redirect, not two
        return urls

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Kept because Django names it; signing in happens on the site's own page."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"), settings.LOGIN_URL)
        if not self.has_permission(request):
            raise Http404
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """307: the same POST again, to the one page that signs people out."""
        if request.method == "POST":
            return redirect("account_logout", preserve_request=True)
        return redirect("account_logout")
