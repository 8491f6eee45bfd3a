"""From those who wait to the answer of the core system, in a real browser; with and without JavaScript."""

import io

import openpyxl
import pytest

from tests.handing import HEADINGS, as_csv
from tests.test_axe import violations

pytestmark = pytest.mark.browser
HOME = "/admin/enrolment/batch/"


def niks_of(download) -> list[str]:
    """What stands in the first column of the downloaded template, below its headings."""
    book = openpyxl.load_workbook(io.BytesIO(download.path().read_bytes()))
    return [row[0].value for row in book.active.iter_rows(min_row=3)]


def choose(page, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "jawaban.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Bandingkan dengan gelombang").click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_batch_goes_out_and_its_answer_comes_back(page_for, shot, script):
    name = "" if script else "-no-script"
    page = page_for("verifikator", 1280, java_script_enabled=script, accept_downloads=True)

    def look(what: str) -> None:
        shot(page, f"batch-{what}{name}")
        if script:
            page.set_viewport_size({"width": 360, "height": 740})
            shot(page, f"batch-{what}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            assert violations(page) == []
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": 1280, "height": 800})

    page.goto("/admin/")
    page.get_by_role("link", name="Penyerahan ke sistem inti").click()
    look("waiting")
    page.get_by_label("Paling banyak").fill("banyak")
    page.get_by_role("button", name="Periksa kecocokan").click()
    page.locator("#error-summary").wait_for()
    look("waiting-errors")
    page.get_by_label("Paling banyak").fill("3")
    page.get_by_role("button", name="Periksa kecocokan").press("Enter")
    page.get_by_role("button", name="Buat gelombang berisi 3").wait_for()
    look("checked")
    page.get_by_role("button", name="Buat gelombang berisi 3").press("Enter")
    page.get_by_text("sudah dibuat. Unduh filenya").wait_for()
    look("new")
    page.get_by_role("button", name="Batalkan gelombang").press("Enter")
    page.locator("#error-summary").wait_for()
    look("cancel-errors")
    address = page.url.replace("cancel/", "")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Unduh file", exact=True).press("Enter")
    number = address.rstrip("/").rpartition("/")[2]
    assert downloading.value.suggested_filename == f"gelombang-{number}.xlsx"
    niks = niks_of(downloading.value)
    assert [len(nik) for nik in niks] == [16] * 3
    page.goto(address)
    page.get_by_role("link", name="Baca jawaban").click()
    look("answer")
    choose(page, as_csv([[nik, "Diterima", "", "", ""] for nik in niks[:2]]))
    page.get_by_text("Minta jawaban lengkapnya").first.wait_for()
    look("answer-errors")
    said = [
        [niks[0], "Ditolak", "Nama berbeda dari <KTP>.", "", ""],
        *([nik, "Diterima", "", "", ""] for nik in niks[1:]),
    ]
    assert len(HEADINGS) == len(said[0])
    choose(page, as_csv(said))
    page.get_by_text("2 diterima. 1 ditolak sistem inti.").wait_for()
    look("preview")
    page.get_by_role("button", name="Terapkan jawaban").press("Enter")
    page.get_by_text("sudah diterapkan").wait_for()
    look("answered")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_what_does_not_fit_is_typed_by_hand(page_for, shot, script):
    name = "" if script else "-no-script"
    page = page_for("verifikator", 1280, java_script_enabled=script)

    def look(what: str) -> None:
        shot(page, f"by-hand-{what}{name}")
        if script:
            page.set_viewport_size({"width": 360, "height": 740})
            shot(page, f"by-hand-{what}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            assert violations(page) == []
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": 1280, "height": 800})

    page.goto(HOME)
    page.get_by_role("link", name="Buka daftar untuk diketik").click()
    look("closed")
    page.get_by_role("button", name="Catat yang dicentang sudah masuk").press("Enter")
    page.locator("#error-summary").wait_for()
    look("errors")
    page.get_by_role("button", name="Buka data").press("Enter")
    page.get_by_text("Nama lengkap").first.wait_for()
    look("opened")
    page.locator("input[name=chosen]").first.press("Space")
    page.get_by_role("button", name="Catat yang dicentang sudah masuk").press("Enter")
    page.get_by_text("1 dicatat sudah masuk sistem inti.").wait_for()
    look("noted" if page.locator("input[name=chosen]").count() else "empty")
