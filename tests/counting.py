"""One event with a row in each state, for the tests of the counts."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from outreach.models import Booth, Event
from tests import factories

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
T, L = 16_400, 68_400  # Rp a month: base 2,600,000 in November 2026, JKK and JKM halved, L with 2 % JHT
AFTERWARDS = datetime(2026, 11, 22, 5, 40, tzinfo=UTC)


@pytest.fixture
def world(cast):
    """Eight registrations: one in each state, three approved, two officers, both booths and days. Four people greeted
    after one tap was taken back, two sessions with 55."""
    officer, reviewer, rekan = cast.officer, cast.reviewer, cast.colleague
    factories.assign(rekan, Booth.objects.get(event=cast.event, code="B"), SATURDAY)
    a = {"by": officer, "booth": "A"}
    b = {"by": rekan, "booth": "B", "officer": "rekan"}
    factories.approved(**a, reviewer=reviewer, registered_at="2026-11-20T09:30:00+07:00")
    factories.submitted(**a, registered_at="2026-11-20T09:59:59+07:00")
    factories.returned(**a, reviewer=reviewer, registered_at="2026-11-20T10:00:00+07:00", package="L")
    factories.lapsed(**a, reviewer=reviewer, registered_at="2026-11-20T10:30:00+07:00")
    factories.rejected(
        by=officer, booth="B", reviewer=reviewer, registered_at="2026-11-20T08:15:00+07:00", package="L"
    )
    # 23.30 in London is 06.30 of the next day at the stand, and before it opens.
    factories.approved(**b, reviewer=reviewer, registered_at="2026-11-20T23:30:00+00:00")
    factories.approved(**b, reviewer=reviewer, registered_at="2026-11-21T14:59:00+07:00", package="L")
    factories.withdrawn(by=officer, booth="B", registered_at="2026-11-21T11:00:00+07:00")
    factories.greeted(Booth.objects.get(event=cast.event, code="A"), by=officer, times=4, taken_back=1)
    factories.greeted(Booth.objects.get(event=cast.event, code="B"), by=rekan, times=1, day=SATURDAY)
    for people in (40, 15):
        factories.session(of=cast.event, by=officer, people_reached=people)
    return cast


def url(event: Event) -> str:
    return reverse("admin:enrolment_registration_counts_event", args=[event.slug])


NEWEST = "admin:enrolment_registration_counts"
