"""The receipt in a real Chromium: the slip on a roll of 58 mm, and the way to WhatsApp without scripts."""

import re

import pytest

pytestmark = pytest.mark.browser
MM = 96 / 25.4  # pixels of CSS
POINT = 72 / 25.4


def receipt(page) -> str:
    """The address of the latest receipt on today's page that is still being checked."""
    row = page.locator("a.jb-row[href^='/registrations/']").filter(has=page.locator(".jb-chip-wait")).first
    return row.get_attribute("href")


def test_the_slip_is_one_sheet_of_58_mm_in_pure_black(page_for, shot):
    page = page_for("petugas", 360)
    page.goto(receipt(page) + "slip/")
    shot(page, "slip")
    sheet = page.pdf(prefer_css_page_size=True)
    (box,) = re.findall(rb"/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+) ?\]", sheet)
    assert float(box[0]) / POINT == pytest.approx(58, abs=0.5)
    page.emulate_media(media="print")
    paper = page.locator(".jb-slip-paper")
    assert paper.bounding_box()["width"] / MM == pytest.approx(48, abs=0.5)
    assert page.locator(".jb-slip-paper svg:not(.jb-logo)").bounding_box()["width"] / MM >= 30
    shades = paper.evaluate("""(paper) => [...new Set([paper, ...paper.querySelectorAll("p, dt, dd, strong")]
        .map((one) => getComputedStyle(one).color))]""")
    assert shades == ["rgb(0, 0, 0)"]
    shown = page.locator("body").inner_text()
    assert "BELUM MENJADI PESERTA" in shown
    assert "Cetak struk" not in shown


def test_whatsapp_without_scripts_opens_the_page_with_the_link(page_for, shot):
    page = page_for("petugas", 360, java_script_enabled=False)
    page.goto(receipt(page))
    shot(page, "receipt")
    page.get_by_role("button", name="WhatsApp").click()
    shot(page, "receipt-whatsapp")
    link = page.get_by_role("link", name="Buka WhatsApp").get_attribute("href")
    assert re.match(r"https://wa\.me/628\d+\?text=Pendaftaran", link)
