"""Every HTML answer that the test client gets is read once more, and fails the test when a rule of the house is broken.

- A form that posts to us carries csrfmiddlewaretoken; one that posts to another site must not give it away.
- No script, style or on… attribute inside the page: the policy would refuse them. Only a browser test would see it.
- Exactly one h1, and the title says the same.
- No id twice, and whatever names an id (`for`, `form`, `list`, `aria-…`) names one that is there.

Equal pages are read once: most of what the suite asks for is the same few refusals.
"""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client

_SITE = " · Jemput Bola"
_NAMED_BY_ID = ("for", "form", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")
_CHANGING = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
# The heading names the worker; a title would stay in the browser's history.
_TITLED_OTHERWISE = {"registration-receipt"}


class Page(HTMLParser):
    """What the rules need of a page, gathered in one pass."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.named: list[tuple[str, str]] = []
        self.forms: list[dict] = []
        self.faults: list[str] = []
        self.texts: dict[str, list[str]] = {"title": [], "h1": []}
        self._open: list[str] = []
        self._drawings = 0  # a drawing has a title of its own

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        for name, value in values.items():
            if name in _NAMED_BY_ID:
                self.named += [(name, one) for one in (value or "").split()]
            elif name == "style" or name.startswith("on"):
                self.faults.append(f"<{tag} {name}> is inline")
        if tag == "style" or (tag == "script" and "src" not in values and _is_code(values.get("type"))):
            self.faults.append(f"<{tag}> is inline")
        elif tag == "form":
            self.forms.append(
                {"method": values.get("method", ""), "to": values.get("action", ""), "token": False}
            )
        elif tag == "input" and values.get("name") == "csrfmiddlewaretoken" and self.forms:
            self.forms[-1]["token"] = True
        elif tag == "svg":
            self._drawings += 1
        elif tag in self.texts and not self._drawings:
            self.texts[tag].append("")
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag == "svg":
            self._drawings -= 1
        elif self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data):
        if self._open:
            self.texts[self._open[-1]][-1] += data


def _is_code(kind: str | None) -> bool:
    return kind not in {"application/json", "application/ld+json"}


def _words(text: str) -> str:
    return " ".join(text.split())


def faults(html: str, *, title_is_heading: bool = True) -> list[str]:
    """Every broken rule of a page, as a short sentence."""
    page = Page()
    page.feed(html)
    found = list(page.faults)
    for form in page.forms:
        ours = not urlsplit(form["to"]).netloc
        if form["method"].lower() == "post" and ours is not form["token"]:
            found.append(f"form to {form['to'] or 'itself'}: {'no csrf token' if ours else 'our csrf token'}")
    found += [f"id {one} is there twice" for one in sorted({i for i in page.ids if page.ids.count(i) > 1})]
    found += [f"{name} names {one}, which is not there" for name, one in page.named if one not in page.ids]
    headings, titles = page.texts["h1"], page.texts["title"]
    if len(headings) != 1 or len(titles) != 1:
        return [*found, f"{len(headings)} h1 and {len(titles)} title"]
    title, heading = _words(titles[0]), _words(headings[0])
    if (
        title_is_heading
        and title.removesuffix(_SITE).removeprefix("Galat: ").removeprefix("Error: ") != heading
    ):
        found.append(f"title {title!r}, heading {heading!r}")
    return found


_seen: set[bytes] = set()


def _look(request: dict, response) -> None:
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if not is_page or response.streaming or response.has_header("Content-Encoding"):
        return
    body = _CHANGING.sub(b"token", response.content)
    if not body or body in _seen:
        return
    # Only of an answer that was found: the client resolves the address again, and a lost one would raise.
    named = response.resolver_match.url_name if response.status_code == 200 else ""
    found = faults(response.content.decode(), title_is_heading=named not in _TITLED_OTHERWISE)
    if found:
        where = f"{request['REQUEST_METHOD']} {request['PATH_INFO']} {response.status_code}"
        pytest.fail("\n".join([where, *found]))
    _seen.add(body)


@pytest.fixture(autouse=True, scope="session")
def _pages_keep_the_rules():
    ask = Client.request

    def request(self, **request):
        response = ask(self, **request)
        _look(request, response)
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", request)
        yield
