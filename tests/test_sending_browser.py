"""A registration on its way to the server, in a real Chromium: never lost, never twice, never claimed too early."""

import re

import pytest

from tests.browser import sign_in
from tests.registering import press, to_receipt
from tests.signing import PIN
from tests.test_axe import violations
from tests.test_journeys_signing import OFFICERS, prove
from tests.test_registration_browser import rows, to_the_check

pytestmark = pytest.mark.browser
SENT = "**/registrations/new/**"


def is_sending(request) -> bool:
    return request.method == "POST" and "step=send" in (request.post_data or "")


def test_a_lost_answer_is_asked_for_again_and_stored_once(unwatched, site, shot):
    page, ids = unwatched, []

    def lose_the_first(route):
        if not is_sending(route.request):
            return route.continue_()
        ids.append(re.search(r"submission_id=([^&]+)", route.request.post_data)[1])
        if len(ids) > 1:
            return route.continue_()
        route.fetch()  # it arrived and was stored; its answer gets lost
        return route.abort()

    nik = to_the_check(page)
    page.route(SENT, lose_the_first)
    press(page)
    page.get_by_text("Belum tentu terkirim.").wait_for()
    assert page.get_by_role("button", name="Coba lagi").is_visible()
    shot(page, "step-lost")
    assert violations(page) == []
    page.locator(".jb-receipt-ref").wait_for()  # by itself
    assert page.get_by_text("Sudah terkirim tadi. Ini bukti yang sama.").count() == 1
    assert (len(ids), len(set(ids)), rows(site, nik)) == (2, 1, 1)


@pytest.mark.parametrize("status", [500, 503, 200])  # a hotspot's own page answers 200
def test_a_fault_of_the_server_claims_nothing_and_the_button_tries_again(unwatched, site, status):
    page = unwatched
    nik = to_the_check(page)
    page.route(SENT, lambda route: route.fulfill(status=status, body="<h1>…</h1>"))
    press(page)
    page.get_by_text("Belum tentu terkirim.").wait_for()
    assert rows(site, nik) == 0
    page.unroute(SENT)
    press(page, "Coba lagi")
    page.locator(".jb-receipt-ref").wait_for()
    assert page.locator(".jb-messages").count() == 0  # it was the first to arrive
    assert rows(site, nik) == 1


def test_without_a_signal_it_waits_and_goes_by_itself(unwatched, site, shot):
    page = unwatched
    nik = to_the_check(page)
    page.context.set_offline(True)
    press(page)
    page.get_by_text("Belum terkirim.").wait_for()
    page.get_by_text("Selama tanpa sinyal tidak ada yang terkirim.").wait_for()
    shot(page, "step-offline")
    page.emulate_media(color_scheme="light")
    page.context.set_offline(False)
    page.locator(".jb-receipt-ref").wait_for()
    assert rows(site, nik) == 1


def test_what_waits_is_not_sent_while_it_is_changed(unwatched, site):
    page = unwatched
    nik = to_the_check(page)
    page.context.set_offline(True)
    press(page)
    page.get_by_text("Belum terkirim.").wait_for()
    page.get_by_role("link", name="Ubah Siapa orangnya?").click()
    page.locator("[name=full_name]").fill("Sumiati Benar")
    page.context.set_offline(False)
    page.wait_for_timeout(2500)  # longer than the first pause
    assert rows(site, nik) == 0
    press(page)
    to_receipt(page)
    assert page.get_by_text("Sumiati Benar").count() == 1


def test_a_double_tap_sends_once(page_for, site):
    page = page_for("petugas", 360)
    nik, sent = to_the_check(page), []
    page.on("request", lambda request: sent.append(request.url) if is_sending(request) else None)
    page.locator(".jb-actions .jb-btn-main").dblclick()
    page.locator(".jb-receipt-ref").wait_for()
    assert (len(sent), rows(site, nik)) == (1, 1)


def test_changed_after_a_lost_answer_it_is_compared(unwatched, site):
    """Stored already, then typed otherwise: the first one holds, and the officer sees the two."""
    page = unwatched
    nik = to_the_check(page)

    def lose(route):
        if is_sending(route.request):
            route.fetch()
            return route.abort()
        return route.continue_()

    page.route(SENT, lose)
    press(page)
    page.get_by_text("Belum tentu terkirim.").wait_for()
    page.get_by_role("link", name="Ubah Kontak").click()
    page.unroute(SENT)
    page.locator("[name=phone]").fill("0800 0000 2222")
    press(page)
    press(page, "Kirim pendaftaran")
    page.get_by_text("Sudah terkirim dengan isi lain.").wait_for()
    press(page, "Bandingkan keduanya")
    page.locator("table").get_by_text("0800-0000-2222").wait_for()
    assert rows(site, nik) == 1


def test_a_session_that_ended_while_typing_goes_on_after_the_pin(unwatched, site, shot):
    site.run(OFFICERS)
    page = unwatched
    page.goto("/account/logout/")
    page.locator("form[action='/account/logout/'] button, .jb-btn-main").first.click()
    sign_in(page, "petugas")
    nik = to_the_check(page)
    page.context.clear_cookies(name="sessionid")
    press(page)
    page.get_by_text("HP ini terkunci.").wait_for()
    shot(page, "step-locked")
    press(page, "Buka kunci dan kirim")
    page.locator("[name=jb_secret]:visible").wait_for()
    prove(page, PIN)
    page.locator(".jb-receipt-ref").wait_for()
    assert rows(site, nik) == 1


@pytest.mark.parametrize(
    ("status", "said"), [(423, "HP ini terkunci."), (409, "HP ini sedang dipegang petugas lain.")]
)
def test_what_guards_a_shared_phone_is_told_and_nothing_is_claimed(unwatched, site, status, said):
    page = unwatched
    nik = to_the_check(page)
    page.route(SENT, lambda route: route.fulfill(status=status, json={"locked": True}))
    press(page)
    page.get_by_text(said).wait_for()
    assert page.get_by_role("button", name="Buka kunci dan kirim").is_visible()
    assert (rows(site, nik), page.locator("[name=nik]").input_value()) == (0, nik)


def test_a_redirect_is_never_followed(unwatched, site):
    """Wherever it leads may well answer 200, and JSON: that says nothing of the registration."""
    page = unwatched
    nik = to_the_check(page)
    elsewhere = page.locator("[data-form-data]").get_attribute("data-form-data")
    page.route(SENT, lambda route: route.fulfill(status=302, headers={"Location": elsewhere}))
    press(page)
    page.get_by_text("Anda sudah keluar.").wait_for()
    assert (rows(site, nik), page.locator("[name=nik]").input_value()) == (0, nik)


def test_who_is_signed_out_for_good_keeps_what_was_typed(unwatched, site):
    page = unwatched
    nik = to_the_check(page)
    page.context.clear_cookies()
    press(page)
    page.get_by_text("Anda sudah keluar.").wait_for()
    assert page.get_by_role("link", name="Masuk di tab lain").get_attribute("target") == "_blank"
    assert page.locator("[name=nik]").input_value() == nik
    assert rows(site, nik) == 0


def test_on_a_slow_signal_a_tap_is_answered_at_once(page_for):
    """400 kbit/s with 400 ms to and fro: what a stand has on a good day."""
    page = page_for("petugas", 360)
    cdp = page.context.new_cdp_session(page)
    slow = {"downloadThroughput": 50_000, "uploadThroughput": 50_000, "latency": 400, "offline": False}
    cdp.send("Network.emulateNetworkConditions", slow)
    to_the_check(page)
    press(page)
    assert page.locator(".jb-actions [role=status]").inner_text() == "Sedang dikirim. Tetap di halaman ini."
    page.locator(".jb-receipt-ref").wait_for()
