import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrolment.choices import CancelReason, Outcome
from enrolment.models.collective_template import CollectiveTemplate
from enrolment.models.participation import Participation
from enrolment.models.registration import Registration
from enrolment.permissions import HAND_OVER
from outreach.models import Branch
from outreach.sealed import SealedField


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who hands over: their branch's."""
        return self.filter(branch_id=user.branch_id) if user.has_perm(HAND_OVER) else self.none()

    def open(self):
        """Neither read back nor cancelled."""
        return self.filter(read_back_at=None, cancelled_at=None)


class Batch(models.Model):
    """Approved registrations that go into the core system together, as one file of the collective template.

    `id` was made when the page opened, so that a double click makes one; `number` runs by branch and stands in the
    file's name. It ends read back or cancelled, never both, and then nothing of it changes any more (triggers).
    `edition` is the template that it was made with; none is the template of 2020. `answer_digest` is keyed, of the
    file read back.
    """

    personal_fields = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    edition = models.ForeignKey(CollectiveTemplate, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    downloaded_at = models.DateTimeField(null=True, help_text="When its file left for the first time.")
    downloaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    cancel_reason = models.CharField(_("reason"), max_length=10, choices=CancelReason, blank=True)
    read_back_at = models.DateTimeField(null=True)
    read_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    answer_digest = models.BinaryField(max_length=32, null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = (
            models.UniqueConstraint(fields=("branch", "number"), name="batch_number_once_a_branch"),
            models.CheckConstraint(condition=Q(number__gte=1), name="batch_counts_from_one"),
            models.CheckConstraint(
                condition=Q(downloaded_at__isnull=True, downloaded_by__isnull=True)
                | Q(downloaded_at__isnull=False, downloaded_by__isnull=False),
                name="batch_downloaded_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason="")
                | (Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason="")),
                name="batch_cancelled_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(read_back_at__isnull=True, read_back_by__isnull=True, answer_digest__isnull=True)
                | Q(read_back_at__isnull=False, read_back_by__isnull=False, answer_digest__isnull=False),
                name="batch_read_back_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(read_back_at__isnull=True),
                name="batch_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(read_back_at__isnull=True) | Q(downloaded_at__isnull=False),
                name="batch_answered_was_downloaded",
            ),
            models.CheckConstraint(
                condition=Q(cancel_reason__in=("", *CancelReason.values)), name="batch_cancel_reason_known"
            ),
        )

    def __str__(self) -> str:
        return str(self.number)

    @property
    def is_open(self) -> bool:
        """May it still be downloaded, cancelled, read back?"""
        return self.read_back_at is None and self.cancelled_at is None


class BatchRowQuerySet(models.QuerySet):
    def live(self):
        """Of batches that are open."""
        return self.filter(live=True)


class BatchRow(models.Model):
    """A registration in a batch, with the version of its content that was approved. It is in one live batch at most.

    Only what becomes of it is ever written: that it was in a file that left (`in_file`), that the batch is over (not
    `live`), the core system's `outcome` and its reason, which is free text from outside and so sealed.
    """

    personal_fields = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="Counts from 1, in the order of the file.")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="batch_rows")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="batch_rows")
    version = models.PositiveSmallIntegerField(help_text="The version of the content that was approved.")
    live = models.BooleanField(default=True)
    in_file = models.BooleanField(default=False)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    reason = SealedField("batch_row.reason", null=True)

    objects = BatchRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a batch")
        verbose_name_plural = _("rows of a batch")
        ordering = ("batch", "position")
        constraints = (
            models.UniqueConstraint(fields=("batch", "position"), name="batch_row_position_once"),
            models.UniqueConstraint(fields=("batch", "registration"), name="batch_row_registration_once"),
            models.UniqueConstraint(
                fields=("registration",), condition=Q(live=True), name="batch_row_one_live_a_registration"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("", *Outcome.values)), name="batch_row_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(live=False), name="batch_row_answered_is_over"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(in_file=True), name="batch_row_answered_was_sent"
            ),
            models.CheckConstraint(
                condition=Q(reason__isnull=True) | ~Q(outcome=""), name="batch_row_reason_of_an_answer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.batch_id} {self.position}"


class HandEntry(models.Model):
    """Somebody typed an approved registration into the core system, because it can't go by the template: on which day
    (Asia/Jakarta), and who says so. Append-only; an approval that is taken back ends its participation."""

    personal_fields = ()

    participation = models.OneToOneField(Participation, models.PROTECT, related_name="hand_entry")
    entered_on = models.DateField(_("entered in the core system on"))
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("entry by hand")
        verbose_name_plural = _("entries by hand")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.participation_id} {self.entered_on}"
