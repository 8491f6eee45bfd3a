"""The registration form as steps, in a real Chromium: two minutes, never lost, never twice."""

import re

import pytest

from tests.registering import (
    ANSWERS,
    BY_STEP,
    CHOICES,
    answer,
    fill,
    press,
    serials,
    three_months_with_jht,
    to_check,
    to_receipt,
)
from tests.test_axe import violations
from tests.test_journeys import fits

pytestmark = pytest.mark.browser
NEW = "/registrations/new/"
# What a finger does beside typing; the page's own script never clicks.
COUNT_TAPS = """addEventListener("click", (event) => {
    if (event.isTrusted) sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
}, true);"""

PRICE = "tile => [tile.dataset.kind, tile.dataset.months]"


def step(page) -> str:
    """The one step that is shown."""
    shown = page.locator("#page-form > fieldset[data-step]:not([hidden])")
    assert shown.count() == 1
    return shown.get_attribute("data-step")


def to_the_check(page, **changes) -> str:
    """From the empty form to its last step; the NIK."""
    page.goto(NEW)
    nik = answer(page, **changes)
    to_check(page)
    return nik


def rows(site, nik: str) -> int:
    """How many registrations have this NIK."""
    code = (
        "from enrolment.models import Registration; from enrolment.entry import nik_index; "
        f"print('rows', Registration.objects.filter(nik_index=nik_index('{nik}')).count())"
    )
    return int(re.search(r"rows (\d+)", site.run(code))[1])


# --- The journey


@pytest.mark.parametrize("width", [360, 1280])
def test_the_journey_takes_few_taps_and_three_pages(page_for, shot, site, width):
    page = page_for("petugas", width)
    page.add_init_script(COUNT_TAPS)
    loads = []
    page.on("response", lambda one: loads.append(one.url) if one.request.is_navigation_request() else None)
    page.goto("/registrations/")
    page.get_by_role("link", name="Daftarkan pekerja").click()
    said, seen = {"nik": f"317201520488{next(serials):04}", **ANSWERS, **CHOICES}, []
    for names in BY_STEP:
        page.locator(".jb-progress").wait_for()
        seen.append((step(page), page.title().partition(" · Daftarkan")[0]))
        shot(page, f"step-{step(page)}")
        assert fits(page)
        fill(page, names, said)
        press(page)
        assert page.evaluate("document.activeElement.tagName") == "H1"
        assert page.evaluate("scrollY") == 0
    page.get_by_text(three_months_with_jht()).filter(visible=True).first.wait_for()
    shot(page, "step-check")
    assert (step(page), fits(page)) == ("check", True)
    reference = to_receipt(page)
    assert seen == [
        ("consent", "Pemberitahuan dan persetujuan · Langkah 1 dari 5"),
        ("nik", "NIK di KTP · Langkah 2 dari 5"),
        ("person", "Siapa orangnya? · Langkah 3 dari 5"),
        ("work", "Kerja dan iuran · Langkah 4 dari 5"),
    ]
    assert len(loads) == 3
    assert int(page.evaluate("sessionStorage.taps")) + 2 <= 14  # the list of jobs is opened, and chosen from
    assert rows(site, said["nik"]) == 1

    page.go_back()  # neither the form nor the question whether to send again
    page.locator(".jb-hero-count").wait_for()
    assert page.locator(f"a[href*='{reference.replace('-', '')}'], a[href*='{reference}']").count() == 1


def test_the_last_step_lists_every_answer(page_for):
    page = page_for("petugas", 360)
    nik = to_the_check(page)
    fours = "\N{NO-BREAK SPACE}".join(nik[n : n + 4] for n in range(0, 16, 4))
    lines = page.locator("[data-answers] dl > div")
    told = dict(
        zip(lines.locator("dt").all_inner_texts(), lines.locator("dd").all_inner_texts(), strict=True)
    )
    some = ("NIK", "Tanggal lahir", "Jenis kelamin", "RT", "Apakah Bapak/Ibu pekerja setuju?")
    assert {name: told[name] for name in some} == {
        "NIK": fours, "Tanggal lahir": "12 April 1988", "Jenis kelamin": "Perempuan", "RT": "3\nRT 003",
        "Apakah Bapak/Ibu pekerja setuju?": "Ya, setelah saya bacakan",
    }  # fmt: skip
    fields = page.locator("#page-form fieldset .jb-field").count()
    assert len(told) == fields - len(
        ["email", "job_type_2", "guardian", "its relation", "its yes"]
    )  # left empty


def test_with_the_keyboard_alone(page_for, site):
    """Tab, letters, space and Enter do it all; Enter in a box goes on."""
    page = page_for("petugas", 360)
    page.goto(NEW)
    page.locator(".jb-progress").wait_for()
    said = {"nik": f"317201520488{next(serials):04}", **ANSWERS, **CHOICES}
    page.locator("h1").focus()

    def reach(name: str) -> None:
        for _ in range(40):
            if page.evaluate("document.activeElement.name") == name:
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{name} is out of reach")

    for names in BY_STEP:
        for name in names:
            if name == "months":
                continue  # the price says it
            reach("price" if name == "package" else name)
            if name == "package":
                page.keyboard.press("Space")
                while page.locator("[data-price-tile]:focus").evaluate(PRICE) != ["L", "3"]:
                    page.keyboard.press("ArrowDown")
            elif name in CHOICES:
                page.keyboard.press("Space")
                while page.evaluate("document.activeElement.value") != said[name]:
                    page.keyboard.press("ArrowDown")
            elif name == "consent_how":
                page.keyboard.press("Space")
            else:
                page.keyboard.type("Pedagang" if name == "job_type_1" else said[name])
        if names[-1] in ("nik", "phone"):
            page.keyboard.press("Enter")
        else:
            page.locator(".jb-actions .jb-btn-main").focus()
            page.keyboard.press("Enter")
    assert step(page) == "check"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('jb-btn-main')"):
            break
    page.keyboard.press("Enter")
    page.locator(".jb-receipt-ref").wait_for()
    assert rows(site, said["nik"]) == 1


def test_back_goes_a_step_back_and_loses_nothing(page_for):
    page = page_for("petugas", 360)
    nik = to_the_check(page)
    back = page.get_by_role("button", name="Kembali")
    for name, go_back in (("work", back.click), ("person", page.go_back), ("nik", page.go_back)):
        go_back()
        page.wait_for_function(f"document.querySelector('[data-step={name}]').hidden === false")
        assert step(page) == name
        assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator("[name=nik]").input_value() == nik
    page.go_forward()
    page.locator("[name=full_name]").wait_for()
    assert page.locator("[name=full_name]").input_value() == "Sumiati Contoh"
    press(page)  # the answers were compared before: straight back to them
    assert step(page) == "check"
    page.get_by_role("link", name="Hari ini").click()
    page.get_by_role("link", name="Daftarkan pekerja").click()
    page.locator(".jb-progress").wait_for()
    assert back.is_hidden()  # nothing to go back to


def test_change_leads_to_its_group_and_back(page_for):
    page = page_for("petugas", 360)
    to_the_check(page)
    page.get_by_role("link", name="Ubah Kontak").click()
    assert (step_of(page, "phone"), page.evaluate("document.activeElement.textContent")) == (
        "person",
        "Kontak",
    )
    page.locator("[name=phone]").fill("0800 0000 1111")
    press(page)
    assert page.locator("[data-answers]").get_by_text("0800 0000 1111").is_visible()


def step_of(page, name: str) -> str:
    assert page.locator(f"[name={name}]").is_visible()
    return step(page)


def test_leaving_with_something_typed_asks_first(page_for):
    page = page_for("petugas", 360)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(NEW)
    page.locator(".jb-progress").wait_for()
    page.locator("[name=consent_how][value=aloud]").check()
    page.goto("/registrations/")
    assert asked == ["beforeunload"]
    page.goto(NEW)
    page.goto("/registrations/")
    assert asked == ["beforeunload"]
    to_the_check(page)
    to_receipt(page)
    assert asked == ["beforeunload"]


def test_what_is_kept_is_left_without_asking_and_goes_on_at_its_gap(page_for):
    page = page_for("petugas", 360)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(NEW)
    fill(page, ("consent_how",), {})
    press(page)
    nik = f"317201520488{next(serials):04}"
    page.locator("[name=nik]").fill(nik)
    with page.expect_response(
        lambda answer: nik in (answer.request.post_data or "") and "drafts" in answer.url
    ):
        press(page)
    page.locator("[data-draft-said]").wait_for()
    page.get_by_role("link", name="Hari ini").click()
    page.get_by_role("link", name="Lanjutkan").first.click()
    page.locator(".jb-progress").wait_for()
    assert (step(page), asked) == ("person", [])
    page.locator("[name=full_name]").fill("Sumiati Contoh")
    page.get_by_role("button", name="Simpan dulu").click()
    page.locator(".jb-hero-count").wait_for()
    assert asked == []


def test_nothing_is_asked_to_be_kept_before_the_worker_agrees_and_then_it_is(page_for):
    page = page_for("petugas", 360)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/drafts/" in request.url else None)
    page.goto(NEW)
    page.locator(".jb-progress").wait_for()
    now = "document.getElementById('page-form').dispatchEvent(new CustomEvent('jb:step'))"
    page.evaluate(f"document.querySelector('[name=full_name]').value = 'Sumiati'; {now}")
    page.wait_for_timeout(300)
    assert asked == []
    fill(page, ("consent_how",), {})
    with page.expect_response("**/registrations/drafts/**") as saved:
        page.evaluate(now)
    assert saved.value.json()["saved"]
    with page.expect_response("**/registrations/drafts/**") as emptied:
        page.evaluate(f"document.querySelector('[name=consent_how]:checked').checked = false; {now}")
    assert emptied.value.status == 409


def test_of_two_saves_the_later_one_is_kept(page_for):
    page = page_for("petugas", 360)
    page.goto(NEW)
    fill(page, ("consent_how",), {})
    press(page)
    for digits in ("3172", f"317201520488{next(serials):04}"):
        page.locator("[name=nik]").fill(digits)
        with page.expect_response("**/registrations/drafts/**") as saved:
            press(page)
        assert saved.value.json()["saved"]
        page.get_by_role("button", name="Kembali").click()
        page.locator("[name=nik]").wait_for()
    page.goto("/registrations/")
    page.get_by_role("link", name="Lanjutkan").first.click()
    page.locator(".jb-progress").wait_for()
    assert page.locator("[name=nik]").input_value() == digits


def test_without_scripts_it_is_one_long_page(page_for, shot):
    page = page_for("petugas", 360, java_script_enabled=False)
    page.goto(NEW)
    assert page.locator(".jb-progress").count() == 0
    assert page.locator("#page-form fieldset[hidden]").count() == 0
    names = [name for names in BY_STEP for name in names]
    assert [name for name in names if not page.locator(f"[name={name}]").first.is_visible()] == []
    page.locator("[name=full_name]").fill("Sumiati Contoh")
    with page.expect_navigation():
        page.locator("[name=full_name]").press("Enter")  # checks; does not keep for later
    assert page.title().startswith("Galat: ")
    assert page.locator("[name=full_name]").input_value() == "Sumiati Contoh"
    shot(page, "one-page-errors")


# --- What is to be corrected


def test_an_empty_answer_is_told_at_its_step(page_for, shot):
    page = page_for("petugas", 360)
    page.goto(NEW)
    page.locator(".jb-progress").wait_for()
    page.locator("[name=consent_how][value=aloud]").check()
    press(page)
    press(page)
    summary = page.locator("#error-summary")
    assert page.title().startswith("Galat: NIK di KTP · ")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert summary.inner_text().split("\n")[-1] == "Tulis 16 angka NIK."
    nik = page.locator("[name=nik]")
    assert (nik.get_attribute("aria-invalid"), nik.get_attribute("aria-describedby")) == (
        "true", "id_nik_helptext id_nik_error",
    )  # fmt: skip
    shot(page, "step-nik-error")
    summary.locator("a").click()
    assert page.evaluate("document.activeElement.id") == "id_nik"
    nik.fill("1234")  # whether it is right is the server's word
    press(page)
    assert (step(page), summary.count()) == ("person", 0)
    assert nik.get_attribute("aria-describedby") == "id_nik_helptext"
    assert not page.title().startswith("Galat")


def test_what_the_server_refuses_leads_to_the_step(page_for, shot):
    page = page_for("petugas", 360)
    page.goto(NEW)
    nik = answer(page, nik="317201520488", phone="0211234567", income="banyak")
    press(page, "Periksa isian")
    summary = page.locator("#error-summary")
    summary.wait_for()
    assert (step(page), summary.locator("a").count()) == ("nik", 3)
    assert page.title().startswith("Galat: NIK di KTP · Langkah 2 dari 5")
    shot(page, "step-errors")
    summary.locator("a").nth(2).click()  # of another step
    assert step_of(page, "income") == "work"
    assert page.evaluate("document.activeElement.id") == "id_income"
    page.locator("[name=income]").fill("2,5 juta")
    press(page)  # on to what is still wrong
    assert (step(page), summary.locator("a").count()) == ("nik", 2)
    page.locator("[name=nik]").fill(nik)
    press(page)
    assert (step(page), summary.locator("a").count()) == ("person", 1)
    page.locator("[name=phone]").fill("0800 0000 7890")
    press(page)
    assert (step(page), summary.count()) == ("check", 0)
    to_receipt(page)


def test_the_last_step_says_what_the_server_finds_odd(page_for):
    page = page_for("petugas", 360)
    to_the_check(page, birth_date_day="13")
    page.locator("[data-warned]").get_by_text("Tanggal lahir berbeda dari NIK.").wait_for()


def test_a_place_that_is_offered_is_no_answer(page_for):
    """A page that the server sent back has radio buttons beneath its boxes of places."""
    page = page_for("petugas", 360)
    page.goto(NEW)
    answer(page, village_code="sorkam kanan")
    page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('page-form'))")
    page.locator("[name=village_code_choice]").first.wait_for(state="attached")
    page.locator("[name=village_code]").evaluate("box => { box.value = 'Pluit'; }")
    for _ in range(3):
        press(page)
    assert step(page) == "check"
    said = page.locator("[data-answers] dd").all_inner_texts()
    assert [one for one in said if "Pluit" in one] == ["Pluit"]


@pytest.mark.parametrize("width", [320, 640])
def test_no_step_scrolls_sideways_and_none_breaks_a_rule(page_for, width):
    """320 px, and 1280 px at 200 %; axe in light and dark, with and without errors."""
    page = page_for("petugas", width)
    page.goto(NEW)
    page.locator(".jb-progress").wait_for()
    said, found = {"nik": f"317201520488{next(serials):04}", **ANSWERS, **CHOICES}, []
    for names in BY_STEP:
        press(page)  # nothing answered yet
        page.locator("#error-summary").wait_for()
        assert fits(page)
        found += violations(page)
        fill(page, names, said)
        press(page)
        assert fits(page)
        found += violations(page)
    page.get_by_text(three_months_with_jht()).filter(visible=True).first.wait_for()
    assert fits(page)
    assert found + violations(page) == []
