from django.db import models
from django.utils.translation import gettext_lazy as _


class Campaign(models.Model):
    """A national or regional campaign that events belong to, such as Kerja Keras Bebas Cemas."""

    personal_fields = ()

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
