"""One set of registrations walks the whole way, through the actions that the pages call: checked, judged as twins,
handed over, refused and approved again, paid, lapsed. Whatever met on the way, the four checkers find everything equal.
"""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from enrolment.actions import (
    arbitrations,
    batches,
    bulk,
    claims,
    consent,
    decisions,
    escalations,
    hand_entries,
    lapsing,
    payment_files,
    payments,
    read_back,
    second_looks,
    verdicts,
)
from enrolment.actions.payments import Said
from enrolment.choices import ArbitrationOutcome, EntryKind, LookResult, Stage, State, Verdict
from enrolment.collective import DEFAULT_ANSWER
from enrolment.exports import collective
from enrolment.models import Arbitration, Batch, Participation, Registration, SecondLook, TwinVerdict
from enrolment.queries import duplicates
from outreach.errors import ActionRefused
from tests import arbitrating, factories, handing, paying
from tests.reviewing import now, trail

CHECKERS = ("verify_audit", "verify_history", "verify_counts", "verify_quotes")
REASON = "Alasan uji."


def equal() -> None:
    """Each of the four passes, and one registration's twins are the same whoever asks."""
    for name in CHECKERS:
        call_command(name, stdout=StringIO())
    rows = list(Registration.objects.all())
    told = duplicates.warnings_now(rows)
    have = set(Registration.objects.filter(duplicates.has_twin()).values_list("pk", flat=True))
    clean = set(Registration.objects.filter(duplicates.clean()).values_list("pk", flat=True))
    for row in rows:
        assert bool(set(told[row.pk]) & set(duplicates.TWIN_CODES)) == (row.pk in have)
        assert (told[row.pk] == []) == (row.pk in clean)


def code(call, **arguments) -> str:
    """Of the refusal."""
    with pytest.raises(ActionRefused) as refused:
        call(**arguments)
    return refused.value.code


def select(*rows: Registration) -> list[tuple[str, int]]:
    return [(row.reference, now(row).version) for row in rows]


def make(by, *, limit: int = 300) -> Batch:
    """A batch whose file has left."""
    made = batches.make(by=by, batch_id=uuid4(), event=None, limit=limit)
    batches.file_rows(by=by, batch=made)
    return Batch.objects.get(pk=made.pk)


def answered(by, of: Batch, refuse: dict[int, str]) -> bool:
    content = handing.as_csv(handing.answer(of, refuse, numbers=True))
    answers = collective.answers(content, DEFAULT_ANSWER)
    return read_back.apply(by=by, batch=of, answers=answers, content=content)


def stands(row: Registration) -> tuple:
    """(state, stages of its participations, the oldest first; a star where it has ended)"""
    own = Participation.objects.filter(registration=row).order_by("approved_at")
    return str(now(row).state), [f"{one.stage}{'*' * bool(one.ended_at)}" for one in own]


@override_settings(SECOND_LOOK_PERCENT=100)
def test_one_set_walks_the_whole_way(cast):
    by, other = cast.reviewer, cast.other_reviewer

    # The stand: ten workers, one of them twice, and two of one name and birth date.
    workers = [factories.submitted(by=cast.officer) for _number in range(10)]
    same = {"nik": factories.nik(serial=7), "birth_date": factories.BORN.isoformat()}
    kept, again = (factories.submitted(by=cast.officer, **same) for _number in range(2))
    born = {"full_name": "Kembar Nama", "birth_date": "1991-02-03"}
    alike = [
        factories.submitted(
            by=cast.officer, **born, nik=factories.nik(serial=n, born=factories.date(1991, 2, 3))
        )
        for n in (11, 12)
    ]
    equal()

    # Checking: two are judged different, one is kept of two; the rest is approved together.
    assert bulk.approve(by=by, selection=select(*alike, kept)).approved == []
    verdicts.judge(by=by, registration=alike[0], other=alike[1], verdict=Verdict.DIFFERENT, reason=REASON)
    verdicts.judge(by=by, registration=kept, other=again, verdict=Verdict.SAME, kept=kept, reason=REASON)
    assert claims.take_next(by=other) == workers[0]
    chosen = select(*workers, kept, *alike)
    outcome = bulk.approve(by=by, selection=chosen)
    assert [(one.registration, one.code) for one in outcome.left] == [(workers[0], "claimed")]
    equal()

    # One comes back twice: the head gives it to the reviewers again.
    decisions.move(by=other, registration=workers[0], target=State.RETURNED, reason=REASON)
    first = factories.corrected(workers[0], by=cast.officer)
    assert escalations.give_back(by=by, registration=first, reason=REASON)
    assert bulk.approve(by=by, selection=select(first)).left[0].code == "with_head"
    escalations.to_reviewers(by=cast.head, registration=first, reason=REASON)
    assert bulk.approve(by=by, selection=select(first)).approved == [first]
    assert stands(first) == ("approved", ["waiting"])
    equal()

    # In a batch: neither a second look nor a verdict takes it out, a withdrawn consent does.
    batch = make(by)
    assert len(handing.rows(batch)) == 13
    look = SecondLook.objects.get(registration=workers[1])
    hindered = second_looks.answer(
        by=other, look=look, result=LookResult.DIFFERS, reason=REASON, send_back=True
    )
    assert (hindered.code, stands(workers[1])) == ("in_batch", ("approved", ["in_batch"]))
    decisions.move(by=other, registration=now(again), target=State.SUBMITTED, reason=REASON)
    judged = {"registration": now(kept), "other": now(again), "verdict": Verdict.SAME, "reason": REASON}
    assert code(verdicts.judge, by=other, kept=again, **judged) == "in_batch"
    assert not TwinVerdict.objects.in_force().of(kept.pk).exists()
    assert code(decisions.move, by=by, registration=now(again), target=State.APPROVED) == "already_approved"
    consent.withdraw(by=by, registration=now(workers[2]), channel="phone")
    assert stands(workers[2]) == ("withdrawn", ["in_batch*"])
    payments.write(
        by=by, participation=handing.participation(workers[3]), entry_id=uuid4(),
        said=Said(EntryKind.CODE, number=paying.CODE),
    )  # fmt: skip
    equal()

    # The answer: one refused, who is approved again and gets another second look.
    place = {row.registration_id: row.position for row in handing.rows(batch)}
    refused = workers[4]
    assert answered(by, batch, {place[refused.pk]: "NIK tidak padan."}) is True
    assert answered(by, batch, {place[refused.pk]: "NIK tidak padan."}) is False
    assert stands(refused) == ("submitted", ["refused*"])
    assert stands(workers[2]) == ("withdrawn", ["waiting*"])
    assert bulk.approve(by=other, selection=select(refused)).approved == [now(refused)]
    assert SecondLook.objects.filter(registration=refused).count() == 2
    equal()

    # It goes again, the batch is given up, and somebody types it.
    second = make(other)
    assert [row.registration_id for row in handing.rows(second)] == [refused.pk]
    batches.cancel(by=by, batch=second, reason="by_hand")
    hand_entries.enter(by=by, participations=[handing.participation(refused).pk], on=timezone.localdate())
    assert stands(refused) == ("approved", ["refused*", "accepted"])
    equal()

    # Another branch has the worker whom this one has paid for: the head says who stays.
    today = timezone.localdate()
    for row, months in ((workers[3], 3), (workers[5], 1), (refused, 12)):
        payments.write(
            by=by, participation=handing.participation(row), entry_id=uuid4(),
            said=Said(EntryKind.PAID, on=today, months=months),
        )  # fmt: skip
    payments.write(
        by=other, participation=handing.participation(refused), entry_id=uuid4(),
        said=Said(EntryKind.CARD, on=today),
    )  # fmt: skip
    lines = payment_files.apply(
        by=by,
        rows=[
            payment_files.Row(1, reference=workers[6].reference, on=today, months=6),
            payment_files.Row(2, reference=workers[5].reference, on=today, months=2),
            payment_files.Row(3, nik=handing.nik_of(workers[3]), on=today, months=3),
            payment_files.Row(4, nik=factories.nik(serial=9998), on=today, months=1),
        ],
    )
    assert [line.outcome for line in lines] == ["new", "left", "same", "stranger"]
    arbitrating.other_event(cast)
    theirs = factories.submitted(
        **arbitrating.theirs(cast, **{**same, "full_name": "Warga Uji", "phone": "081234567890"})
    )
    assert code(decisions.move, by=cast.strange_reviewer, registration=theirs, target=State.APPROVED) == (
        "already_approved"
    )
    decisions.move(by=cast.officer, registration=now(again), target=State.WITHDRAWN, reason=REASON)
    case = arbitrations.ask(by=cast.strange_reviewer, registration=theirs)
    arbitrations.decide(by=cast.head, case=case, outcome=ArbitrationOutcome.FIRST, reason=REASON)
    assert stands(theirs) == ("withdrawn", [])
    equal()
    decisions.move(by=cast.strange_reviewer, registration=now(theirs), target=State.SUBMITTED, reason=REASON)
    case = arbitrations.ask(by=cast.strange_reviewer, registration=now(theirs))
    arbitrations.decide(by=cast.head, case=case, outcome=ArbitrationOutcome.SECOND, reason=REASON)
    decisions.move(by=cast.strange_reviewer, registration=now(theirs), target=State.APPROVED)
    assert (stands(kept), stands(theirs)) == (("withdrawn", ["accepted*"]), ("approved", ["waiting"]))
    assert not Arbitration.objects.open().exists()
    equal()

    # The clock: who never paid lapses, who paid does not; and may come again.
    later = timezone.now() + timedelta(days=61)
    expected = lapsing.preview(now=later)
    with paying.clock(later):
        assert lapsing.lapse(now=later) == expected
        equal()
        come_again = factories.submitted(by=cast.officer, nik=handing.nik_of(workers[7]), **_born(workers[7]))
        assert come_again.kind == "new"
        decisions.move(by=by, registration=come_again, target=State.APPROVED)
        equal()
    assert expected == {("bazar-uji", "unpaid"): 7, ("bazar-lain", "waiting"): 1}
    assert trail(workers[7])[-1] == ("approved", "lapsed", None)
    assert stands(workers[7]) == ("lapsed", ["accepted*"])
    assert stands(refused) == ("approved", ["refused*", Stage.CARD])


def _born(row: Registration) -> dict[str, str]:
    """The birth date that is in its NIK."""
    nik = handing.nik_of(row)
    return {"birth_date": f"19{nik[10:12]}-{nik[8:10]}-{nik[6:8]}"}
