import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enrolment.choices import CallResult, ProspectReason
from enrolment.models.registration import Registration
from enrolment.permissions import VIEW_PROSPECTS
from outreach.choices import Role
from outreach.models import Booth, Branch, Event
from outreach.sealed import SealedField


def kept_until(event: Event) -> date:
    """The last day on which somebody noted at this event may be called. They are promised it, so it is stored."""
    return event.last_day + timedelta(days=settings.PROSPECT_DAYS)


class ProspectQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An officer: those they noted. A reviewer: their branch's. Others: nothing."""
        if not user.has_perm(VIEW_PROSPECTS):
            return self.none()
        mine = self.filter(branch_id=user.branch_id)
        return mine.filter(officer=user) if user.role == Role.OFFICER else mine

    def to_call(self, *, day):
        """Those who still wait for a call and may get one on this day, the first due on top."""
        return self.filter(closed_at__isnull=True, kept_until__gte=day).order_by("follow_up_on", "id")

    def expired(self, *, day):
        """Those who may not be called any more on this day, and whose name is still there."""
        return self.filter(closed_at__isnull=True, kept_until__lt=day)


class Prospect(models.Model):
    """Somebody who is interested and not registered yet: without a NIK, a foreigner, or wanting to think.

    Stored only if they agreed to be called (UU 27/2022 article 20): `agreed_at` is when they did. The id was made when
    the form opened: the same id is the same prospect, held by the primary key; `digest` tells the same content from
    other content without opening anything. Once nobody is to call any more it is closed: registered, by a call, or
    because `kept_until` is over. What is closed holds no name, number or note, and no digest by which somebody could
    have a guessed name confirmed; the row stays to be counted.
    """

    personal_fields = ("full_name", "phone", "note")
    KEPT = (*personal_fields, "digest")
    CLOSING = ("closed_at", *KEPT)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name=_("event"))
    booth = models.ForeignKey(Booth, models.PROTECT, related_name="+", verbose_name=_("booth"))
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("officer")
    )
    full_name = SealedField("prospect.full_name", null=True)
    phone = SealedField("prospect.phone", null=True)
    note = SealedField("prospect.note", null=True)
    reason = models.CharField(_("why not yet"), max_length=8, choices=ProspectReason)
    agreed_at = models.DateTimeField()
    kept_until = models.DateField(help_text="The last day on which they may be called, as they were told.")
    follow_up_on = models.DateField(_("call on"))
    digest = models.BinaryField(max_length=32, null=True)
    closed_at = models.DateTimeField(null=True)
    registration = models.OneToOneField(Registration, models.PROTECT, related_name="+", null=True)

    objects = ProspectQuerySet.as_manager()

    class Meta:
        verbose_name = _("prospect")
        verbose_name_plural = _("prospects")
        constraints = (
            models.CheckConstraint(
                condition=Q(reason__in=ProspectReason.values), name="prospect_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(registration__isnull=True) | Q(closed_at__isnull=False),
                name="prospect_registered_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(
                    closed_at__isnull=True,
                    full_name__isnull=False,
                    phone__isnull=False,
                    digest__isnull=False,
                )
                | Q(
                    closed_at__isnull=False,
                    full_name__isnull=True,
                    phone__isnull=True,
                    note__isnull=True,
                    digest__isnull=True,
                ),
                name="prospect_closed_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(follow_up_on__lte=F("kept_until")), name="prospect_called_while_kept"
            ),
        )
        indexes = (
            models.Index(
                fields=("branch", "follow_up_on", "id"),
                condition=Q(closed_at__isnull=True),
                name="prospect_to_call",
            ),
            models.Index(
                fields=("officer", "follow_up_on", "id"),
                condition=Q(closed_at__isnull=True),
                name="prospect_to_call_by_officer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event.slug} {str(self.pk)[:8]}"

    def may_be_called(self, *, day: date) -> bool:
        return self.closed_at is None and day <= self.kept_until

    def close(self, *, at) -> None:
        """Nobody is to call any more: destroys what was kept for that. The caller saves `CLOSING`."""
        self.closed_at = at
        for name in self.KEPT:
            setattr(self, name, None)


class ProspectCall(models.Model):
    """One call to a prospect and what came of it. Append-only, held by triggers."""

    personal_fields = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prospect = models.ForeignKey(Prospect, models.PROTECT, related_name="calls")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    result = models.CharField(_("result"), max_length=9, choices=CallResult)
    next_on = models.DateField(null=True)

    class Meta:
        ordering = ("prospect", "at")
        constraints = (
            models.CheckConstraint(condition=Q(result__in=CallResult.values), name="call_result_known"),
            models.CheckConstraint(
                condition=Q(result__in=CallResult.final(), next_on__isnull=True)
                | (~Q(result__in=CallResult.final()) & Q(next_on__isnull=False)),
                name="call_next_unless_final",
            ),
        )

    def __str__(self) -> str:
        return f"{self.prospect_id} {self.result}"
