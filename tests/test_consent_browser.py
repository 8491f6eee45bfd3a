"""The notice and the guardian's questions in a real Chromium, with and without scripts."""

import pytest

from tests.registering import BY_STEP, fill, press
from tests.test_axe import violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_notice_changes_its_language_and_nothing_else(page_for, shot, width, scripts):
    page = page_for("petugas", width, java_script_enabled=scripts)
    page.goto("/registrations/new/")
    tag = "" if scripts else "-no-scripts"
    notice = page.locator(".jb-say")
    assert [notice.nth(n).is_visible() for n in range(2)] == [True, False]
    page.locator("[name=consent_how][value=self]").check()
    page.locator("[name=consent_version]").first.focus()
    page.keyboard.press("ArrowDown")
    assert [notice.nth(n).is_visible() for n in range(2)] == [False, True]
    assert page.locator("[name=consent_how][value=self]").is_checked()
    shot(page, f"consent-english{tag}")


def test_the_guardian_is_asked_under_18_by_the_servers_day(page_for, shot):
    page = page_for("petugas", 360)
    page.goto("/registrations/new/")
    year, month, day = page.locator("[data-guardian]").get_attribute("data-guardian").split("-")
    for names in BY_STEP[:2]:
        fill(page, names, {"nik": "3172015204888001"})
        press(page)
    guardian = page.locator("[name=guardian]")
    assert not guardian.is_visible()
    for name, value in (("day", day), ("month", month), ("year", str(int(year) - 17))):
        page.locator(f"[name=birth_date_{name}]").fill(value)
    assert guardian.is_visible()
    shot(page, "consent-guardian")
    page.locator("[name=birth_date_year]").fill(str(int(year) - 18))
    assert (guardian.is_visible(), guardian.is_disabled()) == (False, True)
    still = page_for("petugas", 360, java_script_enabled=False)
    still.goto("/registrations/new/")
    assert still.locator("[name=guardian]").is_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_new_text_is_shown_as_at_the_stand(page_for, shot, width):
    page = page_for("admin", width)
    page.goto("/admin/enrolment/consenttext/add/")
    shot(page, "consent-text-new")
    page.locator("[name=notice]").fill(
        "Kami mencatat nama, NIK, dan alamat Bapak/Ibu untuk mendaftarkan kepesertaan.\n\n"
        "Yang melihat hanya petugas dan verifikator cabang ini."
    )
    page.locator("[name=statement]").fill("Apakah Bapak/Ibu setuju?")
    page.locator("[name=valid_from]").fill("2027-02-01")
    page.locator(".submit-row button").click()
    page.locator(".errornote, [data-error-summary]").wait_for()  # the version is missing
    shot(page, "consent-text-errors")
    page.locator("[name=version]").fill("2027-02")
    page.locator(".submit-row button").click()
    frame = page.locator(".jb-phone")
    assert frame.bounding_box()["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, "consent-text-preview")
    assert violations(page) == []
    page.get_by_role("button", name="Ubah").click()
    assert page.locator("[name=version]").input_value() == "2027-02"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_withdrawal_is_asked_plainly(page_for, shot, width):
    page = page_for("petugas", width)
    page.locator(".jb-rows a:has(.jb-chip)").last.click()
    page.locator("a[href$='/consent/']").click()
    shot(page, "consent-withdraw")
    with page.expect_navigation():
        page.locator(".jb-actions .jb-btn-err").click()
    assert page.locator("[data-error-summary]").count() == 1
    assert violations(page) == []
