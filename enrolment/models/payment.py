import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrolment import contributions
from enrolment.choices import EntryKind, PaymentResult
from enrolment.models.participation import Participation
from outreach.sealed import SealedField


class ParticipationEntry(models.Model):
    """One thing written down about a participation: a number that BPJS issued, a payment, the card. Append-only, held
    by triggers: what was written down wrongly is corrected by another entry of its kind, which says why; the
    participation's columns are a cache of the last one. Later payments are told apart by their day (`on`), so who
    corrects one names it: `replaces` is the entry whose place this one takes.

    `digest` is keyed and of this participation: it tells the same content from other content without opening it.
    """

    personal_fields = ("number", "reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=6, choices=EntryKind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = SealedField("participationentry.number", null=True)
    on = models.DateField(
        null=True, help_text="The day of the payment, or on which the card was handed over."
    )
    months = models.PositiveSmallIntegerField(null=True)
    reason = SealedField("participationentry.reason", null=True, help_text="Of a correction.")
    replaces = models.OneToOneField("self", models.PROTECT, related_name="replaced_by", null=True)
    from_file = models.BooleanField(default=False)
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("entry of a participation")
        verbose_name_plural = _("entries of participations")
        ordering = ("participation", "at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=EntryKind.numbers(), number__isnull=False, on__isnull=True)
                | (~Q(kind__in=EntryKind.numbers()) & Q(number__isnull=True, on__isnull=False)),
                name="entry_number_or_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=EntryKind.payments(),
                    months__isnull=False,
                    months__in=contributions.MONTHS_PREPAID,
                )
                | (~Q(kind__in=EntryKind.payments()) & Q(months__isnull=True)),
                name="entry_payment_has_months",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | Q(kind=EntryKind.LATER, reason__isnull=False),
                name="entry_replaces_a_later_payment",
            ),
        )

    def __str__(self) -> str:
        return f"{self.participation_id} {self.kind}"


def corrections(entries: Iterable[ParticipationEntry]) -> dict[uuid.UUID, ParticipationEntry]:
    """Of the entries of one participation, the oldest first: the id of each correction with the entry that it corrects.
    What is no value here is what stands."""
    stands: dict[tuple, ParticipationEntry] = {}
    by_id, found = {}, {}
    for entry in entries:
        by_id[entry.pk] = entry
        place = _place(entry)
        was = stands.pop(_place(by_id[entry.replaces_id]) if entry.replaces_id else place, None)
        if was:
            found[entry.pk] = was
        stands[place] = entry
    return found


def _place(entry: ParticipationEntry) -> tuple:
    """What there is one of: of every kind, but of later payments one a day."""
    return entry.kind, entry.on if entry.kind == EntryKind.LATER else None


class PaymentCall(models.Model):
    """One call about the first payment and what came of it. Append-only, held by triggers; the id was made with the
    page, so the same press is one call."""

    personal_fields = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="calls")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    result = models.CharField(_("result"), max_length=9, choices=PaymentResult)
    next_on = models.DateField(null=True)

    class Meta:
        ordering = ("participation", "at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(result__in=PaymentResult.values), name="payment_call_result_known"
            ),
            models.CheckConstraint(
                condition=Q(result__in=PaymentResult.final(), next_on__isnull=True)
                | (~Q(result__in=PaymentResult.final()) & Q(next_on__isnull=False)),
                name="payment_call_next_unless_final",
            ),
        )

    def __str__(self) -> str:
        return f"{self.participation_id} {self.result}"
