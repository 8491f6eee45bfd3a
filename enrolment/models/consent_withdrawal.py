import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enrolment.choices import WithdrawalChannel
from enrolment.models.registration import Registration
from enrolment.permissions import REVIEW
from outreach.choices import Role
from outreach.sealed import SealedField

ANSWER_WITHIN = timedelta(days=3)
"""3 × 24 hours from the request (UU 27/2022, as DOMAIN has it)."""


class ConsentWithdrawalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The branch's, for who may review; an officer meets one on their own receipt only."""
        if user.role != Role.OFFICER and user.has_perm(REVIEW):
            return self.filter(registration__branch_id=user.branch_id)
        return self.none()


class ConsentWithdrawal(models.Model):
    """A worker has taken their consent back: who asked, how, when, who took it in. Append-only, one a registration.

    From this row on nobody puts the registration back into the queue or approves it: a trigger refuses the decision.
    The state itself moves by the table, so a request that reaches somebody whose move it is not still counts, and
    waits here until `due_at` for the one whose move it is.
    """

    personal_fields = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.OneToOneField(
        Registration, models.PROTECT, related_name="consent_withdrawal", verbose_name=_("registration")
    )
    channel = models.CharField(_("who asks"), max_length=8, choices=WithdrawalChannel)
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("due"))
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("received by")
    )
    at = models.DateTimeField(_("received"))
    reason = SealedField("consent_withdrawal.reason", null=True)

    objects = ConsentWithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal of consent")
        verbose_name_plural = _("withdrawals of consent")
        ordering = ("due_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(channel__in=WithdrawalChannel.values), name="consent_withdrawal_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(asked_at__lte=F("at")), name="consent_withdrawal_asked_before_received"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("asked_at")), name="consent_withdrawal_due_after_asked"
            ),
        )

    def __str__(self) -> str:
        return str(self.registration_id)
