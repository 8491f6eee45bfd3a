"""What the worker takes home: the receipt, its slip of 58 mm, the text for WhatsApp, and the public page of its QR."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from enrolment.choices import Kind, State
from enrolment.models import Registration
from outreach.logs import scrub
from outreach.models import AuditEntry
from outreach.views import token_links
from tests import factories

NAME, PHONE = "Sumiati Rekaan", "081298765432"
PEOPLE = ("Sumiati", "Rekaan", "98765432", "Jl. Uji")


@pytest.fixture
def registration(cast, in_english):
    return factories.submitted(by=cast.officer, full_name=NAME, phone=PHONE)


@pytest.fixture
def officer(cast, login):
    return login(cast.officer)


def looks(cast) -> list[tuple]:
    rows = AuditEntry.objects.filter(branch=cast.branch, action="read").order_by("seq")
    return [(row.actor, row.fields, row.purpose, row.count) for row in rows]


def whatsapp(client, registration) -> tuple[str, str]:
    """(whom the link addresses, its text)."""
    page = client.post(f"/registrations/{registration.reference}/whatsapp/")
    assert page.status_code == 200
    link = urlsplit(page.context["link"])
    assert (link.scheme, link.netloc) == ("https", "wa.me")
    return link.path, parse_qs(link.query)["text"][0]


# --- On the receipt and on paper


def test_the_receipt_and_the_slip_carry_the_address_of_the_status_page(officer, registration):
    for page in ("", "slip/"):
        answer = officer.get(f"/registrations/{registration.reference}/{page}")
        assert answer.context["status_url"] == f"http://testserver/s/{registration.status_token}/"
        assert answer.content.decode().count('class="jb-qr-code"') == 1


def test_the_address_is_the_public_one_where_it_is_known(officer, registration, settings):
    settings.PUBLIC_URL = "https://jemput.example"
    page = officer.get(f"/registrations/{registration.reference}/slip/")
    assert page.context["status_url"] == f"https://jemput.example/s/{registration.status_token}/"


def test_a_slip_is_one_look_at_a_name_and_shows_no_identity_number(cast, officer, registration):
    page = officer.get(f"/registrations/{registration.reference}/slip/").content.decode()
    assert looks(cast) == [(cast.officer, "full_name", "printed receipt", 1)]
    assert NAME in page
    assert "NOT A PARTICIPANT YET" in page
    assert re.search(r"\d{16}", page) is None


def test_a_slip_is_the_workers_whatever_language_the_officer_works_in(officer, registration, settings):
    settings.LANGUAGE_CODE = "id"
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = officer.get(f"/registrations/{registration.reference}/slip/").content.decode()
    assert "BELUM MENJADI PESERTA" in page
    assert "Print the slip" in page


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "lapsed"])
def test_a_slip_of_one_that_is_over_asks_for_no_money(cast, officer, state, in_english):
    others = {} if state == "withdrawn" else {"reviewer": cast.reviewer}
    over = getattr(factories, state)(by=cast.officer, **others)
    page = officer.get(f"/registrations/{over.reference}/slip/").content.decode()
    # What is drawn may have an "Rp" of its own: the receipt's token, and those of the forms around.
    page = page.partition("<main")[2].partition("</main>")[0].replace(over.status_token, "")
    assert ("Rp" in page, "To pay" in page) == (False, False)


def test_the_receipt_of_one_who_comes_back_is_the_same(officer, registration):
    before = officer.get(f"/registrations/{registration.reference}/").content.decode()
    Registration.objects.update(kind=Kind.REACTIVATION)
    after = officer.get(f"/registrations/{registration.reference}/").content.decode()
    tokens = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    assert tokens.sub("", before) == tokens.sub("", after)


# --- WhatsApp


def test_the_number_is_on_no_page_that_is_merely_looked_at(officer, registration):
    for page in ("", "slip/"):
        html = officer.get(f"/registrations/{registration.reference}/{page}").content.decode()
        assert ("wa.me" in html, "98765432" in html) == (False, False)
    answer = officer.get(f"/registrations/{registration.reference}/whatsapp/")
    assert (answer.status_code, answer.url) == (302, f"/registrations/{registration.reference}/")


def test_the_link_addresses_the_worker_and_the_look_at_the_number_is_audited(cast, officer, registration):
    to, _text = whatsapp(officer, registration)
    assert to == "/6281298765432"
    assert looks(cast) == [(cast.officer, "phone", "receipt to WhatsApp", 1)]


def test_the_page_with_the_link_is_not_kept_and_sends_no_address_on(officer, registration):
    page = officer.post(f"/registrations/{registration.reference}/whatsapp/")
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "strict-origin"
    assert page.content.decode().count("wa.me") == 1
    assert 'rel="noopener noreferrer"' in page.content.decode()


def test_the_text_says_what_the_receipt_says_and_names_nobody(officer, registration):
    _to, text = whatsapp(officer, registration)
    total = f"Rp{registration.contribution_total:,}".replace(",", ".")
    assert text.split("\n") == [
        f"BPJS Ketenagakerjaan has received your registration. Receipt number {registration}.",
        "Not a participant yet: protection starts after the first contribution is paid.",
        f"To pay (estimate): {total}. This price holds until 30 November 2026.",
        "The branch sends the payment code after checking.",
        f"See how it stands: http://testserver/s/{registration.status_token}/",
    ]
    assert registration.is_estimate


def test_the_text_of_one_that_is_withdrawn_asks_for_no_money(cast, officer, in_english):
    over = factories.withdrawn(by=cast.officer)
    _to, text = whatsapp(officer, over)
    text = text.replace(over.status_token, "")
    assert ("Rp" in text, "participant" in text) == (False, False)


def test_the_text_is_in_the_language_of_the_worker(officer, registration, settings):
    settings.LANGUAGE_CODE = "id"
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert whatsapp(officer, registration)[1].startswith("Pendaftaran Bapak/Ibu sudah diterima")


# --- The public page

HEADINGS = {
    State.SUBMITTED: "Your registration is being checked",
    State.RETURNED: "Your registration is being checked",
    State.APPROVED: "Your registration is checked and right",
    State.REJECTED: "The branch could not accept your registration",
    State.WITHDRAWN: "This registration was taken back",
    State.LAPSED: "The contribution was not paid in time",
}


@pytest.mark.parametrize("state", State)
def test_whoever_holds_the_receipt_reads_the_state_and_the_event_and_nothing_more(cast, state, in_english):
    others = {"submitted": {}, "withdrawn": {}}.get(state, {"reviewer": cast.reviewer})
    made = getattr(factories, state)(by=cast.officer, full_name=NAME, phone=PHONE, **others)
    before = AuditEntry.objects.count()
    answer = Client().get(f"/s/{made.status_token}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"<h1>{HEADINGS[state]}</h1>" in page
    assert cast.event.name in page
    hidden = (*PEOPLE, made.reference, str(made), "Rp", cast.officer.full_name, cast.branch.name)
    shown = page.partition("<main")[2].partition("</main>")[0]  # around it are tokens, drawn of any letters
    assert [word for word in hidden if word in shown] == []
    assert AuditEntry.objects.count() == before


def test_the_public_page_is_one_query_and_reads_no_sealed_column(registration, django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        assert Client().get(f"/s/{registration.status_token}/").status_code == 200
    assert re.search(r"nik|full_name|phone|reference|officer|contribution", queries[0]["sql"]) is None


def test_the_public_page_is_in_no_search_engine_cache_or_referrer(registration):
    for token in (registration.status_token, "x" * 22):
        answer = Client().get(f"/s/{token}/")
        assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer["Cache-Control"]


def test_every_token_that_fits_nothing_gets_the_same_page(registration):
    tokens = ("x" * 22, "x", registration.reference, registration.status_token[:-1])
    answers = [Client().get(f"/s/{token}/") for token in tokens]
    assert {answer.status_code for answer in answers} == {404}
    # What differs is the form's own token, and the way back of the language button, which is the address itself.
    own = re.compile(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"')
    assert len({own.sub("", answer.content.decode()) for answer in answers}) == 1


def test_guessing_is_limited_by_address_and_never_keeps_a_good_token_out(registration, monkeypatch):
    monkeypatch.setattr(token_links, "DEAD_LINKS", 3)
    guessed = [Client().get(f"/s/{n:022}/").status_code for n in range(5)]
    assert guessed == [404, 404, 404, 429, 429]
    assert Client().get(f"/s/{registration.status_token}/").status_code == 200
    assert Client(REMOTE_ADDR="127.0.0.7").get(f"/s/{'x' * 22}/").status_code == 404


def test_the_token_is_not_written_into_a_log(registration):
    assert scrub(f"200 1234 bytes GET /s/{registration.status_token}/") == "200 1234 bytes GET /s/[key]/"


def test_the_policy_of_forms_is_the_sites_own():
    """The page of the link stands where a redirect to wa.me would have needed this to be opened."""
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] == ["'self'"]
