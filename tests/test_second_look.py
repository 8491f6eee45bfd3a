"""The second look: which approvals chance chooses, who may answer, once, and what the head reads of it."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import bulk, consent, decisions, second_looks
from enrolment.choices import LookResult, State
from enrolment.models import Decision, SecondLook
from enrolment.queries import second_looks as queries
from outreach import crypto
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import Assignment, AuditEntry
from tests import factories, rawsql
from tests.reviewing import WHO, now, reads, trail

TABLE = "enrolment_secondlook"
LIST = reverse("admin:enrolment_registration_second_looks")


@pytest.fixture
def look(cast) -> SecondLook:
    return factories.second_look(by=cast.officer, reviewer=cast.reviewer, **WHO)


def page(look: SecondLook) -> str:
    return reverse("admin:enrolment_registration_second_look", args=[look.pk])


def stored(look: SecondLook) -> SecondLook:
    return SecondLook.objects.get(pk=look.pk)


def differs(by, look, **changes):
    said = {"result": LookResult.DIFFERS, "reason": "Nama beda dengan KTP."} | changes
    return second_looks.answer(by=by, look=look, **said)


def agrees(by, look):
    return second_looks.answer(by=by, look=look, result=LookResult.AGREES)


def refusal(by, look, **changes) -> str:
    with pytest.raises(ActionRefused) as refused:
        differs(by, look, **changes)
    return refused.value.code


def listed(client) -> list:
    return [row.pk for row in client.get(LIST).context["rows"]]


# --- The draw


def drawn_again(percent: int) -> set:
    """What the draw must have been, worked out anew from the key and the decisions."""
    approvals = Decision.objects.filter(target=State.APPROVED)
    return {one.pk for one in approvals if crypto.lot("second look", str(one.pk)) < percent}


def test_the_draw_can_be_worked_out_again(cast, settings):
    settings.SECOND_LOOK_PERCENT = 40
    for _ in range(6):
        factories.approved(by=cast.officer, reviewer=cast.reviewer)
    rows = [factories.submitted(by=cast.officer) for _ in range(24)]
    bulk.approve(by=cast.other_reviewer, selection=[(row.reference, 1) for row in rows])
    drawn = SecondLook.objects.all()
    assert {row.decision_id for row in drawn} == drawn_again(40)
    assert {row.percent for row in drawn} <= {40}
    for row in drawn:
        decision = row.decision
        assert (row.approved_by, row.drawn_at, row.registration) == (
            decision.by,
            decision.at,
            decision.registration,
        )
        assert (row.officer, row.entered_by, row.branch) == (cast.officer, cast.officer, cast.branch)


def test_lots_are_even_and_change_with_the_key(settings):
    ids = [str(uuid4()) for _ in range(4_000)]
    lots = [crypto.lot("second look", one) for one in ids]
    assert set(lots) == set(range(100))
    assert 130 < sum(lot < 5 for lot in lots) < 280  # 200 are expected; beyond six standard deviations
    settings.INDEX_KEYS = {1: bytes(32)}
    assert [crypto.lot("second look", one) for one in ids] != lots


@pytest.mark.parametrize(("percent", "count"), [(0, 0), (100, 3)])
def test_none_and_all(cast, settings, percent, count):
    settings.SECOND_LOOK_PERCENT = percent
    for _ in range(3):
        factories.approved(by=cast.officer, reviewer=cast.reviewer)
    factories.returned(by=cast.officer, reviewer=cast.reviewer)
    assert SecondLook.objects.count() == count


# --- The answer


def test_agreeing_keeps_it_and_changes_nothing(cast, look):
    before = trail(look.registration)
    assert agrees(cast.other_reviewer, look) is None
    row = stored(look)
    assert (row.result, row.looked_by, row.reason, row.fields) == ("agrees", cast.other_reviewer, None, "")
    assert trail(look.registration) == before
    last = AuditEntry.objects.order_by("seq").last()
    assert (last.action, last.object_id) == ("registration.second_look", look.registration_id)
    assert list(audit.verify(cast.branch)) == []


def test_differing_keeps_the_reason_sealed_and_the_fields(cast, look):
    assert differs(cast.other_reviewer, look, fields=["full_name", "phone"]) is None
    row = stored(look)
    assert (row.result, row.fields, str(row.reason)) == ("differs", "full_name phone", "••••")
    assert now(look.registration).state == State.APPROVED


def test_differing_without_a_reason_is_refused(cast, look):
    assert refusal(cast.other_reviewer, look, reason="  ") == "reason_missing"
    assert stored(look).looked_at is None


def test_sent_back_in_the_same_press(cast, look):
    assert differs(cast.other_reviewer, look, send_back=True) is None
    assert trail(look.registration)[-1] == ("approved", "submitted", "verifikator2")
    row = stored(look)
    assert (row.result, row.closed_at) == ("differs", None)
    assert not look.registration.participations.live().exists()


def test_what_agrees_is_never_sent_back(cast, look):
    second_looks.answer(by=cast.other_reviewer, look=look, result=LookResult.AGREES, send_back=True)
    assert now(look.registration).state == State.APPROVED


def test_where_it_cannot_go_back_the_answer_is_kept(cast, look, monkeypatch):
    refused = ActionRefused("in_batch", "It is in a batch.")

    def move(**_):
        raise refused

    monkeypatch.setattr(decisions, "move", move)
    assert differs(cast.other_reviewer, look, send_back=True) is refused
    assert stored(look).result == "differs"
    assert now(look.registration).state == State.APPROVED


def test_it_is_answered_once(cast, look):
    agrees(cast.other_reviewer, look)
    third = factories.reviewer("verifikator3", of=cast.branch)
    assert refusal(third, look) == "looked"
    assert stored(look).looked_by == cast.other_reviewer


@pytest.mark.parametrize("target", [State.SUBMITTED, State.WITHDRAWN])
def test_an_approval_taken_back_closes_it_without_an_answer(cast, look, target):
    decisions.move(by=cast.reviewer, registration=look.registration, target=target, reason="Keliru.")
    row = stored(look)
    assert (row.closed_at is not None, row.result, row.looked_by) == (True, "", None)
    assert refusal(cast.other_reviewer, look) == "taken_back"


def test_approved_again_is_drawn_again(cast, look, settings):
    settings.SECOND_LOOK_PERCENT = 100
    registration = look.registration
    decisions.move(by=cast.reviewer, registration=registration, target=State.SUBMITTED, reason="Keliru.")
    bulk.approve(by=cast.other_reviewer, selection=[(registration.reference, 1)])
    looks = registration.second_looks.order_by("drawn_at")
    assert [(row.approved_by, row.closed_at is None) for row in looks] == [
        (cast.reviewer, False), (cast.other_reviewer, True),
    ]  # fmt: skip


def test_after_the_consent_was_withdrawn_nobody_looks(cast, look, login):
    consent.withdraw(by=cast.officer, registration=look.registration, channel="phone")
    assert now(look.registration).state == State.APPROVED  # a reviewer has to end it
    assert refusal(cast.other_reviewer, look) == "consent_withdrawn"
    assert listed(login(cast.other_reviewer)) == []


# --- Who may


def test_who_approved_it_may_not(cast, look, login):
    assert refusal(cast.reviewer, look) == "two_people"
    assert listed(login(cast.reviewer)) == []
    assert login(cast.reviewer).get(page(look)).status_code == 404


def test_who_typed_it_may_not(cast, login):
    look = factories.second_look(by=cast.other_reviewer, reviewer=cast.reviewer)
    assert refusal(cast.other_reviewer, look) == "two_people"
    assert listed(login(cast.other_reviewer)) == []


def test_who_stood_there_that_day_may_not(cast, look, login):
    factories.assign(cast.other_reviewer, look.registration.booth, cast.event.first_day)
    assert refusal(cast.other_reviewer, look) == "two_people"
    client = login(cast.other_reviewer)
    assert listed(client) == []
    before = reads()
    assert client.get(page(look)).status_code == 200
    assert reads() == before  # nothing is opened for them
    Assignment.objects.filter(officer=cast.other_reviewer).delete()
    assert listed(client) == [look.pk]


@pytest.mark.parametrize("part", ["officer", "head", "system_admin", "strange_reviewer", "organiser"])
def test_others_may_not(cast, look, part):
    assert refusal(getattr(cast, part), look) == "not_allowed"


# --- What the database holds


@pytest.mark.parametrize("part", ["reviewer", "officer"])
def test_database_refuses_the_first_reviewer_and_the_officer(cast, look, part):
    with pytest.raises(IntegrityError, match="secondlook_by_another"):
        rawsql.execute(
            f"UPDATE {TABLE} SET looked_at = %s, looked_by_id = %s, result = 'agrees'",
            timezone.now(), getattr(cast, part).pk,
        )  # fmt: skip


def test_database_refuses_a_second_answer(cast, look):
    agrees(cast.other_reviewer, look)
    with pytest.raises(DatabaseError, match="answered or closed once"):
        rawsql.execute(f"UPDATE {TABLE} SET result = 'differs'")
    with pytest.raises(DatabaseError, match="a second look stays"):
        rawsql.execute(f"DELETE FROM {TABLE}")


@pytest.mark.parametrize("column", ["approved_by_id", "officer_id", "entered_by_id", "percent"])
def test_database_keeps_what_was_drawn(cast, look, column):
    with pytest.raises(DatabaseError, match="what was drawn stays"):
        rawsql.execute(f"UPDATE {TABLE} SET {column} = {cast.other_reviewer.pk}")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("result = 'agrees'", "looked_at_with_by"),
        ("percent = 101", "what was drawn stays|percent_known"),
        ("fields = 'nik'", "reason_where_it_differs"),
    ],
)
def test_database_refuses_half_an_answer(look, said, name):
    with pytest.raises(DatabaseError, match=name):
        rawsql.execute(f"UPDATE {TABLE} SET {said}")


# --- What the head reads


@pytest.fixture
def answered(cast) -> None:
    """Of the first reviewer's four two agree, one differs, one was taken back. The other's one nobody looked at."""
    mine = [factories.second_look(by=cast.officer, reviewer=cast.reviewer) for _ in range(4)]
    factories.second_look(by=cast.officer, reviewer=cast.other_reviewer)
    agrees(cast.other_reviewer, mine[0])
    agrees(cast.other_reviewer, mine[1])
    differs(cast.other_reviewer, mine[2])
    decisions.move(
        by=cast.reviewer, registration=mine[3].registration, target=State.SUBMITTED, reason="Keliru."
    )


def counts(cast, login, part: str = "head"):
    address = reverse("admin:enrolment_registration_counts_event", args=[cast.event.slug])
    return login(getattr(cast, part)).get(address)


def test_head_reads_the_rate_as_a_sentence_and_by_reviewer(cast, login, in_english, answered):
    shown = counts(cast, login)
    said = shown.context["second_looks"]
    assert said["fact"] == "2 of 3 second looks agree: 67\u00a0%"
    assert said["note"] == "A few looks say little: one answer more or less moves this rate by 33 per cent."
    texts = {name: [text for _heading, text in cells] for name, cells in said["lines"]}
    assert texts == {
        "Verifikator Uji": ["4", "3", "2", "1", "67\u00a0%", "0", "1"],
        "Verifikator2 Uji": ["1", "0", "0", "0", "–", "1", "0"],
    }
    assert [text for _heading, text in said["total"]] == ["5", "3", "2", "1", "67\u00a0%", "1", "1"]
    assert said["fact"] in shown.text


def test_a_reviewer_reads_the_rate_and_nobody_elses(cast, login, answered):
    assert counts(cast, login, "reviewer").context["second_looks"]["lines"] == []


def test_without_a_look_it_says_so(cast, login, in_english):
    factories.approved(by=cast.officer, reviewer=cast.reviewer)
    assert "No second look yet" in counts(cast, login).text
    factories.second_look(by=cast.officer, reviewer=cast.reviewer)
    assert "1 approval chosen, none looked at yet" in counts(cast, login).text


def verify() -> str:
    out = StringIO()
    call_command("verify_counts", stdout=out)
    return out.getvalue()


def test_verify_counts_recounts_the_looks(cast, answered, monkeypatch):
    assert "equal" in verify()
    real = queries.agreement
    monkeypatch.setattr(queries, "agreement", lambda event: real(event)[:1])
    with pytest.raises(CommandError, match="2 figures differ"):
        verify()
