"""A payment and the clock, two reviewers with one payment, two lists, two callers in the same moment: processes with
real commits; and with each protection taken out, to see that the harness would have noticed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from enrolment.choices import Stage, State
from enrolment.models import Participation, ParticipationEntry, PaymentCall, Registration
from tests import factories
from tests.races import at_once
from tests.test_races import outcomes, person

pytestmark = [pytest.mark.postgres, pytest.mark.once]
ROUNDS = 6


def accepted() -> str:
    """In the core system, and long enough unpaid to lapse."""
    row = factories.approved(by=person("petugas"), reviewer=person("verifikator"))
    Participation.objects.filter(registration=row).update(
        stage=Stage.ACCEPTED, accepted_at=timezone.now(), accepted_by=person("verifikator"),
        approved_at=timezone.now() - timedelta(days=70),
    )  # fmt: skip
    return row.reference


def pay(reference: str, username: str = "verifikator") -> dict:
    return {"do": "pay", "username": username, "reference": reference, "on": timezone.localdate().isoformat()}


def paid_while_lapsing(scratch, **options) -> list[tuple[list[str], tuple]]:
    """(what each said, whether it lapsed and whether it is paid)."""
    found = []
    with scratch.racers(2, **options) as racers:
        for turn in range(ROUNDS):
            reference = accepted()
            orders = [pay(reference), {"do": "lapse", "reference": reference}]
            said = at_once(racers[:: -1 if turn % 2 else 1], orders)
            registration = Registration.objects.get(reference=reference)
            row = Participation.objects.get(registration=registration)
            found.append((outcomes(said), (registration.state == State.LAPSED, row.paid_on is not None)))
    return found


def test_of_a_payment_and_a_lapse_exactly_one_wins(scratch):
    for said, (lapsed, paid) in paid_while_lapsing(scratch, slow_cases=True):
        assert lapsed is not paid
        assert said == (["ended", "unpaid"] if lapsed else ["changed", "paid"])


def test_control_without_the_lock_both_win(scratch):
    found = paid_while_lapsing(scratch, without_payment_lock=True)
    ends = [end for _said, end in found]
    assert (True, True) in ends, found


def two_reviewers_pay(scratch, **options) -> list[int]:
    """How many entries each round leaves."""
    left = []
    with scratch.racers(2, **options) as racers:
        for _turn in range(ROUNDS):
            reference = accepted()
            at_once(racers, [pay(reference), pay(reference, "verifikator2")])
            left.append(
                ParticipationEntry.objects.filter(participation__registration__reference=reference).count()
            )
    return left


def test_two_reviewers_who_write_one_payment_write_it_once(scratch):
    assert two_reviewers_pay(scratch) == [1] * ROUNDS


def test_control_without_the_lock_they_write_it_twice(scratch):
    assert 2 in two_reviewers_pay(scratch, without_payment_lock=True)


def two_lists(scratch, **options) -> list[int]:
    left = []
    with scratch.racers(2, **options) as racers:
        for _turn in range(ROUNDS):
            references = [accepted(), accepted()]
            order = {"do": "read_list", "username": "verifikator", "on": timezone.localdate().isoformat()}
            said = at_once(
                racers, [{**order, "references": references}, {**order, "references": references[::-1]}]
            )
            assert "error" not in {key for one in said for key in one}
            rows = ParticipationEntry.objects.filter(participation__registration__reference__in=references)
            left.append(rows.count())
    return left


def test_one_list_read_twice_at_once_is_written_down_once(scratch):
    assert two_lists(scratch) == [2] * ROUNDS


def test_control_without_the_lock_a_list_is_written_down_twice(scratch):
    assert 4 in two_lists(scratch, without_payment_lock=True)


def two_callers(scratch, **options) -> list[list[str]]:
    said = []
    with scratch.racers(2, **options) as racers:
        for _turn in range(ROUNDS):
            reference = accepted()
            order = {"do": "open_phone", "reference": reference}
            answers = at_once(
                racers, [{**order, "username": name} for name in ("verifikator", "verifikator2")]
            )
            said.append(sorted(outcomes(answers)))
    return said


def test_of_two_callers_at_once_the_second_is_told(scratch):
    assert two_callers(scratch) == [["just_called", "opened"]] * ROUNDS


def test_control_without_the_lock_both_call(scratch):
    assert ["opened", "opened"] in two_callers(scratch, without_call_lock=True)


def test_one_press_that_arrives_twice_at_once_is_one_call(scratch):
    with scratch.racers(2) as racers:
        for _turn in range(ROUNDS):
            order = {
                "do": "called", "username": "verifikator", "reference": accepted(), "call": str(uuid4()),
                "next_on": timezone.localdate().isoformat(),
            }  # fmt: skip
            assert sorted(outcomes(at_once(racers, [order, order]))) == ["same", "stored"]
    assert PaymentCall.objects.count() == ROUNDS
