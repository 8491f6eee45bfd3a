from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrolment.models.prospect import Prospect
from enrolment.models.registration import Registration
from outreach.models import Booth, Branch, Event
from outreach.sealed import SealedField

KEPT_FOR = timedelta(days=30)
"""After its last save; then a draft counts as abandoned."""


class DraftQuerySet(models.QuerySet):
    def live(self, *, at):
        """What can still be gone on with: something is kept in it, and nobody left it for too long."""
        return self.filter(content__isnull=False, saved_at__gte=at - KEPT_FOR).exclude(self._sent())

    def visible_to(self, user):
        """One's own, of one's branch, as long as it lives."""
        return self.live(at=timezone.now()).filter(officer=user, branch_id=user.branch_id)

    def abandoned(self, *, at):
        """What may go: not touched for long, or sent."""
        return self.filter(models.Q(saved_at__lt=at - KEPT_FOR) | models.Q(self._sent()))

    @staticmethod
    def _sent():
        return Exists(Registration.objects.filter(submission_id=OuterRef("pk")))


class Draft(models.Model):
    """What an officer has typed into a form that is not sent yet, raw. Its key is the form's `submission_id`, so one
    form has one draft. `counter` is the page's: of two saves the later one typed stays, in whatever order they
    arrive; a phone's clock has no say.

    Sent or thrown away it is emptied and over (`ended_at`), and its key stays taken until the purge: a save that was
    on its way finds that, instead of making it anew. It is empty and not over while its worker has not agreed."""

    personal_fields = ("content",)

    submission_id = models.UUIDField(primary_key=True, editable=False)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")
    booth = models.ForeignKey(Booth, models.PROTECT, related_name="+")
    day = models.DateField(help_text="The day at the stand that the form is for.")
    prospect = models.ForeignKey(
        Prospect,
        models.PROTECT,
        related_name="+",
        null=True,
        help_text="Whose form this is. Only who may see a prospect begins one; a handed-over draft keeps it.",
    )
    content = SealedField("draft.content", null=True)
    counter = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    code_index = models.BinaryField(max_length=32, null=True, help_text="Of the code that hands it over.")
    code_until = models.DateTimeField(null=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        default_permissions = ()
        constraints = (
            # Digits are few: of two drafts of an event that wait to be taken, each has its own.
            models.UniqueConstraint(fields=("event", "code_index"), name="draft_code_once_an_event"),
            models.CheckConstraint(
                condition=models.Q(code_index__isnull=True, code_until__isnull=True)
                | models.Q(code_index__isnull=False, code_until__isnull=False),
                name="draft_code_with_until",
            ),
            models.CheckConstraint(
                condition=models.Q(content__isnull=False) | models.Q(code_index__isnull=True),
                name="draft_code_of_what_is_kept",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(content__isnull=True),
                name="draft_ended_is_empty",
            ),
        )
        indexes = (
            models.Index(fields=("officer", "-saved_at"), name="draft_by_officer"),
            models.Index(fields=("saved_at",), name="draft_by_age"),
        )

    def __str__(self) -> str:
        return str(self.pk)
