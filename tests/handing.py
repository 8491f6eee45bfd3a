"""What the tests of the hand-over share: approved ones, a batch, an answer of the core system to it."""

import csv
import io
from collections.abc import Sequence
from uuid import uuid4

from enrolment.actions import batches
from enrolment.models import Batch, BatchRow, Participation, Registration
from tests import factories
from tests.reviewing import now

HEADINGS = ("Nomor Identitas", "Status", "Keterangan", "Kode Iuran", "Nomor Peserta")
LONG_NAME = "Warga " + "Uji " * 12
"""Longer than the template takes."""


def approved(cast, number: int = 1, **changes) -> list[Registration]:
    """So many that wait to be handed over."""
    return [factories.approved(by=cast.officer, reviewer=cast.reviewer, **changes) for _ in range(number)]


def batch(cast, number: int = 2, *, sent: bool = True, limit: int = 300, **changes) -> Batch:
    """A batch of new ones, its file downloaded unless `sent` is False."""
    approved(cast, number, **changes)
    made = batches.make(by=cast.reviewer, batch_id=uuid4(), event=None, limit=limit)
    if sent:
        batches.file_rows(by=cast.reviewer, batch=made)
    return Batch.objects.get(pk=made.pk)


def rows(of: Batch) -> list[BatchRow]:
    return list(BatchRow.objects.filter(batch=of).select_related("registration").order_by("position"))


def nik_of(registration: Registration) -> str:
    """As a test may: without an access row."""
    from outreach import crypto

    token = registration.__dict__["nik"]
    return crypto.unseal(bytes(token), context=f"registration.nik|{registration.pk}")


def answer(of: Batch, refuse: dict[int, str] | None = None, *, numbers: bool = False) -> list[list[str]]:
    """The rows of an answer; `refuse` is position → reason. `numbers`: with those that BPJS gives."""
    refuse = refuse or {}
    return [
        [
            nik_of(row.registration),
            "Ditolak" if row.position in refuse else "Diterima",
            refuse.get(row.position, ""),
            f"9{row.position:011}" if numbers else "",
            f"8{row.position:010}" if numbers else "",
        ]
        for row in rows(of)
    ]


def as_csv(lines: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headings, *lines])
    return text.getvalue().encode()


def participation(registration: Registration) -> Participation:
    """The newest one."""
    return Participation.objects.filter(registration=registration).latest("approved_at")


__all__ = [
    "HEADINGS", "LONG_NAME", "answer", "approved", "as_csv", "batch", "nik_of", "now", "participation", "rows",
]  # fmt: skip
