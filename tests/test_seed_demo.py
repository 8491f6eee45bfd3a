"""The demo may be loaded again and again, and today's bazaar is always today."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import batches
from enrolment.models import (
    Batch,
    BatchRow,
    Decision,
    Draft,
    PaperPad,
    Participation,
    ParticipationEntry,
    PaymentCall,
    Prospect,
    ProspectCall,
    Registration,
)
from enrolment.queries import sheets
from outreach.choices import LineState
from outreach.models import (
    Assignment,
    AuditEntry,
    Booth,
    BoothReconciliation,
    Coordination,
    EquipmentItem,
    EquipmentLine,
    EquipmentMove,
    Event,
    Greeting,
    OutreachSession,
    User,
)

pytestmark = pytest.mark.usefixtures("seeded")


def everything() -> dict[str, int]:
    models = (
        User, Event, Booth, Assignment, Registration, Decision, EquipmentItem, EquipmentLine, EquipmentMove,
        OutreachSession, Greeting, Coordination, AuditEntry, Batch, BatchRow, Draft, Prospect, ProspectCall,
        BoothReconciliation, Participation, ParticipationEntry, PaymentCall,
    )  # fmt: skip
    kept = Draft.objects.live(at=timezone.now()).count()
    return {model.__name__: model.objects.count() for model in models} | {"Draft": kept}


def test_seeding_twice_adds_nothing(db):
    once = everything()
    call_command("seed_demo")
    assert everything() == once
    assert once["Registration"] == 63
    assert (once["OutreachSession"], once["Greeting"], once["Coordination"]) == (3, 269, 3)
    assert (once["Draft"], once["Prospect"], once["ProspectCall"]) == (1, 3, 1)
    assert once["BoothReconciliation"] == 4
    assert (once["ParticipationEntry"], once["PaymentCall"]) == (4, 3)
    assert (once["Batch"], once["BatchRow"]) == (2, 11)


def test_the_demo_hands_over_some_and_leaves_some(db):
    reviewer = User.objects.get(username="verifikator")
    answered, waits = Batch.objects.order_by("number")
    assert (answered.number, answered.read_back_at is not None, waits.number, waits.is_open) == (
        1,
        True,
        2,
        True,
    )
    assert answered.rows.filter(outcome="refused").count() == 1
    checked = batches.check(by=reviewer)
    assert checked.fitting
    assert checked.unfit


def test_what_a_visitor_changed_in_the_field_work_stays(db):
    OutreachSession.objects.update(people_reached=7)
    Event.objects.update(state="closed")
    call_command("seed_demo")
    assert set(OutreachSession.objects.values_list("people_reached", flat=True)) == {7}
    assert Coordination.objects.filter(done_at__isnull=True).count() == 2


def test_the_demo_has_its_events_booths_and_duties(db):
    today = timezone.localdate()
    assert list(Event.objects.order_by("first_day").values_list("slug", "first_day", "last_day")) == [
        ("penjaringan-2023", date(2023, 6, 24), date(2023, 6, 25)),
        ("taman-waduk-pluit-2026", date(2026, 11, 20), date(2026, 11, 21)),
        ("bazar-hari-ini", today, today),
    ]
    assert sorted(Booth.objects.values_list("event__slug", "code")) == [
        (slug, code)
        for slug in ("bazar-hari-ini", "penjaringan-2023", "taman-waduk-pluit-2026")
        for code in "AB"
    ]
    assert Assignment.objects.filter(officer__username="petugas").count() == 2 * (1 + 2 + 2)


def test_todays_bazaar_moves_with_the_day(db, monkeypatch):
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    call_command("seed_demo")
    event = Event.objects.get(slug="bazar-hari-ini")
    assert (event.first_day, event.last_day) == (tomorrow, tomorrow)
    assert Assignment.objects.filter(booth__event=event, day=tomorrow).count() == 2
    assert Draft.objects.exclude(content=None).get().day == tomorrow


def test_a_changed_event_is_left_alone_but_for_its_days(db):
    Event.objects.filter(slug="bazar-hari-ini").update(name="Bazar Saya", target=7)
    call_command("seed_demo")
    event = Event.objects.get(slug="bazar-hari-ini")
    assert (event.name, event.target) == ("Bazar Saya", 7)


def test_the_demo_shows_every_state_a_reviewer_leaves(db):
    assert set(Registration.objects.values_list("state", flat=True)) == {
        "submitted",
        "approved",
        "returned",
        "rejected",
    }
    assert Registration.objects.exclude(warnings=[]).count() == 5


def test_the_demo_shows_what_is_left_at_the_stands(db, login):
    """A draft to go on with, somebody to call, one who registered, and a difference with its reason."""
    today = login(User.objects.get(username="petugas")).get("/registrations/").context
    assert [row.full_name for row in today["drafts"]] == ["Suminah Rekaan"]
    assert today["to_call"] >= 1
    assert Prospect.objects.exclude(registration=None).count() == 1
    odd = [row for row in BoothReconciliation.objects.all() if row.taken - row.on_paper != row.received]
    assert [(row.taken - row.on_paper - row.received, row.reason is not None) for row in odd] == [(1, True)]


def test_the_oldest_event_can_be_closed_by_one_button_of_its_page(db, login):
    event, head = Event.objects.get(slug="penjaringan-2023"), login(User.objects.get(username="kepala"))
    page = head.get(reverse("admin:outreach_event_change", args=[event.pk]))
    assert ([move[0] for move in page.context["moves"]], page.context["open_shifts"]) == (["closed"], [])
    head.post(reverse("admin:outreach_event_move", args=[event.pk]), {"target": "closed"})
    event.refresh_from_db()
    assert event.state == "closed"


def test_the_demo_shows_every_state_of_equipment(db):
    assert set(EquipmentLine.objects.values_list("state", flat=True)) == set(LineState) - {
        LineState.WITHDRAWN
    }
    assert EquipmentItem.objects.count() == 10


def test_equipment_that_a_visitor_moved_on_is_left_alone(db):
    before = EquipmentMove.objects.count()
    EquipmentLine.objects.filter(state=LineState.ASKED).update(state=LineState.WITHDRAWN)
    Event.objects.update(state="closed")
    call_command("seed_demo")
    assert EquipmentMove.objects.count() == before


def test_the_demos_pad_has_sheets_keyed_in_one_voided_and_some_open(db):
    past, today = sheets.accounts(PaperPad.objects.order_by("booth__event__first_day"))
    assert (sorted(past.keyed), past.voided, past.missing) == (
        [1, 2, 3, 4, 5, 6], {7: "spoilt"}, [8, 9, 10, 11, 12],
    )  # fmt: skip
    assert (today.keyed, today.voided, len(today.missing)) == ({}, {1: "spoilt"}, 9)


def test_the_demo_has_some_to_call_some_who_paid_and_one_with_the_card(db):
    stages = list(Participation.objects.order_by("stage").values_list("stage", flat=True))
    assert [stages.count(stage) for stage in ("accepted", "paid", "card")] == [8, 2, 1]
    assert stages.count("waiting") > 5
    assert sorted(PaymentCall.objects.values_list("result", flat=True)) == [
        "no_answer",
        "refuses",
        "will_pay",
    ]
    call_command("verify_counts")
