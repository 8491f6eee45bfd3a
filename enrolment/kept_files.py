"""A file between the page that shows what it would do and the button that does it.

Not in a hidden field: 2 MB are more than a form may post (DATA_UPLOAD_MAX_MEMORY_SIZE). Not in the session: every
later request would load it. So in the cache, one file a person and kind, a newer one in its place, for KEPT_SECONDS;
and sealed, because the cache is a table of the database.
"""

import secrets
from base64 import b64decode, b64encode

from django.core.cache import cache

from outreach import crypto

KEPT_SECONDS = 3600


def keep(content: bytes, *, person_id: int, kind: str) -> str:
    """Set a file aside; the answer is the word that takes it back. The seal's context names the person and the word,
    so what is taken back is what this person looked at."""
    word = secrets.token_urlsafe(16)
    sealed = crypto.seal(b64encode(content).decode(), context=_context(kind, person_id, word))
    cache.set(_place(kind, person_id), (word, sealed), timeout=KEPT_SECONDS)
    return word


def take(word: str, *, person_id: int, kind: str) -> bytes | None:
    """The file of `keep`; None if it is too long ago or a newer one took its place. It may be asked for again."""
    kept = cache.get(_place(kind, person_id))
    if kept is None or not secrets.compare_digest(kept[0].encode(), word.encode()):
        return None
    return b64decode(crypto.unseal(kept[1], context=_context(kind, person_id, word)))


def _place(kind: str, person_id: int) -> str:
    return f"{kind}-file-{person_id}"


def _context(kind: str, person_id: int, word: str) -> str:
    return f"{kind}.file|{person_id}|{word}"
