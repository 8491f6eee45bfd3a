"""The static files: packed small when they are collected, and collected only when their sources have changed."""

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

try:
    import minify
except ImportError:  # a Mac
    minify = None

# A style sheet that is drawn into the one that names it: one answer instead of five, and packed better together.
_IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)

# A script of nothing but such lines is a list: what it names, and all that they import, becomes one file
# (docs/decisions/0018-scripts-joined-when-collected.md). These are the only forms of import and export that it knows.
_NAMED = re.compile(r"""^import "(\.[^"]+)";\n""", re.MULTILINE)
_IMPORTED = re.compile(
    r"""^import (?:\{\s*([\w$]+(?:,\s*[\w$]+)*),?\s*\} from )?"(\.[^"]+)";\n""", re.MULTILINE
)
_DECLARED = re.compile(
    r"^(export )?(?:const|let|class|(?:async )?function\*?) ([\w$]+|\{[^}]*\}|\[[^\]]*\])", re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:const|let|class|function|async function)\b)", re.MULTILINE)
_REFUSED = re.compile(r"^\s*(?:import|export)\b|\bimport\s*[(.]", re.MULTILINE)
_COMMENTS = re.compile(r"^\s*(?://.*|/\*.*?\*/)?\s*\n", re.MULTILINE)


class PackedStorage(CompressedManifestStaticFilesStorage):
    """Hashed names and .br/.gz beside each file, as WhiteNoise does; our own CSS and JavaScript without comments and
    blanks, and our scripts may import each other."""

    support_js_module_import_aggregation = True

    def post_process(self, paths, **options):
        ours = {str(folder) for folder in settings.STATICFILES_DIRS}
        packed = {
            name: (_Packed(storage) if str(storage.location) in ours else storage, path)
            for name, (storage, path) in paths.items()
        }
        return super().post_process(packed, **options)


class _Packed:
    """A folder of ours as post_process reads it. The hash is over what is served, so an imported file counts too."""

    def __init__(self, storage) -> None:
        self.storage = storage

    def open(self, path: str):
        if path.endswith(".css"):
            return _smaller("text/css", self._joined(path))
        if path.endswith(".js"):
            return _smaller("application/javascript", self._script(path))
        return self.storage.open(path)

    def _joined(self, path: str) -> str:
        def imported(match: re.Match) -> str:
            return self._joined(posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1])))

        return _IMPORT.sub(imported, self._text(path))

    def _script(self, path: str) -> str:
        text = self._text(path)
        if not text.strip() or _COMMENTS.sub("", _NAMED.sub("", text)).strip():
            return text
        return joined(path, self._text)

    def _text(self, path: str) -> str:
        with self.storage.open(path) as file:
            return file.read().decode()


class CannotJoin(Exception):
    """A script that may be served alone, but not be joined with these others."""


def joined(path: str, read: Callable[[str], str]) -> str:
    """The modules that a list names and all that they import, each once and after those it imports. They stand in one
    function, so that the names of their top level are shortened like all others; it is async, so that they may await.

    What a module without exports declares is its own. Those with exports share one scope with each other."""
    shared: dict[str, str] = {}  # name → module
    exported: set[str] = set()
    parts = []
    for name, text in _in_order(path, read).items():
        asked = set(_names(line[1] or "" for line in _IMPORTED.finditer(text)))
        if unknown := asked - exported:
            raise CannotJoin(f"{path}: {name} imports what is not exported: {', '.join(sorted(unknown))}")
        body = _EXPORT.sub("", _IMPORTED.sub("", text))
        if refused := _REFUSED.search(body):
            raise CannotJoin(f"{path}: {name} has a form that cannot be joined: {refused[0].strip()}")
        declared = _DECLARED.findall(text)
        mine = set(_names(names for export, names in declared if export))
        parts.append(body if mine else f"{{\n{body}}}\n")
        exported |= mine
        for one in _names(names for _, names in declared if mine):
            if one in shared:
                raise CannotJoin(f"{path}: {shared[one]} and {name} both have a {one} at their top level")
            shared[one] = name
    return f"(async () => {{\n{''.join(parts)}}})();\n"


def _names(texts: Iterable[str]) -> list[str]:
    return re.findall(r"[\w$]+", " ".join(texts))


def _in_order(path: str, read: Callable[[str], str]) -> dict[str, str]:
    """Name → text; what is imported comes before who imports it."""
    found: dict[str, str] = {}
    under_way: list[str] = []

    def draw(name: str) -> None:
        if name in under_way:
            raise CannotJoin(f"{path}: {' → '.join([*under_way, name])} import each other")
        under_way.append(name)
        text = read(name)
        for imported in _IMPORTED.finditer(text):
            draw(posixpath.normpath(posixpath.join(posixpath.dirname(name), imported[2])))
        found[under_way.pop()] = text  # once: the first place is kept

    draw(path)
    del found[path]
    return found


def _smaller(kind: str, text: str) -> ContentFile:
    return ContentFile((minify.string(kind, text) if minify else text).encode())


def _state_of_sources() -> str:
    """A digest over names, sizes and times of all sources, and over how they are packed; also sees what was deleted
    or has an older date."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_if_changed() -> bool:
    """True when something was collected. The note of what was collected lies beside STATIC_ROOT, not served."""
    note = Path(f"{settings.STATIC_ROOT}.collected")
    state = _state_of_sources()
    if (
        note.exists()
        and note.read_text() == state
        and Path(settings.STATIC_ROOT, "staticfiles.json").exists()
    ):
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(state)
    return True
