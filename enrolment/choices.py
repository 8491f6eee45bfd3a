"""Allowed values of a registration and the table of its allowed moves."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    SUBMITTED = "submitted", _("Being checked")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


LIVE_STATES = (State.SUBMITTED, State.RETURNED, State.APPROVED)
"""The states in which a registration still counts as this worker's registration."""


class Stage(models.TextChoices):
    """How far an approved registration has come on its way to a participant: waiting → in a batch → accepted or
    refused by the core system → paid → card. Nobody is a participant before the first payment."""

    WAITING = "waiting", _("to be handed over")
    IN_BATCH = "in_batch", _("in a batch")
    ACCEPTED = "accepted", _("in the core system, not paid yet")
    REFUSED = "refused", _("refused by the core system")
    PAID = "paid", _("paid")
    CARD = "card", _("has the card")

    @classmethod
    def after_acceptance(cls) -> tuple[str, ...]:
        """In the core system."""
        return (cls.ACCEPTED, cls.PAID, cls.CARD)

    @classmethod
    def after_payment(cls) -> tuple[str, ...]:
        """A participant."""
        return (cls.PAID, cls.CARD)


class EscalationWay(models.TextChoices):
    """Between the reviewers and the branch head: a second return goes up, and may come back undecided."""

    TO_HEAD = "to_head", _("Put before the branch head")
    BACK = "back", _("Given back by the branch head")


class Outcome(models.TextChoices):
    """What the core system answered to a row of a batch."""

    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")


class CancelReason(models.TextChoices):
    """Why a batch is cancelled. A list and no free text: that could name a worker."""

    MISTAKE = "mistake", _("made by mistake, or with the wrong registrations")
    TEMPLATE = "template", _("the template has changed")
    SYSTEM = "system", _("the core system does not take the file")
    BY_HAND = "by_hand", _("its rows are entered by hand")


class EntryKind(models.TextChoices):
    """What somebody wrote down about a participation. Numbers come from BPJS, days from the bank's list."""

    CODE = "code", _("payment code")
    NUMBER = "number", _("participant number")
    PAID = "paid", _("first payment")
    LATER = "later", _("later payment")
    CARD = "card", _("card handed over")

    @classmethod
    def numbers(cls) -> tuple[str, ...]:
        """These have a number and no day."""
        return (cls.CODE, cls.NUMBER)

    @classmethod
    def payments(cls) -> tuple[str, ...]:
        """These have a day and how many months were paid for."""
        return (cls.PAID, cls.LATER)


class PaymentResult(models.TextChoices):
    """What came of a call about the first payment."""

    WILL_PAY = "will_pay", _("will pay, call again if not")
    LATER = "later", _("asked to be called later")
    NO_ANSWER = "no_answer", _("nobody answered")
    SAYS_PAID = "says_paid", _("says it is paid: look at the bank's list")
    WRONG = "wrong", _("the number is wrong")
    REFUSES = "refuses", _("does not want to pay, or no more calls")

    @classmethod
    def final(cls) -> tuple[str, ...]:
        """After these nobody calls again, so they have no next date."""
        return (cls.WRONG, cls.REFUSES)


class Sex(models.TextChoices):
    MALE = "L", _("Male")
    FEMALE = "P", _("Female")


class Package(models.TextChoices):
    T = "T", _("T: work accident and death")
    L = "L", _("L: T and old-age savings")


class Sector(models.TextChoices):
    """PP 50/2025 knows two: transport, and every other."""

    TRANSPORT = "transport", _("transport")
    OTHER = "other", _("other than transport")


class Kind(models.TextChoices):
    """Only a new participant counts as an acquisition; who was one before comes back (reactivation)."""

    NEW = "new", _("new")
    REACTIVATION = "reactivation", _("reactivation")


class ConsentHow(models.TextChoices):
    """How the worker came to know the notice (UU 27/2022: provable consent). Unknown are only registrations of
    before it was asked; no form may say so."""

    ALOUD = "aloud", _("read aloud to the worker")
    SELF = "self", _("read by the worker")
    PAPER = "paper", _("signed on paper")
    UNKNOWN = "unknown", _("how is not recorded")


class NoticeLanguage(models.TextChoices):
    """In which the notice is read or heard. Each calls itself, whatever language the screen has."""

    INDONESIAN = "id", "Bahasa Indonesia"
    ENGLISH = "en", "English"
    JAVANESE = "jv", "Basa Jawa"
    SUNDANESE = "su", "Basa Sunda"


class GuardianRelation(models.TextChoices):
    """What the guardian of a worker under 18 is to them."""

    FATHER = "father", _("Father")
    MOTHER = "mother", _("Mother")
    OTHER = "other", _("Another guardian")


class Verdict(models.TextChoices):
    """What a reviewer says of two registrations that look like the same worker."""

    SAME = "same", _("the same person")
    DIFFERENT = "different", _("different people")


class ArbitrationOutcome(models.TextChoices):
    """How the head who arbitrates ends a case: the approved one stays, the asking one stays, both, or there is
    nothing left to decide because one of the two has moved on."""

    FIRST = "first", _("the approved one stays")
    SECOND = "second", _("the other one stays")
    DIFFERENT = "different", _("different people")
    MOOT = "moot", _("no longer needed")


class WithdrawalChannel(models.TextChoices):
    """Who asks to take consent back, and how they came."""

    PERSON = "person", _("The worker, in person")
    PHONE = "phone", _("The worker, by phone")
    LETTER = "letter", _("The worker, by letter or message")
    GUARDIAN = "guardian", _("The guardian of a worker under 18")


class VoidReason(models.TextChoices):
    """Why a sheet of a pad will never be keyed in. A list and no free text: that could name a worker, and this page
    opens nobody's data."""

    UNUSED = "unused", _("was not used")
    SPOILT = "spoilt", _("written wrongly or damaged")
    STOPPED = "stopped", _("the worker did not go on")
    NO_NUMBER = "no_number", _("keyed in without its number")
    LOST = "lost", _("lost")


class ProspectReason(models.TextChoices):
    """Why somebody who is interested is not registered yet."""

    THINKING = "thinking", _("wants to think about it")
    NO_NIK = "no_nik", _("has no NIK, or no KTP at hand")
    FOREIGN = "foreign", _("is a foreigner")
    OTHER = "other", _("another reason")


class CallResult(models.TextChoices):
    """What came of a call to a prospect."""

    COMES = "comes", _("will register, call again if not")
    LATER = "later", _("asked to be called later")
    NO_ANSWER = "no_answer", _("nobody answered")
    REFUSES = "refuses", _("does not want to, or no more calls")
    WRONG = "wrong", _("the number is wrong")

    @classmethod
    def final(cls) -> tuple[str, ...]:
        """After these nobody calls again, so they have no next date."""
        return (cls.REFUSES, cls.WRONG)


class LookResult(models.TextChoices):
    """What a second reviewer, looking at an approval anew, thinks of it."""

    AGREES = "agrees", _("the same")
    DIFFERS = "differs", _("different")


class Actor(models.TextChoices):
    """Who makes a move. The clock is a command, not a person."""

    OFFICER = "officer", _("the registration's officer")
    REVIEWER = "reviewer", _("a reviewer")
    CLOCK = "clock", _("the clock")


@dataclass(frozen=True, slots=True)
class Move:
    """A row of the state table. `reason`: the mover must say why. `new_version`: content comes with it."""

    source: State | None
    target: State
    actor: Actor
    reason: bool = False
    new_version: bool = False


MOVES = (
    Move(None, State.SUBMITTED, Actor.OFFICER, new_version=True),
    Move(State.SUBMITTED, State.SUBMITTED, Actor.OFFICER, new_version=True),
    Move(State.SUBMITTED, State.APPROVED, Actor.REVIEWER),
    Move(State.SUBMITTED, State.RETURNED, Actor.REVIEWER, reason=True),
    Move(State.SUBMITTED, State.REJECTED, Actor.REVIEWER, reason=True),
    Move(State.RETURNED, State.SUBMITTED, Actor.OFFICER, new_version=True),
    Move(State.SUBMITTED, State.WITHDRAWN, Actor.OFFICER, reason=True),
    Move(State.RETURNED, State.WITHDRAWN, Actor.OFFICER, reason=True),
    Move(State.APPROVED, State.SUBMITTED, Actor.REVIEWER, reason=True),
    Move(State.APPROVED, State.WITHDRAWN, Actor.REVIEWER, reason=True),
    Move(State.APPROVED, State.LAPSED, Actor.CLOCK, reason=True),
    Move(State.WITHDRAWN, State.SUBMITTED, Actor.REVIEWER, reason=True),
)
"""Whatever is not here is refused. Source → target is unique, so a move is named by its two states."""


def find_move(source: str | None, target: str) -> Move | None:
    """The row of the table for these two states, or None where the move is not allowed."""
    return next((move for move in MOVES if move.source == source and move.target == target), None)


def moves_of(actor: Actor, source: str) -> set[str]:
    """The states that somebody in this part can move a registration to from here."""
    return {move.target for move in MOVES if move.source == source and move.actor == actor}
