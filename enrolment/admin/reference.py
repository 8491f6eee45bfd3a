"""The reference data that every quote can be re-derived from: no row is changed here, a tariff gets a new edition."""

from django.contrib import admin
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from enrolment.models import Bracket, ContributionSchedule, JobType, Relief
from enrolment.views import tariffs
from outreach.admin.base import OfficeAdmin, ReadOnlyAdmin, ReadOnlyInline
from outreach.templatetags.formats import day, rupiah


class ReferenceAdmin(ReadOnlyAdmin):
    """The same for every branch."""

    def visible_to(self, user):
        return self.model._default_manager.all()


class DatedAdmin(ReferenceAdmin):
    """With the days from which and to which it holds."""

    @admin.display(description=_("valid from"), ordering="valid_from")
    def since(self, row) -> str:
        return day(row.valid_from)

    @admin.display(description=_("valid to"), ordering="valid_to")
    def until(self, row) -> str:
        return day(row.valid_to) or _("still in force")


class EditionAdmin(DatedAdmin):
    """Who may add an edition gets to it from the one that it follows or takes the place of."""

    def has_add_permission(self, request, obj=None) -> bool:
        return OfficeAdmin.has_add_permission(self, request)

    def get_fields(self, request, obj=None):
        waits = obj is not None and obj.retired_at is None
        return (*self.fields, "next_steps") if waits and self.has_add_permission(request) else self.fields

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    @admin.display(description=_("new edition"))
    def next_steps(self, row) -> str:
        return format_html_join(" · ", '<a href="{}">{}</a>', self.steps(row))

    def steps(self, row) -> list[tuple[str, str]]:
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add", query={"from": row.code})
        return [(address, _("Make an edition that takes its place"))]


@admin.register(JobType)
class JobTypeAdmin(ReferenceAdmin):
    list_display = ("name", "code", "sector")
    list_filter = ("sector",)
    search_fields = ("name", "code")
    list_per_page = 100


class BracketInline(ReadOnlyInline):
    model = Bracket
    fields = readonly_fields = ("from_income", "base")

    @admin.display(description=_("income from"))
    def from_income(self, bracket: Bracket) -> str:
        return rupiah(bracket.income_from)

    @admin.display(description=_("contribution base"))
    def base(self, bracket: Bracket) -> str:
        return rupiah(bracket.contribution_base)


@admin.register(ContributionSchedule)
class ContributionScheduleAdmin(EditionAdmin):
    list_display = ("code", "since", "until", "basis", "retired_at")
    fields = ("code", "basis", "since", "until", "jkk_per_mille", "jkm", "jht_per_mille", "retired_at")
    inlines = (BracketInline,)

    def add_view(self, request, form_url="", extra_context=None):
        return tariffs.add_schedule(request)

    @admin.display(description=_("JKM, Rupiah a month"))
    def jkm(self, schedule: ContributionSchedule) -> str:
        return rupiah(schedule.jkm_flat)


@admin.register(Relief)
class ReliefAdmin(EditionAdmin):
    list_display = ("code", "sector", "percent", "since", "until", "basis", "retired_at")
    fields = (
        "code", "basis", "sector", "since", "until", "percent", "on_jkk", "on_jkm", "on_jht",
        "excludes_government_paid", "retired_at",
    )  # fmt: skip

    def add_view(self, request, form_url="", extra_context=None):
        return tariffs.add_relief(request)

    def get_urls(self) -> list:
        retire = self.admin_site.admin_view(tariffs.retire_relief)
        own = path("<int:relief_id>/retire/", retire, name="enrolment_relief_retire")
        return [own, *super().get_urls()]

    def steps(self, row: Relief) -> list[tuple[str, str]]:
        address = reverse("admin:enrolment_relief_retire", args=(row.pk,))
        return [*super().steps(row), (address, _("Take it out of new quotes"))]
