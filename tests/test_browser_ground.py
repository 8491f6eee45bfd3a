"""The browser's fixtures themselves: a real Chromium, the real policy, and a fault that must be caught."""

import pytest

from tests.browser import Watch

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("username", ["petugas", "verifikator", "kepala", "karangtaruna", "admin"])
def test_demo_account_lands_on_its_first_page(page_for, shot, username, width):
    page = page_for(username, width)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, f"first-page-{username}")


def test_login_page_of_a_stranger(open_page, shot):
    page = open_page(360)
    answer = page.goto("/")
    assert "/account/login/" in page.url
    assert answer.headers["content-security-policy"].split("; ").count("default-src 'none'") == 1
    shot(page, "login")


def test_static_files_have_hashed_names(site, open_page):
    page = open_page(360)
    page.goto("/account/login/")
    styles = page.locator("link[rel=stylesheet]").evaluate_all("links => links.map(link => link.href)")
    assert styles
    assert all(link.startswith(f"{site.url}/static/") and len(link.split(".")[-2]) == 12 for link in styles)


def test_inline_script_is_refused_and_seen(browser, site):
    """The negative control: what the fixtures promise to catch, they catch."""
    with browser.new_context(base_url=site.url) as context:
        page = context.new_page()
        watch = Watch(page)
        page.goto("/account/login/")
        page.evaluate("""() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
        }""")
        page.evaluate("() => console.error('seen')")
        assert page.evaluate("() => window.ran") is None
    assert any("Content Security Policy" in fault for fault in watch.faults)
    assert any("seen" in fault for fault in watch.faults)
