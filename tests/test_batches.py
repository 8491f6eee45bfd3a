"""Approved registrations in batches: who is in one, in which order, and what a batch never loses or does twice."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrolment.actions import batches, consent, decisions, hand_entries
from enrolment.choices import Stage, State
from enrolment.models import Batch, BatchRow, HandEntry, Participation
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories, handing
from tests.handing import now, participation


def make(cast, *, event=None, limit=300, by=None) -> Batch:
    return batches.make(by=by or cast.reviewer, batch_id=uuid4(), event=event, limit=limit)


def refused(call, **arguments) -> str:
    with pytest.raises(ActionRefused) as refusal:
        call(**arguments)
    return refusal.value.code


def stages() -> list[str]:
    return list(Participation.objects.order_by("approved_at", "pk").values_list("stage", flat=True))


def last_access() -> tuple:
    row = AuditEntry.objects.filter(action="read").latest("seq")
    return row.purpose, row.count, row.fields


def test_a_batch_takes_the_longest_waiting_in_their_order(cast):
    waiting = handing.approved(cast, 3)
    made = make(cast, limit=2)
    assert [(row.position, row.registration) for row in handing.rows(made)] == [
        (1, waiting[0]),
        (2, waiting[1]),
    ]
    assert stages() == [Stage.IN_BATCH, Stage.IN_BATCH, Stage.WAITING]
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.object_id, entry.count, entry.purpose) == (
        "batch.make",
        made.pk,
        2,
        "batch 1",
    )


def test_batches_are_numbered_by_branch(cast):
    handing.approved(cast, 2)
    assert [make(cast, limit=1).number for _ in range(2)] == [1, 2]
    own = factories.event(
        organiser=factories.organisation(of=cast.other_branch), officers=(cast.stranger,), slug="lain"
    )
    factories.approved(
        by=cast.stranger, reviewer=cast.strange_reviewer, event=own.slug, officer=cast.stranger.username
    )
    assert make(cast, by=cast.strange_reviewer).number == 1


def test_what_does_not_fit_is_named_and_stays(cast):
    long_name, two_months = (
        handing.approved(cast, full_name=handing.LONG_NAME)[0],
        handing.approved(cast, months="2")[0],
    )
    fits = handing.approved(cast)[0]
    checked = batches.check(by=cast.reviewer)
    assert [(one.registration, [(f.source, f.code) for f in one.faults]) for one in checked.unfit] == [
        (long_name, [("full_name", "too_long")]),
        (two_months, [("months", "not_offered")]),
    ]
    assert last_access() == ("hand-over: check", 3, "birth_date email full_name income nik phone")
    made = make(cast)
    assert [row.registration for row in handing.rows(made)] == [fits]


def test_a_batch_of_one_event_leaves_the_others(cast):
    other = factories.event(organiser=cast.organisation, officers=(cast.officer,), slug="lain")
    handing.approved(cast)
    (theirs,) = handing.approved(cast, event="lain")
    assert [row.registration for row in handing.rows(make(cast, event=other))] == [theirs]


def test_sent_twice_is_one_batch(cast):
    handing.approved(cast, 2)
    said = {"by": cast.reviewer, "batch_id": uuid4(), "event": None, "limit": 1}
    assert batches.make(**said) == batches.make(**said)
    assert Batch.objects.count() == 1
    assert refused(batches.make, **{**said, "by": cast.other_reviewer}) == "conflict"


def test_nobody_waits_makes_no_batch(cast):
    factories.submitted(by=cast.officer)
    handing.approved(cast, months="2")
    assert refused(batches.make, by=cast.reviewer, batch_id=uuid4(), event=None, limit=300) == "nobody_waits"
    assert not Batch.objects.exists()


def test_only_who_hands_over_in_the_branch_may(cast):
    made = handing.batch(cast)
    for person in (cast.officer, cast.head, cast.system_admin, cast.strange_reviewer):
        if person.branch_id == cast.branch.pk:
            assert refused(batches.make, by=person, batch_id=uuid4(), event=None, limit=1) == "not_allowed"
            assert (
                refused(hand_entries.enter, by=person, participations=[], on=timezone.localdate())
                == "not_allowed"
            )
        assert refused(batches.file_rows, by=person, batch=made) == "not_allowed"
        assert refused(batches.cancel, by=person, batch=made, reason="mistake") == "not_allowed"


def test_a_file_is_logged_each_time_before_it_leaves(cast):
    made = handing.batch(cast, 2, sent=False)
    for _ in range(2):
        rows = batches.file_rows(by=cast.reviewer, batch=made)
        assert last_access() == ("hand-over: batch 1", 2, "birth_date email full_name income nik phone")
    assert [row[0] for row in rows] == [handing.nik_of(row.registration) for row in handing.rows(made)]
    first = Batch.objects.get()
    assert first.downloaded_by == cast.reviewer
    batches.file_rows(by=cast.other_reviewer, batch=made)
    assert (Batch.objects.get().downloaded_at, Batch.objects.get().downloaded_by) == (
        first.downloaded_at, cast.reviewer,
    )  # fmt: skip


def test_a_content_that_is_not_the_approved_one_never_leaves(cast):
    made = handing.batch(cast, 2, sent=False)
    row = handing.rows(made)[0].registration
    row.version += 1
    row.save(update_fields=("version",))
    assert refused(batches.file_rows, by=cast.reviewer, batch=made) == "changed"
    assert not BatchRow.objects.filter(in_file=True).exists()


def test_a_cancelled_batch_gives_its_rows_back(cast):
    made = handing.batch(cast, 2)
    assert batches.cancel(by=cast.other_reviewer, batch=made, reason="template") == 2
    assert stages() == [Stage.WAITING] * 2
    assert refused(batches.cancel, by=cast.reviewer, batch=made, reason="template") == "cancelled"
    assert refused(batches.file_rows, by=cast.reviewer, batch=made) == "cancelled"
    assert [row.registration for row in handing.rows(make(cast))] == [
        row.registration for row in handing.rows(made)
    ]


@pytest.mark.parametrize("target", [State.SUBMITTED, State.WITHDRAWN, State.LAPSED])
def test_what_is_in_a_batch_stays_approved(cast, target):
    made = handing.batch(cast, 1)
    (row,) = handing.rows(made)
    by = None if target == State.LAPSED else cast.reviewer
    move = {"by": by, "registration": row.registration, "target": target, "reason": "Keliru."}
    assert refused(decisions.move, **move) == "in_batch"
    batches.cancel(by=cast.reviewer, batch=made, reason="mistake")
    decisions.move(**move)
    assert now(row.registration).state == target


def test_a_withdrawn_consent_is_not_kept_waiting(cast):
    made = handing.batch(cast, 2, sent=False)
    first, second = handing.rows(made)
    consent.withdraw(by=cast.reviewer, registration=first.registration, channel="phone")
    assert now(first.registration).state == State.WITHDRAWN
    (row,) = batches.file_rows(by=cast.reviewer, batch=made)
    assert row[0] == handing.nik_of(second.registration)
    assert [row.in_file for row in handing.rows(made)] == [False, True]
    batches.cancel(by=cast.reviewer, batch=made, reason="mistake")
    assert refused(batches.make, by=cast.officer, batch_id=uuid4(), event=None, limit=9) == "not_allowed"
    assert [row.registration for row in handing.rows(make(cast))] == [second.registration]


def test_a_batch_of_only_withdrawn_ones_has_no_file(cast):
    made = handing.batch(cast, 1, sent=False)
    consent.withdraw(by=cast.officer, registration=handing.rows(made)[0].registration, channel="phone")
    assert refused(batches.file_rows, by=cast.reviewer, batch=made) == "empty"
    assert Batch.objects.get().downloaded_at is None


def test_entered_by_hand_is_accepted(cast):
    row = handing.approved(cast, months="2")[0]
    today = timezone.localdate()
    one = participation(row)
    assert hand_entries.enter(by=cast.reviewer, participations=[one.pk], on=today) == 1
    after = participation(row)
    assert (after.stage, after.accepted_by) == (Stage.ACCEPTED, cast.reviewer)
    assert HandEntry.objects.get().entered_on == today
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.object_id) == ("participation.by_hand", row.pk)
    assert refused(hand_entries.enter, by=cast.reviewer, participations=[one.pk], on=today) == "moved_on"


@pytest.mark.parametrize("days", [-1, 1])
def test_by_hand_not_before_the_approval_nor_to_come(cast, days):
    one = participation(handing.approved(cast)[0])
    on = timezone.localdate() + timezone.timedelta(days=days)
    assert refused(hand_entries.enter, by=cast.reviewer, participations=[one.pk], on=on) == "day"


def test_by_hand_all_or_none(cast):
    made = handing.batch(cast, 1)
    taken, free = participation(handing.rows(made)[0].registration), participation(handing.approved(cast)[0])
    today = timezone.localdate()
    assert (
        refused(hand_entries.enter, by=cast.reviewer, participations=[taken.pk, free.pk], on=today)
        == "moved_on"
    )
    assert not HandEntry.objects.exists()


def test_cancelling_locks_the_registrations_first(cast):
    """As every decision and a list of payments do: of two that change many at once neither waits for the other."""
    made = handing.batch(cast, 2)
    with CaptureQueriesContext(connection) as asked:
        batches.cancel(by=cast.reviewer, batch=made, reason="mistake")
    tables = ("enrolment_batch", "enrolment_registration", "enrolment_participation")
    locked = [
        table
        for one in asked
        for table in tables
        if one["sql"].startswith((f'SELECT "{table}"', f'UPDATE "{table}"'))
    ]
    assert list(dict.fromkeys(locked)) == list(tables)


def test_what_is_to_be_typed_is_opened_after_one_access_row(cast):
    handing.approved(cast, 2, months="2")
    unfit = batches.check(by=cast.reviewer).unfit
    before = AuditEntry.objects.count()
    found = hand_entries.to_type(unfit, by=cast.reviewer)
    assert AuditEntry.objects.count() == before + 1
    assert last_access()[:2] == ("hand-over: enter by hand", 2)
    assert [one.values["nik"] for one in found] == [handing.nik_of(one.unfit.registration) for one in found]


# --- What the database holds


def broken(change) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


def test_one_registration_in_two_live_batches_is_refused(cast):
    made = handing.batch(cast, 1)
    (row,) = handing.rows(made)
    batches.cancel(by=cast.reviewer, batch=made, reason="mistake")
    second = make(cast)
    third = Batch.objects.create(
        branch=cast.branch, number=9, created_at=timezone.now(), created_by=cast.reviewer
    )
    with pytest.raises(IntegrityError, match=r"batch_row_one_live|registration_id"):
        BatchRow.objects.create(
            batch=third, position=1, registration=row.registration, participation=row.participation, version=1
        )
    assert second.number == 2


def test_a_row_stays_what_it_was(cast):
    made = handing.batch(cast, 2)
    first, second = handing.rows(made)
    for change in ({"version": 2}, {"position": 9}, {"registration": second.registration}):
        broken(lambda change=change: BatchRow.objects.filter(pk=first.pk).update(**change))
    broken(lambda: BatchRow.objects.filter(pk=first.pk)._raw_delete("default"))
    batches.cancel(by=cast.reviewer, batch=made, reason="mistake")
    broken(lambda: BatchRow.objects.filter(pk=first.pk).update(live=True))
    broken(
        lambda: Batch.objects.filter(pk=made.pk).update(
            cancelled_at=None, cancelled_by=None, cancel_reason=""
        )
    )
    broken(lambda: Batch.objects.filter(pk=made.pk)._raw_delete("default"))


def test_read_back_and_cancelled_is_refused(cast):
    made, at = handing.batch(cast, 1), timezone.now()
    broken(
        lambda: Batch.objects.filter(pk=made.pk).update(
            cancelled_at=at, cancelled_by=cast.reviewer, cancel_reason="mistake",
            read_back_at=at, read_back_by=cast.reviewer, answer_digest=b"x" * 32,
        )
    )  # fmt: skip
