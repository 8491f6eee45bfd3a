"""Temporary officers: a pasted list becomes accounts for one event."""

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse

from outreach.actions import people, temporary
from outreach.choices import DEMO_ACCOUNTS, EventState, Role
from outreach.errors import ActionRefused
from outreach.models import Assignment, Event, User
from tests import factories
from tests.admin_pages import trail
from tests.temporary import made_for, make, page_of, set_day

FIRST, LAST = factories.DAYS


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """`today(day)`: the day before the event, until a test says otherwise."""
    set_day(monkeypatch, FIRST - timedelta(days=1))
    return partial(set_day, monkeypatch)


@pytest.fixture
def head(cast, login):
    return login(cast.head)


def faults(page) -> list[tuple[int, bool]]:
    return [(line.number, bool(line.fault)) for line in page.context["form"].lines]


# --- The list


@pytest.mark.parametrize("part", ["head", "system_admin"])
def test_a_list_becomes_officers_of_this_event(cast, login, part):
    page = make(login(getattr(cast, part)), cast.event)
    made = list(User.objects.exclude(temporary_for=None).order_by("pk"))
    assert [(p.username, p.full_name, p.role, p.branch, p.temporary_for, p.is_waiting) for p in made] == [
        ("siti.nur", "Siti Nur Aini", Role.OFFICER, cast.branch, cast.event, True),
        ("budi.santoso", "Budi Santoso", Role.OFFICER, cast.branch, cast.event, True),
        ("agus.salim", "Agus Salim", Role.OFFICER, cast.branch, cast.event, True),
    ]
    assert [(slip.person, slip.place) for slip in page.context["slips"]] == [
        (made[0], "Bazar Uji · Stan A"),
        (made[1], "Bazar Uji · Stan B"),
        (made[2], "Bazar Uji"),
    ]
    duties = Assignment.objects.filter(officer__in=made).order_by("officer_id", "day")
    assert [(duty.officer, duty.booth.code, duty.day) for duty in duties] == [
        (made[0], "A", FIRST),
        (made[0], "A", LAST),
        (made[1], "B", FIRST),
        (made[1], "B", LAST),
    ]
    assert trail(cast.branch) == [("user.temporary", "", f"user {p.pk}, event bazar-uji") for p in made]


def test_each_slip_lets_its_person_in(cast, head, client):
    slips = make(head, cast.event).context["slips"]
    for slip in slips:
        client.post(slip.url, {"new_password1": factories.PASSWORD, "new_password2": factories.PASSWORD})
        assert client.session["_auth_user_id"] == str(slip.person.pk)
        assert client.get("/").url == reverse("today")
        client.logout()


def test_a_preview_writes_nothing(cast, head):
    page = make(head, cast.event, act="check")
    assert (page.status_code, page.context["fresh"], faults(page)) == (
        200,
        3,
        [(1, False), (2, False), (3, False)],
    )
    assert User.objects.exclude(temporary_for=None).count() == 0
    assert trail(cast.branch) == []


@pytest.mark.parametrize("act", ["check", "make"])
def test_every_fault_is_named_by_its_line_and_nobody_is_made(cast, head, act):
    pasted = f"Siti Aminah\n\n{'x' * 101}\nBudi 2\nDewi; Z\nSITI  aminah\n...\nEko; A; B"
    page = make(head, cast.event, pasted, act)
    assert page.status_code == 422
    assert [error.partition(":")[0] for error in page.context["form"].errors["people"]] == [
        f"Baris {number}" for number in (2, 3, 4, 5, 6, 7, 8)
    ]
    sentences = [line.fault for line in page.context["form"].lines]
    assert sentences == [
        "",
        "Namanya belum ada. Isi namanya, atau hapus barisnya.",
        "Namanya lebih dari 100 karakter. Singkat namanya.",
        "Nama hanya boleh berisi huruf, spasi, titik, koma, tanda hubung, dan apostrof. Betulkan namanya.",
        "Bazar ini tidak punya stan itu. Betulkan kodenya, atau kosongkan.",
        "Nama ini tertulis dua kali. Hapus salah satu, atau tulis lebih lengkap.",
        "Nama hanya boleh berisi huruf, spasi, titik, koma, tanda hubung, dan apostrof. Betulkan namanya.",
        "Bazar ini tidak punya stan itu. Betulkan kodenya, atau kosongkan.",
    ]
    assert page.context["form"]["people"].value() == pasted
    assert User.objects.exclude(temporary_for=None).count() == 0


@pytest.mark.parametrize(("lines", "status"), [(50, 200), (51, 422)])
def test_a_list_has_fifty_lines_at_most(cast, head, lines, status):
    names = [f"{chr(97 + n // 26) * 3} {chr(97 + n % 26) * 3}" for n in range(lines)]
    page = make(head, cast.event, "\n".join(names))
    assert page.status_code == status
    assert User.objects.exclude(temporary_for=None).count() == (50 if status == 200 else 0)


@pytest.mark.parametrize("pasted", ["", " \n \n", "\0"])
def test_an_empty_list_is_refused(cast, head, pasted):
    page = make(head, cast.event, pasted)
    assert (page.status_code, sorted(page.context["form"].errors)) == (422, ["people"])


def test_the_same_list_again_makes_nobody_and_shows_the_same_slips(cast, head, client):
    first, second = (make(head, cast.event).context["slips"] for _ in range(2))
    assert [slip.person for slip in first] == [slip.person for slip in second]
    assert [client.get(slip.url).status_code for slip in (*first, *second)] == [200] * 6
    assert User.objects.exclude(temporary_for=None).count() == 3
    assert Assignment.objects.filter(officer__temporary_for=cast.event).count() == 4
    assert [action for action, _f, _p in trail(cast.branch)] == ["user.temporary"] * 3 + [
        "user.show_link"
    ] * 3


def test_who_is_in_already_is_shown_without_a_link(cast, head):
    person = made_for(cast)
    page = make(head, cast.event, "siti aminah; B\nBudi Santoso")
    assert [(slip.person.username, bool(slip.url)) for slip in page.context["slips"]] == [
        ("siti.aminah", False),
        ("budi.santoso", True),
    ]
    assert set(Assignment.objects.filter(officer=person).values_list("booth__code", flat=True)) == {"A"}


def test_a_closed_account_stays_closed_and_is_shown_without_a_link(cast, head):
    (slip, *_rest) = make(head, cast.event).context["slips"]
    people.close(by=cast.head, person=slip.person)
    page = make(head, cast.event)
    assert [bool(again.url) for again in page.context["slips"]] == [False, True, True]
    assert "Akun ini ditutup" in page.content.decode()
    assert [action for action, _f, _p in trail(cast.branch)][-2:] == ["user.show_link"] * 2


def test_the_same_name_at_two_events_is_two_people(cast, head):
    other = factories.event(organiser=cast.organisation, slug="lain", days=(FIRST, LAST))
    make(head, cast.event)
    make(head, other)
    usernames = (
        User.objects.filter(full_name="Siti Nur Aini").order_by("pk").values_list("username", flat=True)
    )
    assert list(usernames) == ["siti.nur", "siti.nur2"]


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Siti Nur Aini", "siti.nur"),
        ("Sukarno", "sukarno"),
        ("Dr. H. Muhammad Abdurrahman, S.Kom.", "muhammad.abdurrahman"),
        ("Ny. Ty", "ny.ty"),
        ("Nur'aini", "nuraini"),
        ("José Ñandú", "jose.nandu"),
        ("李小龙", "petugas2"),
        ("Petugas", "petugas2"),
        ("Karangtaruna", "karangtaruna2"),
        ("Kepala", "kepala2"),
        ("x" * 60, "x" * 40),
    ],
)
def test_usernames_are_made_from_names(cast, name, username):
    (made,) = temporary.make(by=cast.head, event=cast.event, lines=[(name, "")])
    assert made.username == username


@pytest.mark.parametrize("name", DEMO_ACCOUNTS)
def test_no_username_is_a_demo_accounts(cast, name):
    """Free or not: a production refuses to start with one."""
    User.objects.filter(username=name).update(username="lain")
    (made,) = temporary.make(by=cast.head, event=cast.event, lines=[(name.title(), "")])
    assert made.username == (f"{name}3" if name == "verifikator" else f"{name}2")  # the cast has a second one


def test_usernames_differ_whatever_their_capitals(cast):
    factories.officer("Siti.Nur", of=cast.branch)
    lines = [("Siti Nur Aini", ""), ("Siti Nur Halimah", ""), ("Siti Nurbaya", "")]
    made = temporary.make(by=cast.head, event=cast.event, lines=lines)
    assert [person.username for person in made] == ["siti.nur2", "siti.nur3", "siti.nurbaya"]


@pytest.mark.parametrize(("day", "days"), [(FIRST, [FIRST, LAST]), (LAST, [LAST])])
def test_they_stand_at_the_booth_on_the_days_that_are_left(cast, today, day, days):
    today(day)
    (made,) = temporary.make(by=cast.head, event=cast.event, lines=[("Siti Aminah", "A")])
    assert [duty.day for duty in Assignment.objects.filter(officer=made).order_by("day")] == days


def test_nobody_is_made_for_an_event_that_is_over(cast, login, today):
    today(LAST + timedelta(days=1))
    assert make(login(cast.head), cast.event).status_code == 422
    today(FIRST)
    Event.objects.update(state=EventState.CLOSED)
    assert make(login(cast.head), cast.event).status_code == 422
    with pytest.raises(ActionRefused) as refusal:
        temporary.make(by=cast.head, event=cast.event, lines=[("Siti Aminah", "")])
    assert refusal.value.code == "event_over"
    assert User.objects.exclude(temporary_for=None).count() == 0


def test_a_booth_that_went_meanwhile_refuses_the_whole_list(cast):
    with pytest.raises(ActionRefused) as refusal:
        temporary.make(by=cast.head, event=cast.event, lines=[("Siti Aminah", "A"), ("Budi", "Z")])
    assert refusal.value.code == "booth_unknown"
    assert User.objects.exclude(temporary_for=None).count() == 0


# --- New links


def test_those_who_were_ticked_get_new_links(cast, head, client):
    slips = make(head, cast.event).context["slips"]
    ticked = [slips[0].person.pk, slips[2].person.pk]
    renewed = head.post(f"{page_of(cast.event)}links/", {"person": ticked}).context["slips"]
    assert [slip.person.pk for slip in renewed] == ticked
    assert [client.get(slip.url).status_code for slip in (*slips, *renewed)] == [410, 200, 410, 200, 200]


def test_nobody_but_the_events_own_gets_one(cast, head):
    other = factories.event(organiser=cast.organisation, slug="lain", days=(FIRST, LAST))
    (elsewhere,) = temporary.make(by=cast.head, event=other, lines=[("Siti Aminah", "")])
    for person in (elsewhere, cast.officer, cast.head, cast.stranger):
        before = person.password
        answer = head.post(f"{page_of(cast.event)}links/", {"person": [person.pk]})
        assert (answer.status_code, answer.url) == (302, page_of(cast.event))
        assert User.objects.get(pk=person.pk).password == before


def test_the_page_costs_the_same_with_more_people(cast, head, django_assert_num_queries):
    make(head, cast.event, "Siti Aminah; A")
    head.get(page_of(cast.event))
    with django_assert_num_queries(7):  # session, person, event, its booths and names, who is here, and where
        head.get(page_of(cast.event))
    make(head, cast.event)
    with django_assert_num_queries(7):
        head.get(page_of(cast.event))
