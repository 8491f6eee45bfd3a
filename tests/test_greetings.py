"""The counter at the stand: one tap is one row, whoever may tap may, and a mistake can be taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from outreach.actions import greetings
from outreach.choices import EventState
from outreach.errors import ActionRefused
from outreach.models import AuditEntry, Booth, Event, Greeting
from outreach.queries.greetings import counter
from tests import factories, rawsql

TABLE = "outreach_greeting"


@pytest.fixture
def stand(cast) -> Booth:
    """Booth A of an event that is today, where the officer is on duty."""
    today = timezone.localdate()
    event = factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="hari-ini", days=(today, today)
    )
    return event.booths.get(code="A")


def tap(client, stand, greeting_id, *, back=False, script=True):
    address = f"/booths/{stand.pk}/greetings/{'take-back/' if back else ''}"
    accept = "application/json" if script else "text/html,application/xhtml+xml,*/*;q=0.8"
    return client.post(address, {"id": str(greeting_id)}, headers={"accept": accept})


def people(stand, officer) -> int:
    now = timezone.now()
    return counter(stand, officer, day=timezone.localdate(now), at=now).people


# --- Counting


def test_a_tap_is_one_row_and_the_answer_carries_it(cast, login, stand):
    made = uuid4()
    answer = tap(login(cast.officer), stand, made)
    row = Greeting.objects.get()
    assert (row.pk, row.booth, row.officer, row.day) == (made, stand, cast.officer, timezone.localdate())
    said = answer.json()
    assert (answer.status_code, said["id"], said["people"], said["last"]) == (200, str(made), 1, str(made))
    assert said["next"] != str(made)


def test_the_same_id_again_counts_once_and_answers_the_same(cast, login, stand):
    client, made = login(cast.officer), uuid4()
    first, second = tap(client, stand, made).json(), tap(client, stand, made).json()
    assert Greeting.objects.count() == 1
    assert {**first, "next": ""} == {**second, "next": ""}


def test_another_id_counts_another_person(cast, login, stand):
    client = login(cast.officer)
    assert [tap(client, stand, uuid4()).json()["people"] for _ in range(3)] == [1, 2, 3]


def test_without_a_script_the_form_goes_back_to_the_stand_of_today(cast, login, stand):
    client, made = login(cast.officer), uuid4()
    for _ in range(2):
        answer = tap(client, stand, made, script=False)
        assert (answer.status_code, answer.url) == (303, "/registrations/?event=hari-ini&booth=A#greeted")
    assert people(stand, cast.officer) == 1


def test_todays_page_carries_a_fresh_id_each_time_and_the_number(cast, login, stand):
    client = login(cast.officer)
    tap(client, stand, uuid4())
    pages = [client.get("/registrations/") for _ in range(2)]
    assert pages[0].context["counter"].people == 1
    assert pages[0].context["greeting_id"] != pages[1].context["greeting_id"]
    assert f'value="{pages[0].context["greeting_id"]}"' in pages[0].content.decode()


def test_a_tap_on_a_page_that_a_colleague_opened_counts_for_nobody(cast, login, stand):
    page = login(cast.officer).get("/registrations/").content.decode()
    opened_by = f'<input type="hidden" name="opened_by" value="{cast.officer.pk}">'
    forms = page.split("data-greet-one")[1].split("</section>")[0]
    assert forms.count(opened_by) == 2
    sent = {"id": str(uuid4()), "opened_by": cast.officer.pk}
    answer = login(cast.colleague).post(
        f"/booths/{stand.pk}/greetings/", sent, headers={"accept": "application/json"}
    )
    assert (answer.status_code, answer.json()) == (409, {"locked": False, "opened_by_other": True})
    assert Greeting.objects.count() == 0


def test_somebody_elses_id_is_refused(cast, stand):
    other, made = cast.colleague, uuid4()
    factories.assign(other, stand, timezone.localdate())
    greetings.greet(by=cast.officer, booth=stand, greeting_id=made)
    with pytest.raises(ActionRefused) as refused:
        greetings.greet(by=other, booth=stand, greeting_id=made)
    assert (refused.value.code, Greeting.objects.count()) == ("conflict", 1)


def test_a_tap_takes_no_place_in_the_audit_chain(cast, stand):
    greetings.greet(by=cast.officer, booth=stand, greeting_id=uuid4())
    assert AuditEntry.objects.count() == 0


def test_each_booth_has_its_own_number(cast, stand):
    other = stand.event.booths.get(code="B")
    greetings.greet(by=cast.officer, booth=stand, greeting_id=uuid4())
    greetings.greet(by=cast.officer, booth=other, greeting_id=uuid4())
    greetings.greet(by=cast.officer, booth=other, greeting_id=uuid4())
    assert (people(stand, cast.officer), people(other, cast.officer)) == (1, 2)


def test_yesterdays_taps_are_not_in_todays_number(cast, stand):
    factories.greeted(stand, by=cast.officer, times=5, day=timezone.localdate() - timedelta(days=1))
    assert people(stand, cast.officer) == 0


# --- Who may


@pytest.mark.parametrize("change", ["not on duty", "another day", "closed", "planned"])
def test_who_is_not_on_duty_today_counts_nobody(cast, login, stand, change):
    if change == "not on duty":
        stand.assignments.all().delete()
    elif change == "another day":
        stand.assignments.update(day=timezone.localdate() - timedelta(days=1))
    else:
        Event.objects.filter(pk=stand.event_id).update(state=EventState(change))
    answer = tap(login(cast.officer), stand, uuid4())
    assert (answer.status_code, set(answer.json())) == (409, {"id", "said"})
    assert Greeting.objects.count() == 0
    page = tap(login(cast.officer), stand, uuid4(), script=False)
    assert page.status_code == 303
    assert Greeting.objects.count() == 0


def test_a_lost_answer_asked_for_again_after_closing_was_counted_all_the_same(cast, login, stand):
    client, made = login(cast.officer), uuid4()
    tap(client, stand, made)
    Event.objects.filter(pk=stand.event_id).update(state=EventState.CLOSED)
    assert (tap(client, stand, made).status_code, tap(client, stand, uuid4()).status_code) == (200, 409)
    assert Greeting.objects.count() == 1


@pytest.mark.parametrize("part", ["head", "reviewer", "system_admin", "organiser", "colleague", "stranger"])
def test_nobody_else_taps(cast, login, stand, part):
    hidden = part in ("organiser", "colleague", "stranger")
    assert tap(login(cast.people[part]), stand, uuid4()).status_code == (404 if hidden else 403)
    assert Greeting.objects.count() == 0


@pytest.mark.parametrize("sent", ["", "1", "x" * 200])
def test_an_unreadable_id_is_said_in_a_sentence(cast, login, stand, sent):
    answer = tap(login(cast.officer), stand, sent)
    assert (answer.status_code, answer.json()["id"]) == (422, None)
    assert answer.json()["said"]


# --- Taking back


def test_a_tap_is_taken_back_once(cast, login, stand):
    client, made = login(cast.officer), uuid4()
    tap(client, stand, uuid4())
    tap(client, stand, made)
    answers = [tap(client, stand, made, back=True).json() for _ in range(2)]
    assert [(answer["people"], answer["last"]) for answer in answers] == [(1, None)] * 2
    assert Greeting.objects.count() == 3


def test_after_five_minutes_a_tap_stays(cast, login, stand, monkeypatch):
    made = uuid4()
    greetings.greet(by=cast.officer, booth=stand, greeting_id=made)
    later = timezone.now() + timedelta(minutes=5, seconds=1)
    assert counter(stand, cast.officer, day=timezone.localdate(), at=later).last is None
    monkeypatch.setattr("outreach.actions.greetings.timezone.now", lambda: later)
    with pytest.raises(ActionRefused) as refused:
        greetings.take_back(by=cast.officer, booth=stand, greeting_id=made)
    assert (refused.value.code, Greeting.objects.count()) == ("too_late", 1)


def test_only_ones_own_tap_is_taken_back(cast, login, stand):
    factories.assign(cast.colleague, stand, timezone.localdate())
    made = uuid4()
    greetings.greet(by=cast.officer, booth=stand, greeting_id=made)
    assert tap(login(cast.colleague), stand, made, back=True).status_code == 409
    assert people(stand, cast.officer) == 1


def test_the_page_offers_to_take_back_only_ones_own_last_tap(cast, login, stand):
    client, made = login(cast.officer), uuid4()
    assert client.get("/registrations/").context["counter"].last is None
    tap(client, stand, made)
    assert client.get("/registrations/").context["counter"].last == made
    tap(client, stand, made, back=True)
    assert client.get("/registrations/").context["counter"].last is None


# --- The database


@pytest.mark.parametrize(
    "statement",
    [f"UPDATE {TABLE} SET day = '2020-01-01'", f"DELETE FROM {TABLE}"],
    ids=["update", "delete"],
)
def test_rows_are_append_only(cast, stand, statement):
    greetings.greet(by=cast.officer, booth=stand, greeting_id=uuid4())
    with pytest.raises(DatabaseError, match="append-only"):
        rawsql.execute(statement)


def test_the_database_takes_back_only_an_own_tap_of_the_booth(cast, stand):
    made, other = uuid4(), stand.event.booths.get(code="B")
    greetings.greet(by=cast.officer, booth=stand, greeting_id=made)
    true = {"officer": cast.officer, "booth": stand, "day": timezone.localdate()}
    for lie in (
        {"officer": cast.colleague},
        {"booth": other},
        {"day": timezone.localdate() - timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError, match="own tap"), transaction.atomic():
            Greeting(id=uuid4(), at=timezone.now(), undoes_id=made, **true | lie).save(force_insert=True)
    undo = Greeting(id=uuid4(), at=timezone.now(), undoes_id=made, **true)
    undo.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():  # twice
        Greeting(id=uuid4(), at=timezone.now(), undoes_id=made, **true).save(force_insert=True)
    with pytest.raises(IntegrityError, match="own tap"), transaction.atomic():  # an undo is no tap
        Greeting(id=uuid4(), at=timezone.now(), undoes_id=undo.pk, **true).save(force_insert=True)


def test_the_number_takes_one_query_and_the_cards_index(cast, stand, django_assert_num_queries):
    factories.greeted(stand, by=cast.officer, times=3, day=timezone.localdate())
    now = timezone.now()
    with django_assert_num_queries(2) as made:
        counter(stand, cast.officer, day=timezone.localdate(now), at=now)
    sums = [query["sql"] for query in made.captured_queries if "COUNT" in query["sql"]]
    assert len(sums) == 1
    if connection.vendor == "postgresql":
        rawsql.execute("SET LOCAL enable_seqscan = off")
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sums[0]}".replace("%", "%%"))
        assert "greeting_by_booth_and_day" in str(cursor.fetchall())
