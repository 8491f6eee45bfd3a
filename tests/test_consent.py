"""Consent: what is stored is what was shown, it stays as it was, and it can be taken back (UU 27/2022)."""

import html
import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from enrolment.actions import consent, decisions, registrations
from enrolment.choices import State
from enrolment.entry import Entry
from enrolment.models import ConsentText, ConsentWithdrawal, Registration
from outreach.errors import ActionRefused
from outreach.models import AuditEntry
from outreach.templatetags import formats
from tests import factories, rawsql
from tests.test_states import STATES, in_state

ADD = "/admin/enrolment/consenttext/add/"
TODAY = {"registered_at": "", "consent_at": ""}


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def shown(page: str) -> dict[str, str]:
    """The words of each notice on a page, by the code that the form sends for it."""
    parts = re.split(r'<div class="jb-say" data-notice="([^"]+)">', page)[1:]
    notices = zip(parts[::2], parts[1::2], strict=True)
    return {code: words(part.partition('<p class="jb-quiet')[0]) for code, part in notices}


@pytest.fixture
def stand(cast, login):
    """The officer's form at a stand of today."""
    day = timezone.localdate()
    factories.event(organiser=cast.organisation, officers=(cast.officer,), slug="kini", days=(day, day))
    month = f"{day:%Y-%m}"

    def send(**changes):
        row = factories.row(event="kini", first_month=month, consent_how="aloud", **TODAY)
        data = {**row, "step": "send", "opened_by": cast.officer.pk, **changes}
        return login(cast.officer).post("/registrations/new/?event=kini&booth=A", data)

    return send


@pytest.mark.parametrize("code", ["2023-06", "2023-06.en"])
def test_what_is_stored_is_what_the_page_showed(cast, login, stand, code):
    page = login(cast.officer).get("/registrations/new/?event=kini&booth=A").content.decode()
    assert list(shown(page)) == ["2023-06", "2023-06.en"]
    assert stand(consent_version=code, consent_how="self").status_code == 302
    stored = Registration.objects.select_related("consent_text").get()
    text = stored.consent_text
    assert shown(page)[code] == words(f"{text.notice} {text.statement}")
    assert (text.code, stored.consent_how, stored.officer) == (code, "self", cast.officer)
    assert stored.consent_at == stored.registered_at


def test_nobody_has_agreed_before_they_answer(cast, login, stand):
    page = login(cast.officer).get("/registrations/new/?event=kini&booth=A").content.decode()
    boxes = re.findall(r'<input[^>]*name="consent_how"[^>]*>', page)
    assert [("checked" in box) for box in boxes] == [False, False]
    answer = stand(consent_how="")
    assert (answer.status_code, answer.context["form"].coded_errors()) == (
        422,
        ["consent_how:consent_how_missing"],
    )


def test_a_form_that_comes_back_shows_the_text_that_was_agreed_to(cast, stand):
    today = timezone.localdate()
    ConsentText.objects.create(version="baru", valid_from=today, notice="Lain.", statement="Setuju?")
    assert list(shown(stand(income="").content.decode())) == ["2023-06", "2023-06.en"]
    assert list(shown(stand(consent_version="").content.decode())) == ["baru"]


def test_a_newer_version_is_offered_only_in_the_languages_it_has(cast):
    def offered(day):
        return sorted(text.code for text in ConsentText.objects.offered(day=day))

    new = {"version": "2027-01", "valid_from": date(2027, 1, 1), "notice": "Lain.", "statement": "Setuju?"}
    ConsentText.objects.create(**new)
    assert offered(date(2026, 12, 31)) == ["2023-06", "2023-06.en"]
    assert offered(date(2027, 1, 1)) == ["2027-01"]


def test_what_was_stored_before_keeps_its_digest(cast):
    """The keys of content that older rows have: those that came later stand in it only where they say more."""
    entry = factories.entry(by=cast.officer)
    later = {"consent_how", "guardian_relation", "guardian_agrees", "sheet"}
    assert set(entry.canonical()) == set(Entry.__slots__) - later - {"submission_id"}
    assert entry.canonical()["consent_version"] == "2023-06"
    said = {"consent_how": "aloud", "guardian_relation": "mother", "guardian_agrees": "y"}
    told = factories.entry(by=cast.officer, guardian="Ibu Uji", **said).canonical()
    assert {name: told[name] for name in later & set(told)} == said


def test_a_stored_page_sent_again_without_the_new_answers_is_the_same(cast):
    row = factories.row(consent_how="paper")
    first = registrations.submit(by=cast.officer, entry=factories.entry(by=cast.officer, **row))
    again = factories.entry(by=cast.officer, **row | {"consent_how": ""})
    assert registrations.submit(by=cast.officer, entry=again).outcome == "same"
    assert first.registration.consent_how == "paper"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE enrolment_consenttext SET notice = 'lain'",
        "UPDATE enrolment_consenttext SET language = 'su' WHERE language = 'en'",
        "UPDATE enrolment_consenttext SET valid_from = '2030-01-01'",
        "DELETE FROM enrolment_consenttext",
        "UPDATE enrolment_consentwithdrawal SET channel = 'letter'",
        "DELETE FROM enrolment_consentwithdrawal",
    ],
)
def test_texts_and_withdrawals_are_append_only(cast, sql):
    row = factories.submitted(by=cast.officer)
    consent.withdraw(by=cast.officer, registration=row, channel="person")
    with pytest.raises(IntegrityError, match="append-only"):
        rawsql.execute(sql)


def test_a_version_has_one_text_a_language(cast):
    text = {"version": "2023-06", "valid_from": date(2023, 6, 1), "notice": "Lain.", "statement": "Setuju?"}
    with pytest.raises(IntegrityError):
        ConsentText.objects.create(**text)


# Withdrawing

STATE_AFTER = {
    ("submitted", "officer"): "withdrawn",
    ("returned", "officer"): "withdrawn",
    ("submitted", "reviewer"): "withdrawn",
    ("returned", "reviewer"): "withdrawn",
    ("approved", "reviewer"): "withdrawn",
}
MAY = {"officer", "reviewer", "other_reviewer"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "name", ["officer", "reviewer", "colleague", "head", "system_admin", "strange_reviewer"]
)
def test_withdrawal_by_state_and_role(cast, state, name):
    row, by = in_state(cast, state), cast.people[name]
    if name not in MAY:
        with pytest.raises(ActionRefused) as refused:
            consent.withdraw(by=by, registration=row, channel="phone")
        assert (refused.value.code, ConsentWithdrawal.objects.count()) == ("not_allowed", 0)
        return
    request = consent.withdraw(by=by, registration=row, channel="phone", reason="Tidak jadi.")
    row.refresh_from_db()
    assert row.state == STATE_AFTER.get((state, name), state)
    assert (request.due_at - request.asked_at, request.received_by) == (timedelta(days=3), by)
    assert row.consent_withdrawn_at == request.asked_at
    assert AuditEntry.objects.filter(object_id=row.pk).order_by("seq").last().action == "consent.withdraw"


def test_it_is_withdrawn_once_and_asked_between_consent_and_now(cast):
    row = factories.submitted(by=cast.officer)
    codes = []
    early, late = row.consent_at - timedelta(minutes=1), timezone.now() + timedelta(minutes=1)
    for asked_at in (early, late, None, None):
        try:
            consent.withdraw(by=cast.officer, registration=row, channel="person", asked_at=asked_at)
            codes.append("done")
        except ActionRefused as refused:
            codes.append(refused.code)
    assert codes == ["asked_at", "asked_at", "done", "consent_withdrawn"]


@pytest.mark.parametrize(
    ("state", "target"),
    [
        ("withdrawn", "submitted"),
        ("approved", "submitted"),
    ],
)
def test_what_was_taken_back_goes_no_further(cast, state, target):
    row = in_state(cast, state)
    by = cast.officer if state == "approved" else cast.reviewer  # whose move it is not: the state stays
    consent.withdraw(by=by, registration=row, channel="phone")
    row.refresh_from_db()
    assert row.state == state
    with pytest.raises(ActionRefused) as refused:
        decisions.move(by=cast.reviewer, registration=row, target=State(target), reason="Alasan uji.")
    assert refused.value.code == "consent_withdrawn"
    insert = (
        "INSERT INTO enrolment_decision (id, registration_id, number, source, target, version, by_id, at)"
        " VALUES (%s, %s, 9, %s, %s, 1, %s, %s)"
    )
    values = (factories.uuid4(), row.pk, state, target, cast.reviewer.pk, timezone.now())
    with pytest.raises(IntegrityError, match="taken back"):
        rawsql.execute(insert, *values)
    rawsql.drop_trigger("enrolment_decision_consent_stays_withdrawn", table="enrolment_decision")
    assert rawsql.execute(insert, *values) == 1


def test_no_correction_after_it(cast, login):
    row = factories.submitted(by=cast.officer)
    consent.withdraw(by=cast.reviewer, registration=row, channel="phone")
    with pytest.raises(ActionRefused) as refused:
        registrations.correct(by=cast.officer, registration=row, entry=factories.entry(by=cast.officer))
    assert refused.value.code == "move_refused"
    address = f"/registrations/{row.reference}/"
    assert login(cast.officer).get(f"{address}correct/").url == address


def test_the_same_worker_may_agree_anew(cast):
    same = {"nik": factories.nik(), "birth_date": "1988-04-12"}
    first = factories.approved(by=cast.officer, reviewer=cast.reviewer, **same)
    consent.withdraw(by=cast.reviewer, registration=first, channel="person")
    again = factories.approved(by=cast.officer, reviewer=cast.reviewer, **same)
    assert (again.state, again.warnings) == ("approved", [])


def test_the_person_is_closed_afterwards(cast, login):
    row = factories.submitted(by=cast.officer, full_name="Sari Rahasia")
    pages = ("/registrations/", f"/registrations/{row.reference}/")
    assert all("Sari Rahasia" in login(cast.officer).get(page).content.decode() for page in pages)
    consent.withdraw(by=cast.officer, registration=row, channel="person")
    before = AuditEntry.objects.filter(action="read").count()
    officer = [login(cast.officer).get(page).content.decode() for page in pages]
    review = f"/admin/enrolment/registration/{row.reference}/"
    asked = login(cast.reviewer).get(review).content.decode()
    assert ["Sari Rahasia" in page for page in (*officer, asked)] == [False] * 3
    assert AuditEntry.objects.filter(action="read").count() == before  # nothing was opened
    told = login(cast.reviewer).post(review, {"act": "open", "purpose": "review: other"})
    assert (told.status_code, "Sari Rahasia" in told.content.decode()) == (200, True)


def test_officer_and_branch_withdraw_by_page(cast, login):
    first, second = factories.submitted(by=cast.officer), factories.submitted(by=cast.officer)
    stand = f"/registrations/{first.reference}/consent/"
    branch = f"/admin/enrolment/registration/{second.reference}/consent/"
    assert login(cast.officer).post(stand, {"channel": "person"}).url == f"/registrations/{first.reference}/"
    answer = login(cast.reviewer).post(branch, {"channel": "phone", "asked_at": "1-1-2027 08.00"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["asked_at"])
    assert login(cast.reviewer).post(branch, {"channel": "phone"}).status_code == 302
    states = dict(Registration.objects.values_list("reference", "state"))
    assert states == {first.reference: "withdrawn", second.reference: "withdrawn"}


def test_the_branchs_list_has_the_open_ones_first_and_says_what_is_overdue(cast, login):
    done = factories.submitted(by=cast.officer)
    waiting = factories.approved(by=cast.officer, reviewer=cast.reviewer)
    long_ago = timezone.now() - timedelta(days=4)
    Registration.objects.update(consent_at=long_ago - timedelta(days=1), registered_at=long_ago)
    consent.withdraw(by=cast.officer, registration=done, channel="person", asked_at=long_ago)
    consent.withdraw(by=cast.officer, registration=waiting, channel="phone", asked_at=long_ago)
    page = login(cast.reviewer).get("/admin/enrolment/consentwithdrawal/")
    rows = list(page.context["cl"].result_list)
    assert [row.registration_id for row in rows] == [waiting.pk, done.pk]
    text = page.content.decode()
    assert text.count("lewat waktu sejak") + text.count("overdue since") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_from": "2026-11-01"}, "valid_from"),
        ({"version": "2023-06", "language": "su", "valid_from": "2023-05-31"}, "valid_from"),
        ({"language": "su"}, "version"),
        ({}, None),
    ],
)
def test_system_admin_adds_a_text_that_displaces_none(cast, login, changes, field):
    text = {
        "version": "2027-01",
        "language": "id",
        "valid_from": "2027-01-01",
        "notice": "N",
        "statement": "S?",
    }
    client, added = login(cast.system_admin), ConsentText.objects.filter(version="2027-01")
    looked = client.post(ADD, {**text, **changes})
    assert added.count() == 0
    stored = client.post(ADD, {**text, **changes, "step": "save"})
    if field is None:
        assert (looked.status_code, stored.status_code, added.count()) == (200, 302, 1)
    else:
        errors = [list(answer.context["adminform"].form.errors) for answer in (looked, stored)]
        assert (errors, added.count()) == ([[field], [field]], 0)


def test_a_new_text_is_seen_as_at_the_stand_before_it_is_stored(cast, login):
    """What the preview shows is what the form shows from that day on; what was typed survives a change of mind."""
    today = timezone.localdate()
    text = {
        "version": "kini", "language": "id", "valid_from": today.isoformat(), "statement": "Setuju?",
        "notice": "Data ini <untuk> apa.\r\n\r\nSiapa yang melihat.",
    }  # fmt: skip
    client = login(cast.system_admin)
    looked = client.post(ADD, text)
    told = looked.content.decode()
    assert f"Bahasa Indonesia, ditampilkan mulai {formats.day(today)}." in words(told)
    assert "Pendaftaran yang diambil sebelum itu tetap dengan teks yang ditampilkan waktu itu." in words(told)
    again = client.post(ADD, {**text, "step": "edit"})
    form = again.context["adminform"].form
    assert {name: form[name].value() for name in text} == text
    assert client.post(ADD, {**dict(looked.context["typed"]), "step": "save"}).status_code == 302
    factories.event(organiser=cast.organisation, officers=(cast.officer,), slug="kini", days=(today, today))
    page = login(cast.officer).get("/registrations/new/?event=kini&booth=A").content.decode()
    assert shown(page) == shown(told)
    assert list(shown(page)) == ["kini"]


@pytest.mark.parametrize("step", ["", "save", "edit"])
def test_only_who_may_add_a_text_sees_its_preview(cast, login, step):
    answers = [login(who).post(ADD, {"step": step}).status_code for who in (cast.head, cast.reviewer)]
    assert answers == [403, 403]


@pytest.mark.usefixtures("in_english")
def test_a_text_with_errors_has_the_summary_that_leads_to_each(cast, login):
    page = login(cast.system_admin).post(ADD, {"version": "kini", "language": "id"}).content.decode()
    led = re.findall(r'<li><a href="#(id_\w+)">', page)
    assert led == ["id_valid_from", "id_notice", "id_statement"]
    assert (page.count('id="error-summary"'), "Please correct the error" in page) == (1, False)
    assert "<title>Error:" in page
    assert 'id="error-summary"' not in login(cast.system_admin).get(ADD).content.decode()
