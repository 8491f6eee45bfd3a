"""The pages of paper forms: making, printing, voiding, the gap report; and the form that a sheet's QR code leads to."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from enrolment.actions import pads
from enrolment.models import Draft, PaperPad, PaperSheet, Registration
from enrolment.queries import sheets
from outreach.models import Assignment, Booth
from outreach.templatetags.formats import clock, day_short
from tests import factories


def no(pad: PaperPad, number: int = 1) -> str:
    return str(PaperSheet(pad, number))


@pytest.fixture
def booth(cast) -> Booth:
    """A stand of today, the officer's."""
    day = timezone.localdate()
    event = factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="bazar-hari-ini", days=(day, day)
    )
    return event.booths.select_related("event").get(code="A")


@pytest.fixture
def pad(cast, booth) -> PaperPad:
    return factories.pad(booth, by=cast.head)


def scanned(pad: PaperPad, number: int = 1) -> str:
    return f"{reverse('registration-new')}?sheet={no(pad, number)}"


def answers(booth: Booth, **changes) -> dict:
    """A worker on paper, filled in today at a quarter past midnight."""
    today = timezone.localdate()
    month = f"{today:%Y-%m}"
    days = {"registered_at": f"{today:%d-%m-%Y} 00.15", "consent_at": "", "first_month": month}
    return factories.row(event=booth.event.slug, booth=booth.code, **{"step": "send", **days, **changes})


def said(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


# --- The form


def test_a_scanned_sheet_opens_the_form_of_its_booth_with_its_number_and_notice(cast, booth, pad, login):
    form = login(cast.officer).get(scanned(pad, 2)).context["form"]
    initial = {name: form.initial[name] for name in ("event", "booth", "sheet", "consent_version")}
    assert initial == {
        "event": "bazar-hari-ini", "booth": "A", "sheet": no(pad, 2), "consent_version": pad.consent_text.code,
    }  # fmt: skip
    assert form.on_paper
    assert PaperPad.objects.count() == 1
    assert Registration.objects.count() == 0


def test_a_form_of_the_stand_does_not_ask_for_a_sheet(cast, booth, login):
    page = login(cast.officer).get(reverse("registration-new")).content.decode()
    assert 'name="sheet"' not in page


def test_a_sheet_is_keyed_in_and_its_code_then_leads_to_the_receipt(cast, booth, pad, login):
    client = login(cast.officer)
    page = client.post(scanned(pad), answers(booth, sheet=no(pad)))
    stored = Registration.objects.get()
    assert (page.status_code, page.url) == (302, reverse("registration-receipt", args=[stored.reference]))
    assert (stored.paper_sheet, stored.consent_how) == (PaperSheet(pad, 1), "paper")
    again = client.get(scanned(pad), follow=True)
    assert again.redirect_chain == [(page.url, 302)]
    assert str(stored) in said(again)[0]


def test_the_number_stands_on_the_page_that_is_checked(cast, booth, pad, login):
    page = login(cast.officer).post(scanned(pad), answers(booth, sheet=no(pad), step=""))
    assert f'<dd class="jb-ref">{no(pad)}</dd>' in page.content.decode()


def test_a_number_typed_into_the_form_brings_the_notice_of_its_sheet(cast, booth, pad, login):
    """On the form of a day only the newest notice is offered; the sheet's is checked, shown again and stored."""
    newer, signed = factories.consent_text("2026-10"), pad.consent_text
    client, address = login(cast.officer), reverse("registration-new")
    sent = answers(booth, sheet=no(pad), consent_version=newer.code)
    checked = client.post(address, {**sent, "step": ""})
    assert checked.context["entry"].consent_version == signed
    assert f"Setuju, teks {signed.code}<" in checked.content.decode()
    for again in (client.post(address, {**sent, "step": "edit"}), client.post(address, {**sent, "nik": ""})):
        assert again.context["form"].fields["consent_version"].widget.texts == [signed]
    assert client.post(address, sent).status_code == 302
    assert Registration.objects.get().consent_text == signed


def test_a_sheet_of_another_booth_or_of_nowhere_or_voided_leads_back_with_a_sentence(
    cast, booth, pad, login, in_english
):
    pads.void(by=cast.officer, pad=pad, numbers=[2], reason="lost")
    factories.assign(cast.colleague, booth.event.booths.get(code="B"), timezone.localdate())
    wrong = {
        (cast.colleague, no(pad)): "belongs to another booth",
        (cast.officer, "P-AAA-001-1"): "No sheet of this branch",
        (cast.officer, "nonsense"): "No sheet of this branch",
        (cast.officer, no(pad, 2)): "is voided",
    }
    for (person, number), words in wrong.items():
        page = login(person).get(f"{reverse('registration-new')}?sheet={number}", follow=True)
        assert page.redirect_chain == [(reverse("today"), 302)]
        assert words in said(page)[0]


def test_a_sheet_that_a_colleague_keyed_in_meanwhile_keeps_what_was_typed(
    cast, booth, pad, login, monkeypatch
):
    """The form looked before the colleague had sent; the action refuses, for a page and for its script alike."""
    factories.submitted(by=cast.officer, **_entry(booth, sheet=no(pad)))
    real = sheets.objection
    looks_away_once(monkeypatch)
    page = login(cast.officer).post(scanned(pad), answers(booth, sheet=no(pad), full_name="Warga Kedua"))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["sheet"])
    assert page.context["form"]["full_name"].value() == "Warga Kedua"
    monkeypatch.setattr(sheets, "objection", real)
    looks_away_once(monkeypatch)
    told = login(cast.officer).post(
        scanned(pad), answers(booth, sheet=no(pad)), headers={"Accept": "application/json"}
    )
    assert (told.json()["outcome"], list(told.json()["errors"])) == ("invalid", ["sheet"])
    assert Registration.objects.count() == 1


def _entry(booth: Booth, **changes) -> dict:
    return {name: text for name, text in answers(booth, **changes).items() if name != "step"}


def looks_away_once(monkeypatch) -> None:
    """The form's look finds nothing; the action's is the real one."""
    real, looks = sheets.objection, iter([lambda *_args, **_kwargs: None])
    monkeypatch.setattr(sheets, "objection", lambda *args, **kwargs: next(looks, real)(*args, **kwargs))


def test_a_correction_of_a_paper_form_asks_for_the_sheet_again(cast, booth, pad, login):
    stored = factories.submitted(by=cast.officer, **_entry(booth, sheet=no(pad)))
    form = login(cast.officer).get(reverse("registration-correct", args=[stored.reference])).context["form"]
    assert form["sheet"].value() == no(pad)
    assert "sheet" in [pointer.name for pointer in form.helper.layout.get_field_names()]


def test_a_draft_of_a_sheet_goes_on_as_a_paper_form_of_today(cast, booth, pad, login):
    client = login(cast.officer)
    typed = answers(booth, sheet=no(pad), step="keep", consent_how="paper", full_name="Warga Draf")
    client.post(scanned(pad), typed)
    page = client.get(reverse("draft", args=[Draft.objects.get().pk]))
    assert (page.context["form"].on_paper, page.context["form"]["sheet"].value()) == (True, no(pad))
    sent = client.post(page.context["action"], {**typed, "step": "send", "consent_how": "paper"})
    assert sent.status_code == 302
    assert Registration.objects.get().paper_sheet == PaperSheet(pad, 1)


# --- Making, printing


def test_the_branch_makes_a_pad_and_comes_to_its_print(cast, booth, login):
    client, made = login(cast.reviewer), str(uuid4())
    sent = {"pad_id": made, "booth": booth.pk, "number": "3"}
    for _twice in range(2):
        page = client.post(reverse("paper-pad-new", args=[booth.event.slug]), sent)
        assert (page.status_code, page.url) == (302, reverse("paper-pad-print", args=[made]))
    pad = PaperPad.objects.get()
    body = client.get(page.url).content.decode()
    assert [body.count(f">{no(pad, number)}<") for number in pad.numbers] == [1, 1, 1]
    assert body.count(pad.consent_text.statement) == 3
    assert body.count("<svg") > 3


def test_another_pad_under_one_id_is_refused_on_the_page(cast, booth, pad, login):
    sent = {"pad_id": str(pad.pk), "booth": booth.pk, "number": "6"}
    page = login(cast.head).post(reverse("paper-pad-new", args=[booth.event.slug]), sent)
    assert (page.status_code, list(page.context["form"].errors)) == (409, ["__all__"])
    assert page.context["form"]["number"].value() == "6"
    assert PaperPad.objects.get().sheets == 5


def test_a_pad_of_none_or_too_many_or_of_another_events_booth_is_refused(cast, booth, login):
    other = cast.event.booths.first()
    for changes in ({"number": "0"}, {"number": "101"}, {"number": "x"}, {"booth": other.pk}, {"pad_id": ""}):
        sent = {"pad_id": str(uuid4()), "booth": booth.pk, "number": "3", **changes}
        page = login(cast.head).post(reverse("paper-pad-new", args=[booth.event.slug]), sent)
        assert (page.status_code, list(page.context["form"].errors)) == (422, list(changes))
    assert PaperPad.objects.count() == 0


def test_only_who_makes_pads_prints_them_and_sees_since_when_there_may_be_sheets(
    cast, booth, pad, login, in_english
):
    """The officer sees the report and says what became of the sheets; a second print would be a second number."""
    report, one, printed = (
        reverse("paper-pads", args=[booth.event.slug]), reverse("paper-pad", args=[pad.pk]),
        reverse("paper-pad-print", args=[pad.pk]),
    )  # fmt: skip
    officer, head = login(cast.officer), login(cast.head)
    assert [officer.get(path).status_code for path in (report, one, printed)] == [200, 200, 403]
    assert [printed in client.get(report).text for client in (officer, head)] == [False, True]
    since = f"{clock(pad.made_at)}. Its sheets may be on paper since then."
    assert [since in page.text for page in (officer.get(one), head.get(one), head.get(printed))] == [True] * 3


def test_the_blank_form_stays_indonesian(cast, pad, login):
    client = login(cast.head)
    client.cookies["language"] = "en"
    body = client.get(reverse("paper-pad-print", args=[pad.pk])).content.decode()
    assert "Nama lengkap" in body
    assert "Full name" not in body


# --- The gap report


def test_the_report_names_every_sheet_that_is_neither(cast, booth, pad, login):
    factories.submitted(by=cast.officer, **_entry(booth, sheet=no(pad, 1)))
    pads.void(by=cast.officer, pad=pad, numbers=[3], reason="spoilt")
    page = login(cast.officer).get(reverse("paper-pads", args=[booth.event.slug]))
    assert page.context["total"] == {"printed": 5, "keyed": 1, "voided": 1, "missing": 3}
    (account,) = page.context["accounts"]
    assert account.missing_words == "002, 004–005"
    assert "002, 004–005" in page.content.decode()


def test_a_withdrawn_registration_leaves_no_gap(cast, booth, pad, login):
    factories.withdrawn(by=cast.officer, **_entry(booth, sheet=no(pad, 1)))
    page = login(cast.officer).get(reverse("paper-pads", args=[booth.event.slug]))
    assert page.context["total"]["missing"] == 4


def test_sheets_are_voided_on_the_pads_page_and_only_the_head_may_take_that_back(cast, pad, login):
    address = reverse("paper-pad", args=[pad.pk])
    voided = login(cast.officer).post(address, {"numbers": "1, 3-4", "reason": "unused"})
    assert (voided.status_code, voided.url) == (302, address)
    refused = login(cast.officer).post(address, {"numbers": "3", "reason": "taken_back"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    login(cast.head).post(address, {"numbers": "3", "reason": "taken_back"})
    page = login(cast.officer).get(address)
    assert page.context["account"].voided == {1: "unused", 4: "unused"}
    assert [row["sheets"] for row in page.context["history"]] == ["003", "001, 003–004"]


def test_what_cannot_be_voided_comes_back_as_it_was_typed(cast, booth, pad, login):
    factories.submitted(by=cast.officer, **_entry(booth, sheet=no(pad, 2)))
    address = reverse("paper-pad", args=[pad.pk])
    page = login(cast.officer).post(address, {"numbers": "1-2", "reason": "unused"})
    assert (page.status_code, list(page.context["form"].errors)) == (409, ["numbers"])
    assert page.context["form"]["numbers"].value() == "1-2"
    page = login(cast.officer).post(address, {"numbers": "6", "reason": "unused"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["numbers"])


def test_the_end_of_the_shift_tells_how_many_sheets_are_open(cast, booth, pad, login):
    address = reverse("booth-close", args=[booth.pk, timezone.localdate()])
    assert login(cast.officer).get(address).context["sheets_open"] == 5
    pads.void(by=cast.officer, pad=pad, numbers=[1, 2], reason="unused")
    page = login(cast.officer).get(address)
    assert page.context["sheets_open"] == 3
    assert reverse("paper-pads", args=[booth.event.slug]) in page.content.decode()
    other = reverse("booth-close", args=[booth.event.booths.get(code="B").pk, timezone.localdate()])
    assert (
        reverse("paper-pads", args=[booth.event.slug]) not in login(cast.officer).get(other).content.decode()
    )


@pytest.mark.parametrize(
    ("day", "state", "sentence"),
    [
        (1, "open", "Your duty at this sheet's booth begins on {day}. Key it in from then on."),
        (1, "closed", "This event is not open. Hand the paper to the branch; it can still enter it."),
        (None, "closed", "This event is not open. Hand the paper to the branch; it can still enter it."),
        (None, "open", "This sheet belongs to another booth. An officer of that booth keys it in."),
    ],
)
def test_a_sheet_that_can_not_be_keyed_in_now_says_why(
    cast, booth, pad, login, in_english, day, state, sentence
):
    there = timezone.localdate() + timedelta(days=day or 0)
    if day:
        Assignment.objects.create(officer=cast.colleague, booth=booth, day=there)
    type(booth.event).objects.filter(pk=booth.event_id).update(state=state)
    page = login(cast.colleague).get(scanned(pad), follow=True)
    assert said(page) == [sentence.format(day=day_short(there))]
