"""Typing helped, never guessed: villages to choose from, echoes, what was chosen last; nothing typed is ever lost."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrolment.forms.registration import RegistrationForm
from enrolment.queries import form_data
from enrolment.queries.last_used import last_used
from enrolment.queries.regions import places
from outreach import regions
from outreach.choices import EventState
from outreach.models import Event
from tests import factories
from tests.server import ROOT

SEARCH, NEW = "/registrations/regions/", "/registrations/new/"
RADIOS = re.compile(r'type="radio" name="(village_code|work_location)_choice" value="([\d.]+)"')
DATE = ("birth_date_day", "birth_date_month", "birth_date_year")
TYPED = (
    "nik", "full_name", "birth_place", *DATE, "address", "rt", "rw", "village_code", "phone", "email",
    "work_location", "income", "guardian",
)  # fmt: skip
OF_PAPER = ("registered_at", "sheet")


@pytest.fixture
def officer(cast) -> Client:
    client = Client()
    client.force_login(cast.officer)
    return client


def post(client: Client, **changes):
    return client.post(NEW, factories.row(**changes))


def offered(answer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field, code in RADIOS.findall(answer.content.decode()):
        found.setdefault(field, []).append(code)
    return found


def box(answer, name: str) -> str:
    """What stands in the box of the page."""
    tag = re.search(rf'<input type="text" name="{name}"[^>]*>', answer.content.decode())[0]
    value = re.search(r' value="([^"]*)"', tag)
    return html.unescape(value[1]) if value else ""


# --- The search for scripts


def test_search_answers_code_label_and_postal_code_nearest_first(officer):
    answer = officer.post(SEARCH, {"typed": "penjaringan", "near": "31.72.01.1001", "level": "4"}).json()
    assert answer["found"][0] == [
        "31.72.01.1001", "Penjaringan, Kec. Penjaringan, Kota Administrasi Jakarta Utara", "14440",
    ]  # fmt: skip
    assert answer["total"] == len(answer["found"])


def test_search_of_a_regency(officer):
    answer = officer.post(SEARCH, {"typed": "jakarta u", "level": "2"}).json()
    assert answer == {"found": [["31.72", "Kota Administrasi Jakarta Utara", ""]], "total": 1}


@pytest.mark.parametrize("asked", [{}, {"typed": "pe"}, {"typed": "x" * 101}, {"typed": "pen", "level": "9"}])
def test_search_of_nothing_finds_nothing(officer, asked):
    assert officer.post(SEARCH, asked).json() == {"found": [], "total": 0}


def test_search_is_limited_a_minute(officer, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "region_search": "2/m/key"}
    statuses = [officer.post(SEARCH, {"typed": "pen", "level": "4"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_search_is_not_kept_by_the_browser(officer):
    assert "no-store" in officer.post(SEARCH, {"typed": "pen", "level": "4"})["Cache-Control"]


def test_what_comes_with_the_page_is_the_district_where_the_branch_stands(cast):
    """Not those of its events that are planned, or over."""
    branch, pluit = cast.officer.branch, "Pluit, Kec. Penjaringan, Kota Administrasi Jakarta Utara"
    found = form_data.content(branch)["villages"]
    assert [code for code, *_ in found] == [f"31.72.01.100{n}" for n in range(1, 6)]
    assert ["31.72.01.1005", pluit, "14450"] in found
    Event.objects.filter(branch=branch, state=EventState.OPEN).update(village_code="31.72.02.1001")
    assert {code[:8] for code, *_ in form_data.content(branch)["villages"]} == {"31.72.02"}
    Event.objects.filter(branch=branch).update(state=EventState.PLANNED)
    assert form_data.content(branch)["villages"] == []


def test_what_comes_with_the_page_are_the_regencies_of_its_province():
    assert len(places("31.72")) == 6
    assert ["31.72", "Kota Administrasi Jakarta Utara", ""] in places("31.72")


# --- Without JavaScript


@pytest.mark.parametrize("typed", ["Penjar", "penj", "Menteng", "Sorkam Kanan"])
def test_part_of_a_name_comes_back_with_the_nearest_to_choose(officer, typed):
    answer = post(officer, village_code=typed)
    assert (answer.status_code, box(answer, "village_code")) == (422, typed)
    expected = regions.search(typed, near="31.72.01.1001").codes
    assert offered(answer) == {"village_code": list(expected)}
    assert len(expected) > 1


def test_one_tap_chooses_it(officer):
    twin = "12.01.10.2018"
    answer = post(officer, village_code="Sorkam Kanan", village_code_choice=twin)
    assert answer.status_code == 200  # check-answers
    carried = re.search(r'name="village_code" value="([^"]*)"', answer.content.decode())[1]
    assert html.unescape(carried) == regions.label(twin)
    assert regions.find_village(regions.label(twin), near="31.72") == twin


def test_a_choice_that_no_longer_fits_what_is_typed_is_nothing(officer):
    answer = post(officer, village_code="Kamal Mu", village_code_choice="12.01.10.2018")
    assert (answer.status_code, box(answer, "village_code")) == (422, "Kamal Mu")
    assert offered(answer)["village_code"][0] == "31.72.01.1002"


def test_an_exact_name_needs_no_choice(officer):
    answer = post(officer, village_code="penjaringan")
    assert (answer.status_code, offered(answer)) == (200, {})


def test_a_page_that_is_right_offers_nothing(officer):
    assert offered(post(officer, nik="")) == {}


@pytest.mark.parametrize("typed", ["Bandung", "Bekasi"])
def test_city_and_regency_of_one_name_are_to_choose_from(officer, typed):
    answer = post(officer, work_location=typed)
    codes = offered(answer)["work_location"]
    assert set(codes) == set(regions.search(typed, level=regions.REGENCY).codes)
    assert post(officer, work_location=typed, work_location_choice=codes[0]).status_code == 200


def test_of_many_ten_are_shown_and_all_are_counted(officer):
    answer = post(officer, village_code="suk")
    assert len(offered(answer)["village_code"]) == 10
    assert f"10 yang terdekat dari {regions.search('suk').total}" in answer.content.decode()


# --- Echoes


def test_what_was_understood_is_said_beneath_the_box(officer):
    answer = post(officer, nik="", income="2,5 juta", phone="+62 812 3456 7890", rt="3", rw="006")
    text = re.sub(r"<svg.*?</svg>", "", answer.content.decode(), flags=re.S)
    said = dict(re.findall(r'class="jb-echo" id="id_(\w+)_echo">\s*<span>([^<]*)', text))
    assert said == {
        "income": "Rp2.500.000 sebulan",
        "phone": "0812-3456-7890",
        "rt": "RT 003",
        "rw": "RW 006",
        "village_code": "Kode pos 14440",
    }


def test_what_was_not_understood_has_no_echo(officer):
    answer = post(officer, income="banyak", phone="0", rt="", rw="x", village_code="zzz")
    assert 'class="jb-echo" id' not in answer.content.decode()


# --- What was chosen last


def test_last_used_is_one_query_and_the_latest_first(cast, django_assert_num_queries):
    booth = cast.event.booths.get(code="A")
    for n, (village, job, package) in enumerate(
        (("31.72.01.1001", "P050", "T"), ("31.72.01.1005", "P003", "L"), ("31.72.01.1001", "P003", "L"))
    ):
        moment = f"2026-11-20T09:3{n}:00+07:00"
        factories.submitted(
            by=cast.officer, registered_at=moment, village_code=village, job_type_1=job, package=package
        )
        with django_assert_num_queries(1):
            used = last_used(cast.officer, booth, day=factories.DAYS[0])
    assert [words for _value, words in used["village_code"]] == ["Penjaringan", "Pluit"]
    assert [code for code, _words in used["job_type_1"]] == ["P003", "P050"]
    assert [code for code, _words in used["package"]] == ["L", "T"]
    assert used["village_code"][0][0] == regions.label("31.72.01.1001")


def test_last_used_is_the_officer_s_own_at_this_booth_on_this_day(cast):
    factories.submitted(by=cast.officer)
    empty = {"village_code": [], "job_type_1": [], "package": []}
    a, b = cast.event.booths.order_by("code")
    assert last_used(cast.officer, b, day=factories.DAYS[0]) == empty
    assert last_used(cast.officer, a, day=factories.DAYS[1]) == empty
    assert last_used(cast.colleague, a, day=factories.DAYS[0]) == empty


# --- A shared phone, and the card


@pytest.fixture
def blank(cast, officer) -> str:
    today = timezone.localdate()
    event = factories.event(
        organiser=cast.organisation, officers=(cast.officer,), slug="kini", days=(today, today)
    )
    return officer.get(f"{reverse('registration-new')}?event={event.slug}&booth=A").content.decode()


def test_the_browser_keeps_no_answer_and_corrects_none(blank):
    boxes = re.findall(r'<input type="text"[^>]*>', blank)
    assert len(boxes) == 15
    for one in boxes:
        assert 'autocomplete="off"' in one
        assert 'spellcheck="false"' in one
        assert 'enterkeyhint="next"' in one
    keyboards = dict(re.findall(r'<input type="text" name="(\w+)"[^>]*? inputmode="(\w+)"', blank))
    numbers = ("nik", "birth_date_day", "birth_date_month", "birth_date_year", "rt", "rw")
    assert keyboards == dict.fromkeys(numbers, "numeric") | {"phone": "tel", "email": "email"}


def test_no_script_fills_birth_date_or_sex_or_reads_the_nik_for_them():
    """Both come from the card."""
    sources = {file.name: file.read_text() for file in (ROOT / "static" / "js").rglob("*.js")}
    assert len(sources) > 8
    named = {name: text for name, text in sources.items() if re.search(r"birth_date|\bsex\b", text)}
    assert list(named) == ["guardian.js"]  # which reads the date, to tell who needs a guardian
    assert not re.search(r"\.value\s*=[^=]|\bnik\b", named["guardian.js"])


# --- Whatever is typed

ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00"), max_size=60)

BOX = st.text("0129 xé<&'\"", max_size=4)  # a dash would end the box
TICKS = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
NAME = st.text("aéßØ'’ .-", min_size=1, max_size=60).filter(lambda text: any(map(str.isalpha, text)))
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=60).filter(
    str.strip
)
ACCEPTED = {"full_name": NAME, "guardian": NAME, "birth_place": WORDS, "address": WORDS}


def same(typed: dict[str, str]) -> dict[str, str]:
    """Apart from white space, which no box promises to keep."""
    return {name: " ".join(text.split()) for name, text in typed.items()}


def test_every_text_box_of_the_form_is_tried_below(cast):
    form = RegistrationForm(user=cast.officer, on_paper=True)
    form.prepare_page(day=factories.DAYS[0])
    boxes = re.findall(r'<input type="text" name="(\w+)"', "".join(str(field) for field in form))
    assert sorted(boxes) == sorted([*TYPED, *OF_PAPER])


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.fixed_dictionaries(dict.fromkeys(TYPED, ANYTHING) | dict.fromkeys(DATE, BOX)))
def test_no_text_breaks_the_form_and_none_is_lost(officer, typed):
    answer = post(officer, consent_version="", **typed, birth_date="")
    assert answer.status_code == 422
    assert same({name: box(answer, name) for name in TYPED}) == same(typed)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.fixed_dictionaries(dict.fromkeys(OF_PAPER, ANYTHING.filter(str.strip))))
def test_nothing_of_a_paper_form_is_lost(officer, typed):
    yesterday = timezone.localdate() - timedelta(days=1)
    paper = f"{NEW}?event=bazar-uji&booth=A&day={yesterday.isoformat()}"
    answer = officer.post(paper, factories.row(**typed, income="", consent_how="paper"))
    assert (answer.status_code, same({name: box(answer, name) for name in OF_PAPER})) == (422, same(typed))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.fixed_dictionaries(ACCEPTED))
def test_check_answers_shows_and_carries_what_was_typed(officer, typed):
    """Said in full; and back from there every box holds the same."""
    checked = post(officer, **typed)
    assert checked.status_code == 200
    page = checked.content.decode()
    shown = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    missing = [
        name for name, text in same(checked.context["said"]).items() if name in typed and text not in shown
    ]
    assert missing == []
    carried = {name: html.unescape(value) for name, value in TICKS.findall(page)}
    again = officer.post(NEW, {**carried, "step": "edit"})
    assert same({name: box(again, name) for name in ACCEPTED}) == same(typed)
