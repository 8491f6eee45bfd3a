from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.models.booth import Booth
from outreach.templatetags.formats import day_short

TAKE_BACK_WITHIN = timedelta(minutes=5)


class Greeting(models.Model):
    """One person greeted at a booth: one tap on "+1 greeted" is one row. Nobody who was greeted is known here.

    The id was made with the page: the same id is the same tap, held by the primary key. Append-only, held by
    triggers. A tap by mistake is taken back by a row of its own that names it in `undoes`, so a booth's number is
    its rows without `undoes` less those with one.
    """

    personal_fields = ()

    id = models.UUIDField(primary_key=True, editable=False)
    booth = models.ForeignKey(
        Booth, models.PROTECT, verbose_name=_("booth"), related_name="greetings", db_index=False
    )
    day = models.DateField(_("day"))
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("officer"), related_name="+"
    )
    at = models.DateTimeField(_("time"))
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("greeting")
        verbose_name_plural = _("greetings")
        ordering = ("booth", "at")
        indexes = (models.Index(fields=("booth", "day", "undoes"), name="greeting_by_booth_and_day"),)

    def __str__(self) -> str:
        return f"{self.booth_id} {day_short(self.day)}"
