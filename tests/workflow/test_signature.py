"""Signatures: what was signed is what is verified, by that key, and nothing else."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.factories.certificate import SIGNER, token
from workflow import signature
from workflow.signature import Unreadable

OTHER = signature.Signer(Ed25519PrivateKey.generate())


def test_a_token_is_verified_by_its_key_and_by_no_other() -> None:
    told = signature.read(token())

    assert told.is_by(SIGNER.public)
    assert not told.is_by(OTHER.public)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_any_changed_part_is_noticed(part: int) -> None:
    parts = token().split(".")
    parts[part] = changed(parts[part], part)

    assert not signature.read(".".join(parts)).is_by(SIGNER.public)


def changed(text: str, part: int) -> str:
    """Another name in the data, another key in the header, another bit in the signature."""
    plain = signature.decoded(text)
    if part == 2:
        return signature.encoded(bytes([plain[0] ^ 1]) + plain[1:])
    data = json.loads(plain)
    data |= {"kid": OTHER.key_id.hex} if part == 0 else {"name": "李小四"}
    return signature.encoded(json.dumps(data).encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c",
        "e30.e30.e30",
        token().replace(".", "=.", 1),
        # no algorithm of the sender's choice
        ".".join([base64.urlsafe_b64encode(b'{"alg":"none"}').decode(), *token().split(".")[1:]]),
    ],
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        signature.read(text)


def test_no_two_texts_mean_one_signature() -> None:
    header, data, mark = token().split(".")
    last = "A" if mark[-1] != "A" else "B"

    with pytest.raises(ValueError):
        signature.read(f"{header}.{data}.{mark[:-1]}{chr(ord(mark[-1]) + 1)}")
    with pytest.raises(ValueError):
        signature.decoded(f"AA{last}=")


def test_a_kept_key_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"

    signature.keep(path, signature.generate())

    assert path.stat().st_mode & 0o777 == 0o400
    assert len(signature.load(path).public) == 32
    with pytest.raises(FileExistsError):
        signature.keep(path, b"")


def elliptic() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        (None, 0o400, "cannot be read"),
        (signature.generate(), 0o444, "may be read by others"),
        (b"no key", 0o400, "holds no private key"),
        (elliptic(), 0o400, "of another kind"),
    ],
)
def test_a_key_that_cannot_be_used_is_named(
    tmp_path: Path, content: bytes | None, mode: int, why: str
) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)

    with pytest.raises(Unreadable, match=why):
        signature.load(path)


def forms() -> dict[str, bytes]:
    one: Any = signature.jwk(SIGNER.public)
    public = SIGNER.private.public_key()
    return {
        "set": json.dumps({"keys": [one]}).encode(),
        "one": json.dumps(one).encode(),
        "private": SIGNER.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "public": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    }


@pytest.mark.parametrize("form", forms())
def test_a_public_key_is_read_in_every_form(form: str) -> None:
    assert signature.public_keys(forms()[form]) == [SIGNER.public]


@pytest.mark.parametrize("text", [b"", b"{}", b'{"keys":[{"x":1}]}', elliptic()])
def test_what_holds_no_key_is_refused(text: bytes) -> None:
    with pytest.raises(Unreadable):
        signature.public_keys(text)
