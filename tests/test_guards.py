"""Rules of the whole house, each held by one test over every file: rooms, personal fields, pairs, words, secrets."""

import ast
import hashlib
import re
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.db import models

from outreach.management.commands.messages import collect, is_translated
from outreach.sealed import SealedField

ROOT = Path(settings.BASE_DIR)
APPS = ("outreach", "enrolment")
# Wiring: the only files of outreach that may know that enrolment exists.
WIRING = {"outreach/settings.py", "outreach/urls.py", "outreach/wsgi.py"}
LONGEST_FILE = 400

# From the ground up: a room may import its own and every lower one, of its own app or of outreach.
LEAVES, MODELS, QUERIES, ACTIONS, FORMS, FLOWS, HTTP = range(7)
ROOMS = {
    "models": MODELS,
    "entry": MODELS,
    "queries": QUERIES,
    "actions": ACTIONS,
    "forms": FORMS,
    "exports": FORMS,
    "paper": FLOWS,
    "payment_files": FLOWS,
    "views": HTTP,
    "admin": HTTP,
    "urls": HTTP,
    "management": HTTP,
    "templatetags": HTTP,
    "templatetags.formats": LEAVES,  # how a value is written: a form's choices are written the same way
    "apps": HTTP,
    "checks": HTTP,
    "wsgi": HTTP,
    "gunicorn_conf": HTTP,
    "settings": HTTP,
    "middleware": HTTP,
    "auth": HTTP,
    "roster": HTTP,
    "shared_phone": HTTP,
    "sign_in_events": HTTP,
    "migrations": HTTP,
}


def tracked(*patterns: str) -> list[Path]:
    """The files that git knows, new ones included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def imported(file: Path) -> list[str]:
    """The dotted names of our own apps that a Python file imports, `from a import b` as both a and a.b."""
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in found if name.split(".")[0] in APPS]


def room(parts: tuple[str, ...]) -> int:
    """Where a file or import of an app lives; what has no room of its own is a leaf."""
    names = [part.removesuffix(".py") for part in parts[1:3]]
    return next((ROOMS[name] for name in (".".join(names), *names[:1]) if name in ROOMS), LEAVES)


def python_files(*folders: str) -> list[Path]:
    return tracked(*(f"{folder}/**.py" for folder in folders))


def test_imports_go_down_only():
    wrong = []
    for file in python_files(*APPS):
        parts = file.relative_to(ROOT).parts
        for name in imported(file):
            if room(tuple(name.split("."))) > room(parts):
                wrong.append(f"{'/'.join(parts)} imports {name}")
    assert wrong == []


def test_outreach_does_not_know_enrolment():
    word = re.compile(r"enrolment|registration__|registrations__")
    wrong = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in python_files("outreach")
        if str(file.relative_to(ROOT)) not in WIRING
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for number, text in code_words(node)
        if word.search(text)
    ]
    assert wrong == []


def code_words(node: ast.AST) -> list[tuple[int, str]]:
    """Imported modules and lookups (keywords), where a dependency could hide; prose in docstrings may name anything."""
    if isinstance(node, ast.ImportFrom):
        return [(node.lineno, node.module or "")]
    if isinstance(node, ast.Import):
        return [(node.lineno, alias.name) for alias in node.names]
    if isinstance(node, ast.Call):
        named = [(node.lineno, keyword.arg or "") for keyword in node.keywords]
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        return named + [(node.lineno, text) for text in texts if re.fullmatch(r"[a-z_.]+", text)]
    return []


@pytest.mark.parametrize("model", [m for app in APPS for m in apps.get_app_config(app).get_models()])
def test_every_model_declares_its_personal_fields(model):
    declared = set(model.__dict__.get("personal_fields", ("missing",)))
    names = {field.name for field in model._meta.get_fields()}
    sealed = {field.name for field in model._meta.get_fields() if isinstance(field, SealedField)}
    assert declared <= names, f"{model.__name__} declares what it does not have"
    assert sealed <= declared


def test_at_and_by_stand_or_fall_together():
    """A nullable `x_at` with a nullable `x_by` needs a constraint that names both as null and both as not null."""
    missing = []
    for model in (m for app in APPS for m in apps.get_app_config(app).get_models()):
        fields = {field.name: field for field in model._meta.concrete_fields}
        for name, field in fields.items():
            partner = f"{name.removesuffix('_at')}_by"
            if name.endswith("_at") and partner in fields and (field.null or fields[partner].null):
                texts = [
                    str(c.condition) for c in model._meta.constraints if isinstance(c, models.CheckConstraint)
                ]
                both = [t for t in texts if f"{name}__isnull" in t and f"{partner}__isnull" in t]
                if not both:
                    missing.append(f"{model.__name__}.{name}")
    assert missing == []


def test_every_sentence_is_translated():
    po = ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po"
    with po.open("rb") as file:
        catalogue = read_po(file, locale="id")
    known = {(message.context, message.id) for message in catalogue if message.id}
    used = {(context, msgid) for _file, msgid, context in collect(ROOT)}
    counted = {(context, msgid[0]) for context, msgid in used if isinstance(msgid, tuple)}
    # The gettext of Python 3.11.2, Debian 12's, finds no sentence with a plural where nothing is counted.
    assert sorted(map(str, used & counted)) == [], "give the one that counts a context"
    assert sorted(map(str, used - known)) == [], "run `make messages` and translate"
    assert [str(m.id) for m in catalogue if m.id and not is_translated(m)] == []


def test_the_compiled_catalogue_is_the_written_one():
    po = ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po"
    with po.open("rb") as file:
        catalogue = read_po(file, locale="id")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    with po.with_suffix(".mo").open("rb") as file:
        written = {(m.context, str(m.id)): m.string for m in read_mo(file) if m.id}
    assert {(m.context, str(m.id)): m.string for m in read_mo(compiled) if m.id} == written


def test_placeholders_survive_translation():
    with (ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale="id")
    placeholder = re.compile(r"%\(\w+\)[sd]|%[sd]")
    wrong = []
    for message in (m for m in catalogue if m.id):
        last = message.id[-1] if isinstance(message.id, (tuple, list)) else message.id
        said = message.string[0] if isinstance(message.string, (tuple, list)) else message.string
        if sorted(placeholder.findall(last)) != sorted(placeholder.findall(said)):
            wrong.append(str(message.id))
    assert wrong == []


def test_no_tracked_file_names_this_machine_or_a_package_registry():
    names = re.compile(
        r"/(?:work|farm|root)/|registry\.npm"
        + r"js|py"
        + r"pi\.org|python"
        + r"hosted|deb\.debian"
        + r"\.org"
    )
    texts = [f for f in tracked() if f.suffix not in {".mo", ".png", ".ico"}]
    assert [str(f.relative_to(ROOT)) for f in texts if names.search(f.read_text("utf-8"))] == []


def test_no_file_is_too_long():
    """Past 400 lines look for the second noun."""
    files = [f for f in tracked("*.py", "*.js", "*.css", "*.html") if "vendor" not in f.parts]
    long = [str(f.relative_to(ROOT)) for f in files if len(f.read_text("utf-8").splitlines()) > LONGEST_FILE]
    assert long == []


def test_vendored_files_are_what_their_list_says():
    vendor = ROOT / "static" / "vendor"
    for line in (vendor / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        if (vendor / name).exists():
            assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name
    listed = (vendor / "SHA256SUMS").read_text("utf-8")
    assert [f.name for f in vendor.iterdir() if f.name != "SHA256SUMS" and f.name not in listed] == []


def test_every_dependency_says_what_it_is_for():
    lines = (ROOT / "pyproject.toml").read_text("utf-8").split("[tool.")[0].splitlines()
    needs_reason = [n for n, line in enumerate(lines) if re.match(r'\s+"[a-z]', line)]
    assert len(needs_reason) > 10
    # A comment above, or on the same line; a line of reason may serve two (ruff lints, djade formats).
    assert [lines[n] for n in needs_reason if "#" not in lines[n] + lines[n - 1] + lines[n - 2]] == []


MONEY_AND_DAYS = "outreach/templatetags/formats.py"
# What a machine reads (the value of a month in a form), and a reference that is the same in every language.
MACHINES = {"%Y-%m"}
WRITTEN_OTHERWISE = {"outreach/models/booth.py"}


def _written_by_hand(file: Path) -> list[str]:
    """Days, hours and Rupiah that a Python file writes itself."""
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = ast.unparse(node.format_spec).strip("f'\"")
            if re.search(r"%[a-zA-Z]", spec) and spec not in MACHINES:
                found.append(f"{node.lineno}: {spec}")
        elif isinstance(node, ast.Name) and node.id in {
            "date_format",
            "time_format",
            "floatformat",
            "intcomma",
        }:
            found.append(f"{node.lineno}: {node.id}")
        elif isinstance(node, ast.Attribute) and node.attr == "strftime":
            found.append(f"{node.lineno}: strftime")
        elif isinstance(node, ast.JoinedStr):
            texts = [v.value for v in node.values if isinstance(v, ast.Constant)]
            found += [f"{node.lineno}: {text}" for text in texts if str(text).endswith("Rp")]
    return found


def test_money_and_days_are_written_in_one_place():
    """Each by its filter. Commands write logs, in formats of their own."""
    wrong = {
        name: found
        for file in python_files(*APPS)
        if (name := str(file.relative_to(ROOT))) not in {MONEY_AND_DAYS, *WRITTEN_OTHERWISE}
        and "management" not in file.parts
        and (found := _written_by_hand(file))
    }
    assert wrong == {}
    assert len(_written_by_hand(ROOT / MONEY_AND_DAYS)) > 8  # what this looks for is seen where it belongs
    other = re.compile(
        r"\|\s*(?:date|time|floatformat|intcomma|localize|stringformat|timesince|naturalday)\b"
    )
    assert [f.name for f in tracked("templates/**.html") if other.search(f.read_text("utf-8"))] == []


def test_what_other_rooms_call_says_what_it_does():
    """Actions, queries and exports say it of everything public: no type tells units, errors, what is written."""
    public = {
        f"{file.relative_to(ROOT)}: {node.name}": ast.get_docstring(node)
        for app in APPS
        for room_name in ("actions", "queries", "exports")
        for file in python_files(f"{app}/{room_name}")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
    }
    assert len(public) > 30
    assert [name for name, said in public.items() if not said] == []
