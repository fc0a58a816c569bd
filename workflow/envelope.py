"""Sealed numbers: what is stored of one, how it is opened, and the keyed hash it is found by.

An envelope is `version | algorithm | length of the key's id | id | nonce | ciphertext and tag`.
It is bound to its row: moved to another person, it does not open.
"""

import hashlib
import hmac
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
AES_256_GCM = 1  # with HMAC-SHA-256; 2 is kept for SM4-GCM with HMAC-SM3 (国密)
KEY, NONCE, TAG = 32, 12, 16
HEAD = 3


class Unopened(Exception):
    """Why an envelope does not open; never with anything that was in it."""


def seal(plain: bytes, *, key_id: str, key: bytes, bound: bytes, nonce: bytes) -> bytes:
    """Encrypt under a key; `bound` names the row, `nonce` is never used twice."""
    named = key_id.encode()
    head = bytes((VERSION, AES_256_GCM, len(named))) + named
    return head + nonce + AESGCM(key).encrypt(nonce, plain, head + bound)


def key_of(envelope: bytes) -> str:
    """The id of the key an envelope was sealed with."""
    if len(envelope) < HEAD or envelope[0] != VERSION or envelope[1] != AES_256_GCM:
        raise Unopened("an envelope of an unknown kind")
    named = envelope[HEAD : HEAD + envelope[2]]
    if len(envelope) < HEAD + len(named) + NONCE + TAG or not named.isascii():
        raise Unopened("an envelope cut short")
    return named.decode()


def opened(envelope: bytes, *, keys: Mapping[str, bytes], bound: bytes) -> bytes:
    """What was sealed; a wrong key, another row and a changed byte are all refused alike."""
    key = keys.get(key_of(envelope))
    if key is None:
        raise Unopened("an envelope under a key that is not in the keyring")
    split = HEAD + envelope[2]
    head, nonce, sealed = envelope[:split], envelope[split : split + NONCE], envelope[split:]
    try:
        return AESGCM(key).decrypt(nonce, sealed[NONCE:], head + bound)
    except InvalidTag:
        raise Unopened("an envelope that was changed, or is of another row") from None


def lookup(key: bytes, *parts: str) -> bytes:
    """A keyed hash that equal parts share; without the key nobody can try numbers out."""
    return hmac.digest(key, b"\0".join(each.encode() for each in parts), hashlib.sha256)
