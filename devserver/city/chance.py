"""Chance from a fixed seed: the same city every time, down to the ids."""

import random
import uuid
from datetime import datetime

SEED = "jijiao"


def of(part: str) -> random.Random:
    """Chance of its own for a part of the city, so that one part does not disturb another."""
    return random.Random(f"{SEED}:{part}")


def row_id(chance: random.Random, at: datetime) -> uuid.UUID:
    """An id as `models.ids` makes them, of a row that was written at this instant."""
    milliseconds = int(at.timestamp() * 1000)
    bits = chance.getrandbits(74)
    high, low = bits >> 62, bits & (1 << 62) - 1
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
