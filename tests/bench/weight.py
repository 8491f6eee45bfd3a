"""What the registration form weighs on the line, for docs/performance.md: a demo of its own and a Chromium."""

import os
import secrets
import tempfile
from pathlib import Path

from outreach.environ import KEY_SETTINGS, new_key
from tests import payload
from tests.browser import FLAGS
from tests.runner import chromium
from tests.server import running_site

HEADING = "## Bytes\n"
SAID = """\
The officer's registration form with everything it loads, as Chromium receives it: first with an empty cache, then once
more. Bodies only; answers' headers depend on the proxy. A browser with tabs asks for the icon besides, once.
`tests/test_bytes.py` holds both.

"""


def section() -> str:
    """The page's section, heading included."""
    path = chromium.find()
    if not path:
        return f"{HEADING}Not measured: no Chromium here.\n"
    from playwright.sync_api import sync_playwright

    os.environ.pop("TEST_DATABASE_URL", None)  # the bench's own is gone by now; this wants no figures from it
    os.environ |= {"SECRET_KEY": secrets.token_urlsafe(48)}
    os.environ |= {name: f"1:{new_key()}" for name in KEY_SETTINGS}
    with (
        tempfile.TemporaryDirectory(prefix="jemputbola-bytes-") as folder,
        running_site(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        first, repeat = payload.loads(browser, site.url, "petugas")
        browser.close()
    return f"{HEADING}{SAID}{payload.table(first)}\n\nOnce more: {payload.total(repeat)} bytes.\n"
