"""A temporary officer's account ends with the event, and reaches no other."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction

from outreach.actions import events
from outreach.auth import RoleBackend
from outreach.choices import EventState, Role
from outreach.models import Assignment, Event, User
from tests import factories
from tests.admin_pages import EVENTS, PEOPLE, event_page, refused, trail
from tests.temporary import made_for, make, page_of, set_day

FIRST, LAST = factories.DAYS


@pytest.fixture(autouse=True)
def today(monkeypatch, settings):
    """`today(day)`: the day before the event, until a test says otherwise. No phone locks itself over the days."""
    settings.OFFICER_LOCK_MINUTES = 60 * 24 * 14
    set_day(monkeypatch, FIRST - timedelta(days=1))
    return partial(set_day, monkeypatch)


@pytest.fixture
def head(cast, login):
    return login(cast.head)


@pytest.mark.parametrize(
    ("day", "state", "is_in"),
    [
        (FIRST, EventState.PLANNED, True),
        (FIRST, EventState.OPEN, True),
        (FIRST, EventState.CLOSED, False),
        (LAST + timedelta(days=7), EventState.OPEN, True),
        (LAST + timedelta(days=8), EventState.OPEN, False),
    ],
)
def test_they_are_in_until_the_event_is_closed_or_a_week_past(cast, login, client, today, day, state, is_in):
    """At every door: a page, a post, the sign-in. A permanent officer meets none of it."""
    person = made_for(cast)
    inside = login(person)
    permanent = login(cast.officer)
    assert inside.get("/registrations/").status_code == 200
    today(day)
    Event.objects.update(state=state)
    page, post = inside.get("/registrations/"), inside.post("/registrations/new/", {})
    signed_in = client.post(
        "/account/login/", {"login": person.username, "password": factories.PASSWORD}, follow=True
    )
    if is_in:
        assert (page.status_code, post.status_code) == (200, 422)
        assert signed_in.redirect_chain[-1][0] == "/registrations/"
    else:
        assert [page.url, post.url] == [
            "/account/login/?next=/registrations/",
            "/account/login/?next=/registrations/new/",
        ]
        assert signed_in.redirect_chain == [("/account/inactive/", 302)]
        assert "_auth_user_id" not in client.session
        assert not client.login(username=person.username, password=factories.PASSWORD)
    assert permanent.get("/registrations/").status_code == 200


def test_a_later_last_day_lets_them_in_again(cast, login, today):
    inside = login(made_for(cast))
    today(LAST + timedelta(days=8))
    assert inside.get("/registrations/").status_code == 302
    Event.objects.update(last_day=LAST + timedelta(days=1))
    assert inside.get("/registrations/").status_code == 200


def test_who_they_are_costs_one_query(cast, login, django_assert_num_queries):
    person = made_for(cast)
    with django_assert_num_queries(1):
        found = RoleBackend().get_user(person.pk)
        assert (found.branch, found.temporary_for) == (cast.branch, cast.event)


# --- Beside them


def test_a_copy_of_the_event_takes_no_temporary_officer_along(cast):
    made_for(cast)
    copied = events.copy(
        by=cast.head, source=cast.event, slug="lagi", name="Lagi", first_day=FIRST + timedelta(days=30)
    )
    assert {duty.officer for duty in Assignment.objects.filter(booth__event=copied)} == {cast.officer}


def test_another_events_page_does_not_offer_them(cast, head):
    person = made_for(cast)
    other = factories.event(organiser=cast.organisation, slug="lain", days=(FIRST, LAST))
    offered = {}
    for event in (cast.event, other):
        formset = head.get(event_page(event)).context["inline_admin_formsets"][1].formset
        offered[event.slug] = person.pk in [who.pk for who in formset._officers()]
    assert offered == {"bazar-uji": True, "lain": False}


def test_an_event_with_temporary_officers_is_not_deleted(cast, head):
    Event.objects.update(state=EventState.PLANNED)
    made_for(cast, booth="")
    assert head.post(f"{EVENTS}{cast.event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Event.objects.filter(pk=cast.event.pk).exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.HEAD, Role.SYSTEM_ADMIN, Role.ORGANISER])
def test_the_database_lets_only_officers_be_temporary(cast, role):
    person = {Role.ORGANISER: cast.organiser}.get(role) or factories.person("x", role, of=cast.branch)
    with pytest.raises(IntegrityError, match="user_temporary_only_officer"), transaction.atomic():
        User.objects.filter(pk=person.pk).update(temporary_for=cast.event)


def test_the_database_holds_a_name_once_an_event(cast):
    made_for(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.officer("lain", of=cast.branch, full_name="Siti Aminah", temporary_for=cast.event)


def test_the_people_pages_tell_until_when(cast, login, today):
    person = made_for(cast)
    admin = login(cast.system_admin)
    listed = re.sub("<[^>]+>", "", admin.get(PEOPLE).content.decode())
    assert "sampai 28-11-2026" in listed
    page = admin.get(f"{PEOPLE}{person.pk}/change/").content.decode()
    assert "28 November 2026" in page
    assert "Bazar Uji" in page


def test_a_temporary_officer_stays_an_officer_of_that_branch(cast, login):
    person = made_for(cast)
    sent = {
        "username": "siti.baru",
        "full_name": "Siti Aminah",
        "role": Role.HEAD,
        "branch": cast.other_branch.pk,
        "organisation": cast.organisation.pk,
        "is_active": "on",
    }
    assert login(cast.system_admin).post(f"{PEOPLE}{person.pk}/change/", sent).status_code == 302
    stored = User.objects.get(pk=person.pk)
    assert (stored.username, stored.role, stored.branch, stored.organisation, stored.temporary_for) == (
        "siti.baru",
        Role.OFFICER,
        cast.branch,
        None,
        cast.event,
    )


def test_a_name_that_the_event_has_is_refused_in_words(cast, login):
    made_for(cast)
    person = made_for(cast, name="Budi Santoso")
    sent = {"username": "budi.santoso", "full_name": "Siti Aminah", "is_active": "on"}
    assert refused(login(cast.system_admin).post(f"{PEOPLE}{person.pk}/change/", sent)) == ["__all__"]


def test_neither_log_nor_message_nor_address_names_anybody(cast, head):
    page = make(head, cast.event, "Nama Rahasia")
    answer = head.post(f"{page_of(cast.event)}links/", {}, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    (slip,) = page.context["slips"]
    texts = [*said, slip.url, slip.whatsapp, *(p for _a, _f, p in trail(cast.branch))]
    texts += [f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all()]
    assert len(said) == 1
    assert [text for text in texts if "ahasia" in text] == []
