"""A draft goes to another officer's phone by six digits that are read out: the same event's officers, ten minutes,
five tries, once. Six digits can be guessed, so tries are counted by person and by event before anything is looked
up, and a wrong one leaves its row in the audit chain: who tried, never what.
"""

import secrets
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.models import Draft
from enrolment.permissions import REGISTER
from outreach import crypto
from outreach.actions import audit, limits
from outreach.errors import ActionRefused
from outreach.models import Assignment, Event, User

VALID_FOR = timedelta(minutes=10)
TRIES, TRIES_OF_EVENT = 5, 50
"""Wrong codes in VALID_FOR. With thirty drafts waiting, fifty guesses at a million hit one in seven hundred times."""
_DRAWS = 5


def offer(*, by: User, draft: Draft) -> str:
    """Six digits that hand one's own draft over; an earlier code of it ends. They are stored as a blind index only.

    Raises ActionRefused: "gone" if the draft was sent, thrown away or taken meanwhile, "other_day" for a form of an
    earlier day, which belongs to who stood there then.
    """
    for _draw in range(_DRAWS):
        code = f"{secrets.randbelow(10**6):06}"
        try:
            with transaction.atomic():
                locked = Draft.objects.visible_to(by).select_for_update().filter(pk=draft.pk).first()
                if locked is None:
                    raise ActionRefused(
                        "gone", _("This draft was sent, thrown away or taken over meanwhile.")
                    )
                if locked.day != timezone.localdate():
                    raise ActionRefused("other_day", _("Only a draft of today can be handed over."))
                locked.code_index = _index(locked.event_id, code)
                locked.code_until = timezone.now() + VALID_FOR
                locked.save(update_fields=("code_index", "code_until"))
                audit.record(by=by, branch_id=locked.branch_id, action="draft.offer", object_id=locked.pk)
            return code
        except IntegrityError:
            continue  # another draft of the event waits under these digits
    raise RuntimeError("no free code found")


def take(*, by: User, code: str) -> Draft:
    """The draft behind six digits becomes `by`'s, at their own stand of its event. Of two at once one gets it.

    Raises ActionRefused: "limited" after too many wrong ones, "code_wrong" for whatever can't be taken, without
    saying why: not the digits, too old, used, one's own, or of an event at which `by` has no duty.
    """
    if not by.has_perm(REGISTER):
        raise ActionRefused("not_allowed", _("Registering at this event is not yours to do."))
    duties = _duties(by)
    _spend_try(by, duties)
    now = timezone.now()
    with transaction.atomic():
        waiting = Draft.objects.live(at=now).filter(code_until__gt=now).exclude(officer=by)
        draft = None
        for event in duties:
            draft = draft or (
                waiting.select_for_update(of=("self",))
                .filter(event=event, code_index=_index(event.pk, code))
                .first()
            )
        if draft is not None:
            duty = duties[draft.event]
            draft.officer, draft.code_index, draft.code_until = by, None, None
            draft.booth, draft.day = duty.booth, duty.day
            draft.save(update_fields=("officer", "code_index", "code_until", "booth", "day"))
            for what, _limit in _counters(by, duties):
                limits.give_back(what)
            audit.record(by=by, branch_id=draft.branch_id, action="draft.take", object_id=draft.pk)
        else:
            audit.record(by=by, branch_id=by.branch_id, action="draft.code_wrong")
    if draft is None:
        raise ActionRefused(
            "code_wrong", _("No draft waits under these digits. Ask your colleague to make a new code.")
        )
    return draft


def _duties(by: User) -> dict[Event, Assignment]:
    """The officer's stand of today at each open event."""
    today: date = timezone.localdate()
    return {duty.booth.event: duty for duty in Assignment.objects.for_officer(by, today)}


def _index(event_id: int, code: str) -> bytes:
    return crypto.blind_index("draft-code", f"{event_id}\0{code}")


def _counters(by: User, duties: dict[Event, Assignment]) -> list[tuple[str, int]]:
    return [
        (f"draft-code-person-{by.pk}", TRIES),
        *((f"draft-code-event-{event.pk}", TRIES_OF_EVENT) for event in duties),
    ]


def _spend_try(by: User, duties: dict[Event, Assignment]) -> None:
    """The person's own limit first: who has spent it can't spend the event's."""
    within = VALID_FOR
    if not all(limits.spend(what, limit=limit, within=within) for what, limit in _counters(by, duties)):
        raise ActionRefused("limited", _("Too many wrong codes. Try again in ten minutes."))
