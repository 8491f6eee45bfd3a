"""Where the work belongs: branches, and the campaigns that all branches share."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from lokal import wilayah

from outreach.admin.base import OfficeAdmin
from outreach.forms.places import OfficeForm
from outreach.models import Branch, Campaign, User


class BranchAdmin(OfficeAdmin):
    form = OfficeForm
    list_display = ("name", "slug", "regency")
    fields = ("name", "slug", "regency_code")

    def visible_to(self, user: User) -> QuerySet:
        """One's own; all of them for who makes them."""
        branches = Branch.objects.all()
        return branches if user.has_perm("outreach.add_branch") else branches.filter(pk=user.branch_id)

    def chain_of(self, obj: Branch | None, user: User) -> int | None:
        """A branch's own chain, also for the first one of all, made by somebody who has none yet."""
        return obj.pk if obj else user.branch_id or 0

    def get_prepopulated_fields(self, request, obj=None) -> dict[str, Any]:
        return {} if obj else {"slug": ("name",)}

    def has_delete_permission(self, request, obj=None) -> bool:
        """Its audit chain stays, so it does too."""
        return False

    @admin.display(description=_("regency"), ordering="regency_code")
    def regency(self, branch: Branch) -> str:
        return wilayah.wilayah_name(branch.regency_code) or branch.regency_code


class CampaignAdmin(OfficeAdmin):
    list_display = ("name",)
    fields = ("name",)

    def visible_to(self, user: User) -> QuerySet:
        return Campaign.objects.all()

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """A name that another branch's events bear is not one branch's to change."""
        shared = obj is not None and obj.event_set.exclude(branch_id=request.user.branch_id).exists()
        return not shared and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return not (obj and obj.event_set.exists()) and super().has_delete_permission(request, obj)
