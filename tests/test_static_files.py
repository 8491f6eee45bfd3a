"""Collecting: our style sheets joined and packed, our scripts importing each other under hashed names. And which rules
must be in the one style sheet of the registration form."""

import gzip
import json
import os
import re

import brotli
import pytest
from django.contrib.staticfiles.finders import get_finder
from django.core.files.storage import FileSystemStorage
from django.templatetags.static import static
from django.test import override_settings
from django.urls import reverse

from outreach import static_files
from tests.server import ROOT

STYLE = '/* The page. */\n@import "base.css";\n@import "../vendor/kit.css";\n'
SCRIPTS = {
    "js/page.js": '// What it is for.\nimport { say } from "./part/words.js";\n\nsay(`a  b`);\n',
    "js/part/words.js": '/* Quietly. */\nimport "../ready.js";\nexport const say = (words) => words;\n',
    "js/ready.js": "document.documentElement.lang ||= 'id';\n",
}


@pytest.fixture
def collect(tmp_path):
    """collect() → {name: hashed name}; .read(name) → what is served under it; the sources are in .sources."""
    sources, root = tmp_path / "sources", tmp_path / "static"
    files = {
        "css/page.css": STYLE,
        "css/base.css": "/* Ground. */\nbody {\n  color: red; /* 4.5 */\n}\n",
        "vendor/kit.css": "/*! Kit (MIT) */\n.kit {\n  width: calc(100% - 2px);\n}\n",
        "img/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
        **SCRIPTS,
    }
    for name, text in files.items():
        (sources / name).parent.mkdir(parents=True, exist_ok=True)
        (sources / name).write_text(text)

    def collect() -> dict[str, str]:
        collect.done = static_files.collect_if_changed()
        return json.loads((root / "staticfiles.json").read_text())["paths"]

    collect.sources, collect.root = sources, root
    collect.read = lambda name: (root / collect()[name]).read_text()
    backend = {"staticfiles": {"BACKEND": "outreach.static_files.PackedStorage"}}
    finders = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    get_finder.cache_clear()
    with override_settings(
        STATICFILES_DIRS=[sources], STATIC_ROOT=root, STORAGES=backend, STATICFILES_FINDERS=finders
    ):
        yield collect
    get_finder.cache_clear()


def test_a_style_sheet_carries_those_it_names(collect):
    assert collect.read("css/page.css") == "body{color:red}/*!Kit (MIT)*/.kit{width:calc(100% - 2px)}"


def test_its_name_changes_with_those_it_names(collect):
    before = collect()
    (collect.sources / "css/base.css").write_text("body { color: blue; }")
    after = collect()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"css/page.css", "css/base.css"}


def test_scripts_import_each_other_under_hashed_names(collect):
    names = collect()
    hashed = {name: os.path.basename(names[name]) for name in SCRIPTS}
    page, words = collect.read("js/page.js"), collect.read("js/part/words.js")
    assert page.replace(" ", "") == f'import{{say}}from"./part/{hashed["js/part/words.js"]}";say(`ab`)'
    assert "say(`a  b`)" in page
    assert words.startswith(f'import"../{hashed["js/ready.js"]}";')
    assert "Quietly" not in words


def test_what_is_not_ours_to_pack_is_served_as_it_is(collect):
    assert collect.read("img/dot.svg") == (collect.sources / "img/dot.svg").read_text()


def test_each_is_there_packed_for_who_understands_it(collect):
    (collect.sources / "css/base.css").write_text("body { color: red; }\n" * 50)
    page = collect.root / collect()["css/base.css"]
    packed = page.read_bytes()
    assert brotli.decompress(page.with_name(f"{page.name}.br").read_bytes()) == packed
    assert gzip.decompress(page.with_name(f"{page.name}.gz").read_bytes()) == packed


def test_nothing_is_collected_twice(collect):
    collect()
    assert collect.done
    collect()
    assert not collect.done
    (collect.sources / "css/base.css").write_text("body { color: green; }")
    collect()
    assert collect.done


def rules(name: str) -> set[str]:
    """The classes of ours for which a style sheet, with those it names, has rules."""
    text = static_files._Packed(FileSystemStorage(ROOT / "static")).open(f"css/{name}.css").read().decode()
    return set(re.findall(r"\.(jb-[\w-]+)", re.sub(r"\{[^{}]*\}", " ", text)))


@pytest.mark.parametrize("typed", [None, {}], ids=["empty", "with errors"])
def test_the_form_s_one_style_sheet_has_all_that_it_shows(cast, login, typed):
    client, address = login(cast.officer), f"{reverse('registration-new')}?event={cast.event.slug}&booth=A"
    day = f"{cast.event.first_day:%Y-%m-%d}"
    page = client.get(f"{address}&day={day}") if typed is None else client.post(f"{address}&day={day}", typed)
    assert page.status_code == (200 if typed is None else 422)
    html = page.content.decode()
    assert re.findall(r'href="([^"]+[.]css)"', html) == [static("css/form.css")]
    shown = {name for names in re.findall(r'class="([^"]*)"', html) for name in names.split()}
    assert len(shown & rules("form")) > 20
    assert shown & rules("pages") - rules("form") == set()
