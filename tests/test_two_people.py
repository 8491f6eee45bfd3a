"""Who registered or typed a worker may not decide on it: refused by the action, and held by the database."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from enrolment.actions import decisions, registrations
from enrolment.choices import State
from enrolment.models import Decision, Registration
from outreach.choices import Role
from outreach.errors import ActionRefused
from outreach.models import Assignment, User
from tests import factories, rawsql

DECIDED = ["approved", "returned", "rejected"]
REGISTRATION, DECISION = "enrolment_registration", "enrolment_decision"


@pytest.fixture
def typed(cast) -> Registration:
    """Registered by `officer`, typed from paper by `reviewer`."""
    entry = factories.form(by=cast.reviewer)
    assert entry.is_valid()
    return registrations.submit(by=cast.reviewer, entry=entry.entry()).registration


def refusal(by, registration, target="approved") -> str:
    with pytest.raises(ActionRefused) as refused:
        decisions.move(by=by, registration=registration, target=State(target), reason="Alasan uji.")
    return refused.value.code


def promote(user: User) -> User:
    """An officer who became a reviewer: the right alone must not be enough."""
    user.role = Role.REVIEWER
    user.save()
    return user


@pytest.mark.parametrize("target", DECIDED)
def test_typist_may_not_decide(cast, typed, target):
    assert refusal(cast.reviewer, typed, target) == "two_people"


@pytest.mark.parametrize("target", DECIDED)
def test_officer_may_not_decide_even_as_a_reviewer(cast, typed, target):
    assert refusal(promote(cast.officer), typed, target) == "two_people"


def test_who_stood_at_that_booth_that_day_may_not_decide(cast, typed):
    factories.assign(promote(cast.colleague), typed.booth, cast.event.first_day)
    assert refusal(cast.colleague, typed) == "two_people"


@pytest.mark.parametrize("elsewhere", ["another day", "another booth"])
def test_who_stood_elsewhere_may_decide(cast, typed, elsewhere):
    booth = typed.booth if elsewhere == "another day" else cast.event.booths.get(code="B")
    day = cast.event.last_day if elsewhere == "another day" else cast.event.first_day
    factories.assign(promote(cast.colleague), booth, day)
    decisions.move(by=cast.colleague, registration=typed, target=State.APPROVED)
    assert Registration.objects.get().decided_by == cast.colleague


def test_day_at_the_booth_is_the_day_in_jakarta(cast):
    late = factories.submitted(by=cast.officer, registered_at="2026-11-20T23:30:00+07:00")  # 16.30 UTC
    early = factories.submitted(
        by=cast.officer, registered_at="2026-11-21T00:30:00+07:00"
    )  # still the 20th in UTC
    factories.assign(promote(cast.colleague), late.booth, cast.event.last_day)
    assert refusal(cast.colleague, early) == "two_people"
    decisions.move(by=cast.colleague, registration=late, target=State.APPROVED)


def test_undoing_an_approval_is_also_for_a_second_person(cast):
    registration = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    promote(cast.officer)
    assert refusal(cast.officer, registration, "withdrawn") == "two_people"
    assert refusal(cast.officer, registration, "submitted") == "two_people"


def test_duty_taken_away_later_does_not_free_the_officer(cast, typed):
    Assignment.objects.all().delete()
    assert refusal(promote(cast.officer), typed) == "two_people"


def insert_decision(registration: Registration, by: User | None, target: str) -> None:
    rawsql.execute(
        f"INSERT INTO {DECISION} (id, registration_id, number, source, target, version, by_id, at)"
        " VALUES (%s, %s, 2, 'submitted', %s, 1, %s, %s)",
        uuid4(), registration.pk, target, by and by.pk, timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("target", DECIDED)
@pytest.mark.parametrize("part", ["officer", "entered_by", "nobody"])
def test_database_refuses_a_decision_row_of_the_wrong_person(typed, target, part):
    with pytest.raises(DatabaseError, match="may not decide"):
        insert_decision(typed, getattr(typed, part, None), target)
    assert typed.decisions.count() == 1


def test_database_takes_a_decision_row_of_a_second_person(cast, typed):
    insert_decision(typed, cast.other_reviewer, "approved")
    assert typed.decisions.count() == 2


@pytest.mark.parametrize("part", ["officer", "entered_by"])
def test_database_refuses_a_decider_who_registered_or_typed(typed, part):
    with pytest.raises(IntegrityError, match="registration_decided_by_another"):
        rawsql.execute(
            f"UPDATE {REGISTRATION} SET decided_by_id = %s, decided_at = %s WHERE id = %s",
            getattr(typed, part).pk, timezone.now(), typed.pk,
        )  # fmt: skip


@pytest.mark.parametrize("state", DECIDED)
def test_database_refuses_a_decided_state_without_a_decider(typed, state):
    with pytest.raises(IntegrityError, match="registration_decided_states_have_a_decider"):
        rawsql.execute(f"UPDATE {REGISTRATION} SET state = %s WHERE id = %s", state, typed.pk)


@pytest.mark.parametrize("column", ["decided_at", "decided_by_id"])
def test_database_refuses_half_of_who_and_when(cast, typed, column):
    value = timezone.now() if column == "decided_at" else cast.other_reviewer.pk
    with pytest.raises(IntegrityError, match="registration_decided_at_with_by"):
        rawsql.execute(f"UPDATE {REGISTRATION} SET {column} = %s WHERE id = %s", value, typed.pk)


@pytest.mark.parametrize("column", ["officer_id", "entered_by_id", "submission_id", "reference"])
def test_database_refuses_to_change_where_a_registration_came_from(cast, typed, column):
    """Else a decision could be made first and the officer's name changed afterwards."""
    value = {"submission_id": uuid4(), "reference": "7K42Q93"}.get(column, cast.colleague.pk)
    with pytest.raises(DatabaseError, match="of a registration stay"):
        rawsql.execute(f"UPDATE {REGISTRATION} SET {column} = %s WHERE id = %s", value, typed.pk)
    stored = Registration.objects.get()
    assert (stored.officer, stored.entered_by) == (cast.officer, cast.reviewer)
    assert (stored.submission_id, stored.reference) == (typed.submission_id, typed.reference)


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {DECISION} SET target = 'approved'",
        f"UPDATE {DECISION} SET by_id = NULL",
        f"DELETE FROM {DECISION}",
    ],
)
def test_database_refuses_to_change_or_delete_a_decision(typed, statement):
    with pytest.raises(DatabaseError, match="append-only"):
        rawsql.execute(statement)
    assert Decision.objects.get().target == "submitted"


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("state", "done", "registration_state_known"),
        ("package", "X", "registration_package_known"),
        ("sector", "air", "registration_sector_known"),
        ("months", 4, "registration_months_known"),
        ("discounted_months", 2, "registration_discounted_within_months"),
        ("consent_at", "2030-01-01 00:00:00+00:00", "registration_consent_before"),
    ],
)
def test_database_refuses_what_can_never_be_true(typed, column, value, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        rawsql.execute(f"UPDATE {REGISTRATION} SET {column} = %s WHERE id = %s", value, typed.pk)


def test_database_refuses_the_same_job_twice(typed):
    with pytest.raises(IntegrityError, match="registration_jobs_differ"):
        rawsql.execute(f"UPDATE {REGISTRATION} SET job_type_2_id = job_type_1_id WHERE id = %s", typed.pk)


def test_database_refuses_a_second_live_approval_of_a_nik(cast):
    same = {"nik": factories.nik(), "birth_date": "1988-04-12"}
    factories.approved(by=cast.officer, reviewer=cast.reviewer, **same)
    second = factories.submitted(by=cast.officer, **same)
    approve = (
        f"UPDATE {REGISTRATION} SET state = 'approved', decided_by_id = %s, decided_at = %s WHERE id = %s"
    )
    with pytest.raises(IntegrityError, match=r"nik_index|one_live_approval"):
        rawsql.execute(approve, cast.reviewer.pk, timezone.now(), second.pk)
    rawsql.drop_constraint(Registration, "registration_one_live_approval")
    rawsql.execute(approve, cast.reviewer.pk, timezone.now(), second.pk)
    assert Registration.objects.filter(state="approved").count() == 2
