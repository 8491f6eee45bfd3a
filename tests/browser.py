"""Fixtures of the browser tests: a real site in a real Chromium, under the real Content-Security-Policy.

    @pytest.mark.browser
    def test_officer_registers(page_for, shot):
        page = page_for("petugas", 360)
        page.get_by_role("link", name="…").click()
        shot(page, "officer-registers")

Playwright's loop runs in the test's own thread, so a browser test does not touch the ORM: it asks the page, or
`site.run(…)`.
"""

import os

import pytest

from tests.runner import chromium
from tests.server import ROOT, Site, fresh_database, running_site

SHOTS = ROOT / "var" / "screenshots"
HEIGHTS = {360: 740, 1280: 800}
FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
QUICK = {"DJANGO_SETTINGS_MODULE": "tests.site_settings"}
"""For each site that begins as a copy of `demo`, whose passwords were stored with these settings."""
# Chromium writes violations to the console anyway; this names the directive and what was blocked.
REPORT_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI}`));"""


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The URL of a database as the first start leaves it, for sites to begin with a copy."""
    folder = tmp_path_factory.mktemp("demo")
    with fresh_database(folder, copy_of=os.environ.get("TEST_DATABASE_MIGRATED", "")) as dsn:
        first = Site(dsn, folder, **QUICK)
        first.start()
        first.stop()
        yield dsn


@pytest.fixture(scope="session")
def site(demo, tmp_path_factory):
    """A gunicorn of our own configuration on a migrated and seeded database (tests.server.Site)."""
    with running_site(tmp_path_factory.mktemp("site"), copy_of=demo, **QUICK) as site:
        yield site


@pytest.fixture(scope="session")
def browser():
    path = chromium.find()
    if not path:
        pytest.skip("no Chromium here")
    from playwright.sync_api import sync_playwright  # 0.2 s that only browser tests shall pay

    # From here on Django takes this thread for an asynchronous one; a test after this may still use the ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


class Watch:
    """Collects what a page must never say: script errors, CSP violations, failed requests, messages of level error."""

    def __init__(self, page):
        self.faults: list[str] = []
        self._visited: set[str] = set()
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("console", self._console)
        page.on("response", self._response)

    def _response(self, response):
        if response.request.is_navigation_request():
            self._visited.add(response.url)
            if response.status >= 500:
                self.faults.append(f"{response.status} {response.url}")

    def _console(self, message):
        # A 404 or 409 *page* is an answer that a test may want; a missing image or script never is.
        url = message.location["url"]
        # So is the refusal to keep a draft on a phone that is locked, or that another officer holds.
        kept_nothing = "/registrations/drafts/" in url and ("423" in message.text or "409" in message.text)
        is_answer = "Failed to load resource" in message.text and (url in self._visited or kept_nothing)
        if message.type == "error" and not is_answer:
            self.faults.append(f"console: {message.text} ({message.location['url']})")


@pytest.fixture
def open_page(browser, site):
    """open_page(width, **context options) → a stranger's page in a fresh context; faults fail the test at its end."""
    contexts, watches = [], []

    def open_page(width: int = 1280, **options):
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            base_url=site.url,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        if options.get("java_script_enabled", True):
            context.add_init_script(REPORT_VIOLATIONS)
        page = context.new_page()
        watches.append(Watch(page))
        return page

    yield open_page
    for context in contexts:
        context.close()
    faults = [fault for watch in watches for fault in watch.faults]
    if faults:
        log = [
            line.replace(" ⏎ ", "\n    ") for line in site.log.read_text().splitlines() if " ERROR " in line
        ]
        pytest.fail("\n".join(["the browser complained:", *faults, "the site's last errors:", *log[-3:]]))


@pytest.fixture
def page_for(open_page, site):
    """page_for("petugas", 360) → the first page of that demo account, which has just signed in."""

    def page_for(username: str, width: int = 1280, **options):
        page = open_page(width, **options)
        page.goto(signed_in(page.context, site, username))
        return page

    return page_for


def signed_in(context, site: Site, username: str) -> str:
    """Signs in as the login page does, without a look at it: tests of other things are spared that. Where it leads."""
    token = "t" * 32
    context.add_cookies([{"name": "csrftoken", "value": token, "url": site.url}])
    answer = context.request.post(
        "/account/login/",
        form={"csrfmiddlewaretoken": token, "login": username, "password": "jemputbola"},
        max_redirects=0,
    )
    assert answer.status == 302, answer.text()
    return answer.headers["location"]


def sign_in(page, username: str) -> None:
    """Through the login page, with the demo's password."""
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill("jemputbola")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)


@pytest.fixture
def unwatched(browser, site):
    """A signed-in officer's page whose faults are the point: lost and refused answers show in the console."""
    with browser.new_context(
        base_url=site.url, viewport={"width": 360, "height": HEIGHTS[360]}, locale="id-ID"
    ) as context:
        page = context.new_page()
        page.goto(signed_in(context, site, "petugas"))
        yield page


@pytest.fixture(scope="session")
def shot():
    """shot(page, "name") writes var/screenshots/name-WIDTH.png, the full page, for people to look at; none in CI, where
    nobody does."""
    SHOTS.mkdir(parents=True, exist_ok=True)

    def shot(page, name: str) -> None:
        if os.environ.get("CI") != "true":
            page.screenshot(path=SHOTS / f"{name}-{page.viewport_size['width']}.png", full_page=True)

    return shot
