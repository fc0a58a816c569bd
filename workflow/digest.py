"""Digests of what is decided, asked or written: one canonical text, one sha256."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """The one way to write a value down: sorted keys, no spaces, dates and decimals as text."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return text.encode()


def digest(value: Any) -> str:
    """Hexadecimal sha256 of the canonical text."""
    return hashlib.sha256(canonical(value)).hexdigest()
