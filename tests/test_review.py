"""The reviewer's decisions: every button's move, and all that refuses one."""

import re

import pytest
from django.db import IntegrityError
from django.utils import timezone

from enrolment.actions import decisions, disclosures, registrations
from enrolment.choices import MOVES, Actor, State
from enrolment.models import Decision, Registration
from enrolment.views import review
from outreach.models import Booth
from tests import factories, rawsql
from tests.reviewing import WHO, decide, now, queue_url, reads, trail, url


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


def test_every_move_of_a_reviewer_has_its_button_and_its_words():
    moves = {(move.source, move.target) for move in MOVES if move.actor == Actor.REVIEWER}
    withdrawn = {(State.SUBMITTED, State.WITHDRAWN), (State.RETURNED, State.WITHDRAWN)}
    assert (
        set(review._ACTS) == moves | withdrawn
    )  # the officer's own, once the worker's consent is taken back


def acts(response) -> list[str]:
    return [a["target"] for a in response.context["plain_acts"] + response.context["reasoned_acts"]]


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
def test_the_buttons_are_those_of_the_state_table(cast, desk, state):
    officer, reviewer = cast.officer, cast.reviewer
    registration = {
        State.SUBMITTED: lambda: factories.submitted(by=officer),
        State.APPROVED: lambda: factories.approved(by=officer, reviewer=reviewer),
        State.RETURNED: lambda: factories.returned(by=officer, reviewer=reviewer),
        State.REJECTED: lambda: factories.rejected(by=officer, reviewer=reviewer),
        State.WITHDRAWN: lambda: factories.withdrawn(by=officer),
        State.LAPSED: lambda: factories.lapsed(by=officer, reviewer=reviewer),
    }[state]()
    response = desk.get(url(registration))
    allowed = [move.target for move in MOVES if move.source == state and move.actor == Actor.REVIEWER]
    assert acts(response) == allowed
    buttons = re.findall(r'name="act" value="(\w+)"', response.text)
    assert [button for button in buttons if button not in ("open", "claim")] == allowed
    for target in set(State.values) - set(allowed):
        assert decide(desk, registration, target, reason="Coba").status_code == 409
    registration = now(registration)
    assert registration.state == state


@pytest.mark.parametrize(
    ("target", "reason"),
    [(State.APPROVED, ""), (State.RETURNED, "Nomor HP kurang."), (State.REJECTED, "Bukan BPU.")],
)
def test_a_decision_goes_on_to_the_next_in_the_queue(cast, desk, target, reason):
    before, this, following = (factories.submitted(by=cast.officer) for _ in range(3))
    response = decide(desk, this, target, reason)
    assert (response.status_code, response.url) == (302, url(following))
    this = now(this)
    assert (this.state, this.decided_by) == (target, cast.reviewer)
    assert trail(this) == [(None, State.SUBMITTED, "petugas"), (State.SUBMITTED, target, "verifikator")]
    assert disclosures.last_decisions([this])[this.pk].version == 1
    page = desk.get(response.url)
    said = {
        State.APPROVED: "is approved.",
        State.RETURNED: "is returned to the officer.",
        State.REJECTED: "is rejected.",
    }
    assert [str(m) for m in page.context["messages"]] == [f"{this} {said[target]}"]
    last = decide(desk, following, State.APPROVED)
    assert last.url == url(before)
    assert decide(desk, before, State.APPROVED).url == queue_url()


def test_the_next_one_is_never_the_reviewers_own(cast, desk):
    this = factories.submitted(by=cast.officer)
    factories.submitted(by=cast.reviewer)  # from paper
    response = decide(desk, this, State.APPROVED)
    assert response.url == queue_url()
    assert desk.get(queue_url()).context["next"] is None


@pytest.mark.parametrize("reason", ["", "   \n "])
@pytest.mark.parametrize("target", [State.RETURNED, State.REJECTED])
def test_return_and_reject_need_a_reason(cast, desk, target, reason):
    registration = factories.submitted(by=cast.officer)
    response = decide(desk, registration, target, reason)
    assert response.status_code == 422
    said = {
        State.RETURNED: "Tick what is wrong, or write the reason in one sentence.",
        State.REJECTED: "Write the reason in one sentence.",
    }
    assert response.context["form"].errors == {"reason": [said[target]]}
    assert 'aria-invalid="true"' in response.text
    assert Registration.objects.get().state == State.SUBMITTED


def test_a_reason_too_long_is_kept_and_told(cast, desk):
    registration = factories.submitted(by=cast.officer)
    response = decide(desk, registration, State.RETURNED, "x" * 301)
    assert response.status_code == 422
    assert response.context["form"].errors == {"reason": ["A reason has at most 300 characters. Shorten it."]}
    assert "x" * 301 in response.text
    assert Registration.objects.get().state == State.SUBMITTED


def test_under_17_is_approved_with_a_reason_only(cast, desk):
    registration = factories.submitted(by=cast.officer, birth_date="2009-11-25", guardian="Wali Uji")
    assert "Under 17: approve only with a reason." in desk.get(url(registration)).text
    assert decide(desk, registration, State.APPROVED).status_code == 422
    assert Registration.objects.get().state == State.SUBMITTED
    assert decide(desk, registration, State.APPROVED, "Wali hadir di stan.").status_code == 302
    assert Registration.objects.get().state == State.APPROVED


def test_a_missing_guardian_is_said_before_the_click_and_blocks(cast, desk):
    registration = factories.submitted(by=cast.officer, birth_date="2009-11-15")
    assert registration.warnings == ["nik_birth_date", "age_17", "guardian_missing"]
    page = desk.get(url(registration))
    assert page.context["hindrances"] == ["The guardian's name is missing. Return it to the officer."]
    assert acts(page) == [State.RETURNED, State.REJECTED]
    response = decide(desk, registration, State.APPROVED, "Tetap saja")
    assert response.status_code == 422
    assert ">Tetap saja</textarea>" in response.text
    assert Registration.objects.get().state == State.SUBMITTED


@pytest.mark.parametrize("part", ["typist", "booth"])
def test_two_people(cast, desk, part):
    if part == "typist":
        registration = factories.submitted(by=cast.reviewer)
    else:
        registration = factories.submitted(by=cast.officer)
        factories.assign(cast.reviewer, Booth.objects.get(event=cast.event, code="A"), factories.DAYS[0])
    page = desk.get(url(registration))
    assert acts(page) == []
    assert page.context["hindrances"] == [
        "You registered, typed or stood at this booth that day. Leave it to a colleague."
    ]
    for target in (State.APPROVED, State.RETURNED, State.REJECTED):
        assert decide(desk, registration, target, "Karena").status_code == 409
    registration = now(registration)
    assert (registration.state, registration.decisions.count()) == (State.SUBMITTED, 1)


def test_two_people_are_held_by_the_database(cast):
    registration = factories.submitted(by=cast.officer)
    columns = "id, registration_id, number, source, target, version, by_id, at"
    insert = f"INSERT INTO enrolment_decision ({columns}) VALUES (%s, %s, 2, 'submitted', %s, 1, %s, %s)"

    def by_hand(user, target=State.APPROVED):
        key = Decision().pk
        rawsql.execute(insert, key, registration.pk, str(target), user.pk, timezone.now())

    for target in (State.APPROVED, State.RETURNED, State.REJECTED):
        with pytest.raises(IntegrityError):
            by_hand(cast.officer, target)
    update = "UPDATE enrolment_registration SET state = 'approved', decided_at = %s, decided_by_id = %s WHERE id = %s"
    with pytest.raises(IntegrityError):
        rawsql.execute(update, timezone.now(), cast.officer.pk, registration.pk)
    by_hand(cast.reviewer)  # the statement itself is right
    assert registration.decisions.count() == 2


def test_two_people_fail_without_the_trigger(cast):
    """The negative control: what the test above sees refused is refused by this trigger."""
    registration = factories.submitted(by=cast.officer)
    rawsql.drop_trigger("enrolment_decision_two_people", table="enrolment_decision")
    rawsql.execute(
        "INSERT INTO enrolment_decision (id, registration_id, number, source, target, version, by_id, at)"
        " VALUES (%s, %s, 2, 'submitted', 'approved', 1, %s, %s)",
        Decision().pk, registration.pk, cast.officer.pk, timezone.now(),
    )  # fmt: skip
    assert registration.decisions.count() == 2


def test_somebody_was_faster(cast, desk):
    registration = factories.submitted(by=cast.officer)
    decisions.move(by=cast.other_reviewer, registration=registration, target=State.APPROVED)
    response = decide(desk, registration, State.REJECTED, "Bukan BPU.")
    assert response.status_code == 409
    assert [str(m) for m in response.context["messages"]] == [
        "Somebody was faster: this registration has moved on. Look at it again."
    ]
    assert acts(response) == [State.SUBMITTED, State.WITHDRAWN]
    registration = now(registration)
    assert (registration.state, registration.decided_by) == (State.APPROVED, cast.other_reviewer)


def test_what_the_officer_corrected_meanwhile_is_not_decided_unseen(cast, desk):
    registration = factories.submitted(by=cast.officer, **WHO)
    seen = registration.version
    registrations.correct(
        by=cast.officer,
        registration=registration,
        entry=factories.entry(
            by=cast.officer,
            **{**WHO, "full_name": "Sumiyati Baru"},
            submission_id=str(registration.submission_id),
        ),
    )
    response = decide(desk, registration, State.APPROVED, version=seen)
    assert response.status_code == 409
    assert [str(m) for m in response.context["messages"]] == [
        "The officer has corrected this registration meanwhile. Look at it again."
    ]
    assert "Sumiyati Baru" in response.text
    assert '<input type="hidden" name="version" value="2">' in response.text
    assert decide(desk, registration, State.APPROVED, version=2).status_code == 302


@pytest.mark.parametrize("version", ["", "x"])
def test_without_the_version_nothing_is_decided(cast, desk, version):
    registration = factories.submitted(by=cast.officer)
    assert decide(desk, registration, State.APPROVED, version=version).status_code == 422
    assert Registration.objects.get().state == State.SUBMITTED


@pytest.mark.parametrize("act", ["", "destroy", "APPROVED"])
def test_an_unknown_act_is_a_bad_request(cast, desk, act):
    registration = factories.submitted(by=cast.officer)
    assert decide(desk, registration, act).status_code == 400
    assert reads() == []


def test_a_nik_is_approved_once(cast, desk):
    first = factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO)
    again = factories.submitted(by=cast.officer, **WHO)
    response = decide(desk, again, State.APPROVED)
    assert response.status_code == 409
    assert [str(m) for m in response.context["messages"]] == [
        f"{first} has this NIK and is approved. Return this one, or withdraw that one."
    ]
    again = now(again)
    assert (again.state, again.decisions.count()) == (State.SUBMITTED, 1)


@pytest.mark.parametrize("target", [State.SUBMITTED, State.WITHDRAWN])
def test_an_approved_one_is_sent_back_or_withdrawn_with_a_reason(cast, desk, target):
    registration = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    assert decide(desk, registration, target).status_code == 422
    response = decide(desk, registration, target, "Ditolak sistem inti.")
    assert (response.status_code, response.url) == (302, url(registration))
    registration = now(registration)
    assert registration.state == target
    assert trail(registration)[-1] == (State.APPROVED, target, "verifikator")


def test_a_withdrawn_one_is_reopened_with_a_reason(cast, desk):
    registration = factories.withdrawn(by=cast.officer)
    assert decide(desk, registration, State.SUBMITTED).status_code == 422
    assert decide(desk, registration, State.SUBMITTED, "Ternyata bukan kembar.").status_code == 302
    registration = now(registration)
    assert (registration.state, registration.decided_by) == (State.SUBMITTED, None)


def test_a_decision_and_its_page_name_nobody(cast, desk, caplog):
    """Messages, addresses and logs hold the reference, never the person."""
    registration = factories.submitted(by=cast.officer, **WHO)
    response = decide(desk, registration, State.RETURNED, "Tanya Sumiati Uji")
    assert "Sumiati" not in response.url + str(dict(response.headers)) + caplog.text
    page = desk.get(response.url)
    assert "Sumiati" not in "".join(str(m) for m in page.context["messages"])
