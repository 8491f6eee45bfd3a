"""One registration's way to a participant, as far as it has come. Opens nothing."""

from enrolment.choices import EntryKind
from enrolment.models import Participation, ParticipationEntry, PaymentCall, Registration
from enrolment.models.payment import corrections


def newest(registration: Registration) -> Participation | None:
    """The participation that stands, else the last one; None if it was never approved. One query."""
    rows = Participation.objects.filter(registration=registration)
    return (
        rows.select_related("accepted_by", "paid_by", "card_by", "called_by").order_by("-approved_at").first()
    )


def is_paid(registration: Registration) -> bool:
    """Is a payment written down of the approval that stands? One query."""
    return Participation.objects.live().filter(registration=registration, paid_on__isnull=False).exists()


def entries(participation: Participation) -> list[ParticipationEntry]:
    """What was written down, the newest first, with who. One query."""
    return list(participation.entries.select_related("by").order_by("-at", "-id"))


def calls(participation: Participation) -> list[PaymentCall]:
    """What came of each call, the newest first, with who. One query."""
    return list(participation.calls.select_related("by").order_by("-at", "-id"))


def later_payments(written: list[ParticipationEntry]) -> list[ParticipationEntry]:
    """The later payments that stand, of `entries`, by their day."""
    wrong = {entry.pk for entry in corrections(reversed(written)).values()}
    later = (one for one in written if one.kind == EntryKind.LATER and one.pk not in wrong)
    return sorted(later, key=lambda one: one.on)


def card_day(written: list[ParticipationEntry]):
    """The day on which the card was handed over, of `entries`; None before."""
    return next((one.on for one in written if one.kind == EntryKind.CARD), None)
