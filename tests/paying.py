"""What the tests of payments share: somebody accepted by the core system, at a moment, and what is written down."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from unittest import mock
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils import timezone

from enrolment.actions import payments
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, Stage
from enrolment.models import Participation, Registration
from tests import factories

CODE, KPJ = "190612345678", "19061234567"


@contextmanager
def clock(moment: datetime):
    """The server's clock stands there."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def today() -> date:
    return timezone.localdate()


def waiting(cast, *, days: int = 0, **changes) -> Participation:
    """Approved so many days ago, and not handed over yet."""
    registration = factories.submitted(by=cast.officer, **changes)
    with clock(ago(days)):
        factories._moved(registration, "approved", cast.reviewer)
    return Participation.objects.select_related("registration").get(registration=registration, ended_at=None)


def at_stage(row: Participation, stage: str, *, by) -> Participation:
    """Put there by hand: batches are another part's."""
    accepted = {"accepted_at": timezone.now(), "accepted_by": by} if stage == Stage.ACCEPTED else {}
    Participation.objects.filter(pk=row.pk).update(stage=stage, **accepted)
    return now(row)


def accepted(cast, *, days: int = 0, **changes) -> Participation:
    """In the core system, not paid yet."""
    return at_stage(waiting(cast, days=days, **changes), Stage.ACCEPTED, by=cast.reviewer)


def paid(cast, *, days: int = 0, on: date | None = None, months: int = 1, **changes) -> Participation:
    row = accepted(cast, days=days, **changes)
    write(cast, row, Said(EntryKind.PAID, on=on or today(), months=months))
    return now(row)


def write(cast, row: Participation, said: Said, *, reason: str = "", entry_id: UUID | None = None, by=None):
    return payments.write(
        by=by or cast.reviewer, participation=row, entry_id=entry_id or uuid4(), said=said, reason=reason
    )


def now(row: Participation) -> Participation:
    """The row as it is stored; sealed values refuse refresh_from_db."""
    return Participation.objects.select_related("registration").get(pk=row.pk)


def url(row: Participation | Registration, page: str = "participation") -> str:
    registration = row.registration if isinstance(row, Participation) else row
    return reverse(f"admin:enrolment_registration_{page}", args=[registration.reference])
