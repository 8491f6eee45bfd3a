"""The organiser's pages about equipment, as a phone sends them: what is stored, what is said, who sees what."""

from dataclasses import fields

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.actions.disclosures import Card
from outreach.choices import LineState
from outreach.models import AuditEntry, EquipmentItem, EquipmentLine, Event, HandoverRecord
from outreach.permissions import ROLE_PERMISSIONS
from tests import equipping, factories
from tests.equipping import ASK, BACK, EVENT, GIVER, OUT, PURPOSE, REASON, ask_form, count_form, errors, said

HOME = "/equipment/"


@pytest.fixture
def phone(cast, login):
    return login(cast.organiser)


@pytest.fixture
def stranger(cast, login):
    """Another organisation of the same branch."""
    other = factories.organisation(of=cast.branch, name="Panitia Sebelah")
    factories.event(organiser=other, slug="bazar-sebelah")
    return login(factories.organiser("panitia_sebelah", organisation=other))


# --- Asking


def test_what_is_asked_for_is_stored_and_shown(cast, phone):
    answer = phone.post(ASK, ask_form(equipping.item(cast), purpose="  untuk   tamu "), follow=True)
    line = EquipmentLine.objects.get()
    assert answer.redirect_chain == [(EVENT, 302)]
    assert said(answer) == ["Permintaan Anda sudah di cabang. Jawabannya muncul di sini."]
    assert (line.asked, line.kind, line.state, line.asked_by) == (8, "loan", "asked", cast.organiser)
    (card,) = answer.context["cards"]
    assert (card.item, card.unit, card.purpose) == ("Kursi lipat", "lusin", "untuk tamu")


def test_a_double_tap_asks_once(cast, phone):
    form = ask_form(equipping.item(cast))
    first, second = phone.post(ASK, form, follow=True), phone.post(ASK, form, follow=True)
    assert (said(first) == said(second), EquipmentLine.objects.count()) == (False, 1)
    assert said(second) == ["Ini sudah terkirim tadi dan tersimpan satu kali."]
    assert EquipmentLine.objects.get().moves.count() == 1


def test_a_resend_after_a_change_is_still_recognised(cast, phone):
    form = ask_form(equipping.item(cast))
    phone.post(ASK, form, follow=True)
    phone.post(f"{EVENT}{form['line_id']}/", {"seen": "1", "quantity": "5", "purpose": PURPOSE}, follow=True)
    assert said(phone.post(ASK, form, follow=True)) == ["Ini sudah terkirim tadi dan tersimpan satu kali."]
    assert EquipmentLine.objects.get().asked == 5


def test_the_same_form_with_other_content_changes_nothing(cast, phone):
    form = ask_form(equipping.item(cast))
    phone.post(ASK, form, follow=True)
    again = phone.post(ASK, form | {"quantity": "9"}, follow=True)
    assert said(again) == ["Ini sudah terkirim dengan isi lain. Yang tersimpan pertama tetap berlaku."]
    assert (EquipmentLine.objects.get().asked, EquipmentLine.objects.count()) == (8, 1)


def test_a_strangers_number_is_taken_and_tells_nothing(cast, phone, stranger):
    form = ask_form(equipping.item(cast))
    phone.post(ASK, form, follow=True)
    answer = stranger.post("/equipment/bazar-sebelah/ask/", form, follow=True)
    assert said(answer) == ["Ini sudah terkirim dengan isi lain. Yang tersimpan pertama tetap berlaku."]
    assert (answer.context["cards"], EquipmentLine.objects.get().event) == ([], cast.event)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"item": ""}, {"item": ["Pilih yang dibutuhkan."]}),
        ({"quantity": ""}, {"quantity": ["Tulis berapa yang dibutuhkan, dengan angka mulai dari 1."]}),
        ({"quantity": "0"}, {"quantity": ["Tulis berapa yang dibutuhkan, dengan angka mulai dari 1."]}),
        ({"quantity": "-2"}, {"quantity": ["Tulis berapa yang dibutuhkan, dengan angka mulai dari 1."]}),
        ({"quantity": "10000"}, {"quantity": ["Paling banyak 9.999. Periksa angkanya."]}),
        ({"quantity": "dua"}, {"quantity": ["Tulis berapa yang dibutuhkan, dengan angka mulai dari 1."]}),
        ({"purpose": " "}, {"purpose": ["Tulis singkat untuk apa barang ini."]}),
        ({"line_id": "x"}, {"line_id": ["Formulir ini tidak lengkap. Buka lagi dari daftar."]}),
    ],
)
def test_a_slip_is_named_in_a_plain_sentence(cast, phone, changes, expected):
    answer = phone.post(ASK, ask_form(equipping.item(cast)) | changes)
    assert (errors(answer), EquipmentLine.objects.count()) == (expected, 0)
    kept = {name: value for name, value in {"quantity": "8", **changes}.items() if value.strip()}
    for name, value in kept.items():
        assert answer.context["form"][name].value() == value


def test_only_the_branchs_active_things_are_offered(cast, phone):
    equipping.item(cast), equipping.item(cast, "Genset", is_active=False)
    EquipmentItem.objects.create(branch=cast.other_branch, name="Tenda Bogor", unit="unit")
    (_empty, (_loans, offered)) = phone.get(ASK).context["form"].fields["item"].widget.choices
    assert [label for _id, label in offered] == ["Kursi lipat (lusin)"]
    bogor = EquipmentItem.objects.get(name="Tenda Bogor")
    assert errors(phone.post(ASK, ask_form(bogor))) == {
        "item": ["Cabang tidak lagi meminjamkan ini. Pilih yang lain."]
    }


def test_what_is_no_longer_lent_is_refused_and_nothing_typed_is_lost(cast, phone):
    off = equipping.item(cast, is_active=False)
    answer = phone.post(ASK, ask_form(off))
    assert errors(answer) == {"item": ["Cabang tidak lagi meminjamkan ini. Pilih yang lain."]}
    assert answer.context["form"]["purpose"].value() == PURPOSE
    assert EquipmentLine.objects.count() == 0


@pytest.mark.parametrize("since", ["closed", "switched off"])
def test_a_resend_is_recognised_whatever_has_become_of_event_and_item(cast, phone, since):
    form = ask_form(equipping.item(cast))
    phone.post(ASK, form, follow=True)
    if since == "closed":
        Event.objects.update(state="closed")
    else:
        EquipmentItem.objects.update(is_active=False)
    assert said(phone.post(ASK, form, follow=True)) == ["Ini sudah terkirim tadi dan tersimpan satu kali."]


def test_without_a_catalogue_the_page_says_so(cast, phone):
    page = phone.get(ASK).content.decode()
    assert ("Cabang belum mengisi daftar peralatan" in page, "Kirim permintaan" in page) == (True, False)


# --- Changing and taking back


def test_an_unanswered_request_is_changed_and_its_past_kept(cast, phone):
    line = equipping.asked(cast)
    page = phone.get(f"{EVENT}{line.pk}/")
    assert page.context["form"].initial == {"seen": 1, "quantity": 8, "purpose": PURPOSE}
    answer = phone.post(
        f"{EVENT}{line.pk}/", {"seen": "1", "quantity": "5", "purpose": "Untuk tamu"}, follow=True
    )
    assert said(answer) == ["Perubahan tersimpan."]
    assert list(line.moves.order_by("number").values_list("source", "target", "quantity")) == [
        (None, "asked", 8),
        ("asked", "asked", 5),
    ]
    assert answer.context["cards"][0].purpose == "Untuk tamu"


def test_the_same_change_twice_is_one(cast, phone):
    line = equipping.asked(cast)
    for _ in range(2):
        phone.post(f"{EVENT}{line.pk}/", {"seen": "1", "quantity": "5", "purpose": PURPOSE})
    assert line.moves.count() == 2


def test_an_unanswered_request_is_taken_back(cast, phone):
    line = equipping.asked(cast)
    assert said(phone.post(f"{EVENT}{line.pk}/", {"act": "withdraw"}, follow=True)) == [
        "Permintaan dibatalkan."
    ]
    assert equipping.fresh(line).state == "withdrawn"


def test_a_second_phone_does_not_overwrite_the_first_unseen(cast, phone):
    """Both were opened with 8; the first saved 12."""
    line = equipping.asked(cast)
    page = f"{EVENT}{line.pk}/"
    phone.post(page, {"seen": "1", "quantity": "12", "purpose": PURPOSE})
    answer = phone.post(page, {"seen": "1", "quantity": "9", "purpose": "Untuk tamu"})
    form = answer.context["form"]
    assert errors(answer) == {
        "__all__": [
            "Ada yang mengubahnya tadi: sekarang yang diminta 12. Isian Anda belum tersimpan; simpan lagi kalau "
            "isian Anda yang benar."
        ]
    }
    assert equipping.fresh(line).asked == 12
    kept = {name: form[name].value() for name in ("seen", "quantity", "purpose")}
    assert kept == {"seen": 2, "quantity": "9", "purpose": "Untuk tamu"}
    phone.post(page, kept)
    assert equipping.fresh(line).asked == 9


def test_taking_back_takes_two_taps(cast, phone):
    page = phone.get(f"{EVENT}{equipping.asked(cast).pk}/").content.decode()
    folded = page.partition("<details")[2].partition("</details>")[0]
    assert (page.count('value="withdraw"'), folded.count('value="withdraw"')) == (1, 1)


def test_taking_back_twice_is_done_and_nobody_was_faster(cast, phone):
    line = equipping.asked(cast)
    phone.post(f"{EVENT}{line.pk}/", {"act": "withdraw"}, follow=True)
    answer = phone.post(f"{EVENT}{line.pk}/", {"act": "withdraw"}, follow=True)
    assert said(answer) == ["Ini sudah terkirim tadi dan tersimpan satu kali."]
    assert line.moves.count() == 2


def test_after_the_answer_nothing_is_taken_back(cast, phone):
    line = equipping.agreed(cast)
    answer = phone.post(f"{EVENT}{line.pk}/", {"act": "withdraw"}, follow=True)
    assert said(answer) == ["Ada yang lebih cepat: permintaan ini sudah berubah. Lihat lagi."]
    assert equipping.fresh(line).state == "agreed"


@pytest.mark.parametrize("sent", [{"seen": "1", "quantity": "1", "purpose": "Lain"}, None])
def test_after_the_answer_nothing_changes(cast, phone, sent):
    line = equipping.agreed(cast)
    path = f"{EVENT}{line.pk}/"
    answer = phone.get(path, follow=True) if sent is None else phone.post(path, sent, follow=True)
    assert said(answer) == ["Permintaan ini sudah berubah. Ini keadaannya sekarang."]
    assert (equipping.fresh(line).state, equipping.fresh(line).asked) == ("agreed", 8)


# --- Who sees what


@pytest.mark.parametrize("page", ["", "ask/", "handover/", "return/", "{line}/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_organisation_finds_no_such_event(cast, stranger, page, method):
    line = equipping.asked(cast)
    sent = {"quantity": "1", "purpose": "Lain", "act": "withdraw", **ask_form(equipping.item(cast))}
    answer = getattr(stranger, method)(EVENT + page.format(line=line.pk), sent)
    assert answer.status_code == (405 if (page, method) == ("", "post") else 404)
    assert (equipping.fresh(line).state, EquipmentLine.objects.count()) == ("asked", 1)


def test_a_strangers_line_under_ones_own_event_is_not_there(cast, stranger):
    line = equipping.agreed(cast)
    assert stranger.get(f"/equipment/bazar-sebelah/{line.pk}/").status_code == 404
    answer = stranger.post("/equipment/bazar-sebelah/handover/", count_form("out", (line, 6)))
    assert (answer.status_code, equipping.fresh(line).state) == (422, "agreed")


def test_each_sees_their_own_lines(cast):
    equipping.handed_over(cast)
    sees = {"organiser", "reviewer", "other_reviewer", "head", "system_admin"}
    for rows in (
        EquipmentLine.objects,
        EquipmentLine.moves.rel.related_model.objects,
        HandoverRecord.objects,
    ):
        found = {name for name, person in cast.people.items() if rows.visible_to(person).exists()}
        assert found == sees
    found = {
        name for name, person in cast.people.items() if EquipmentItem.objects.visible_to(person).exists()
    }
    assert found == sees


def test_what_an_organiser_may_see_is_a_closed_list():
    assert sorted(ROLE_PERMISSIONS["organiser"]) == [
        "outreach.add_equipmentline",
        "outreach.view_equipmentline",
        "outreach.view_event",
    ]
    assert [field.name for field in fields(Card)] == [
        "id", "item", "unit", "kind", "state", "asked", "agreed", "handed_over", "returned", "damaged", "lost",
        "condition", "purpose", "reason", "out", "back",
    ]  # fmt: skip


def test_who_answered_for_the_branch_is_not_on_the_organisers_page(cast, phone):
    equipping.declined(cast)
    page = phone.get(EVENT).content.decode()
    assert (REASON in page, cast.head.full_name in page, cast.head.username in page) == (True, False, False)


def test_names_are_opened_with_one_access_row_a_page(cast, phone):
    for name in "ABC":
        equipping.handed_over(cast, of=equipping.item(cast, name))
    before = AuditEntry.objects.count()
    phone.get(EVENT)
    (entry,) = AuditEntry.objects.order_by("seq")[before:]
    assert (entry.action, entry.actor, entry.count) == ("read", cast.organiser, 3)
    assert (entry.fields, entry.purpose) == ("giver receiver remark", "equipment of an event")


def test_an_empty_page_opens_nothing(cast, phone):
    page = phone.get(EVENT).content.decode()
    assert "Belum ada permintaan peralatan" in page
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("path", [EVENT, OUT, BACK, HOME])
def test_a_page_costs_the_same_with_more_lines(cast, phone, path):
    def fill(number: int) -> None:
        for name in ("A", "B"):
            make = equipping.agreed if name == "A" else equipping.handed_over
            make(cast, of=equipping.item(cast, f"{name}{number}"))
        factories.event(organiser=cast.organisation, slug=f"bazar-{number}")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert phone.get(path).status_code == 200
        return len(found)

    fill(1)
    few = queries()
    fill(2), fill(3)
    assert queries() == few


def test_the_first_page_counts_how_far_each_event_is(cast, phone):
    factories.event(organiser=cast.organisation, slug="bazar-lain")
    (
        equipping.asked(cast),
        equipping.agreed(cast),
        equipping.handed_over(cast),
        equipping.back(cast, LineState.LOST),
    )
    equipping.handed_over(cast, of=equipping.item(cast, "Sembako", "grant"), kind="grant")
    found = {event.slug: event for event in phone.get(HOME).context["events"]}
    assert [(e.waiting, e.agreed, e.out, e.finished) for e in (found["bazar-uji"], found["bazar-lain"])] == [
        (1, 1, 1, 2),
        (0, 0, 0, 0),
    ]


def test_a_single_event_opens_at_once(cast, phone):
    assert phone.get(HOME).url == EVENT


def test_the_organisers_first_page_leads_to_the_equipment(cast, phone):
    assert f'href="{EVENT}"' in phone.get("/events/").content.decode()


@pytest.mark.parametrize(
    ("states", "stage"),
    [
        ((), 0),
        (("declined",), 0),
        (("asked",), 1),
        (("asked", "agreed"), 2),
        (("agreed", "handed_over"), 2),
        (("asked", "handed_over"), 3),
        (("returned", "lost"), 5),
    ],
)
def test_the_state_line_shows_the_next_step(cast, phone, states, stage):
    for state in states:
        equipping.in_state(cast, state)
    assert phone.get(EVENT).context["stage"] == stage


@pytest.mark.parametrize("state", LineState.values)
def test_a_card_is_drawn_in_every_state(cast, phone, state):
    line = equipping.in_state(cast, state)
    page = phone.get(EVENT).content.decode()
    assert page.count('<section class="jb-card">') == 1
    assert page.count('class="jb-chip') == 1
    assert (f"{EVENT}{line.pk}/" in page) == (state == "asked")
    assert page.count(GIVER) == {"handed_over": 1, "returned": 2, "damaged": 2, "lost": 2}.get(state, 0)


# --- Numbers as they are written here


@pytest.mark.parametrize("typed", ["1000", "1.000", "1 000", " 1.000 "])
def test_a_thousand_is_a_thousand_however_it_is_grouped(cast, phone, typed):
    phone.post(ASK, ask_form(equipping.item(cast), quantity=typed))
    assert EquipmentLine.objects.get().asked == 1000


@pytest.mark.parametrize(
    "typed", ["1,5", "1.5", "1.0", "1.00", "1,000", "0.500", "1.000 000", "1.0000", "1."]
)
def test_any_other_dot_or_comma_is_refused(cast, phone, typed):
    answer = phone.post(ASK, ask_form(equipping.item(cast), quantity=typed))
    assert errors(answer) == {"quantity": ["Tulis berapa yang dibutuhkan, dengan angka mulai dari 1."]}
    assert answer.context["form"]["quantity"].value() == typed


@pytest.mark.parametrize("path", [ASK, OUT])
def test_a_number_is_typed_as_text_with_the_digits_keyboard(cast, phone, path):
    equipping.agreed(cast)
    page = phone.get(path).content.decode()
    assert (page.count('inputmode="numeric"'), page.count('type="number"')) == (1, 0)
