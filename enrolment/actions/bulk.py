"""Approving the clean ones of a selection: one transaction, one decision each, and a reason for each that stays.

Whoever is judged here is judged by the rules of a single move (`decisions.check`); beside them only what is clean goes
through: without a warning of this moment, with a NIK of its own, not waiting for the head. What the database refuses
because somebody approved the same NIK in this very moment is judged again, by then with its twin in sight.

Two of one NIK stay also if they are different people: only one can be approved, and which one is wrong a person says.
So two selections never wait for each other's NIKs crosswise. Each is judged after its rows are locked, so of two that
share a NIK the one that is judged later sees the other waiting or approved, and leaves its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrolment.actions import decisions
from enrolment.choices import State
from enrolment.models import Registration
from enrolment.queries import duplicates, queue
from outreach.errors import ActionRefused
from outreach.models import User

AT_MOST = 300
TRIES = 5


@dataclass(frozen=True, slots=True)
class Left:
    """One that stays as it was. `code`: an ActionRefused's, or `not_clean`, `shared_nik`."""

    registration: Registration
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a selection, in its order."""

    approved: list[Registration]
    left: list[Left]


def approve(*, by: User, selection: Sequence[tuple[str, int]]) -> Outcome:
    """Approve the clean ones of (reference, version that was shown). What is not of their branch is not there.

    As many queries for three as for three hundred. Raises ActionRefused `too_many` above AT_MOST.
    """
    shown = dict(selection)
    if len(shown) > AT_MOST:
        raise ActionRefused(
            "too_many", _("At most %(count)s at once. Take the rest afterwards.") % {"count": AT_MOST}
        )
    with transaction.atomic():
        rows = _lock_all(by, shown)
        approved, left = _approve(by, rows, shown)
    place = {reference: number for number, reference in enumerate(shown)}
    approved.sort(key=lambda row: place[row.reference])
    left.sort(key=lambda one: place[one.registration.reference])
    return Outcome(approved, left)


def _lock_all(by: User, references: Sequence[str]) -> list[Registration]:
    """Always in the order of their keys, so that two reviewers never wait for each other."""
    chosen = Registration.objects.visible_to(by).filter(reference__in=list(references))
    return list(chosen.order_by("pk").select_for_update(of=("self",)))


def _approve(
    by: User, rows: list[Registration], shown: dict[str, int]
) -> tuple[list[Registration], list[Left]]:
    for attempt in range(1, TRIES + 1):
        left = _judge(by, rows, shown)
        stay = {one.registration.pk for one in left}
        clean = [row for row in rows if row.pk not in stay]
        try:
            with transaction.atomic():
                made = decisions.move_all(clean, by=by, target=State.APPROVED, at=timezone.now())
            break
        except IntegrityError as collision:
            # Committed by now, so that it is seen when they are judged again.
            if attempt == TRIES or not decisions.is_second_approval(collision):
                raise
    decisions.record_all(made, by=by)
    return clean, left


def _judge(by: User, rows: list[Registration], shown: dict[str, int]) -> list[Left]:
    """Those that stay, each with the first reason that holds. Three queries."""
    stood = decisions.duties(by, rows)
    warnings = duplicates.warnings_now(rows)
    contenders = duplicates.contenders(rows)
    left = []
    for row in rows:
        try:
            decisions.refuse_another_version(row, seen=shown[row.reference])
            # Whoever is under 17 is let pass here and is not clean: a reason belongs to one person.
            decisions.check(by=by, registration=row, target=State.APPROVED, reason="given", stood=stood)
            _refuse_unclean(row, warnings[row.pk], contenders.get(row.pk))
        except ActionRefused as refused:
            left.append(Left(row, refused.code, str(refused)))
    return left


def _refuse_unclean(row: Registration, warnings: list[str], contender: Registration | None) -> None:
    if warnings:
        words = ", ".join(str(chip.word) for chip in queue.chips(warnings))
        raise ActionRefused("not_clean", _("Flagged: %(words)s. Look at it alone.") % {"words": words})
    if contender and contender.state == State.APPROVED:
        raise decisions.already_approved(row, contender)
    if contender:
        raise ActionRefused(
            "shared_nik",
            _("Another one with the same NIK waits, and only one can be approved. Look at it alone."),
        )
