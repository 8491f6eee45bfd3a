"""May this process serve from this database? Asked by `serve` once and by /readyz again and again, so it is cheap."""

from functools import lru_cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@lru_cache(maxsize=1)
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    """Read once a process: the files of a running release do not change."""
    return frozenset(MigrationLoader(None).disk_migrations)


def migrations_pending() -> bool:
    """One query. Raises DatabaseError when the database does not answer."""
    return bool(_migrations_on_disk() - MigrationRecorder(connection).applied_migrations().keys())
