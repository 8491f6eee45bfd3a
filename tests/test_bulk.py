"""Bulk approval: which of a selection go through, why the others stay, and what is written of each."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import bulk, claims, decisions
from enrolment.choices import Stage, State
from enrolment.models import Decision, Participation, Registration
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories
from tests.reviewing import now, queue_url, reads, received, trail, url

BULK = reverse("admin:enrolment_registration_bulk")


def approve(by, rows) -> bulk.Outcome:
    return bulk.approve(by=by, selection=[(row.reference, row.version) for row in rows])


def left(outcome: bulk.Outcome) -> dict:
    return {one.registration: one.code for one in outcome.left}


def sent(cast, count: int = 1, **changes) -> list[Registration]:
    return [factories.submitted(by=cast.officer, **changes) for _ in range(count)]


# --- What is written


def test_each_one_is_written_as_by_a_single_move(cast):
    (single,) = sent(cast)
    decisions.move(by=cast.reviewer, registration=single, target=State.APPROVED, version=1)
    rows = sent(cast, 3)
    outcome = approve(cast.reviewer, rows)
    assert (outcome.approved, outcome.left) == (rows, [])
    for row in rows:
        stored, alike = now(row), now(single)
        told = [
            (getattr(one, name) for name in decisions.MOVED if name != "decided_at")
            for one in (stored, alike)
        ]
        assert list(told[0]) == list(told[1])
        assert trail(row) == trail(single)
        decision, model = row.decisions.get(number=2), single.decisions.get(number=2)
        assert (decision.version, decision.by, decision.reason) == (model.version, model.by, model.reason)
        assert stored.decided_at == decision.at
        (participation,) = Participation.objects.filter(registration=row)
        assert (participation.stage, participation.approval) == (Stage.WAITING, decision)
    chained = AuditEntry.objects.filter(action="registration.approved").order_by("seq")
    assert list(chained.values_list("object_id", "actor__username")) == [
        (row.pk, "verifikator")
        for row in sorted([single], key=lambda one: one.pk) + sorted(rows, key=lambda one: one.pk)
    ]
    assert list(audit.verify(cast.branch)) == []


def test_the_decision_follows_the_last_one(cast):
    row = factories.returned(by=cast.officer, reviewer=cast.reviewer)
    decisions.move(by=cast.officer, registration=row, target=State.WITHDRAWN, reason="Keliru.")
    decisions.move(by=cast.reviewer, registration=row, target=State.SUBMITTED, reason="Ternyata tidak.")
    assert approve(cast.other_reviewer, [now(row)]).approved == [row]
    assert list(row.decisions.order_by("number").values_list("number", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
    ]


def test_ones_own_claim_ends_with_it(cast):
    (row,) = sent(cast)
    claims.claim(by=cast.reviewer, registration=row)
    assert approve(cast.reviewer, [row]).approved == [row]
    assert (now(row).claimed_by, now(row).claimed_until) == (None, None)


def test_nothing_chosen_writes_nothing(cast):
    before = AuditEntry.objects.count()
    assert bulk.approve(by=cast.reviewer, selection=[]) == bulk.Outcome([], [])
    assert AuditEntry.objects.count() == before


def test_outcome_keeps_the_order_of_the_selection(cast):
    rows = sent(cast, 4)[::-1]
    rows[1:3] = sent(cast, 2, sex="P")
    outcome = approve(cast.reviewer, rows)
    assert outcome.approved == [rows[0], rows[3]]
    assert [one.registration for one in outcome.left] == rows[1:3]


# --- What stays, and why


@pytest.fixture
def stays(cast):
    """A clean one that goes through, and after it the code that the given one stays with."""

    def check(row: Registration, *, by=None, version: int | None = None) -> str:
        (clean,) = sent(cast)
        before = now(row).state, trail(row)
        selection = [(clean.reference, 1), (row.reference, version or now(row).version)]
        outcome = bulk.approve(by=by or cast.reviewer, selection=selection)
        assert outcome.approved == [clean]
        assert (now(row).state, trail(row)) == before
        (one,) = outcome.left
        assert one.registration == row
        assert one.sentence.endswith(".")
        return one.code

    return check


def test_with_a_warning_it_stays(cast, stays):
    assert stays(*sent(cast, sex="P")) == "not_clean"


def test_under_17_stays_because_a_reason_belongs_to_one_person(cast, stays):
    young = {"birth_date": "2010-05-01", "nik": factories.nik(born=factories.date(2010, 5, 1)),
             "guardian": "Ibu Uji", "guardian_relation": "mother", "guardian_agrees": "y"}  # fmt: skip
    assert stays(*sent(cast, **young)) == "not_clean"


def test_without_a_guardian_it_stays(cast, stays):
    young = {"birth_date": "2010-05-01", "nik": factories.nik(born=factories.date(2010, 5, 1))}
    assert stays(*sent(cast, **young)) == "guardian_missing"


def test_another_version_than_the_one_shown_stays(cast, stays):
    assert stays(*sent(cast), version=2) == "changed"


@pytest.mark.parametrize("made", ["approved", "returned", "rejected"])
def test_what_has_moved_on_stays(cast, stays, made):
    row = getattr(factories, made)(by=cast.officer, reviewer=cast.other_reviewer)
    assert stays(row) == "move_refused"


def test_what_a_colleague_checks_stays(cast, stays):
    (row,) = sent(cast)
    claims.claim(by=cast.other_reviewer, registration=row)
    assert stays(row) == "claimed"


def test_a_claim_that_ran_out_holds_nothing_up(cast):
    (row,) = sent(cast)
    claims.claim(by=cast.other_reviewer, registration=row)
    ended = {
        "claimed_at": timezone.now() - timedelta(minutes=11),
        "claimed_until": timezone.now() - timedelta(minutes=1),
    }
    Registration.objects.update(**ended)
    assert approve(cast.reviewer, [row]).approved == [row]


def test_what_waits_for_the_head_stays(cast, stays):
    (row,) = sent(cast)
    Registration.objects.filter(pk=row.pk).update(with_head_at=timezone.now())
    assert stays(row) == "with_head"


def test_where_they_stood_that_day_stays(cast, stays):
    (row,) = sent(cast, booth="B")  # the clean one is of booth A
    factories.assign(cast.reviewer, row.booth, cast.event.first_day)
    assert stays(row) == "two_people"


def test_who_stood_there_another_day_may(cast):
    (row,) = sent(cast)
    factories.assign(cast.reviewer, row.booth, cast.event.last_day)
    assert approve(cast.reviewer, [row]).approved == [row]


def test_what_they_typed_stays(cast, stays):
    assert stays(factories.submitted(by=cast.reviewer)) == "two_people"


def test_after_the_consent_was_withdrawn_it_stays(cast, stays):
    (row,) = sent(cast)
    Registration.objects.filter(pk=row.pk).update(consent_withdrawn_at=timezone.now())
    assert stays(row) == "consent_withdrawn"


def test_twins_of_one_selection_both_stay(cast):
    content = factories.row()
    first = factories.submitted(by=cast.officer, **content)
    second = factories.submitted(
        by=cast.officer, **{**content, "submission_id": factories.row()["submission_id"]}
    )
    assert left(approve(cast.reviewer, [first, second])) == {first: "not_clean", second: "not_clean"}


@pytest.mark.parametrize("part", ["officer", "head", "system_admin", "organiser"])
def test_who_does_not_review_approves_nothing(cast, part):
    rows = sent(cast, 2)
    assert approve(getattr(cast, part), rows).approved == []
    assert Decision.objects.filter(target=State.APPROVED).count() == 0


def test_what_is_another_branchs_is_not_there(cast):
    assert approve(cast.strange_reviewer, sent(cast)) == bulk.Outcome([], [])


def test_more_than_three_hundred_are_refused(cast):
    with pytest.raises(ActionRefused) as refused:
        bulk.approve(by=cast.reviewer, selection=[(f"{n:07}", 1) for n in range(bulk.AT_MOST + 1)])
    assert refused.value.code == "too_many"


# --- What it costs


def queries(by, rows) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert len(approve(by, rows).approved) == len(rows) - 2
    return [query["sql"] for query in captured]


def mixed(cast, count: int) -> list[Registration]:
    """All clean but one with a warning and one of the booth where the reviewer stood."""
    return [*sent(cast, count - 2), *sent(cast, sex="P"), *sent(cast, booth="B")]


@pytest.mark.parametrize("many", [6, pytest.param(300, marks=pytest.mark.postgres)])
def test_many_cost_as_many_queries_as_three(cast, many):
    """On SQLite a statement has 999 parameters at most, so there three hundred are a few statements more."""
    factories.assign(cast.reviewer, cast.event.booths.get(code="B"), cast.event.first_day)
    few = queries(cast.reviewer, mixed(cast, 3))
    said = queries(cast.reviewer, mixed(cast, many))
    assert len(said) == len(few), "\n".join(said)


# --- The bar, the page before and the page after


@pytest.fixture
def desk(cast, login, in_english):
    return login(cast.reviewer)


def ticked(*rows) -> dict:
    return {"row": [f"{row.reference}:{row.version}" for row in rows]}


def test_queue_has_a_tick_box_for_each_row_with_its_version(cast, desk):
    rows = sent(cast, 2)
    boxes = re.findall(r'name="row" value="([^"]+)"( checked)?', desk.get(queue_url()).text)
    assert boxes == [(f"{row.reference}:1", "") for row in rows]
    assert "Flagged ones are not approved with them." in desk.get(queue_url()).text
    boxes = re.findall(r'name="row" value="([^"]+)"( checked)?', desk.get(queue_url("?ticked=page")).text)
    assert boxes == [(f"{row.reference}:1", " checked") for row in rows]


def test_looking_back_nothing_is_ticked(cast, desk):
    factories.approved(by=cast.officer, reviewer=cast.reviewer)
    assert 'name="row"' not in desk.get(queue_url("?state=approved")).text


def test_outcome_names_those_that_stay_with_one_access_row(cast, desk):
    clean, flagged = sent(cast)[0], sent(cast, sex="P", full_name="Parmi Uji")[0]
    shown = desk.post(BULK, ticked(clean, flagged))
    assert shown.status_code == 200
    assert shown.context["title"] == "1 approved, 1 flagged and still in the queue."
    assert [(named.full_name, one.code) for named, one in shown.context["left"]] == [
        ("Parmi Uji", "not_clean")
    ]
    assert shown.text.count(url(flagged)) == shown.text.count(url(clean)) == 1
    assert reads() == [("verifikator", flagged.pk, "full_name", "bulk approval", 1)]


def test_outcome_in_the_words_of_the_branch(cast, login):
    shown = login(cast.reviewer).post(BULK, ticked(*sent(cast, 2), *sent(cast, sex="P")))
    assert shown.context["title"] == "2 disetujui, 1 bertanda dan tetap di antrean."


def test_outcome_of_what_moved_on_is_not_called_flagged(cast, desk):
    row = factories.rejected(by=cast.officer, reviewer=cast.other_reviewer)
    shown = desk.post(BULK, ticked(row, *sent(cast)))
    assert shown.context["title"] == "1 approved, 1 not approved."


def test_all_approved_opens_nobody(cast, desk):
    assert desk.post(BULK, ticked(*sent(cast, 2))).context["title"] == "2 approved."
    assert reads() == []


def test_nothing_ticked_says_what_to_do(desk):
    shown = desk.post(BULK)
    assert (shown.status_code, "Tick what you want to approve." in shown.text) == (422, True)


@pytest.mark.parametrize(
    "row", ["7K42Q93", "7K42Q93:", "7K42Q93:x", "7K42Q93:-1", "7K\x00:1", "7K42Q93:9999999"]
)
def test_a_row_that_no_page_made_is_a_bad_request(desk, row):
    assert desk.post(BULK, {"row": row}).status_code == 400


def test_too_many_are_refused_whole(cast, desk, monkeypatch):
    rows = sent(cast, 2)
    monkeypatch.setattr(bulk, "AT_MOST", 1)
    assert desk.post(BULK, ticked(*rows)).status_code == 422
    assert {now(row).state for row in rows} == {State.SUBMITTED}


def test_page_before_counts_the_clean_and_the_rest_and_opens_nobody(cast, desk):
    clean = sent(cast, 3)
    sent(cast, sex="P")  # a warning
    held = sent(cast)[0]
    claims.claim(by=cast.other_reviewer, registration=held)
    factories.submitted(by=cast.reviewer)  # typed by this reviewer
    with_head = sent(cast)[0]  # waits for somebody else, so it is not in this queue
    Registration.objects.filter(pk=with_head.pk).update(with_head_at=timezone.now())
    content = factories.row()
    for _ in range(2):  # twins
        factories.submitted(by=cast.officer, **{**content, "submission_id": factories.row()["submission_id"]})
    plan = desk.get(BULK).context["plan"]
    assert [reference for reference, _version in plan.take] == [row.reference for row in clean]
    assert (plan.more, plan.stay) == (False, 5)
    assert reads() == []
    shown = desk.post(BULK, {"row": [f"{reference}:{version}" for reference, version in plan.take]})
    assert (shown.context["title"], {now(row).state for row in clean}) == ("3 approved.", {State.APPROVED})


def test_page_before_takes_the_longest_waiting(cast, desk, monkeypatch):
    monkeypatch.setattr(bulk, "AT_MOST", 2)
    rows = sent(cast, 3)
    received(rows[2], ago=timedelta(hours=30))
    shown = desk.get(BULK)
    assert [reference for reference, _version in shown.context["plan"].take] == [
        rows[2].reference,
        rows[0].reference,
    ]
    assert "These are the 2 that have waited longest." in shown.text


def test_page_before_is_of_the_list_as_it_is_filtered(cast, desk):
    sent(cast)
    shown = desk.get(f"{BULK}?flag=twin")
    assert (shown.context["plan"].take, "Nothing clean in this list." in shown.text) == ([], True)
    link = re.search(r'href="([^"]+)">All clean ones', desk.get(queue_url("?newer=X&ticked=page")).text)[1]
    assert link.rstrip("?") == BULK


def test_page_before_costs_the_same_with_one_row_and_with_three(cast, desk):
    def look() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.get(BULK)
        return len(captured)

    sent(cast)
    look()
    few = look()
    sent(cast, 2)
    assert look() == few
