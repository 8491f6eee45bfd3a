"""What comes after a head's decision on twins of two branches: the branch that asked is told, and "different people"
can be taken back."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import arbitrations, claims, decisions, verdicts
from enrolment.choices import State
from enrolment.models import Arbitration, TwinVerdict
from enrolment.queries import arbitrations as cases
from enrolment.queries import duplicates
from outreach.actions import audit
from outreach.models import Assignment
from tests import factories, rawsql
from tests.arbitrating import asked, theirs
from tests.reviewing import WHO, now, reads, url
from tests.test_arbitration import LIST, chain, decide, page_of
from tests.test_verdicts import refused, states

INDEX = reverse("admin:index")
TAKEN_BACK = "Different people; taken back since."


@pytest.fixture
def head(cast, login, in_english):
    """The browser of the head of the branch that approved first, in the language of the source."""
    return login(cast.head)


@pytest.fixture
def asking(cast, login, in_english):
    """The browser of the other branch's reviewer."""
    return login(cast.strange_reviewer)


def taken_back(cast, case, *, by=None, reason="Salah lihat.") -> None:
    arbitrations.take_back(by=by or cast.head, case=case, reason=reason)


# --- "Different people" is taken back


def test_a_head_takes_different_people_back_with_a_reason(cast, head, asking):
    case = asked(cast)
    decide(cast, case, "different")
    before = len(chain(cast.branch)), len(chain(cast.other_branch))
    assert 'value="take_back"' in head.get(page_of(case)).text
    answer = head.post(page_of(case), {"act": "take_back", "reason": " Salah  lihat kartunya. "})
    assert (answer.status_code, answer.url) == (302, LIST)
    said = TwinVerdict.objects.get()
    assert (said.ended_by, said.is_different_in_force) == (cast.head, False)
    assert states(case.first, case.second) == ["approved", "submitted"]
    assert [row[:3] for row in chain(cast.branch)[before[0] :] if row[0] != "read"] == [
        ("arbitration.take_back", case.first.pk, "kepala")
    ]
    assert [row[:3] for row in chain(cast.other_branch)[before[1] :]] == [
        ("arbitration.take_back", case.second.pk, "kepala")
    ]
    for branch in (cast.branch, cast.other_branch):
        assert list(audit.verify(branch)) == []
    pair = [case.first, case.second]
    assert duplicates.warnings_now(pair) == {row.pk: ["duplicate_nik"] for row in pair}
    page = head.get(page_of(case))
    assert "Salah lihat kartunya." in page.text
    assert 'value="take_back"' not in page.text
    assert 'value="arbitrate"' in asking.get(url(case.second)).text
    again = arbitrations.ask(by=cast.strange_reviewer, registration=case.second)
    decide(cast, again, "first")
    assert states(case.first, case.second) == ["approved", "withdrawn"]


def test_without_a_reason_nothing_is_taken_back(cast, head):
    case = asked(cast)
    decide(cast, case, "different")
    page = head.post(page_of(case), {"act": "take_back", "reason": " "})
    assert (page.status_code, page.text.count("Write the reason in one sentence.")) == (422, 2)
    assert refused(taken_back, cast=cast, case=case, reason=" ") == "reason_missing"
    assert TwinVerdict.objects.in_force().count() == 1


@pytest.mark.parametrize("outcome", ["first", "second"])
def test_of_one_person_nothing_is_taken_back_here(cast, head, outcome):
    case = asked(cast)
    decide(cast, case, outcome)
    assert 'value="take_back"' not in head.get(page_of(case)).text
    assert refused(taken_back, cast=cast, case=case) == "not_in_force"
    assert head.post(page_of(case), {"act": "take_back", "reason": "Uji."}).status_code == 409


def test_it_is_taken_back_once_and_only_what_this_case_has_said(cast):
    case = asked(cast)
    assert refused(taken_back, cast=cast, case=case) == "not_in_force"  # nothing is said yet
    decide(cast, case, "different")
    taken_back(cast, case)
    assert refused(taken_back, cast=cast, case=case) == "not_in_force"
    again = arbitrations.ask(by=cast.strange_reviewer, registration=case.second)
    decide(cast, again, "different")
    assert refused(taken_back, cast=cast, case=case) == "not_in_force"
    assert cases.verdict(Arbitration.objects.get(pk=again.pk)).is_different_in_force


def test_where_one_has_moved_on_it_stays(cast, head):
    case = asked(cast)
    decide(cast, case, "different")
    decisions.move(by=cast.reviewer, registration=case.first, target=State.WITHDRAWN, reason="Uji.")
    assert 'value="take_back"' not in head.get(page_of(case)).text
    assert refused(taken_back, cast=cast, case=case) == "no_twins"
    assert TwinVerdict.objects.in_force().count() == 1


@pytest.mark.parametrize("who", ["reviewer", "strange_reviewer", "strange_head", "system_admin", "officer"])
def test_only_the_head_who_decides_takes_back(cast, who):
    case = asked(cast)
    decide(cast, case, "different")
    by = factories.head("kepala_lain", of=cast.other_branch) if who == "strange_head" else getattr(cast, who)
    assert refused(taken_back, cast=cast, case=case, by=by) == "not_allowed"


@pytest.mark.parametrize("side", ["first", "second"])
def test_two_people_and_a_claim_hold_here_too(cast, side):
    case = asked(cast)
    decide(cast, case, "different")
    row = getattr(case, side)
    if side == "second":
        claims.claim(by=cast.strange_reviewer, registration=row)
        assert refused(taken_back, cast=cast, case=case) == "claimed"
    Assignment.objects.create(booth=row.booth, officer=cast.head, day=row.event.first_day)
    assert refused(taken_back, cast=cast, case=case) == "two_people"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE enrolment_twinverdict SET end_reason = x'00'",
        "UPDATE enrolment_twinverdict SET ended_at = NULL, ended_by_id = NULL, end_reason = NULL",
        "UPDATE enrolment_twinverdict SET verdict = 'same'",
    ],
)
def test_what_was_taken_back_stays_so(cast, sql):
    case = asked(cast)
    decide(cast, case, "different")
    taken_back(cast, case)
    if connection.vendor == "postgresql":
        sql = sql.replace("x'00'", r"'\x00'")
    with pytest.raises(IntegrityError, match="ended once and never changed"):
        rawsql.execute(sql)


def test_a_reason_without_an_end_is_refused(cast):
    decide(cast, asked(cast), "different")
    said = TwinVerdict.objects.get()
    said.end_reason = "Uji."
    with pytest.raises(IntegrityError, match="twin_verdict_end_reason_of_an_ended_one"):
        said.save(update_fields=("end_reason",))


# --- The branch that asked is told


def plain(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2]))


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("first", "The same person, who stays registered there. Yours was withdrawn."),
        ("second", "The same person, who stays registered with you. The other one was withdrawn."),
        ("different", "Different people. Have the NIK of yours corrected."),
    ],
)
def test_the_branch_that_asked_is_told_the_answer_and_nothing_else(cast, asking, outcome, sentence):
    assert "two branches" not in asking.get(INDEX).text
    case = asked(cast)
    assert "two branches" not in asking.get(INDEX).text
    assert "waiting" in plain(asking.get(LIST))
    decide(cast, case, outcome)
    assert "1 answer about a twin of two branches" in asking.get(INDEX).text
    page = asking.get(LIST)
    assert [one.case.pk for one in page.context["asked"]] == [case.pk]
    assert sentence in page.text
    assert url(case.second) in page.text
    told = page.text.replace("-", "")
    for secret in (
        case.first.reference, cast.head.full_name, cast.head.get_short_name(), cast.branch.name,
        case.first.event.name, WHO["full_name"], "Alasan uji.",
    ):  # fmt: skip
        assert secret.replace("-", "") not in told, secret
    assert page_of(case) not in page.text
    assert reads() == []


def test_what_was_taken_back_is_told_so(cast, asking):
    case = asked(cast)
    decide(cast, case, "different")
    taken_back(cast, case)
    assert TAKEN_BACK in asking.get(LIST).text
    again = arbitrations.ask(by=cast.strange_reviewer, registration=case.second)
    decide(cast, again, "different")
    page = asking.get(LIST)
    assert [(one.case.pk, one.taken_back) for one in page.context["asked"]] == [
        (again.pk, False),
        (case.pk, True),
    ]


def test_a_corrected_nik_is_none_that_was_taken_back(cast, asking):
    case = asked(cast)
    decide(cast, case, "different")
    TwinVerdict.objects.end(by=cast.stranger, at=timezone.now())
    assert TAKEN_BACK not in asking.get(LIST).text


def test_an_answer_is_told_for_seven_days(cast, asking):
    decide(cast, asked(cast), "first")
    later = timezone.now() + timedelta(days=cases.ANSWERED_DAYS, minutes=1)
    assert cases.answers(cast.strange_reviewer, now=timezone.now()) == 1
    assert cases.answers(cast.strange_reviewer, now=later) == 0
    assert cases.asked(cast.strange_reviewer, now=later) == []


def test_a_closed_case_without_a_decision_is_no_answer(cast, asking):
    case = asked(cast)
    decisions.move(by=cast.reviewer, registration=case.first, target=State.SUBMITTED, reason="Uji.")
    decide(cast, case, "moot", reason="")
    assert "two branches" not in asking.get(INDEX).text
    assert asking.get(LIST).context["asked"] == []


def test_nobody_else_is_told_the_answer(cast, login, in_english):
    decide(cast, asked(cast), "first")
    for user in (cast.reviewer, cast.system_admin, factories.head("kepala_lain", of=cast.other_branch)):
        assert "two branches" not in login(user).get(INDEX).text
    assert login(cast.reviewer).get(LIST).context["asked"] == []


def test_its_page_says_who_decided_on_both_sides(cast, login, in_english):
    case = asked(cast)
    decide(cast, case, "second")
    theirs_ = login(cast.strange_reviewer).get(url(case.second)).text
    assert "The head of another branch has decided: the same person, who stays registered here." in theirs_
    ours = login(cast.reviewer).get(url(case.first)).text
    assert "Your branch head has decided: the same person, who stays registered with another branch." in ours


def test_the_list_of_what_was_asked_costs_the_same_however_many(cast, asking):
    def cost(client_url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert asking.get(client_url).status_code == 200
        return len(queries)

    decide(cast, asked(cast), "different")
    for address in (LIST, INDEX):
        cost(address)
    before = cost(LIST), cost(INDEX)
    who = {"nik": factories.nik(), "birth_date": factories.BORN.isoformat()}
    factories.approved(by=cast.officer, reviewer=cast.reviewer, **WHO | who)
    second = factories.submitted(**theirs(cast, **who))
    decide(cast, arbitrations.ask(by=cast.strange_reviewer, registration=second), "different")
    assert len(asking.get(LIST).context["asked"]) == 2
    assert (cost(LIST), cost(INDEX)) == before


def test_the_verdict_inside_a_branch_needs_no_reason_to_be_taken_back(cast):
    one, other = (factories.submitted(by=cast.officer, **WHO) for _ in range(2))
    said = verdicts.judge(
        by=cast.reviewer, registration=one, other=other, verdict="different", reason="Orang lain."
    )
    verdicts.take_back(by=cast.reviewer, registration=now(one), other=now(other), seen=said.pk)
    assert TwinVerdict.objects.get().end_reason is None
