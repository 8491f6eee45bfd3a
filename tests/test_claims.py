"""A reviewer's claim: who may take what, for how long, and what it holds off meanwhile."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import claims, decisions, registrations
from enrolment.choices import State
from enrolment.models import Registration
from outreach.errors import ActionRefused
from outreach.models import AuditEntry, Booth
from tests import factories
from tests.reviewing import decide, now, queue_url, received, url

TAKE = "admin:enrolment_registration_take"


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


def take(client, **data):
    return client.post(reverse(TAKE), data)


def later(registration: Registration, *, minutes: int) -> None:
    """As it is when so much more of its claim has gone by."""
    held = now(registration).claimed_until - timedelta(minutes=minutes)
    Registration.objects.filter(pk=registration.pk).update(claimed_until=held)


def holder(registration: Registration):
    return now(registration).claimed_by


def test_taking_claims_the_longest_waiting_for_ten_minutes(cast, desk):
    old, young = (factories.submitted(by=cast.officer) for _ in range(2))
    received(old, ago=timedelta(hours=1))
    before = timezone.now()
    assert take(desk).url == url(old)
    held = now(old)
    assert held.claimed_by == cast.reviewer
    assert before + claims.HELD_FOR <= held.claimed_until <= timezone.now() + claims.HELD_FOR
    assert holder(young) is None


def test_two_reviewers_take_two(cast, desk, login):
    first, second = (factories.submitted(by=cast.officer) for _ in range(2))
    colleague = login(cast.other_reviewer)
    assert [take(desk).url, take(colleague).url] == [url(first), url(second)]
    assert take(desk).url == url(first)  # still theirs


def test_nobody_takes_their_own_or_of_their_booth_that_day(cast, desk):
    typed = factories.submitted(by=cast.reviewer)  # from paper
    factories.submitted(by=cast.officer)
    factories.assign(cast.reviewer, Booth.objects.get(event=cast.event, code="A"), factories.DAYS[0])
    assert take(desk).url == queue_url()
    assert desk.get(queue_url()).context["next"] is None
    other_day = factories.submitted(by=cast.officer, registered_at="2026-11-21T00:10:00+07:00")
    assert take(desk).url == url(other_day)
    assert claims.take_next(by=cast.other_reviewer) == typed


def test_claim_runs_out_by_itself(cast):
    registration = factories.submitted(by=cast.officer)
    claims.take_next(by=cast.reviewer)
    assert claims.take_next(by=cast.other_reviewer) is None
    later(registration, minutes=10)
    assert claims.take_next(by=cast.other_reviewer) == registration
    assert holder(registration) == cast.other_reviewer


def test_skipping_gives_back_and_goes_on(cast, desk):
    first, second = (factories.submitted(by=cast.officer) for _ in range(2))
    take(desk)
    assert take(desk, after=first.reference).url == url(second)
    assert [holder(first), holder(second)] == [None, cast.reviewer]
    assert take(desk, after=second.reference).url == url(first)


def test_taking_another_gives_the_former_back(cast, desk):
    first, second, third = (factories.submitted(by=cast.officer) for _ in range(3))
    for one in (first, second, third):
        desk.post(url(one), {"act": "claim"})
    assert [holder(one) for one in (first, second, third)] == [None, None, cast.reviewer]
    assert take(desk).url == url(first)
    assert [holder(one) for one in (first, second, third)] == [cast.reviewer, None, None]


def test_what_could_not_be_taken_leaves_the_former_claim(cast, desk):
    mine, theirs = (factories.submitted(by=cast.officer) for _ in range(2))
    claims.claim(by=cast.reviewer, registration=mine)
    claims.claim(by=cast.other_reviewer, registration=theirs)
    desk.post(url(theirs), {"act": "claim"})
    assert [holder(mine), holder(theirs)] == [cast.reviewer, cast.other_reviewer]


def test_the_database_knows_one_claim_a_reviewer(cast):
    rows = [factories.submitted(by=cast.officer) for _ in range(2)]
    until = timezone.now()
    with pytest.raises(IntegrityError, match="claim"), transaction.atomic():
        Registration.objects.filter(pk__in=[row.pk for row in rows]).update(
            claimed_by=cast.reviewer, claimed_at=timezone.now(), claimed_until=until
        )


def test_taking_is_in_the_chain_and_asking_for_more_time_is_not(cast, desk):
    first, second = (factories.submitted(by=cast.officer) for _ in range(2))

    def chained():
        rows = AuditEntry.objects.filter(action="registration.claim").order_by("seq")
        return [(row.actor, row.object_id) for row in rows]

    desk.post(url(first), {"act": "claim"})
    desk.post(url(first), {"act": "claim"})
    take(desk)
    assert chained() == [(cast.reviewer, first.pk)]
    take(desk, after=first.reference)
    assert chained() == [(cast.reviewer, first.pk), (cast.reviewer, second.pk)]
    later(second, minutes=10)
    desk.post(url(second), {"act": "claim"})  # it had run out: that is taking it
    assert chained()[2:] == [(cast.reviewer, second.pk)]


@pytest.mark.parametrize("after", ["0000000", "\0"])
def test_skipping_what_is_not_there(cast, desk, after):
    assert take(desk, after=after).status_code == 404


def test_one_is_taken_renewed_and_put_back_on_its_page(cast, desk):
    registration = factories.submitted(by=cast.officer)
    assert desk.post(url(registration), {"act": "claim"}).url == url(registration)
    later(registration, minutes=7)
    assert 'value="release"' in desk.get(url(registration)).text
    desk.post(url(registration), {"act": "claim"})
    assert now(registration).claimed_until > timezone.now() + timedelta(minutes=9)
    assert desk.post(url(registration), {"act": "release"}).url == queue_url()
    assert holder(registration) is None


def test_nobody_gives_back_anothers(cast, login):
    registration = factories.submitted(by=cast.officer)
    claims.take_next(by=cast.reviewer)
    login(cast.other_reviewer).post(url(registration), {"act": "release"})
    assert holder(registration) == cast.reviewer


@pytest.mark.parametrize("state", ["approved", "returned"])
def test_what_is_decided_is_not_taken(cast, state):
    registration = getattr(factories, state)(by=cast.officer, reviewer=cast.reviewer)
    with pytest.raises(ActionRefused) as refused:
        claims.claim(by=cast.other_reviewer, registration=registration)
    assert refused.value.code == "move_refused"


def test_own_is_not_taken(cast):
    registration = factories.submitted(by=cast.reviewer)
    with pytest.raises(ActionRefused) as refused:
        claims.claim(by=cast.reviewer, registration=registration)
    assert refused.value.code == "two_people"


@pytest.mark.parametrize("target", [State.APPROVED, State.RETURNED, State.REJECTED])
def test_nobody_decides_on_what_a_colleague_holds(cast, desk, target):
    registration = factories.submitted(by=cast.officer)
    claims.take_next(by=cast.other_reviewer)
    page = desk.get(url(registration))
    assert "Verifikator2 is checking it, until" in page.text
    assert (page.context["plain_acts"], page.context["reasoned_acts"]) == ([], [])
    response = decide(desk, registration, target, "Alasan.")
    assert response.status_code == 409
    assert [str(m) for m in response.context["messages"]] == [
        "A colleague is checking it just now. Take another one meanwhile."
    ]
    assert now(registration).state == State.SUBMITTED


def test_without_a_claim_one_decides_as_before_and_a_decision_ends_it(cast, desk):
    free, held = (factories.submitted(by=cast.officer) for _ in range(2))
    assert decide(desk, free, State.APPROVED).url == url(held)
    assert holder(held) == cast.reviewer  # the next one is taken with it
    decisions.move(by=cast.reviewer, registration=held, target=State.RETURNED, reason="Alasan.")
    stored = now(held)
    assert (stored.claimed_by, stored.claimed_until) == (None, None)


def test_queue_says_who_holds_what(cast, desk):
    mine, theirs, _free = (factories.submitted(by=cast.officer) for _ in range(3))
    claims.claim(by=cast.reviewer, registration=mine)
    claims.claim(by=cast.other_reviewer, registration=theirs)
    page = desk.get(queue_url())
    assert [row.held for row in page.context["rows"]] == [True, True, False]
    assert "yours until" in " ".join(page.text.split())
    later(theirs, minutes=10)
    assert [row.held for row in desk.get(queue_url()).context["rows"]] == [True, False, False]


def test_while_it_is_checked_its_officer_withdraws_nothing(cast, login, in_english):
    registration = factories.submitted(by=cast.officer)
    claims.take_next(by=cast.reviewer)
    with pytest.raises(ActionRefused) as refused:
        decisions.move(by=cast.officer, registration=registration, target=State.WITHDRAWN, reason="Batal.")
    assert refused.value.code == "being_checked"
    receipt = login(cast.officer).get(reverse("registration-receipt", args=[registration.reference]))
    since = timezone.localtime(now(registration).claimed_until - claims.HELD_FOR)
    assert f"Being checked since {since:%H.%M}" in receipt.text


def test_a_correction_during_a_check_waits_and_keeps_what_was_typed(cast, login, in_english):
    registration = factories.submitted(by=cast.officer)
    client, address = login(cast.officer), reverse("registration-correct", args=[registration.reference])
    page = client.get(address)
    typed = {**page.context["form"].initial, "full_name": "Nama Benar", "seen": "1", "step": "send"}
    claims.take_next(by=cast.reviewer)
    refused = client.post(address, typed)
    assert refused.status_code == 409
    assert refused.context["form"]["full_name"].value() == "Nama Benar"
    assert [str(m) for m in refused.context["messages"]] == [
        "It is being checked just now. Try again in a little while."
    ]
    assert now(registration).version == 1
    later(registration, minutes=10)
    assert client.post(address, typed).status_code == 302
    assert now(registration).version == 2


@pytest.mark.parametrize("target", [State.APPROVED, State.RETURNED])
def test_a_decision_during_a_correction_keeps_what_was_typed(cast, login, in_english, target):
    registration = factories.submitted(by=cast.officer)
    client, address = login(cast.officer), reverse("registration-correct", args=[registration.reference])
    typed = {
        **client.get(address).context["form"].initial,
        "full_name": "Nama Benar",
        "seen": "1",
        "step": "send",
    }
    decisions.move(by=cast.reviewer, registration=registration, target=target, reason="Alasan kantor.")
    answer = client.post(address, typed)
    assert answer.status_code == 409
    assert answer.context["form"]["full_name"].value() == "Nama Benar"
    assert now(registration).version == 1
    if target == State.RETURNED:  # with its reason in view it can be sent
        assert "Alasan kantor." in answer.text
        assert client.post(address, {**typed, "seen": str(answer.context["seen"])}).status_code == 302


def test_a_claim_has_both_or_neither(cast):
    registration = factories.submitted(by=cast.officer)
    with pytest.raises(IntegrityError, match="claimed_by_with_until"), transaction.atomic():
        Registration.objects.filter(pk=registration.pk).update(claimed_by=cast.reviewer)


def test_the_same_correction_is_recognised_though_something_moved(cast):
    registration = factories.submitted(by=cast.officer)
    entry = factories.entry(by=cast.officer, submission_id=str(registration.submission_id))
    for _ in range(2):
        registrations.correct(by=cast.officer, registration=registration, entry=entry, seen=1)
    assert now(registration).version == 2


# --- Renewed by work, up to half an hour after it was taken


def taken(registration: Registration, *, ago: timedelta) -> None:
    """As it is when it was taken so long ago and is still held."""
    Registration.objects.filter(pk=registration.pk).update(claimed_at=timezone.now() - ago)


def renew(client, registration):
    return client.post(url(registration), {"act": "renew"})


def test_work_renews_the_ten_minutes_and_not_when_it_was_taken(cast, desk):
    registration = factories.submitted(by=cast.officer)
    take(desk)
    since = now(registration).claimed_at
    for work in (
        lambda: renew(desk, registration),
        lambda: desk.post(url(registration), {"act": "claim"}),
        lambda: take(desk),  # the longest waiting is still theirs
        lambda: desk.post(url(registration), {"act": "open", "purpose": "review: other"}),
        lambda: decide(desk, registration, State.RETURNED),  # refused: no reason
    ):
        later(registration, minutes=7)
        assert work().status_code in (200, 302, 422)
        assert now(registration).claimed_until > timezone.now() + timedelta(minutes=9)
        assert now(registration).claimed_at == since


def test_a_script_is_told_until_when_and_that_it_is_lost(cast, desk, login):
    registration = factories.submitted(by=cast.officer)
    assert (renew(desk, registration).status_code, renew(desk, registration).json()) == (409, {"until": None})
    take(desk)
    until = timezone.localtime(now(registration).claimed_until)
    assert renew(desk, registration).json() == {"until": f"{until:%H.%M}\u00a0WIB"}
    assert renew(login(cast.other_reviewer), registration).status_code == 409
    later(registration, minutes=10)
    assert renew(desk, registration).status_code == 409
    assert claims.take_next(by=cast.other_reviewer) == registration
    assert renew(desk, registration).status_code == 409
    assert holder(registration) == cast.other_reviewer


def test_looking_is_no_work(cast, desk):
    registration = factories.submitted(by=cast.officer)
    take(desk)
    later(registration, minutes=7)
    until = now(registration).claimed_until
    desk.get(url(registration))
    assert now(registration).claimed_until == until


def test_nobody_holds_one_longer_than_half_an_hour(cast, desk):
    registration = factories.submitted(by=cast.officer)
    take(desk)
    taken(registration, ago=timedelta(minutes=25))
    latest = now(registration).claimed_at + claims.HELD_AT_MOST
    renew(desk, registration)
    assert now(registration).claimed_until == latest
    desk.post(url(registration), {"act": "claim"})
    take(desk)
    assert now(registration).claimed_until == latest
    page = desk.get(url(registration))
    assert page.context["renewable"] is False
    assert "Ten minutes more" not in page.text
    clock = f"{timezone.localtime(latest):%H.%M}"
    assert f"While you work on it, it stays yours; from {clock} WIB on a colleague may take it." in (
        " ".join(page.text.replace("\u00a0", " ").split())
    )


def test_after_half_an_hour_it_is_free_for_others(cast):
    registration = factories.submitted(by=cast.officer)
    claims.take_next(by=cast.reviewer)
    Registration.objects.filter(pk=registration.pk).update(
        claimed_at=timezone.now() - claims.HELD_AT_MOST, claimed_until=timezone.now()
    )
    assert claims.renew(by=cast.reviewer, registration=registration) is None
    assert claims.take_next(by=cast.other_reviewer) == registration


def test_what_ran_out_is_taken_anew(cast):
    registration = factories.submitted(by=cast.officer)
    claims.take_next(by=cast.reviewer)
    taken(registration, ago=timedelta(minutes=20))
    later(registration, minutes=10)
    claims.claim(by=cast.reviewer, registration=registration)
    assert now(registration).claimed_at > timezone.now() - timedelta(minutes=1)
    assert AuditEntry.objects.filter(action="registration.claim").count() == 2
