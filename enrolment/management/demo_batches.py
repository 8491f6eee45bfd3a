"""The demo's hand-over: a batch whose answer was read back, one that waits for its answer, and some who wait for one.
May be loaded again and again."""

from dataclasses import dataclass

from enrolment.actions import batches, read_back
from enrolment.models import Batch
from outreach.management.demo_field_work import known_id, unless_changed
from outreach.models import Event, User

ANSWERED, OPEN = known_id("batch", "answered"), known_id("batch", "open")
EVENT, OLDER = "taman-waduk-pluit-2026", "penjaringan-2023"
WHY = "Nama berbeda dari data kependudukan."
"""What the core system says of the last row of the first batch."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A row as the core system's file would say it. No number is made up, not even here."""

    row: int
    nik: str
    accepted: bool
    reason: str
    billing_code: str = ""
    participant_number: str = ""


def load(*, reviewer: User) -> None:
    """Through the actions. A batch that is there already stays as a visitor left it."""
    if not Batch.objects.filter(pk=ANSWERED).exists():
        unless_changed(_answered, reviewer=reviewer)
    if not Batch.objects.filter(pk=OPEN).exists():
        unless_changed(_made, reviewer=reviewer, batch_id=OPEN, slug=OLDER, limit=5)


def _answered(*, reviewer: User) -> None:
    batch, niks = _made(reviewer=reviewer, batch_id=ANSWERED, slug=EVENT, limit=6)
    answers = [Answer(row, nik, True, "") for row, nik in enumerate(niks, start=2)]
    last = answers[-1]
    answers[-1] = Answer(last.row, last.nik, False, WHY)
    read_back.apply(by=reviewer, batch=batch, answers=answers, content=b"demo")


def _made(*, reviewer: User, batch_id, slug: str, limit: int) -> tuple[Batch, list[str]]:
    """(a batch of one event, its file downloaded; the NIKs, which stand first in the template of 2020)"""
    event = Event.objects.get(slug=slug)
    made = batches.make(by=reviewer, batch_id=batch_id, event=event, limit=limit)
    rows = batches.file_rows(by=reviewer, batch=made)
    return Batch.objects.get(pk=made.pk), [str(row[0]) for row in rows]
