"""The reviewer's queue, its filters and the search in a real browser; with and without JavaScript."""

import pytest

from tests.test_axe import violations

pytestmark = pytest.mark.browser
QUEUE, SEARCH = "/admin/enrolment/registration/", "/admin/enrolment/registration/search/"


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_filtered_step_by_step_and_back(page_for, shot, script):
    name = "" if script else "-no-script"
    page = page_for("verifikator", 1280, java_script_enabled=script)
    page.goto(QUEUE)
    shot(page, f"queue-full{name}")
    filters = page.get_by_role("navigation", name="Saring")
    assert filters.is_visible()  # where there is room, unasked
    filters.get_by_role("link", name="Penjaringan").first.click()
    filters.get_by_role("link", name="Stan A").click()
    filters.get_by_role("link", name="ada peringatan").click()
    chosen = [text.strip() for text in filters.locator("a[aria-current]").all_inner_texts()]
    assert chosen[0] == "ada peringatan"
    assert "Stan A" in chosen
    shot(page, f"queue-filtered{name}")
    filters.get_by_role("link", name="L", exact=True).click()
    filters.get_by_role("link", name="transportasi", exact=True).click()
    page.get_by_role("link", name="Dikembalikan").click()
    shot(page, f"queue-nothing-fits{name}")
    page.get_by_role("link", name="Lepas semua saringan").first.click()
    assert page.url.endswith("?state=returned")


def test_on_a_phone_the_filters_are_folded(page_for, shot):
    page = page_for("verifikator", 360)
    page.goto(QUEUE)
    filters = page.get_by_role("navigation", name="Saring")
    assert not filters.is_visible()
    shot(page, "queue-full")
    found = violations(page)
    page.locator(".jb-filters summary").click()
    assert filters.is_visible()
    shot(page, "queue-filters-open")
    assert fits(page)
    found += violations(page)
    filters.get_by_role("link", name="bersih").click()
    page.get_by_text("Saring: 1 dipilih").wait_for()
    shot(page, "queue-filtered")
    assert found == []


@pytest.mark.parametrize("width", [360, 1280])
def test_search_by_keyboard_with_results_without_and_with_an_error(page_for, shot, width):
    page = page_for("verifikator", width)
    page.goto(QUEUE)
    name = page.locator("tbody td.jb-grow").first.inner_text().split("\n")[0].strip()
    page.get_by_label("NIK, nomor bukti, nomor HP, atau nama").fill(name.split()[0])
    page.keyboard.press("Enter")
    page.locator("tbody tr").first.wait_for()
    assert page.url.endswith(SEARCH)
    assert name in page.locator("tbody").inner_text()
    shot(page, "search-results")
    found = violations(page)
    assert fits(page)
    page.get_by_label("NIK, nomor bukti, nomor HP, atau nama").fill("Tidakada Namanya")
    page.keyboard.press("Enter")
    page.get_by_text("Tidak ada pendaftaran di cabang ini yang cocok.").wait_for()
    shot(page, "search-nothing")
    page.get_by_label("NIK, nomor bukti, nomor HP, atau nama").fill("0812")
    page.keyboard.press("Enter")
    page.locator("#error-summary").wait_for()
    assert page.get_by_label("NIK, nomor bukti, nomor HP, atau nama").input_value() == "0812"
    shot(page, "search-error")
    found += violations(page)
    assert fits(page)
    assert found == []


def test_search_without_a_script_leads_to_the_registration(page_for):
    page = page_for("verifikator", 1280, java_script_enabled=False)
    page.goto(QUEUE)
    reference = page.locator("a.jb-ref").first.inner_text()
    page.get_by_label("NIK, nomor bukti, nomor HP, atau nama").fill(reference.lower())
    page.get_by_role("button", name="Cari").click()
    page.wait_for_url(f"**{QUEUE}{reference.replace('-', '')}/")
