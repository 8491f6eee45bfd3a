"""Events by hand, in the admin: whose they are, what is taken, what is refused, who stands where."""

from datetime import date

import pytest

from outreach.choices import EventState
from outreach.forms.events import EventForm
from outreach.models import Assignment, Event
from tests import equipping, factories
from tests.admin_pages import EVENTS, event_form, event_page, listed, refused, row_errors, rows, trail


@pytest.fixture
def head(cast, login):
    return login(cast.head)


@pytest.fixture
def strange_head(cast, login):
    return login(factories.head("kepala_lain", of=cast.other_branch))


# --- Events: whose


def test_a_head_lists_the_events_of_the_branch(cast, head, strange_head):
    assert listed(head, EVENTS) == ["Bazar Uji"]
    assert listed(strange_head, EVENTS) == []


@pytest.mark.parametrize("page", ["change/", "delete/", "history/", "copy/"])
def test_another_branchs_head_finds_no_such_event(cast, head, strange_head, page):
    assert strange_head.get(f"{EVENTS}{cast.event.pk}/{page}").status_code == 404
    # The owner's answer differs, so it was the ownership.
    assert head.get(f"{EVENTS}{cast.event.pk}/{page}").status_code == (403 if page == "delete/" else 200)


@pytest.mark.parametrize("page", ["change/", "delete/", "copy/", "move/"])
def test_another_branchs_head_posts_to_nothing(cast, strange_head, page):
    answer = strange_head.post(
        f"{EVENTS}{cast.event.pk}/{page}", {**event_form(cast, cast.event), "target": "closed"}
    )
    assert answer.status_code == 404
    assert (Event.objects.get().state, Event.objects.get().name) == (EventState.OPEN, "Bazar Uji")


@pytest.mark.parametrize(("part", "status"), [("reviewer", 403), ("head", 302), ("system_admin", 302)])
@pytest.mark.parametrize("page", ["change/", "copy/", "move/", "add/"])
def test_a_reviewer_reads_events_and_changes_none(cast, login, part, status, page):
    client = login(getattr(cast, part))
    sent = {
        "change/": event_form(cast, cast.event),
        "add/": event_form(cast),
        "copy/": {"name": "Salinan", "slug": "salinan", "first_day": "01-02-2027", "target": "1"},
        "move/": {"target": "closed"},
    }[page]
    where = EVENTS if page == "add/" else f"{EVENTS}{cast.event.pk}/"
    assert client.get(event_page(cast.event)).status_code == 200
    assert client.post(where + page, sent).status_code == status


def test_a_reviewer_sees_no_button(cast, login):
    page = login(cast.reviewer).get(event_page(cast.event)).content.decode()
    assert "/move/" not in page
    assert "/copy/" not in page
    assert 'name="_save"' not in page
    assert "/admin/outreach/user/" not in page  # nor a link to a person whom they may not open


# --- Events: by hand


def test_an_event_made_by_hand_belongs_to_the_branch_of_who_made_it(cast, head):
    sent = event_form(cast, **rows("booths", [], {"code": "a", "target": "20"}))
    answer = head.post(f"{EVENTS}add/", sent, follow=True)
    made = Event.objects.get(slug="bazar-baru")
    assert answer.redirect_chain == [(event_page(made), 302)]
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]
    assert (made.branch, made.state, made.days) == (
        cast.branch,
        EventState.PLANNED,
        [date(2026, 11, 20), date(2026, 11, 21)],
    )
    assert list(made.booths.values_list("code", "target")) == [("A", 20)]
    assert [action for action, _fields, _purpose in trail(cast.branch)] == ["event.add"]
    assert trail(cast.branch)[0][2] == "event bazar-baru"


def test_branch_and_state_are_no_fields(cast, head):
    head.post(f"{EVENTS}add/", event_form(cast, branch=cast.other_branch.pk, state="closed"))
    made = Event.objects.get(slug="bazar-baru")
    assert (made.branch, made.state) == (cast.branch, EventState.PLANNED)


def test_a_partner_of_another_branch_is_no_choice(cast, head):
    foreign = cast.strange_organiser.organisation
    page = head.get(f"{EVENTS}add/")
    field = page.context["adminform"].form.fields["organiser"]
    assert list(field.queryset) == [cast.organisation]
    assert refused(head.post(f"{EVENTS}add/", event_form(cast, organiser=foreign.pk))) == ["organiser"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "bazar-uji"}, "slug"),
        ({"slug": "bazar baru"}, "slug"),
        ({"last_day": "19-11-2026"}, "__all__"),
        ({"last_day": "21-11-2027"}, "last_day"),
        ({"first_day": "31-02-2026"}, "first_day"),
        ({"closes_at": "07.00"}, "__all__"),
        ({"opens_at": "25.00"}, "opens_at"),
        ({"village_code": "31.72.01.9999"}, "village_code"),
        ({"village_code": "31.72.01"}, "village_code"),
        ({"village_code": "Atlantis"}, "village_code"),
        ({"village_code": ""}, "village_code"),
        ({"target": "-1"}, "target"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(cast, head, changes, field):
    page = head.post(f"{EVENTS}add/", event_form(cast, **changes))
    assert refused(page) == [field]
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        "31.72.01.1001",
        "3172011001",
        "penjaringan",
        "Penjaringan, Kec. Penjaringan, Kota Administrasi Jakarta Utara",
    ],
)
def test_a_village_is_a_code_or_a_name_of_the_own_regency(cast, head, typed):
    assert head.post(f"{EVENTS}add/", event_form(cast, village_code=typed)).status_code == 302
    made = Event.objects.get(slug="bazar-baru")
    assert made.village_code == "31.72.01.1001"
    assert "Penjaringan, Kec. Penjaringan" in head.get(event_page(made)).content.decode()


@pytest.mark.parametrize("code", ["A B", "STAN1", "Ä", ""])
def test_a_booths_code_is_a_few_letters_or_digits(cast, head, code):
    page = head.post(f"{EVENTS}add/", event_form(cast, **rows("booths", [], {"code": code, "target": "1"})))
    assert [sorted(row) for row in row_errors(page, 0)] == [["code"]]


def test_a_booths_code_stands_once_an_event(cast, head):
    stored = [
        {"id": b.pk, "event": cast.event.pk, "code": b.code, "target": 1} for b in cast.event.booths.all()
    ]
    page = head.post(
        event_page(cast.event),
        event_form(
            cast, cast.event, **rows("booths", stored, {"event": cast.event.pk, "code": "b", "target": "1"})
        ),
    )
    assert page.status_code == 200
    assert list(cast.event.booths.values_list("code", flat=True)) == ["A", "B"]


def test_a_changed_event_is_stored_and_audited_by_its_fields(cast, head):
    assert head.post(event_page(cast.event), event_form(cast, cast.event)).status_code == 302
    event = Event.objects.get()
    assert (event.name, event.venue, event.target) == ("Bazar Baru", "Lapangan Baru", 40)
    # The short name is printed by now: it is not taken.
    assert event.slug == "bazar-uji"
    action, fields, purpose = trail(cast.branch)[0]
    assert (action, sorted(fields.split()), purpose) == (
        "event.change",
        ["name", "target", "venue"],
        "event bazar-uji",
    )


def test_the_slug_of_a_planned_event_may_change(cast, head):
    Event.objects.update(state=EventState.PLANNED)
    assert head.post(event_page(cast.event), event_form(cast, cast.event)).status_code == 302
    assert Event.objects.get().slug == "bazar-baru"


@pytest.mark.parametrize("asked", [False, True])
def test_the_organiser_stays_once_equipment_was_asked_for(cast, head, asked):
    other = factories.organisation(of=cast.branch, name="Panitia Sebelah")
    if asked:
        equipping.asked(cast)
    page = head.get(event_page(cast.event)).content.decode()
    assert ('name="organiser"' in page) is not asked
    head.post(event_page(cast.event), event_form(cast, cast.event, organiser=other.pk))
    assert Event.objects.get().organiser == (cast.organisation if asked else other)


def test_a_page_from_before_equipment_was_asked_for_does_not_change_the_organiser(cast):
    """The field was still there when the request was checked: the form refuses it."""
    other = factories.organisation(of=cast.branch, name="Panitia Sebelah")
    equipping.asked(cast)
    made = type("Made", (EventForm,), {"user": cast.head})
    form = made(event_form(cast, cast.event, organiser=other.pk), instance=cast.event)
    assert form.errors.get("organiser") == [
        "Peralatan sudah diminta, jadi penyelenggaranya tetap. Untuk penyelenggara lain, buat bazar lain."
    ]


def test_a_closed_event_is_history(cast, head):
    Event.objects.update(state=EventState.CLOSED)
    page = head.get(event_page(cast.event)).content.decode()
    assert 'name="_save"' not in page
    assert "/move/" not in page
    assert "/copy/" in page
    assert head.post(event_page(cast.event), event_form(cast, cast.event)).status_code == 403


@pytest.mark.parametrize(
    ("state", "status", "left"), [("planned", 302, 0), ("open", 403, 1), ("closed", 403, 1)]
)
def test_only_an_event_that_was_never_open_is_deleted(cast, head, state, status, left):
    Event.objects.update(state=state)
    assert head.post(f"{EVENTS}{cast.event.pk}/delete/", {"post": "yes"}).status_code == status
    assert Event.objects.count() == left
    assert trail(cast.branch) == ([] if left else [("event.delete", "", "event bazar-uji")])


def test_a_booth_is_taken_away_only_before_the_event_opens(cast, head):
    data = event_form(cast, cast.event, **{"booths-0-DELETE": "on", **rows("assignments", [])})
    head.post(event_page(cast.event), data)
    assert cast.event.booths.count() == 2
    Event.objects.update(state=EventState.PLANNED)
    head.post(event_page(cast.event), data)
    assert list(cast.event.booths.values_list("code", flat=True)) == ["B"]


# --- Events: who stands where


def test_an_officer_is_assigned_to_a_booth_on_a_day(cast, head):
    Assignment.objects.all().delete()
    booth = cast.event.booths.get(code="B")
    new = {"day": "2026-11-21", "booth": booth.pk, "officer": cast.colleague.pk}
    data = event_form(cast, cast.event, **rows("assignments", [], new))
    assert head.post(event_page(cast.event), data).status_code == 302
    assert [(duty.booth, duty.officer, duty.day) for duty in Assignment.objects.all()] == [
        (booth, cast.colleague, date(2026, 11, 21))
    ]
    assert "assignment" in trail(cast.branch)[0][1].split()


@pytest.mark.parametrize("part", ["head", "system_admin"])
def test_only_this_events_days_booths_and_officers_are_offered(cast, login, part):
    factories.officer("pulang", of=cast.branch, is_active=False)
    other = factories.event(organiser=cast.organisation, slug="lain", booths=("Z",))
    formset = (
        login(getattr(cast, part)).get(event_page(cast.event)).context["inline_admin_formsets"][1].formset
    )
    offered = {
        name: [key for key, _label in field.choices if key]
        for name, field in formset.forms[0].fields.items()
        if name in ("day", "booth", "officer")
    }
    assert offered == {
        "day": ["2026-11-20", "2026-11-21"],
        "booth": [str(booth.pk) for booth in cast.event.booths.order_by("code")],
        "officer": [str(cast.officer.pk), str(cast.colleague.pk)],
    }
    assert str(other.booths.get().pk) not in offered["booth"]


@pytest.mark.parametrize("wrong", ["day", "booth", "officer"])
def test_a_day_booth_or_officer_from_elsewhere_is_refused(cast, head, wrong):
    Assignment.objects.all().delete()
    elsewhere = {
        "day": "2026-11-22",
        "booth": factories.event(organiser=cast.organisation, slug="lain").booths.first().pk,
        "officer": cast.stranger.pk,
    }
    new = {"day": "2026-11-20", "booth": cast.event.booths.first().pk, "officer": cast.officer.pk}
    new[wrong] = elsewhere[wrong]
    page = head.post(event_page(cast.event), event_form(cast, cast.event, **rows("assignments", [], new)))
    assert [sorted(row) for row in row_errors(page, 1)] == [[wrong]]
    assert Assignment.objects.count() == 0


def test_nobody_stands_twice_at_a_booth_on_a_day(cast, head):
    Assignment.objects.all().delete()
    new = {"day": "2026-11-20", "booth": cast.event.booths.first().pk, "officer": cast.officer.pk}
    page = head.post(
        event_page(cast.event), event_form(cast, cast.event, **rows("assignments", [], new, new))
    )
    assert page.status_code == 200
    assert Assignment.objects.count() == 0


def test_an_assignment_is_taken_away(cast, head):
    assert Assignment.objects.count() == 4
    head.post(event_page(cast.event), event_form(cast, cast.event, **{"assignments-0-DELETE": "on"}))
    assert Assignment.objects.count() == 3


def test_an_event_does_not_shrink_away_from_its_officers(cast, head):
    page = head.post(event_page(cast.event), event_form(cast, cast.event, last_day="20-11-2026"))
    assert [sorted(row) for row in row_errors(page, 1)] == [[], [], ["day"], ["day"]]
    assert Event.objects.get().last_day == date(2026, 11, 21)


def test_an_assigned_officer_who_left_does_not_block_the_page(cast, head):
    cast.officer.is_active = False
    cast.officer.save()
    assert head.post(event_page(cast.event), event_form(cast, cast.event)).status_code == 302


# --- Events: moved and copied by buttons


def test_the_page_offers_the_next_move_alone(cast, head):
    offered = {}
    for state in EventState:
        Event.objects.update(state=state)
        page = head.get(event_page(cast.event))
        offered[state.value] = [target for target, _label, _note in page.context["moves"]]
    assert offered == {"planned": ["open"], "open": ["closed"], "closed": []}


def test_a_button_moves_the_event(cast, head):
    Event.objects.update(state=EventState.PLANNED)
    answer = head.post(f"{EVENTS}{cast.event.pk}/move/", {"target": "open"}, follow=True)
    assert answer.redirect_chain == [(event_page(cast.event), 302)]
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]
    assert Event.objects.get().state == EventState.OPEN


def test_a_button_pressed_twice_gets_a_sentence_and_no_second_move(cast, head):
    Event.objects.update(state=EventState.PLANNED)
    for expected in ("success", "warning"):
        answer = head.post(f"{EVENTS}{cast.event.pk}/move/", {"target": "open"}, follow=True)
        assert [message.level_tag for message in answer.context["messages"]] == [expected]
    assert [action for action, *_rest in trail(cast.branch)] == ["event.open"]


@pytest.mark.parametrize("target", ["planned", "away", ""])
def test_a_move_that_is_none_changes_nothing(cast, head, target):
    head.post(f"{EVENTS}{cast.event.pk}/move/", {"target": target})
    assert (Event.objects.get().state, trail(cast.branch)) == (EventState.OPEN, [])


def test_a_get_moves_nothing(cast, head):
    assert head.get(f"{EVENTS}{cast.event.pk}/move/?target=closed").status_code == 405
    assert Event.objects.get().state == EventState.OPEN


def test_a_get_of_the_copy_page_writes_nothing(cast, head):
    page = head.get(f"{EVENTS}{cast.event.pk}/copy/")
    assert page.context["form"].initial == {"name": "Bazar Uji", "target": 100}
    assert Event.objects.count() == 1


def test_a_copy_leads_to_the_new_event(cast, head):
    answer = head.post(
        f"{EVENTS}{cast.event.pk}/copy/",
        {"name": "Bazar 2027", "slug": "bazar-2027", "first_day": "06-03-2027", "target": "70"},
    )
    made = Event.objects.get(slug="bazar-2027")
    assert (answer.status_code, answer.url) == (302, event_page(made))
    assert (made.name, made.first_day, made.last_day, made.target, made.state, made.branch) == (
        "Bazar 2027",
        date(2027, 3, 6),
        date(2027, 3, 7),
        70,
        EventState.PLANNED,
        cast.branch,
    )
    assert Assignment.objects.filter(booth__event=made).count() == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "bazar-uji"}, "slug"),
        ({"slug": "dua kata"}, "slug"),
        ({"name": ""}, "name"),
        ({"first_day": "31-02-2027"}, "first_day"),
        ({"target": "banyak"}, "target"),
    ],
)
def test_a_wrong_copy_is_refused_by_its_field(cast, head, changes, field):
    sent = {"name": "Baru", "slug": "baru", "first_day": "06-03-2027", "target": "70", **changes}
    page = head.post(f"{EVENTS}{cast.event.pk}/copy/", sent)
    assert sorted(page.context["form"].errors) == [field]
    assert Event.objects.count() == 1


def test_a_target_of_a_thousand_is_typed_as_it_is_written_here(cast, login):
    sent = event_form(cast, slug="bazar-besar", target="1.000")
    assert login(cast.head).post(f"{EVENTS}add/", sent).status_code == 302
    assert Event.objects.get(slug="bazar-besar").target == 1000
