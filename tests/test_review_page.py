"""One registration for its reviewer: what is shown, what stays hidden, and what opening it puts on record."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrolment.actions import decisions, registrations
from enrolment.choices import State
from enrolment.errors import WARNINGS
from enrolment.forms.decision import Purpose
from enrolment.models import PaperSheet, Relief
from enrolment.queries import duplicates, queue
from tests import factories
from tests.reviewing import ADDRESS, EMAIL, HIDDEN_TEXTS, NIK, WHO, now, reads, trail, url


@pytest.fixture
def desk(cast, login, in_english):
    """The reviewer's browser, in the language of the source."""
    return login(cast.reviewer)


def test_one_hides_nik_phone_address_and_email(cast, desk):
    registration = factories.submitted(by=cast.officer, **WHO)
    text = desk.get(url(registration)).text
    assert [hidden for hidden in HIDDEN_TEXTS if hidden in text] == []
    assert "Sumiati Uji" in text
    assert reads() == [
        (
            "verifikator", registration.pk,
            "birth_date birth_place full_name guardian income reason rt rw sex", "review", 1,
        )
    ]  # fmt: skip


def test_the_number_of_the_sheet_stands_there_to_find_the_paper(cast, desk):
    number = str(PaperSheet(factories.pad(cast.event.booths.get(code="A"), by=cast.head), 3))
    stored = [factories.submitted(by=cast.officer, sheet=sheet) for sheet in (number, "")]
    texts = [desk.get(url(one)).text for one in stored]
    assert [text.count(f'Number of the paper sheet: <strong class="jb-ref">{number}<') for text in texts] == [
        1,
        0,
    ]
    assert ["Number of the paper sheet" in text for text in texts] == [True, False]


@pytest.mark.parametrize("purpose", Purpose.values)
def test_opening_shows_the_values_after_one_access_row_with_its_purpose(cast, desk, purpose):
    registration = factories.submitted(by=cast.officer, **WHO)
    response = desk.post(url(registration), {"act": "open", "purpose": purpose, "version": 1})
    assert response.status_code == 200
    for shown in ("3172\u00a00112\u00a00488\u00a00077", "0812-9876-5432", ADDRESS, EMAIL):
        assert shown in response.text
    assert reads() == [
        (
            "verifikator", registration.pk,
            "address birth_date birth_place email full_name guardian income nik phone reason rt rw sex", purpose, 1,
        )
    ]  # fmt: skip
    assert trail(registration) == [(None, State.SUBMITTED, "petugas")]


@pytest.mark.parametrize("purpose", ["", "curiosity"])
def test_opening_without_a_purpose_shows_nothing_more(cast, desk, purpose):
    registration = factories.submitted(by=cast.officer, **WHO)
    response = desk.post(
        url(registration), {"act": "open", "purpose": purpose, "version": 1, "reason": "Typed"}
    )
    assert response.status_code == 422
    assert [hidden for hidden in HIDDEN_TEXTS if hidden in response.text] == []
    assert "Choose what you open it for. It is put on record." in response.text
    assert ">Typed</textarea>" in response.text
    assert [row[3] for row in reads()] == ["review"]


def test_opening_keeps_the_typed_reason(cast, desk):
    registration = factories.submitted(by=cast.officer, **WHO)
    response = desk.post(
        url(registration), {"act": "open", "purpose": Purpose.CALL, "version": 1, "reason": "Half a sent"}
    )
    assert ">Half a sent</textarea>" in response.text


def test_a_get_cannot_open(cast, desk):
    registration = factories.submitted(by=cast.officer, **WHO)
    text = desk.get(url(registration), {"act": "open", "purpose": Purpose.CALL}).text
    assert [hidden for hidden in HIDDEN_TEXTS if hidden in text] == []


def test_one_shows_warnings_as_sentences(cast, desk):
    registration = factories.submitted(by=cast.officer, sex="P", birth_date="2009-11-25")
    response = desk.get(url(registration))
    codes = ["nik_sex", "nik_birth_date", "age_under_17", "guardian_missing"]
    assert response.context["warnings"] == [(code, WARNINGS[code]) for code in codes]
    assert response.context["years"] == 16


def test_price_adds_up_month_by_month(cast, desk):
    registration = factories.submitted(by=cast.officer, package="L", months="6", first_month="2026-11")
    page = desk.get(url(registration))
    quote = page.context["quote"]
    assert [(span[0].first_day.isoformat(), len(span), span[0].total) for span in quote.spans] == [
        ("2026-11-01", 2, 68_400),
        ("2027-01-01", 4, 84_800),
    ]
    assert quote.total == registration.contribution_total == 476_000
    assert list(page.context["basis"].values()) == [
        "PP 44/2015 Lampiran II (JKK, JKM), PP 46/2015 (JHT)",
        "PP 50/2025: keringanan 50 % iuran JKK dan JKM",
    ]
    assert "Rp476.000" in page.text
    # Which rule gives which months their price.
    assert "Nov, Dec: PP 50/2025: keringanan 50 % iuran JKK dan JKM." in page.text


def test_a_cancelled_relief_leaves_the_stored_price(cast, desk):
    registration = factories.submitted(by=cast.officer)
    Relief.objects.update(retired_at=timezone.now())
    quote = desk.get(url(registration)).context["quote"]
    assert (quote.total, quote.discounted_months) == (16_400, 1)
    assert quote.total == registration.contribution_total


def test_twins_stand_side_by_side_and_hidden_values_stay_closed(cast, desk):
    """tests/test_verdicts.py judges them."""
    first = factories.submitted(by=cast.officer, **WHO)
    same_nik = factories.submitted(
        by=cast.officer, **{**WHO, "full_name": "Sumi Yati", "booth": "B", "phone": "081111111111"}
    )
    same_person = factories.submitted(by=cast.officer, **{**WHO, "nik": factories.nik(), "months": "3"})
    factories.rejected(by=cast.officer, reviewer=cast.reviewer, **WHO)
    response = desk.get(url(first))
    twins = response.context["twins"]
    assert [(t.registration.reference, t.same_nik) for t in twins.here] == [
        (same_person.reference, False), (same_nik.reference, True),
    ]  # fmt: skip
    assert twins.elsewhere is False
    differing = {
        line.label: [cell.word or "closed" for cell in line.cells if cell.differs]
        for line in response.context["twin_lines"]
    }
    assert differing == {
        "NIK": ["closed"],
        "Full name": ["Sumi Yati"],
        "Birth date": [],
        "Village": [],
        "Mobile number": ["closed"],
        "Main job": [],
        "Package": ["T, 3 mo"],
        "Officer": [],
        "Event": ["Bazar Uji, booth B"],
        "Registered": [],
        "State": [],
    }
    assert [hidden for hidden in (*HIDDEN_TEXTS, "0811-1111-1111") if hidden in response.text] == []
    assert [(row[1], row[3], row[4]) for row in reads()] == [
        (first.pk, f"review, beside {same_person} {same_nik}", 3)
    ]
    assert "Another branch has a registration of this worker." not in response.text


def test_of_another_branch_only_that_it_has_one(cast, desk):
    event = factories.event(
        organiser=cast.strange_organiser.organisation, officers=[cast.stranger], slug="bazar-lain"
    )
    theirs = factories.submitted(by=cast.stranger, **WHO, event=event.slug, officer="orang_lain")
    mine = factories.submitted(by=cast.officer, **WHO)
    response = desk.get(url(mine))
    assert response.context["twins"] == duplicates.Twins(here=[], elsewhere=True)
    assert "approved" not in response.text.partition('id="twins"')[2].partition("</section>")[0]
    assert "Another branch has a registration of this worker." in response.text
    assert theirs.reference not in response.text.replace("-", "")


def test_history_tells_who_when_and_why(cast, desk):
    registration = factories.returned(
        by=cast.officer, reviewer=cast.reviewer, reason="Nomor HP kurang jelas.", **WHO
    )
    registrations.correct(
        by=cast.officer,
        registration=registration,
        entry=factories.entry(by=cast.officer, **WHO, submission_id=str(registration.submission_id)),
    )
    registration = now(registration)
    response = desk.get(url(registration))
    history = response.context["history"]
    assert [(str(word), past.decision.by.username, past.reason) for past, word in history] == [
        ("Sent", "petugas", ""),
        ("Returned", "verifikator", "Nomor HP kurang jelas."),
        ("Corrected and sent again", "petugas", ""),
    ]
    assert "2 versions" in response.text
    assert [(row[1], row[4]) for row in reads()][-1] == (registration.pk, 1)


def test_one_costs_the_same_whatever_its_past(cast, desk):
    def cost(registration) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url(registration)).status_code == 200
        return len(queries)

    alike = {"nik": factories.nik()}
    factories.submitted(by=cast.officer, **alike)  # so that there is a next one, and a twin
    short = factories.approved(
        by=cast.officer, reviewer=cast.reviewer, **alike
    )  # so that it has been followed too
    decisions.move(by=cast.reviewer, registration=short, target=State.SUBMITTED, reason="salah")
    twin = {"nik": NIK, "birth_date": "1988-04-12"}
    long = factories.approved(by=cast.officer, reviewer=cast.reviewer, **twin)
    decisions.move(by=cast.reviewer, registration=long, target=State.SUBMITTED, reason="salah")
    for _ in range(3):
        factories.submitted(by=cast.officer, **twin)
    cost(short)
    assert cost(long) == cost(short)


def test_one_says_how_many_still_wait(cast, desk, monkeypatch):
    registration = factories.submitted(by=cast.officer)
    factories.submitted(by=cast.officer)
    assert "2 still waiting" in desk.get(url(registration)).text
    monkeypatch.setattr(queue, "COUNTED", 1)
    assert "1+ still waiting" in desk.get(url(registration)).text


def test_taking_it_keeps_what_was_typed(cast, desk):
    registration = factories.submitted(by=cast.officer)
    typed = {"act": "claim", "reason": "Nomornya kurang satu.", "flag": ["phone"], "say_phone": "tanya lagi"}
    page = desk.post(url(registration), typed)
    assert (page.status_code, page.context["mine"]) == (200, True)
    assert (page.context["form"]["reason"].value(), page.context["marks"]["phone"].words) == (
        "Nomornya kurang satu.",
        "tanya lagi",
    )
