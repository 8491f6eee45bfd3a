"""What became of a registration and who saw what, in a real browser: full and empty, with and without JavaScript."""

import pytest

from tests.test_axe import violations

pytestmark = pytest.mark.browser
QUEUE, SEEN = "/admin/enrolment/registration/", "/admin/enrolment/registration/seen/"


def is_whole(page) -> bool:
    """Nothing sticks out to the side."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_look_is_in_the_history_and_on_the_heads_page(page_for, shot, script):
    name = "" if script else "-no-script"
    page = page_for("verifikator", 1280, java_script_enabled=script)
    page.goto(QUEUE)
    page.get_by_role("button", name="Ambil berikutnya").click()
    page.get_by_label("Buka yang tersembunyi:").select_option(index=1)
    page.get_by_role("button", name="Buka…").click()
    page.get_by_label("Perlu dibetulkan: Nomor HP").check()
    address = page.url
    page.locator("button[value=returned]").click()
    page.goto(address)
    page.get_by_role("link", name="Riwayat lengkap").click()
    page.get_by_role("heading", name="Riwayat").wait_for()
    shot(page, f"history{name}")
    found = violations(page) if script else []
    page.get_by_role("link", name="Siapa yang melihat").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Untuk: ").first.wait_for()
    assert page.locator(".jb-history li").count() >= 2
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(page.url)
        shot(page, f"history-looks{name}")
    page.goto(page.url.partition("?")[0])
    shot(page, f"history{name}")
    assert is_whole(page) or not script
    found += violations(page) if script else []

    head = page_for("kepala", 1280, java_script_enabled=script)
    head.goto("/admin/")
    head.get_by_role("link", name="Siapa melihat apa").click()
    head.get_by_text("Dalam 7 hari terakhir").wait_for()
    for width in (1280, 360):
        head.set_viewport_size({"width": width, "height": 740})
        head.goto(SEEN)
        shot(head, f"seen{name}")
        assert is_whole(head) or not script
        found += violations(head) if script else []
    head.get_by_label("Yang dibuka", exact=True).select_option(label="nilai tersembunyi dibuka")
    head.get_by_role("button", name="Tampilkan").click()
    head.wait_for_url(lambda url: "kind=hidden" in url)
    shot(head, f"seen-filtered{name}")
    head.goto(f"{SEEN}?kind=files")
    shot(head, f"seen-empty{name}")
    head.goto(f"{SEEN}?first_day=2026-11-20&last_day=2026-11-19")
    head.locator("#error-summary").wait_for()
    shot(head, f"seen-error{name}")
    found += violations(head) if script else []
    head.set_viewport_size({"width": 1280, "height": 800})
    shot(head, f"seen-error{name}")
    assert found == []
