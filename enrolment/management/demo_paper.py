"""The demo's paper: a pad with sheets keyed in, one voided and some open, and a fresh one for today."""

from uuid import NAMESPACE_URL, uuid5

from enrolment.actions import pads
from enrolment.choices import VoidReason
from enrolment.models import PaperPad, PaperSheet, Registration
from outreach.choices import EventState
from outreach.models import Booth, User

# event, booth, sheets, keyed in
PADS = (("taman-waduk-pluit-2026", "A", 12, 6), ("bazar-hari-ini", "A", 10, 0))


def load(*, by: User) -> None:
    """Through the actions, which recognise what is stored. The sheet after the last one keyed in is voided."""
    booths = Booth.objects.select_related("event").exclude(event__state=EventState.CLOSED)
    for slug, code, number, keyed in PADS:
        booth = booths.filter(event__slug=slug, code=code).first()  # a visitor may have closed the event
        if booth and keyed and Registration.objects.filter(booth=booth).exists():
            continue  # an older demo: its registrations name no sheet
        if booth and pads.make(by=by, booth=booth, pad_id=_known_id(slug), number=number):
            pad = PaperPad.objects.get(pk=_known_id(slug))
            pads.void(by=by, pad=pad, numbers=[keyed + 1], reason=VoidReason.SPOILT)


def number_rows(rows: list[dict]) -> list[dict]:
    """The first rows of a pad's booth, in the file's order, were written on its sheets."""
    for slug, code, _number, keyed in PADS:
        own = [row for row in rows if (row["event"], row["booth"]) == (slug, code)]
        for pad in PaperPad.objects.filter(pk=_known_id(slug)):
            for sheet, row in enumerate(own[:keyed], start=1):
                row["sheet"] = str(PaperSheet(pad, sheet))
    return rows


def _known_id(slug: str):
    return uuid5(NAMESPACE_URL, f"demo/pad/{slug}")
