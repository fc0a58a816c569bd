"""One city for all questions of a module: they only read, or what they write is taken back."""

from collections.abc import AsyncIterator

import pytest
from tortoise.context import TortoiseContext

from tests.authz import world as worlds
from tests.authz.world import World
from tests.conftest import CLEAN


@pytest.fixture(scope="module")
async def world(orm: TortoiseContext) -> AsyncIterator[World]:
    yield await worlds.build(orm.db())
    await orm.db().execute_script(CLEAN)
