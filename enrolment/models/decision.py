import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrolment.choices import State
from enrolment.models.registration import Registration
from outreach.sealed import SealedField


class Decision(models.Model):
    """One move of a registration: from where to where, who (nobody = the clock), when, why.

    Append-only, and no decision of a reviewer by the officer or typist of the registration: both held by triggers,
    because a check constraint can't look into another table.
    """

    personal_fields = ("reason", "flags")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=State, null=True)  # noqa: DJ001 - none: it was new
    target = models.CharField(max_length=10, choices=State)
    version = models.PositiveSmallIntegerField(help_text="The version of the content that was decided on.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()
    reason = SealedField("decision.reason", null=True)
    flags = SealedField(
        "decision.flags",
        null=True,
        help_text="Of a return, as JSON: what is wrong with each field, by its name.",
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("registration", "number")
        constraints = (
            models.UniqueConstraint(fields=("registration", "number"), name="decision_number_once"),
            models.CheckConstraint(condition=Q(target__in=State.values), name="decision_target_known"),
        )

    def __str__(self) -> str:
        return f"{self.registration_id} {self.source or '–'} → {self.target}"
