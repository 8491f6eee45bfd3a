"""A draft goes to a colleague's phone by six digits: once, within ten minutes, after five tries no more."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import draft_codes
from enrolment.models import Draft
from outreach.errors import ActionRefused
from outreach.models import Allowance, AuditEntry, Event
from tests import factories
from tests.races import at_once
from tests.test_races import PAIRS, person


@pytest.fixture
def event(cast):
    """A bazaar of today: the officer at booth A, the colleague at B."""
    day = timezone.localdate()
    event = factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="bazar-hari-ini", days=(day, day)
    )
    factories.assign(cast.colleague, event.booths.get(code="B"), day)
    return event


@pytest.fixture
def draft(cast, event):
    return factories.draft(by=cast.officer, of=event, full_name="Siti Rahayu", officer="petugas")


def refused(**said) -> str:
    with pytest.raises(ActionRefused) as refusal:
        draft_codes.take(**said)
    return refusal.value.code


def test_a_colleague_takes_it_and_goes_on_as_themselves(cast, login, draft):
    code = login(cast.officer).post(reverse("draft-offer", args=[draft.pk])).context["code"]
    assert (len(code), code.isdigit()) == (6, True)
    client = login(cast.colleague)
    answer = client.post(reverse("draft-take"), {"code": f"{code[:3]} {code[3:]}"})
    assert (answer.status_code, answer.url) == (302, reverse("draft", args=[draft.pk]))
    initial = client.get(answer.url).context["form"].initial
    assert {name: initial[name] for name in ("full_name", "officer", "booth")} == {
        "full_name": "Siti Rahayu", "officer": "rekan", "booth": "B",
    }  # fmt: skip
    assert login(cast.officer).get(reverse("draft", args=[draft.pk])).status_code == 404
    trail = AuditEntry.objects.filter(object_id=draft.pk, action__startswith="draft.").order_by("seq")
    assert [(row.action, row.actor.username) for row in trail] == [
        ("draft.offer", "petugas"), ("draft.take", "rekan"),
    ]  # fmt: skip


def test_it_works_once_and_is_stored_as_an_index_only(cast, draft):
    code = draft_codes.offer(by=cast.officer, draft=draft)
    assert code.encode() not in bytes(Draft.objects.get().code_index)
    draft_codes.take(by=cast.colleague, code=code)
    assert Draft.objects.get().code_index is None
    assert refused(by=cast.officer, code=code) == "code_wrong"


def test_a_newer_code_ends_the_older(cast, draft):
    older, newer = (draft_codes.offer(by=cast.officer, draft=draft) for _ in range(2))
    if older != newer:
        assert refused(by=cast.colleague, code=older) == "code_wrong"
    assert draft_codes.take(by=cast.colleague, code=newer) == draft


def test_after_ten_minutes_it_is_over(cast, draft, monkeypatch):
    code = draft_codes.offer(by=cast.officer, draft=draft)
    later = timezone.now() + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert refused(by=cast.colleague, code=code) == "code_wrong"


def test_only_for_who_is_on_duty_at_the_event(cast, draft, event):
    code = draft_codes.offer(by=cast.officer, draft=draft)
    elsewhere = factories.officer("petugas3", of=cast.branch)
    assert refused(by=elsewhere, code=code) == "code_wrong"
    assert refused(by=cast.stranger, code=code) == "code_wrong"
    assert refused(by=cast.officer, code=code) == "code_wrong"  # one's own
    assert refused(by=cast.reviewer, code=code) == "not_allowed"


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_after_five_wrong_ones_the_right_one_is_refused_too(cast, draft):
    code = draft_codes.offer(by=cast.officer, draft=draft)
    assert [refused(by=cast.colleague, code=wrong(code)) for _ in range(5)] == ["code_wrong"] * 5
    assert refused(by=cast.colleague, code=code) == "limited"


def test_a_wrong_one_leaves_its_row_and_a_right_one_is_no_try(cast, event, draft):
    for _ in range(draft_codes.TRIES + 1):
        more = factories.draft(by=cast.officer, of=event)
        draft_codes.take(by=cast.colleague, code=draft_codes.offer(by=cast.officer, draft=more))
    code = wrong(draft_codes.offer(by=cast.officer, draft=draft))
    assert refused(by=cast.colleague, code=code) == "code_wrong"
    (row,) = AuditEntry.objects.filter(action="draft.code_wrong")
    assert (row.actor, row.branch, row.object_id, row.purpose, row.fields) == (
        cast.colleague, cast.branch, None, "", "",
    )  # fmt: skip


def test_ten_minutes_after_the_first_one_may_try_again(cast, draft, monkeypatch):
    code = draft_codes.offer(by=cast.officer, draft=draft)
    for _ in range(draft_codes.TRIES):
        refused(by=cast.colleague, code=wrong(code))
    assert refused(by=cast.colleague, code=code) == "limited"
    later = timezone.now() + draft_codes.VALID_FOR + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert draft_codes.take(by=cast.colleague, code=draft_codes.offer(by=cast.officer, draft=draft)) == draft


def test_many_people_of_an_event_can_not_guess_together(cast, draft, event, monkeypatch):
    monkeypatch.setattr(draft_codes, "TRIES_OF_EVENT", 3)
    code = draft_codes.offer(by=cast.officer, draft=draft)
    third = factories.officer("petugas3", of=cast.branch)
    factories.assign(third, event.booths.get(code="B"), timezone.localdate())
    for _ in range(3):
        refused(by=third, code=wrong(code))
    assert refused(by=cast.colleague, code=code) == "limited"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345x", "１２３４５６"])
def test_what_is_no_code_is_said_and_counts_nothing(cast, login, draft, typed):
    client = login(cast.colleague)
    for _ in range(6):
        answer = client.post(reverse("draft-take"), {"code": typed})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    code = draft_codes.offer(by=cast.officer, draft=draft)
    assert client.post(reverse("draft-take"), {"code": code}).status_code == 302


def test_a_draft_that_was_sent_is_not_handed_over(cast, login, event):
    sent = factories.submitted(
        by=cast.officer, event=event.slug, registered_at="", consent_at="", consent_how="aloud",
        first_month=f"{timezone.localdate():%Y-%m}",
    )  # fmt: skip
    late = factories.draft(by=cast.officer, of=event)
    code = draft_codes.offer(by=cast.officer, draft=late)
    Draft.objects.filter(pk=sent.submission_id).delete()
    Draft.objects.filter(pk=late.pk).update(submission_id=sent.submission_id)
    assert refused(by=cast.colleague, code=code) == "code_wrong"


def test_two_drafts_of_an_event_never_share_a_code(cast, event, monkeypatch):
    drawn = iter([7, 7, 8])
    monkeypatch.setattr(draft_codes.secrets, "randbelow", lambda _end: next(drawn))
    codes = [
        draft_codes.offer(by=cast.officer, draft=factories.draft(by=cast.officer, of=event)) for _ in range(2)
    ]
    assert codes == ["000007", "000008"]


def test_a_form_of_an_earlier_day_stays_with_who_stood_there(cast, login, event, draft):
    Draft.objects.update(day=timezone.localdate() - timedelta(days=1))
    answer = login(cast.officer).post(reverse("draft-offer", args=[draft.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("today"))
    assert Draft.objects.get().code_index is None


def test_somebody_elses_draft_is_not_found(cast, login, draft):
    assert login(cast.colleague).post(reverse("draft-offer", args=[draft.pk])).status_code == 404
    assert login(cast.officer).post(reverse("draft-offer", args=[uuid4()])).status_code == 404


@pytest.mark.postgres
def test_two_phones_with_one_code_at_once_and_one_gets_the_draft(scratch):
    event, names = Event.objects.get(), ("rekan1", "rekan2")
    booth, today = event.booths.get(code="B"), timezone.localdate()
    Event.objects.update(first_day=today, last_day=today)
    event.refresh_from_db()
    for name in names:
        factories.assign(factories.officer(name, of=event.branch), booth, today)
    got = []
    with scratch.racers(2) as racers:
        for _ in range(PAIRS):
            Allowance.objects.all().delete()  # who loses five times would be told to wait
            draft = factories.draft(by=person("petugas"), of=event)
            code = draft_codes.offer(by=person("petugas"), draft=draft)
            orders = [{"do": "take_draft", "username": name, "code": code} for name in names]
            got.append(sorted(answer["outcome"] for answer in at_once(racers, orders)))
    assert got == [["code_wrong", "taken"]] * PAIRS
