"""A prospect's name is kept for the calls they agreed to: until a day that they were told, and only while somebody is
to call. The row stays to be counted."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import consent, prospects
from enrolment.models import Prospect
from outreach.errors import ActionRefused
from outreach.models import AuditEntry, Event
from outreach.templatetags.formats import day as long_day
from tests import factories, test_prospects
from tests.test_prospects import called, typed

duty, officer = test_prospects.duty, test_prospects.officer

EMPTY = (None, None, None, None)


@pytest.fixture
def row(cast, duty):
    return factories.prospect(by=cast.officer, booth=duty, note="Tanya iuran 3 bulan.")


def personal(row) -> tuple:
    row.refresh_from_db()
    return row.full_name, row.phone, row.note, row.digest


def expire(row) -> None:
    past = timezone.localdate() - timedelta(days=1)
    Prospect.objects.filter(pk=row.pk).update(kept_until=past, follow_up_on=past)
    row.refresh_from_db()


def reads() -> int:
    return AuditEntry.objects.filter(action="read").count()


def test_until_when_is_said_stored_and_not_moved_by_the_event_or_the_setting(cast, officer, row, settings):
    until = timezone.localdate() + timedelta(days=90)
    page = officer.get("/prospects/new/").content.decode()
    assert page.count(long_day(until)) == 2  # at the day, and in the sentence that is agreed to
    settings.PROSPECT_DAYS = 120
    Event.objects.filter(pk=row.event_id).update(last_day=until)
    row.refresh_from_db()
    assert row.kept_until == until


def test_the_period_is_a_setting(cast, duty, settings):
    settings.PROSPECT_DAYS = 7
    row = factories.prospect(by=cast.officer, booth=duty)
    assert row.kept_until == timezone.localdate() + timedelta(days=7)


def test_nobody_is_called_after_that_day(cast, officer, row):
    """By the forms, the actions and the database; on the day itself they may be."""
    last, after = row.kept_until, row.kept_until + timedelta(days=1)
    late = typed(follow_up_on=f"{after:%d-%m-%Y}")
    assert list(officer.post("/prospects/new/", late).context["form"].errors) == ["follow_up_on"]
    answer = called(officer, row, next_on=f"{after:%d-%m-%Y}")
    assert list(answer.context["form"].errors) == ["next_on"]
    with pytest.raises(ActionRefused) as refused:
        prospects.called(by=cast.officer, prospect=row, call_id=uuid4(), result="later", next_on=after)
    assert (refused.value.code, row.calls.count()) == ("too_late", 0)
    with pytest.raises(ActionRefused) as refused:
        factories.prospect(by=cast.officer, booth=row.booth, follow_up_on=after)
    assert (refused.value.code, Prospect.objects.count()) == ("too_late", 1)
    assert called(officer, row, next_on=f"{last:%d-%m-%Y}").status_code == 302
    with pytest.raises(IntegrityError):
        Prospect.objects.filter(pk=row.pk).update(follow_up_on=after)


@pytest.mark.parametrize("result", ["refuses", "wrong"])
def test_after_a_final_call_name_and_number_are_gone_at_once(officer, row, result):
    called(officer, row, result=result)
    assert personal(row) == EMPTY
    page = officer.get(reverse("prospect", args=[row.pk]))
    assert (page.status_code, page.context["row"], page.context["may_register"]) == (200, None, False)


def test_who_has_registered_is_named_by_the_registration_alone(cast, officer, row):
    """So that a withdrawn consent leaves no name here."""
    registration = factories.submitted(by=cast.officer)
    prospects.registered(by=cast.officer, prospect=row, registration=registration)
    assert personal(row) == EMPTY
    consent.withdraw(by=cast.officer, registration=registration, channel="person")
    page = officer.get(reverse("prospect", args=[row.pk])).content.decode()
    assert ("Calon Uji" in page, "Siti" in page, str(registration) in page) == (False, False, True)


def test_an_expired_one_opens_nothing_before_the_purge_came_by(cast, officer, row):
    expire(row)
    listed = officer.get("/prospects/").context
    assert (listed["due"], listed["later"]) == ([], [])
    assert officer.get("/registrations/").context["to_call"] == 0
    page = officer.get(reverse("prospect", args=[row.pk]))
    assert (page.context["row"], page.context["may_register"], reads()) == (None, False, 0)
    form = officer.get(f"{reverse('registration-new')}?prospect={row.pk}").context["form"]
    assert (form.initial.get("full_name"), reads()) == (None, 0)
    (one,) = prospects.opened([row], by=cast.officer, fields=("full_name",), purpose="prospects")
    assert (one.full_name, reads()) == ("", 0)
    assert called(officer, row).status_code == 302  # told so, nothing stored
    assert row.calls.count() == 0


def test_a_purge_destroys_the_expired_ones_and_counts_them(cast, row, capsys):
    other = factories.prospect(by=cast.officer, booth=row.booth)
    expire(row)
    call_command("purge", "--dry-run")
    assert capsys.readouterr().out.splitlines()[1] == "1 prospects would be destroyed"
    assert None not in personal(row)
    for gone in (1, 0):
        call_command("purge")
        assert capsys.readouterr().out.splitlines()[1] == f"{gone} prospects destroyed"
    assert (personal(row), row.closed_at is not None) == (EMPTY, True)
    assert None not in personal(other)[:2]
    entry = AuditEntry.objects.get(action="prospect.purge")
    assert (entry.count, entry.actor, entry.branch, entry.object_id) == (1, None, cast.branch, None)


def test_the_database_keeps_no_name_of_a_closed_one_and_loses_none_of_an_open_one(row):
    digest = bytes(row.digest)
    for broken in ({"closed_at": timezone.now()}, {"full_name": None}, {"phone": None}, {"digest": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Prospect.objects.filter(pk=row.pk).update(**broken)
    row.close(at=timezone.now())
    row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Prospect.objects.filter(pk=row.pk).update(digest=digest)


def test_of_a_closed_one_no_guess_is_confirmed(officer):
    """Sent again, it is the one stored before, whatever it says: nothing is left to compare."""
    sent = typed()
    officer.post("/prospects/new/", sent)
    prospect = Prospect.objects.get()
    called(officer, prospect, result="refuses")
    answers = [officer.post("/prospects/new/", {**sent, **more}) for more in ({}, {"full_name": "Lain Uji"})]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, "/registrations/")] * 2
    assert (Prospect.objects.count(), personal(prospect)) == (1, EMPTY)
