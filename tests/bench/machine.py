"""What the figures were measured on, and the processor time that servers took. Names neither host nor path."""

import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.server import ROOT

PROC = Path("/proc")
SYNCS = 20


def commit() -> str:
    """The short commit of the work tree, with a + where it holds more than that."""
    short = _git("rev-parse", "--short", "HEAD")
    return f"{short}+" if _git("status", "--porcelain", "--untracked-files=no") else short or "unknown"


def facts(database: psycopg.Connection) -> dict[str, str]:
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "one fdatasync": f"{_sync_ms():.2f} ms",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "PostgreSQL": database.execute("SHOW server_version").fetchone()[0].split()[0],
    }


def postmaster(database: psycopg.Connection) -> int:
    """The process id of the server, whose children do the work."""
    return int(database.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)").fetchone()[0])


def cpu_seconds(parent: int) -> float | None:
    """Processor time so far of a process and its children, the ended ones too; None where there is no /proc."""
    if not (PROC / str(parent) / "stat").exists():
        return None
    ticks = 0
    for file in PROC.glob("[0-9]*/stat"):
        try:
            # The name in brackets may hold blanks; behind it: state, parent, … , and as 12th to 15th the times.
            number, _, rest = file.read_text().partition(" (")
            values = rest.rpartition(") ")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(number) == parent:
            ticks += sum(int(value) for value in values[11:15])
        elif int(values[1]) == parent:
            ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _processor() -> str:
    try:
        lines = (PROC / "cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def _sync_ms() -> float:
    """The median of some synced writes of a page where the cluster lies: what a lone commit waits for."""
    with tempfile.TemporaryFile() as file:
        taken = []
        for _ in range(SYNCS):
            file.write(os.urandom(8192))
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - begin)
    return sorted(taken)[SYNCS // 2] * 1000


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""
