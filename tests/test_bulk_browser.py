"""Several approved at once, and a second look, in a real browser; with and without JavaScript, by keyboard alone."""

import pytest

from tests.test_axe import violations

pytestmark = pytest.mark.browser
QUEUE, LOOKS = "/admin/enrolment/registration/", "/admin/enrolment/registration/second-looks/"
COLLEAGUE_APPROVES = """
from django.conf import settings
from enrolment.actions import bulk
from enrolment.models import Registration
from outreach.choices import Role
from outreach.models import User
settings.SECOND_LOOK_PERCENT = 100
first = User.objects.get(username="verifikator")
colleague, made = User.objects.get_or_create(
    username="verifikator2", defaults={"role": Role.REVIEWER, "branch": first.branch, "full_name": "Sari Demo"})
waiting = Registration.objects.visible_to(first).waiting().values_list("reference", "version")
approved = bulk.approve(by=colleague, selection=list(waiting)[-8:]).approved
print(len(approved), approved[0].event.slug)
"""


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_ticked_ones_are_approved_and_the_flagged_stay(page_for, shot, script):
    name = "" if script else "-no-script"
    page = page_for("verifikator", 1280, java_script_enabled=script)
    page.goto(QUEUE)
    boxes = page.locator('[name="row"]')
    if script:
        boxes.nth(0).focus()
        page.keyboard.press("Space")
        page.get_by_text("1 dipilih").wait_for()
        all_of_them = page.get_by_label("Pilih semua di halaman ini")
        all_of_them.check()
        page.get_by_text(f"{boxes.count()} dipilih").wait_for()
        all_of_them.uncheck()
        page.get_by_text("0 dipilih").wait_for()
        for number in range(6):
            boxes.nth(number).check()
        assert violations(page) == []
        shot(page, "bulk-ticked")
        page.set_viewport_size({"width": 360, "height": 740})
        assert fits(page)
        shot(page, "bulk-ticked")
        page.set_viewport_size({"width": 1280, "height": 800})
    else:
        assert not page.locator("[data-bulk-all]").is_visible()
        page.get_by_role("link", name="Pilih semua di halaman ini").click()
        assert page.locator('[name="row"]:checked').count() == boxes.count()
        for number in range(6, boxes.count()):
            boxes.nth(number).uncheck()
        shot(page, "bulk-ticked-no-script")
    page.get_by_role("button", name="Setujui yang bersih").click()
    page.get_by_role("heading", level=1, name="disetujui").wait_for()
    shot(page, f"bulk-outcome{name}")
    if script:
        assert violations(page) == []
        page.set_viewport_size({"width": 360, "height": 740})
        assert fits(page)
        shot(page, "bulk-outcome")


def test_nothing_ticked_says_so(page_for, shot):
    page = page_for("verifikator", 360)
    page.goto(QUEUE)
    page.get_by_role("button", name="Setujui yang bersih").click()
    page.get_by_text("Centang yang akan disetujui.").wait_for()
    assert violations(page) == []
    shot(page, "bulk-nothing")


def test_a_second_look_by_keyboard_and_all_clean_ones(page_for, shot, site):
    """Last: it empties the queue."""
    count, event = site.run(COLLEAGUE_APPROVES).split()[-2:]
    assert int(count) > 2
    page = page_for("verifikator", 1280)
    page.goto("/admin/")
    page.get_by_role("link", name="Pemeriksaan kedua").click()
    shot(page, "second-looks")
    assert violations(page) == []
    page.locator("table a").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Apakah Anda juga akan menyetujuinya?").wait_for()
    assert "Sari Demo" not in page.content()
    shot(page, "second-look")
    page.get_by_role("button", name="Berbeda").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Tulis dalam satu kalimat apa yang berbeda.").first.wait_for()
    page.locator("summary").click()
    page.get_by_label("Nomor HP").check()
    assert violations(page) == []
    shot(page, "second-look-errors")
    page.set_viewport_size({"width": 360, "height": 740})
    assert fits(page)
    page.evaluate("document.querySelector('#answer').scrollIntoView()")
    shot(page, "second-look-errors")
    page.get_by_label("Apa yang berbeda?").fill("Nomor HP tidak sama dengan formulir.")
    page.get_by_label("Jika berbeda: kembalikan ke pemeriksaan").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Berbeda").focus()
    page.keyboard.press("Enter")
    page.get_by_text("tersimpan").wait_for()
    shot(page, "second-looks")
    page.locator("table a").first.click()
    page.get_by_role("button", name="Sama, setuju").click()
    page.get_by_text("tersimpan").wait_for()
    page.goto(QUEUE)
    page.get_by_role("link", name="Semua yang bersih di daftar ini…").click()
    shot(page, "bulk-plan")
    assert violations(page) == []
    page.get_by_role("button", name="yang bersih").click()
    page.get_by_role("heading", level=1, name="disetujui").wait_for()
    head = page_for("kepala", 1280)
    head.goto(f"/admin/enrolment/registration/counts/{event}/")
    head.get_by_role("heading", name="Pemeriksaan kedua").wait_for()
    assert violations(head) == []
    head.evaluate("document.querySelector('#second-looks').scrollIntoView()")
    shot(head, "counts-second-looks")
    head.set_viewport_size({"width": 360, "height": 740})
    assert fits(head)
    head.evaluate("document.querySelector('#second-looks').scrollIntoView()")
    shot(head, "counts-second-looks")
