"""The collective template in a real Chromium: read, mapped, looked at, saved; at 360 and 1280 px, by keyboard, without
scripts."""

import pytest

from tests import sheets
from tests.browser import sign_in
from tests.test_axe import violations

pytestmark = pytest.mark.browser
LIST = "/admin/enrolment/collectivetemplate/"
FILE = {
    "name": "Templat BPU 2026.xlsx",
    "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def chosen(page, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({**FILE, "buffer": content})
    page.get_by_role("button", name="Baca judul kolom").click()


@pytest.mark.parametrize("width", [360, 1280])
def test_template_is_read_mapped_looked_at_and_never_wider_than_the_screen(page_for, shot, width):
    page = page_for("verifikator", width)
    page.goto("/admin/")
    page.get_by_role("link", name="Templat kolektif").first.click()
    page.get_by_role("heading", name="Templat kolektif").wait_for()
    found, wide = [], []

    def look(name: str) -> None:
        shot(page, f"template-{name}")
        found.extend(violations(page, preload=False))
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)

    look("in-force")
    chosen(page, sheets.made([["Judul"], ["KTP", "Sebutan"]]))
    page.get_by_role("heading", name="Di mana judul kolomnya?").wait_for()
    look("headings")
    page.goto(LIST)
    chosen(page, sheets.own_template(headings=["No", *sheets.HEADINGS, "Nama Ibu Kandung*"]))
    page.get_by_role("heading", name="Ubah templat kolektif").wait_for()
    look("mapping")
    page.get_by_role("button", name="Lihat perubahannya").click()
    page.locator("#error-summary").wait_for()
    assert "Kolom ini wajib bagi sistem inti. Pilih isinya." in page.locator("#error-summary").inner_text()
    look("errors")
    page.goto(LIST)
    chosen(page, b"bukan xlsx")
    page.locator("#error-summary").wait_for()
    look("file-refused")
    page.goto(LIST)
    chosen(page, sheets.own_template(headings=["No", *sheets.HEADINGS]))
    page.get_by_label("Catatan (boleh kosong)").fill("Edaran 12/2026")
    page.get_by_role("button", name="Lihat perubahannya").click()
    page.get_by_role("heading", name="Perubahan di edisi").wait_for()
    look("effect")
    with page.expect_download() as download:
        page.get_by_role("button", name="Unduh contoh").click()
    sheet = sheets.opened(download.value.path().read_bytes())
    assert (sheet["A3"].value, sheet["B3"].data_type, len(sheet["B3"].value)) == (None, "s", 16)
    assert (found, wide) == ([], [])


def test_without_scripts_by_keyboard_a_code_is_changed_and_saved(open_page, shot):
    page = open_page(1280, java_script_enabled=False)
    sign_in(page, "admin")
    page.goto(LIST)
    page.get_by_role("link", name="Ubah kolom dan kode").focus()
    page.keyboard.press("Enter")
    page.get_by_label("2 bulan", exact=True).focus()
    page.keyboard.type("2")
    page.get_by_role("button", name="Lihat perubahannya").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Perubahan di edisi 1").wait_for()
    assert page.locator("tbody th").all_inner_texts() == ["2\N{NO-BREAK SPACE}bulan"]
    page.get_by_role("button", name="Simpan edisi ini").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Edisi 1 berlaku. Gelombang baru memakainya.").wait_for()
    assert page.url.endswith(LIST)
    shot(page, "template-saved")
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh contoh").click()
    assert sheets.opened(download.value.path().read_bytes())["A3"].value == "3172014101800000"
