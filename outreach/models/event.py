from datetime import date, time, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from outreach.choices import EventState, Role
from outreach.models.branch import Branch
from outreach.models.campaign import Campaign
from outreach.models.organisation import Organisation


class EventQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff: the branch's events. An officer: those they are assigned to. An organiser: their organisation's."""
        if user.role == Role.ORGANISER:
            return self.filter(organiser_id=user.organisation_id)
        events = self.filter(branch_id=user.branch_id)
        if user.role == Role.OFFICER:
            return events.filter(booths__assignments__officer=user).distinct()
        return events


class Event(models.Model):
    """A bazaar or another occasion where the branch has a stand. Days are dates in Asia/Jakarta."""

    personal_fields = ()

    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name=_("branch"))
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name=_("campaign"))
    organiser = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organiser"), related_name="events"
    )
    slug = models.SlugField(
        _("short name"), unique=True, help_text=_("Part of addresses, such as penjaringan-2023.")
    )
    name = models.CharField(_("name"), max_length=120)
    occasion = models.CharField(_("occasion"), max_length=120, blank=True)
    venue = models.CharField(_("venue"), max_length=160)
    village_code = models.CharField(
        _("village"), max_length=13, help_text=_("Kemendagri code, such as 31.72.01.1001.")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    opens_at = models.TimeField(_("opens at"), default=time(8))
    closes_at = models.TimeField(_("closes at"), default=time(15))
    target = models.PositiveIntegerField(
        _("target"), default=0, help_text=_("Registrations hoped for, in workers.")
    )
    state = models.CharField(_("state"), max_length=10, choices=EventState, default=EventState.PLANNED)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-first_day", "slug")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="event_ends_after_it_starts",
                violation_error_message=_("The last day can't be before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="event_closes_after_it_opens",
                violation_error_message=_("The stand must close after it opens."),
            ),
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="event_state_known"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def days(self) -> list[date]:
        """Every day of the event."""
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    def is_on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day
