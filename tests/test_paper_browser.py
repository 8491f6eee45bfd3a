"""Paper forms in a real Chromium: axe over the pages, one sheet a page of A4, and a sheet keyed in by its number."""

import re

import pytest

from tests import registering
from tests.test_axe import violations

pytestmark = pytest.mark.browser
PAST, TODAY = "/paper/taman-waduk-pluit-2026/", "/paper/bazar-hari-ini/"
PAGE = 279  # mm, of A4 less the margins in sheet.css


def to_print(page) -> None:
    page.goto(PAST)
    page.get_by_role("link", name="Cetak P-").click()
    page.locator(".jb-sheet").first.wait_for()


def test_axe_over_the_pages_of_paper_forms(page_for, shot):
    page, found = page_for("kepala", 360), []
    page.goto(PAST)
    shot(page, "paper-report")
    found += violations(page)
    page.goto(f"{PAST}new/")
    found += violations(page)
    page.goto(PAST)
    page.get_by_role("link", name="Catat lembar batal").click()
    shot(page, "paper-pad")
    page.get_by_role("button", name="Simpan keterangan lembar").click()
    page.locator("#error-summary").wait_for()
    found += violations(page)
    to_print(page)
    shot(page, "paper-print")
    assert found + violations(page) == []


def test_every_sheet_is_one_page_of_a4_with_nothing_over_its_edge(page_for):
    page = page_for("kepala", 1280)
    to_print(page)
    page.emulate_media(media="print")
    sheets = page.locator(".jb-sheet")
    heights = sheets.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height / 96 * 25.4)")
    assert (len(heights), max(heights) <= PAGE) == (12, True), heights
    over = sheets.first.evaluate(
        "one => [...one.querySelectorAll('*')].filter((part) =>"
        " part.getBoundingClientRect().right > one.getBoundingClientRect().right + 1).map((part) => part.outerHTML)"
    )
    assert over == []
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 12


def test_an_officer_keys_in_a_sheet_by_its_number_and_then_comes_to_the_receipt(page_for):
    printing = page_for("kepala")
    printing.goto(TODAY)
    printing.get_by_role("link", name="Cetak P-").click()
    number = printing.locator(".jb-sheet-serial").nth(4).text_content()
    page = page_for("petugas", 360)
    page.goto(TODAY)
    page.get_by_label("Nomor lembar kertas").fill(number.lower())
    page.get_by_role("button", name="Ketik lembar ini").click()
    page.locator("[name=consent_how]").check()
    day = page.locator("[name=registered_at]")
    day.fill(f"{day.input_value().strip()} 00.15")
    for names in registering.BY_STEP[1:]:
        registering.press(page)
        nik = f"317201520488{next(registering.serials):04}"
        registering.fill(page, names, {"nik": nik, **registering.ANSWERS, **registering.CHOICES})
    registering.to_check(page)
    assert number in page.locator("form#page-form").inner_text()
    receipt = registering.to_receipt(page)
    page.goto(f"/registrations/new/?sheet={number}")
    assert page.locator(".jb-receipt-ref").inner_text() == receipt
