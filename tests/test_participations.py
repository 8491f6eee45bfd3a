"""A participation begins with an approval and ends with it; the rows from before there were any get theirs."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, transaction

from enrolment.actions import decisions
from enrolment.choices import Stage, State
from enrolment.models import Participation, ParticipationEntry
from tests import factories
from tests.paying import paid
from tests.reviewing import now


def stages(registration) -> list[tuple]:
    rows = Participation.objects.filter(registration=registration).order_by("approved_at")
    return [(row.stage, row.ended_at is not None) for row in rows]


def test_an_approval_begins_one(cast):
    registration = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    (row,) = Participation.objects.all()
    approval = registration.decisions.get(target=State.APPROVED)
    assert (row.registration, row.approval, row.stage) == (registration, approval, Stage.WAITING)
    assert (row.branch, row.event, row.approved_at) == (cast.branch, cast.event, approval.at)


def test_nothing_else_begins_one(cast):
    factories.submitted(by=cast.officer)
    factories.returned(by=cast.officer, reviewer=cast.reviewer)
    assert not Participation.objects.exists()


@pytest.mark.parametrize("target", [State.SUBMITTED, State.WITHDRAWN])
def test_what_takes_the_approval_back_ends_it(cast, target):
    registration = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    decisions.move(by=cast.reviewer, registration=registration, target=target, reason="Keliru.")
    assert stages(registration) == [(Stage.WAITING, True)]


def test_approved_again_is_a_new_one(cast):
    registration = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    decisions.move(by=cast.reviewer, registration=registration, target=State.SUBMITTED, reason="Keliru.")
    decisions.move(by=cast.other_reviewer, registration=now(registration), target=State.APPROVED)
    assert stages(registration) == [(Stage.WAITING, True), (Stage.WAITING, False)]


def test_two_live_ones_are_refused_by_the_database(cast):
    registration = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    decisions.move(by=cast.reviewer, registration=registration, target=State.SUBMITTED, reason="Keliru.")
    decisions.move(by=cast.other_reviewer, registration=now(registration), target=State.APPROVED)
    with pytest.raises(IntegrityError, match="participation"):
        Participation.objects.update(ended_at=None)


def test_what_was_approved_before_gets_its_own(cast):
    approved = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    factories.submitted(by=cast.officer)
    Participation.objects.all().delete()
    import_module("enrolment.migrations.0028_fill_columns").begin_participations(apps, None)
    (row,) = Participation.objects.all()
    assert (row.registration, row.approval.target, row.approved_at) == (
        approved,
        State.APPROVED,
        row.approval.at,
    )


def test_a_payment_says_how_many_months(cast):
    row = paid(cast)
    last = ParticipationEntry.objects.get(kind="paid")
    again = ParticipationEntry(
        participation=row, kind="paid", at=last.at, by=last.by, on=last.on, digest=bytes(last.digest)
    )
    with pytest.raises(DatabaseError, match=r"entry_payment_has_months|CHECK"), transaction.atomic():
        again.save(force_insert=True)
    with pytest.raises(DatabaseError, match=r"participation_paid_is_dated|CHECK"), transaction.atomic():
        Participation.objects.update(paid_months=None)
