"""Allowed values and allowed moves of the field work."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """Who somebody is here. What a role may do stands in each app's permissions.py."""

    OFFICER = "officer", _("Field officer")
    REVIEWER = "reviewer", _("Reviewer")
    HEAD = "head", _("Branch head")
    ORGANISER = "organiser", _("Organiser")
    SYSTEM_ADMIN = "system_admin", _("System admin")


DEMO_ACCOUNTS = ("petugas", "verifikator", "kepala", "karangtaruna", "admin")
"""Made by seed_demo, with a password that is written in the README; a production refuses them."""

STAFF_ROLES = (Role.REVIEWER, Role.HEAD, Role.SYSTEM_ADMIN)
"""The roles that work in the Django admin."""


class EventState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


EVENT_MOVES = {
    EventState.PLANNED: (EventState.OPEN,),
    EventState.OPEN: (EventState.CLOSED,),
    EventState.CLOSED: (),
}
"""planned → open → closed; it closes when every booth is reconciled."""


class EquipmentKind(models.TextChoices):
    LOAN = "loan", _("Loan")
    GRANT = "grant", _("Grant")


class Condition(models.TextChoices):
    GOOD = "good", pgettext_lazy("equipment", "Good")
    DAMAGED = "damaged", pgettext_lazy("equipment", "Damaged")


class Direction(models.TextChoices):
    """Which way the goods of a handover record went."""

    OUT = "out", _("Handover")
    BACK = "back", _("Return")


class LineState(models.TextChoices):
    """Where one line of equipment stands. What came back is named after the worst that happened to it."""

    ASKED = "asked", pgettext_lazy("equipment", "Asked")
    AGREED = "agreed", pgettext_lazy("equipment", "Agreed")
    DECLINED = "declined", pgettext_lazy("equipment", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("equipment", "Taken back")
    HANDED_OVER = "handed_over", pgettext_lazy("equipment", "Handed over")
    RETURNED = "returned", pgettext_lazy("equipment", "Returned")
    DAMAGED = "damaged", pgettext_lazy("equipment", "Damaged")
    LOST = "lost", pgettext_lazy("equipment", "Lost")


UNANSWERED_STATES = (LineState.ASKED, LineState.DECLINED, LineState.WITHDRAWN)
"""No number was agreed: not yet, or never."""
BACK_STATES = (LineState.RETURNED, LineState.DAMAGED, LineState.LOST)
"""How a loan ends. A grant ends at handed over."""


class Party(models.TextChoices):
    """The two sides of a handover. Who belongs to which, the role's permissions say."""

    ORGANISER = "organiser", _("Organiser")
    BRANCH = "branch", _("Branch")


@dataclass(frozen=True, slots=True)
class LineMove:
    """A row of the line's table. `reason`: the mover must say why. `when_closed`: also after the event has closed."""

    source: LineState | None
    target: LineState
    by: tuple[Party, ...]
    reason: bool = False
    when_closed: bool = True


_EITHER = (Party.ORGANISER, Party.BRANCH)

LINE_MOVES = (
    LineMove(None, LineState.ASKED, (Party.ORGANISER,), when_closed=False),
    LineMove(LineState.ASKED, LineState.ASKED, (Party.ORGANISER,), when_closed=False),
    LineMove(LineState.ASKED, LineState.WITHDRAWN, (Party.ORGANISER,)),
    LineMove(LineState.ASKED, LineState.AGREED, (Party.BRANCH,), when_closed=False),
    LineMove(LineState.ASKED, LineState.DECLINED, (Party.BRANCH,), reason=True),
    LineMove(LineState.AGREED, LineState.HANDED_OVER, _EITHER),
    LineMove(LineState.HANDED_OVER, LineState.RETURNED, _EITHER),
    LineMove(LineState.HANDED_OVER, LineState.DAMAGED, _EITHER),
    LineMove(LineState.HANDED_OVER, LineState.LOST, _EITHER),
)
"""Whatever is not here is refused. Source → target is unique, so a move is named by its two states."""


def find_line_move(source: str | None, target: str) -> LineMove | None:
    """The row of the table for these two states, or None where the move is not allowed."""
    return next((move for move in LINE_MOVES if move.source == source and move.target == target), None)
