"""Outreach sessions: entered once at the stand, put right by who entered them or by the branch."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError

from outreach.actions import sessions
from outreach.choices import EventState
from outreach.errors import ActionRefused
from outreach.models import AuditEntry, Event, OutreachSession
from tests import factories, rawsql
from tests.admin_pages import listed, trail

ADMIN = "/admin/outreach/outreachsession/"


def typed(cast, **changes) -> dict[str, str]:
    return {
        "session_id": str(uuid4()),
        "day": "2026-11-20",
        "hour": "09:30",
        "place": "Balai RW",
        "topic": "Manfaat JKK",
        "speaker": str(cast.officer.pk),
        "people_reached": "40",
        **changes,
    }


@pytest.fixture
def officer(cast, login):
    return login(cast.officer)


# --- Entering


def test_a_session_is_stored_as_it_was_typed(cast, officer):
    sent = typed(cast, speaker=str(cast.head.pk))
    answer = officer.post("/sessions/new/", sent)
    assert (answer.status_code, answer.url) == (302, "/sessions/?event=bazar-uji")
    row = OutreachSession.objects.get()
    assert str(row.pk) == sent["session_id"]
    assert (row.event, row.entered_by, row.speaker) == (cast.event, cast.officer, cast.head)
    assert (row.place, row.topic, row.people_reached) == ("Balai RW", "Manfaat JKK", 40)
    assert row.starts_at == datetime(2026, 11, 20, 2, 30, tzinfo=UTC)  # 09.30 WIB
    assert trail(cast.branch) == [("outreachsession.enter", "", "event bazar-uji")]


def test_a_thousand_people_are_no_single_one(cast, officer):
    officer.post("/sessions/new/", typed(cast, people_reached="1.000"))
    assert OutreachSession.objects.get().people_reached == 1000


def test_the_same_page_sent_twice_is_one_session_and_the_same_answer(cast, officer):
    sent = typed(cast)
    answers = [officer.post("/sessions/new/", sent) for _ in range(2)]
    assert [(answer.status_code, answer.url) for answer in answers] == [
        (302, "/sessions/?event=bazar-uji")
    ] * 2
    assert (OutreachSession.objects.count(), AuditEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"people_reached": "41"},
        {"topic": "Lain"},
        {"place": "Lain"},
        {"hour": "10:30"},
        {"day": "2026-11-21"},
    ],
)
def test_the_same_page_with_other_content_is_a_conflict_that_keeps_what_was_typed(cast, officer, changes):
    sent = typed(cast)
    officer.post("/sessions/new/", sent)
    answer = officer.post("/sessions/new/", {**sent, **changes})
    assert answer.status_code == 409
    assert len(answer.context["form"].non_field_errors()) == 1
    (name, value) = changes.popitem()
    assert answer.context["form"][name].value() == value
    row = OutreachSession.objects.get()
    assert (row.people_reached, row.topic, row.place) == (40, "Manfaat JKK", "Balai RW")


def test_somebody_elses_page_id_is_a_conflict(cast):
    stored = factories.session(of=cast.event, by=cast.officer)
    factories.assign(cast.colleague, cast.event.booths.first(), date(2026, 11, 20))
    with pytest.raises(ActionRefused) as refused:
        sessions.enter(
            by=cast.colleague, event=cast.event, session_id=stored.pk,
            content=factories.session_content(by=cast.officer),
        )  # fmt: skip
    assert refused.value.code == "conflict"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"people_reached": ""}, ["people_reached"]),
        ({"people_reached": "-1"}, ["people_reached"]),
        ({"people_reached": "10001"}, ["people_reached"]),
        ({"people_reached": "empat puluh"}, ["people_reached"]),
        ({"people_reached": "1,5"}, ["people_reached"]),
        ({"people_reached": "1.5"}, ["people_reached"]),
        ({"day": "2026-11-22"}, ["day"]),
        ({"day": "2026-08-21"}, ["day"]),
        ({"day": "20-20-2026"}, ["day"]),
        ({"hour": "25:00"}, ["hour"]),
        ({"place": " "}, ["place"]),
        ({"topic": ""}, ["topic"]),
        ({"speaker": ""}, ["speaker"]),
        ({"session_id": "1"}, ["session_id"]),
        ({"session_id": ""}, ["session_id"]),
    ],
)
def test_a_slip_is_named_and_nothing_is_stored(cast, officer, changes, fields):
    answer = officer.post("/sessions/new/", typed(cast, **changes))
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, fields)
    assert OutreachSession.objects.count() == 0


def test_a_session_still_to_come_is_no_session(cast, officer, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 20, 1, tzinfo=UTC))
    answer = officer.post("/sessions/new/", typed(cast))
    assert sorted(answer.context["form"].errors) == ["hour"]


def test_people_are_zero_or_more_and_plausible_for_the_database_too(cast):
    row = factories.session(of=cast.event, by=cast.officer, people_reached=0)
    for number in (-1, 10_001):
        with pytest.raises(IntegrityError):
            rawsql.execute("UPDATE outreach_outreachsession SET people_reached = %s", number)
    assert rawsql.execute("UPDATE outreach_outreachsession SET people_reached = 10000") == 1
    assert row.people_reached == 0


@pytest.mark.parametrize("part", ["organiser", "stranger", "strange_reviewer"])
def test_the_speaker_is_somebody_of_the_branch(cast, officer, part):
    answer = officer.post("/sessions/new/", typed(cast, speaker=str(cast.people[part].pk)))
    assert sorted(answer.context["form"].errors) == ["speaker"]
    with pytest.raises(ActionRefused):
        sessions.enter(
            by=cast.officer, event=cast.event, session_id=uuid4(),
            content=factories.session_content(by=cast.people[part]),
        )  # fmt: skip
    assert OutreachSession.objects.count() == 0


@pytest.mark.parametrize("state", [EventState.PLANNED, EventState.CLOSED])
def test_an_event_that_is_not_open_takes_none(cast, officer, state):
    stored = factories.session(of=cast.event, by=cast.officer)
    Event.objects.update(state=state)
    content = factories.session_content(by=cast.officer, people_reached=1)
    with pytest.raises(ActionRefused) as refused:
        sessions.enter(by=cast.officer, event=cast.event, session_id=uuid4(), content=content)
    assert refused.value.code == "event_not_open"
    assert officer.post(f"/sessions/{stored.pk}/", typed(cast)).status_code == 409
    assert OutreachSession.objects.get() == stored
    assert officer.get("/sessions/new/?event=bazar-uji").status_code == 302


def test_a_lost_answer_asked_for_again_after_closing_was_stored_all_the_same(cast, officer):
    sent = typed(cast)
    officer.post("/sessions/new/", sent)
    Event.objects.update(state=EventState.CLOSED)
    address = "/sessions/new/?event=bazar-uji"
    again, other = officer.post(address, sent), officer.post(address, typed(cast))
    assert (again.status_code, other.status_code) == (302, 409)
    assert OutreachSession.objects.count() == 1


# --- Correcting


def test_ones_own_session_is_corrected_and_the_chain_says_what(cast, officer):
    row = factories.session(of=cast.event, by=cast.officer)
    page = officer.get(f"/sessions/{row.pk}/").context["form"]
    assert [page[name].value() for name in ("people_reached", "topic")] == [40, "Manfaat JKK dan JKM"]
    answer = officer.post(f"/sessions/{row.pk}/", typed(cast, people_reached="45", topic=row.topic))
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.people_reached, row.place) == (45, "Balai RW")
    assert trail(cast.branch)[-1] == ("outreachsession.change", "place people_reached", "event bazar-uji")


def test_the_same_content_again_changes_nothing(cast, officer):
    row = factories.session(of=cast.event, by=cast.officer)
    sent = typed(cast, place=row.place, topic=row.topic)
    officer.post(f"/sessions/{row.pk}/", sent)
    assert AuditEntry.objects.count() == 1


def test_a_colleague_reads_ones_session_and_does_not_correct_it(cast, login):
    row = factories.session(of=cast.event, by=cast.officer)
    factories.assign(cast.colleague, cast.event.booths.first(), date(2026, 11, 20))
    client = login(cast.colleague)
    page = client.get("/sessions/").content.decode()
    assert row.topic in page
    assert f"/sessions/{row.pk}/" not in page
    assert client.get(f"/sessions/{row.pk}/").status_code == 404
    with pytest.raises(ActionRefused) as refused:
        sessions.correct(
            by=cast.colleague,
            session=row,
            content=factories.session_content(by=cast.officer, people_reached=1),
        )
    assert refused.value.code == "not_own"


# --- Lists


def test_the_list_has_today_and_earlier_with_their_people(cast, officer, monkeypatch):
    factories.session(of=cast.event, by=cast.officer, people_reached=40)
    later = datetime(2026, 11, 21, 3, tzinfo=UTC)
    factories.session(of=cast.event, by=cast.officer, starts_at=later, people_reached=15)
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 21, 5, tzinfo=UTC))
    shown = officer.get("/sessions/").context
    assert (shown["people"], shown["held"]) == (55, 2)
    assert (shown["today"]["people"], shown["earlier"]["people"]) == (15, 40)


def test_the_lists_queries_do_not_grow(cast, officer, django_assert_num_queries):
    for _ in range(2):
        factories.session(of=cast.event, by=cast.officer)
        with django_assert_num_queries(4):  # session, person, events, sessions
            officer.get("/sessions/")


def test_another_branchs_session_is_nowhere(cast, officer):
    strange = factories.event(
        organiser=cast.strange_organiser.organisation, slug="asing", officers=(cast.stranger,)
    )
    row = factories.session(of=strange, by=cast.stranger)
    assert officer.get("/sessions/?event=asing").status_code == 404
    assert officer.get(f"/sessions/{row.pk}/").status_code == 404
    for person in cast.people.values():
        mine = person.branch == cast.other_branch and person.role != "organiser" and person.role != "officer"
        assert list(OutreachSession.objects.visible_to(person)) == (
            [row] if mine or person == cast.stranger else []
        )


# --- The branch


@pytest.mark.parametrize(("part", "status"), [("head", 302), ("system_admin", 302), ("reviewer", 403)])
def test_head_and_system_admin_put_right_what_an_officer_entered(cast, login, part, status):
    row, client = factories.session(of=cast.event, by=cast.officer), login(cast.people[part])
    assert client.get(f"{ADMIN}{row.pk}/change/").status_code == 200
    sent = typed(cast, day="21-11-2026", hour="10.15", place=row.place, topic=row.topic, people_reached="35")
    assert client.post(f"{ADMIN}{row.pk}/change/", sent).status_code == status
    row.refresh_from_db()
    if status == 302:
        assert (row.people_reached, row.starts_at) == (35, datetime(2026, 11, 21, 3, 15, tzinfo=UTC))
        assert [action for action, *_rest in trail(cast.branch)] == [
            "outreachsession.enter",
            "outreachsession.change",
        ]
    else:
        assert row.people_reached == 40


@pytest.mark.parametrize(("part", "status"), [("head", 302), ("system_admin", 302), ("reviewer", 403)])
def test_a_session_entered_twice_is_deleted_by_the_branch_and_the_chain_says_so(cast, login, part, status):
    row = factories.session(of=cast.event, by=cast.officer)
    assert login(cast.people[part]).post(f"{ADMIN}{row.pk}/delete/", {"post": "yes"}).status_code == status
    assert OutreachSession.objects.count() == (0 if status == 302 else 1)
    if status == 302:
        assert trail(cast.branch)[-1] == ("outreachsession.delete", "", f"outreachsession {row.pk}")


def test_the_admins_list_is_the_branchs_and_filters_by_its_events(cast, login):
    here = factories.session(of=cast.event, by=cast.officer)
    other = factories.event(organiser=cast.organisation, slug="lain", officers=(cast.officer,))
    there = factories.session(of=other, by=cast.officer, topic="Lain")
    strange = factories.event(
        organiser=cast.strange_organiser.organisation, slug="asing", officers=(cast.stranger,)
    )
    factories.session(of=strange, by=cast.stranger)
    client = login(cast.head)
    assert sorted(listed(client, ADMIN)) == sorted([str(here), str(there)])
    assert listed(client, f"{ADMIN}?event=lain") == [str(there)]
    assert listed(client, f"{ADMIN}?event=asing") == []
    assert "asing" not in client.get(ADMIN).content.decode()


@pytest.mark.parametrize(
    "lookup", ["event__branch__user__password__startswith", "speaker__password__startswith"]
)
def test_the_filter_is_no_way_to_anything_else(cast, login, lookup):
    assert login(cast.head).get(f"{ADMIN}?{lookup}=m").status_code == 400
