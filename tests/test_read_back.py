"""The core system's answer: what it changes, and that a file which does not match changes nothing at all."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrolment.actions import batches, consent, decisions, payments, read_back
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, Outcome, Stage, State
from enrolment.collective import DEFAULT_ANSWER
from enrolment.exports import collective
from enrolment.models import Batch, Decision, Participation
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories, handing
from tests.handing import now, participation

REASON = "NIK sudah terdaftar <b>atas</b> nama lain."


def read(lines) -> tuple[list, bytes]:
    content = handing.as_csv(lines)
    return collective.answers(content, DEFAULT_ANSWER), content


def apply(by, of: Batch, lines) -> bool:
    answers, content = read(lines)
    return read_back.apply(by=by, batch=of, answers=answers, content=content)


def everything() -> list:
    return [
        list(Batch.objects.order_by("pk").values()),
        list(Participation.objects.order_by("pk").values()),
        Decision.objects.count(),
        AuditEntry.objects.count(),
    ]


def refused(by, of: Batch, lines) -> str:
    """The sentence; and nothing has changed."""
    before = everything()
    with pytest.raises(ActionRefused) as refusal:
        apply(by, of, lines)
    assert everything() == before
    return str(refusal.value)


def test_an_answer_moves_every_row(cast):
    made = handing.batch(cast, 3)
    assert apply(cast.reviewer, made, handing.answer(made, {2: REASON}, numbers=True)) is True
    first, second, third = handing.rows(made)
    for row in (first, third):
        one = participation(row.registration)
        assert (one.stage, one.accepted_by, one.ended_at) == (Stage.ACCEPTED, cast.reviewer, None)
        assert now(row.registration).state == State.APPROVED
    assert [row.outcome for row in (first, second, third)] == [
        Outcome.ACCEPTED,
        Outcome.REFUSED,
        Outcome.ACCEPTED,
    ]
    assert {row.live for row in (first, second, third)} == {False}
    ended = participation(second.registration)
    assert (ended.stage, ended.ended_at is not None, ended.billing_code) == (Stage.REFUSED, True, None)


def test_a_refused_one_is_checked_again_with_the_reason(cast):
    made = handing.batch(cast, 2)
    apply(cast.other_reviewer, made, handing.answer(made, {1: REASON}))
    registration = now(handing.rows(made)[0].registration)
    assert (registration.state, registration.decided_at, registration.decided_by) == (
        State.SUBMITTED,
        None,
        None,
    )
    last = registration.decisions.latest("number")
    assert (last.number, last.source, last.target, last.by) == (
        3, State.APPROVED, State.SUBMITTED, cast.other_reviewer,
    )  # fmt: skip
    access = audit.open_access(
        by=cast.reviewer, branch_id=cast.branch.pk, objects=[last.pk], fields=("reason",), purpose="review"
    )
    assert last.reason.reveal(access) == REASON
    row = handing.rows(made)[0]
    access = audit.open_access(
        by=cast.reviewer, branch_id=cast.branch.pk, objects=[row.pk], fields=("reason",), purpose="review"
    )
    assert row.reason.reveal(access) == REASON
    decisions.move(by=cast.reviewer, registration=registration, target=State.APPROVED)
    second = batches.make(by=cast.reviewer, batch_id=uuid4(), event=None, limit=9)
    assert [row.registration for row in handing.rows(second)] == [registration]


def test_the_numbers_of_bpjs_are_kept(cast):
    made = handing.batch(cast, 1)
    apply(cast.reviewer, made, handing.answer(made, numbers=True))
    one = participation(handing.rows(made)[0].registration)
    fields = ("billing_code", "participant_number")
    (opened,) = audit.opened(
        [one], by=cast.reviewer, branch_id=cast.branch.pk, fields=fields, purpose="review"
    )
    assert opened == {"billing_code": "900000000001", "participant_number": "80000000001"}
    assert kinds(one) == [("code", True), ("number", True)]


def kinds(one: Participation) -> list[tuple]:
    return sorted(one.entries.values_list("kind", "from_file"))


def test_a_number_that_was_typed_before_is_corrected_by_the_answer_or_stays(cast):
    made = handing.batch(cast, 2)
    for row, code in zip(handing.rows(made), ("111111111111", "900000000002"), strict=True):
        said = Said(EntryKind.CODE, number=code)
        payments.write(by=cast.reviewer, participation=row.participation, entry_id=uuid4(), said=said)
    apply(cast.other_reviewer, made, handing.answer(made, numbers=True))
    other, same = (participation(row.registration) for row in handing.rows(made))
    assert kinds(other) == [("code", False), ("code", True), ("number", True)]
    assert kinds(same) == [("code", False), ("number", True)]
    last = other.entries.get(kind="code", from_file=True)
    assert (last.by, last.at) == (cast.other_reviewer, other.accepted_at)
    (opened,) = audit.opened(
        [last], by=cast.reviewer, branch_id=cast.branch.pk, fields=("number", "reason"), purpose="payment"
    )
    assert opened == {
        "number": "900000000001",
        "reason": f"The answer to batch {made.number} says so.",
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_an_answer_with_numbers_costs_a_query_more_for_each_row(cast, rows):
    """One that writes the row itself; everything else is asked once."""
    made = handing.batch(cast, rows)
    answers, content = read(handing.answer(made, numbers=True))
    with CaptureQueriesContext(connection) as counted:
        read_back.apply(by=cast.reviewer, batch=made, answers=answers, content=content)
    writes = [one for one in counted if one["sql"].startswith('UPDATE "enrolment_participation"')]
    assert len(writes) == rows + 2
    assert len([one for one in counted if 'INTO "enrolment_participationentry"' in one["sql"]]) == 1


def test_a_plan_opens_and_writes_nothing(cast):
    made = handing.batch(cast, 3)
    answers, _content = read(handing.answer(made, {3: REASON}))
    before = everything()
    planned = read_back.plan(by=cast.reviewer, batch=made, answers=answers)
    assert everything() == before
    assert [match.row.position for match in planned.accepted] == [1, 2]
    assert [(match.row.position, match.answer.reason) for match in planned.refused] == [(3, REASON)]


def test_a_plan_costs_the_same_for_one_refused_as_for_three(cast):
    cost = []
    for number in (1, 3):
        made = handing.batch(cast, number)
        answers, _content = read(handing.answer(made, dict.fromkeys(range(1, number + 1), REASON)))
        with CaptureQueriesContext(connection) as counted:
            read_back.plan(by=cast.reviewer, batch=made, answers=answers)
        cost.append(len(counted))
    assert cost[0] == cost[1]


def test_it_is_in_the_chain_with_a_keyed_digest(cast):
    made = handing.batch(cast, 2)
    lines = handing.answer(made)
    apply(cast.reviewer, made, lines)
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.object_id, entry.count) == ("batch.read_back", made.pk, 2)
    assert (
        bytes(entry.content) == read_back.digest(handing.as_csv(lines)) == bytes(now_of(made).answer_digest)
    )
    assert list(audit.verify(cast.branch)) == []


def now_of(batch: Batch) -> Batch:
    return Batch.objects.get(pk=batch.pk)


def test_the_same_file_again_changes_nothing(cast):
    made = handing.batch(cast, 2)
    lines = handing.answer(made, {1: REASON})
    apply(cast.reviewer, made, lines)
    before = everything()
    assert apply(cast.reviewer, made, lines) is False
    assert everything() == before


def test_another_file_after_it_is_refused(cast):
    made = handing.batch(cast, 2)
    apply(cast.reviewer, made, handing.answer(made))
    assert "read back before" in refused(cast.reviewer, made, handing.answer(made, {1: REASON}))


pytestmark = pytest.mark.usefixtures("in_english")


def test_an_answer_to_a_cancelled_batch_is_refused(cast):
    made = handing.batch(cast, 2)
    batches.cancel(by=cast.reviewer, batch=made, reason="mistake")
    assert "cancelled" in refused(cast.reviewer, made, handing.answer(made))


def test_an_answer_to_what_was_never_sent_is_refused(cast):
    made = handing.batch(cast, 2, sent=False)
    assert "never downloaded" in refused(cast.reviewer, made, handing.answer(made))


def test_a_nik_of_no_row_is_refused_by_its_row(cast):
    made, other = handing.batch(cast, 2), handing.approved(cast)[0]
    lines = handing.answer(made)
    nik = handing.nik_of(other)
    sentence = refused(cast.reviewer, made, [*lines, [nik, "Diterima", "", "", ""]])
    assert sentence.startswith("Row 4: this NIK is not in this batch.")
    assert nik not in sentence


def test_a_row_without_an_answer_is_refused(cast):
    made = handing.batch(cast, 3)
    sentence = refused(cast.reviewer, made, handing.answer(made)[:2])
    assert sentence == (
        f"One of this batch is missing in this file: {handing.rows(made)[2].registration}. Ask for all of them."
    )


def test_a_reason_of_another_column_is_refused(cast):
    made = handing.batch(cast, 2)
    assert "longer than 500" in refused(cast.reviewer, made, handing.answer(made, {1: "x" * 501}))
    assert apply(cast.reviewer, made, handing.answer(made, {1: "x" * 500}))


def test_one_participant_number_twice_is_refused(cast):
    made = handing.batch(cast, 2)
    lines = handing.answer(made, numbers=True)
    lines[1][4] = lines[0][4]
    assert refused(cast.reviewer, made, lines).startswith("Row 3: this participant number stands in row 2")


def test_who_typed_a_refused_one_leaves_it_to_a_colleague(cast):
    """The reviewer keyed a paper form in; another approved it."""
    own = factories.submitted(by=cast.reviewer)
    decisions.move(by=cast.other_reviewer, registration=own, target=State.APPROVED)
    made = handing.batch(cast, 1)
    lines = handing.answer(made, {1: REASON})
    assert refused(cast.reviewer, made, lines).startswith("Row 2 is refused, and you registered or typed it")
    assert apply(cast.other_reviewer, made, lines)


def test_who_typed_an_accepted_one_may_read_back(cast):
    own = factories.submitted(by=cast.reviewer)
    decisions.move(by=cast.other_reviewer, registration=own, target=State.APPROVED)
    made = handing.batch(cast, 1)
    assert apply(cast.reviewer, made, handing.answer(made))


@pytest.mark.parametrize("outcome", ["Diterima", "Ditolak", "missing"])
def test_a_withdrawn_consent_keeps_its_answer_without_effect(cast, outcome):
    made = handing.batch(cast, 2)
    lines = handing.answer(made, {1: REASON} if outcome == "Ditolak" else {})
    gone = handing.rows(made)[0].registration
    consent.withdraw(by=cast.reviewer, registration=gone, channel="phone")
    past = gone.decisions.count()
    apply(cast.reviewer, made, lines[1:] if outcome == "missing" else lines)
    expected = {"Diterima": Outcome.ACCEPTED, "Ditolak": Outcome.REFUSED, "missing": ""}[outcome]
    row = handing.rows(made)[0]
    assert (row.outcome, row.live) == (expected, False)
    assert (now(gone).state, gone.decisions.count()) == (State.WITHDRAWN, past)
    assert participation(gone).accepted_at is None
    assert not Participation.objects.filter(stage=Stage.IN_BATCH).exists()


def test_a_withdrawal_that_waits_for_a_reviewer_has_no_effect_either(cast):
    """Taken in by its officer, so it is still approved."""
    made = handing.batch(cast, 1)
    gone = handing.rows(made)[0].registration
    consent.withdraw(by=cast.officer, registration=gone, channel="person")
    assert now(gone).state == State.APPROVED
    apply(cast.reviewer, made, handing.answer(made, {1: REASON}))
    assert (now(gone).state, participation(gone).stage) == (State.APPROVED, Stage.WAITING)


def test_only_who_hands_over_in_the_branch_may(cast):
    made = handing.batch(cast, 1)
    for person in (cast.officer, cast.head, cast.strange_reviewer):
        with pytest.raises(ActionRefused) as refusal:
            apply(person, made, handing.answer(made))
        assert refusal.value.code == "not_allowed"


def test_queries_do_not_grow_with_the_accepted(cast):
    def cost(number: int) -> int:
        made = handing.batch(cast, number)
        answers, content = read(handing.answer(made))
        with CaptureQueriesContext(connection) as queries:
            read_back.apply(by=cast.reviewer, batch=made, answers=answers, content=content)
        return len(queries)

    assert cost(1) == cost(4) < 25
