from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.choices import EventState
from outreach.models.event import Event


class Booth(models.Model):
    """A service stand (stan layanan) of the branch at an event, known by a short code."""

    personal_fields = ()

    event = models.ForeignKey(Event, models.CASCADE, verbose_name=_("event"), related_name="booths")
    code = models.CharField(_("code"), max_length=4)
    target = models.PositiveIntegerField(
        _("target"), default=0, help_text=_("Registrations hoped for, in workers.")
    )

    class Meta:
        verbose_name = _("booth")
        verbose_name_plural = _("booths")
        ordering = ("event", "code")
        constraints = (models.UniqueConstraint(fields=("event", "code"), name="booth_code_once_an_event"),)

    def __str__(self) -> str:
        return f"{self.event.slug} {self.code}"


class AssignmentQuerySet(models.QuerySet):
    def open_to(self, officer):
        """An officer's duties at events of their branch that are open."""
        return self.filter(
            officer=officer, booth__event__state=EventState.OPEN, booth__event__branch_id=officer.branch_id
        )

    def for_officer(self, officer, day: date):
        """Where an officer works on a day."""
        return (
            self.open_to(officer)
            .filter(day=day)
            .select_related("booth__event")
            .order_by("booth__event__slug", "booth__code")
        )


class Assignment(models.Model):
    """One officer at one booth on one day (Asia/Jakarta)."""

    personal_fields = ()

    booth = models.ForeignKey(Booth, models.CASCADE, verbose_name=_("booth"), related_name="assignments")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("officer"), related_name="assignments"
    )
    day = models.DateField(_("day"))

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("day", "booth")
        constraints = (
            models.UniqueConstraint(
                fields=("booth", "officer", "day"), name="assignment_once_a_booth_and_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.booth} {self.day:%d-%m-%Y}"

    def clean(self) -> None:
        """Raises ValidationError for a day outside the event or an officer of another branch."""
        if self.booth_id and self.day and not self.booth.event.is_on(self.day):
            raise ValidationError({"day": _("Choose a day of the event.")})
        if self.booth_id and self.officer_id and self.officer.branch_id != self.booth.event.branch_id:
            raise ValidationError({"officer": _("Choose an officer of the event's branch.")})
