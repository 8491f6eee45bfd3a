"""Paper pads: made to be printed; sheets voided with a reason; and nothing keyed in that is voided, or twice."""

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment import sheet_numbers
from enrolment.choices import ConsentHow, NoticeLanguage, VoidReason
from enrolment.entry import Entry
from enrolment.errors import refusal
from enrolment.models import ConsentText, PaperPad, SheetVoid
from enrolment.permissions import MAKE_PADS, TAKE_BACK_VOIDS, VOID_SHEETS
from enrolment.queries import sheets
from outreach.actions import audit
from outreach.actions.once import once
from outreach.choices import EventState
from outreach.errors import ActionRefused
from outreach.models import Booth, User

_DRAWS = 5


class SheetRefused(ActionRefused):
    """The entry's sheet cannot be keyed in; `code` is one of errors.py, `str()` its sentence."""


def make(*, by: User, booth: Booth, pad_id: UUID, number: int) -> bool:
    """Make a pad of `number` sheets for a booth, with the notice in force on the event's first day or, if later, today.
    False if the same was stored before under this id.

    The constraint on the code decides, never a look-up first. Raises ActionRefused: "not_allowed", "event_closed",
    "conflict" if the id holds another pad.
    """

    def create() -> PaperPad:
        if not by.has_perm(MAKE_PADS) or booth.event.branch_id != by.branch_id:
            raise ActionRefused("not_allowed", _("Paper forms of this event are not yours to make."))
        if booth.event.state == EventState.CLOSED:
            raise ActionRefused("event_closed", _("This event is closed, so it needs no more paper forms."))
        day = max(timezone.localdate(), booth.event.first_day)
        pad = PaperPad(
            id=pad_id, code=sheet_numbers.new_code(), made_at=timezone.now(),
            consent_text=ConsentText.objects.offered(day=day).get(language=NoticeLanguage.INDONESIAN), **said,
        )  # fmt: skip
        pad.save(force_insert=True)
        audit.record(
            by=by, branch_id=by.branch_id, action="paperpad.make", object_id=pad_id, count=number,
            purpose=f"booth {booth}",
        )  # fmt: skip
        return pad

    said = {"branch_id": by.branch_id, "booth_id": booth.pk, "sheets": number, "made_by_id": by.pk}
    for _draw in range(_DRAWS):
        try:
            _pad, is_new = once(
                create,
                find=PaperPad.objects.filter(pk=pad_id).first,
                same=lambda stored: all(getattr(stored, name) == value for name, value in said.items()),
                conflict=ActionRefused(
                    "conflict",
                    _("This page was already sent with other content, which is stored. Open the page anew."),
                ),
            )
            return is_new
        except IntegrityError:  # the code is taken: draw another one
            continue
    raise RuntimeError("no free code found")


def void(*, by: User, pad: PaperPad, numbers: Collection[int], reason: VoidReason) -> int:
    """Sheets that will not be keyed in; how many of them were not voided yet. All of them, or none.

    Raises ActionRefused: "not_allowed", "sheet_unknown" if one is not of this pad, "sheet_used" if one is keyed in.
    """
    _may(by, VOID_SHEETS, pad)
    if not set(numbers) <= set(pad.numbers):
        raise ActionRefused("sheet_unknown", _("Write numbers of this pad, such as: 7, 12-15."))
    with transaction.atomic():
        lock(pad)
        (account,) = sheets.accounts([pad])
        if used := account.keyed.keys() & set(numbers):
            raise ActionRefused(
                "sheet_used",
                _("Keyed in already, so not voided: %(sheets)s. Leave these out and send the others.")
                % {"sheets": sheet_numbers.in_ranges(used)},
            )
        return _add(by, pad, set(numbers) - account.voided.keys(), reason=reason, action="sheets.void")


def take_back(*, by: User, pad: PaperPad, numbers: Collection[int]) -> int:
    """Voided sheets that turned out to be filled in may be keyed in again; how many of `numbers` were voided."""
    _may(by, TAKE_BACK_VOIDS, pad)
    with transaction.atomic():
        lock(pad)
        (account,) = sheets.accounts([pad])
        return _add(by, pad, account.voided.keys() & set(numbers), reason="", action="sheets.take_back")


def lock(pad: PaperPad) -> None:
    """Until the transaction ends nobody else voids a sheet of this pad, or keys one in."""
    PaperPad.objects.select_for_update().get(pk=pad.pk)


def check(*, by: User, entry: Entry) -> None:
    """Inside the transaction that stores an entry: its sheet, if it has one, is free, and stays so until the commit;
    and what is stored as signed on it is the notice that stands on it.

    Raises SheetRefused.
    """
    if entry.sheet is None:
        return
    lock(entry.sheet.pad)
    found = sheets.objection(entry.sheet, booth=entry.booth, submission_id=entry.submission_id, user=by)
    signed = entry.consent_how == ConsentHow.PAPER
    if not found and signed and entry.consent_version.pk != entry.sheet.pad.consent_text_id:
        found = refusal("sheet_notice")
    if found:
        raise SheetRefused(found.code, found.messages[0])


def _may(by: User, permission: str, pad: PaperPad) -> None:
    if not by.has_perm(permission) or not PaperPad.objects.visible_to(by).filter(pk=pad.pk).exists():
        raise ActionRefused("not_allowed", _("The sheets of this pad are not yours to account for."))


def _add(by: User, pad: PaperPad, numbers: Collection[int], *, reason: str, action: str) -> int:
    """The next turn of each sheet, under the pad's lock. Nothing to do is no row of the chain."""
    if not numbers:
        return 0
    turns = dict(SheetVoid.objects.filter(pad=pad).order_by("turn").values_list("number", "turn"))
    now = timezone.now()
    SheetVoid.objects.bulk_create(
        SheetVoid(pad=pad, number=number, turn=turns.get(number, 0) + 1, reason=reason, at=now, by=by)
        for number in sorted(numbers)
    )
    audit.record(
        by=by, branch_id=pad.branch_id, action=action, object_id=pad.pk, count=len(numbers), purpose=f"pad {pad}"
    )  # fmt: skip
    return len(numbers)
