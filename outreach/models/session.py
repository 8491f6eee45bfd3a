import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.choices import Role
from outreach.models.event import Event
from outreach.templatetags.formats import day_short, hour

MOST_PEOPLE = 10_000
"""More than this at one session is a slip of the finger."""


class OutreachSessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An officer: those of the events they are assigned to. Staff: their branch's. An organiser: nothing."""
        if user.role == Role.ORGANISER:
            return self.none()
        if user.role == Role.OFFICER:
            return self.filter(event__in=Event.objects.visible_to(user))
        return self.filter(event__branch_id=user.branch_id)


class OutreachSession(models.Model):
    """One face-to-face explanation to a group (sosialisasi tatap muka), entered after it was held.

    The id was made when the form opened: the same id is the same session, held by the primary key. How many people
    were reached is a head count; nobody of them is known here.
    """

    personal_fields = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), related_name="sessions")
    starts_at = models.DateTimeField(_("started"))
    place = models.CharField(_("place"), max_length=160)
    topic = models.CharField(_("topic"), max_length=160)
    speaker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("speaker"), related_name="+"
    )
    people_reached = models.PositiveIntegerField(_("people reached"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("entered by"), related_name="+"
    )
    entered_at = models.DateTimeField(_("entered"))

    objects = OutreachSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("outreach session")
        verbose_name_plural = _("outreach sessions")
        ordering = ("-starts_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(people_reached__gte=0, people_reached__lte=MOST_PEOPLE),
                name="outreachsession_people_plausible",
                violation_error_code="people",
                violation_error_message=_("One session reaches at most 10,000 people. Check the number."),
            ),
        )
        indexes = (models.Index(fields=("event", "starts_at"), name="outreachsession_by_event"),)

    def __str__(self) -> str:
        return f"{self.event.slug} {day_short(self.starts_at)} {hour(self.starts_at)}"
