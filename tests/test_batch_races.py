"""Two who hand over in the same second: processes with real commits; and with the protection taken out, to see that the
harness would have noticed."""

from collections import Counter
from uuid import uuid4

import pytest

from enrolment.actions import batches
from enrolment.choices import Stage, State
from enrolment.models import Batch, BatchRow, Participation, Registration
from tests import factories, handing
from tests.races import at_once
from tests.test_races import decide, outcomes, person

pytestmark = pytest.mark.postgres
ROUNDS = 5


def approve(number: int) -> list[Registration]:
    return [factories.approved(by=person("petugas"), reviewer=person("verifikator")) for _ in range(number)]


def make(username: str, limit: int = 3) -> dict:
    return {"do": "make_batch", "username": username, "batch_id": str(uuid4()), "limit": limit}


def made_at_once(scratch, **options) -> list[Counter]:
    """Two reviewers make a batch of three of the same four: in how many live batches each registration is."""
    found = []
    with scratch.racers(2, **options) as racers:
        for _ in range(ROUNDS):
            rows = approve(4)
            at_once(racers, [make("verifikator"), make("verifikator2")])
            live = BatchRow.objects.live().filter(registration__in=rows)
            found.append(Counter(live.values_list("registration", flat=True)))
    return found


def test_two_batches_at_once_share_no_registration(scratch):
    assert [sorted(of.values()) for of in made_at_once(scratch)] == [[1] * 4] * ROUNDS
    numbers = Batch.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 2 * ROUNDS + 1))


def test_control_without_lock_and_constraint_they_share_some(scratch):
    scratch.execute("DROP INDEX batch_row_one_live_a_registration")
    scratch.execute("ALTER TABLE enrolment_batch DROP CONSTRAINT batch_number_once_a_branch")
    shared = [max(of.values(), default=0) for of in made_at_once(scratch, without_making_lock=True)]
    assert 2 in shared


def ended_at_once(scratch, **options) -> list[tuple[list[str], str, list[str]]]:
    """A batch cancelled and read back at once: (what each was told, how it ended, the stages of its rows)."""
    found = []
    with scratch.racers(2, **options) as racers:
        for _ in range(ROUNDS):
            approve(2)
            batch = batches.make(by=person("verifikator"), batch_id=uuid4(), event=None, limit=2)
            batches.file_rows(by=person("verifikator"), batch=batch)
            niks = [handing.nik_of(row.registration) for row in handing.rows(batch)]
            cancel = {"do": "cancel_batch", "username": "verifikator", "number": batch.number}
            answer = {
                "do": "read_back_batch", "username": "verifikator2", "number": batch.number, "niks": niks,
            }  # fmt: skip
            said = outcomes(at_once(racers, [cancel, answer]))
            now = Batch.objects.get(pk=batch.pk)
            ends = [name for name in ("cancelled_at", "read_back_at") if getattr(now, name)]
            stages = Participation.objects.filter(batch_rows__batch=batch).order_by("pk")
            found.append((said, " and ".join(ends), list(stages.values_list("stage", flat=True))))
            Participation.objects.filter(stage=Stage.WAITING).update(
                stage=Stage.IN_BATCH
            )  # out of the next round
    return found


def test_cancelling_and_reading_back_at_once_one_wins(scratch):
    allowed = (
        (["cancelled", "cancelled it"], "cancelled_at", [Stage.WAITING] * 2),
        (["read it back", "read_back"], "read_back_at", [Stage.ACCEPTED] * 2),
    )
    assert [one for one in ended_at_once(scratch) if one not in allowed] == []


def test_control_without_lock_and_rules_both_happen(scratch):
    scratch.execute("ALTER TABLE enrolment_batch DROP CONSTRAINT batch_ends_one_way")
    for table in ("enrolment_batch", "enrolment_batchrow"):
        scratch.execute(f"DROP TRIGGER {table}_over_is_over ON {table}")
    found = ended_at_once(scratch, without_batch_lock=True)
    assert "cancelled_at and read_back_at" in [ends for _said, ends, _stages in found]


def handed_over_and_sent_back(scratch, **options) -> list[tuple[str, bool]]:
    """A registration goes into a batch while a colleague sends it back to checking: (its state, is it in a batch)."""
    found = []
    with scratch.racers(2, **options) as racers:
        for _ in range(ROUNDS):
            (row,) = approve(1)
            at_once(racers, [make("verifikator"), decide("verifikator2", row, "submitted")])
            in_batch = BatchRow.objects.live().filter(registration=row).exists()
            found.append((Registration.objects.get(pk=row.pk).state, in_batch))
    return found


def test_what_goes_into_a_batch_stays_approved(scratch):
    found = handed_over_and_sent_back(scratch)
    assert set(found) <= {(State.APPROVED, True), (State.SUBMITTED, False)}


def test_control_without_locks_it_is_in_a_batch_and_not_approved(scratch):
    found = handed_over_and_sent_back(scratch, without_lock=True, without_making_lock=True)
    assert (State.SUBMITTED, True) in found
