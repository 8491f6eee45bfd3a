"""One journey a role, as they would walk it, in a real Chromium; most of them also with the keyboard or no script."""

import pytest

from tests.registering import answer, press, three_months_with_jht, to_check, to_receipt

pytestmark = pytest.mark.browser


def submit(page):
    """Press the page's main button and wait for the answer."""
    with page.expect_navigation():
        page.locator(".jb-actions .jb-btn-main").click()


def fits(page) -> bool:
    """No page scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_officer_registers_a_worker(page_for, shot, width, scripts):
    page = page_for("petugas", width, java_script_enabled=scripts)
    tag = "" if scripts else "-no-scripts"
    shot(page, f"officer-today{tag}")
    submit(page)
    shot(page, f"officer-form{tag}")

    press(page)  # nothing answered yet
    summary = page.locator("[data-error-summary]")
    summary.wait_for()
    assert summary.locator("a").count() == (1 if scripts else 15)
    assert page.title().startswith("Galat: ")
    if scripts:
        assert summary.evaluate("element => element === document.activeElement")
    shot(page, f"officer-errors{tag}")

    nik = answer(page)
    to_check(page)
    groups = " ".join(nik[n : n + 4] for n in range(0, 16, 4))
    assert page.get_by_text(groups.replace(" ", "\N{NO-BREAK SPACE}")).count() == 1
    page.get_by_text(three_months_with_jht()).filter(visible=True).first.wait_for()
    shot(page, f"officer-check{tag}")

    if scripts:
        page.locator("a[href='#id_nik'], [data-answers] a").nth(1).click()
    else:
        with page.expect_navigation():
            page.locator(".jb-actions button[value=edit]").click()
    assert page.locator("[name=nik]").input_value() == nik  # nothing typed is lost
    assert page.locator("[name=birth_date_year]").input_value() == "1988"
    assert page.locator("[name=consent_how][value=aloud]").is_checked()
    press(page)
    page.locator("h1", has_text="Cocokkan dengan KTP").wait_for()
    assert to_receipt(page).count("-") == 2
    assert nik not in page.content()
    if scripts:
        assert fits(page)
    shot(page, f"officer-receipt{tag}")

    page.goto("/registrations/")
    assert page.locator(".jb-hero-count").count() == 1
    assert page.locator(".jb-rows a:has(.jb-chip)").count() >= 1


def test_officer_sends_twice_and_gets_one_receipt(page_for):
    """A second tap before the answer came: the same id is the same receipt, and says so."""
    page = page_for("petugas", 360, java_script_enabled=False)
    page.goto("/registrations/new/")
    answer(page)
    submit(page)
    inputs = page.locator("#page-form input[type=hidden]").all()
    sent = {one.get_attribute("name"): one.get_attribute("value") for one in inputs}
    submit(page)
    again = page.request.post(
        "/registrations/new/", form={**sent, "step": "send"}, headers={"Referer": page.url}
    )
    assert again.url == page.url
    assert "jb-messages" in again.text()
    assert "jb-messages" not in page.content()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_officer_corrects_what_came_back(page_for, shot, scripts):
    page = page_for("petugas", 360, java_script_enabled=scripts)
    row = page.locator(".jb-rows-warn a").first
    reference = row.get_attribute("href").split("/")[2]
    with page.expect_navigation():
        row.click()
    assert page.locator(".jb-notice-warn").first.is_visible()
    shot(page, "officer-correct" if scripts else "officer-correct-no-scripts")
    if scripts:  # everything is answered: it begins with the list of the answers
        page.locator("[data-answers] section", has_text="Kontak").get_by_role("link", name="Ubah").click()
    page.locator("[name=phone]").fill("0800 1234 5678")
    press(page)
    page.locator("h1", has_text="Cocokkan dengan KTP").wait_for()
    to_receipt(page)
    assert page.url.endswith(f"/registrations/{reference}/")
    page.goto("/registrations/")
    assert page.locator(f".jb-rows-warn a[href*='{reference}']").count() == 0


def test_officer_withdraws_with_a_reason(page_for, shot):
    page = page_for("petugas", 360)
    page.goto("/registrations/new/")
    answer(page)
    to_check(page)
    to_receipt(page)
    with page.expect_navigation():
        page.locator("a[href$='/withdraw/']").click()
    with page.expect_navigation():
        page.locator(".jb-actions button").click()
    assert page.locator("[data-error-summary] a").count() == 1
    shot(page, "officer-withdraw")
    page.locator("[name=reason]").fill("Pekerja berubah pikiran.")
    with page.expect_navigation():
        page.locator(".jb-actions button").click()
    assert page.url.endswith("/registrations/")


@pytest.mark.parametrize("width", [360, 1280])
def test_organiser_sees_own_events_and_no_worker(page_for, shot, width):
    page = page_for("karangtaruna", width)
    assert page.url.endswith("/events/")
    assert page.get_by_text("Bazar Rusunawa IV Penjaringan").count() >= 1
    assert fits(page)
    shot(page, "organiser-events")
    for address in ("/registrations/", "/registrations/new/", "/admin/", "/admin/enrolment/registration/"):
        assert page.goto(address).status == 404


@pytest.mark.parametrize("width", [360, 1280])
def test_head_reads_the_counts(page_for, shot, width):
    page = page_for("kepala", width)
    assert "/counts/" in page.url
    assert fits(page)
    assert page.locator("svg.jb-bar").count() > 5
    page.goto("/admin/enrolment/registration/counts/taman-waduk-pluit-2026/")
    shot(page, "head-counts")


@pytest.mark.parametrize("width", [360, 1280])
def test_system_admin_makes_an_event_from_an_earlier_one(page_for, shot, width):
    page = page_for("admin", width)
    assert fits(page)
    shot(page, "admin-home")
    assert page.goto("/admin/outreach/event/").status == 200
    assert fits(page)
    shot(page, "admin-events")
    assert page.goto("/admin/enrolment/registration/").status == 403


def test_reviewer_decides_on_the_oldest(page_for, shot):
    page = page_for("verifikator", 1280)
    assert page.url.endswith("/admin/enrolment/registration/")
    shot(page, "reviewer-queue")
    link = page.locator("#content table a[href*='/admin/enrolment/registration/']").first
    reference = link.get_attribute("href").rstrip("/").split("/")[-1]
    with page.expect_navigation():
        link.click()
    shot(page, "reviewer-one")
    with page.expect_navigation():
        page.locator("button[value=approved]").click()
    page.goto("/admin/enrolment/registration/")
    assert page.locator(f"#content a[href*='{reference}']").count() == 0
