import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enrolment.choices import LookResult
from enrolment.models.decision import Decision
from enrolment.models.registration import Registration
from enrolment.permissions import REVIEW
from outreach.models import Branch
from outreach.sealed import SealedField


class SecondLookQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The branch's reviewers, except of what they approved, registered or typed."""
        if not user.has_perm(REVIEW):
            return self.none()
        mine = Q(approved_by=user) | Q(officer=user) | Q(entered_by=user)
        return self.filter(branch_id=user.branch_id).exclude(mine)

    def open(self):
        """Those that wait for somebody, the longest first. Who has taken their consent back is looked at no more."""
        waiting = self.filter(looked_at=None, closed_at=None, registration__consent_withdrawn_at=None)
        return waiting.order_by("drawn_at", "id")


class SecondLook(models.Model):
    """An approval that chance has chosen for another reviewer to look at, and what they thought.

    Drawn with the approval and answered once, held by triggers. `closed_at`: the approval was taken back before anybody
    looked, so there is no answer. `officer` and `entered_by` are the registration's, here so that a constraint can say
    that neither looks; `percent` is the rate that was in force, so that the draw can be checked later.
    """

    personal_fields = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="second_look")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="second_looks")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", db_index=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField()
    drawn_at = models.DateTimeField(_("approved"))
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    result = models.CharField(max_length=7, choices=LookResult, blank=True)
    fields = models.CharField(max_length=300, blank=True, help_text="Names of the fields that differ.")
    reason = SealedField("second_look.reason", null=True)
    closed_at = models.DateTimeField(null=True)

    objects = SecondLookQuerySet.as_manager()

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        constraints = (
            models.CheckConstraint(
                condition=Q(looked_at__isnull=True, looked_by__isnull=True, result="")
                | Q(looked_at__isnull=False, looked_by__isnull=False, result__in=LookResult.values),
                name="secondlook_looked_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(looked_by__isnull=True)
                | (
                    ~Q(looked_by=F("approved_by"))
                    & ~Q(looked_by=F("officer"))
                    & ~Q(looked_by=F("entered_by"))
                ),
                name="secondlook_by_another",
            ),
            models.CheckConstraint(
                condition=Q(result=LookResult.DIFFERS, reason__isnull=False)
                | (~Q(result=LookResult.DIFFERS) & Q(reason__isnull=True, fields="")),
                name="secondlook_reason_where_it_differs",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(looked_at__isnull=True),
                name="secondlook_closed_or_looked_at",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="secondlook_percent_known"
            ),
        )
        indexes = (
            models.Index(
                fields=("branch", "drawn_at", "id"),
                condition=Q(looked_at__isnull=True, closed_at__isnull=True),
                name="secondlook_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.registration_id} {self.result or '–'}"
