"""A second return goes to the branch head: who may do what meanwhile, and every way out."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from enrolment.actions import claims, consent, decisions, escalations, registrations
from enrolment.choices import EscalationWay, State
from enrolment.forms.decision import FLAGGED, marks_of
from enrolment.models import Escalation, Registration
from enrolment.queries import for_head, queue
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests import factories, rawsql
from tests.reviewing import HIDDEN_TEXTS, WHO, decide, now, queue_url, reads, trail, url

LIST = "admin:enrolment_registration_for_head"
MINE = "It was returned before: the branch head decides on it now."
CARD = "Not as on the KTP. Look at the card again."


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


@pytest.fixture
def office(cast, login, in_english):
    """The branch head's browser."""
    return login(cast.head)


@pytest.fixture
def with_head(cast):
    return factories.with_head(
        by=cast.officer,
        reviewer=cast.reviewer,
        flags={"birth_date": f"{CARD} 04 atau 07?"},
        **WHO,
    )


def steps(registration) -> list[tuple]:
    return list(registration.escalations.order_by("number").values_list("number", "way", "by__username"))


def code_of(action, **given) -> str:
    with pytest.raises(ActionRefused) as refused:
        action(**given)
    return refused.value.code


def acts(response) -> list[str]:
    return [a["target"] for a in response.context["plain_acts"] + response.context["reasoned_acts"]]


# --- Putting it before the head


def test_the_page_says_before_the_click_where_it_goes(cast, desk):
    first = factories.submitted(by=cast.officer)
    second = factories.returned_once(by=cast.officer, reviewer=cast.other_reviewer)
    said = "Second return: goes to the branch head."
    assert [said in desk.get(url(one)).text for one in (first, second)] == [False, True]
    words = [
        next(str(a["word"]) for a in desk.get(url(one)).context["reasoned_acts"] if a["target"] == "returned")
        for one in (first, second)
    ]
    assert words == ["Return to the officer", "Pass on to the branch head"]


def test_a_second_return_is_put_before_the_head(cast, desk):
    registration = factories.returned_once(by=cast.officer, reviewer=cast.other_reviewer)
    following = factories.submitted(by=cast.officer)
    response = decide(
        desk, registration, State.RETURNED, "Masih keliru.", flag=["phone"], say_phone="Kurang satu."
    )
    assert response.url == url(following)
    assert [str(m) for m in desk.get(response.url).context["messages"]] == [
        f"{registration} is put before the branch head."
    ]
    stored = now(registration)
    assert (stored.state, stored.decided_by, stored.claimed_by) == (State.SUBMITTED, None, None)
    assert stored.with_head_at is not None
    assert steps(stored) == [(1, EscalationWay.TO_HEAD, "verifikator")]
    assert trail(stored)[-1] == (State.RETURNED, State.SUBMITTED, "petugas")  # no decision yet
    step = stored.escalations.get()
    assert (step.version, step.at) == (2, stored.with_head_at)
    access = audit.open_access(
        by=cast.head,
        branch_id=stored.branch_id,
        objects=(step.pk,),
        fields=("reason", "flags"),
        purpose="test",
    )
    assert step.reason.reveal(access) == "Masih keliru."
    assert "Kurang satu." in step.flags.reveal(access)
    last = AuditEntry.objects.filter(object_id=stored.pk).order_by("seq").last()
    assert (last.action, last.actor) == ("registration.to_head", cast.reviewer)


def test_no_reviewer_returns_a_second_time_by_any_other_way(cast):
    row = factories.returned_once(by=cast.officer, reviewer=cast.reviewer)
    given = {"by": cast.reviewer, "registration": row, "target": State.RETURNED, "reason": "Lagi."}
    assert code_of(decisions.move, **given) == "second_return"
    assert (now(row).state, now(row).with_head_at) == (State.SUBMITTED, None)


def test_it_needs_a_reason_and_the_version_that_was_seen(cast):
    row = factories.returned_once(by=cast.officer, reviewer=cast.reviewer)
    given = {"by": cast.reviewer, "registration": row}
    assert code_of(escalations.give_back, **given) == "reason_missing"
    assert code_of(escalations.give_back, **given, reason="Lagi.", version=1) == "changed"
    claims.claim(by=cast.other_reviewer, registration=row)
    assert code_of(escalations.give_back, **given, reason="Lagi.") == "claimed"
    assert Escalation.objects.count() == 0


def test_an_approval_between_two_returns_changes_nothing(cast):
    row = factories.returned_once(by=cast.officer, reviewer=cast.reviewer)
    decisions.move(by=cast.reviewer, registration=row, target=State.APPROVED)
    decisions.move(by=cast.reviewer, registration=row, target=State.SUBMITTED, reason="Ditolak sistem inti.")
    assert escalations.give_back(by=cast.reviewer, registration=row, reason="Lagi.") is True


# --- While it is there


def test_it_is_in_nobodys_queue(cast, with_head):
    waiting = factories.submitted(by=cast.officer)
    assert list(Registration.objects.waiting()) == [waiting]
    assert claims.take_next(by=cast.other_reviewer) == waiting
    assert queue.next_for(cast.other_reviewer, now=waiting.received_at, after=None) == waiting
    assert code_of(claims.claim, by=cast.other_reviewer, registration=with_head) == "with_head"
    assert now(with_head).claimed_by is None


@pytest.mark.parametrize("target", [State.APPROVED, State.RETURNED, State.REJECTED])
def test_reviewers_see_it_and_decide_nothing(cast, desk, with_head, target):
    page = desk.get(url(with_head))
    assert (acts(page), page.context["hindrances"]) == ([], [MINE])
    assert 'value="claim"' not in page.text
    assert "A second return. Verifikator put it before the branch head" in page.text
    response = decide(desk, with_head, target, "Alasan.")
    assert (response.status_code, [str(m) for m in response.context["messages"]]) == (409, [MINE])
    assert decide(desk, with_head, EscalationWay.BACK, "Alasan.").status_code == 409
    assert now(with_head).with_head_at is not None


def test_its_officer_corrects_nothing_and_keeps_what_was_typed(cast, login, in_english):
    row = factories.returned_once(by=cast.officer, reviewer=cast.reviewer)
    pen, address = login(cast.officer), reverse("registration-correct", args=[row.reference])
    page = pen.get(address)
    typed = {**page.context["form"].initial, "full_name": "Nama Benar", "seen": str(page.context["seen"])}
    escalations.give_back(by=cast.reviewer, registration=row, reason="Lagi.")
    refused = pen.post(address, {**typed, "step": "send"})
    assert refused.status_code == 409
    assert refused.context["form"]["full_name"].value() == "Nama Benar"
    assert [str(m) for m in refused.context["messages"]] == [
        "The branch head is looking at it, so this was not sent. Tell the branch."
    ]
    assert pen.get(address).url == reverse("registration-receipt", args=[row.reference])
    entry = factories.entry(by=cast.officer, submission_id=str(row.submission_id))
    assert code_of(registrations.correct, by=cast.officer, registration=row, entry=entry) == "with_head"
    assert now(row).version == 2


def test_its_officer_reads_where_it_is(cast, login, in_english, with_head):
    pen = login(cast.officer)
    receipt = pen.get(reverse("registration-receipt", args=[with_head.reference]))
    assert "The branch head is looking at it" in receipt.text
    assert receipt.context["moves"] == {State.WITHDRAWN}
    assert "The branch head is looking at it" in pen.get(reverse("today")).text


def test_the_worker_may_still_change_their_mind(cast, with_head):
    decisions.move(by=cast.officer, registration=with_head, target=State.WITHDRAWN, reason="Batal.")
    assert (now(with_head).state, now(with_head).with_head_at) == (State.WITHDRAWN, None)


def test_consent_is_taken_back_from_the_head_too(cast, with_head):
    consent.withdraw(by=cast.reviewer, registration=with_head, channel="phone")
    assert (now(with_head).state, now(with_head).with_head_at) == (State.WITHDRAWN, None)
    assert for_head.waiting(cast.head) == 0


# --- The head


def test_the_heads_list_is_the_longest_waiting_first_and_linked_with_its_number(cast, office):
    assert "For you to decide</strong>" in office.get(reverse("admin:index")).text
    assert "Nothing waits for you." in office.get(reverse(LIST)).text
    rows = [
        factories.with_head(by=cast.officer, reviewer=reviewer, full_name=f"Warga {name}")
        for name, reviewer in (("Satu", cast.reviewer), ("Dua", cast.other_reviewer))
    ]
    factories.submitted(by=cast.officer)
    page = office.get(reverse(LIST))
    assert [(row.registration, row.full_name, by.username) for row, _age, by in page.context["rows"]] == [
        (rows[0], "Warga Satu", "verifikator"), (rows[1], "Warga Dua", "verifikator2"),
    ]  # fmt: skip
    assert reads()[-1][:1] + reads()[-1][2:] == ("kepala", "full_name", "for the head", 2)
    assert "For you to decide: 2</strong>" in office.get(reverse("admin:index")).text


def test_the_heads_list_goes_on_by_keyset(cast, office, monkeypatch):
    monkeypatch.setattr(for_head, "PAGE_ROWS", 2)
    rows = [factories.with_head(by=cast.officer, reviewer=cast.reviewer) for _ in range(5)]

    def walk(page) -> list:
        return [row.registration for row, _age, _by in page.context["rows"]]

    first = office.get(reverse(LIST))
    second = office.get(first.context["url_newer"])
    third = office.get(second.context["url_newer"])
    assert [walk(page) for page in (first, second, third)] == [rows[:2], rows[2:4], rows[4:]]
    assert (first.context["url_older"], third.context["url_newer"]) == ("", "")
    back = office.get(third.context["url_older"])
    assert walk(back) == rows[2:4]
    assert walk(office.get(back.context["url_older"])) == rows[:2]
    assert office.get(office.get(back.context["url_older"]).context["url_newer"]).status_code == 200
    assert walk(office.get(reverse(LIST) + "?newer=0000000")) == rows[:2]
    assert walk(office.get(reverse(LIST) + f"?newer={rows[4].reference}")) == rows[:2]


def test_nobody_counts_further_than_a_hundred(cast, office, monkeypatch):
    monkeypatch.setattr(for_head, "COUNTED", 1)
    for _ in range(2):
        factories.with_head(by=cast.officer, reviewer=cast.reviewer)
    assert "For you to decide: 1+</strong>" in office.get(reverse("admin:index")).text


def test_the_head_finds_nothing_but_what_is_theirs(cast, login, office, with_head):
    others = [
        factories.submitted(by=cast.officer),
        factories.approved(by=cast.officer, reviewer=cast.reviewer),
        factories.returned_once(by=cast.officer, reviewer=cast.reviewer),
    ]
    assert [office.get(url(one)).status_code for one in (*others, with_head)] == [404, 404, 404, 200]
    assert office.get(queue_url()).status_code == 403
    strange = factories.head("kepala_lain", of=cast.other_branch)
    assert login(strange).get(url(with_head)).status_code == 404
    assert for_head.waiting(strange) == 0


def test_the_heads_page_hides_what_is_hidden_and_opens_for_a_purpose(office, with_head):
    page = office.get(url(with_head))
    assert [text for text in HIDDEN_TEXTS if text in page.text] == []
    assert (reads()[-1][0], reads()[-1][3]) == ("kepala", "review")
    opened = office.post(url(with_head), {"act": "open", "purpose": "review: call the worker"})
    assert "0812-9876-5432" in opened.text
    assert (reads()[-1][0], reads()[-1][3]) == ("kepala", "review: call the worker")


def test_the_heads_page_has_the_decisions_with_the_flags_filled_in(office, with_head):
    page = office.get(url(with_head))
    assert acts(page) == [State.APPROVED, State.RETURNED, State.REJECTED, EscalationWay.BACK]
    assert "A second return. Verifikator put it before you" in page.text
    assert "Masih keliru." in page.text
    ticked = {name: (m.chosen, m.words) for name, m in page.context["marks"].items() if m.ticked}
    assert ticked == {"birth_date": (CARD, "04 atau 07?")}
    assert 'value="claim"' not in page.text
    assert "Skip, take the next" not in page.text


@pytest.mark.parametrize(
    ("said", "chosen", "words"),
    [(CARD, CARD, ""), (f"{CARD} Lihat lagi.", CARD, "Lihat lagi."), ("Sendiri.", "-", "Sendiri.")],
)
def test_a_flag_is_filled_in_as_it_was_said(in_english, said, chosen, words):
    mark = marks_of({"birth_date": said})["birth_date"]
    assert (mark.ticked, mark.chosen, mark.words) == (True, chosen, words)
    assert not marks_of({"birth_date": said})["nik"].ticked


@pytest.mark.parametrize(
    ("target", "reason", "said"),
    [
        (State.APPROVED, "", "is approved."),
        (State.RETURNED, "Tanyakan lagi.", "is returned to the officer."),
        (State.REJECTED, "Bukan BPU.", "is rejected."),
    ],
)
def test_the_head_decides_like_a_reviewer(cast, office, with_head, target, reason, said):
    response = decide(office, with_head, target, reason)
    assert response.url == reverse(LIST)
    assert [str(m) for m in office.get(response.url).context["messages"]] == [f"{with_head} {said}"]
    stored = now(with_head)
    assert (stored.state, stored.decided_by, stored.with_head_at) == (target, cast.head, None)
    assert trail(stored)[-1] == (State.SUBMITTED, target, "kepala")
    assert office.get(url(with_head)).status_code == 404  # no longer theirs


def test_a_third_return_goes_to_the_head_again(cast, office, desk, with_head):
    decide(office, with_head, State.RETURNED, "Sekali lagi.")
    again = factories.corrected(with_head, by=cast.officer, **WHO)
    decide(desk, again, State.RETURNED, "Tetap keliru.")
    assert [number for number, _way, _by in steps(again)] == [1, 2]
    assert now(again).with_head_at is not None


def test_the_head_gives_it_back_with_a_reason_that_the_reviewers_see(cast, office, desk, with_head):
    refused = decide(office, with_head, EscalationWay.BACK)
    assert (refused.status_code, refused.context["form"].errors) == (
        422, {"reason": ["Write the reason in one sentence."]},
    )  # fmt: skip
    response = decide(office, with_head, EscalationWay.BACK, "Telepon dulu pekerjanya.")
    assert [str(m) for m in office.get(response.url).context["messages"]] == [
        f"{with_head} is back in the reviewers' queue."
    ]
    assert steps(with_head) == [
        (1, EscalationWay.TO_HEAD, "verifikator"), (2, EscalationWay.BACK, "kepala"),
    ]  # fmt: skip
    assert list(Registration.objects.waiting()) == [now(with_head)]
    page = desk.get(url(with_head))
    assert "The branch head gave it back" in page.text
    assert "Telepon dulu pekerjanya." in page.text
    assert [mark.ticked for mark in page.context["marks"].values()] == [False] * len(FLAGGED)
    last = AuditEntry.objects.filter(object_id=with_head.pk).exclude(action="read").order_by("seq").last()
    assert (last.action, last.actor) == ("registration.back", cast.head)
    assert decide(desk, with_head, State.APPROVED).status_code == 302


def test_the_history_tells_every_step(cast, office, desk, with_head):
    decide(office, with_head, EscalationWay.BACK, "Telepon dulu.")
    history = desk.get(url(with_head)).context["history"]
    assert [(str(word), past.decision.by.username, past.reason) for past, word in history] == [
        ("Sent", "petugas", ""),
        ("Returned", "verifikator", "Nomor HP kurang jelas."),
        ("Corrected and sent again", "petugas", ""),
        ("Put before the branch head", "verifikator", "Masih keliru."),
        ("Given back by the branch head", "kepala", "Telepon dulu."),
    ]


def test_two_people_hold_for_the_head_and_giving_back_is_the_way_out(cast, office):
    typed = factories.returned(by=cast.head, officer="petugas", reviewer=cast.reviewer)  # from paper
    row = factories.corrected(typed, by=cast.officer)
    assert escalations.give_back(by=cast.reviewer, registration=row, reason="Lagi.")
    page = office.get(url(row))
    assert acts(page) == [EscalationWay.BACK]
    assert page.context["hindrances"] == [
        "You registered, typed or stood at this booth that day. Leave it to a colleague."
    ]
    for target in (State.APPROVED, State.RETURNED, State.REJECTED):
        assert decide(office, row, target, "Alasan.").status_code == 409
    assert now(row).with_head_at is not None
    assert decide(office, row, EscalationWay.BACK, "Saya yang mengetiknya.").status_code == 302
    assert now(row).with_head_at is None


def test_what_left_the_head_meanwhile_leads_back_to_the_list(cast, office, with_head):
    decisions.move(by=cast.officer, registration=with_head, target=State.WITHDRAWN, reason="Batal.")
    assert decide(office, with_head, State.APPROVED).status_code == 404
    row = factories.with_head(by=cast.officer, reviewer=cast.reviewer)
    given = {"by": cast.head, "registration": row, "reason": "Alasan."}
    escalations.to_reviewers(**given)
    assert code_of(escalations.to_reviewers, **given) == "move_refused"
    assert code_of(decisions.move, **given, target=State.REJECTED) == "not_allowed"


@pytest.mark.parametrize("part", ["reviewer", "officer", "system_admin", "stranger"])
def test_only_the_head_gives_back(cast, with_head, part):
    given = {"by": getattr(cast, part), "registration": with_head, "reason": "Alasan."}
    assert code_of(escalations.to_reviewers, **given) == "not_allowed"


# --- What the database holds


@pytest.mark.parametrize(
    "sql", ["UPDATE enrolment_escalation SET number = 7", "DELETE FROM enrolment_escalation"]
)
def test_steps_are_append_only(with_head, sql):
    with pytest.raises(IntegrityError, match="append"), transaction.atomic():
        rawsql.execute(sql)


def test_what_is_with_the_head_waits(cast, with_head):
    with pytest.raises(IntegrityError, match="with_head_is_submitted"), transaction.atomic():
        Registration.objects.filter(pk=with_head.pk).update(
            state=State.APPROVED, decided_at=with_head.with_head_at, decided_by=cast.head
        )
