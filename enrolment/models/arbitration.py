import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from enrolment.choices import LIVE_STATES, ArbitrationOutcome, State
from enrolment.models.registration import Registration
from enrolment.permissions import ARBITRATE, REVIEW
from outreach.sealed import SealedField


class ArbitrationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The head of the branch that approved first."""
        return self.filter(first__branch_id=user.branch_id) if user.has_perm(ARBITRATE) else self.none()

    def open(self):
        """Those that wait for the head."""
        return self.filter(closed_at=None)

    def asked_by_branch_of(self, user):
        """What a reviewer's branch has asked."""
        return self.filter(second__branch_id=user.branch_id) if user.has_perm(REVIEW) else self.none()

    def answered_since(self, moment):
        """Those that a head has decided from this moment on. What a branch closed itself, or had nothing left to
        decide, is no answer."""
        return self.filter(closed_at__gte=moment).exclude(outcome=ArbitrationOutcome.MOOT)


class Arbitration(models.Model):
    """A worker approved in one branch (`first`) whose registration in another (`second`) can't be approved beside it:
    the second branch asks, the head of the first one's decides, and sees both. At most one open case a `second`.
    """

    personal_fields = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    second = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    outcome = models.CharField(max_length=9, choices=ArbitrationOutcome, blank=True)
    reason = SealedField("arbitration.reason", null=True)

    objects = ArbitrationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("second",),
                condition=Q(closed_at__isnull=True),
                name="arbitration_one_open_a_registration",
            ),
            models.CheckConstraint(condition=~Q(first=F("second")), name="arbitration_of_two"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="arbitration_closed_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | Q(closed_at__isnull=False, outcome__in=ArbitrationOutcome.values),
                name="arbitration_closed_with_outcome",
            ),
        )
        indexes = (models.Index(fields=("closed_at",), name="arbitration_closed"),)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_moot(self) -> bool:
        """Is there nothing left to decide? One of the two has moved on, or a NIK was corrected."""
        first, second = self.first, self.second
        return (
            first.state != State.APPROVED
            or second.state not in LIVE_STATES
            or bool(first.consent_withdrawn_at or second.consent_withdrawn_at)
            or bytes(first.nik_index) != bytes(second.nik_index)
        )
