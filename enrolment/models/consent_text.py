from django.db import models
from django.utils.translation import gettext_lazy as _

from enrolment.choices import NoticeLanguage


class ConsentTextQuerySet(models.QuerySet):
    def coded(self, code: str):
        """The text of one code (see `ConsentText.code`), in a list of one or none."""
        version, _dot, language = code.replace("\0", "").partition(".")
        return self.filter(version=version, language=language or NoticeLanguage.INDONESIAN)

    def offered(self, *, day):
        """The version in force on a day, in each of its languages: the Indonesian text says which version that is,
        so that nobody agrees to last year's text because this year's is not translated yet."""
        valid = self.filter(valid_from__lte=day)
        newest = valid.filter(language=NoticeLanguage.INDONESIAN).order_by("-valid_from", "-version")
        return valid.filter(version__in=newest.values("version")[:1])


class ConsentText(models.Model):
    """The notice and the question that come before the first answer (UU 27/2022 articles 20–22), in one language.

    Append-only, held by triggers: what a registration points to is what was shown. Other words are another version.
    """

    personal_fields = ()

    version = models.SlugField(_("version"), help_text=_("Such as 2026-12. The paper form names it."))
    language = models.CharField(
        _("language"), max_length=3, choices=NoticeLanguage, default=NoticeLanguage.INDONESIAN
    )
    valid_from = models.DateField(_("shown from"))
    notice = models.TextField(
        _("notice"), help_text=_("What the data is for, who sees it, what the worker may ask.")
    )
    statement = models.CharField(
        _("statement"), max_length=300, help_text=_("The question that the worker answers with yes.")
    )

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ("-valid_from", "version", "language")
        constraints = (
            models.UniqueConstraint(fields=("version", "language"), name="consent_text_version_once"),
            models.CheckConstraint(
                condition=models.Q(language__in=NoticeLanguage.values), name="consent_text_language_known"
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """What the form sends: `2023-06` as on the paper form is the Indonesian text, `2023-06.en` the English."""
        if self.language == NoticeLanguage.INDONESIAN:
            return self.version
        return f"{self.version}.{self.language}"
