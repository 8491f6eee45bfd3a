import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from enrolment import sheet_numbers
from enrolment.choices import VoidReason
from enrolment.models.consent_text import ConsentText
from enrolment.permissions import VIEW_PADS
from outreach.choices import Role
from outreach.models import Assignment, Booth, Branch


class PaperPadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who may view: their branch's. An officer: those of the booths they are or were assigned to."""
        if not user.has_perm(VIEW_PADS):
            return self.none()
        own = self.filter(branch_id=user.branch_id)
        if user.role == Role.OFFICER:
            return own.filter(Exists(Assignment.objects.filter(booth=OuterRef("booth"), officer=user)))
        return own


class PaperPad(models.Model):
    """Numbered blank forms for a booth, 1 to `sheets`, printed together. Each number is keyed in as a registration,
    voided with a reason, or named by the gap report: so nobody can say afterwards that a worker's sheet was lost.

    The id was made with the page: the same id is the same pad. `consent_text` is the notice that stands on its sheets.
    Append-only, held by triggers, so a number is never used again.
    """

    personal_fields = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", db_index=False)  # of the constraint
    booth = models.ForeignKey(Booth, models.PROTECT, verbose_name=_("booth"), related_name="paper_pads")
    code = models.CharField(_("code"), max_length=sheet_numbers.CODE_LENGTH)
    sheets = models.PositiveSmallIntegerField(_("sheets"))
    consent_text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))

    objects = PaperPadQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper pad")
        verbose_name_plural = _("paper pads")
        ordering = ("made_at", "code")
        constraints = (
            models.UniqueConstraint(fields=("branch", "code"), name="paper_pad_code_once_a_branch"),
            models.CheckConstraint(
                condition=Q(sheets__gte=1, sheets__lte=sheet_numbers.MOST),
                name="paper_pad_sheets_within_most",
            ),
        )

    def __str__(self) -> str:
        return f"P-{self.code}"

    @property
    def numbers(self) -> range:
        return range(1, self.sheets + 1)


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """One sheet of a pad. It has no row of its own: a registration or a void names it."""

    pad: PaperPad
    number: int

    def __str__(self) -> str:
        return sheet_numbers.serial(self.pad.code, self.number)


class SheetVoid(models.Model):
    """A sheet that will not be keyed in, and why; or, without a reason, that this was taken back. What holds is the
    last `turn`, and a constraint gives each turn once. Append-only, held by triggers."""

    personal_fields = ()

    pad = models.ForeignKey(PaperPad, models.PROTECT, related_name="voids", db_index=False)
    number = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(_("reason"), max_length=10, choices=VoidReason, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("voided sheet")
        verbose_name_plural = _("voided sheets")
        ordering = ("pad", "number", "turn")
        constraints = (
            models.UniqueConstraint(fields=("pad", "number", "turn"), name="sheet_void_turn_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, turn__gte=1), name="sheet_void_counts_from_one"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=("", *VoidReason.values)), name="sheet_void_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(turn__gt=1) | ~Q(reason=""), name="sheet_void_begins_with_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{sheet_numbers.serial(self.pad.code, self.number)} {self.turn}"
