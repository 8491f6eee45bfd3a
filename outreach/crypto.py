"""Keys at work: AES-256-GCM for personal data at rest, HMAC-SHA256 for blind indexes, digests and the audit chain.

Formats (they outlive the code, so they are written down):

* sealed value: `0x01 ‖ key id (1 byte) ‖ nonce (12) ‖ ciphertext + tag`; the associated data is a constant per field
  and the row's UUID (`registration.nik|<uuid>`), so that a ciphertext moved to another row or field does not open;
* blind index: `HMAC-SHA256(key, "<purpose>/v1\\0" + value)`, all 32 bytes. An unkeyed hash of a NIK is no protection;
* lot: the first 8 bytes of such an index as a number, modulo 100.

Keys come by id from the environment (settings.FIELD_KEYS, INDEX_KEYS, AUDIT_KEYS); the first of each writes,
all of them read.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

FORMAT = 1
NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value does not open: wrong key, tampered bytes, or moved from another row. Never a value."""


def seal(plaintext: str, *, context: str) -> bytes:
    """Encrypt text for the field and row that `context` names."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = AESGCM(key).encrypt(nonce, plaintext.encode(), context.encode())
    return bytes((FORMAT, key_id)) + nonce + ciphertext


def unseal(token: bytes, *, context: str) -> str:
    """Decrypt what `seal` made for the same context. Raises SealBroken."""
    token = bytes(token)
    if len(token) <= 2 + NONCE_BYTES or token[0] != FORMAT:
        raise SealBroken("unknown format")
    key = settings.FIELD_KEYS.get(token[1])
    if key is None:
        raise SealBroken(f"no key with id {token[1]}")
    nonce, ciphertext = token[2 : 2 + NONCE_BYTES], token[2 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, context.encode()).decode()
    except InvalidTag as broken:
        raise SealBroken("the seal does not fit this row, field and key") from broken


def blind_index(purpose: str, value: str) -> bytes:
    """32 bytes that are equal for equal values of one purpose and tell nothing without the index key."""
    key = next(iter(settings.INDEX_KEYS.values()))
    return hmac.digest(key, f"{purpose}/v1\0{value}".encode(), hashlib.sha256)


def lot(purpose: str, value: str) -> int:
    """0 to 99, each as likely, and for one value always the same; without the index key nobody foresees it."""
    return int.from_bytes(blind_index(purpose, value)[:8]) % 100


def chain_mac(previous: bytes, row: bytes, *, key_id: int | None = None) -> tuple[int, bytes]:
    """(key id, HMAC of `previous ‖ row`) for the audit chain; the writing key unless an id is given."""
    if key_id is None:
        key_id = next(iter(settings.AUDIT_KEYS))
    return key_id, hmac.digest(settings.AUDIT_KEYS[key_id], previous + row, hashlib.sha256)
