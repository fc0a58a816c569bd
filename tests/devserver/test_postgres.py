"""The embedded PostgreSQL: starts over what it finds, keeps or loses data, never outlives us."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from devserver import place
from devserver.postgres import SUPERUSER, Postgres
from tests import servers


@pytest.fixture
def root() -> Iterator[Path]:
    path = place.scratch()
    yield path / "pg"
    shutil.rmtree(path)


@pytest.fixture
async def server(root: Path) -> AsyncIterator[Postgres]:
    with servers.postgres(root) as running:
        yield running


def durable(root: Path) -> Postgres:
    server = servers.postgres(root)
    server.durable = True
    return server


async def ask(server: Postgres, question: str) -> Any:
    connection = await asyncpg.connect(host=str(server.socket), user=SUPERUSER, database="postgres")
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_data_survives_a_restart(server: Postgres) -> None:
    await ask(server, "CREATE TABLE kept AS SELECT 7 AS n")

    server.stop()
    server.start()

    assert await ask(server, "SELECT n FROM kept") == 7


async def test_what_was_committed_survives_a_killed_server_if_the_cluster_is_durable(
    root: Path,
) -> None:
    with durable(root) as server:
        await ask(server, "CREATE TABLE kept AS SELECT 7 AS n")
        assert server.child is not None

        server.child.kill()
        server.start()

        assert await ask(server, "SELECT n FROM kept") == 7


async def test_a_pid_file_that_names_another_program_does_not_stop_the_start(
    server: Postgres,
) -> None:
    file = server.data / "postmaster.pid"
    lines = file.read_text().splitlines()
    server.stop()

    file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.start()

    assert await ask(server, "SELECT 1") == 1


async def test_an_initdb_cut_short_is_done_again(root: Path) -> None:
    (root / "half" / "base").mkdir(parents=True)

    with servers.postgres(root) as server:
        assert await ask(server, "SELECT 1") == 1


async def test_it_listens_on_a_unix_socket_only(server: Postgres) -> None:
    assert await ask(server, "SHOW listen_addresses") == ""
    assert server.socket.stat().st_mode & 0o077 == 0


async def test_only_a_durable_cluster_pays_for_it(root: Path, server: Postgres) -> None:
    assert await ask(server, "SHOW fsync") == "off"

    with durable(root.parent / "durable") as lasting:
        assert await ask(lasting, "SHOW fsync") == "on"


async def test_text_is_ordered_and_folded_alike_on_every_machine(server: Postgres) -> None:
    ordered = "SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['b','B','a','张']) w"

    assert await ask(server, ordered) == "Bab张"
    assert await ask(server, "SELECT upper('é')") == "É"


def test_a_server_that_cannot_start_says_why(root: Path) -> None:
    with servers.postgres(root) as server:
        server.stop()
        (server.data / "postgresql.conf").write_text("no_such_setting = 1\n")

        with pytest.raises(RuntimeError, match="no_such_setting"):
            server.start()


def test_a_place_that_the_servers_account_cannot_reach_is_refused_before_initdb(
    root: Path,
) -> None:
    hidden = root.parent / "hidden"
    hidden.mkdir(mode=0o700)
    server = Postgres(hidden / "pg")
    server.account = pwd.getpwnam("nobody")  # as it is for root

    with pytest.raises(PermissionError, match="runs as nobody, who cannot reach"):
        server.start()
