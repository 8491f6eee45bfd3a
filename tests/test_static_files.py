"""Collecting: our style sheets joined and packed, our scripts importing each other under hashed names or, where a list
names them, joined into one. And which rules must be in the one style sheet of the registration form."""

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


OWN = re.compile(r"^\{$.*?^\}$", re.MULTILINE | re.DOTALL)  # the block of a module without exports
LIST = {
    "js/all.js": '// The page.\nimport "./alone.js";\nimport "./page.js";\nimport "./part/late.js";\n',
    "js/alone.js": "/* Its name is its own. */\nconst words = 1;\ndone(words);\n",
    "js/part/late.js": 'import { told } from "./told.js";\nimport { say } from "./words.js";\n\nsay(told);\n',
    "js/part/told.js": 'export const told = await fetch("/told").then((answer) => answer.text());\n',
}
JOINED = """(async () => {
{
/* Its name is its own. */
const words = 1;
done(words);
}
{
document.documentElement.lang ||= 'id';
}
/* Quietly. */
const say = (words) => words;
{
// What it is for.

say(`a  b`);
}
const told = await fetch("/told").then((answer) => answer.text());
{

say(told);
}
})();
"""


def write(folder, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)


def test_a_list_of_scripts_becomes_one_each_once_and_after_what_it_imports(collect, monkeypatch):
    """As on a Mac, for which there is no packer."""
    monkeypatch.setattr(static_files, "minify", None)
    write(collect.sources, LIST)
    assert collect.read("js/all.js") == JOINED


def test_the_names_in_one_are_shortened_those_of_shared_modules_too(collect):
    if not static_files.minify:
        pytest.skip("no packer here")
    write(collect.sources, LIST)
    assert collect.read("js/all.js") == (
        '(async()=>{{const e=1;done(e)}document.documentElement.lang||="id";const e=e=>e;e(`a  b`);'
        'const t=await fetch("/told").then(e=>e.text());e(t)})()'
    )


def test_its_name_changes_with_every_script_in_it(collect):
    write(collect.sources, LIST)
    before = collect()
    write(collect.sources, {"js/ready.js": "document.title = 'id';\n"})
    after = collect()
    changed = {name for name in before if before[name] != after[name]}
    # Those that are also served alone name the changed one by its hash.
    assert changed == {"js/all.js", "js/ready.js", "js/part/words.js", "js/page.js", "js/part/late.js"}


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("export const say = 1;\n", "js/alone.js and js/part/words.js both have a say at their top level"),
        ("const { a, say } = b;\nexport { a };\n", "js/alone.js has a form that cannot be joined: export"),
        ("export default 1;\n", "js/alone.js has a form that cannot be joined: export"),
        (
            'import { say as tell } from "./part/words.js";\n',
            "js/alone.js has a form that cannot be joined: import",
        ),
        ('import all from "./part/words.js";\n', "js/alone.js has a form that cannot be joined: import"),
        ('import * as all from "./part/words.js";\n', "js/alone.js has a form that cannot be joined: import"),
        (
            'import { tell, say } from "./part/words.js";\n',
            "js/alone.js imports what is not exported: tell",
        ),
        ('import "./ready.js"\n', "js/alone.js has a form that cannot be joined: import"),
        ('await import("./ready.js");\n', "js/alone.js has a form that cannot be joined: import("),
        ("fetch(import.meta.url);\n", "js/alone.js has a form that cannot be joined: import."),
        (
            'import "./page.js";\nimport "./all.js";\n',
            "js/all.js → js/alone.js → js/all.js import each other",
        ),
    ],
)
def test_what_cannot_be_joined_is_said_and_nothing_is_collected(collect, script, why):
    write(collect.sources, {**LIST, "js/alone.js": script})
    with pytest.raises(static_files.CannotJoin) as refused:
        collect()
    assert str(refused.value) == f"js/all.js: {why}"


@pytest.mark.browser
def test_no_name_that_the_form_s_scripts_share_hides_one_of_the_browser_s(browser):
    """Joined, a script that says close() would get another's close instead of the window's."""
    script = static_files.joined("js/form.js", lambda name: (ROOT / "static" / name).read_text())
    shared = re.findall(
        r"^(?:const|let|class|(?:async )?function) (\w+)", re.sub(OWN, "", script), re.MULTILINE
    )
    page = browser.new_page()
    assert len(shared) > 20
    assert page.evaluate("(names) => names.filter((name) => name in window)", shared) == []
    page.close()


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
