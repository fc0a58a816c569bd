"""One command: what the world throws at it is tried again, refused, or leaves nothing behind."""

import pytest

from models import Command
from models.access import Viewer
from models.read import Connection
from rules.refusal import Refused
from tests.factories import people
from workflow import command
from workflow.command import Answer, Done

THROW = "DO $$ BEGIN RAISE EXCEPTION 'the world' USING ERRCODE = '{state}'; END $$"


@pytest.fixture
async def viewer(db: Connection) -> Viewer:
    return await people.viewer(await people.person())


class Thrown:
    """A verb that PostgreSQL ends with a state so often before it lets it through."""

    def __init__(self, state: str, times: int) -> None:
        self.state, self.times, self.tries = state, times, 0

    async def __call__(self, c: Connection) -> Answer:
        self.tries += 1
        if self.tries <= self.times:
            await c.execute_query(THROW.format(state=self.state))
        return Done({"tries": self.tries})


@pytest.mark.parametrize("state", sorted(command.RUN_AGAIN))
async def test_a_conflict_of_transactions_is_tried_again(viewer: Viewer, state: str) -> None:
    answer = await command.once(people.request(viewer), "try", {}, Thrown(state, 2))

    assert answer == Done({"tries": 3})
    assert await Command.all().count() == 1


@pytest.mark.parametrize(("state", "tries"), [("40001", 3), ("40P01", 3), ("22012", 1)])
async def test_what_does_not_pass_is_raised_and_leaves_nothing(
    viewer: Viewer, state: str, tries: int
) -> None:
    verb = Thrown(state, 9)

    with pytest.raises(Exception, match="the world"):
        await command.once(people.request(viewer), "try", {}, verb)

    assert verb.tries == tries
    assert await Command.all().count() == 0


async def test_a_lock_that_is_not_to_be_had_is_refused_and_the_key_stays_free(
    viewer: Viewer,
) -> None:
    request = people.request(viewer)

    busy = await command.once(request, "try", {}, Thrown("55P03", 1))
    later = await command.once(request, "try", {}, Thrown("55P03", 0))

    assert busy == Refused("BUSY")
    assert later == Done({"tries": 1})
