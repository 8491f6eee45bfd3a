"""Every page that somebody can open, in both languages: no Indonesian sentence when English is chosen, and no English
one, ours or of a package, when it is not. What is data says so by standing in an element with a `lang` of its own,
or in DATA."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import allauth
import crispy_forms
import django
import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import timezone

from tests import factories
from tests.routes import ROUTES
from tests.test_matrix import world  # noqa: F401 - a fixture

pytestmark = pytest.mark.walk

PEOPLE = ("officer", "organiser", "reviewer", "head", "system_admin")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
QUIET = {"code", "script", "style", "textarea"}
"""What is in them is code, or somebody's own words."""
SAID = ("alt", "aria-label", "data-label", "placeholder", "title")
"""Attributes that are read by somebody."""
PACKAGES = (
    *(Path(django.__file__).parent / part / "locale" for part in ("conf", "contrib/admin", "contrib/auth")),
    Path(allauth.__file__).parent / "locale",
    Path(crispy_forms.__file__).parent / "locale",
)
DATA = {"BPJS Ketenagakerjaan", "Jemput Bola", "Bahasa Indonesia", "English"}
"""Names, the same in both languages."""


class Texts(HTMLParser):
    """What a page says in its own language."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def _is_quiet(self) -> bool:
        return any(quiet for _tag, quiet in self._open)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        other = "lang" in values and tag != "html"
        if not (other or self._is_quiet()):
            self.said += [values[name] for name in SAID if values.get(name)]
            if tag == "input" and values.get("type") in {"submit", "button"}:
                self.said.append(values.get("value", ""))
        if tag not in VOID:
            self._open.append((tag, other or tag in QUIET))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not self._is_quiet():
            self.said.append(data)


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" :·.…")


def said_on(html: str) -> set[str]:
    page = Texts()
    page.feed(html)
    return {_plain(text) for text in page.said} - DATA


def _pieces(sentence: str) -> list[str]:
    """A sentence without its placeholders and tags: the pieces that stand on a page as they are."""
    return [_plain(piece) for piece in re.split(r"%\(\w+\)[sd]|%[sd%]|<[^>]*>|\n", sentence)]


def _forms(one) -> list[str]:
    return list(one) if isinstance(one, (tuple, list)) else [one]


@cache
def _catalogue(folder: Path, language: str) -> list:
    file = folder / language / "LC_MESSAGES" / "django.po"
    if not file.exists():
        return []
    with file.open("rb") as written:
        return [message for message in read_po(written) if message.id]


@cache
def foreign(language: str) -> frozenset[str]:
    """The sentences that must not be read on a page in `language`: those of the other, where the two differ."""
    own = _catalogue(Path(settings.LOCALE_PATHS[0]), "id")
    english, indonesian = set(), set()
    for message in own:
        english.update(_forms(message.id))
        indonesian.update(_forms(message.string))
    for folder in PACKAGES:
        for message in _catalogue(folder, "en"):
            english.update(_forms(message.id))
        for message in _catalogue(folder, "id"):
            indonesian.update(_forms(message.string))
    these, others = (english, indonesian) if language == "id" else (indonesian, english)
    allowed = {piece for sentence in others for piece in _pieces(sentence)}
    return frozenset(piece for sentence in these for piece in _pieces(sentence) if len(piece) > 3) - allowed


def strangers(html: str, language: str) -> list[str]:
    """A whole text in the other language, or a sentence of it of three words and more inside a longer one."""
    long = _long(language)
    said = said_on(html)
    inside = [text for text in said if any(piece in text for piece in long)]
    return sorted({text for text in said if text in foreign(language)} | set(inside))


@cache
def _long(language: str) -> tuple[str, ...]:
    return tuple(piece for piece in foreign(language) if piece.count(" ") >= 2)


@pytest.fixture
def busy(world, cast):  # noqa: F811
    """The matrix's world with a stand today, one that came back and one that was rejected."""
    today = timezone.localdate()
    event = factories.event(
        organiser=cast.organisation,
        officers=(cast.officer,),
        slug="bazar-hari-ini",
        days=(today, today),
        booths="C",
    )
    factories.event(organiser=cast.organisation, slug="bazar-besok", state="planned")
    for make in (factories.returned, factories.rejected, factories.approved):
        make(by=cast.officer, reviewer=cast.reviewer, booth="B")
    assert event.is_on(today)
    return world


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_speaks_the_other_language(busy, login, person, language):
    people, path = busy
    client = login(people[person])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    names = {
        name for one in people.values() for name in (one.username, one.get_short_name(), one.get_full_name())
    }
    found, asked = {}, 0
    for route, answers in ROUTES.items():
        for method, declared in zip(("get", "post"), answers, strict=True):
            if declared[person] not in {200, 422} or "logout" in route:
                continue
            answer = getattr(client, method)(path(route))
            if answer.headers["Content-Type"].startswith("text/html"):
                asked += 1
                if texts := set(strangers(answer.content.decode(), language)) - names:
                    found[f"{method} {route}"] = sorted(texts)
    assert asked > 2
    assert found == {}


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_door_speaks_the_other_language(db, client, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    pages = [client.get(f"/account/{name}/") for name in ("login", "signup", "inactive")]
    pages.append(client.post("/account/login/", {"login": "", "password": ""}))
    pages.append(client.post("/account/login/", {"login": "siapa", "password": "salah"}))
    assert [text for page in pages for text in strangers(page.content.decode(), language)] == []


def test_the_other_language_is_seen():
    """The negative control."""
    page = "<html lang='en'><body><p>{}</p></body></html>"
    assert strangers(page.format("Antrean pemeriksaan"), "en") == ["Antrean pemeriksaan"]
    assert strangers(page.format("Review queue"), "en") == []
    assert strangers(page.format("Review queue"), "id") == ["Review queue"]
    assert strangers(page.format("<span lang='id'>Antrean pemeriksaan</span>"), "en") == []
    assert strangers("<button aria-label='Antrean pemeriksaan'></button>", "en") == ["Antrean pemeriksaan"]
