"""Collect the static files when their sources have changed, and not at every start: it takes seconds."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def _state_of_sources() -> str:
    """A digest over names, sizes and times of all sources; also sees what was deleted or has an older date."""
    digest = hashlib.sha256()
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
