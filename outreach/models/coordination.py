import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.models.event import Event
from outreach.permissions import VIEW_COORDINATION
from outreach.sealed import SealedField
from outreach.templatetags.formats import day_short


class CoordinationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff who may view: their branch's. An officer and an organiser: nothing."""
        if user.has_perm(VIEW_COORDINATION):
            return self.filter(event__branch_id=user.branch_id)
        return self.none()

    def open_steps(self):
        """Those with a next step that nobody has done yet, the first due on top."""
        return self.filter(due_on__isnull=False, done_at__isnull=True).order_by("due_on", "id")


class Coordination(models.Model):
    """One talk or letter about an event with somebody outside: the Lurah, the karang taruna, a market's office.

    The id was made when the form opened: the same id is the same entry, held by the primary key; `digest` tells the
    same content from other content without opening anything. Who it was with, what came of it and what comes next
    can name people and are sealed.
    """

    personal_fields = ("person", "outcome", "next_step")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), related_name="coordinations")
    day = models.DateField(_("day"))
    office = models.CharField(_("office"), max_length=120)
    letter_number = models.CharField(_("letter number"), max_length=60, blank=True)
    person = SealedField("coordination.person", null=True)
    outcome = SealedField("coordination.outcome")
    next_step = SealedField("coordination.next_step", null=True)
    due_on = models.DateField(_("due"), null=True)
    digest = models.BinaryField(max_length=32)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = CoordinationQuerySet.as_manager()

    class Meta:
        verbose_name = _("coordination")
        verbose_name_plural = _("coordination")
        ordering = ("-day", "-entered_at")
        constraints = (
            models.CheckConstraint(
                condition=Q(next_step__isnull=True, due_on__isnull=True)
                | Q(next_step__isnull=False, due_on__isnull=False),
                name="coordination_next_step_with_due",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="coordination_done_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(next_step__isnull=False),
                name="coordination_done_is_a_step",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_on", "id"),
                condition=Q(due_on__isnull=False, done_at__isnull=True),
                name="coordination_open_steps",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event.slug} {day_short(self.day)}"

    @property
    def is_late(self) -> bool:
        """Its next step is open and was due before today (Asia/Jakarta)."""
        return self.due_on is not None and self.done_at is None and self.due_on < timezone.localdate()
