"""Claims that run out, and second returns, in the same second: processes with real commits; and with the protection
taken out, to see that the harness would have noticed.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrolment.models import Escalation, Registration
from tests import factories
from tests.races import at_once
from tests.test_races import outcomes, person

pytestmark = pytest.mark.postgres
ROUNDS = 5
OLD, OTHER = "verifikator", "verifikator2"


def claimed(*, left: timedelta) -> Registration:
    """One that waits alone, taken by the first reviewer, with so much of the claim left; none: it has run out."""
    Registration.objects.filter(state="submitted").update(state="withdrawn", **Registration.NO_CLAIM)
    row = factories.submitted(by=person("petugas"))
    until = timezone.now() + left
    Registration.objects.filter(pk=row.pk).update(
        claimed_by=person(OLD), claimed_at=until - timedelta(minutes=10), claimed_until=until
    )
    return row


def holder(row: Registration) -> str:
    return Registration.objects.select_related("claimed_by").get(pk=row.pk).claimed_by.username


def two_take_an_expired_one(scratch, **options) -> list[list[str]]:
    """A third reviewer's claim has run out, and two take the next one at the same moment."""
    third = factories.reviewer("verifikator3", of=person(OLD).branch)
    orders = [{"do": "take", "username": name} for name in (OLD, OTHER)]
    taken = []
    with scratch.racers(2, **options) as racers:
        for _ in range(ROUNDS):
            row = claimed(left=timedelta(seconds=-1))
            Registration.objects.filter(pk=row.pk).update(claimed_by=third)
            answers = at_once(racers, orders)
            got = [order["username"] for order, answer in zip(orders, answers, strict=True)
                   if answer["outcome"] == row.reference]  # fmt: skip
            taken.append(got)
            assert holder(row) in got
    return taken


def test_two_who_take_an_expired_one_at_once_never_both_get_it(scratch):
    assert [len(got) for got in two_take_an_expired_one(scratch)] == [1] * ROUNDS


def test_control_without_lock_and_condition_both_get_the_expired_one(scratch):
    assert [OLD, OTHER] in two_take_an_expired_one(scratch, without_claim_lock=True)


def one_takes_it_again_while_another_takes_it(scratch, **options) -> list[list[str]]:
    """The holder, whose claim has run out, asks for more time while a colleague takes the next one."""
    have = []
    with scratch.racers(2, **options) as racers:
        for _ in range(ROUNDS):
            row = claimed(left=timedelta(seconds=-1))
            again, next_one = at_once(
                racers,
                [
                    {"do": "claim", "username": OLD, "reference": row.reference},
                    {"do": "take", "username": OTHER},
                ],
            )
            assert again["outcome"] in ("claimed", "ActionRefused")
            have.append(
                [OLD] * (again["outcome"] == "claimed") + [OTHER] * (next_one["outcome"] == row.reference)
            )
            assert holder(row) in have[-1]
    return have


def test_an_expired_one_is_its_old_holders_or_the_takers(scratch):
    assert [len(one) for one in one_takes_it_again_while_another_takes_it(scratch)] == [1] * ROUNDS


def test_control_without_the_locks_both_have_it(scratch):
    found = one_takes_it_again_while_another_takes_it(scratch, without_claim_lock=True, without_lock=True)
    assert [OLD, OTHER] in found


def renewed_as_it_ran_out(scratch, **options) -> list[list[str]]:
    """The holder's page renews in the last moment, and is slow: a colleague has taken it before it writes."""
    found = []
    with scratch.racers(2, slow_renewal=True, **options) as racers:
        for _ in range(ROUNDS):
            row = claimed(left=timedelta(seconds=0.25))
            answers = at_once(
                racers,
                [
                    {"do": "renew", "username": OLD, "reference": row.reference},
                    {"do": "take_when_free", "username": OTHER, "wait": 0.3},
                ],
            )
            found.append(outcomes(answers))
            assert holder(row) == OTHER
    return found


def test_a_renewal_that_comes_too_late_renews_nothing(scratch):
    assert renewed_as_it_ran_out(scratch) == [["lost", "taken"]] * ROUNDS


def test_control_without_its_condition_both_believe_to_have_it(scratch):
    assert ["renewed", "taken"] in renewed_as_it_ran_out(scratch, without_renewal_condition=True)


def returned_by_two(scratch, **options) -> list[list[str]]:
    """Two reviewers return the same one for the second time, at once."""
    found = []
    with scratch.racers(2, **options) as racers:
        for _ in range(ROUNDS):
            row = factories.returned_once(by=person("petugas"), reviewer=person(OLD))
            order = {"do": "return_again", "reference": row.reference}
            found.append(outcomes(at_once(racers, [{**order, "username": name} for name in (OLD, OTHER)])))
    return found


def test_a_second_return_by_two_is_one_step(scratch):
    assert returned_by_two(scratch) == [["with the head", "with_head"]] * ROUNDS
    assert Escalation.objects.count() == ROUNDS


def test_control_without_the_lock_only_the_constraint_is_left(scratch):
    assert ["IntegrityError", "with the head"] in returned_by_two(scratch, without_lock=True)
