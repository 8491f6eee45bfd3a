"""Receipt, sheet and phone numbers and dates stay in one line where they are read, and are copied as they are typed."""

import re

import pytest

pytestmark = pytest.mark.browser
BREAKABLE = r"""() => {
    const numbers = /\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]\b|\bP-[0-9A-Z]{3}-\d{3}-[0-9A-Z]\b|\b\d\d-\d\d-\d{4}\b/g;
    const unread = "script, style, template, noscript, option, textarea, .visually-hidden";
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const around = texts.currentNode.parentElement;
        if (around.closest(unread) || !around.getClientRects().length) continue;
        if (getComputedStyle(around).whiteSpace === "nowrap") continue;
        found.push(...(texts.currentNode.data.match(numbers) || []));
    }
    return found;
}"""
NOT_PAGES = ("logout", "sample", "jsi18n", "/lock/", "/outreachsession/*/")
"""Nothing to read; or a page of Django's own that names its object in the crumbs."""
TORN = """() => [...document.querySelectorAll(".jb-one-line")].filter((one) =>
    getComputedStyle(one.parentElement).display.includes("flex") && one.parentElement.childNodes.length > 1).length"""


def faults(page) -> list[str]:
    """Numbers that may be broken, and sentences that a flex box would tear at their number."""
    return page.evaluate(BREAKABLE) + ["torn"] * page.evaluate(TORN)


def kind_of(address: str) -> str:
    """The path, with what only names one of many taken out."""
    path = re.sub("^https?://[^/]*|[?#].*", "", address)
    return re.sub(r"/(?:[0-9A-Z]{7}|\d+|[0-9a-f-]{36}|\d{4}-\d\d-\d\d)(?=/)", "/*", path)


@pytest.mark.parametrize("username", ["petugas", "verifikator", "kepala"])
def test_on_every_page_that_a_first_page_leads_to(page_for, username):
    """Two steps from where each signs in, one page of a kind."""
    page = page_for(username, 360)
    root = page.evaluate("() => location.origin")
    seen, ahead, found = {""}, [(page.url, 0)], {}
    while ahead:
        address, steps = ahead.pop(0)
        kind = kind_of(address)
        if kind in seen or not address.startswith(root) or any(word in kind for word in NOT_PAGES):
            continue
        seen.add(kind)
        page.goto(address)
        if wrong := faults(page):
            found[kind] = wrong
        if steps < 2:
            links = page.evaluate("() => [...document.querySelectorAll('a[href]')].map((one) => one.href)")
            ahead += [(link, steps + 1) for link in links]
    assert len(seen) > 5
    assert found == {}


def test_what_says_a_number_in_a_sentence(page_for, shot):
    """The search box refuses one with an example, in the summary and at the box."""
    page = page_for("verifikator", 360)
    page.goto("/admin/enrolment/registration/search/")
    page.locator("[name=q]").fill("7K4-2Q9-4")
    page.locator("[name=q]").press("Enter")
    page.locator("#error-summary").wait_for()
    assert page.locator(".jb-one-line").count() == 2
    assert faults(page) == []
    shot(page, "search-refused")


def test_what_is_copied_from_a_page_is_found(page_for):
    page = page_for("verifikator", 360)
    page.goto("/admin/enrolment/registration/")
    page.goto(page.locator("th a.jb-ref").first.get_attribute("href"))
    copied = page.evaluate("""() => {
        getSelection().selectAllChildren(document.querySelector(".breadcrumbs .jb-one-line"));
        return getSelection().toString();
    }""")
    assert copied.isascii()
    page.goto("/admin/enrolment/registration/search/")
    page.locator("[name=q]").fill(copied)
    page.locator("[name=q]").press("Enter")
    page.get_by_role("heading", name=copied).wait_for()


def test_a_broken_number_is_seen(open_page):
    """The negative control."""
    page = open_page(360)
    page.goto("/account/login/")
    page.evaluate("() => document.querySelector('main').append('Bukti 7K4-2Q9-3 tanggal 22-11-2026')")
    assert faults(page) == ["7K4-2Q9-3", "22-11-2026"]
