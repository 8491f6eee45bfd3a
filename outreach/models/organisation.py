from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.models.branch import Branch


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The partners of the user's branch; an organiser's own organisation."""
        if user.organisation_id:
            return self.filter(pk=user.organisation_id)
        return self.filter(branch_id=user.branch_id)


class Organisation(models.Model):
    """A partner that runs events: a karang taruna, a market's association, an RW."""

    personal_fields = ()

    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name=_("branch"))
    name = models.CharField(_("name"), max_length=120)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner organisation")
        verbose_name_plural = _("partner organisations")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("branch", "name"), name="organisation_name_once_a_branch"),
        )

    def __str__(self) -> str:
        return self.name
