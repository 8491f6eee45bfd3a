"""An organiser and the branch head walk one request from the question to its return, in a real Chromium."""

import pytest

from tests.test_journeys import fits, submit

pytestmark = pytest.mark.browser
EVENT = "/equipment/taman-waduk-pluit-2026/"
LIST = "/admin/outreach/equipmentline/?event=taman-waduk-pluit-2026&state__exact=asked"


def card(page, item: str, state: str):
    """The card of an item in this state: journeys of other widths leave theirs behind."""
    return page.locator(".jb-card", has=page.get_by_role("heading", name=item)).filter(has_text=state).last


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_equipment_from_the_question_to_the_return(page_for, shot, width, scripts):
    tag = "" if scripts else "-no-scripts"
    page = page_for("karangtaruna", width, java_script_enabled=scripts)
    page.get_by_role("link", name="Peralatan Bazar Taman Waduk Pluit").click()
    page.goto(f"{EVENT}ask/")
    submit(page)
    assert page.locator("[data-error-summary] a").count() == 3
    page.locator("[name=item]").select_option(label="Payung (unit)")
    page.locator("[name=quantity]").fill("10")
    page.locator("[name=purpose]").fill("Untuk pelapak tanpa tenda")
    shot(page, f"equipment-ask{tag}")
    submit(page)
    card(page, "Payung", "Diminta").get_by_role("link", name="Ubah atau batalkan").click()
    page.locator("[name=quantity]").fill("12")
    submit(page)
    assert "12 unit" in card(page, "Payung", "Diminta").inner_text()
    shot(page, f"equipment-asked{tag}")

    head = page_for("kepala", width, java_script_enabled=scripts)
    head.goto(LIST)
    head.locator("#result_list tbody th a").first.click()
    head.locator("[name=quantity]").fill("8")
    head.get_by_role("button", name="Kirim jawaban").click()
    assert (
        head.locator("[data-error-summary]").inner_text().count("setujui atau tidak") == 1
    )  # by no accident
    head.get_by_role("radio", name="Setujui", exact=True).check()
    head.get_by_role("button", name="Kirim jawaban").click()
    assert head.locator("[data-error-summary]").inner_text().count("mengapa lebih sedikit") == 1
    head.locator("[name=reason]").fill("Empat sedang dipakai.")
    shot(head, f"equipment-answer{tag}")
    with head.expect_navigation():
        head.get_by_role("button", name="Kirim jawaban").click()

    page.goto(EVENT)
    page.get_by_role("link", name="Catat yang datang").click()
    came = page.locator("[name^=quantity-]")
    assert came.input_value() == "0"  # nothing is counted before somebody counts
    if scripts:
        came.fill("6")
        page.get_by_role("group", name="Payung").locator(".jb-stepper button").last.click()
    else:
        assert page.locator(".jb-stepper").count() == 0  # nothing that would do nothing
        came.fill("7")
    assert came.input_value() == "7"
    page.get_by_text("Baik", exact=True).click()
    page.locator("[name=giver]").fill("Yusuf Contoh")
    shot(page, f"equipment-handover{tag}")
    submit(page)
    assert "Kurang 1 dari yang disetujui." in card(page, "Payung", "Diserahkan").inner_text()
    shot(page, f"equipment-handed-over{tag}")

    page.get_by_role("link", name="Catat yang kembali").click()
    page.locator("[name^=quantity-]").fill("5")
    page.locator("[name=receiver]").fill("Yusuf Contoh")
    submit(page)
    assert "Kurang 2 dari yang diserahkan" in page.locator("[data-error-summary]").inner_text()
    shot(page, f"equipment-return-errors{tag}")
    page.locator("[name^=damaged-]").fill("2")
    submit(page)
    assert "5 baik, 2 rusak" in card(page, "Payung", "Rusak").inner_text()
    if scripts:
        assert fits(page)
    shot(page, f"equipment-returned{tag}")


def test_an_organiser_asks_with_the_keyboard_alone(page_for):
    page = page_for("karangtaruna", 360)
    page.goto(f"{EVENT}ask/")
    page.locator("[name=item]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "quantity"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")  # past − and +, which are for fingers
    assert page.evaluate("document.activeElement.name") == "purpose"
    page.keyboard.type("Untuk panitia")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert card(page, "", "Untuk panitia").count() == 1
