"""The words of the form's scripts come from an address of their own: without them, or late, nothing typed is lost."""

import pytest

from tests.registering import ANSWERS, BY_STEP, CHOICES, fill, press, serials, to_check, to_receipt

pytestmark = pytest.mark.browser
NEW, DATA = "/registrations/new/", "**/registrations/data/**"


def card() -> dict[str, str]:
    return {"nik": f"317201520488{next(serials):04}", **ANSWERS, **CHOICES}


@pytest.mark.parametrize(
    "answer",
    [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=404, body="{}", content_type="application/json"),
        lambda route: route.fulfill(status=423, body="{}", content_type="application/json"),
        lambda route: route.fulfill(body="<h1>Masuk ke hotspot</h1>", content_type="text/html"),
        lambda route: route.fulfill(body="{", content_type="application/json"),
        lambda route: None,
    ],
    ids=["no signal", "after a deploy", "locked", "a hotspot", "torn", "never"],
)
def test_without_its_words_the_form_stays_long_and_is_sent(unwatched, shot, answer):
    page, errors = unwatched, []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(DATA, answer)
    with page.expect_request(DATA):
        page.goto(NEW)
    page.wait_for_timeout(300)
    said = card()
    for names in BY_STEP:
        fill(page, names, said)
    shot(page, "words-missing")
    assert page.locator(".jb-progress, .jb-last, .jb-stepped, [data-price], [role=combobox]").count() == 0
    assert errors == []  # nobody began and then stumbled
    button = page.locator(".jb-actions .jb-btn-main")
    button.filter(has_text="Periksa isian").click()
    button.filter(has_text="Kirim pendaftaran").click()
    page.locator(".jb-receipt-ref").wait_for()


def test_words_that_come_late_take_nothing_away(page_for, shot):
    """Somebody types into the long form already: the focus stays, and what was passed over is asked for."""
    page = page_for("petugas", 360)
    waiting, said = [], card()
    page.route(DATA, lambda route: waiting.append(route))
    with page.expect_request(DATA):
        page.goto(NEW)
    page.locator("[name=nik]").fill(said["nik"])
    page.locator("[name=sex][value=P]").check()
    page.locator("[name=village_code]").fill("Penjaringan")
    page.locator("[name=full_name]").click()
    page.keyboard.type("Sumiati ")
    waiting[0].continue_()
    page.locator(".jb-progress").wait_for()
    page.keyboard.type("Contoh")
    assert page.evaluate("document.activeElement.name") == "full_name"
    assert page.locator("[name=full_name]").is_visible()
    box = page.locator("[name=full_name]").bounding_box()
    assert 0 < box["y"] < 740 - box["height"]
    shot(page, "words-late")
    typed = page.evaluate("Object.fromEntries(new FormData(document.getElementById('page-form')))")
    assert {name: typed[name] for name in ("nik", "sex", "village_code", "full_name")} == {
        "nik": said["nik"], "sex": "P", "village_code": "Penjaringan", "full_name": "Sumiati Contoh",
    }  # fmt: skip

    fill(page, BY_STEP[2], said)
    press(page)
    assert page.locator("[data-error-summary] a").all_inner_texts() == [
        "Pilih cara pekerja mengetahui isinya lalu setuju."
    ]
    fill(page, BY_STEP[0], said)
    for names in BY_STEP[1:]:
        press(page)
        fill(page, names, said)
    to_check(page)
    to_receipt(page)


def test_what_was_typed_before_the_words_came_is_kept_as_a_draft(page_for):
    page = page_for("petugas", 360)
    waiting = []
    page.route(DATA, lambda route: waiting.append(route))
    with page.expect_request(DATA):
        page.goto(NEW)
    page.locator("[name=consent_how][value=aloud]").check()
    page.evaluate("document.activeElement.blur()")
    waiting[0].continue_()
    page.locator(".jb-progress").wait_for()
    with page.expect_response("**/registrations/drafts/**") as kept:
        press(page)
    assert "consent_how=aloud" in kept.value.request.post_data
