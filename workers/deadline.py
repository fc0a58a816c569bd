"""The clock, beside the short queue: what is late is told, each thing once, and nothing decided.

Any number of workers may run it: a case is looked at under its lock, and what was told is told.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from models import read
from workflow import clock, fault, notice, open_request

PAUSE = 60.0  # seconds between two looks at the terms
SWEEP = timedelta(hours=1)  # between two looks at who has left

logger = logging.getLogger(__name__)


async def upkeep(*, pause: float = PAUSE) -> None:
    """For ever; what goes wrong is tried again in the next round."""
    swept = datetime.min.replace(tzinfo=UTC)
    while True:
        now = datetime.now(UTC)
        try:
            told = await strike(clock.late(now), now) + await open_request.remind(now)
            if now - swept >= SWEEP:
                told += await strike(clock.deserted(), now)
                await notice.forget(read.connection(), now)
                swept = now
            if told:
                logger.info("clock: %d told of", told)
        except Exception as error:
            logger.warning("clock: not this time: %s", fault.describe(error))
        await asyncio.sleep(pause)


async def strike(cases: AsyncIterator[UUID], now: datetime) -> int:
    """Each in a transaction of its own; one that fails keeps no other from being told of."""
    told = 0
    async for case_id in cases:
        try:
            told += bool(await clock.strike(case_id=case_id, now=now))
        except Exception as error:
            logger.warning("clock: case %s: %s", case_id, fault.describe(error))
    return told
