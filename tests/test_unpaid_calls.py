"""The call list of those approved and not paid: who is on it, in which order, and what a call leaves."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import consent, decisions, payment_calls
from enrolment.choices import PaymentResult, Stage, State
from enrolment.models import Participation, PaymentCall
from enrolment.queries import unpaid
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from tests.paying import accepted, ago, at_stage, clock, now, paid, today, url, waiting
from tests.reviewing import PHONE, WHO, reads

pytestmark = pytest.mark.usefixtures("in_english")
LIST = reverse("admin:enrolment_registration_unpaid")


def listed(cast, part="due", **marks) -> list[Participation]:
    return unpaid.page(cast.reviewer, part=part, day=today(), **marks).rows


def called(cast, row, result, *, days: int | None = 3, by=None, call_id=None) -> bool:
    next_on = None if days is None else today() + timedelta(days=days)
    return payment_calls.called(
        by=by or cast.reviewer, participation=row, call_id=call_id or uuid4(), result=result, next_on=next_on
    )


def open_phone(cast, row, *, by=None, although=False) -> str:
    return payment_calls.open_phone(by=by or cast.reviewer, participation=row, although=although)


# --- Who is on the list


def test_the_oldest_approval_stands_on_top(cast):
    rows = [accepted(cast, days=days) for days in (2, 9, 5)]
    assert listed(cast) == [rows[1], rows[2], rows[0]]


def test_who_can_not_pay_or_has_paid_is_not_to_be_called(cast):
    to_hand_over = waiting(cast)
    at_stage(waiting(cast), Stage.IN_BATCH, by=cast.reviewer)
    paid(cast)
    gone, back, still = accepted(cast), accepted(cast), accepted(cast)
    consent.withdraw(by=cast.officer, registration=gone.registration, channel="phone")
    decisions.move(by=cast.reviewer, registration=back.registration, target=State.WITHDRAWN, reason="Kembar.")
    assert (listed(cast), listed(cast, "waiting")) == ([still], [to_hand_over])


def test_another_branchs_rows_are_not_here(cast):
    accepted(cast)
    assert unpaid.page(cast.strange_reviewer, part="due", day=today()).rows == []


def test_a_call_moves_the_row_to_its_part(cast):
    later, over, final = accepted(cast), accepted(cast, days=1), accepted(cast, days=2)
    called(cast, later, PaymentResult.WILL_PAY, days=4)
    called(cast, over, PaymentResult.NO_ANSWER, days=0)
    called(cast, final, PaymentResult.REFUSES, days=None)
    assert [listed(cast, part) for part in ("due", "next", "no-calls")] == [[over], [later], [final]]


def test_paging_goes_on_and_back_without_a_gap(cast, monkeypatch):
    monkeypatch.setattr(unpaid, "PAGE_ROWS", 2)
    rows = [accepted(cast, days=days) for days in (9, 7, 5, 3, 1)]
    first = unpaid.page(cast.reviewer, part="due", day=today())
    second = unpaid.page(cast.reviewer, part="due", day=today(), newer=first.newer)
    last = unpaid.page(cast.reviewer, part="due", day=today(), newer=second.newer)
    back = unpaid.page(cast.reviewer, part="due", day=today(), older=last.older)
    assert [page.rows for page in (first, second, last, back)] == [rows[:2], rows[2:4], rows[4:], rows[2:4]]
    assert (bool(first.older), bool(last.newer), bool(back.older), bool(back.newer)) == (
        False,
        False,
        True,
        True,
    )


def test_an_unknown_mark_is_the_first_page(cast):
    row = accepted(cast)
    assert listed(cast, newer="XXXXXXX") == listed(cast, older="\0") == [row]


@pytest.mark.postgres
def test_the_list_walks_its_index(cast):
    accepted(cast)
    rows = unpaid._part(cast.reviewer, "due", today()).order_by("approved_at", "id")[:51]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    plan = rows.explain()
    assert "participation_by_stage" in plan
    assert "Sort" not in plan


# --- Calling


def test_the_number_opens_when_somebody_calls(cast):
    row = accepted(cast, **WHO)
    assert open_phone(cast, row) == PHONE
    assert reads()[-1] == (
        cast.reviewer.username,
        row.registration_id,
        "phone",
        "call about first payment",
        1,
    )
    assert now(row).called_by == cast.reviewer


def test_the_second_caller_is_told_and_may_call_all_the_same(cast):
    row = accepted(cast, **WHO)
    open_phone(cast, row)
    before = len(reads())
    with pytest.raises(ActionRefused) as raised:
        open_phone(cast, row, by=cast.other_reviewer)
    assert (raised.value.code, len(reads())) == ("just_called", before)
    assert cast.reviewer.get_short_name() in str(raised.value)
    assert open_phone(cast, row) == PHONE  # the first one may look again
    assert open_phone(cast, row, by=cast.other_reviewer, although=True) == PHONE


def test_after_ten_minutes_nobody_is_told(cast):
    row = accepted(cast, **WHO)
    with clock(timezone.now() - payment_calls.JUST_NOW):
        open_phone(cast, row)
    assert open_phone(cast, row, by=cast.other_reviewer) == PHONE


def test_the_same_press_is_one_call(cast):
    row, page = accepted(cast), uuid4()
    assert called(cast, row, PaymentResult.WILL_PAY, call_id=page) is True
    assert called(cast, row, PaymentResult.WILL_PAY, call_id=page) is False
    assert PaymentCall.objects.count() == 1
    with pytest.raises(ActionRefused) as raised:
        called(cast, row, PaymentResult.LATER, call_id=page)
    assert raised.value.code == "conflict"


def test_the_same_final_press_is_one_call_though_calls_have_ended(cast):
    row, page = accepted(cast), uuid4()
    assert called(cast, row, PaymentResult.WRONG, days=None, call_id=page) is True
    assert called(cast, row, PaymentResult.WRONG, days=None, call_id=page) is False


@pytest.mark.parametrize(
    ("result", "days"), [("will_pay", None), ("refuses", 3), ("later", -1), ("no_answer", 61)]
)
def test_the_next_day_fits_the_result_and_lies_within_sixty_days(cast, result, days):
    row = accepted(cast)
    with pytest.raises(ActionRefused) as raised:
        called(cast, row, result, days=days)
    assert raised.value.code == "next_on"
    assert not PaymentCall.objects.exists()


@pytest.mark.parametrize("how", ["paid", "refuses", "withdrawn"])
def test_who_is_not_to_be_called_is_neither_opened_nor_called(cast, how):
    row = paid(cast) if how == "paid" else accepted(cast)
    if how == "refuses":
        called(cast, row, how, days=None)
    elif how == "withdrawn":
        consent.withdraw(by=cast.officer, registration=row.registration, channel="phone")
    before = len(reads())
    for act in (lambda: open_phone(cast, row), lambda: called(cast, row, PaymentResult.LATER)):
        with pytest.raises(ActionRefused) as raised:
            act()
        assert raised.value.code == "not_to_call"
    assert len(reads()) == before


@pytest.mark.parametrize("person", ["officer", "head", "system_admin", "strange_reviewer"])
def test_who_does_not_follow_payments_calls_nobody(cast, person):
    row = accepted(cast)
    with pytest.raises(ActionRefused) as raised:
        open_phone(cast, row, by=cast.people[person])
    assert raised.value.code == "not_allowed"


@pytest.mark.parametrize(
    "change", ["UPDATE enrolment_paymentcall SET result = 'later'", "DELETE FROM enrolment_paymentcall"]
)
def test_calls_are_append_only(cast, change):
    called(cast, accepted(cast), PaymentResult.WILL_PAY)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


# --- The pages


def test_the_list_names_its_rows_with_one_access(cast, login):
    accepted(cast, **WHO)
    accepted(cast, days=1)
    page = login(cast.reviewer).get(LIST)
    assert WHO["full_name"] in page.text
    assert PHONE not in page.text
    assert reads()[-1][2:] == ("full_name", "not paid yet", 2)


def test_an_empty_list_is_no_access(cast, login):
    before = AuditEntry.objects.count()
    page = login(cast.reviewer).get(LIST)
    assert "Nobody to call today." in page.text
    assert AuditEntry.objects.count() == before


def test_the_list_says_that_a_colleague_is_calling(cast, login):
    row = accepted(cast)
    open_phone(cast, row)
    assert "is calling" in login(cast.other_reviewer).get(LIST).text
    assert "is calling" not in login(cast.reviewer).get(LIST).text


def test_the_page_tells_what_to_tell_and_no_due_date(cast, login):
    row = accepted(cast, **WHO)
    page = login(cast.reviewer).get(url(row, "call"))
    for words in ("Rp16.400", "30 November 2026", "Registering is not paying", "may add its own fee"):
        assert words in page.text
    assert PHONE not in page.text
    assert "tel:" not in page.text
    assert "pay before" not in page.text.lower()


def test_after_its_day_the_price_may_differ(cast, login):
    row = accepted(cast)
    with clock(ago(-40)):
        assert "the amount may differ now" in login(cast.reviewer).get(url(row, "call")).text


def test_pressing_call_shows_the_number_as_a_link(cast, login):
    row = accepted(cast, **WHO)
    page = login(cast.reviewer).post(url(row, "call"), {"act": "phone"})
    assert f'href="tel:{PHONE}"' in page.text


def test_the_second_press_warns_first(cast, login):
    row, second = accepted(cast, **WHO), login(cast.other_reviewer)
    open_phone(cast, row)
    warned = second.post(url(row, "call"), {"act": "phone"})
    assert (warned.status_code, PHONE in warned.text) == (409, False)
    assert 'name="although"' in warned.text
    assert PHONE in second.post(url(row, "call"), {"act": "phone", "although": "1"}).text


def result(client, row, **typed):
    return client.post(url(row, "call"), {"act": "result", "id": str(uuid4()), **typed})


def test_a_result_is_stored_and_leads_back_to_the_list(cast, login):
    row = accepted(cast)
    next_on = today() + timedelta(days=2)
    answer = result(login(cast.reviewer), row, result="will_pay", next_on=f"{next_on:%d-%m-%Y}")
    assert (answer.status_code, answer.url) == (302, LIST)
    assert (now(row).call_result, now(row).call_on) == ("will_pay", next_on)


def test_a_result_without_its_day_keeps_what_was_chosen(cast, login):
    answer = result(login(cast.reviewer), accepted(cast), result="later", next_on="")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"next_on": ["Write on which day to call again."]}
    assert 'value="later" required' in answer.text or 'value="later"' in answer.text


def test_a_final_result_takes_no_day(cast, login):
    row = accepted(cast)
    assert result(login(cast.reviewer), row, result="wrong", next_on="01-12-2026").status_code == 302
    assert (now(row).call_result, now(row).call_on) == ("wrong", None)


def test_who_has_paid_meanwhile_is_not_called(cast, login):
    row = paid(cast)
    page = login(cast.reviewer).get(url(row, "call"))
    assert "Nobody needs to call here any more" in page.text
    assert page.context["full_name"] == ""
    answer = login(cast.reviewer).post(url(row, "call"), {"act": "phone"}, follow=True)
    assert "Nobody needs to call here any more" in answer.text
