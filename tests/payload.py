"""What a page costs a phone: the compressed bytes of the page and of all that it loads, as Chromium received them.

Counted are the bodies, without the answers' headers: those depend on the proxy, and HTTP/2 packs them.
"""

import time
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

FORM = "/registrations/new/"
SETTLED = 1.0  # seconds without a request: modules import each other, and scripts fetch


@dataclass(frozen=True, slots=True)
class Asset:
    """One answer. `size` is what came over the line, 0 when the browser had it already."""

    path: str
    size: int
    encoding: str


def total(assets: Iterable[Asset]) -> int:
    return sum(asset.size for asset in assets)


def table(assets: Iterable[Asset]) -> str:
    """A Markdown table, the largest first; hashes of names are left out, so that it changes only with the sizes."""
    rows = sorted(assets, key=lambda asset: (-asset.size, asset.path))
    lines = [f"| {_plain(asset.path)} | {asset.size} | {asset.encoding} |" for asset in rows]
    return "\n".join(
        ["| asset | bytes | encoding |", "|---|--:|---|", *lines, f"| total | {total(rows)} | |"]
    )


def _plain(path: str) -> str:
    """`/static/css/form.0123456789ab.css` → `/static/css/form.css`."""
    folder, slash, name = path.rpartition("/")
    parts = name.split(".")
    return f"{folder}{slash}{parts[0]}.{parts[-1]}" if len(parts) == 3 else path


def loads(browser, site_url: str, username: str, path: str = FORM) -> tuple[list[Asset], list[Asset]]:
    """(first load, repeat load) of a page: signed in, with nothing of it in the cache, then with everything."""
    with _context(browser, site_url) as context:
        _sign_in(context.new_page(), username)
        state = context.storage_state()
    # Another context, whose cache is empty: signing in has loaded some of the same files.
    with _context(browser, site_url, storage_state=state) as context:
        first = _load(context, path)
        repeat = _load(context, path)
    return first, repeat


def load_after(browser, site_url: str, username: str, page: str, path: str = FORM) -> list[Asset]:
    """What `path` still costs on a new phone that was on another page before."""
    with _context(browser, site_url) as context:
        _sign_in(context.new_page(), username)
        state = context.storage_state()
    with _context(browser, site_url, storage_state=state) as context:
        _load(context, page)
        return _load(context, path)


@contextmanager
def _context(browser, site_url: str, **options):
    context = browser.new_context(base_url=site_url, viewport={"width": 360, "height": 740}, **options)
    try:
        yield context
    finally:
        context.close()


def _sign_in(page, username: str) -> None:
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill("jemputbola")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)


def _load(context, path: str) -> list[Asset]:
    page = context.new_page()
    wire = _Wire(context.new_cdp_session(page))
    page.goto(path, wait_until="load")
    while time.monotonic() < wire.heard + SETTLED:
        page.wait_for_timeout(100)
    assert urlsplit(page.url).path == path
    page.close()
    return wire.assets()


class _Wire:
    """Listens to Chromium's network. What came of an answer's body is what came of it altogether, less its headers."""

    def __init__(self, session) -> None:
        self.heard = time.monotonic()
        self.paths: dict[str, str] = {}
        self.headers: dict[str, int] = {}
        self.encodings: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.responseReceived", self._answered)
        session.on("Network.requestServedFromCache", lambda event: self._cached(event["requestId"]))
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def assets(self) -> list[Asset]:
        return [
            Asset(path, self.sizes.get(key, 0), self.encodings.get(key, ""))
            for key, path in self.paths.items()
        ]

    def _asked(self, event: dict) -> None:
        self.heard = time.monotonic()
        self.paths[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def _answered(self, event: dict) -> None:
        answer = event["response"]
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        self.headers[event["requestId"]] = answer["encodedDataLength"]
        self.encodings[event["requestId"]] = headers.get("content-encoding", "")
        if answer.get("fromDiskCache"):
            self._cached(event["requestId"])

    def _cached(self, key: str) -> None:
        self.encodings[key] = "cached"
        self.sizes[key] = 0

    def _finished(self, event: dict) -> None:
        self.heard = time.monotonic()
        key = event["requestId"]
        if self.encodings.get(key) != "cached":
            self.sizes[key] = max(0, int(event["encodedDataLength"]) - self.headers.get(key, 0))
