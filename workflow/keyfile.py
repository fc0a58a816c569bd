"""The file of a keyring: who may read it, what must be in it, and what production refuses.

```json
{"write": "d1", "data": {"d1": "…"}, "a": "l1", "b": null, "lookup": {"l1": "…"}, "demo": false}
```
"""

import base64
import binascii
import json
import os
import stat
from pathlib import Path
from typing import Any

from workflow import envelope
from workflow.keyring import Keyring, KeyTrouble

TOO_OPEN = 0o037  # anybody else, and a group that may more than read
LEAST_DIFFERENT = 12  # bytes of a random key; one that was typed has fewer


def read(path: Path | None, *, demo: bool) -> Keyring:
    """The keys of a file; `demo` says whether those of a demo will do."""
    if path is None:
        raise KeyTrouble("There is no keyring: set JIJIAO_KEYRING.")
    try:
        closed, text = not path.stat().st_mode & TOO_OPEN, path.read_text(encoding="ascii")
        ring = ring_of(json.loads(text))
    except (OSError, UnicodeDecodeError) as error:
        raise KeyTrouble(f"{path} cannot be read: {type(error).__name__}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyTrouble(f"{path} is no keyring: `jijiao keys make` writes one.") from None
    if not closed:
        raise KeyTrouble(f"{path} is open to others: chmod 0440.")
    if ring.demo and not demo:
        raise KeyTrouble(f"{path} belongs to a demo: `jijiao keys make` writes one of your own.")
    return ring


def secret(path: Path) -> str:
    """The one line of a file that holds a secret shared with somebody else."""
    try:
        closed, text = not path.stat().st_mode & TOO_OPEN, path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyTrouble(f"{path} cannot be read: {type(error).__name__}.") from None
    if not closed:
        raise KeyTrouble(f"{path} is open to others: chmod 0440.")
    if not text or not text.isprintable():
        raise KeyTrouble(f"{path} must hold one line.")
    return text


def write(path: Path, ring: Keyring) -> None:
    """Write a keyring where only its owner and his group read it, all of it or nothing."""
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    opened = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        json.dump(written(ring), file)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        kept = path.stat()
        os.chown(half, kept.st_uid, kept.st_gid)
        half.chmod(stat.S_IMODE(kept.st_mode))
    half.replace(path)


def ring_of(given: Any) -> Keyring:
    """A keyring from its file; ValueError and the like for anything else."""
    ring = Keyring(
        writing=given["write"],
        data={name: key_of(text) for name, text in given["data"].items()},
        lookup={name: key_of(text) for name, text in given["lookup"].items()},
        a=given["a"],
        b=given["b"],
        demo=given.get("demo", False),
    )
    columns = [each for each in ring.columns if each]
    if ring.writing not in ring.data or not columns or not set(columns) <= set(ring.lookup):
        raise ValueError
    return ring


def key_of(text: str) -> bytes:
    """A key as it is written, which somebody did not make up."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError from None
    if len(key) != envelope.KEY or len(set(key)) < LEAST_DIFFERENT:
        raise ValueError
    return key


def written(ring: Keyring) -> dict[str, Any]:
    """A keyring as its file holds it."""
    return {
        "write": ring.writing,
        "data": {name: base64.b64encode(key).decode() for name, key in ring.data.items()},
        "a": ring.a,
        "b": ring.b,
        "lookup": {name: base64.b64encode(key).decode() for name, key in ring.lookup.items()},
        "demo": ring.demo,
    }
