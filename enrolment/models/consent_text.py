from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsentText(models.Model):
    """The notice and consent that is read aloud before the first question (UU 27/2022 articles 20–22).

    A version is never edited after it was used: what is stored with a registration is what was shown.
    """

    personal_fields = ()

    version = models.SlugField(_("version"), unique=True)
    valid_from = models.DateField(_("shown from"))
    notice = models.TextField(
        _("notice"), help_text=_("What the data is for, who sees it, what the worker may ask.")
    )
    statement = models.CharField(
        _("statement"), max_length=300, help_text=_("The question that the worker answers with yes.")
    )

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ("-valid_from",)

    def __str__(self) -> str:
        return self.version
