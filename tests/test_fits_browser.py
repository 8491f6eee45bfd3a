"""What only a browser can say of the work pages: fields stay in their panels, rows stay low, keys stay on keyboards."""

import pytest

pytestmark = pytest.mark.browser
ADMIN = "/admin/enrolment/"
OUTSIDE = """() => [...document.querySelectorAll(".jb-panel-body input, .jb-panel-body select")].filter((field) => {
    const own = field.getBoundingClientRect();
    const room = field.closest(".jb-questions > *, .jb-panel-body").getBoundingClientRect();
    return own.width && own.right > room.right + 1;
}).map((field) => field.name)"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("address", ["collectivetemplate/edit/", "batch/2/", "batch/by-hand/"])
def test_no_field_leaves_its_panel(page_for, width, address):
    page = page_for("verifikator", width)
    page.goto(ADMIN + address)
    page.locator(".jb-panel-body input:visible, .jb-panel-body select:visible").first.wait_for()
    assert page.evaluate(OUTSIDE) == []


def test_the_name_of_an_event_breaks_once_at_most_in_the_queue(page_for):
    page = page_for("verifikator", 1280)
    page.goto(ADMIN + "registration/")
    page.locator(".jb-queue tbody tr").first.wait_for()
    widths = "() => [...document.querySelectorAll('.jb-queue .jb-event')].map((one) => one.clientWidth)"
    assert min(page.evaluate(widths)) >= 170


def test_a_phone_shows_no_keys(page_for):
    for options, shown in (({"has_touch": True, "is_mobile": True}, 0), ({}, 1)):
        page = page_for("verifikator", 360, **options)
        page.goto(ADMIN + "registration/")
        page.get_by_role("button", name="Ambil berikutnya").wait_for()
        page.wait_for_function("() => document.querySelector('[data-key] kbd').hidden === false")
        assert page.locator(".jb-key:visible").count() == shown
