import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from outreach.choices import Role
from outreach.models.booth import Assignment, Booth
from outreach.sealed import SealedField
from outreach.templatetags.formats import day_short


class BoothReconciliationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An officer: of the booths and days they stood at. Staff: their branch's. An organiser: nothing."""
        if user.role == Role.ORGANISER:
            return self.none()
        own = self.filter(booth__event__branch_id=user.branch_id)
        if user.role == Role.OFFICER:
            duty = Assignment.objects.filter(
                booth=models.OuterRef("booth"), day=models.OuterRef("day"), officer=user
            )
            return own.filter(models.Exists(duty))
        return own

    def newest_first(self):
        return self.order_by("-number")


class BoothReconciliation(models.Model):
    """The end of one booth's day: what its officers say was taken, beside what the server had received then.

    `taken` are all registrations of the day, `on_paper` those of them that still lie on paper; the rest should have
    been `received`, and a difference has its reason. Nothing stops registering afterwards: whoever closes the booth
    again writes the next `number`. The id was made with the page: the same id is the same closing. Append-only, held
    by triggers.
    """

    personal_fields = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booth = models.ForeignKey(
        Booth, models.PROTECT, verbose_name=_("booth"), related_name="reconciliations", db_index=False
    )
    day = models.DateField(_("day"))
    number = models.PositiveSmallIntegerField()
    taken = models.PositiveIntegerField(_("taken"))
    on_paper = models.PositiveIntegerField(_("on paper"))
    received = models.PositiveIntegerField(_("received"))
    returned = models.PositiveIntegerField(_("returned"))
    reason = SealedField("boothreconciliation.reason", null=True)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = BoothReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("end of shift")
        verbose_name_plural = _("ends of shift")
        ordering = ("booth", "day", "number")
        constraints = (
            models.UniqueConstraint(fields=("booth", "day", "number"), name="reconciliation_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="reconciliation_number_from_one"),
            models.CheckConstraint(
                condition=Q(on_paper__lte=F("taken")), name="reconciliation_paper_within_taken"
            ),
            models.CheckConstraint(
                condition=Q(taken=F("received") + F("on_paper")) | Q(reason__isnull=False),
                name="reconciliation_difference_has_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.booth} {day_short(self.day)} {self.number}"
