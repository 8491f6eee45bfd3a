"""Inviting people as the branch does it: from the admin to somebody's phone, with scripts and without."""

import pytest

from tests.test_journeys import fits

pytestmark = pytest.mark.browser
PASSWORD = "sandi pilihan sendiri"


def press(page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def choose_password(page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Kata sandi baru Anda").fill(PASSWORD)
    page.get_by_label("Kata sandi yang sama, sekali lagi").fill(PASSWORD)
    press(page, "Simpan dan masuk")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_organiser_is_invited_and_comes_in(page_for, open_page, shot, scripts):
    head = page_for("kepala", 360, java_script_enabled=scripts)
    head.goto("/admin/outreach/organisation/")
    head.get_by_role("link", name="Karang Taruna RW 006 Penjaringan").click()
    head.get_by_role("link", name="Undang penyelenggara").click()
    head.get_by_label("Nama pengguna").fill("panitia" if scripts else "panitia.lain")
    head.get_by_label("Nama lengkap").fill("Slamet Contoh")
    press(head, "Buat akun dan tautannya")
    link = head.get_by_label("Tautan", exact=True).input_value()
    assert head.get_by_role("img", name="Kode QR tautan masuk").count() == 1
    assert head.get_by_role("button", name="Salin tautan").is_visible() is scripts
    assert head.get_by_role("button", name="Cetak").is_visible() is scripts
    assert fits(head)
    shot(head, f"organiser-link{'' if scripts else '-no-scripts'}")

    phone = open_page(360, java_script_enabled=scripts)
    phone.goto(link)
    press(phone, "Simpan dan masuk")  # nothing typed yet
    assert phone.title().startswith("Galat: ")
    assert fits(phone)
    shot(phone, "choose-password-error")
    choose_password(phone, link)
    assert phone.get_by_role("heading", name="Bazar Anda").count() == 1
    phone.goto(link)
    assert phone.get_by_text("Minta tautan baru kepada cabang").count() == 1
    shot(phone, "dead-link")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_list_becomes_slips_that_let_officers_in(page_for, open_page, shot, width):
    words = ("Satu", "Dua", "Tiga") if width == 360 else ("Empat", "Lima", "Enam")
    head = page_for("kepala", width)
    head.goto("/admin/outreach/event/")
    head.get_by_role("link", name="Bazar Hari Ini").click()
    head.get_by_role("link", name="Petugas sementara").click()
    pasted = "\n".join(f"Petugas {word}; A" for word in words)
    head.get_by_label("Nama", exact=True).fill(f"{pasted}\nNomor 4")
    press(head, "Periksa daftar")
    assert head.locator("[data-error-summary] a").count() == 1
    assert head.get_by_label("Nama", exact=True).input_value() == f"{pasted}\nNomor 4"
    assert fits(head)
    shot(head, "temporary-error")
    head.get_by_label("Nama", exact=True).fill(pasted)
    press(head, "Periksa daftar")
    shot(head, "temporary-preview")
    press(head, "Buat 3 akun")
    assert head.get_by_role("img", name="Kode QR tautan masuk").count() == 3
    assert fits(head)
    shot(head, "temporary-slips")

    phone = open_page(360)
    choose_password(phone, head.get_by_label("Tautan", exact=True).first.input_value())
    assert phone.url.endswith("/registrations/")
    assert phone.get_by_text("Stan A").count() >= 1


def test_slips_print_on_whole_sheets(page_for):
    """Eight fit on a sheet: of fifty none is broken, and bars and buttons stay away."""
    head = page_for("kepala")
    head.goto("/admin/outreach/event/")
    head.get_by_role("link", name="Bazar Hari Ini").click()
    head.get_by_role("link", name="Petugas sementara").click()
    names = [f"Cetak {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(50)]
    head.get_by_label("Nama", exact=True).fill("\n".join(names))
    press(head, "Periksa daftar")
    press(head, "Buat 50 akun")
    assert head.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 7
    head.emulate_media(media="print")
    visible = head.locator("button:visible, input:visible, .breadcrumbs:visible, #header:visible")
    assert visible.count() == 0
