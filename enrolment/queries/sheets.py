"""Sheets of paper: which one a number names, what speaks against keying it in, and what became of a pad's sheets."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from enrolment import sheet_numbers
from enrolment.choices import VoidReason
from enrolment.errors import refusal
from enrolment.models import PaperPad, PaperSheet, Registration, SheetVoid
from outreach.choices import EventState
from outreach.models import Assignment, Booth, User
from outreach.templatetags.formats import day_short


@dataclass(slots=True)
class Account:
    """What became of each sheet of a pad, by its number: the registration's reference, or the reason of the void."""

    pad: PaperPad
    keyed: dict[int, str] = field(default_factory=dict)
    voided: dict[int, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[int]:
        """Neither keyed in nor voided: somebody still holds them."""
        return [n for n in self.pad.numbers if n not in self.keyed and n not in self.voided]

    @property
    def missing_words(self) -> str:
        return sheet_numbers.in_ranges(self.missing)

    @property
    def voided_words(self) -> list[tuple[str, str]]:
        """(reason, its sheets), in the order of the reasons."""
        return [
            (str(reason.label), sheet_numbers.in_ranges(n for n, why in self.voided.items() if why == reason))
            for reason in VoidReason
            if reason in self.voided.values()
        ]


def accounts(pads: Iterable[PaperPad]) -> list[Account]:
    """One account a pad. Two queries, however many there are; a registration counts whatever was decided on it."""
    found = {pad.pk: Account(pad) for pad in pads}
    keyed = Registration.objects.filter(pad__in=found).order_by("sheet")
    for pad, sheet, reference in keyed.values_list("pad", "sheet", "reference"):
        found[pad].keyed[sheet] = reference
    turns = SheetVoid.objects.filter(pad__in=found).order_by("number", "turn")
    for pad, number, reason in turns.values_list("pad", "number", "reason"):
        found[pad].voided.pop(number, None)
        if reason:
            found[pad].voided[number] = reason
    return list(found.values())


def of_booth(booth: Booth) -> list[Account]:
    """Every pad that was printed for a booth. Three queries."""
    return accounts(booth.paper_pads.all())


def named(typed: tuple[str, int], user: User) -> PaperSheet | None:
    """The sheet that a number names within the user's branch."""
    code, number = typed
    pads: QuerySet[PaperPad] = PaperPad.objects.filter(
        branch_id=user.branch_id, code=code, sheets__gte=number
    )
    pad = pads.select_related("booth__event", "consent_text").first()
    return PaperSheet(pad, number) if pad and number else None


def keyed_in_as(sheet: PaperSheet) -> QuerySet[Registration]:
    """The registration of a sheet, in a list of one or none."""
    return Registration.objects.filter(pad=sheet.pad, sheet=sheet.number)


def hindrance(sheet: PaperSheet, *, user: User) -> ValidationError:
    """Why an officer who stands at no booth of this sheet, today or before, can't key it in."""
    if sheet.pad.booth.event.state != EventState.OPEN:
        return refusal("event_closed")
    duties = Assignment.objects.open_to(user).filter(booth=sheet.pad.booth_id, day__gt=timezone.localdate())
    first = duties.order_by("day").values_list("day", flat=True).first()
    return refusal("sheet_not_yet", day=day_short(first)) if first else refusal("sheet_elsewhere")


def objection(sheet: PaperSheet, *, booth: Booth, submission_id, user: User) -> ValidationError | None:
    """What speaks against keying this sheet in at this booth, under this form's id. The registration that has it is
    named to those who may see it."""
    if sheet.pad.booth_id != booth.pk:
        return refusal("sheet_elsewhere")
    others = keyed_in_as(sheet).exclude(submission_id=submission_id)
    if others.exists():
        own = others.visible_to(user).only("reference").first()
        return refusal("sheet_used", reference=str(own)) if own else refusal("sheet_used")
    last = SheetVoid.objects.filter(pad=sheet.pad, number=sheet.number).order_by("-turn").first()
    return refusal("sheet_void") if last and last.reason else None
