"""A file between its preview and its confirmation.

Not in a hidden field: 2 MB are more than a form may post (DATA_UPLOAD_MAX_MEMORY_SIZE). Not in the session: every later
request would load it. So in the cache, one file a person and kind, a newer one in its place, for KEPT_SECONDS; and
sealed, because the cache is a table of the database. The seal's context names the person and the word, so what is taken
back is what this person looked at.
"""

import base64
import secrets

from django.core.cache import cache

from outreach import crypto

KEPT_SECONDS = 3600


def set_aside(kind: str, content: bytes, *, owner: int) -> str:
    """Keep a file; the answer is the word that takes it back. `owner` is a person's id."""
    word = secrets.token_urlsafe(16)
    sealed = crypto.seal(base64.b64encode(content).decode(), context=_context(kind, owner, word))
    cache.set(_place(kind, owner), (word, sealed), timeout=KEPT_SECONDS)
    return word


def take_back(kind: str, word: str, *, owner: int) -> bytes | None:
    """The file of `set_aside`; None if it is too long ago or a newer one took its place. It may be asked for again: of
    a double click, the second finds everything done."""
    kept = cache.get(_place(kind, owner))
    if kept is None or not secrets.compare_digest(kept[0].encode(), word.encode()):
        return None
    return base64.b64decode(crypto.unseal(kept[1], context=_context(kind, owner, word)))


def _place(kind: str, owner: int) -> str:
    return f"{kind}-file-{owner}"


def _context(kind: str, owner: int, word: str) -> str:
    return f"{kind}.file|{owner}|{word}"
