"""`verify_history`: a registration's past fits together, and what somebody with a database shell changed is named by
its reference. Each fault is made past the triggers, which would refuse it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from enrolment.actions import consent, decisions, registrations
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind
from enrolment.management.commands import verify_history
from enrolment.models import Decision, Participation, Registration, RegistrationVersion
from outreach.models import AuditEntry
from tests import factories, paying, rawsql
from tests.test_audit import TABLE as CHAIN

REGISTRATION, DECISION = "enrolment_registration", "enrolment_decision"
VERSION, PARTICIPATION = "enrolment_registrationversion", "enrolment_participation"
ENTRY = "enrolment_participationentry"


def verified() -> list[str]:
    """What the command wrote, line by line; it failed if and only if something is broken."""
    out = StringIO()
    try:
        call_command("verify_history", stdout=out)
    except CommandError as error:
        return [*out.getvalue().splitlines(), str(error)]
    return out.getvalue().splitlines()


def clean(cast, registrations: int, versions: int, destroyed: int = 0) -> list[str]:
    return [
        f"{cast.other_branch.slug}: 0 registrations, 0 versions, 0 of them destroyed",
        f"{cast.branch.slug}: {registrations} registrations, {versions} versions, {destroyed} of them destroyed",
    ]


@pytest.fixture
def unguarded(cast):
    """No trigger is left on the tables of a registration's past."""
    for table in (DECISION, CHAIN):
        for event in ("update", "delete"):
            rawsql.drop_trigger(f"{table}_no_{event}", table=table)
    return cast


@pytest.fixture
def corrected(unguarded) -> Registration:
    """Returned, corrected, approved, back in the queue and approved again: six decisions, two versions."""
    cast = unguarded
    typed = factories.row()
    first = registrations.submit(by=cast.officer, entry=_entry(cast, typed)).registration
    decisions.move(by=cast.reviewer, registration=first, target="returned", reason="Nomor HP kurang jelas.")
    registrations.correct(
        by=cast.officer, registration=first, entry=_entry(cast, {**typed, "address": "Gang Lain"})
    )
    for target, reason in (("approved", ""), ("submitted", "Ditolak sistem inti."), ("approved", "")):
        decisions.move(by=cast.reviewer, registration=first, target=target, reason=reason)
    return Registration.objects.get(pk=first.pk)


def _entry(cast, typed):
    return factories.entry(by=cast.officer, **typed)


def test_every_way_through_the_states_verifies(cast, corrected):
    people = {"by": cast.officer, "reviewer": cast.reviewer}
    for make in (factories.approved, factories.returned, factories.rejected, factories.lapsed):
        make(**people)
    withdrawn = factories.withdrawn(by=cast.officer)
    decisions.move(by=cast.reviewer, registration=withdrawn, target="submitted", reason="Bukan kembar.")
    taken_back = factories.approved(**people)
    consent.withdraw(by=cast.reviewer, registration=taken_back, channel="phone")
    assert verified() == clean(cast, 7, 8)


def test_a_branch_without_registrations_verifies(cast):
    assert verified() == clean(cast, 0, 0)


def test_more_than_a_chunk_is_read_to_its_end(cast, monkeypatch):
    monkeypatch.setattr(verify_history, "CHUNK", 2)
    for _number in range(5):
        factories.submitted(by=cast.officer)
    assert verified() == clean(cast, 5, 5)


SQL = {
    "a decision removed": (
        f"DELETE FROM {DECISION} WHERE number = 2", (),
        "decision 2 is missing; decision 3 follows",
    ),
    "another source": (
        f"UPDATE {DECISION} SET source = 'withdrawn' WHERE number = 5", (),
        "decision 5 begins at withdrawn, the one before ended at approved",
    ),
    "another target": (
        f"UPDATE {DECISION} SET target = 'rejected' WHERE number = 2", (),
        "decision 3 begins at returned, the one before ended at rejected",
    ),
    "a move that is not in the table": (
        f"UPDATE {DECISION} SET source = CASE number WHEN 2 THEN 'submitted' ELSE 'lapsed' END, "
        "target = CASE number WHEN 2 THEN 'lapsed' ELSE 'submitted' END WHERE number IN (2, 3)", (),
        "decision 2 goes from submitted to lapsed, which is no move of the table",
    ),
    "a decision of nobody": (
        f"UPDATE {DECISION} SET by_id = NULL WHERE number = 4", (), "decision 4 is nobody's",
    ),
    "a decision about another version": (
        f"UPDATE {DECISION} SET version = 1 WHERE number = 4", (),
        "decision 4 is about version 1, but version 2 stood then",
    ),
    "the state column": (
        f"UPDATE {REGISTRATION} SET state = 'rejected'", (),
        "its state is rejected, its last decision says approved",
    ),
    "when it was decided": (
        f"UPDATE {REGISTRATION} SET decided_at = received_at", (),
        "who decided and when is not what its decisions say",
    ),
    "the version column": (
        f"UPDATE {REGISTRATION} SET version = 3", (),
        "its decisions made 2 versions, 2 are stored, it says 3",
    ),
    "the content's digest": (
        f"UPDATE {REGISTRATION} SET digest = %s", (b"other",), "its content is not version 2",
    ),
    "a version removed": (
        f"DELETE FROM {VERSION} WHERE number = 1", (), "version 1 is missing; version 2 follows",
    ),
    "the last version removed": (
        f"DELETE FROM {VERSION} WHERE number = 2", (),
        "its decisions made 2 versions, 1 are stored, it says 2",
    ),
    "an older version changed": (
        f"UPDATE {VERSION} SET digest = %s WHERE number = 1", (b"other",),
        "version 1 is not the one of row 1 of the audit chain",
    ),
    "the participation removed": (
        f"DELETE FROM {PARTICIPATION} WHERE ended_at IS NULL", (),
        "decision 6 approved it, and no participation was begun",
    ),
    "the participation begun at another time": (
        f"UPDATE {PARTICIPATION} SET approved_at = %s WHERE ended_at IS NULL", (timezone.now(),),
        "the participation of decision 6 was begun at another time",
    ),
    "the participation ended, the approval not": (
        f"UPDATE {PARTICIPATION} SET ended_at = %s WHERE ended_at IS NULL", (timezone.now(),),
        "the participation of decision 6 did not end with that approval",
    ),
    "an entry of the chain removed": (
        f"DELETE FROM {CHAIN} WHERE seq = 6", (), "decision 6 is not in the audit chain",
    ),
    "an entry of the chain changed": (
        f"UPDATE {CHAIN} SET action = 'registration.rejected' WHERE seq = 2", (),
        "decision 2 is not what row 2 of the audit chain says",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", SQL)
def test_what_does_not_fit_is_named_by_reference(cast, corrected, change):
    statement, values, fault = SQL[change]
    assert rawsql.execute(statement, *values) >= 1
    name = f"{cast.branch.slug} {corrected}"
    lines = verified()
    assert f"{name}: {fault}" in lines
    assert lines[-1] == f"1 registrations are broken, the first: {name}"


WRITTEN = {
    "code": f"UPDATE {PARTICIPATION} SET billing_code = NULL",
    "number": f"UPDATE {PARTICIPATION} SET participant_number = billing_code, number_index = billing_code",
    "paid": f"UPDATE {PARTICIPATION} SET paid_on = '2026-01-01'",
    "card": f"UPDATE {PARTICIPATION} SET card_at = paid_at",
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_participation_that_is_not_what_was_written_down_is_named(cast, kind):
    row = paying.paid(cast)
    paying.write(cast, row, Said(EntryKind.CODE, number=paying.CODE))
    paying.write(cast, row, Said(EntryKind.CARD, on=paying.today()))
    assert verified() == clean(cast, 1, 1)
    assert rawsql.execute(WRITTEN[kind]) == 1
    fault = f"the {kind} of a participation is not what was written down last"
    assert f"{cast.branch.slug} {row.registration}: {fault}" in verified()


@pytest.mark.postgres
def test_a_participant_number_without_its_index_is_named(cast):
    row = paying.accepted(cast)
    paying.write(cast, row, Said(EntryKind.NUMBER, number=paying.KPJ))
    connection.check_constraints()  # or what is still to be checked at the end locks the table's shape
    rawsql.drop_constraint(Participation, "participation_number_is_indexed")
    rawsql.execute(f"UPDATE {PARTICIPATION} SET number_index = NULL")
    fault = "the number of a participation is not what was written down last"
    assert f"{cast.branch.slug} {row.registration}: {fault}" in verified()


LATER = {
    "paid until": (
        f"UPDATE {PARTICIPATION} SET covered_until = '2031-05-01'",
        "until when a participation is paid is not what its payments say",
    ),
    "a correction removed": (
        f"DELETE FROM {ENTRY} WHERE replaces_id IS NOT NULL",
        "until when a participation is paid",
    ),
    "a payment changed": (
        f"UPDATE {ENTRY} SET months = 6 WHERE replaces_id IS NOT NULL",
        "until when a participation",
    ),
    "a correction of nothing": (
        f"UPDATE {ENTRY} SET replaces_id = (SELECT id FROM {ENTRY} WHERE kind = 'code')"
        " WHERE replaces_id IS NOT NULL",
        "a later payment corrects none that stands",
    ),
    "a number of another": (f"UPDATE {ENTRY} SET digest = number WHERE kind = 'code'", "row "),
    "an entry slipped out": (
        f"DELETE FROM {CHAIN} WHERE action = 'participation.code'",
        "the code of a participation",
    ),
}


@pytest.mark.parametrize("change", LATER)
def test_a_later_payment_that_was_changed_past_its_corrections_is_named(unguarded, change):
    cast, on = unguarded, paying.today()
    for event in ("update", "delete"):
        rawsql.drop_trigger(f"{ENTRY}_no_{event}", table=ENTRY)
    row = paying.paid(cast, days=9, on=on - timedelta(days=9))
    paying.write(cast, row, Said(EntryKind.LATER, on=on - timedelta(days=5), months=1))
    wrong = row.entries.get(kind="later")
    right = Said(EntryKind.LATER, on=on - timedelta(days=4), months=12, replaces=wrong.pk)
    paying.write(cast, row, right, reason="Satu tahun.")
    paying.write(cast, row, Said(EntryKind.CODE, number=paying.CODE))
    assert verified() == clean(cast, 1, 1)
    statement, fault = LATER[change]
    assert rawsql.execute(statement) == 1
    assert any(line.startswith(f"{cast.branch.slug} {row.registration}: {fault}") for line in verified())


def test_a_later_payment_without_a_first_one_is_named_and_stops_nothing(unguarded):
    cast, on = unguarded, paying.today()
    rawsql.drop_trigger(f"{ENTRY}_no_delete", table=ENTRY)
    row = paying.paid(cast, days=9, on=on - timedelta(days=9))
    paying.write(cast, row, Said(EntryKind.LATER, on=on, months=1))
    rawsql.execute(f"DELETE FROM {ENTRY} WHERE kind = 'paid'")
    nothing = ", ".join(f"{name} = NULL" for name in ("paid_on", "paid_months", "paid_at", "paid_by_id"))
    rawsql.execute(f"UPDATE {PARTICIPATION} SET stage = 'accepted', covered_until = NULL, {nothing}")
    fault = "until when a participation is paid is not what its payments say"
    assert f"{cast.branch.slug} {row.registration}: {fault}" in verified()


def test_the_last_decision_removed_is_named(unguarded):
    came_back = factories.returned(by=unguarded.officer, reviewer=unguarded.reviewer)
    assert rawsql.execute(f"DELETE FROM {DECISION} WHERE number = 2") == 1
    fault = "its state is returned, its last decision says submitted"
    assert f"{unguarded.branch.slug} {came_back}: {fault}" in verified()


def test_a_decision_of_somebody_else_is_named(cast, corrected):
    rawsql.execute(f"UPDATE {DECISION} SET by_id = %s WHERE number = 6", cast.head.pk)
    assert "who decided and when is not what its decisions say" in verified()[-3]
    rawsql.execute(f"UPDATE {REGISTRATION} SET decided_by_id = %s", cast.head.pk)
    assert "decision 6 is not what row 6 of the audit chain says" in verified()[-3]


def test_a_decision_of_its_officer_is_named(cast, corrected):
    rawsql.execute(f"UPDATE {DECISION} SET by_id = %s WHERE number = 2", cast.officer.pk)
    assert "decision 2 was made by who registered it" in verified()[-3]


def test_an_approval_that_was_slipped_in_is_named(cast, corrected):
    """Decision, columns and participation agree; the chain does not know of it."""
    waiting = factories.submitted(by=cast.officer)
    decision = Decision.objects.create(
        registration=waiting, number=2, source="submitted", target="approved", version=1, by=cast.reviewer,
        at=timezone.now(),
    )  # fmt: skip
    Registration.objects.filter(pk=waiting.pk).update(
        state="approved", decided_at=decision.at, decided_by=cast.reviewer
    )
    waiting.participations.create(
        approval=decision, branch=cast.branch, event=cast.event, approved_at=decision.at
    )
    assert f"{cast.branch.slug} {waiting}: decision 2 is not in the audit chain" in verified()


def test_a_participation_of_no_approval_is_named(cast):
    waiting = factories.submitted(by=cast.officer)
    waiting.participations.create(
        approval=waiting.decisions.get(), branch=cast.branch, event=cast.event, approved_at=timezone.now()
    )
    assert "a participation was begun by decision 1, which is no approval" in verified()[-3]


def test_a_move_that_only_the_chain_knows_is_named(cast, corrected):
    entry = AuditEntry.objects.get(seq=6)
    entry.pk, entry.seq, entry._state.adding = None, 7, True
    entry.save()
    assert "row 7 of the audit chain has no decision" in verified()[-3]


def test_destroyed_content_is_told_and_is_no_fault(cast, corrected):
    """The digest stays in its row and in the chain; only the seal is gone."""
    assert RegistrationVersion.objects.update(content=None) == 2
    assert verified() == clean(cast, 1, 2, destroyed=2)
    rawsql.execute(f"UPDATE {VERSION} SET digest = %s WHERE number = 1", b"other")
    assert "version 1 is not the one of row 1 of the audit chain" in verified()[-3]


def test_each_broken_one_is_named_and_nobody_by_name(cast, corrected):
    other = factories.submitted(by=cast.officer, full_name="Sumiati Rahasia")
    rawsql.execute(f"UPDATE {REGISTRATION} SET state = 'withdrawn'")
    lines = verified()
    assert sorted(line.partition(":")[0] for line in lines[1:3]) == sorted(
        f"{cast.branch.slug} {row}" for row in (corrected, other)
    )
    assert lines[-1].startswith("2 registrations are broken, the first: ")
    assert "Sumiati" not in "".join(lines)


def test_what_was_written_between_two_readings_is_no_fault(cast, corrected, monkeypatch):
    """Seen broken once and whole under its lock: the stand went on meanwhile."""
    seen = []
    whole = verify_history._pasts

    def torn(of, *, branch):
        found = whole(of, branch=branch)
        if not seen:
            found[corrected.pk].decisions.pop()
        seen.append(of)
        return found

    monkeypatch.setattr(verify_history, "_pasts", torn)
    assert verified() == clean(cast, 1, 2)
    assert seen == [[corrected.pk], [corrected.pk]]


def test_an_unknown_state_is_named_and_stops_nothing(cast, corrected):
    rawsql.execute(f"UPDATE {DECISION} SET source = 'elsewhere' WHERE number = 3")
    assert "decision 3 begins at elsewhere, the one before ended at returned" in verified()[-3]


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("_wrong_decision", "the state column"),
        ("_wrong_version", "the content's digest"),
        ("_wrong_columns", "when it was decided"),
        ("_wrong_participation", "the participation begun at another time"),
        ("_wrong_chain", "an older version changed"),
    ],
)
def test_without_its_check_a_fault_is_missed(cast, corrected, monkeypatch, check, change):
    """The control: each fault is found by the check that is meant to find it, and by no other."""
    statement, values, fault = SQL[change]
    rawsql.execute(statement, *values)
    assert fault in verified()[-3]
    monkeypatch.setattr(verify_history, check, lambda row, past: None)
    assert verified() == clean(cast, 1, 2)
