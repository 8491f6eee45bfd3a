"""The counter's script in a real Chromium: nothing twice, nothing said before the server said it, and without it."""

import re

import pytest

pytestmark = pytest.mark.browser
TAPS = "**/greetings/"


def number(page) -> int:
    return int(page.locator("[data-greet-people]").inner_text())


def tap(page) -> None:
    """One deliberate tap, and its answer."""
    page.wait_for_timeout(450)  # longer than a bounce
    with page.expect_response(TAPS):
        page.locator("[data-greet-one] button").click()
    page.wait_for_function("() => !document.querySelector('[data-greet-one] button').disabled")


def reloaded(page) -> int:
    page.reload()
    return number(page)


def test_each_tap_counts_without_leaving_the_page(page_for, shot):
    page = page_for("petugas", 360)
    before, moves = number(page), []
    page.on("framenavigated", lambda frame: moves.append(frame.url))
    for n in (1, 2):
        tap(page)
        assert number(page) == before + n
    assert moves == []
    shot(page, "greeted")
    assert reloaded(page) == before + 2


def test_the_second_tap_of_a_bouncing_finger_does_not_count(page_for):
    """The first is answered and its button back when the second comes, sooner than a finger taps again."""
    page = page_for("petugas", 360)
    before, sent = number(page), []
    page.on("request", lambda request: sent.append(request.url) if "/greetings/" in request.url else None)
    page.evaluate("""async () => {
        const button = document.querySelector("[data-greet-one] button");
        button.click();
        while (button.disabled) await new Promise((resolve) => setTimeout(resolve, 5));
        button.click();
    }""")
    page.wait_for_timeout(600)
    assert (number(page), len(sent)) == (before + 1, 1)
    assert reloaded(page) == before + 1


def test_enter_on_the_keyboard_counts_once_and_keeps_the_focus(page_for):
    page = page_for("petugas", 1280)
    before = number(page)
    page.locator("[data-greet-one] button").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => document.querySelector('[data-greet-people]').textContent == {before + 1}")
    page.wait_for_function("() => document.activeElement?.closest('[data-greet-one]')")


def test_the_last_tap_is_taken_back(page_for):
    page = page_for("petugas", 360)
    before = number(page)
    tap(page)
    back = page.locator("[data-greet-back] button")
    page.wait_for_timeout(450)
    with page.expect_response("**/take-back/"):
        back.click()
    page.wait_for_function(f"() => document.querySelector('[data-greet-people]').textContent == {before}")
    assert back.is_hidden()
    assert reloaded(page) == before


@pytest.mark.parametrize("width", [360, 1280])
def test_without_scripts_a_tap_comes_back_to_the_page(page_for, width, shot):
    page = page_for("petugas", width, java_script_enabled=False)
    before = number(page)
    with page.expect_navigation():
        page.locator("[data-greet-one] button").click()
    assert number(page) == before + 1
    shot(page, "greeted-no-scripts")
    with page.expect_navigation():
        page.locator("[data-greet-back] button").click()
    assert number(page) == before


def test_a_lost_answer_is_asked_for_again_and_counts_once(unwatched):
    page, sent = unwatched, []
    before = number(page)

    def lose_the_first(route):
        sent.append(re.search(r"(?:^|&)id=([^&]+)", route.request.post_data)[1])
        if len(sent) == 1:
            route.fetch()  # it arrived and was counted; its answer gets lost
            route.abort()
        else:
            route.continue_()

    page.route(TAPS, lose_the_first)
    page.locator("[data-greet-one] button").click()
    page.wait_for_function(f"() => document.querySelector('[data-greet-people]').textContent == {before + 1}")
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert reloaded(page) == before + 1


def test_without_any_answer_nothing_is_claimed_and_the_next_tap_is_the_same(unwatched):
    page, sent = unwatched, []
    before, said = number(page), page.locator("[data-greet-said]")

    def lose(route):
        sent.append(re.search(r"(?:^|&)id=([^&]+)", route.request.post_data)[1])
        route.abort()

    page.route(TAPS, lose)
    page.locator("[data-greet-one] button").click()
    said.wait_for(state="visible")
    assert number(page) == before
    page.unroute(TAPS)
    with page.expect_request(TAPS) as again:
        page.locator("[data-greet-one] button").click()
    assert f"id={sent[0]}" in again.value.post_data
    said.wait_for(state="hidden")
    assert number(page) == before + 1


@pytest.mark.parametrize("status", [401, 403, 423])
def test_who_is_locked_out_is_told_so_and_nothing_is_counted(unwatched, status):
    page = unwatched
    before = number(page)
    page.route(TAPS, lambda route: route.fulfill(status=status, json={"people": 999}))
    page.locator("[data-greet-one] button").click()
    page.locator("[data-greet-said]").wait_for(state="visible")
    assert page.locator("[data-greet-said]").inner_text() == page.locator("[data-greet]").get_attribute(
        "data-locked"
    )
    assert number(page) == before


@pytest.mark.parametrize(("status", "told"), [(409, {"opened_by_other": True}), (200, {})])
def test_an_answer_without_a_number_is_no_number(unwatched, status, told):
    page = unwatched
    before = number(page)
    page.route(TAPS, lambda route: route.fulfill(status=status, json=told))
    page.locator("[data-greet-one] button").click()
    page.locator("[data-greet-said]").wait_for(state="visible")
    assert page.locator("[data-greet-said]").inner_text() == page.locator("[data-greet]").get_attribute(
        "data-locked"
    )
    assert number(page) == before


def test_a_weak_signal_is_said_and_blocks_the_button_no_longer_than_it_must(unwatched):
    """No answer comes at all: as on a phone with one bar, not one without any."""
    page = unwatched
    page.evaluate("delete AbortSignal.timeout")  # older phones have none
    before = number(page)
    page.route(TAPS, lambda route: None)
    page.locator("[data-greet-one] button").click()
    page.locator("[data-greet-sending]").wait_for(state="visible", timeout=2000)
    page.locator("[data-greet-said]").wait_for(state="visible", timeout=9000)
    assert page.locator("[data-greet-sending]").is_hidden()
    assert page.locator("[data-greet-one] button").is_enabled()
    assert number(page) == before


def test_an_expired_session_is_no_success(unwatched):
    """The sign-in page that a redirect leads to answers 200."""
    page = unwatched
    before = number(page)
    page.context.clear_cookies()
    page.locator("[data-greet-one] button").click()
    page.locator("[data-greet-said]").wait_for(state="visible")
    assert number(page) == before


def test_a_page_of_html_is_no_answer(unwatched):
    page = unwatched
    before = number(page)
    page.route(TAPS, lambda route: route.fulfill(status=200, body="<p>999</p>", content_type="text/html"))
    page.locator("[data-greet-one] button").click()
    page.locator("[data-greet-said]").wait_for(state="visible")
    assert number(page) == before
