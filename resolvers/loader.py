"""Batches: questions about single ids, put in one turn of the event loop, become one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar
from uuid import UUID

Value = TypeVar("Value")


class Loader(Generic[Value]):
    """Answers of one operation by id; an id that is not found has the default."""

    def __init__(
        self,
        load: Callable[[list[UUID]], Awaitable[Mapping[UUID, Value]]],
        default: Callable[[], Value],
    ) -> None:
        self.load_many = load
        self.default = default
        self.answers: dict[UUID, asyncio.Future[Value]] = {}
        self.waiting: list[UUID] = []
        self.running: set[asyncio.Task[None]] = set()

    def load(self, key: UUID) -> asyncio.Future[Value]:
        """The answer to come; the first question of a turn schedules the statement."""
        if key not in self.answers:
            loop = asyncio.get_running_loop()
            if not self.waiting:
                loop.call_soon(self.start)
            self.answers[key] = loop.create_future()
            self.waiting.append(key)
        return self.answers[key]

    def start(self) -> None:
        """Ask for everything that waits."""
        keys, self.waiting = self.waiting, []
        task = asyncio.ensure_future(self.answer(keys))
        self.running.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self.running.discard)

    async def answer(self, keys: list[UUID]) -> None:
        """Fulfil the promises of one batch, or break them all."""
        try:
            found = await self.load_many(keys)
        except Exception as error:
            for key in keys:
                if not self.answers[key].done():
                    self.answers[key].set_exception(error)
            return
        for key in keys:
            if not self.answers[key].done():
                self.answers[key].set_result(found[key] if key in found else self.default())
