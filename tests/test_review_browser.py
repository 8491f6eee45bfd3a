"""Taken, returned field by field, corrected and compared, in a real browser; with and without JavaScript."""

import pytest

from tests.registering import answer, to_check, to_receipt
from tests.test_axe import violations
from tests.test_journeys import submit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_return_goes_to_its_officer_and_back(page_for, shot, script):
    name = "" if script else "-no-script"
    officer = page_for("petugas", 360, java_script_enabled=script)
    submit(officer)
    answer(officer)
    to_check(officer)
    to_receipt(officer)
    address = officer.url
    reference = address.rstrip("/").rpartition("/")[2]
    reviewer = page_for("verifikator", 1280, java_script_enabled=script)
    reviewer.goto(f"/admin/enrolment/registration/{reference}/")
    reviewer.get_by_role("button", name="Ambil", exact=True).click()
    reviewer.get_by_text("Anda pegang sampai").wait_for()
    officer.goto(address)
    officer.get_by_text("Sedang diperiksa sejak").wait_for()
    shot(officer, f"receipt-held{name}")
    shot(reviewer, f"review-held{name}")
    reason = reviewer.get_by_label("Alasan untuk petugas: Tanggal lahir")
    assert not reason.is_visible()
    reviewer.get_by_label("Perlu dibetulkan: Tanggal lahir").check()
    reviewer.get_by_label("Perlu dibetulkan: Nomor HP").check()
    reason.select_option(index=0)
    reviewer.get_by_label("Dengan kata sendiri: Nomor HP").fill("Kurang satu angka?")
    shot(reviewer, f"review-ticked{name}")
    if script:
        reviewer.set_viewport_size({"width": 360, "height": 740})
        shot(reviewer, "review-ticked")
        assert reviewer.evaluate("document.documentElement.scrollWidth") <= 360
        assert violations(reviewer) == []
        reviewer.set_viewport_size({"width": 1280, "height": 800})
    reviewer.locator("button[value=returned]").click()
    officer.goto("/registrations/")
    shot(officer, f"today-returned{name}")
    officer.locator(".jb-rows-warn a", has_text="2 isian").last.click()
    officer.get_by_text("Kurang satu angka?").wait_for()
    assert officer.locator("[name=full_name]").count() == 0
    shot(officer, f"flagged{name}")
    if script:
        assert violations(officer) == []
    officer.locator("[name=phone]").fill("12")
    submit(officer)
    officer.locator("[aria-invalid=true]").first.wait_for()
    shot(officer, f"flagged-error{name}")
    officer.locator("[name=phone]").fill("081211112222")
    submit(officer)
    officer.get_by_text("tadinya:").first.wait_for()
    shot(officer, f"flagged-check{name}")
    submit(officer)
    officer.get_by_role("heading", name="Perubahan").wait_for()
    shot(officer, f"receipt-changes{name}")
    reviewer.goto(f"/admin/enrolment/registration/{reference}/")
    reviewer.get_by_role("heading", name="Perubahan").wait_for()
    shot(reviewer, f"review-changes{name}")
    reviewer.goto("/admin/enrolment/registration/")
    shot(reviewer, f"queue{name}")
    if script:
        assert violations(reviewer) == []
