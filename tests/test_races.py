"""Races as real processes with real commits. Each proof has its negative control: with the protection taken out, the
same harness must see the harm, else it proves nothing.
"""

from collections import Counter
from uuid import uuid4

import pytest
from django.utils import timezone

from enrolment.actions import disclosures
from enrolment.models import Registration
from outreach import crypto
from outreach.actions import audit, greetings, people
from outreach.models import AuditEntry, Booth, Branch, Event, Greeting, Organisation, User
from tests import factories
from tests.races import at_once

pytestmark = pytest.mark.postgres
BRANCH = "jakarta-pluit"
IDS, PAIRS = 10, 8
STOPS = ("registrations._add_version", "decisions.add", "audit.record")


def person(username: str) -> User:
    return User.objects.select_related("branch").get(username=username)


def submit(row: dict) -> dict:
    return {"do": "submit", "username": "petugas", "row": row}


def decide(username: str, registration: Registration, target: str) -> dict:
    return {"do": "decide", "username": username, "reference": registration.reference, "target": target}


def outcomes(answers: list[dict]) -> list[str]:
    return sorted(answer["outcome"] for answer in answers)


def torn() -> list[Registration]:
    """The registrations that lack their version, their decision or their row of the chain, or have one twice."""
    chained = {
        (entry.object_id, bytes(entry.content))
        for entry in AuditEntry.objects.filter(action="registration.submit")
    }
    return [
        row
        for row in Registration.objects.all()
        if (row.versions.count(), row.decisions.count()) != (1, 1)
        or (row.pk, bytes(row.digest)) not in chained
    ]


def assert_chain_is_whole() -> None:
    branch = Branch.objects.get(slug=BRANCH)
    assert list(audit.verify(branch)) == []
    rows = AuditEntry.objects.filter(branch=branch).order_by("seq").values_list("seq", flat=True)
    assert list(rows) == list(range(1, len(rows) + 1))


def send_the_same(scratch, *, processes: int) -> tuple[list[list[dict]], Counter]:
    """Every id sent by all processes at once: the answers by id, and how often each id is stored."""
    rows = [factories.row() for _ in range(IDS)]
    with scratch.racers(processes) as racers:
        answers = [at_once(racers, [submit(row)] * processes) for row in rows]
    attempted = {row["submission_id"] for row in rows}
    stored_ids = Counter(str(one) for one in Registration.objects.values_list("submission_id", flat=True))
    assert set(stored_ids) == attempted  # nothing lost, nothing unexpected
    return answers, stored_ids


def test_id_sent_by_four_processes_at_once_is_one_row_and_one_receipt(scratch):
    answers, stored_ids = send_the_same(scratch, processes=4)
    assert [outcomes(four) for four in answers] == [["created", "same", "same", "same"]] * IDS
    assert [len({answer["reference"] for answer in four}) for four in answers] == [1] * IDS
    assert set(stored_ids.values()) == {1}
    assert torn() == []
    assert_chain_is_whole()


def test_control_without_its_constraint_the_same_id_is_stored_again(scratch):
    scratch.execute("ALTER TABLE enrolment_registration DROP CONSTRAINT registration_submission_id_once")
    _answers, stored_ids = send_the_same(scratch, processes=2)
    assert 2 in stored_ids.values()


def test_other_content_under_one_id_at_once_is_one_row_and_one_conflict(scratch):
    rows = [factories.row() for _ in range(PAIRS)]
    with scratch.racers(2) as racers:
        answers = [at_once(racers, [submit(row), submit({**row, "full_name": "Warga Lain"})]) for row in rows]
    assert [outcomes(pair) for pair in answers] == [["conflict", "created"]] * PAIRS
    assert Registration.objects.count() == PAIRS


@pytest.fixture
def stand(scratch):
    """A booth where the officer is on duty today."""
    today = timezone.localdate()
    event = factories.event(
        organiser=Organisation.objects.first(),
        officers=(person("petugas"),),
        slug="hari-ini",
        days=(today, today),
    )
    return event.booths.get(code="A")


def tap_the_same(scratch, stand: Booth, *, processes: int) -> tuple[list[list[str]], Counter]:
    """Every tap's id sent by all processes at once: the outcomes by id, and how often each id is stored."""
    ids = [str(uuid4()) for _ in range(IDS)]
    with scratch.racers(processes) as racers:
        answers = [
            at_once(
                racers,
                [{"do": "greet", "username": "petugas", "booth": stand.pk, "greeting_id": one}] * processes,
            )
            for one in ids
        ]
    with scratch.connect() as other:
        stored = Counter(str(one) for (one,) in other.execute("SELECT id FROM outreach_greeting"))
    assert set(stored) == set(ids)  # nothing lost, nothing unexpected
    return [outcomes(eight) for eight in answers], stored


def test_tap_sent_by_eight_processes_at_once_is_one_row(scratch, stand):
    answers, stored = tap_the_same(scratch, stand, processes=8)
    assert answers == [["counted", *["same"] * 7]] * IDS
    assert set(stored.values()) == {1}


def test_control_without_its_key_the_same_tap_is_counted_again(scratch, stand):
    scratch.execute("ALTER TABLE outreach_greeting DROP CONSTRAINT outreach_greeting_pkey CASCADE")
    _answers, stored = tap_the_same(scratch, stand, processes=8)
    assert max(stored.values()) > 1


def test_tap_taken_back_by_four_processes_at_once_is_taken_back_once(scratch, stand):
    made = uuid4()
    greetings.greet(by=person("petugas"), booth=stand, greeting_id=made)
    order = {"do": "take back", "username": "petugas", "booth": stand.pk, "greeting_id": str(made)}
    with scratch.racers(4) as racers:
        answers = at_once(racers, [order] * 4)
    assert outcomes(answers) == ["same", "same", "same", "taken back"]
    assert Greeting.objects.filter(undoes=made).count() == 1


def approve_pairs(scratch) -> tuple[list[list[str]], Counter]:
    """Two reviewers approve the two registrations of one NIK at once: outcomes by pair, approvals by NIK."""
    officer, pairs = person("petugas"), []
    for _ in range(PAIRS):
        row = factories.row()
        again = {**row, "submission_id": factories.row()["submission_id"]}
        pairs.append([factories.submitted(by=officer, **row), factories.submitted(by=officer, **again)])
    with scratch.racers(2) as racers:
        answers = [
            at_once(racers, [decide("verifikator", one, "approved"), decide("verifikator2", two, "approved")])
            for one, two in pairs
        ]
    approved = Registration.objects.filter(state="approved")
    return [outcomes(pair) for pair in answers], Counter(bytes(row.nik_index) for row in approved)


def test_nik_approved_by_two_reviewers_at_once_has_one_live_approval(scratch):
    answers, approved = approve_pairs(scratch)
    assert answers == [["already_approved", "done"]] * PAIRS
    assert list(approved.values()) == [1] * PAIRS
    assert_chain_is_whole()


def test_control_without_its_index_a_nik_is_approved_twice(scratch):
    scratch.execute("DROP INDEX registration_one_live_approval")
    answers, approved = approve_pairs(scratch)
    assert ["done", "done"] in answers
    assert 2 in approved.values()


def decide_both_ways(scratch, **options) -> list[list[str]]:
    """One reviewer approves what the other rejects at the same moment."""
    rows = [factories.submitted(by=person("petugas")) for _ in range(PAIRS)]
    with scratch.racers(2, **options) as racers:
        return [
            outcomes(
                at_once(
                    racers, [decide("verifikator", row, "approved"), decide("verifikator2", row, "rejected")]
                )
            )
            for row in rows
        ]


def test_registration_decided_by_two_at_once_has_one_decision(scratch):
    assert decide_both_ways(scratch) == [["done", "move_refused"]] * PAIRS
    for row in Registration.objects.all():
        first, last = row.decisions.order_by("number")
        assert (first.target, last.target, last.by) == ("submitted", row.state, row.decided_by)
    assert_chain_is_whole()


def test_control_without_its_lock_both_have_decided(scratch):
    assert ["done", "done"] in decide_both_ways(scratch, without_lock=True)


def test_chain_stays_whole_while_four_processes_write_it(scratch):
    with scratch.racers(4) as racers:
        for racer in racers:
            for _ in range(IDS):
                racer.order(**submit(factories.row()))
        answers = [racer.answer() for racer in racers for _ in range(IDS)]
        rows = list(Registration.objects.order_by("received_at"))
        for username, racer, mine in (
            ("verifikator", racers[0], rows[::2]),
            ("verifikator2", racers[1], rows[1::2]),
        ):
            for row in mine:
                racer.order(**decide(username, row, "approved"))
        approved = [racer.answer() for racer in racers[:2] for _ in range(2 * IDS)]
    assert outcomes(answers) == ["created"] * 4 * IDS
    assert outcomes(approved) == ["done"] * 4 * IDS
    assert AuditEntry.objects.count() == 2 * 4 * IDS
    assert_chain_is_whole()


def test_control_without_lock_and_constraint_the_chain_breaks(scratch):
    scratch.execute("ALTER TABLE outreach_auditentry DROP CONSTRAINT audit_seq_once_a_branch")
    factories.submitted(by=person("petugas"))
    with scratch.racers(2, without_chain_lock=True) as racers:
        for _ in range(3):
            at_once(racers, [submit(factories.row()), submit(factories.row())])
    assert list(audit.verify(Branch.objects.get(slug=BRANCH))) != []


def killed(scratch, row: dict, **options) -> None:
    """Send the row to a process, kill it where it stops, and wait until the server has noticed."""
    with scratch.racers(1, **options) as (racer,):
        racer.order(**submit(row))
        assert "stopped" in racer.answer()
        racer.kill()
        with scratch.connect() as other:
            alive = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = %s"
            other.execute(alive, (racer.backend,))


@pytest.mark.parametrize(
    "options",
    [*({"stop_before": name} for name in STOPS), {"stop_after_audit": True}],
    ids=(*STOPS, "commit"),
)
def test_killed_before_the_commit_leaves_nothing_and_the_row_may_come_again(scratch, options):
    row = factories.row()
    killed(scratch, row, **options)
    assert (Registration.objects.count(), AuditEntry.objects.count()) == (0, 0)
    factories.submitted(by=person("petugas"), **row)
    assert torn() == []
    assert_chain_is_whole()


def test_control_without_a_transaction_a_kill_leaves_half_a_registration(scratch):
    killed(scratch, factories.row(), stop_before="audit.record", without_transaction=True)
    assert len(torn()) == 1


def test_killed_at_any_moment_loses_nothing_that_was_acknowledged(scratch):
    rows = [[factories.row() for _ in range(60)] for _ in range(2)]
    acknowledged = []
    with scratch.racers(2) as racers:
        for racer, mine in zip(racers, rows, strict=True):
            for row in mine:
                racer.order(**submit(row))
        acknowledged += [racer.answer() for racer in racers for _ in range(5)]
        for racer in racers:
            racer.kill()
            acknowledged += racer.rest()
    read = set(Registration.objects.values_list("reference", flat=True))
    assert outcomes(acknowledged) == ["created"] * len(acknowledged)
    assert 10 <= len(acknowledged) < 120  # killed while it worked
    assert {answer["reference"] for answer in acknowledged} <= read
    attempted = {row["submission_id"] for mine in rows for row in mine}
    assert {str(one) for one in Registration.objects.values_list("submission_id", flat=True)} <= attempted
    assert torn() == []
    assert_chain_is_whole()


def test_access_row_is_committed_before_a_value_is_opened(scratch, monkeypatch):
    officer, real, seen = person("petugas"), crypto.unseal, []
    registration = factories.submitted(by=officer)

    def unseal(token, *, context):
        with scratch.connect() as other:
            seen.append(
                other.execute("SELECT count(*) FROM outreach_auditentry WHERE action = 'read'").fetchone()[0]
            )
        return real(token, context=context)

    monkeypatch.setattr(crypto, "unseal", unseal)
    disclosures.reveal(registration, by=officer, fields=("nik", "phone"), purpose="test")
    assert seen == [1, 1]


# --- People: a link that two phones open, a list that is sent twice


def race_for_a_link(scratch, **options) -> tuple[Counter, int]:
    """(outcomes, audited passwords) of two phones that choose a password with the same link, over and over."""
    outcomes, organiser = Counter(), person("karangtaruna")
    with scratch.racers(2, **options) as racers:
        for _round in range(5):
            token = people.link_token(people.new_link(by=person("kepala"), person=organiser))
            orders = [{"do": "accept", "token": token, "password": f"sandi nomor {n}"} for n in range(2)]
            outcomes.update(answer["outcome"] for answer in at_once(racers, orders))
    return outcomes, AuditEntry.objects.filter(action="user.password").count()


def test_of_two_phones_with_one_link_one_wins(scratch):
    assert race_for_a_link(scratch) == ({"done": 5, "link_dead": 5}, 5)


def test_without_the_lock_both_would(scratch):
    outcomes, _audited = race_for_a_link(scratch, without_link_lock=True)
    assert outcomes["done"] > 5


def race_with_a_list(scratch, **options) -> list[dict]:
    """What two sendings of one list at the same moment answer."""
    Event.objects.update(first_day="2099-01-01", last_day="2099-01-02")
    lines = [[f"Petugas {letter}", "A"] for letter in "abcdefgh"]
    order = {"do": "make_temporary", "username": "kepala", "lines": lines}
    with scratch.racers(2, **options) as racers:
        answers = at_once(racers, [order, order])
    assert User.objects.exclude(temporary_for=None).count() == len(lines)
    return answers


def test_a_list_sent_twice_at_once_is_made_once_and_shown_to_both(scratch):
    first, second = race_with_a_list(scratch)
    assert first == second
    assert (first["outcome"], len(first["people"])) == ("done", 8)
    assert AuditEntry.objects.filter(action="user.temporary").count() == 8


def test_without_the_events_lock_the_constraints_refuse_the_second(scratch):
    answers = race_with_a_list(scratch, without_event_lock=True)
    assert sorted(answer["outcome"] for answer in answers) == ["done", "faster"]
