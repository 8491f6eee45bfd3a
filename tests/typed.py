"""What a page's forms would send, for tests that go on from a page as a browser does."""

from html.parser import HTMLParser


class _Answers(HTMLParser):
    """What a form of the page would send, typed by nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self._select, self._first = "", False

    def handle_starttag(self, tag, attrs) -> None:
        said = dict(attrs)
        if tag == "input" and said.get("name") and said.get("type") not in ("checkbox", "file", "submit"):
            self.data[said["name"]] = said.get("value") or ""
        elif tag == "input" and said.get("type") == "checkbox" and "checked" in said:
            self.data[said["name"]] = "on"
        elif tag == "select":
            self._select = said["name"]
            self._first = True
        elif tag == "option" and (self._first or "selected" in said):
            self.data[self._select] = said.get("value") or ""
            self._first = False


def typed(page) -> dict[str, str]:
    """Every answer of the page as it stands, without its token."""
    reader = _Answers()
    reader.feed(page.content.decode())
    reader.data.pop("csrfmiddlewaretoken", None)
    return reader.data
