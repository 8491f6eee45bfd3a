"""The static files: packed small when they are collected, and collected only when their sources have changed."""

import hashlib
import posixpath
import re
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
            return _smaller("application/javascript", self._text(path))
        return self.storage.open(path)

    def _joined(self, path: str) -> str:
        def imported(match: re.Match) -> str:
            return self._joined(posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1])))

        return _IMPORT.sub(imported, self._text(path))

    def _text(self, path: str) -> str:
        with self.storage.open(path) as file:
            return file.read().decode()


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
