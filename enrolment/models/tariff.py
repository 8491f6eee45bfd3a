"""Dated tariffs with their legal basis beside them. Amounts are whole Rupiah, per cents whole numbers.

A stored quote names its schedule and its reliefs, so their rows never change (the database refuses it): a change is a
new edition under a code of its own, and the old one is retired from new quotes at a moment. A schedule that another
one follows is ended instead: no amount follows from `valid_to`, which the database lets only come earlier.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enrolment import contributions
from enrolment.choices import Sector


class EditionQuerySet(models.QuerySet):
    def current(self):
        """The editions that new quotes take."""
        return self.filter(retired_at__isnull=True)


class ContributionScheduleQuerySet(EditionQuerySet):
    def in_force(self, month: date):
        """Those that may be meant for a contribution month; `contributions.schedule_for` takes the first."""
        return self.current().filter(valid_from__lte=month).exclude(valid_to__lt=month)

    def as_schedules(self) -> list[contributions.Schedule]:
        """Schedules with their brackets, for the pure functions. Two queries."""
        brackets = models.Prefetch("brackets", Bracket.objects.order_by("income_from"))
        return [
            contributions.Schedule(
                code=row.code,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                jkk_per_mille=row.jkk_per_mille,
                jkm_flat=row.jkm_flat,
                jht_per_mille=row.jht_per_mille,
                brackets=tuple((b.income_from, b.contribution_base) for b in row.brackets.all()),
            )
            for row in self.prefetch_related(brackets)
        ]


class ContributionSchedule(models.Model):
    """A tariff from one date to another (inclusive; no end = still in force)."""

    personal_fields = ()

    code = models.SlugField(_("code"), unique=True)
    basis = models.CharField(_("legal basis"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    jkk_per_mille = models.PositiveSmallIntegerField(_("JKK, per mille of the base"))
    jkm_flat = models.PositiveIntegerField(_("JKM, Rupiah a month"))
    jht_per_mille = models.PositiveSmallIntegerField(_("JHT, per mille of the base"))
    retired_at = models.DateTimeField(_("no longer used from"), null=True, blank=True)

    objects = ContributionScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution schedule")
        verbose_name_plural = _("contribution schedules")
        ordering = ("valid_from",)
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="schedule_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=("valid_from",), condition=Q(retired_at__isnull=True), name="schedule_once_a_start"
            ),
        )

    def __str__(self) -> str:
        return self.code


class Bracket(models.Model):
    """From this income on (Rupiah a month), this contribution base."""

    personal_fields = ()

    schedule = models.ForeignKey(
        ContributionSchedule, models.CASCADE, verbose_name=_("schedule"), related_name="brackets"
    )
    income_from = models.PositiveBigIntegerField(_("income from"))
    contribution_base = models.PositiveBigIntegerField(_("contribution base"))

    class Meta:
        verbose_name = _("bracket")
        verbose_name_plural = _("brackets")
        ordering = ("schedule", "income_from")
        constraints = (
            models.UniqueConstraint(fields=("schedule", "income_from"), name="bracket_once_an_income"),
        )

    def __str__(self) -> str:
        return f"{self.schedule_id}: {self.income_from}"


class ReliefQuerySet(EditionQuerySet):
    def as_reliefs(self) -> list[contributions.Relief]:
        """For the pure functions. One query."""
        return [
            contributions.Relief(
                code=row.code,
                sector=row.sector,
                programmes=frozenset(p for p in ("jkk", "jkm", "jht") if getattr(row, f"on_{p}")),
                percent=row.percent,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                excludes_government_paid=row.excludes_government_paid,
            )
            for row in self
        ]


class Relief(models.Model):
    """A reduction for one sector's contribution months from one date to another, both inclusive."""

    personal_fields = ()

    code = models.SlugField(_("code"), unique=True)
    basis = models.CharField(_("legal basis"), max_length=200)
    sector = models.CharField(_("sector"), max_length=10, choices=Sector)
    on_jkk = models.BooleanField(_("on JKK"), default=True)
    on_jkm = models.BooleanField(_("on JKM"), default=True)
    on_jht = models.BooleanField(_("on JHT"), default=False)
    percent = models.PositiveSmallIntegerField(
        _("percent to pay"), help_text=_("50 means half of the contribution is paid.")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    excludes_government_paid = models.BooleanField(_("not if paid from a government budget"), default=True)
    retired_at = models.DateTimeField(_("no longer used from"), null=True, blank=True)

    objects = ReliefQuerySet.as_manager()

    class Meta:
        verbose_name = _("relief")
        verbose_name_plural = _("reliefs")
        ordering = ("valid_from", "sector")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="relief_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="relief_at_most_100_percent"),
            models.CheckConstraint(condition=Q(sector__in=Sector.values), name="relief_sector_known"),
        )

    def __str__(self) -> str:
        return self.code
