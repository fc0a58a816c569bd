"""`certificate keygen` makes a key; `certificate verify` says offline whether a file is genuine."""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from printing import page
from workflow import signature
from workflow.signature import Signed, Unreadable

if TYPE_CHECKING:
    from settings import Settings

GENUINE, FORGED, USAGE, ALTERED = 0, 1, 2, 3
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
TOKEN = re.compile(rb"eyJ[\w-]+\.[\w-]+\.[\w-]{86}")
MOST = 1 << 20  # bytes that a stream may become


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """0 genuine, 1 not, 2 cannot say, 3 genuine data in a file that is not the one issued."""
    parser = argparse.ArgumentParser(prog="certificate")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("keygen").add_argument("file", type=Path)
    verify = verbs.add_parser("verify")
    verify.add_argument("file", type=Path)
    verify.add_argument("--key", type=Path, default=settings.certificate_key)
    given = parser.parse_args(arguments)
    try:
        return keygen(given.file) if given.verb == "keygen" else verified(given.file, given.key)
    except (Unreadable, OSError) as error:
        print(error)
        return USAGE


def keygen(path: Path) -> int:
    """A private key for its owner alone; the public half is shown, to be published."""
    signature.keep(path, signature.generate())
    print(json.dumps(signature.jwk(signature.load(path).public)))
    return 0


def verified(path: Path, key: Path | None) -> int:
    """Look for the signed data in a file, hold it against the keys, and the page against it."""
    if key is None:
        print("Name the public key: --key FILE (the content of /.well-known/jwks.json, or PEM).")
        return USAGE
    content, known = path.read_bytes(), signature.public_keys(key.read_bytes())
    tokens = sorted(set(attached(content)))
    if len(tokens) != 1:
        print(f"NOT GENUINE 无法认定：{len(tokens)} signed certificates in this file, not one.")
        return FORGED
    told = signature.read(tokens[0])
    if not any(told.is_by(each) for each in known):
        print(f"NOT GENUINE 签名无效：not signed by this key ({told.key_id.hex} is named).")
        return FORGED
    return say(told, same=page.pdf(tokens[0]) == content)


def say(told: Signed, *, same: bool) -> int:
    """What was signed, and what the file is worth."""
    print(f"GENUINE 签名有效：key {told.key_id.hex}")
    for name, value in told.data.items():
        print(f"  {name:13} {value if isinstance(value, str) else json.dumps(value)}")
    if same:
        print("The page is byte for byte the one that was issued. 页面与签发时一致。")
    else:
        print("The page is NOT the one that was issued: trust the lines above, not what it shows.")
        print("页面与签发时不一致：以上列数据为准，勿以页面所示为准。")
    print(f"Only {told.data['check']} says whether it was revoked since. 是否已撤销须联网查询。")
    return GENUINE if same else ALTERED


def attached(content: bytes) -> Iterator[str]:
    """Every token in a file, however its parts were packed when it was saved again."""
    for part in (content, *map(unpacked, STREAM.findall(content))):
        for each in TOKEN.findall(part):
            yield each.decode()


def unpacked(stream: bytes) -> bytes:
    """A part of a PDF without its usual packing."""
    try:
        return zlib.decompressobj().decompress(stream, MOST)
    except zlib.error:
        return b""
