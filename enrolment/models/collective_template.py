from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrolment import collective
from enrolment.permissions import EDIT_TEMPLATE
from outreach.models import Branch


class CollectiveTemplateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who may edit it: their own branch's."""
        return self.filter(branch_id=user.branch_id) if user.has_perm(EDIT_TEMPLATE) else self.none()

    def in_force(self, branch_id: int) -> "CollectiveTemplate | None":
        """A branch's last edition; None where it never stored one, so `collective.DEFAULT` holds."""
        return self.filter(branch_id=branch_id).order_by("number").last()


class CollectiveTemplate(models.Model):
    """An edition of a branch's template for the core system: where its columns are, what its codes are called, and
    what the answer looks like. `workbook` is the branch's own file (.xlsx) that is filled; without one a plain file
    is built from the layout. The last number is in force. Append-only, held by triggers: a batch names its edition.
    """

    personal_fields = ()

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", db_index=False)  # of the constraint
    number = models.PositiveIntegerField(_("edition"))
    layout = models.JSONField()
    answer_layout = models.JSONField()
    workbook = models.BinaryField(null=True)
    workbook_name = models.CharField(_("file"), max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("in force since"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CollectiveTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("collective template")
        verbose_name_plural = _("collective templates")
        ordering = ("branch", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("branch", "number"), name="collective_template_number_once_a_branch"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="collective_template_counts_from_one"),
            models.CheckConstraint(
                condition=Q(workbook__isnull=True, workbook_name="", sha256="")
                | (Q(workbook__isnull=False) & ~Q(workbook_name="") & ~Q(sha256="")),
                name="collective_template_file_has_name_and_digest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.number}"

    @property
    def columns(self) -> collective.Layout:
        """The stored layout, checked. Raises ValueError."""
        return collective.Layout.from_json(self.layout)

    @property
    def answer_columns(self) -> collective.AnswerLayout:
        """The stored layout of the answer, checked. Raises ValueError."""
        return collective.AnswerLayout.from_json(self.answer_layout)
