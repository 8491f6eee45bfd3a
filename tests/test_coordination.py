"""The coordination log: sealed, opened with a row in the chain, written through its action."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from outreach.actions import coordination
from outreach.errors import ActionRefused
from outreach.models import AuditEntry, Coordination
from outreach.queries.coordination import OpenSteps
from tests import factories, rawsql
from tests.admin_pages import trail

BASE = "/admin/outreach/coordination/"
SECRETS = ("Sekretaris Lurah", "Lapangan boleh", "Pak Rekaan")


def typed(**changes) -> dict[str, str]:
    return {
        "coordination_id": str(uuid4()),
        "day": "09-11-2026",
        "office": "Kelurahan Uji",
        "person": "Sekretaris Lurah (nama rekaan)",
        "outcome": "Lapangan boleh dipakai dua hari.",
        "letter_number": "CONTOH/001/2026",
        "next_step": "Kirim surat ke Pak Rekaan.",
        "due_on": "16-11-2026",
        **changes,
    }


@pytest.fixture
def head(cast, login):
    return login(cast.head)


@pytest.fixture
def at_event(cast) -> str:
    return f"{BASE}event/{cast.event.slug}/"


# --- Writing


def test_an_entry_is_stored_sealed(cast, head, at_event):
    sent = typed()
    answer = head.post(f"{at_event}add/", sent)
    assert (answer.status_code, answer.url) == (302, at_event)
    row = Coordination.objects.get()
    assert (str(row.pk), row.event, row.entered_by) == (sent["coordination_id"], cast.event, cast.head)
    assert (row.office, row.letter_number, f"{row.due_on:%d-%m-%Y}") == (
        "Kelurahan Uji",
        "CONTOH/001/2026",
        "16-11-2026",
    )
    stored = Coordination.objects.values().get()
    assert not any(secret in repr(stored) or secret.encode() in repr(stored).encode() for secret in SECRETS)
    (entry,) = coordination.opened([row], by=cast.head, fields=Coordination.personal_fields, purpose="test")
    assert (entry.person, entry.outcome, entry.next_step) == (
        sent["person"],
        sent["outcome"],
        sent["next_step"],
    )
    assert trail(cast.branch)[0] == ("coordination.note", "", "event bazar-uji")


def test_the_same_page_sent_twice_is_one_entry_and_other_content_a_conflict(cast, head, at_event):
    sent = typed()
    for _ in range(2):
        assert head.post(f"{at_event}add/", sent).status_code == 302
    answer = head.post(f"{at_event}add/", {**sent, "outcome": "Lain."})
    assert answer.status_code == 409
    assert answer.context["form"]["outcome"].value() == "Lain."
    assert Coordination.objects.count() == 1
    assert [action for action, *_rest in trail(cast.branch)] == ["coordination.note"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"office": ""}, ["office"]),
        ({"outcome": ""}, ["outcome"]),
        ({"day": ""}, ["day"]),
        ({"day": "31-12-2099"}, ["day"]),
        ({"due_on": ""}, ["due_on"]),
        ({"next_step": ""}, ["next_step"]),
        ({"due_on": "besok"}, ["due_on"]),
        ({"coordination_id": "1"}, ["coordination_id"]),
    ],
)
def test_a_slip_is_named_and_nothing_is_stored(head, at_event, changes, fields):
    answer = head.post(f"{at_event}add/", typed(**changes))
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, fields)
    assert Coordination.objects.count() == 0


def test_an_entry_without_a_next_step_or_a_person_is_fine(head, at_event):
    answer = head.post(f"{at_event}add/", typed(person="", next_step="", due_on="", letter_number=""))
    assert answer.status_code == 302
    row = Coordination.objects.get()
    assert (row.person, row.next_step, row.due_on) == (None, None, None)
    assert head.get(at_event).status_code == 200


def test_a_change_is_a_row_of_the_chain_and_the_same_again_is_none(cast, head, at_event):
    row = factories.coordinated(of=cast.event, by=cast.head)
    for _ in range(2):
        assert head.post(f"{BASE}{row.pk}/change/", typed(outcome="Boleh tiga hari.")).status_code == 302
    (entry,) = coordination.opened(
        [Coordination.objects.get()], by=cast.head, fields=("outcome",), purpose="test"
    )
    assert entry.outcome == "Boleh tiga hari."
    assert [action for action, *_rest in trail(cast.branch)][:2] == [
        "coordination.note",
        "coordination.change",
    ]


def test_a_next_step_is_done_once_by_somebody(cast, head, at_event):
    row = factories.coordinated(of=cast.event, by=cast.head)
    assert head.post(f"{BASE}{row.pk}/done/").url == at_event
    row.refresh_from_db()
    assert (row.done_by, row.done_at is not None) == (cast.head, True)
    first = row.done_at
    assert head.post(f"{BASE}{row.pk}/done/", {"back": "open"}).url == BASE
    row.refresh_from_db()
    assert row.done_at == first
    assert [action for action, *_rest in trail(cast.branch)] == ["coordination.note", "coordination.done"]


def test_what_is_done_stays_as_it_was_noted(cast, head):
    row = factories.coordinated(of=cast.event, by=cast.head)
    coordination.done(by=cast.head, row=row)
    assert head.get(f"{BASE}{row.pk}/change/").status_code == 302
    with pytest.raises(ActionRefused) as refused:
        coordination.change(by=cast.head, row=row, content=factories.coordination_content(office="Lain"))
    assert (refused.value.code, Coordination.objects.get().office) == ("done", "Kelurahan Uji")


def test_an_entry_without_a_next_step_has_nothing_to_be_done(cast):
    row = factories.coordinated(of=cast.event, by=cast.head, next_step="", due_on=None)
    with pytest.raises(ActionRefused) as refused:
        coordination.done(by=cast.head, row=row)
    assert refused.value.code == "no_step"


@pytest.mark.parametrize(
    "lie",
    ["due_on = NULL", "done_at = CURRENT_TIMESTAMP", "next_step = NULL", "done_by_id = entered_by_id"],
)
def test_the_database_holds_the_pairs(cast, lie):
    factories.coordinated(of=cast.event, by=cast.head)
    with pytest.raises(IntegrityError):
        rawsql.execute(f"UPDATE outreach_coordination SET {lie}")


def test_the_database_lets_nothing_be_done_without_a_step(cast):
    factories.coordinated(of=cast.event, by=cast.head, next_step="", due_on=None)
    with pytest.raises(IntegrityError):
        rawsql.execute(
            "UPDATE outreach_coordination SET done_at = CURRENT_TIMESTAMP, done_by_id = entered_by_id"
        )


# --- Reading


def test_an_events_page_opens_all_its_entries_with_one_row_of_the_chain(cast, login, at_event):
    for n in range(3):
        factories.coordinated(of=cast.event, by=cast.head, office=f"Kantor {n}")
    before = AuditEntry.objects.count()
    page = login(cast.reviewer).get(at_event).content.decode()
    assert all(secret in page for secret in SECRETS)
    (row,) = AuditEntry.objects.filter(seq__gt=before)
    assert (row.action, row.actor, row.count, row.purpose) == (
        "read",
        cast.reviewer,
        3,
        "coordination of an event",
    )
    assert row.fields == "next_step outcome person"


def test_the_open_steps_are_the_branchs_the_first_due_on_top(cast, head):
    today = timezone.localdate()
    for office, days in (("Nanti", 9), ("Lewat", -2), ("Hari ini", 0)):
        factories.coordinated(of=cast.event, by=cast.head, office=office, due_on=today + timedelta(days=days))
    coordination.done(by=cast.head, row=factories.coordinated(of=cast.event, by=cast.head, office="Beres"))
    factories.coordinated(of=cast.event, by=cast.head, office="Tanpa", next_step="", due_on=None)
    answer = head.get(BASE)
    found = [(entry.row.office, entry.row.is_late) for entry in answer.context["entries"]]
    assert found == [("Lewat", True), ("Hari ini", False), ("Nanti", False)]
    assert answer.context["late"] == 1
    assert answer.content.decode().count("jb-icon-octagon") == 1
    assert "Lapangan boleh" not in answer.content.decode()  # what is not shown is not opened
    assert AuditEntry.objects.latest("seq").fields == "next_step person"


def test_an_empty_page_opens_nothing_and_writes_nothing(cast, head, at_event):
    assert (head.get(BASE).status_code, head.get(at_event).status_code) == (200, 200)
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("page", ["", "event/bazar-uji/"])
def test_the_queries_of_the_lists_do_not_grow(cast, head, page, django_assert_num_queries):
    factories.coordinated(of=cast.event, by=cast.head)
    head.get(BASE + page)
    counts = []
    for _ in range(2):
        with django_assert_num_queries(counts[0] if counts else 14, exact=bool(counts)) as made:
            head.get(BASE + page)
        counts.append(len(made))
        factories.coordinated(of=cast.event, by=cast.head)
        factories.coordinated(of=cast.event, by=cast.system_admin)


@pytest.mark.parametrize(
    ("part", "reads", "writes"),
    [
        ("head", 200, 302),
        ("system_admin", 200, 302),
        ("reviewer", 200, 403),
        ("officer", 404, 404),
        ("organiser", 404, 404),
        ("strange_reviewer", 404, 403),
    ],
)
def test_who_reads_and_who_writes(cast, login, at_event, part, reads, writes):
    row, client = factories.coordinated(of=cast.event, by=cast.head), login(cast.people[part])
    assert client.get(at_event).status_code == reads
    answers = (
        client.post(f"{at_event}add/", typed()),
        client.post(f"{BASE}{row.pk}/change/", typed(outcome="Lain.")),
        client.post(f"{BASE}{row.pk}/done/"),
    )
    assert [answer.status_code for answer in answers] == [writes] * 3


def test_another_branchs_head_finds_nothing(cast, login, at_event):
    row = factories.coordinated(of=cast.event, by=cast.head)
    client = login(factories.head("kepala_lain", of=cast.other_branch))
    assert [
        client.get(path).status_code for path in (at_event, f"{at_event}add/", f"{BASE}{row.pk}/change/")
    ] == [404] * 3
    assert client.post(f"{BASE}{row.pk}/done/").status_code == 404
    assert list(client.get(BASE).context["entries"]) == []


def test_the_first_page_says_what_is_open_and_when_the_first_is_due(cast, login):
    row = factories.coordinated(of=cast.event, by=cast.head)
    for part in ("head", "reviewer", "system_admin"):
        shown = login(cast.people[part]).get("/admin/")
        assert shown.context["open_steps"] == OpenSteps(count=1, late=1, first_due=row.due_on)
        assert f'class="jb-row" href="{BASE}"' in shown.content.decode()
    coordination.done(by=cast.head, row=row)
    assert f'class="jb-row" href="{BASE}"' not in login(cast.head).get("/admin/").content.decode()


def test_a_long_list_says_that_it_is_not_all_and_counts_all(cast, head, at_event, monkeypatch):
    monkeypatch.setattr("outreach.views.coordination.SHOWN", 1)
    said = {BASE: "hanya 1 yang pertama", at_event: "hanya 1 catatan terakhir"}
    for number in (1, 2):
        factories.coordinated(of=cast.event, by=cast.head)
        for path, sentence in said.items():
            page = head.get(path)
            assert (len(page.context["entries"]), sentence in page.content.decode()) == (1, number > 1)
    assert "2 langkah berikutnya belum selesai" in head.get(BASE).content.decode()
