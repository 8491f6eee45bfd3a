"""Signing in with an app, and two officers on one phone, in a real Chromium."""

import pytest

from tests.browser import QUICK
from tests.registering import answer, press, to_check
from tests.server import running_site
from tests.signing import PIN, code
from tests.test_journeys import fits, submit

pytestmark = pytest.mark.browser
PASSWORD = "jemputbola"  # the demo's


OFFICERS = f"""
from outreach import pin
from outreach.models import User
rini = User.objects.get(username="petugas")
named = {{"branch": rini.branch, "full_name": "Sari Demo"}}
sari, _made = User.objects.get_or_create(username="rekan", defaults=named)
sari.set_password("{PASSWORD}")
for one in (rini, sari):
    one.pin = pin.hashed("{PIN}", of=one.pk)
    one.save()
"""


def sign_in(page, username: str):
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("input[name=password]").press("Enter")


def prove(page, typed: str = PIN):
    page.locator("[name=jb_secret]:visible").fill(typed)
    with page.expect_navigation():
        page.locator("[name=jb_secret]:visible").press("Enter")


@pytest.fixture
def secured(demo, tmp_path):
    with running_site(tmp_path, copy_of=demo, **QUICK, SECOND_FACTOR="1") as site:
        yield site


def test_a_head_sets_up_the_second_step(secured, open_page, shot):
    page = open_page(360)
    page.goto(f"{secured.url}/admin/")
    sign_in(page, "kepala")
    assert fits(page)
    secret = page.locator(".jb-key-words").inner_text().replace(" ", "")
    page.locator("[name=code]").fill("000000")
    submit(page)
    assert page.title().startswith("Galat: ")
    shot(page, "second-step-set-up")
    page.locator("[name=code]").fill(code(secret))
    submit(page)
    codes = page.locator(".jb-codes li").all_inner_texts()
    assert (len(codes), fits(page)) == (10, True)
    shot(page, "second-step-codes")
    submit(page)
    page.wait_for_url("**/admin/**")
    assert secret not in secured.log.read_text()

    other = open_page(1280)
    other.goto(f"{secured.url}/account/login/")
    sign_in(other, "kepala")
    shot(other, "second-step")
    other.locator("[name=code]").fill(codes[0].replace("\N{NO-BREAK SPACE}", " "))
    with other.expect_navigation():
        other.locator("[name=code]").press("Enter")
    other.wait_for_url("**/admin/**")


@pytest.fixture
def phone(page_for, site):
    """phone(scripts) → an officer's page on a phone with a PIN, and a colleague's on its roster."""
    site.run(OFFICERS)

    def phone(scripts: bool):
        page = page_for("rekan", 360, java_script_enabled=scripts)
        page.goto("/account/switch/")
        with page.expect_navigation():
            page.locator("form[action='/account/switch/other/'] button").click()
        sign_in(page, "petugas")
        return page

    return phone


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_two_officers_share_a_phone(phone, shot, scripts):
    page = phone(scripts)
    page.goto("/registrations/")
    submit(page)
    nik = answer(page)
    other = page.context.new_page()  # the colleague takes the phone, and the form stays open
    other.goto("/registrations/")
    other.locator(".jb-user-link").click()
    shot(other, "switch")
    other.get_by_role("link", name="Sari").click()
    prove(other)
    assert other.locator(".jb-user-name").inner_text() == "Sari"

    if scripts:
        to_check(page)
        press(page)
        page.get_by_text("HP ini sedang dipegang petugas lain.").wait_for()
        press(page, "Buka kunci dan kirim")
    else:
        submit(page)
    page.locator("h1", has_text="Formulir ini dibuka oleh Rini").wait_for()
    assert fits(page)
    shot(page, "form-of-another")
    prove(page)
    if not scripts:
        assert page.get_by_text(nik[:4]).count() >= 1  # the answers, to be checked

        # The pause: what is sent to the locked phone goes on after the PIN.
        other.goto("/account/switch/")
        with other.expect_navigation():
            other.locator(".jb-next-form button").click()
        submit(page)
        shot(page, "locked")
        prove(page)
    assert page.locator(".jb-receipt-ref").inner_text().count("-") == 2


def test_the_page_is_covered_while_nobody_touches_it(phone, shot):
    page = phone(True)
    page.clock.install()
    page.goto("/registrations/")
    submit(page)
    answer(page)
    page.clock.fast_forward("09:00")
    assert page.locator("[name=income]").is_visible()
    page.locator("[name=income]").press("End")  # a touch begins the pause anew, and tells the server
    page.clock.fast_forward("09:00")
    assert page.locator("[name=income]").is_visible()
    page.clock.fast_forward("02:00")
    assert not page.locator("[name=income]").is_visible()
    shot(page, "covered")
    secret = page.locator("[data-idle-lock] [name=jb_secret]")
    assert secret.evaluate("element => element === document.activeElement")
    secret.fill("111111")
    secret.press("Enter")
    page.get_by_text("PIN ini tidak cocok. Ketik lagi.").wait_for()
    secret.fill(PIN)
    secret.press("Enter")
    page.locator("[name=income]").wait_for()
    assert page.locator("[name=income]").input_value() == "2,5 juta"


def test_a_covered_page_whose_session_is_gone_says_so(phone, shot):
    page = phone(True)
    page.clock.install()
    page.goto("/registrations/")
    submit(page)
    answer(page)
    page.context.clear_cookies(name="sessionid")
    page.clock.fast_forward("11:00")
    secret = page.locator("[data-idle-lock] [name=jb_secret]")
    door = page.get_by_role("link", name="Masuk di tab lain")
    assert not door.is_visible()
    secret.fill(PIN)
    secret.press("Enter")
    page.get_by_text("Anda sudah keluar.").wait_for()
    assert fits(page)
    shot(page, "covered-signed-out")
    with page.context.expect_page() as opened:
        door.click()
    sign_in(opened.value, "petugas")
    page.bring_to_front()
    secret.fill(PIN)
    secret.press("Enter")
    page.locator("[name=income]").wait_for()
    assert page.locator("[name=income]").input_value() == "2,5 juta"
    to_check(page)
    press(page)
    page.get_by_text("HP ini terkunci.").wait_for()
    press(page, "Buka kunci dan kirim")  # its token is of the session before: the PIN is asked for once more
    page.locator("[name=jb_secret]:visible").wait_for()
    prove(page)
    assert page.locator(".jb-receipt-ref").count() == 1
