"""The branch's side: the list of what it lends, the requests that wait, answers, and counting for who has no phone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.actions import equipment
from outreach.models import AuditEntry, EquipmentItem, EquipmentLine, HandoverRecord
from tests import equipping, factories
from tests.admin_pages import listed, trail
from tests.equipping import GIVER, PURPOSE, REASON, RECEIVER, count_form, said

LINES, ITEMS = "/admin/outreach/equipmentline/", "/admin/outreach/equipmentitem/"
COUNT = f"{LINES}event/bazar-uji/"


@pytest.fixture
def head(cast, login):
    return login(cast.head)


@pytest.fixture
def strange_head(cast, login):
    return login(factories.head("kepala_lain", of=cast.other_branch))


def page_of(line: EquipmentLine) -> str:
    return f"{LINES}{line.pk}/change/"


def answer(**changes) -> dict:
    return {"answer": "agreed", "quantity": "8", "kind": "loan", "reason": "", **changes}


def ticked(*lines: EquipmentLine) -> dict:
    """The list sent with these ticked, as they were when it was drawn."""
    sent = {"action": "agree_as_asked", "_selected_action": [str(line.pk) for line in lines]}
    return sent | {f"shown-{line.pk}": line.asked for line in lines}


# --- The list


def test_what_waits_stands_first_and_the_oldest_on_top(cast, head):
    done = equipping.agreed(cast)
    first, second = equipping.asked(cast), equipping.asked(cast)
    newest = equipping.declined(cast)
    assert listed(head, LINES) == [str(line) for line in (first, second, newest, done)]


@pytest.mark.parametrize(("query", "number"), [("?state__exact=asked", 1), ("?event=bazar-lain", 1), ("", 2)])
def test_the_list_is_narrowed_by_state_and_event(cast, head, query, number):
    other = factories.event(organiser=cast.organisation, slug="bazar-lain")
    equipping.asked(cast), equipping.agreed(cast, event=other)
    assert len(listed(head, LINES + query)) == number


def test_the_filter_names_only_the_branchs_own_events(cast, head, strange_head):
    equipping.asked(cast)
    assert ">Bazar Uji</a>" in head.get(LINES).content.decode()
    assert "Bazar Uji" not in strange_head.get(LINES).content.decode()


def test_another_branch_finds_none_of_it(cast, strange_head):
    line = equipping.agreed(cast)
    assert listed(strange_head, LINES) == listed(strange_head, ITEMS) == []
    for method in ("get", "post"):
        for path in (page_of(line), f"{COUNT}handover/", f"{COUNT}return/"):
            assert getattr(strange_head, method)(path, answer()).status_code == 404
    assert equipping.fresh(line).state == "agreed"


@pytest.mark.parametrize("part", ["head", "reviewer"])
def test_lists_and_pages_cost_the_same_with_more_rows(cast, login, part):
    client = login(getattr(cast, part))

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    lines = [equipping.handed_over(cast, of=equipping.item(cast, "A"))]
    queries(LINES)  # what is remembered for good is asked for once
    few = [queries(LINES), queries(ITEMS), queries(page_of(lines[0]))]
    for name in "BC":
        other = factories.event(organiser=cast.organisation, slug=f"bazar-{name.lower()}")
        equipping.handed_over(cast, of=equipping.item(cast, name))
        equipping.asked(cast, event=other, of=equipping.item(cast, name))
    ended = equipping.back(cast, "lost")
    assert [queries(LINES), queries(ITEMS), queries(page_of(ended))] == few


# --- Answering


def test_the_branch_agrees_to_fewer_and_the_organiser_reads_why(cast, head, login):
    line = equipping.asked(cast)
    response = head.post(page_of(line), answer(quantity="6", reason=REASON), follow=True)
    assert said(response) == ["Disetujui. Penyelenggara sudah bisa melihatnya."]
    page = login(cast.organiser).get("/equipment/bazar-uji/").content.decode()
    assert (REASON in page, "6 lusin" in page) == (True, True)


def test_the_branch_decides_whether_it_is_a_loan(cast, head):
    line = equipping.asked(cast)
    head.post(page_of(line), answer(kind="grant"))
    assert (equipping.fresh(line).kind, line.moves.latest("number").kind) == ("grant", "grant")


def test_the_branch_declines_with_its_reason(cast, head):
    line = equipping.asked(cast)
    response = head.post(page_of(line), answer(answer="declined", quantity="", reason=REASON), follow=True)
    assert said(response) == ["Tidak disetujui. Penyelenggara sudah bisa membaca alasannya."]
    assert equipping.fresh(line).state == "declined"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"answer": "declined"}, {"reason": ["Tulis alasannya dalam satu kalimat."]}),
        ({"quantity": "6"}, {"reason": ["Tulis dalam satu kalimat mengapa lebih sedikit."]}),
        ({"quantity": "9"}, {"quantity": ["Yang diminta hanya 8. Jangan setujui lebih."]}),
        (
            {"quantity": "0"},
            {
                "quantity": [
                    "Tulis berapa yang disetujui, mulai dari 1. Kalau tidak ada, pilih tidak disetujui."
                ]
            },
        ),
        ({"answer": ""}, {"answer": ["Pilih: setujui atau tidak."]}),
    ],
)
def test_a_slip_in_an_answer_is_named_and_nothing_lost(cast, head, changes, expected):
    line = equipping.asked(cast)
    response = head.post(page_of(line), answer(**changes))
    form = response.context["form"]
    assert (response.status_code, {name: list(found) for name, found in form.errors.items()}) == (
        422,
        expected,
    )
    assert form["quantity"].value() == changes.get("quantity", "8")
    assert equipping.fresh(line).state == "asked"


def test_who_answers_second_is_told(cast, head):
    line = equipping.declined(cast)
    response = head.post(page_of(line), answer(), follow=True)
    assert said(response) == ["Ada yang lebih cepat: permintaan ini sudah berubah. Lihat lagi."]
    assert equipping.fresh(line).state == "declined"


def test_several_are_agreed_to_at_once_and_the_rest_is_left(cast, head):
    lines = [equipping.asked(cast), equipping.asked(cast), equipping.declined(cast)]
    response = head.post(LINES, ticked(*lines), follow=True)
    assert said(response) == [
        "2 permintaan disetujui.",
        "1 tetap seperti semula: Ada yang lebih cepat: permintaan ini sudah berubah. Lihat lagi.",
    ]
    assert [equipping.fresh(line).state for line in lines] == ["agreed", "agreed", "declined"]


def test_what_was_changed_since_the_list_was_shown_is_left_and_named(cast, head):
    same, other = equipping.asked(cast), equipping.asked(cast, of=equipping.item(cast, "Tenda"))
    page = head.get(LINES).content.decode()
    assert f'<input type="hidden" name="shown-{other.pk}" value="8">' in page
    equipment.change(by=cast.organiser, line=other, seen=1, quantity=80, purpose=PURPOSE)
    response = head.post(LINES, ticked(same, other), follow=True)
    assert said(response) == [
        "1 permintaan disetujui.",
        "1 tetap seperti semula: Tenda: sekarang yang diminta 80. Lihat lagi.",
    ]
    assert [equipping.fresh(line).state for line in (same, other)] == ["agreed", "asked"]


def test_what_a_list_did_not_show_is_not_agreed_to(cast, head):
    line = equipping.asked(cast)
    head.post(LINES, {"action": "agree_as_asked", "_selected_action": [str(line.pk)]})
    assert equipping.fresh(line).state == "asked"


@pytest.mark.parametrize(
    "sent", [{}, {"quantity": "6", "reason": REASON}, {"answer": "declined", "reason": REASON}]
)
def test_the_same_answer_twice_is_done_and_nobody_was_faster(cast, head, sent):
    line = equipping.asked(cast)
    for _ in range(2):
        response = head.post(page_of(line), answer(**sent), follow=True)
    assert said(response) == ["Ini sudah terkirim tadi dan tersimpan satu kali."]
    assert line.moves.count() == 2


def test_the_list_sent_twice_is_done(cast, head):
    sent = ticked(equipping.asked(cast))
    for _ in range(2):
        response = head.post(LINES, sent, follow=True)
    assert said(response) == ["1 permintaan disetujui."]


def test_another_persons_same_answer_is_told_that_somebody_was_faster(cast, head, login):
    line = equipping.asked(cast)
    head.post(page_of(line), answer())
    response = login(cast.system_admin).post(page_of(line), answer(), follow=True)
    assert said(response) == ["Ada yang lebih cepat: permintaan ini sudah berubah. Lihat lagi."]


def test_a_reviewer_reads_and_answers_nothing(cast, login):
    line, client = equipping.asked(cast), login(cast.reviewer)
    page = client.get(page_of(line)).content.decode()
    assert (PURPOSE in page, "Kirim jawaban" in page) == (True, False)
    assert client.post(page_of(line), answer()).status_code == 403
    whole = client.get(LINES).content.decode()
    assert ("agree_as_asked" in whole, "<style" in whole) == (False, False)
    client.post(LINES, {"action": "agree_as_asked", "_selected_action": [str(line.pk)]})
    assert equipping.fresh(line).state == "asked"


def test_a_requests_page_has_its_history_behind_one_access_row(cast, head):
    line = equipping.back(cast, "lost")
    before = AuditEntry.objects.count()
    page = head.get(page_of(line)).content.decode()
    (entry,) = AuditEntry.objects.order_by("seq")[before:]
    assert (entry.action, entry.object_id, entry.count) == ("read", line.pk, 1)
    assert [page.count(text) for text in (PURPOSE, f"{GIVER} kepada {RECEIVER}")] == [2, 2]


# --- Counting for an organiser without a phone


def test_the_branch_counts_both_ways(cast, head):
    line = equipping.agreed(cast)
    assert head.get(f"{COUNT}handover/").context["form"].initial["giver"] == cast.head.full_name
    out = head.post(f"{COUNT}handover/", count_form("out", (line, 5)), follow=True)
    assert (said(out), equipping.fresh(line).handed_over) == (["Serah terima tersimpan."], 5)
    back = head.post(f"{COUNT}return/", count_form("back", (line, 3, 1, 1)), follow=True)
    assert (said(back), equipping.fresh(line).state) == (["Pengembalian tersimpan."], "lost")
    assert list(HandoverRecord.objects.values_list("by", flat=True)) == [cast.head.pk] * 2


def test_a_reviewer_counts_nothing(cast, login):
    line = equipping.agreed(cast)
    client = login(cast.reviewer)
    assert client.get(f"{COUNT}handover/").status_code == 403
    assert client.post(f"{COUNT}handover/", count_form("out", (line, 5))).status_code == 403


# --- The catalogue


def test_the_head_keeps_the_catalogue(cast, head):
    head.post(f"{ITEMS}add/", {"name": "Tenda", "unit": "unit", "kind": "loan", "is_active": "on"})
    item = EquipmentItem.objects.get()
    assert (item.branch, item.name, item.kind, item.is_active) == (cast.branch, "Tenda", "loan", True)
    head.post(f"{ITEMS}{item.pk}/change/", {"name": "Tenda", "unit": "set", "kind": "loan"})
    item.refresh_from_db()
    assert (item.unit, item.is_active) == ("set", False)
    assert trail(cast.branch) == [
        ("equipmentitem.add", "", f"equipmentitem {item.pk}"),
        ("equipmentitem.change", "unit can_be_asked_for", f"equipmentitem {item.pk}"),
    ]


def test_a_name_is_once_a_branch(cast, head):
    equipping.item(cast, "Tenda")
    response = head.post(f"{ITEMS}add/", {"name": "Tenda", "unit": "unit", "kind": "loan"})
    assert response.context["adminform"].form.non_field_errors() == [
        "Nama ini sudah ada di daftar. Pakai yang itu."
    ]
    assert EquipmentItem.objects.count() == 1


def test_what_was_asked_for_is_not_deleted(cast, head):
    asked, unused = equipping.asked(cast).item, equipping.item(cast, "Tenda")
    assert head.post(f"{ITEMS}{asked.pk}/delete/", {"post": "yes"}).status_code == 403
    assert head.post(f"{ITEMS}{unused.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(EquipmentItem.objects.all()) == [asked]
