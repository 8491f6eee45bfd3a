from django.db import models
from django.utils.translation import gettext_lazy as _


class Branch(models.Model):
    """An office of BPJS Ketenagakerjaan. Everything a person may see hangs on a branch."""

    personal_fields = ()

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), unique=True)
    regency_code = models.CharField(
        _("regency"), max_length=5, help_text=_("Kemendagri code of the branch's own regency, such as 31.72.")
    )

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
