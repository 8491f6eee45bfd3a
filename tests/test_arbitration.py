"""Twins of two branches: who asks, who decides, what each may see, and what it does to both."""

from html import unescape

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrolment.actions import arbitrations, claims, consent, decisions
from enrolment.choices import ArbitrationOutcome, State
from enrolment.models import Arbitration, Participation, TwinVerdict
from enrolment.queries import duplicates
from outreach.actions import audit
from outreach.errors import ActionRefused
from outreach.models import Assignment, AuditEntry, Branch
from tests import factories, rawsql
from tests.arbitrating import approved_here, asked, theirs
from tests.reviewing import HIDDEN_TEXTS, NIK, WHO, now, reads, trail, url
from tests.test_verdicts import refused, states

LIST = reverse("admin:enrolment_registration_arbitrations")


def page_of(case: Arbitration) -> str:
    return reverse("admin:enrolment_registration_arbitration", args=[case.pk])


@pytest.fixture
def head(cast, login, in_english):
    """The browser of the head of the branch that approved first, in the language of the source."""
    return login(cast.head)


@pytest.fixture
def asking(cast, login, in_english):
    """The browser of the other branch's reviewer."""
    return login(cast.strange_reviewer)


def decide(cast, case, outcome, reason="Alasan uji.", by=None):
    return arbitrations.decide(
        by=by or cast.head, case=case, outcome=ArbitrationOutcome(outcome), reason=reason
    )


def chain(branch: Branch) -> list[tuple]:
    """What was done in a branch's chain since it was set up."""
    rows = AuditEntry.objects.filter(branch=branch).exclude(
        action__in=("registration.submit", "registration.approved", "sign_in")
    )
    return list(
        rows.order_by("seq").values_list("action", "object_id", "actor__username", "fields", "purpose")
    )


def test_a_reviewer_asks_with_one_press_and_learns_nothing(cast, asking):
    first, second = approved_here(cast)
    page = asking.get(url(second))
    assert "There it is approved, so it can't be approved here." in page.text
    answer = asking.post(url(second), {"act": "arbitrate"})
    assert (answer.status_code, answer.url) == (302, url(second))
    case = Arbitration.objects.get()
    assert (case.first, case.second, case.asked_by) == (first, second, cast.strange_reviewer)
    assert (case.closed_at, case.outcome) == (None, "")
    page = asking.get(url(second))
    assert "Waits for the head of another branch." in page.text
    assert 'value="arbitrate"' not in page.text
    told = page.text.replace("-", "")
    for secret in (first.reference, "petugas", cast.head.full_name, cast.branch.name, cast.event.name):
        assert secret.replace("-", "") not in told, secret
    assert ("arbitration.ask", second.pk, "verifikator_lain", "", "") in chain(cast.other_branch)
    assert chain(cast.branch) == []


def test_asked_twice_it_is_one_case(cast, asking):
    _first, second = approved_here(cast)
    for _ in range(2):
        assert asking.post(url(second), {"act": "arbitrate"}).status_code == 302
    assert Arbitration.objects.count() == 1
    assert [row[0] for row in chain(cast.other_branch)].count("arbitration.ask") == 1


def test_nothing_to_ask_about_one_that_only_waits_elsewhere(cast, asking):
    first, second = approved_here(cast)
    decisions.move(by=cast.reviewer, registration=first, target=State.SUBMITTED, reason="Uji.")
    page = asking.get(url(second))
    assert "Another branch has a registration of this worker." in page.text
    assert 'value="arbitrate"' not in page.text
    assert asking.post(url(second), {"act": "arbitrate"}).status_code == 409
    assert Arbitration.objects.count() == 0


@pytest.mark.parametrize("who", ["reviewer", "head", "strange_officer", "system_admin", "officer"])
def test_only_a_reviewer_of_its_branch_asks(cast, who):
    _first, second = approved_here(cast)
    by = cast.stranger if who == "strange_officer" else getattr(cast, who)
    assert refused(arbitrations.ask, by=by, registration=second) == "not_allowed"


def test_after_another_approval_elsewhere_the_case_is_made_anew(cast):
    case = asked(cast)
    decisions.move(by=cast.reviewer, registration=case.first, target=State.WITHDRAWN, reason="Uji.")
    again = factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO)
    new = arbitrations.ask(by=cast.strange_reviewer, registration=case.second)
    assert (new.first, Arbitration.objects.get(pk=case.pk).outcome) == (again, "moot")


def test_the_head_finds_it_on_the_first_page_and_in_the_list(cast, head):
    assert "two branches" not in head.get(reverse("admin:index")).text
    assert "No twins of two branches wait for you." in head.get(LIST).text
    case = asked(cast)
    assert "1 twin of two branches waits for you" in head.get(reverse("admin:index")).text
    page = head.get(LIST)
    assert [row.pk for row in page.context["waiting"]] == [case.pk]
    assert page_of(case) in page.text
    assert WHO["full_name"] not in page.text
    assert reads() == []


def test_nobody_else_is_told(cast, login, in_english):
    case = asked(cast)
    strange_head = factories.head("kepala_lain", of=cast.other_branch)
    for user in (strange_head, cast.reviewer, cast.system_admin):
        client = login(user)
        assert "two branches" not in client.get(reverse("admin:index")).text
        assert client.get(page_of(case)).status_code == (404 if user == strange_head else 403)
    assert login(strange_head).get(LIST).context["waiting"] == []


def test_nothing_is_opened_until_the_head_says_what_for(cast, head):
    case = asked(cast, full_name="Sumi Yati")
    page = head.get(page_of(case))
    closed = {
        line.label: (line.closed, [cell.differs for cell in line.cells]) for line in page.context["lines"]
    }
    assert closed["NIK"] == (True, [False])
    assert closed["Name and birth date"] == (True, [True])
    for secret in ("Sumiati", "Sumi Yati", *HIDDEN_TEXTS):
        assert secret not in page.text
    assert reads() == []
    assert head.post(page_of(case), {"act": "open", "purpose": ""}).status_code == 422
    assert reads() == []


def test_opening_both_is_on_record_in_both_branches(cast, head):
    case = asked(cast, full_name="Sumi Yati")
    page = head.post(page_of(case), {"act": "open", "purpose": "review: compare duplicates"})
    assert page.status_code == 200
    for shown in ("Sumiati Uji", "Sumi Yati", "3172\u00a00112\u00a00488\u00a00077", "0812-9876-5432"):
        assert shown in page.text
    for branch, row in ((cast.branch, case.first), (cast.other_branch, case.second)):
        found = [one for one in chain(branch) if one[0] == "read"]
        assert found == [
            ("read", row.pk, "kepala", "birth_date full_name nik phone", "review: compare duplicates")
        ]
        assert list(audit.verify(branch)) == []


def test_a_decided_case_opens_nobody_any_more(cast, head):
    case = asked(cast, full_name="Sumi Yati")
    decide(cast, case, "different")
    assert 'value="open"' not in head.get(page_of(case)).text
    before = reads()
    page = head.post(page_of(case), {"act": "open", "purpose": "review: compare duplicates"})
    for secret in ("Sumiati", "Sumi Yati", *HIDDEN_TEXTS):
        assert secret not in page.text
    assert [row for row in reads()[len(before) :] if "nik" in str(row)] == []


def test_the_first_stays(cast, head, asking):
    case = asked(cast)
    answer = head.post(page_of(case), {"act": "decide", "outcome": "first", "words": "Daftar di sini dulu."})
    assert (answer.status_code, answer.url) == (302, LIST)
    assert states(case.first, case.second) == ["approved", "withdrawn"]
    assert trail(case.second)[-1] == ("submitted", "withdrawn", "kepala")
    said = TwinVerdict.objects.get()
    assert (said.verdict, said.kept, said.by) == ("same", case.first, cast.head)
    assert [row[:3] for row in chain(cast.branch)] == [("arbitration.first", case.first.pk, "kepala")]
    assert [row[:3] for row in chain(cast.other_branch)][1:] == [
        ("registration.withdrawn", case.second.pk, "kepala"),
        ("arbitration.first", case.second.pk, "kepala"),
    ]
    page = asking.get(url(case.second))
    assert "The head of another branch has decided: the same person, who stays registered there." in page.text
    closed = head.get(page_of(case))
    assert "Daftar di sini dulu." in closed.text
    assert [row.outcome for row in head.get(LIST).context["decided"]] == ["first"]


def test_the_second_stays_and_can_be_approved_then(cast, head):
    case = asked(cast)
    decide(cast, case, "second")
    assert states(case.first, case.second) == ["withdrawn", "submitted"]
    assert not Participation.objects.filter(registration=case.first).live().exists()
    decisions.move(by=cast.strange_reviewer, registration=now(case.second), target=State.APPROVED)
    assert states(case.second) == ["approved"]


def test_different_people_keep_both_and_the_nik_has_to_be_corrected(cast, head, asking):
    case = asked(cast)
    decide(cast, case, "different")
    assert states(case.first, case.second) == ["approved", "submitted"]
    assert duplicates.warnings_now([case.first, case.second]) == {case.first.pk: [], case.second.pk: []}
    page = asking.get(url(case.second))
    assert "With this NIK it can't be approved: return it, so that the NIK is corrected." in unescape(
        page.text
    )
    assert 'value="arbitrate"' not in page.text
    assert refused(
        decisions.move, by=cast.strange_reviewer, registration=case.second, target=State.APPROVED
    ) == "already_approved"  # fmt: skip
    assert refused(arbitrations.ask, by=cast.strange_reviewer, registration=case.second) == "told"


def test_a_case_is_decided_once(cast, head):
    case = asked(cast)
    decide(cast, case, "first")
    for outcome in ArbitrationOutcome:
        assert refused(decide, cast=cast, case=case, outcome=outcome) == "closed"
    data = {"act": "decide", "outcome": "second", "words": "Uji."}
    assert head.post(page_of(case), data).status_code == 409
    assert states(case.first, case.second) == ["approved", "withdrawn"]


@pytest.mark.parametrize("how", ["taken back", "rejected", "consent"])
def test_what_has_moved_on_is_only_closed(cast, head, how):
    case = asked(cast)
    if how == "taken back":
        decisions.move(by=cast.reviewer, registration=case.first, target=State.SUBMITTED, reason="Uji.")
    elif how == "rejected":
        decisions.move(
            by=cast.strange_reviewer, registration=case.second, target=State.REJECTED, reason="Uji."
        )
    else:
        consent.withdraw(by=cast.stranger, registration=case.second, channel="person")
    before = states(case.first, case.second)
    for outcome in ("first", "second", "different"):
        assert refused(decide, cast=cast, case=case, outcome=outcome) == "moot"
    page = head.post(page_of(case), {"act": "open", "purpose": "review: compare duplicates"})
    assert "there is nothing left to decide" in page.text
    assert WHO["full_name"] not in page.text
    assert head.post(page_of(case), {"act": "decide", "outcome": "moot"}).status_code == 302
    assert (Arbitration.objects.get().outcome, states(case.first, case.second)) == ("moot", before)


def test_what_still_stands_is_not_closed_without_a_decision(cast):
    assert refused(decide, cast=cast, case=asked(cast), outcome="moot") == "not_moot"


@pytest.mark.parametrize("side", ["first", "second"])
@pytest.mark.parametrize("outcome", ["first", "second", "different"])
def test_two_people_hold_for_the_head_as_well(cast, side, outcome):
    case = asked(cast)
    row = getattr(case, side)
    Assignment.objects.create(booth=row.booth, officer=cast.head, day=row.event.first_day)
    assert refused(decide, cast=cast, case=case, outcome=outcome) == "two_people"
    assert states(case.first, case.second) == ["approved", "submitted"]


@pytest.mark.parametrize("outcome", ["first", "second", "different"])
def test_a_claim_of_the_other_branch_is_respected(cast, head, outcome):
    case = asked(cast)
    claims.claim(by=cast.strange_reviewer, registration=case.second)
    page = head.post(page_of(case), {"act": "decide", "outcome": outcome, "words": "Sudah ditanya."})
    assert page.status_code == 409
    assert "A colleague is checking it just now." in page.text
    assert 'value="Sudah ditanya."' in page.text
    assert (Arbitration.objects.get().closed_at, TwinVerdict.objects.count()) == (None, 0)


@pytest.mark.parametrize("who", ["reviewer", "strange_reviewer", "system_admin", "officer"])
def test_only_the_first_branchs_head_decides(cast, who):
    case = asked(cast)
    for by in (getattr(cast, who), factories.head(f"lain-{who}", of=cast.other_branch)):
        for outcome in ArbitrationOutcome:
            with pytest.raises(ActionRefused) as refusal:
                decide(cast, case, outcome, by=by)
            assert refusal.value.code == "not_allowed"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"words": "Uji."}, "Choose which one stays, or that they are different people."),
        ({"outcome": "first"}, "Choose a reason, or write it in one sentence."),
        ({"outcome": "first", "why": "-"}, "Write in your own words why, or choose a reason."),
    ],
)
def test_what_is_missing_is_said(cast, head, data, sentence):
    case = asked(cast)
    page = head.post(page_of(case), {"act": "decide", **data})
    assert (page.status_code, page.text.count(sentence)) == (422, 2)
    assert Arbitration.objects.get().closed_at is None


def test_a_withdrawn_one_is_reopened_by_its_own_branch(cast):
    case = asked(cast)
    decide(cast, case, "first")
    decisions.move(
        by=cast.strange_reviewer, registration=now(case.second), target=State.SUBMITTED, reason="Uji."
    )
    assert TwinVerdict.objects.in_force().count() == 0
    assert arbitrations.ask(by=cast.strange_reviewer, registration=case.second).pk != case.pk


def test_the_page_costs_the_same_however_many_cases(cast, head):
    def cost(case) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert head.get(page_of(case)).status_code == 200
        return len(queries)

    case = asked(cast)
    cost(case)
    before = cost(case)
    who = {"nik": NIK[:-1] + "8"}
    factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO | who)
    arbitrations.ask(by=cast.strange_reviewer, registration=factories.submitted(**theirs(cast, **who)))
    assert cost(case) == before


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DELETE FROM enrolment_arbitration", "never deleted"),
        ("UPDATE enrolment_arbitration SET outcome = 'second'", "never changed"),
        (
            "UPDATE enrolment_arbitration SET closed_at = NULL, closed_by_id = NULL, outcome = ''",
            "never changed",
        ),
    ],
)
def test_a_closed_case_stays(cast, sql, message):
    decide(cast, asked(cast), "first")
    with pytest.raises(IntegrityError, match=message):
        rawsql.execute(sql)
