"""Ed25519 signatures of certificates and dossiers, as JWS: made here, verified without us.

A key is named by the first sixteen bytes of the SHA-256 of its public half, so that a name can
never belong to another key.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rules import certificate

TYPE = "jijiao-certificate+jws"
DOSSIER = "jijiao-dossier+jws"  # another type, so that neither passes for the other
LOOSE = 0o037  # bits of a key file that let others than owner and group in


class Unreadable(ValueError):
    """Why a key or a token cannot be used, in a few words."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The half that everybody may know."""
        return raw(self.private.public_key())

    @property
    def key_id(self) -> UUID:
        """The name of the key."""
        return key_id(self.public)

    def sign(self, data: Mapping[str, Any], kind: str = TYPE) -> str:
        """The signature over these data, in base64url."""
        return encoded(self.private.sign(signed_text(data, self.key_id, kind)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A token taken apart; whether its signature is right has not been looked at."""

    key_id: UUID
    data: Mapping[str, Any]
    text: bytes
    signature: bytes

    def is_by(self, public: bytes) -> bool:
        """Was it signed by this key?"""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.signature, self.text)
        except (InvalidSignature, ValueError):
            return False
        return self.key_id == key_id(public)


def token(data: Mapping[str, Any], signature: str, key: UUID, kind: str = TYPE) -> str:
    """Data and signature as one compact JWS."""
    return f"{signed_text(data, key, kind).decode()}.{signature}"


def read(text: str, kind: str = TYPE) -> Signed:
    """A compact JWS of ours taken apart."""
    try:
        header, payload, signature = text.split(".")
        told, data = json.loads(decoded(header)), json.loads(decoded(payload))
        if told["alg"] != "EdDSA" or told["typ"] != kind or not isinstance(data, dict):
            raise Unreadable("nothing of ours is signed in it")
        return Signed(
            key_id=UUID(hex=told["kid"]),
            data=data,
            text=f"{header}.{payload}".encode(),
            signature=decoded(signature),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable("nothing of ours is signed in it") from error


def signed_text(data: Mapping[str, Any], key: UUID, kind: str = TYPE) -> bytes:
    """What is signed: header and data, each in base64url."""
    header = certificate.canonical({"alg": "EdDSA", "kid": key.hex, "typ": kind})
    return f"{encoded(header)}.{encoded(certificate.canonical(data))}".encode()


def generate() -> bytes:
    """A new private key as PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def keep(path: Path, pem: bytes) -> None:
    """Write a private key where there is no file yet, for its owner alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)


def load(path: Path) -> Signer:
    """The private key of a file that only its owner and group may read."""
    try:
        mode, pem = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from error
    if mode & LOOSE:
        raise Unreadable(f"{path} may be read by others: chmod 0400")
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise Unreadable(f"{path} holds no private key as PEM") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise Unreadable(f"{path} holds a key of another kind than Ed25519")
    return Signer(private)


def pem(public: bytes) -> bytes:
    """A public key as PEM."""
    return Ed25519PublicKey.from_public_bytes(public).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def jwk(public: bytes) -> dict[str, str]:
    """A public key as RFC 8037 writes it."""
    return {
        "alg": "EdDSA",
        "crv": "Ed25519",
        "kid": key_id(public).hex,
        "kty": "OKP",
        "use": "sig",
        "x": encoded(public),
    }


def public_keys(text: bytes) -> list[bytes]:
    """The public keys of a file: a JWK set, one JWK, or PEM of either half."""
    try:
        if text.lstrip().startswith(b"{"):
            told = json.loads(text)
            return [decoded(each["x"]) for each in told.get("keys", [told])]
        if b"PRIVATE" in text:
            private = serialization.load_pem_private_key(text, password=None)
            assert isinstance(private, Ed25519PrivateKey)
            return [raw(private.public_key())]
        public = serialization.load_pem_public_key(text)
        assert isinstance(public, Ed25519PublicKey)
        return [raw(public)]
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError) as error:
        raise Unreadable("there is no Ed25519 key in it") from error


def key_id(public: bytes) -> UUID:
    """The name of a key."""
    return UUID(bytes=hashlib.sha256(public).digest()[:16])


def raw(public: Ed25519PublicKey) -> bytes:
    """Its 32 bytes."""
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """And back; nothing is skipped, so that no two texts mean the same."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("no base64url") from error
    if encoded(plain) != text:
        raise ValueError("no base64url")
    return plain
