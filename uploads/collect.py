"""The collector: files that no attachment names, and what killed processes left behind."""

import asyncio
from datetime import datetime, timedelta

from uploads.store import Store
from workflow import attachment

UNNAMED_FOR = timedelta(hours=24)


async def collect(store: Store, *, now: datetime) -> int:
    """Remove what no row names for a day; a file that is just being attached is younger."""
    instant = (now - UNNAMED_FOR).timestamp()
    await asyncio.to_thread(store.prepare)  # a worker may be there before the first API
    removed = 0
    for level in store.levels():
        names = await asyncio.to_thread(store.older, level, instant)
        for name in sorted(set(names) - await attachment.referenced(names)):
            removed += await asyncio.to_thread(store.discard, name, instant)
    return removed
