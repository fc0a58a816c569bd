"""The small city as a fixture."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from tortoise.context import TortoiseContext

from devserver import city
from devserver.postgres import Postgres
from tests import servers
from tests.devserver.demo import NOW, Demo


@pytest.fixture(scope="session")
async def demo(
    pg: Postgres,
    admin: asyncpg.Connection[asyncpg.Record],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Demo]:
    """One city for all tests of the session: they read it and change nothing."""
    await admin.execute(f"CREATE DATABASE city TEMPLATE {servers.TEMPLATE} STRATEGY file_copy")
    config, storage = servers.configuration(pg, "city").orm, tmp_path_factory.mktemp("files")
    await city.build(config, storage=storage, now=NOW)
    context = TortoiseContext()
    with context:
        await context.init(config=config)
    yield Demo(config, storage, context.db())
    await context.close_connections()
    await admin.execute("DROP DATABASE city WITH (FORCE)")
