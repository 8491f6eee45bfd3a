"""Twins judged in pairs: the same person, of whom one stays, or two people; by whom, and how it is taken back."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from enrolment.actions import claims, consent, decisions, registrations, verdicts
from enrolment.choices import State, Verdict
from enrolment.models import Participation, Registration, TwinVerdict
from enrolment.queries import duplicates
from outreach.errors import ActionRefused
from outreach.models import Assignment, AuditEntry
from tests import factories, rawsql
from tests.reviewing import WHO, now, queue_url, reads, references, trail, url
from tests.test_states import in_state
from tests.test_twins import chips


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


@pytest.fixture
def pair(cast):
    """Two that wait with one NIK."""
    return [factories.submitted(by=cast.officer, **WHO) for _ in range(2)]


def say(client, registration, other, act, **changes):
    data = {
        "act": act,
        "other": other.reference,
        "version": registration.version,
        "other_version": other.version,
        "why": "",
        "words": "Alasan uji.",
        **changes,
    }
    return client.post(url(registration), data)


def judge(cast, one, other, *, keep=None, by=None, **changes) -> TwinVerdict:
    return verdicts.judge(
        by=by or cast.reviewer,
        registration=one,
        other=other,
        verdict=Verdict.SAME if keep else Verdict.DIFFERENT,
        kept=keep,
        **{"reason": "Alasan uji.", **changes},
    )


def refused(action, **arguments) -> str:
    with pytest.raises(ActionRefused) as refusal:
        action(**arguments)
    return refusal.value.code


def refused_judge(cast, one, other, **options) -> str:
    before = states(one, other)
    with pytest.raises(ActionRefused) as refusal:
        judge(cast, one, other, **options)
    assert states(one, other) == before
    return refusal.value.code


def states(*rows) -> list[str]:
    return [now(row).state for row in rows]


def audited() -> list[tuple]:
    rows = AuditEntry.objects.exclude(action__in=("read", "registration.submit")).order_by("seq")
    return list(rows.values_list("action", "object_id", "actor__username"))


@pytest.mark.parametrize("keep", ["this", "that"])
def test_same_person_keeps_the_chosen_one_and_withdraws_the_other(cast, desk, pair, keep):
    one, other = pair
    kept, gone = (one, other) if keep == "this" else (other, one)
    answer = say(desk, one, other, "same", keep=keep, why="Sent twice.", words=" Dua  kali. ")
    assert (answer.status_code, states(kept, gone)) == (302, ["submitted", "withdrawn"])
    # Withdrawn out of the queue: on to the next one, which is the other of the two.
    assert answer.url == url(one if keep == "this" else other)
    assert trail(gone)[-1] == ("submitted", "withdrawn", "verifikator")
    said = TwinVerdict.objects.get()
    assert (said.verdict, said.kept, said.by, said.ended_at) == ("same", kept, cast.reviewer, None)
    assert {said.first, said.second} == set(pair)
    first, second = sorted(pair, key=lambda row: row.pk)
    assert (said.first, said.second) == (first, second)
    acts = [(action, row) for action, row, _by in audited() if not action.endswith("claim")]
    assert sorted(acts, key=str) == sorted(
        [("twins.same", kept.pk), ("twins.same", gone.pk), ("registration.withdrawn", gone.pk)], key=str
    )
    page = desk.get(url(kept))
    assert page.context["warnings"] == []
    ((judged,),) = [page.context["judged"]]
    assert (judged.registration, judged.reason) == (gone, "Sent twice. Dua kali.")
    assert "Dua kali." in desk.get(url(gone)).text


def test_different_people_are_no_twins_for_anybody(cast, desk, pair):
    one, other = pair
    third = factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik()})
    assert [f["value"] for f in desk.get(queue_url()).context["figures"]][3] == 0
    answer = say(desk, one, other, "different")
    assert (answer.status_code, answer.url) == (302, url(one))
    assert duplicates.warnings_now(pair) == {one.pk: ["same_person"], other.pk: ["same_person"]}
    for row in pair:
        assert say(desk, row, third, "different").status_code == 302
    assert duplicates.warnings_now([*pair, third]) == {row.pk: [] for row in (*pair, third)}
    queue = desk.get(queue_url())
    assert set(map(tuple, chips(queue).values())) == {()}
    assert [f["value"] for f in queue.context["figures"]][3] == 3  # whatever was seen at the stand
    assert references(desk.get(queue_url("?flag=twin"))) == []
    for row in pair:
        assert not duplicates.twins(row, user=cast.reviewer)
        page = desk.get(url(row))
        assert (page.context["candidates"], len(page.context["judged"])) == ([], 2)
    assert "Both carry the same NIK: only one can be approved." in page.text
    assert states(*pair, third) == ["submitted"] * 3


def test_different_people_with_one_nik_are_not_both_approved(cast, pair):
    judge(cast, *pair)
    decisions.move(by=cast.reviewer, registration=pair[0], target=State.APPROVED)
    assert refused(decisions.move, by=cast.reviewer, registration=pair[1], target=State.APPROVED) == (
        "already_approved"
    )


def test_a_verdict_is_taken_back_and_shown_again(cast, desk, pair):
    one, other = pair
    said = judge(cast, one, other)
    page = desk.get(url(one))
    assert f'value="{said.pk}"' in page.text
    answer = desk.post(url(one), {"act": "twins_back", "other": other.reference, "seen": said.pk})
    assert (answer.status_code, answer.url) == (302, url(one))
    ended = TwinVerdict.objects.get()
    assert (ended.ended_by, ended.ended_at is None) == (cast.reviewer, False)
    assert duplicates.warnings_now(pair) == {row.pk: ["duplicate_nik"] for row in pair}
    assert audited()[-2:] == [("twins.take_back", row.pk, "verifikator") for row in pair]
    assert (
        desk.post(url(one), {"act": "twins_back", "other": other.reference, "seen": said.pk}).status_code
        == 409
    )


def test_different_is_changed_to_same(cast, desk, pair):
    one, other = pair
    before = judge(cast, one, other)
    assert refused_judge(cast, one, other, keep=one) == "judged"  # nobody overrules what they have not read
    assert say(desk, one, other, "same", keep="this", seen=before.pk).status_code == 302
    rows = TwinVerdict.objects.order_by("at").values_list("verdict", "ended_by__username")
    assert list(rows) == [("different", "verifikator"), ("same", None)]
    assert states(one, other) == ["submitted", "withdrawn"]


def test_what_was_judged_wrongly_is_reopened_and_is_a_twin_again(cast, desk, pair):
    one, other = pair
    judge(cast, one, other, keep=one)
    decisions.move(by=cast.reviewer, registration=one, target=State.APPROVED)
    page = desk.post(url(other), {"act": "submitted", "reason": "Salah menilai.", "version": 1})
    assert page.status_code == 302
    ended = TwinVerdict.objects.get()
    assert (ended.ended_by, states(one, other)) == (cast.reviewer, ["approved", "submitted"])
    assert duplicates.warnings_now([one, other]) == {one.pk: ["duplicate_nik"], other.pk: ["duplicate_nik"]}
    assert refused(decisions.move, by=cast.reviewer, registration=other, target=State.APPROVED) == (
        "already_approved"
    )


def test_reopening_leaves_other_verdicts(cast, pair):
    one, other = pair
    third = factories.submitted(by=cast.officer, **WHO)
    judge(cast, one, third)
    judge(cast, one, other, keep=one)
    decisions.move(by=cast.officer, registration=one, target=State.WITHDRAWN, reason="Uji.")
    decisions.move(by=cast.reviewer, registration=one, target=State.SUBMITTED, reason="Uji.")
    assert TwinVerdict.objects.in_force().count() == 2  # it was kept, and different from the third


@pytest.mark.parametrize("state", ["submitted", "returned", "approved"])
def test_a_duplicate_is_withdrawn_from_every_live_state(cast, state):
    gone = in_state(cast, state, **WHO)
    kept = factories.submitted(by=cast.officer, **WHO)
    judge(cast, kept, gone, keep=kept, by=cast.other_reviewer)
    assert trail(gone)[-1] == (state, "withdrawn", "verifikator2")
    assert not Participation.objects.filter(registration=gone).live().exists()


def test_only_the_verdict_lets_a_reviewer_withdraw_what_waits(cast, pair):
    assert refused(
        decisions.move, by=cast.reviewer, registration=pair[0], target=State.WITHDRAWN, reason="Uji."
    ) == "not_allowed"  # fmt: skip


@pytest.mark.parametrize(
    ("which", "how"), [(0, "stood"), (1, "stood"), (0, "held"), (1, "held"), (1, "typed")]
)
@pytest.mark.parametrize("verdict", ["this", "that", "different", "back"])
def test_two_people_and_a_claim_hold_for_either(cast, pair, which, how, verdict):
    """Neither who had a hand in one of the two, nor whoever passes a colleague who is checking one."""
    if how == "typed":
        pair[which] = factories.submitted(by=cast.reviewer, officer=cast.officer.username, **WHO)
    row = pair[which]
    said = judge(cast, *pair, by=cast.other_reviewer) if verdict == "back" else None
    if how == "stood":
        Assignment.objects.create(booth=row.booth, officer=cast.reviewer, day=row.event.first_day)
    elif how == "held":
        claims.claim(by=cast.other_reviewer, registration=row)
    code = "claimed" if how == "held" else "two_people"
    if said:
        one, other = pair
        assert (
            refused(verdicts.take_back, by=cast.reviewer, registration=one, other=other, seen=said.pk) == code
        )
        assert TwinVerdict.objects.in_force().count() == 1
        return
    keep = {"this": pair[0], "that": pair[1]}.get(verdict)
    assert refused_judge(cast, *pair, keep=keep) == code
    assert TwinVerdict.objects.count() == 0


def test_the_page_says_why_somebody_may_not_judge(cast, desk, pair):
    claims.claim(by=cast.other_reviewer, registration=pair[1])
    page = desk.get(url(pair[0]))
    assert "A colleague is checking it just now. Judge it afterwards." in page.text
    assert 'value="different"' not in page.text


@pytest.mark.parametrize("who", ["officer", "head", "system_admin", "strange_reviewer"])
def test_only_the_branchs_reviewers_judge(cast, pair, who):
    for keep in (None, pair[0]):
        assert refused_judge(cast, *pair, by=getattr(cast, who), keep=keep) == "not_allowed"


def test_what_was_not_on_the_screen_is_not_judged(cast, pair):
    one, other = pair
    entry = factories.entry(by=cast.officer, **WHO, submission_id=str(other.submission_id), months="3")
    registrations.correct(by=cast.officer, registration=other, entry=entry)
    assert refused_judge(cast, one, other, versions=(1, 1)) == "changed"
    decisions.move(by=cast.officer, registration=other, target=State.WITHDRAWN, reason="Uji.")
    for keep in (None, one, other):
        assert refused_judge(cast, one, other, keep=keep) == "no_twins"


def test_who_is_not_alike_or_took_consent_back_is_no_candidate(cast, pair):
    stranger = factories.submitted(by=cast.officer)
    assert refused_judge(cast, pair[0], stranger, keep=pair[0]) == "no_twins"
    approved = factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO)
    consent.withdraw(by=cast.officer, registration=approved, channel="person")
    assert approved not in [twin.registration for twin in duplicates.twins(pair[0], user=cast.reviewer).here]
    assert refused_judge(cast, pair[0], approved, keep=pair[0]) == "no_twins"


def test_a_correction_of_what_they_were_alike_in_ends_different(cast, pair):
    one, other = pair
    judge(cast, one, other)
    for changes, in_force in (({"months": "3"}, 1), ({"nik": "3172011204880078"}, 0)):
        entry = factories.entry(by=cast.officer, **{**WHO, **changes}, submission_id=str(other.submission_id))
        registrations.correct(by=cast.officer, registration=now(other), entry=entry)
        assert TwinVerdict.objects.in_force().count() == in_force
    assert duplicates.warnings_now([one])[one.pk] == ["same_person"]  # seen again


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"act": "same"}, "Choose which of the two stays."),
        ({"act": "same", "keep": "both"}, "Choose which of the two stays."),
        ({"act": "different", "words": " "}, "Choose a reason, or write it in one sentence."),
        ({"act": "different", "why": "-", "words": ""}, "Write in your own words why, or choose a reason."),
        ({"act": "different", "why": "made up"}, "Choose a reason, or write it in one sentence."),
        ({"act": "different", "words": "x" * 301}, "A reason has at most 300 characters. Shorten it."),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(cast, desk, pair, changes, sentence):
    one, other = pair
    page = say(desk, one, other, **{"words": "Sudah ditanya.", **changes})
    assert (page.status_code, TwinVerdict.objects.count()) == (422, 0)
    assert page.text.count(sentence) == 2  # in the summary and at the field
    target = re.search(r'<li><a href="#([^"]+)">' + re.escape(sentence), page.text)[1]
    assert page.text.count(f'id="{target}"') == 1
    assert len(re.findall(r"<details[^>]* open", page.text)) == 1
    if "words" not in changes:
        assert 'value="Sudah ditanya."' in page.text


def test_one_of_another_branch_or_none_is_not_found(cast, desk, pair):
    factories.event(
        organiser=cast.strange_organiser.organisation, officers=[cast.stranger], slug="bazar-lain"
    )
    theirs = factories.submitted(by=cast.stranger, **WHO, event="bazar-lain", officer="orang_lain")
    for reference in (theirs.reference, "", "\0", pair[0].reference):
        data = {"act": "different", "other": reference, "words": "Uji.", "version": 1, "other_version": 1}
        assert desk.post(url(pair[0]), data).status_code == 404, reference
    assert TwinVerdict.objects.count() == 0


def test_columns_cost_the_same_whatever_their_number(cast, desk):
    """One access row about the page's own, which counts the others; two queries more with the first twin, who it is and
    whether somebody has judged the two, one more with a verdict, and never another."""

    def cost(registration) -> tuple[int, tuple]:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url(registration)).status_code == 200
        return len(queries), reads()[-1][1:]

    own = factories.submitted(by=cast.officer, **WHO)
    factories.submitted(by=cast.officer)
    cost(own)
    costs = [cost(own)]
    for _ in range(4):
        twin = factories.submitted(by=cast.officer, **WHO)
        costs.append(cost(own))
    judge(cast, own, twin)
    costs.append(cost(own))
    alone, *beside, judged = (queries for queries, _read in costs)
    assert (set(beside), judged) == ({alone + 2}, alone + 3)
    assert [read[3] for _queries, read in costs] == [1, 2, 3, 4, 4, 4]  # three at a time
    assert {read[0] for _queries, read in costs} == {own.pk}


VERDICT = "UPDATE enrolment_twinverdict SET "


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DELETE FROM enrolment_twinverdict", "never deleted"),
        (VERDICT + "verdict = 'same'", "never changed|same_keeps_one"),
        (VERDICT + "by_id = (SELECT id FROM outreach_user WHERE username = 'kepala')", "never changed"),
        (VERDICT + "ended_at = at", "ended_at_with_by|CHECK"),
        (VERDICT + "first_id = second_id", "never changed|CHECK|pair_in_order"),
    ],
)
def test_a_verdict_stays_as_it_was_said(cast, pair, sql, message):
    judge(cast, *pair)
    with pytest.raises(IntegrityError, match=message):
        rawsql.execute(sql)


def test_one_person_without_saying_who_stays_is_refused(cast, pair):
    first, second = sorted(pair, key=lambda row: row.pk)
    said = TwinVerdict(first=first, second=second, verdict="same", by=cast.reviewer, at=first.received_at)
    said.reason = "Uji."
    with pytest.raises(IntegrityError, match=r"same_keeps_one|CHECK"), transaction.atomic():
        said.save(force_insert=True)


def test_an_ended_verdict_is_not_ended_again(cast, pair):
    judge(cast, *pair)
    TwinVerdict.objects.end(by=cast.reviewer, at=now(pair[0]).received_at)
    with pytest.raises(IntegrityError, match="ended once"):
        rawsql.execute(VERDICT + "ended_at = NULL, ended_by_id = NULL")


def test_a_pair_has_one_verdict_in_force(cast, pair):
    judge(cast, *pair)
    said = TwinVerdict.objects.get()
    for changes in ({}, {"first": said.second, "second": said.first}, {"kept": said.first}):
        again = {"first": said.first, "second": said.second, "verdict": "different", **changes}
        row = TwinVerdict(**again, by=cast.reviewer, at=said.at)
        row.reason = "Uji."
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    assert Registration.objects.live().count() == 2
