"""What the registration form costs a phone, under a real gunicorn and in a real Chromium; and what keeps it small."""

import re
import urllib.request
from urllib.error import HTTPError

import pytest

from tests import payload

pytestmark = pytest.mark.browser
FIRST, AFTER_TODAY, REPEAT = 19_900, 7_900, 4_096
"""Bytes of the officer's form with all that it loads: on a new phone, on one that was on today's page, and whenever the
next worker is registered. They only go down (docs/decisions/0022-what-a-phone-pays.md)."""


@pytest.fixture(scope="module")
def loads(browser, site):
    return payload.loads(browser, site.url, "petugas")


def test_first_load_of_the_form_is_small(loads):
    first, _repeat = loads
    assert payload.total(first) <= FIRST, f"{FIRST} bytes are allowed\n{payload.table(first)}"


def test_repeat_load_of_the_form_is_smaller(loads):
    _first, repeat = loads
    assert payload.total(repeat) <= REPEAT, f"{REPEAT} bytes are allowed\n{payload.table(repeat)}"


def test_the_page_before_has_fetched_what_is_heavy(browser, site):
    load = payload.load_after(browser, site.url, "petugas", "/registrations/")
    assert payload.total(load) <= AFTER_TODAY, payload.table(load)
    kept = {asset.path.rpartition(".")[2] for asset in load if asset.encoding == "cached"}
    assert {"css", "js"} <= kept


def test_everything_is_compressed_and_everything_but_the_page_is_kept(loads):
    """The negative control of the two above: a load that saw nothing, or a cache that was not empty, would be small."""
    first, repeat = loads
    (data,) = [asset.path for asset in first if asset.path.startswith("/registrations/data/")]
    assert {asset.encoding for asset in first} == {"br"}
    assert len([asset for asset in first if asset.path.endswith(".js")]) == 1
    assert all(asset.size for asset in first)
    # The icon is asked for by a browser that has a tab to show it in, and by no other.
    kinds = {asset.path.rpartition(".")[2] for asset in first} - {"svg"}
    assert kinds == {payload.FORM, "css", "js", data}
    assert [asset.path for asset in repeat if asset.encoding != "cached"] == [payload.FORM]


def test_the_page_says_how_long_its_body_is(site, loads):
    """What Chromium counted is what gunicorn says it sent."""
    first, _repeat = loads
    style = next(asset for asset in first if asset.path.endswith(".css"))
    answer = _get(site.url + style.path, **{"Accept-Encoding": "br"})
    assert int(answer.headers["Content-Length"]) == style.size


def test_a_static_file_is_kept_for_good_and_asked_for_once(site, loads):
    path = next(asset.path for asset in loads[0] if asset.path.endswith(".css"))
    for encoding in ("identity", "gzip", "br"):
        answer = _get(site.url + path, **{"Accept-Encoding": encoding})
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert (answer.headers["Content-Encoding"] or "identity") == encoding
        with pytest.raises(HTTPError) as again:
            _get(
                site.url + path,
                **{"Accept-Encoding": encoding, "If-Modified-Since": answer.headers["Last-Modified"]},
            )
        assert again.value.code == 304
        again.value.close()


def _get(url: str, **headers: str):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
        answer.read()
        return answer


def test_our_style_sheets_and_scripts_carry_no_comment(site, loads):
    for path in {asset.path for asset in loads[0] if asset.path.endswith((".css", ".js"))}:
        with urllib.request.urlopen(site.url + path, timeout=20) as answer:
            text = answer.read().decode()
        # The licence of Bootstrap stays: it says so itself.
        assert re.sub(r"/\*!.*?\*/", "", text, flags=re.DOTALL).count("/*") == 0, path
        assert "\n  " not in text, path
