from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from enrolment.models.registration import Registration
from outreach.models import Booth, Branch, Event
from outreach.sealed import SealedField

KEPT_FOR = timedelta(days=30)
"""After its last save; then a draft counts as abandoned."""


class DraftQuerySet(models.QuerySet):
    def unsent(self):
        return self.exclude(self._sent())

    def visible_to(self, user):
        """One's own, of one's branch. One that was sent meanwhile is no draft any more, even where a save that was
        under way at that moment wrote it once more: `purge` takes such a row away."""
        return self.filter(officer=user, branch_id=user.branch_id).unsent()

    def abandoned(self, *, at):
        """What may go: not touched for long, or sent."""
        return self.filter(models.Q(saved_at__lt=at - KEPT_FOR) | models.Q(self._sent()))

    @staticmethod
    def _sent():
        return Exists(Registration.objects.filter(submission_id=OuterRef("pk")))


class Draft(models.Model):
    """What an officer has typed into a form that is not sent yet, raw. Its key is the form's `submission_id`, so one
    form has one draft. `counter` is the page's: of two saves the later one typed stays, in whatever order they
    arrive; a phone's clock has no say."""

    personal_fields = ("content",)

    submission_id = models.UUIDField(primary_key=True, editable=False)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")
    booth = models.ForeignKey(Booth, models.PROTECT, related_name="+")
    day = models.DateField(help_text="The day at the stand that the form is for.")
    content = SealedField("draft.content")
    counter = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
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
        )
        indexes = (
            models.Index(fields=("officer", "-saved_at"), name="draft_by_officer"),
            models.Index(fields=("saved_at",), name="draft_by_age"),
        )

    def __str__(self) -> str:
        return str(self.pk)
