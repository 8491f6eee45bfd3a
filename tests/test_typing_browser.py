"""Typing in a real Chromium: villages by keyboard and by thumb, without a signal, and what is said beneath a box."""

import pytest

from tests.test_axe import violations
from tests.test_journeys import answer, submit

pytestmark = pytest.mark.browser
SEARCH = "**/registrations/regions/"
PLUIT = "Pluit, Kec. Penjaringan, Kota Administrasi Jakarta Utara"


def form(page):
    page.get_by_role("link", name="Daftarkan pekerja").first.click()
    page.locator(".jb-progress").wait_for()  # the steps have hidden what is not theirs
    # Whatever step it stands on: shown, without going there.
    page.evaluate(
        "document.querySelectorAll('#page-form > fieldset').forEach((one) => { one.hidden = false; })"
    )
    return page


def options(page):
    return page.locator("#id_village_code_list [role=option]")


def typed(page, text: str, box: str = "village_code"):
    page.locator(f"#id_{box}").click()
    with page.expect_response(SEARCH):
        page.keyboard.type(text)
    page.locator(f"#id_{box}_list [role=option]").first.wait_for()


def test_by_keyboard_alone(page_for, shot):
    page = form(page_for("petugas", 1280))
    box = page.locator("#id_village_code")
    typed(page, "kam")
    assert box.get_attribute("aria-expanded") == "true"
    assert options(page).first.inner_text().startswith("Kamal Muara, Kec. Penjaringan")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    active = page.locator("#id_village_code").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    assert page.locator("[aria-selected=true]").count() == 1
    shot(page, "village-options")
    page.keyboard.press("Enter")
    assert box.input_value() == "Kamal Muara, Kec. Penjaringan, Kota Administrasi Jakarta Utara"
    assert box.get_attribute("aria-expanded") == "false"
    assert page.locator("#id_village_code_echo").inner_text().strip() == "Kode pos 14470"
    page.keyboard.type("x")
    assert page.locator("#id_village_code_echo").count() == 0  # typed on: no longer that one


def test_escape_closes_and_keeps_what_was_typed(page_for):
    page = form(page_for("petugas", 1280))
    typed(page, "men")
    page.keyboard.press("Escape")
    assert options(page).first.is_hidden()
    assert page.locator("#id_village_code").input_value() == "men"


def test_by_thumb(page_for, shot):
    page = form(page_for("petugas", 360, has_touch=True))
    typed(page, "sorkam kanan")
    assert min(one.bounding_box()["height"] for one in options(page).all()) >= 44
    shot(page, "village-options")
    options(page).nth(1).tap()
    assert page.locator("#id_village_code").input_value().endswith(", 12.01.10.2018")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_a_signal_the_own_district_is_there(browser, site):
    with browser.new_context(base_url=site.url, viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        page.goto("/account/login/")
        page.locator("input[name=login]").fill("petugas")
        page.locator("input[name=password]").fill("jemputbola")
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url("**/registrations/")
        form(page)
        context.set_offline(True)
        page.locator("#id_village_code").click()
        page.keyboard.type("plu")
        options(page).first.wait_for()
        page.wait_for_timeout(500)  # the server was asked meanwhile, in vain
        assert options(page).all_inner_texts() == [PLUIT]
        options(page).first.click()
        assert page.locator("#id_village_code").input_value() == PLUIT


def test_place_of_work(page_for):
    page = form(page_for("petugas", 360))
    page.locator("#id_work_location").fill("")
    typed(page, "bandung", "work_location")
    texts = page.locator("#id_work_location_list [role=option]").all_inner_texts()
    assert texts == ["Kabupaten Bandung", "Kabupaten Bandung Barat", "Kota Bandung"]


def test_what_is_understood_is_said_while_typing(page_for, shot):
    page = form(page_for("petugas", 360))
    for box, text, said in (
        ("income", "2,5 juta", "Rp2.500.000 sebulan"),
        ("income", "500rb", "Rp500.000 sebulan"),
        ("phone", "+62 81234567890", "0812-3456-7890"),
        ("rt", "3", "RT 003"),
    ):
        page.locator(f"#id_{box}").fill(text)
        assert page.locator(f"#id_{box}_echo").inner_text().strip() == said
        assert page.locator(f"#id_{box}").input_value() == text  # what was typed stays as it is
    shot(page, "echoes")
    page.locator("#id_income").fill("banyak")
    assert page.locator("#id_income_echo").count() == 0


def test_the_nik_fills_neither_birth_date_nor_sex(page_for):
    page = form(page_for("petugas", 360))
    page.locator("#id_nik").fill("3172015204880001")
    page.locator("#id_nik").blur()
    page.wait_for_timeout(300)
    boxes = page.locator("[name^=birth_date]")
    assert [one.input_value() for one in boxes.all()] == ["", "", ""]
    assert page.locator("[name=sex]:checked").count() == 0
    boxes.first.click()
    page.keyboard.type("12")
    assert boxes.first.evaluate("box => box === document.activeElement")  # not moved on


def test_nothing_bars_anybody(page_for):
    page = form(page_for("petugas", 360))
    typed(page, "kam")
    page.keyboard.press("ArrowDown")
    assert violations(page) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_without_scripts_one_tap_chooses(page_for, shot, width):
    page = page_for("petugas", width, java_script_enabled=False)
    page.get_by_role("link", name="Daftarkan pekerja").first.click()
    assert page.locator(".jb-last").count() == 0
    page.locator("#id_village_code").fill("sorkam kanan")
    page.locator(".jb-actions .jb-btn-main").click()
    shot(page, "village-candidates")
    page.locator("[name=village_code_choice]").nth(1).check()
    page.locator(".jb-actions .jb-btn-main").click()
    assert page.locator("#id_village_code").input_value().endswith(", 12.01.10.2018")
    assert page.locator("[name=village_code_choice]").count() == 0


def test_what_was_chosen_last_is_one_tap(page_for, shot):
    plain = page_for("petugas", 360, java_script_enabled=False)
    plain.get_by_role("link", name="Daftarkan pekerja").first.click()
    answer(plain, village_code="Pluit")
    submit(plain)
    submit(plain)
    page = form(page_for("petugas", 360))
    page.locator(".jb-last").first.wait_for()
    assert page.locator(".jb-last").evaluate_all("all => all.map((one) => one.dataset.for)") == [
        "village_code", "job_type_1", "package",
    ]  # fmt: skip
    assert min(one.bounding_box()["height"] for one in page.locator(".jb-last button").all()) >= 44
    shot(page, "last-used")
    for group in page.locator(".jb-last").all():
        group.locator("button").first.click()
    assert page.locator("#id_village_code").input_value() == PLUIT
    assert page.locator("#id_village_code").get_attribute("aria-expanded") == "false"
    assert page.locator("[name=job_type_1]").input_value() == "P050"
    assert page.locator("[name=package]:checked").get_attribute("value") == "L"
    assert violations(page) == []
