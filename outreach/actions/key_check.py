"""The keys must be the ones this database was written with."""

import hmac

from outreach import crypto
from outreach.models import KeyCheck

KNOWN_TEXT = "jemput bola"
CONTEXT = "keycheck.token|1"


class WrongKeys(Exception):
    """The keys of the environment do not fit the database."""


def verify_key_check(*, make: bool = True) -> None:
    """Make the key check on the first start; afterwards raise WrongKeys unless today's keys read it.

    `make=False` only looks.
    """
    index = crypto.blind_index("keycheck", KNOWN_TEXT)
    audit_key_id, mac = crypto.chain_mac(bytes(32), KNOWN_TEXT.encode())
    check = KeyCheck.objects.first()
    if check is None and not make:
        return
    if check is None:
        token = crypto.seal(KNOWN_TEXT, context=CONTEXT)
        KeyCheck.objects.get_or_create(
            pk=1, defaults={"token": token, "index": index, "audit": bytes((audit_key_id,)) + mac}
        )
        return
    if not _opens(check.token):
        raise WrongKeys("FIELD_KEYS")
    if not hmac.compare_digest(bytes(check.index), index):
        raise WrongKeys("INDEX_KEYS")
    if not _chains(bytes(check.audit)):
        raise WrongKeys("AUDIT_KEYS")


def _opens(token: bytes) -> bool:
    try:
        return crypto.unseal(token, context=CONTEXT) == KNOWN_TEXT
    except crypto.SealBroken:
        return False


def _chains(audit: bytes) -> bool:
    try:
        _key_id, mac = crypto.chain_mac(bytes(32), KNOWN_TEXT.encode(), key_id=audit[0])
    except KeyError:
        return False
    return hmac.compare_digest(audit[1:], mac)
