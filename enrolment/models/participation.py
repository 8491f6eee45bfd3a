import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrolment import contributions
from enrolment.choices import PaymentResult, Stage
from enrolment.models.decision import Decision
from enrolment.models.registration import Registration
from enrolment.permissions import VIEW
from outreach.choices import Role
from outreach.models import Branch, Event
from outreach.sealed import SealedField


class ParticipationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff who may view registrations: their branch's. Officers have nothing to do with it."""
        if user.role == Role.OFFICER or not user.has_perm(VIEW):
            return self.none()
        return self.filter(branch_id=user.branch_id)

    def live(self):
        """Whose approval still stands."""
        return self.filter(ended_at=None)

    def unpaid(self):
        """In the core system and not paid yet, of whom something may be opened."""
        return self.live().filter(stage=Stage.ACCEPTED, registration__consent_withdrawn_at=None)


class Participation(models.Model):
    """What became of one approval: handed over, accepted by the core system, paid, card. Begun by the approving
    decision and ended by the one that takes it back, so a registration that is approved again begins anew.

    Numbers are issued by BPJS and only recorded here: `billing_code` (kode iuran, 12 digits) and `participant_number`
    (KPJ, 11 digits). `paid_on` is the day of the first payment (Asia/Jakarta), `paid_months` what it paid for;
    `paid_at` and `paid_by` are who wrote it down; `covered_until` is the first day of the last month that is paid for.
    `number_index` finds the participant number again (`entry.number_index`); it is not unique, for who comes back
    keeps theirs (actions/participant_numbers.py). These are a cache of the last ParticipationEntry of their kind.

    `call_on` is the day before which nobody calls again and `call_result` what came of the last call (PaymentCall);
    `called_at` and `called_by` say who last opened the number or wrote a result, so that two don't call at once.
    """

    personal_fields = ("billing_code", "participant_number")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="participations")
    approval = models.OneToOneField(Decision, models.PROTECT, related_name="participation")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage, default=Stage.WAITING)
    approved_at = models.DateTimeField(_("approved"))
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    billing_code = SealedField("participation.billing_code", null=True)
    participant_number = SealedField("participation.participant_number", null=True)
    number_index = models.BinaryField(max_length=32, null=True)
    paid_on = models.DateField(_("first payment"), null=True)
    paid_months = models.PositiveSmallIntegerField(null=True)
    paid_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    card_at = models.DateTimeField(null=True)
    card_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    covered_until = models.DateField(null=True)
    call_on = models.DateField(null=True)
    call_result = models.CharField(max_length=9, choices=PaymentResult, blank=True)
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True, help_text="When the registration left the state approved.")

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = (
            models.UniqueConstraint(
                fields=("registration",),
                condition=Q(ended_at__isnull=True),
                name="participation_one_live_a_registration",
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="participation_stage_known"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="participation_accepted_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.after_acceptance(), accepted_at__isnull=False)
                | (~Q(stage__in=Stage.after_acceptance()) & Q(accepted_at__isnull=True)),
                name="participation_accepted_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True, paid_by__isnull=True)
                | Q(paid_at__isnull=False, paid_by__isnull=False),
                name="participation_paid_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(
                    stage__in=Stage.after_payment(),
                    paid_at__isnull=False,
                    paid_on__isnull=False,
                    paid_months__isnull=False,
                    paid_months__in=contributions.MONTHS_PREPAID,
                )
                | (
                    ~Q(stage__in=Stage.after_payment())
                    & Q(paid_at__isnull=True, paid_on__isnull=True, paid_months__isnull=True)
                ),
                name="participation_paid_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(card_at__isnull=True, card_by__isnull=True)
                | Q(card_at__isnull=False, card_by__isnull=False),
                name="participation_card_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.CARD, card_at__isnull=False)
                | (~Q(stage=Stage.CARD) & Q(card_at__isnull=True)),
                name="participation_card_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(covered_until__isnull=True, paid_at__isnull=True)
                | Q(covered_until__isnull=False, paid_at__isnull=False),
                name="participation_paid_is_covered",
            ),
            models.CheckConstraint(
                condition=Q(called_at__isnull=True, called_by__isnull=True)
                | Q(called_at__isnull=False, called_by__isnull=False),
                name="participation_called_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(call_result__in=("", *PaymentResult.values)),
                name="participation_call_result_known",
            ),
            models.CheckConstraint(
                condition=Q(call_on__isnull=True) | ~Q(call_result__in=("", *PaymentResult.final())),
                name="participation_no_call_after_the_last",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.REFUSED) | Q(ended_at__isnull=False),
                name="participation_refused_is_ended",
            ),
            models.CheckConstraint(
                condition=Q(participant_number__isnull=True, number_index__isnull=True)
                | Q(participant_number__isnull=False, number_index__isnull=False),
                name="participation_number_is_indexed",
            ),
        )
        indexes = (
            models.Index(
                fields=("branch", "stage", "approved_at", "id"),
                condition=Q(ended_at__isnull=True),
                name="participation_by_stage",
            ),
            models.Index(fields=("event", "approved_at"), name="participation_by_event"),
            models.Index(
                fields=("number_index",),
                condition=Q(number_index__isnull=False),
                name="participation_by_number",
            ),
        )

    def __str__(self) -> str:
        return f"{self.registration_id} {self.stage}"
