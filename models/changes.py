"""What has changed, as PostgreSQL tells it: one connection that listens, and all who wait.

A topic is the text of a notification: the kind of a row and its id. Nothing else is told; whoever
hears it reads again, with the rights he has then.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import asyncpg

log = logging.getLogger(__name__)

CHANNEL = "changed"
NAME = "jijiao-changes"  # in pg_stat_activity
PAUSE = 0.25  # seconds between two words to one listener: a burst of decisions is one word
AGAIN = 0.5  # seconds before another attempt to connect
ALIVE = 15.0  # seconds after which a silent connection is asked whether it lives
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


def case(key: Any) -> str:
    """A case: any event of it."""
    return f"case {key}"


def tasks(organisation: Any, group: str) -> str:
    """The tasks of a group in an organisation."""
    return f"task {organisation} {group}"


def own(person: Any) -> str:
    """What waits for a person himself, and that a record of his is under amendment."""
    return f"own {person}"


def notices(*addressee: Any) -> str:
    """Notices to a person, or to a group of an organisation."""
    return " ".join(["notice", *map(str, addressee)])


def job(key: Any) -> str:
    """A job: its state or its progress."""
    return f"job {key}"


def recalculation(key: Any) -> str:
    """A run that recalculates everybody: how far it is."""
    return f"recalculation {key}"


class Changes:
    """The listeners of one process; each has a flag, so that a slow one never has a queue."""

    def __init__(self, pause: float = PAUSE) -> None:
        self.pause = pause
        self.flags: dict[str, set[asyncio.Event]] = {}

    async def of(self, *topics: str) -> AsyncIterator[None]:
        """A word at once, and one whenever something of these topics has changed since the last.

        The first comes after the flag is up: what changes while it is answered is not missed.
        """
        flag = asyncio.Event()
        with self.registered(flag, topics):
            while True:
                yield
                await asyncio.sleep(self.pause)
                await flag.wait()
                flag.clear()

    @contextmanager
    def registered(self, flag: asyncio.Event, topics: tuple[str, ...]) -> Iterator[None]:
        """The flag belongs to these topics for a while."""
        for topic in topics:
            self.flags.setdefault(topic, set()).add(flag)
        try:
            yield
        finally:
            for topic in topics:
                self.flags[topic].discard(flag)
                if not self.flags[topic]:
                    del self.flags[topic]

    def tell(self, topic: str) -> None:
        """Raise the flags of a topic."""
        for flag in self.flags.get(topic, ()):
            flag.set()

    def tell_everybody(self) -> None:
        """Raise every flag: something may have been missed."""
        for topic in self.flags:
            self.tell(topic)

    async def listen(self, database: Mapping[str, Any]) -> None:
        """For ever; begin again after whatever PostgreSQL does to the connection."""
        while True:
            try:
                await self.hear(database)
            except LOST as error:
                log.warning("listening begins again after %s", type(error).__name__)
            await asyncio.sleep(AGAIN)

    async def hear(self, database: Mapping[str, Any]) -> None:
        """Listen over one connection until it is lost."""
        connection = await asyncpg.connect(
            **database, timeout=ALIVE, server_settings={"application_name": NAME}
        )
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(CHANNEL, lambda *heard: self.tell(heard[-1]))
            self.tell_everybody()
            while not await happens(lost, ALIVE):
                await connection.execute("SELECT 1", timeout=ALIVE)
        finally:
            with suppress(*LOST):
                await connection.close(timeout=2)


async def happens(event: asyncio.Event, seconds: float) -> bool:
    """Does it happen within that time?"""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await event.wait()
    return False
