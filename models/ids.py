"""Identifiers of rows: UUID version 7, made here so that every PostgreSQL will do."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new id; ids made by one process sort by the time they were made (RFC 9562)."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random)
