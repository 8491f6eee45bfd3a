"""Until it is paid, in a real browser: called, written down, read from a list; at both widths, by keyboard alone, and
without JavaScript."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.test_axe import violations

pytestmark = pytest.mark.browser
LIST, FILE = "/admin/enrolment/registration/unpaid/", "/admin/enrolment/registration/payments/"


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_at_both_widths(page_for, shot, width):
    page = page_for("verifikator", width)
    found = []
    for part, name in (("", "unpaid"), ("?part=next", "unpaid-later"), ("?part=no-calls", "unpaid-no-calls")):
        page.goto(LIST + part)
        shot(page, name)
        found += violations(page)
        assert fits(page)
    page.goto(LIST + "?part=waiting")
    shot(page, "unpaid-waiting")
    page.goto(LIST)
    page.get_by_role("link", name="Telepon…").last.click()
    shot(page, "call")
    found += violations(page)
    page.get_by_role("button", name="Telepon", exact=True).click()
    page.locator("a[href^='tel:']").wait_for()
    page.get_by_role("button", name="Simpan hasil telepon").click()
    page.locator("#error-summary").wait_for()
    shot(page, "call-error")
    found += violations(page)
    assert fits(page)
    page.locator("a.jb-ref").first.click()
    shot(page, "participation-unpaid")
    page.locator("#id_code_number").fill("1906")
    page.get_by_role("button", name="Catat kode iuran").click()
    page.locator("#error-summary").wait_for()
    shot(page, "participation-error")
    found += violations(page)
    assert fits(page)
    page.goto(FILE)
    shot(page, "payment-file")
    found += violations(page)
    page.get_by_role("button", name="Periksa file").click()
    page.locator("#error-summary").wait_for()
    shot(page, "payment-file-empty")
    upload(page, "NIK;Kode iuran\n3172015203849099;12\n317;190612345678\n")
    page.locator("#error-summary").wait_for()
    shot(page, "payment-file-refused")
    found += violations(page)
    assert fits(page)
    assert found == []


def upload(page, text: str) -> None:
    page.locator("input[type=file]").set_input_files(
        [{"name": "daftar.csv", "mimeType": "text/csv", "buffer": text.encode()}]
    )
    page.get_by_role("button", name="Periksa file").click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_called_paid_by_a_list_and_given_the_card(page_for, shot, script):
    page = page_for("verifikator", 1280, java_script_enabled=script)
    name, number = ("", "19061234567") if script else ("-no-script", "19061234568")
    page.goto(LIST)
    reference = page.locator("tbody a.jb-ref").first.inner_text()
    page.get_by_role("link", name=f"Telepon… {reference}").click()
    page.get_by_role("button", name="Telepon", exact=True).click()
    page.locator("a[href^='tel:']").wait_for()
    shot(page, f"call-open{name}")
    page.get_by_label("katanya sudah bayar: cocokkan dengan daftar bank").check()
    page.locator("[name=next_on]").fill(
        page.locator("[id$=next_on_helptext]").inner_text().split()[1].rstrip(",")
    )
    page.get_by_role("button", name="Simpan hasil telepon").click()
    page.get_by_text("Tersimpan.").wait_for()
    page.goto(FILE)
    today = page_day(page)
    upload(page, f"Nomor bukti;Tanggal bayar;Bulan\n{reference};{today};3\n")
    page.get_by_role("button", name="Catat 1 baris").wait_for()
    shot(page, f"payment-file-preview{name}")
    page.get_by_role("button", name="Catat 1 baris").click()
    page.get_by_text("1 baris tercatat").first.wait_for()
    shot(page, f"payment-file-done{name}")
    page.goto(f"/admin/enrolment/registration/{reference.replace('-', '')}/participation/")
    page.locator("#id_number_number").fill(number)
    page.get_by_role("button", name="Catat nomor peserta").click()
    page.get_by_text("Tercatat.").wait_for()
    page.locator("#id_card_on").fill(today)
    page.get_by_role("button", name="Catat kartu").click()
    page.get_by_text("sudah punya kartu").or_(page.get_by_text("Kartu", exact=True)).first.wait_for()
    assert number not in page.content()
    page.locator("[name=purpose]").select_option("payment: tell the worker")
    page.get_by_role("button", name="Buka…").click()
    page.get_by_text(number).first.wait_for()
    shot(page, f"participation-card{name}")
    if script:
        assert violations(page) == []
        page.set_viewport_size({"width": 360, "height": 740})
        shot(page, "participation-card")
        assert fits(page)
        head = page_for("kepala", 1280)
        head.goto("/admin/enrolment/registration/counts/taman-waduk-pluit-2026/")
        shot(head, "counts-paid")
        assert violations(head) == []
        head.set_viewport_size({"width": 360, "height": 740})
        shot(head, "counts-paid")
        assert fits(head)


def page_day(page) -> str:
    """Today as the site writes it: the clock of this test and of Jakarta may differ by a day."""
    return f"{datetime.now(UTC) + timedelta(hours=7):%d-%m-%Y}"


def test_a_call_by_keyboard_alone(page_for):
    page = page_for("verifikator", 1280)
    page.goto(LIST)
    link = page.get_by_role("link", name="Telepon…").first
    link.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Telepon", exact=True).or_(
        page.get_by_role("button", name="Tetap telepon")
    ).focus()
    page.keyboard.press("Enter")
    page.locator("a[href^='tel:']").wait_for()
    page.locator("[name=result]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "next_on"
    page.keyboard.type("01-01-2000")
    page.keyboard.press("Enter")
    page.locator("#error-summary").wait_for()
    assert page.evaluate("document.activeElement.id") == "error-summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "next_on"


AGES = """
from datetime import timedelta
from django.utils import timezone
from enrolment.models import Participation
rows = Participation.objects.live().filter(stage="accepted", number_index=None).order_by("approved_at")[:2]
for row in rows:
    Participation.objects.filter(pk=row.pk).update(approved_at=timezone.now() - timedelta(days=90))
    print("row", row.registration.reference)
"""


@pytest.mark.parametrize("width", [360, 1280])
def test_a_later_payment_is_corrected_and_a_number_of_another_asked_about(page_for, shot, site, width):
    said = site.manage("shell", "-c", AGES)
    one, other = [line.split()[1] for line in said.splitlines() if line.startswith("row ")]
    page = page_for("verifikator", width)
    found, number = [], f"190612{width:05}"

    def look(name: str) -> None:
        shot(page, name)
        found.extend(violations(page))
        assert fits(page)

    def to(reference: str, name: str) -> None:
        page.goto(f"/admin/enrolment/registration/{reference}/{name}/")

    def day(ago: int) -> str:
        return f"{datetime.now(UTC) + timedelta(hours=7) - timedelta(days=ago):%d-%m-%Y}"

    to(one, "participation")
    page.locator("#id_number_number").fill(number)
    page.get_by_role("button", name="Catat nomor peserta").click()
    page.locator("#id_paid_on").fill(day(60))
    page.locator("#id_paid_months").select_option("1")
    page.get_by_role("button", name="Catat pembayaran pertama").click()
    for ago, months in ((30, "6"), (2, "1")):
        page.locator("#id_later_on").fill(day(ago))
        page.locator("#id_later_months").select_option(months)
        page.get_by_role("button", name="Catat pembayaran berikutnya").click()
        page.get_by_text("Tercatat.").wait_for()
    page.get_by_text("Betulkan: Pembayaran berikutnya").click()
    form = page.locator("form", has=page.locator("[name=replaces]"))
    form.get_by_role("button", name="Simpan pembetulan").click()
    page.locator("#error-summary").wait_for()
    form.get_by_role("button", name="Simpan pembetulan").scroll_into_view_if_needed()
    look("later-payment-errors")
    form.locator("[name=replaces]").select_option(index=1)
    form.locator("[name=on]").fill(day(31))
    form.locator("[name=months]").select_option("3")
    form.locator("[name=reason]").fill("Salah baca daftar bank.")
    form.get_by_role("button", name="Simpan pembetulan").click()
    page.get_by_text("Tidak berlaku lagi: sudah dibetulkan.").wait_for()
    look("later-payment-corrected")
    to(one, "history")
    page.get_by_text("Salah baca daftar bank.").wait_for()
    look("history-payments")
    page.get_by_role("link", name="Kembali ke pendaftaran").click()
    page.get_by_text("pembayarannya harus dicatat ulang").scroll_into_view_if_needed()
    look("review-paid")
    to(other, "participation")
    page.locator("#id_number_number").fill(number)
    page.get_by_role("button", name="Catat nomor peserta").click()
    page.get_by_label("Sudah benar: sudah saya cocokkan").scroll_into_view_if_needed()
    look("number-of-another")
    page.get_by_label("Sudah benar: sudah saya cocokkan dengan daftar BPJS").check()
    page.get_by_role("button", name="Catat nomor peserta").click()
    page.get_by_text("Tercatat.").wait_for()
    look("number-twice")
    assert found == []
