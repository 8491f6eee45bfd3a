"""Who paid within 7 and 30 days: every figure against rows made by hand, on the head's page, and proved by a checker
that shares no code."""

import dataclasses
from datetime import timedelta
from functools import partial
from io import StringIO
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrolment.actions import decisions
from enrolment.actions.payments import Said
from enrolment.choices import EntryKind, Kind, State
from enrolment.models import Participation, Registration
from enrolment.queries import paid
from enrolment.queries.paid import Paid
from enrolment.views import counts_paid
from tests.counting import url
from tests.paying import accepted, ago, clock, now, today, waiting, write
from tests.paying import paid as paid_one

pytestmark = pytest.mark.usefixtures("in_english")


def pays(cast, *, approved: int, after: int, **changes) -> Participation:
    """Approved so many days ago, paid so many days after."""
    return paid_one(cast, days=approved, on=today() - timedelta(days=approved - after), **changes)


@pytest.fixture
def paying(cast):
    """Booth A: paid on the 7th day, on the 8th, on the 31st; one lapsed unpaid. Booth B: paid on the day, 7 days not
    over; one waiting; one whose approval was taken back; one who was a participant before."""
    pays(cast, approved=40, after=7)
    pays(cast, approved=40, after=8)
    pays(cast, approved=40, after=31)
    lapsed = accepted(cast, days=70)
    decisions.move(by=None, registration=lapsed.registration, target=State.LAPSED, reason="Uji.")
    pays(cast, approved=7, after=0, booth="B")
    waiting(cast, days=1, booth="B")
    back = pays(cast, approved=20, after=1, booth="B")
    decisions.move(by=cast.reviewer, registration=back.registration, target=State.WITHDRAWN, reason="Kembar.")
    old = pays(cast, approved=8, after=1, booth="B")
    Registration.objects.filter(pk=old.registration_id).update(kind=Kind.REACTIVATION)
    return cast


A = Paid(followed=4, paid=3, still=3, acquired=3, over_7=4, within_7=1, over_30=4, within_30=2)
B = Paid(followed=3, paid=2, still=2, acquired=1, over_7=1, within_7=1)


def counted(cast) -> dict[str, Paid]:
    return paid.paid(cast.event, at=timezone.now())


def test_each_booth_equals_the_rows(paying):
    assert counted(paying) == {"A": A, "B": B}
    assert paid.total(counted(paying)) == A + B


def test_a_registration_approved_twice_counts_once_by_its_last_approval(cast):
    row = waiting(cast, days=50)
    with clock(ago(40)):
        decisions.move(
            by=cast.reviewer, registration=row.registration, target=State.SUBMITTED, reason="Ditolak."
        )
    with clock(ago(3)):
        decisions.move(by=cast.other_reviewer, registration=row.registration, target=State.APPROVED)
    again = Participation.objects.get(ended_at=None)
    write(cast, again, Said(EntryKind.PAID, on=today(), months=1))
    assert counted(cast)["A"] == Paid(followed=1, paid=1, still=1, acquired=1)
    decisions.move(by=None, registration=row.registration, target=State.LAPSED, reason="Uji.")
    assert counted(cast)["A"] == Paid(followed=1, paid=1, still=0, acquired=1)
    assert verify()[-1].endswith("equal")


def test_counting_takes_two_queries_however_many_rows(paying, django_assert_num_queries):
    with django_assert_num_queries(2):
        counted(paying)


def test_no_approval_is_nothing(cast):
    assert paid.total(counted(cast)) == Paid()
    assert counts_paid.panel(cast.event, at=timezone.now())["lines"] == []


# --- The page


def test_the_page_says_it_first_and_draws_it_then(paying, login):
    page = login(paying.head).get(url(paying.event))
    shown = page.context["paid"]
    assert shown["fact"] == "5 of 7 approved have paid"
    assert shown["sentences"] == [
        "2 of 5 paid within 7 days of the approval, 40\xa0%. 2 still have time and are not counted in it.",
        "2 of 4 paid within 30 days of the approval, 50\xa0%. 3 still have time and are not counted in it.",
    ]
    assert shown["acquired"] == "4 new participants (acquisition), 1 were participants before."
    assert [(line.value, line.share) for line in shown["bars"]] == [
        ("2 of 5", "40\xa0%"),
        ("2 of 4", "50\xa0%"),
    ]
    assert [dict(line.cells)["Within 30 days"] for line in shown["lines"]] == ["2 of 4", "–"]
    assert page.text.index(shown["fact"]) < page.text.index("Paid, by booth")


def test_the_funnel_ends_with_who_paid(paying, login):
    page = login(paying.head).get(url(paying.event))
    last = page.context["reached"]["lines"][-1]
    assert (last.label, last.value, last.share) == ("Paid", "5", "100\xa0%")


def test_before_the_first_seven_days_are_over_that_is_said(cast, login):
    accepted(cast)
    shown = login(cast.head).get(url(cast.event)).context["paid"]
    assert shown["sentences"][0] == "Nobody's 7 days are over yet."
    assert shown["bars"] == []


def test_the_page_costs_the_same_however_many_paid(cast, login):
    client = login(cast.head)
    pays(cast, approved=40, after=7)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(url(cast.event))
        return len(queries)

    few = cost()
    pays(cast, approved=40, after=7)
    pays(cast, approved=3, after=1, booth="B")
    assert cost() == few


# --- The checker


def verify() -> list[str]:
    out = StringIO()
    call_command("verify_counts", stdout=out)
    return out.getvalue().splitlines()


def test_verify_counts_agrees(paying):
    assert verify()[-1].endswith("equal")


def test_verify_counts_fails_on_any_falsified_figure(paying, monkeypatch):
    real = paid.paid

    def falsified(event, booth: str, figure: str, *, at):
        found = real(event, at=at)
        return found | {booth: found[booth] + Paid(**{figure: 1})}

    for booth, field in product("AB", dataclasses.fields(Paid)):
        monkeypatch.setattr(paid, "paid", partial(falsified, booth=booth, figure=field.name))
        with pytest.raises(CommandError, match=r"^2 figures differ from the rows$"):
            verify()


def test_verify_counts_fails_when_booths_are_exchanged(paying, monkeypatch):
    real = paid.paid

    def falsified(event, *, at):
        found = real(event, at=at)
        return {"A": found["B"], "B": found["A"]}

    monkeypatch.setattr(paid, "paid", falsified)
    with pytest.raises(CommandError):
        verify()


@pytest.mark.parametrize(
    "change",
    [{"paid_on": today() - timedelta(days=40)}, {"approved_at": ago(90)}],
    ids=["payment", "approval"],
)
def test_verify_counts_sees_a_column_that_fell_behind_what_was_written_down(cast, change):
    row = pays(cast, approved=40, after=20)
    verify()
    Participation.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(CommandError):
        verify()


def test_verify_counts_takes_the_corrected_day(cast):
    row = pays(cast, approved=40, after=20)
    write(cast, row, Said(EntryKind.PAID, on=today() - timedelta(days=38), months=1), reason="Salah baca.")
    assert counted(cast)["A"].within_7 == 1
    assert now(row).paid_on == today() - timedelta(days=38)
    assert verify()[-1].endswith("equal")
