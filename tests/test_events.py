"""What happens to an event: its moves, its copies; and the organiser's own page."""

from datetime import date, time

import pytest
from django.db import transaction

from outreach.actions import events
from outreach.choices import EVENT_MOVES, EventState
from outreach.errors import ActionRefused
from outreach.models import Assignment, AuditEntry, Booth, Event
from tests import factories

MOVES = [(source, target) for source in EventState for target in EventState]
ALLOWED = [move for move in MOVES if move[1] in EVENT_MOVES[move[0]]]


def in_state(cast, state: EventState) -> Event:
    Event.objects.filter(pk=cast.event.pk).update(state=state)
    return Event.objects.get(pk=cast.event.pk)


def duties(event: Event) -> list[tuple[str, str, date]]:
    return sorted(
        Assignment.objects.filter(booth__event=event).values_list("booth__code", "officer__username", "day")
    )


def audited(cast) -> list[tuple]:
    rows = AuditEntry.objects.filter(branch=cast.branch).order_by("seq")
    return [(row.actor, row.action, row.fields, row.purpose) for row in rows]


def test_the_table_of_moves_is_the_one_of_the_design():
    assert ALLOWED == [("planned", "open"), ("open", "closed")]


@pytest.mark.parametrize(("source", "target"), ALLOWED)
def test_an_allowed_move_is_stored_and_audited(cast, source, target):
    factories.all_closed(cast.event, by=cast.head)
    moved = events.move(by=cast.head, event=in_state(cast, source), target=target)
    assert moved.state == Event.objects.get(pk=cast.event.pk).state == target
    assert audited(cast)[-1:] == [(cast.head, f"event.{target}", "state", "event bazar-uji")]


@pytest.mark.parametrize(("source", "target"), [move for move in MOVES if move not in ALLOWED])
def test_every_other_move_is_refused_and_writes_nothing(cast, source, target):
    with pytest.raises(ActionRefused) as refused:
        events.move(by=cast.head, event=in_state(cast, source), target=target)
    assert refused.value.code == "move_not_allowed"
    assert Event.objects.get(pk=cast.event.pk).state == source
    assert audited(cast) == []


def test_a_move_is_judged_by_what_is_stored_and_not_by_what_was_seen(cast):
    seen = in_state(cast, EventState.PLANNED)
    events.move(by=cast.head, event=Event.objects.get(pk=seen.pk), target=EventState.OPEN)
    assert seen.state == EventState.PLANNED
    with pytest.raises(ActionRefused):
        events.move(by=cast.head, event=seen, target=EventState.OPEN)
    assert len(audited(cast)) == 1


def test_a_copy_takes_everything_but_name_slug_and_days(cast):
    source = cast.event
    source.occasion, source.opens_at, source.closes_at = "HUT Uji", time(7, 30), time(13)
    source.save()
    factories.assign(cast.colleague, source.booths.get(code="B"), date(2026, 11, 21))
    Booth.objects.filter(event=source, code="B").update(target=30)

    made = events.copy(
        by=cast.head, source=source, slug="bazar-2027", name="Bazar 2027", first_day=date(2027, 3, 6)
    )

    made = Event.objects.get(pk=made.pk)
    assert {field.name: getattr(made, field.name) for field in Event._meta.fields if field.name != "id"} == {
        "branch": cast.branch,
        "campaign": source.campaign,
        "organiser": cast.organisation,
        "slug": "bazar-2027",
        "name": "Bazar 2027",
        "occasion": "HUT Uji",
        "venue": "Lapangan Uji",
        "village_code": "31.72.01.1001",
        "first_day": date(2027, 3, 6),
        "last_day": date(2027, 3, 7),
        "opens_at": time(7, 30),
        "closes_at": time(13),
        "target": 100,
        "state": EventState.PLANNED,
    }
    assert list(made.booths.values_list("code", "target")) == [("A", 50), ("B", 30)]
    assert duties(made) == [
        ("A", "petugas", date(2027, 3, 6)),
        ("A", "petugas", date(2027, 3, 7)),
        ("B", "petugas", date(2027, 3, 6)),
        ("B", "petugas", date(2027, 3, 7)),
        ("B", "rekan", date(2027, 3, 7)),
    ]
    assert audited(cast) == [(cast.head, "event.copy", "", "event bazar-2027 < bazar-uji")]


def test_a_copy_leaves_its_source_as_it_was(cast):
    before = (
        list(cast.event.booths.values()),
        duties(cast.event),
        Event.objects.filter(pk=cast.event.pk).values()[0],
    )
    events.copy(
        by=cast.head, source=cast.event, slug="lain", name="Lain", first_day=date(2027, 1, 1), target=7
    )
    assert before == (
        list(cast.event.booths.values()),
        duties(cast.event),
        Event.objects.filter(pk=cast.event.pk).values()[0],
    )
    assert Event.objects.get(slug="lain").target == 7


def test_a_copy_leaves_behind_who_is_no_officer_of_the_branch_any_more(cast):
    cast.officer.is_active = False
    cast.officer.save()
    made = events.copy(by=cast.head, source=cast.event, slug="lain", name="Lain", first_day=date(2027, 1, 1))
    assert duties(made) == []


def test_a_taken_slug_is_refused_and_writes_nothing(cast):
    with pytest.raises(ActionRefused) as refused, transaction.atomic():
        events.copy(
            by=cast.head, source=cast.event, slug="bazar-uji", name="Lain", first_day=date(2027, 1, 1)
        )
    assert refused.value.code == "slug_taken"
    assert (Event.objects.count(), Booth.objects.count(), audited(cast)) == (1, 2, [])


def shown(page) -> list[str]:
    return [event.slug for event in page.context["events"]]


def test_an_organiser_sees_the_events_of_their_organisation_newest_first(cast, login):
    factories.event(organiser=cast.organisation, slug="lebih-baru", days=(date(2027, 1, 1), date(2027, 1, 1)))
    other = factories.organisation(of=cast.branch, name="RW 007")
    factories.event(organiser=other, slug="tetangga")
    factories.event(organiser=cast.strange_organiser.organisation, slug="asing")
    page = login(cast.organiser).get("/events/")
    assert shown(page) == ["lebih-baru", "bazar-uji"]
    assert "Tetangga" not in page.content.decode()


def test_an_organisers_event_is_told_in_full(cast, login):
    Event.objects.update(occasion="HUT Uji", last_day=date(2026, 11, 21))
    page = login(cast.organiser).get("/events/").content.decode()
    told = ("Bazar Uji", "HUT Uji", "Lapangan Uji", "20–21 November 2026", "08.00–15.00\xa0WIB")
    assert [word for word in told if word not in page] == []


def test_an_organiser_without_events_is_told_so(cast, login):
    page = login(cast.strange_organiser).get("/events/")
    assert shown(page) == []
    assert page.content.decode().count('class="jb-empty"') == 1


def test_a_strangers_events_are_not_there(cast, login):
    assert shown(login(cast.strange_organiser).get("/events/")) == []


def test_the_queries_of_the_organisers_page_do_not_grow(cast, login, django_assert_num_queries):
    client = login(cast.organiser)
    with django_assert_num_queries(4):  # session, person, their organisation, events
        client.get("/events/")
    for number in range(2):
        factories.event(organiser=cast.organisation, slug=f"lagi-{number}")
    with django_assert_num_queries(4):
        page = client.get("/events/")
    assert len(shown(page)) == 3
