"""Strict, typed readers of the environment. No Django here: manage.py and gunicorn read it before Django loads.

A value that is absent takes its default; a value that is there and wrong is refused with one line, never
guessed at. No message repeats a value, for it may be a password or a key.
"""

import base64
import binascii
import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEY_BYTES = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
KEY_SETTINGS = ("FIELD_KEYS", "INDEX_KEYS", "AUDIT_KEYS")


class Refused(Exception):
    """The environment cannot be used. `str()` is the one line to print before stopping."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise Refused(f"{name} must be 0 or 1.")
    return value == "1"


def integer(name: str, default: int, low: int, high: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) <= 9 and low <= int(value) <= high):
        raise Refused(f"{name} must be a whole number from {low} to {high}.")
    return int(value)


def integers(name: str, default: str, low: int, high: int) -> tuple[int, ...]:
    """A comma-separated list of whole numbers, at least one."""
    found = words(name, default)
    if not found or not all(
        word.isascii() and word.isdigit() and len(word) <= 9 and low <= int(word) <= high for word in found
    ):
        raise Refused(f"{name} must be whole numbers from {low} to {high}, with commas between.")
    return tuple(int(word) for word in found)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default).upper()
    if value not in allowed:
        raise Refused(f"{name} must be one of {', '.join(allowed)}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().absolute()


def keys(name: str) -> dict[int, bytes]:
    """`1:<base64>,2:<base64>` as {1: bytes, 2: bytes} in the order written: the first one encrypts, all decrypt.

    Empty when the variable is absent; the system checks say that, with all the other faults.
    """
    found: dict[int, bytes] = {}
    for number, word in enumerate(words(name), start=1):
        label, separator, encoded = word.partition(":")
        if not separator or not label.isascii() or not label.isdigit() or not 1 <= int(label[:4]) <= 255:
            raise Refused(f"{name}: entry {number} must be ID:KEY with an ID from 1 to 255.")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise Refused(f"{name}: entry {number} is not {KEY_BYTES} bytes in base64.")
        if int(label) in found:
            raise Refused(f"{name}: the ID of entry {number} is there twice.")
        found[int(label)] = key
    return found


def env_file() -> Path | None:
    """The file of settings: `.env` of the checkout, or what ENV_FILE names; none where ENV_FILE is empty."""
    named = os.environ.get("ENV_FILE", str(ROOT / ".env"))
    return Path(named) if named else None


def load_env_file() -> None:
    """Read KEY=VALUE lines into os.environ. What the environment already has, wins."""
    path = env_file()
    if path is None or not path.exists():
        return
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path.name} cannot be read: {type(error).__name__}.") from None
    for number, line in enumerate(lines, start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, separator, value = line.partition("=")
        name, value = name.strip(), value.strip()
        if not separator or not name.isidentifier():
            raise Refused(f"{path.name}, line {number}: expected NAME=VALUE.")
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        os.environ.setdefault(name, value)


def write_demo_env_file() -> bool:
    """Write the demo's settings with fresh keys, readable by the owner alone; True when one was written.

    Never where the environment brings keys of its own or says DEMO=0: that is a production whose file is
    elsewhere, and it must not turn into a demo with known passwords.
    """
    path = env_file()
    if path is None or path.exists() or not flag("DEMO", default=True):
        return False
    if any(text(name) for name in ("SECRET_KEY", *KEY_SETTINGS)):
        return False
    lines = [
        "# Written by the first `make run`: a demo on this machine. Not for production; .env.example explains",
        "# every line. Without these keys the registrations in var/ cannot be read.",
        "DEMO=1",
        "# Set to 1 to see the second step of signing in that a production always asks its staff for.",
        "SECOND_FACTOR=0",
        f"SECRET_KEY={secrets.token_urlsafe(48)}",
        *(f"{name}=1:{new_key()}" for name in KEY_SETTINGS),
    ]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False  # somebody else's `make run`, this very moment
    except OSError as error:
        raise Refused(f"{path.name} cannot be written: {type(error).__name__}.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return True


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
