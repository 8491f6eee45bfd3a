"""axe-core in a real Chromium: each role's first page, the doors, and the form with errors, light and dark."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

pytestmark = pytest.mark.browser
PEOPLE = ("petugas", "verifikator", "kepala", "karangtaruna", "admin")


COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def violations(page, **options) -> list[str]:
    """Every broken rule with the first element that breaks it, in both colour schemes: in the dark one those of the
    rules that look at colours; the elements are the same."""
    found = []
    page.evaluate(AXE_SCRIPT)
    for scheme, rules in (("light", {}), ("dark", {"runOnly": COLOURS})):
        page.emulate_media(color_scheme=scheme)
        # A colour on its way to another one is neither.
        page.evaluate("() => document.getAnimations().forEach((one) => one.finish())")
        answer = page.evaluate(
            "(options) => axe.run(options)",
            # No preload: it fetches every style sheet again, for a rule about sounds.
            {"resultTypes": ["violations"], "preload": False, **rules, **options},
        )
        found += [
            f"{scheme} {page.url}: {one['id']} {one['nodes'][0]['html'][:120]}"
            for one in answer["violations"]
        ]
        assert len(answer["passes"]) > (0 if rules else 10)  # it ran, and on a page
    return found


@pytest.mark.parametrize("username", PEOPLE)
def test_first_page_of_everybody(page_for, username):
    assert violations(page_for(username, 360)) == []


def test_door_and_the_same_in_english(open_page):
    page = open_page(360)
    page.goto("/account/login/")
    found = violations(page)
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"
    assert found + violations(page) == []


def test_form_empty_and_with_errors(page_for):
    page = page_for("petugas", 360)
    page.get_by_role("link", name="Daftarkan pekerja").click()
    found = violations(page)
    page.get_by_role("button", name="Lanjut ke NIK").click()
    page.locator("#error-summary").wait_for()
    assert found + violations(page) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_new_edition_empty_with_errors_and_its_effect(page_for, width):
    page = page_for("admin", width)
    # Django's forms.css imports another sheet, which axe would read into an inline style: the policy refuses it.
    without_sheets = {"preload": False}
    found = []
    for noun, last in (("contributionschedule", ""), ("relief", "06-2027")):
        page.goto(f"/admin/enrolment/{noun}/add/")
        found += violations(page, **without_sheets)
        page.get_by_role("button", name="Lihat akibatnya").click()
        page.locator("#error-summary").wait_for()
        found += violations(page, **without_sheets)
        if noun == "relief":
            page.locator("[name=sector]").select_option("other")
            page.locator("[name=percent]").fill("50")
        for name, typed in (
            ("code", "uji"),
            ("basis", "Uji"),
            ("first_month", "04-2027"),
            ("last_month", last),
        ):
            page.locator(f"[name={name}]").fill(typed)
        page.get_by_role("button", name="Lihat akibatnya").click()
        page.get_by_role("heading", name="Akibat uji").wait_for()
        found += violations(page, **without_sheets)
    assert found == []


def test_a_fault_is_seen(open_page):
    """The negative control: a picture without words, and a sentence too pale in either scheme."""
    page = open_page(360)
    page.goto("/account/login/")
    page.evaluate("""() => {
        const pale = document.createElement("p");
        pale.textContent = "Pucat";
        pale.style.color = "#888";
        pale.style.backgroundColor = "#999";
        document.querySelector("main").append(document.createElement("img"), pale);
    }""")
    seen = [one.split() for one in violations(page)]
    assert [f"{scheme} {rule}" for scheme, _page, rule, *_element in seen] == [
        "light color-contrast",
        "light image-alt",
        "dark color-contrast",
    ]
