"""The page on which two people count what came and what goes back: what is stored, and how a slip is named."""

import pytest

from outreach.models import EquipmentLine, Event, HandoverRecord
from tests import equipping
from tests.equipping import ASK, BACK, EVENT, GIVER, OUT, RECEIVER, ask_form, count_form, errors, said


@pytest.fixture
def phone(cast, login):
    return login(cast.organiser)


# --- Counting what came


def test_what_came_is_stored_with_both_names_and_the_difference_named(cast, phone):
    line = equipping.agreed(cast)
    answer = phone.post(OUT, count_form("out", (line, 4)), follow=True)
    (card,) = answer.context["cards"]
    assert said(answer) == ["Serah terima tersimpan."]
    assert (card.state, card.handed_over, card.condition) == ("handed_over", 4, "good")
    assert (card.out.giver, card.out.receiver) == (GIVER, RECEIVER)
    page = answer.content.decode()
    assert "Kurang 2 dari yang disetujui." in page
    assert "Yang tercatat diserahkan hanya 4." in page


def test_one_record_is_for_all_that_came_and_the_rest_waits(cast, phone):
    first, second, third = (equipping.agreed(cast, of=equipping.item(cast, name)) for name in "ABC")
    page = phone.get(OUT).context["form"]
    assert [line for line, _questions in page.rows()] == [first, second, third]
    phone.post(OUT, count_form("out", (first, 6), (second, 2), (third, 0)))
    states = [equipping.fresh(line).state for line in (first, second, third)]
    assert (states, HandoverRecord.objects.count()) == (["handed_over", "handed_over", "agreed"], 1)
    assert phone.get(OUT).context["form"].lines == [third]


def test_a_double_tap_counts_once(cast, phone):
    form = count_form("out", (equipping.agreed(cast), 6))
    phone.post(OUT, form, follow=True)
    assert said(phone.post(OUT, form, follow=True)) == ["Ini sudah terkirim tadi dan tersimpan satu kali."]
    assert HandoverRecord.objects.count() == 1


@pytest.mark.parametrize("changes", [{"giver": "Orang Lain"}, {"quantity": "3"}])
def test_a_resend_with_other_content_is_told_what_holds(cast, phone, changes):
    line = equipping.agreed(cast)
    form = count_form("out", (line, 6))
    phone.post(OUT, form, follow=True)
    other = {f"quantity-{line.pk}" if name == "quantity" else name: value for name, value in changes.items()}
    answer = phone.post(OUT, form | other, follow=True)
    assert said(answer) == [
        "Ini sudah tercatat dengan angka atau nama lain. Yang tersimpan pertama tetap berlaku."
    ]
    assert (equipping.fresh(line).handed_over, HandoverRecord.objects.count()) == (6, 1)


def test_who_comes_second_is_told_and_keeps_what_is_left(cast, phone):
    """Another phone has recorded one of the two lines meanwhile."""
    gone, left = equipping.agreed(cast), equipping.agreed(cast, of=equipping.item(cast, "Tenda"))
    phone.post(OUT, count_form("out", (gone, 6)), follow=True)
    answer = phone.post(OUT, count_form("out", (gone, 5), (left, 3)))
    assert answer.status_code == 409
    assert said(answer) == ["Kursi lipat sudah tercatat, mungkin di HP lain: diserahkan. Lihat lagi."]
    assert (answer.context["form"].lines, answer.context["form"][f"quantity-{left.pk}"].value()) == (
        [left],
        "3",
    )
    assert (equipping.fresh(gone).handed_over, equipping.fresh(left).state) == (6, "agreed")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"quantity": "7"}, {"quantity": ["Kursi lipat. Yang disetujui hanya 6. Hitung lagi."]}),
        ({"quantity": ""}, {"quantity": ["Kursi lipat. Tulis berapa yang datang; 0 kalau belum datang."]}),
        ({"quantity": "0"}, {"__all__": ["Semuanya masih 0. Tulis berapa yang datang."]}),
        ({"condition": ""}, {"condition": ["Kursi lipat. Pilih kondisinya: baik atau rusak."]}),
        ({"giver": ""}, {"giver": ["Tulis nama yang menyerahkan."]}),
        ({"receiver": "Deni 0812"}, {"receiver": ["Tulis nama orangnya, tanpa angka."]}),
        (
            {"receiver": GIVER.upper()},
            {"receiver": ["Yang menghitung harus dua orang: tulis juga nama yang lain."]},
        ),
    ],
)
def test_a_slip_in_counting_is_named(cast, phone, changes, expected):
    line = equipping.agreed(cast)
    changes = {
        name if name in ("giver", "receiver") else f"{name}-{line.pk}": v for name, v in changes.items()
    }
    assert errors(phone.post(OUT, count_form("out", (line, 6)) | changes)) == expected
    assert HandoverRecord.objects.count() == 0


def test_a_name_with_a_percent_sign_breaks_no_sentence(cast, phone):
    line = equipping.agreed(cast, of=equipping.item(cast, "Terpal 50% (s)"))
    found = errors(phone.post(OUT, count_form("out", (line, 7))))
    assert found == {"quantity": ["Terpal 50% (s). Yang disetujui hanya 6. Hitung lagi."]}


def test_a_condition_is_asked_only_of_what_came(cast, phone):
    here, later = equipping.agreed(cast), equipping.agreed(cast, of=equipping.item(cast, "Tenda"))
    phone.post(OUT, count_form("out", (here, 6), (later, 0)) | {f"condition-{later.pk}": ""})
    assert (equipping.fresh(here).state, equipping.fresh(later).state) == ("handed_over", "agreed")


@pytest.mark.parametrize("part", ["organiser", "head"])
def test_a_page_begins_with_nothing_counted_and_only_ones_own_name(cast, login, part):
    person, client = getattr(cast, part), login(getattr(cast, part))
    equipping.agreed(cast), equipping.handed_over(cast)
    for way in ("handover", "return"):
        page = "/admin/outreach/equipmentline/event/bazar-uji/" if part == "head" else EVENT
        form = client.get(f"{page}{way}/").context["form"]
        begun = {field.name.partition("-")[0]: field.value() for field in form if field.value()}
        own = "receiver" if (part == "organiser") == (way == "handover") else "giver"
        assert begun.keys() == {"record_id", own}
        assert begun[own] == person.full_name


@pytest.mark.parametrize("part", ["organiser", "head"])
def test_that_an_item_is_counted_once_is_said_before_saving(cast, login, part):
    client = login(getattr(cast, part))
    equipping.agreed(cast), equipping.handed_over(cast)
    page = "/admin/outreach/equipmentline/event/bazar-uji/" if part == "head" else EVENT
    assert "Satu barang dicatat sekali saja." in client.get(f"{page}handover/").content.decode()
    assert "Satu barang dikembalikan sekali saja." in client.get(f"{page}return/").content.decode()


# --- Counting what goes back


@pytest.mark.parametrize(
    ("numbers", "state"),
    [((5, 0, 0), "returned"), ((4, 1, 0), "damaged"), ((3, 1, 1), "lost"), ((0, 0, 5), "lost")],
)
def test_what_goes_back_is_named_after_the_worst(cast, phone, numbers, state):
    line = equipping.handed_over(cast)
    answer = phone.post(BACK, count_form("back", (line, *numbers)), follow=True)
    (card,) = answer.context["cards"]
    assert said(answer) == ["Pengembalian tersimpan."]
    assert (card.state, (card.returned, card.damaged, card.lost)) == (state, numbers)
    assert (card.back.giver, card.back.receiver) == (GIVER, RECEIVER)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (
            (3, 0, 0),
            "Kursi lipat. Kurang 2 dari yang diserahkan: tulis berapa yang rusak atau hilang; kalau sisanya menyusul, "
            "tulis 0 di ketiga kotak.",
        ),
        ((5, 1, 0), "Kursi lipat. Lebih 1 dari yang diserahkan: hitung lagi."),
    ],
)
def test_what_is_missing_is_named(cast, phone, numbers, sentence):
    line = equipping.handed_over(cast)
    assert errors(phone.post(BACK, count_form("back", (line, *numbers)))) == {"quantity": [sentence]}
    assert equipping.fresh(line).state == "handed_over"


def test_a_grant_is_not_on_the_page_for_returns(cast, phone):
    loan = equipping.handed_over(cast)
    grant = equipping.handed_over(cast, of=equipping.item(cast, "Sembako", "grant"), kind="grant")
    assert phone.get(BACK).context["form"].lines == [loan]
    answer = phone.post(BACK, count_form("back", (grant, 5, 0, 0)))
    assert said(answer) == ["Sembako sudah tercatat, mungkin di HP lain: diserahkan. Lihat lagi."]
    assert equipping.fresh(grant).state == "handed_over"


def test_after_closing_nothing_is_asked_for_and_what_is_out_comes_back(cast, phone):
    line = equipping.handed_over(cast)
    Event.objects.update(state="closed")
    assert said(phone.get(ASK, follow=True)) == [
        "Bazar ini sudah ditutup. Tidak ada lagi yang bisa diminta atau disetujui."
    ]
    phone.post(ASK, ask_form(equipping.item(cast)))
    phone.post(BACK, count_form("back", (line, 5, 0, 0)))
    assert (EquipmentLine.objects.count(), equipping.fresh(line).state) == (1, "returned")
