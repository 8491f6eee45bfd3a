"""The core system's answer to a batch, row by row. It is taken whole or not at all: what does not match the batch is
refused with a sentence that names the row, never the person, and then nothing changes.

Rows are matched by the NIK's blind index, so nothing is opened. A worker who has withdrawn their consent goes no
further: the answer to their row is kept without effect, and may be missing.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrolment.actions import batches, decisions, identity, participant_numbers, payments
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, Outcome, Stage, State
from enrolment.entry import nik_index, number_index
from enrolment.models import Batch, BatchRow, Decision, Participation
from outreach import crypto
from outreach.errors import ActionRefused
from outreach.models import User

LONGEST_REASON = 500
"""What is longer is no reason but another column."""


class Answer(Protocol):
    """A row of the answer file, as `exports.collective.answers` reads it: no NIK twice, a reason where it is refused,
    numbers of the right length. `row` is its number on the screen; texts are empty where the file says nothing."""

    row: int
    nik: str
    accepted: bool
    reason: str
    billing_code: str
    participant_number: str


@dataclass(frozen=True, slots=True)
class Match:
    """A row of the batch with its answer. `effect` is False for who has withdrawn their consent."""

    row: BatchRow
    answer: Answer
    effect: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an answer would bring, in the order of the batch; `silent` are rows that it need not answer. `held`: (row of
    the file, sentence) of participant numbers that another worker has; they are written down all the same."""

    accepted: tuple[Match, ...]
    refused: tuple[Match, ...]
    silent: tuple[BatchRow, ...]
    held: tuple[tuple[int, str], ...]


def digest(content: bytes) -> bytes:
    """By which the same file is known again; keyed, because a NIK could be tried against a plain one."""
    return crypto.blind_index("answer-file", hashlib.sha256(content).hexdigest())


def is_same(batch: Batch, content: bytes) -> bool:
    """Was this very file read back?"""
    return batch.answer_digest is not None and bytes(batch.answer_digest) == digest(content)


def preview(*, by: User, batch: Batch, answers: Sequence[Answer]) -> Plan:
    """`plan`, for whoever chose a file. It tells which NIKs are in the batch, and under which reference, so that it was
    asked after so many is on record first, and limited. Raises ActionRefused as `plan`, and `limited`.
    """
    batches.may(by, batch.branch_id)
    batches.refuse_ended(batch)
    if not identity.may_match(by=by, count=len(answers), purpose="answer file"):
        raise ActionRefused(
            "limited", _("Many lists were looked at in a short time. Wait ten minutes, then choose it again.")
        )
    return plan(by=by, batch=batch, answers=answers)


def plan(*, by: User, batch: Batch, answers: Sequence[Answer]) -> Plan:
    """What `apply` would do; nothing is written or opened.

    Raises ActionRefused: `not_allowed`, `read_back`, `cancelled`, `not_sent`, and of a file that does not match
    `unknown`, `reason_long`, `number_twice`, `missing`, `two_people`.
    """
    batches.may(by, batch.branch_id)
    batches.refuse_ended(batch)
    rows = list(_rows(batch))
    if batch.downloaded_at is None:
        raise ActionRefused(
            "not_sent", _("The file of this batch was never downloaded, so this can't be its answer.")
        )
    matches = _matched(rows, answers)
    answered = {match.row.pk for match in matches}
    silent = [row for row in rows if row.pk not in answered]
    _refuse_missing(silent)
    refused = tuple(match for match in matches if not match.answer.accepted)
    _refuse_own(by, refused)
    accepted = tuple(match for match in matches if match.answer.accepted)
    return Plan(accepted=accepted, refused=refused, silent=tuple(silent), held=tuple(_held(accepted)))


def apply(*, by: User, batch: Batch, answers: Sequence[Answer], content: bytes) -> bool:
    """Take the answer in: accepted ones are in the core system, refused ones go back to checking with its reason. All
    rows in one transaction. False if this very file was read back before. Raises ActionRefused as `plan`."""
    with transaction.atomic():
        locked = batches.lock(batch)
        if locked.branch_id == by.branch_id and is_same(locked, content):
            return False
        batches.lock_registrations(locked)
        planned, now = plan(by=by, batch=locked, answers=answers), timezone.now()
        _accept([match for match in planned.accepted if match.effect], batch=locked, by=by, at=now)
        back = _refuse([match for match in planned.refused if match.effect], by=by, at=now)
        _keep(locked, planned)
        locked.read_back_at, locked.read_back_by, locked.answer_digest = now, by, digest(content)
        locked.save(update_fields=("read_back_at", "read_back_by", "answer_digest"))
        decisions.record_all(back, by=by)
        batches.record(
            locked, by=by, action="batch.read_back", count=len(answers), content=locked.answer_digest
        )
    return True


def _rows(batch: Batch):
    rows = BatchRow.objects.filter(batch=batch).select_related("registration", "participation")
    return rows.order_by("position")


def _matched(rows: Sequence[BatchRow], answers: Sequence[Answer]) -> list[Match]:
    """Every answer with its row of the batch, in the batch's order."""
    by_nik = {bytes(row.registration.nik_index): row for row in rows if row.in_file}
    found: dict = {}
    numbers: dict[str, int] = {}
    for answer in answers:
        row = by_nik.get(nik_index(answer.nik))
        if row is None:
            raise ActionRefused(
                "unknown",
                _(
                    "Row %(row)d: this NIK is not in this batch. Check that you chose the answer to this batch."
                )
                % {"row": answer.row},
            )
        if len(answer.reason) > LONGEST_REASON:
            raise ActionRefused(
                "reason_long",
                _(
                    "Row %(row)d: the reason is longer than %(most)d characters. Check the columns of the file."
                )
                % {"row": answer.row, "most": LONGEST_REASON},
            )
        if (
            answer.participant_number
            and numbers.setdefault(answer.participant_number, answer.row) != answer.row
        ):
            raise ActionRefused(
                "number_twice",
                _("Row %(row)d: this participant number stands in row %(first)d already. Check the file.")
                % {"row": answer.row, "first": numbers[answer.participant_number]},
            )
        found[row.pk] = Match(row, answer, effect=row.registration.consent_withdrawn_at is None)
    return sorted(found.values(), key=lambda match: match.row.position)


def _held(accepted: Sequence[Match]) -> Iterator[tuple[int, str]]:
    numbered = [
        (match, number_index(match.answer.participant_number))
        for match in accepted
        if match.effect and match.answer.participant_number
    ]
    held = participant_numbers.held({index for _match, index in numbered})
    for match, index in numbered:
        if sentence := participant_numbers.of_another(index, match.row.registration, held):
            yield match.answer.row, sentence


def _refuse_missing(silent: Sequence[BatchRow]) -> None:
    """Each row that was in the file is answered; only who has withdrawn their consent may be missing."""
    missing = [row for row in silent if row.in_file and row.registration.consent_withdrawn_at is None]
    if missing:
        raise ActionRefused(
            "missing",
            ngettext(
                "One of this batch is missing in this file: %(reference)s. Ask for all of them.",
                "%(number)d of this batch are missing in this file, the first is %(reference)s. Ask for all of them.",
                len(missing),
            )
            % {"number": len(missing), "reference": missing[0].registration},
        )


def _refuse_own(by: User, refused: Sequence[Match]) -> None:
    """A refused row is a decision, so nobody takes it in who had a hand in the registration. Said before anything."""
    stood = decisions.duties(by, [match.row.registration for match in refused])
    for match in refused:
        if match.effect:
            try:
                decisions.check(
                    by=by,
                    registration=match.row.registration,
                    target=State.SUBMITTED,
                    reason="given",
                    answered=True,
                    stood=stood,
                )
            except ActionRefused as hindered:
                if hindered.code != "two_people":
                    raise
                raise ActionRefused(
                    "two_people",
                    _(
                        "Row %(row)d is refused, and you registered or typed it, or stood at its booth that day."
                        " A colleague has to read this file back."
                    )
                    % {"row": match.answer.row},
                ) from None


def _accept(matches: Sequence[Match], *, batch: Batch, by: User, at: datetime) -> None:
    """In the core system from now on; the numbers that BPJS has given are written down as somebody would type them."""
    keys = [match.row.participation_id for match in matches]
    Participation.objects.filter(pk__in=keys).update(stage=Stage.ACCEPTED, accepted_at=at, accepted_by=by)
    given = {match.row.participation_id: numbers for match in matches if (numbers := _numbers(match.answer))}
    cases = payments.cases(given, lock=True)
    for key, case in cases.items():
        for said in given[key]:
            if not case.knows(said):
                why = _("The answer to batch %(number)d says so.") % {"number": batch.number}
                reason = why if case.last(said) else ""
                payments.take(case, said, by=by, at=at, reason=reason, from_file=True)
    payments.save(*cases.values())


def _numbers(answer: Answer) -> list[Said]:
    said = ((EntryKind.CODE, answer.billing_code), (EntryKind.NUMBER, answer.participant_number))
    return [Said(kind, number=number) for kind, number in said if number]


def _refuse(matches: Sequence[Match], *, by: User, at: datetime) -> list[Decision]:
    """Back to checking, with a decision each whose reason is the core system's; the participation ends refused."""
    rows = [match.row.registration for match in matches]
    reasons = {match.row.registration_id: match.answer.reason for match in matches}
    made = decisions.move_all(rows, by=by, target=State.SUBMITTED, at=at, reasons=reasons)
    Participation.objects.filter(pk__in=[match.row.participation_id for match in matches]).update(
        stage=Stage.REFUSED
    )
    return made


def _keep(batch: Batch, planned: Plan) -> None:
    """What was answered to each row. The batch is over for all of them, and who goes no further is not in it."""
    accepted = [match.row.pk for match in planned.accepted]
    BatchRow.objects.filter(pk__in=accepted).update(outcome=Outcome.ACCEPTED, live=False)
    for match in planned.refused:
        match.row.outcome, match.row.live, match.row.reason = Outcome.REFUSED, False, match.answer.reason
        match.row.save(update_fields=("outcome", "live", "reason"))
    BatchRow.objects.filter(pk__in=[row.pk for row in planned.silent]).update(live=False)
    Participation.objects.filter(batch_rows__batch=batch, stage=Stage.IN_BATCH).update(stage=Stage.WAITING)
