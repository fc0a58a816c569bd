"""Batches of one turn of the event loop."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import pytest

from resolvers.loader import Loader

NOWHERE, ONE, TWO = (UUID(int=number) for number in range(3))


class Rows:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[UUID]] = []

    async def load(self, keys: list[UUID]) -> Mapping[UUID, str]:
        self.asked.append(keys)
        return {key: f"row {key.int}" for key in keys if key != NOWHERE}


async def test_questions_of_one_turn_are_one_statement_and_equal_ones_one_question() -> None:
    rows = Rows()
    loader = Loader(rows.load, lambda: "none")

    found = await asyncio.gather(*map(loader.load, [ONE, TWO, ONE, NOWHERE]))

    assert found == ["row 1", "row 2", "row 1", "none"]
    assert rows.asked == [[ONE, TWO, NOWHERE]]


async def test_an_answer_is_kept_for_the_whole_operation() -> None:
    rows = Rows()
    loader = Loader(rows.load, lambda: "none")

    await loader.load(ONE)
    await loader.load(ONE)

    assert rows.asked == [[ONE]]


async def test_a_statement_that_fails_fails_every_question_of_its_batch() -> None:
    async def fail(keys: list[UUID]) -> Mapping[UUID, str]:
        raise OSError("gone")

    loader = Loader(fail, lambda: "none")
    answers = await asyncio.gather(loader.load(ONE), loader.load(TWO), return_exceptions=True)

    assert [type(answer) for answer in answers] == [OSError, OSError]
    with pytest.raises(OSError):
        await loader.load(ONE)
