"""The keys must be the ones this database was written with."""

import hmac

from outreach import crypto
from outreach.models import KeyCheck

KNOWN_TEXT = "jemput bola"
CONTEXT = "keycheck.token|1"


class WrongKeys(Exception):
    """The keys of the environment do not fit the database."""


def verify_key_check() -> None:
    """Make the key check on the first start; afterwards raise WrongKeys unless today's keys read it."""
    index = crypto.blind_index("keycheck", KNOWN_TEXT)
    audit_key_id, mac = crypto.chain_mac(bytes(32), KNOWN_TEXT.encode())
    check = KeyCheck.objects.first()
    if check is None:
        token = crypto.seal(KNOWN_TEXT, context=CONTEXT)
        KeyCheck.objects.get_or_create(
            pk=1, defaults={"token": token, "index": index, "audit": bytes((audit_key_id,)) + mac}
        )
        return
    try:
        if crypto.unseal(check.token, context=CONTEXT) != KNOWN_TEXT:
            raise WrongKeys("FIELD_KEYS")
        if not hmac.compare_digest(bytes(check.index), index):
            raise WrongKeys("INDEX_KEYS")
        key_id = bytes(check.audit)[0]
        if not hmac.compare_digest(
            bytes(check.audit)[1:], crypto.chain_mac(bytes(32), KNOWN_TEXT.encode(), key_id=key_id)[1]
        ):
            raise WrongKeys("AUDIT_KEYS")
    except (crypto.SealBroken, KeyError) as unknown:
        raise WrongKeys("FIELD_KEYS or AUDIT_KEYS") from unknown
