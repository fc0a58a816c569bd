"""The tree of hashes over rows (RFC 6962): one root stands for all of them, in their order."""

import hashlib
from collections.abc import Sequence


def leaf(text: str) -> bytes:
    """The hash of a row."""
    return hashlib.sha256(b"\0" + text.encode()).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash over all leaves; of none it is that of nothing.

    Level by level instead of by halves: the odd one out goes up as it is, which gives the same.
    """
    level = list(leaves)
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        odd = level[-1:] if len(level) % 2 else []
        level = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
    return level[0]
