"""The keyring: the keys that numbers are sealed and found with.

New envelopes are sealed with the key `writing` and opened with any of `data`; the columns
`lookup_a` and `lookup_b` hold hashes under the keys `a` and `b`, of which one is usually empty.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from models.ids import uuid7
from workflow import envelope


class KeyTrouble(Exception):
    """Why there are no keys, in one sentence."""


class KeyProvider(Protocol):
    """What seals, opens and hashes; a hardware module can stand behind it as well as a file."""

    @property
    def writing(self) -> str:
        """The id of the key new envelopes are sealed with."""
        ...

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Seal for a row."""
        ...

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Open what was sealed for that row."""
        ...

    def lookups(self, *parts: str) -> tuple[bytes | None, bytes | None]:
        """The hashes for both columns; a column without a key stays empty."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The keys of a file."""

    writing: str
    data: Mapping[str, bytes] = field(repr=False)
    lookup: Mapping[str, bytes] = field(repr=False)
    a: str | None
    b: str | None = None
    demo: bool = False

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Seal for a row, under a fresh nonce."""
        nonce = secrets.token_bytes(envelope.NONCE)
        key = self.data[self.writing]
        return envelope.seal(plain, key_id=self.writing, key=key, bound=bound, nonce=nonce)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Open what was sealed for that row, with whichever key that was."""
        return envelope.opened(sealed, keys=self.data, bound=bound)

    def lookups(self, *parts: str) -> tuple[bytes | None, bytes | None]:
        """The hashes for both columns."""
        a, b = (envelope.lookup(self.lookup[key], *parts) if key else None for key in self.columns)
        return a, b

    @property
    def columns(self) -> tuple[str | None, str | None]:
        """Whose hashes stand in which column."""
        return self.a, self.b


def fresh(*, demo: bool = False) -> Keyring:
    """New keys; those of a demo are refused in production."""
    data, lookup = new_id("d"), new_id("l")
    return Keyring(
        writing=data,
        data={data: secrets.token_bytes(envelope.KEY)},
        lookup={lookup: secrets.token_bytes(envelope.KEY)},
        a=lookup,
        demo=demo,
    )


def with_data_key(ring: Keyring) -> Keyring:
    """One more key to seal with; the others still open what they have sealed."""
    key = new_id("d")
    return replace(ring, writing=key, data={**ring.data, key: secrets.token_bytes(envelope.KEY)})


def with_lookup_key(ring: Keyring) -> Keyring:
    """One more key to find by, in the column that is free."""
    if ring.a and ring.b:
        raise KeyTrouble("Two lookup keys are in use already: finish that rotation first.")
    key = new_id("l")
    held = {**ring.lookup, key: secrets.token_bytes(envelope.KEY)}
    return replace(ring, lookup=held, a=ring.a or key, b=key if ring.a else ring.b)


def without_old_lookup(ring: Keyring) -> Keyring:
    """Only the newer lookup key; its id says when it was made."""
    if not (ring.a and ring.b):
        raise KeyTrouble("There is one lookup key only: nothing to finish.")
    newer = max(ring.a, ring.b)
    a, b = (key if key == newer else None for key in (ring.a, ring.b))
    return replace(ring, lookup={newer: ring.lookup[newer]}, a=a, b=b)


def new_id(kind: str) -> str:
    """An id that sorts by the time it was made."""
    return f"{kind}{uuid7().hex[:16]}"


_in_use: list[KeyProvider] = []


def use(provider: KeyProvider | None) -> None:
    """The keys of this process from now on; none of them, where nobody needs any."""
    _in_use[:] = [provider] if provider else []


def current() -> KeyProvider:
    """The keys of this process."""
    if not _in_use:
        raise KeyTrouble("This process was given no keys.")
    return _in_use[0]
