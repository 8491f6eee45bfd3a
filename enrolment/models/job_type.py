from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrolment.choices import Sector


class JobType(models.Model):
    """A kind of work with its official code. Which sector it belongs to decides on the relief."""

    personal_fields = ()

    code = models.CharField(_("code"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=60)
    sector = models.CharField(_("sector"), max_length=10, choices=Sector, default=Sector.OTHER)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=100)

    class Meta:
        verbose_name = _("job type")
        verbose_name_plural = _("job types")
        ordering = ("position", "name")
        constraints = (
            models.CheckConstraint(condition=Q(sector__in=Sector.values), name="jobtype_sector_known"),
        )

    def __str__(self) -> str:
        return self.name
