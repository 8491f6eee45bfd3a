import hashlib
import hmac

import pytest

from outreach import crypto
from outreach.crypto import SealBroken

NIK = "3172011204880001"
HERE = "registration.nik|1b671a64-40d5-491e-99b0-da01ff1f3341"
KEY_1, KEY_2 = b"1" * 32, b"2" * 32


@pytest.fixture(autouse=True)
def keys(settings):
    settings.FIELD_KEYS = {1: KEY_1}
    settings.INDEX_KEYS = {1: KEY_1}
    settings.AUDIT_KEYS = {1: KEY_1}
    return settings


@pytest.mark.parametrize("plaintext", [NIK, "", "Nuraini", "Ñandú 漢字 🙂", "x" * 5000])
def test_unseal_gives_back_what_was_sealed(plaintext):
    assert crypto.unseal(crypto.seal(plaintext, context=HERE), context=HERE) == plaintext


def test_sealed_bytes_are_format_key_nonce_ciphertext_and_tag():
    token = crypto.seal(NIK, context=HERE)
    assert token[:2] == b"\x01\x01"
    assert len(token) == 2 + 12 + len(NIK) + 16
    assert NIK.encode() not in token


def test_seal_never_repeats_a_nonce():
    tokens = [crypto.seal(NIK, context=HERE) for _ in range(2000)]
    assert len({token[2:14] for token in tokens}) == len({token[14:] for token in tokens}) == 2000


@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_unseal_of_a_tampered_byte_at_any_position_raises(flip):
    token = crypto.seal(NIK, context=HERE)
    for position in range(len(token)):
        tampered = bytearray(token)
        tampered[position] ^= flip
        with pytest.raises(SealBroken):
            crypto.unseal(bytes(tampered), context=HERE)


def test_unseal_of_a_cut_or_lengthened_token_raises():
    token = crypto.seal(NIK, context=HERE)
    for length in range(len(token)):
        with pytest.raises(SealBroken):
            crypto.unseal(token[:length], context=HERE)
    with pytest.raises(SealBroken):
        crypto.unseal(token + b"\0", context=HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "registration.phone|1b671a64-40d5-491e-99b0-da01ff1f3341",
        "registration.nik|1b671a64-40d5-491e-99b0-da01ff1f3342",
        "registration.nik",
        "",
    ],
)
def test_unseal_for_another_field_or_row_raises(elsewhere):
    with pytest.raises(SealBroken):
        crypto.unseal(crypto.seal(NIK, context=HERE), context=elsewhere)


def test_unseal_with_a_wrong_key_raises(keys):
    token = crypto.seal(NIK, context=HERE)
    keys.FIELD_KEYS = {1: KEY_2}
    with pytest.raises(SealBroken, match="does not fit"):
        crypto.unseal(token, context=HERE)


def test_unseal_without_the_key_of_that_id_raises(keys):
    token = crypto.seal(NIK, context=HERE)
    keys.FIELD_KEYS = {2: KEY_1}
    with pytest.raises(SealBroken, match="no key with id 1"):
        crypto.unseal(token, context=HERE)


def test_rotated_keys_write_with_the_first_and_read_with_all(keys):
    old = crypto.seal(NIK, context=HERE)
    keys.FIELD_KEYS = {2: KEY_2, 1: KEY_1}
    new = crypto.seal(NIK, context=HERE)
    assert (old[1], new[1]) == (1, 2)
    assert crypto.unseal(old, context=HERE) == crypto.unseal(new, context=HERE) == NIK
    keys.FIELD_KEYS = {2: KEY_2}
    assert crypto.unseal(new, context=HERE) == NIK
    with pytest.raises(SealBroken):
        crypto.unseal(old, context=HERE)


def test_unseal_reads_what_the_database_gives_back():
    token = crypto.seal(NIK, context=HERE)
    assert crypto.unseal(memoryview(token), context=HERE) == NIK


def test_blind_index_is_a_keyed_hash_of_purpose_and_value():
    expected = hmac.new(KEY_1, b"nik/v1\0" + NIK.encode(), hashlib.sha256).digest()
    assert crypto.blind_index("nik", NIK) == expected
    assert len(expected) == 32


def test_blind_index_differs_by_purpose_value_and_key(keys):
    indexes = [
        crypto.blind_index("nik", NIK),
        crypto.blind_index("phone", NIK),
        crypto.blind_index("nik", NIK[:-1]),
    ]
    keys.INDEX_KEYS = {1: KEY_2}
    indexes.append(crypto.blind_index("nik", NIK))
    assert len(set(indexes)) == 4


def test_chain_mac_covers_previous_and_row():
    expected = hmac.new(KEY_1, b"before" + b"row", hashlib.sha256).digest()
    assert crypto.chain_mac(b"before", b"row") == (1, expected)


def test_chain_mac_is_checked_with_the_key_it_was_written_with(keys):
    key_id, mac = crypto.chain_mac(b"before", b"row")
    keys.AUDIT_KEYS = {2: KEY_2, 1: KEY_1}
    assert crypto.chain_mac(b"before", b"row", key_id=key_id) == (1, mac)
    assert crypto.chain_mac(b"before", b"row")[0] == 2
