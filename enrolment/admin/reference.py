"""The reference data that every quote can be re-derived from: read here, changed by migrations with their source."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from enrolment.models import Bracket, ContributionSchedule, JobType, Relief
from outreach.admin.base import ReadOnlyAdmin, ReadOnlyInline
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
class ContributionScheduleAdmin(DatedAdmin):
    list_display = ("code", "since", "until", "basis", "retired_at")
    fields = ("code", "basis", "since", "until", "jkk_per_mille", "jkm", "jht_per_mille", "retired_at")
    inlines = (BracketInline,)

    @admin.display(description=_("JKM, Rupiah a month"))
    def jkm(self, schedule: ContributionSchedule) -> str:
        return rupiah(schedule.jkm_flat)


@admin.register(Relief)
class ReliefAdmin(DatedAdmin):
    list_display = ("code", "sector", "percent", "since", "until", "basis", "retired_at")
    fields = (
        "code", "basis", "sector", "since", "until", "percent", "on_jkk", "on_jkm", "on_jht",
        "excludes_government_paid", "retired_at",
    )  # fmt: skip
