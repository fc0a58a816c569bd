"""The embedded Redis: up in milliseconds, forgets on purpose, reached through its socket only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis as Client

from devserver.redis import Redis
from tests import servers


@pytest.fixture
def server(scratch: Path) -> Iterator[Redis]:
    with servers.redis(scratch / "r") as running:
        yield running


async def test_it_starts_again_over_the_socket_of_a_killed_server_and_is_empty(
    server: Redis,
) -> None:
    async with Client.from_url(server.url()) as client:
        await client.set("key", "value")

    server.kill()
    server.start()

    async with Client.from_url(server.url()) as client:
        assert await client.dbsize() == 0


async def test_a_full_server_refuses_instead_of_forgetting(server: Redis) -> None:
    async with Client.from_url(server.url()) as client:
        policy = await client.config_get("maxmemory-policy")

    assert policy == {"maxmemory-policy": "noeviction"}


async def test_it_listens_on_a_unix_socket_only(server: Redis) -> None:
    async with Client.from_url(server.url()) as client:
        assert await client.config_get("port") == {"port": "0"}

    assert server.socket.stat().st_mode & 0o077 == 0


async def test_databases_are_apart(server: Redis) -> None:
    async with Client.from_url(server.url(1)) as client:
        await client.set("key", "value")

    async with Client.from_url(server.url(2)) as client:
        assert await client.get("key") is None


def test_a_program_that_is_no_redis_is_named(scratch: Path) -> None:
    with pytest.raises(RuntimeError, match="Redis did not start"):
        Redis(scratch / "none", given=Path("/bin/false")).start()
