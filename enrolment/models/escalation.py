import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrolment.choices import EscalationWay
from enrolment.models.registration import Registration
from outreach.sealed import SealedField


class Escalation(models.Model):
    """One step between the reviewers and the branch head: a second return put before them, or what they gave back
    undecided. What the head decides is a Decision like any other. Append-only."""

    personal_fields = ("reason", "flags")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="escalations")
    number = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=7, choices=EscalationWay)
    version = models.PositiveSmallIntegerField(help_text="The version of the content that was looked at.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = SealedField("escalation.reason", null=True)
    flags = SealedField(
        "escalation.flags",
        null=True,
        help_text="Of a second return, as JSON: what is wrong with each field, by its name.",
    )

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ("registration", "number")
        constraints = (
            models.UniqueConstraint(fields=("registration", "number"), name="escalation_number_once"),
            models.CheckConstraint(condition=Q(way__in=EscalationWay.values), name="escalation_way_known"),
            models.CheckConstraint(
                condition=Q(way=EscalationWay.TO_HEAD) | Q(flags__isnull=True),
                name="escalation_given_back_without_flags",
            ),
        )

    def __str__(self) -> str:
        return f"{self.registration_id} {self.way} {self.number}"
