"""Digests of what is decided, asked or written: one canonical text, one sha256."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(value: Any) -> bytes:
    """The one way to write a value down: sorted keys, no spaces, dates and decimals as text."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return text.encode()


def parts(content: Mapping[str, Any]) -> dict[str, str]:
    """A short digest of each field, enough to name the fields that differ."""
    return {name: digest(value)[:12] for name, value in content.items()}


def digest(value: Any) -> str:
    """Hexadecimal sha256 of the canonical text."""
    return hashlib.sha256(canonical(value)).hexdigest()


def of_token(token: str) -> bytes:
    """What is stored of a token: a dump of the database opens nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
