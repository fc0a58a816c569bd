"""The city at scale keeps every invariant that COPY went round."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from tortoise.context import TortoiseContext

from devserver import city
from devserver.city import crowd, suburbs
from devserver.city.crowd import Share
from devserver.postgres import SUPERUSER, Postgres
from models import read
from models.read import Connection
from rules import dates
from tests import servers
from tests.devserver import lawful
from workflow import annual, definition

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PERSONS = suburbs.PER_UNIT + 20  # two units, so that processes are started


@dataclass(frozen=True)
class Crowded:
    db: Connection
    counted: Counter[str]
    indexes_before: list[str]
    indexes_after: list[str]


@pytest.fixture(scope="module")
async def crowded(
    pg: Postgres,
    admin: asyncpg.Connection[asyncpg.Record],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Crowded]:
    await admin.execute(f"CREATE DATABASE crowd TEMPLATE {servers.TEMPLATE} STRATEGY file_copy")
    config = servers.configuration(pg, "crowd").orm
    await city.build(config, storage=tmp_path_factory.mktemp("files"), now=NOW)
    before = await indexes(pg)
    counted = await city.scale(config, persons=PERSONS, now=NOW)
    context = TortoiseContext()
    with context:
        await context.init(config=config)
    yield Crowded(context.db(), counted, before, await indexes(pg))
    await context.close_connections()
    await admin.execute("DROP DATABASE crowd WITH (FORCE)")


async def column(crowded: Crowded, sql: str) -> list[Any]:
    found = await crowded.db.execute_query_dict(sql)
    return [next(iter(row.values())) for row in found]


async def indexes(pg: Postgres) -> list[str]:
    connection = await asyncpg.connect(host=str(pg.socket), user=SUPERUSER, database="crowd")
    found = await connection.fetch("SELECT indexdef FROM pg_indexes ORDER BY 1")
    await connection.close()
    return [str(row["indexdef"]) for row in found]


class TestCrowd:
    async def test_everybody_has_moved_in(self, crowded: Crowded) -> None:
        logins = await column(crowded, "SELECT login FROM account WHERE login ~ '^s[0-9]{7}$'")

        assert len(logins) == PERSONS

    async def test_the_counts_are_those_of_the_tables(self, crowded: Crowded) -> None:
        small = 104

        assert await column(crowded, "SELECT count(*) FROM person") == [
            small + crowded.counted["person"]
        ]

    async def test_ten_records_each_two_fifths_of_them_declared(self, crowded: Crowded) -> None:
        records, cases = (crowded.counted[table] for table in ("training_record", "wf_case"))

        assert 8 < records / PERSONS < 13
        assert 0.25 < cases / records < 0.6

    async def test_every_index_is_back(self, crowded: Crowded) -> None:
        assert crowded.indexes_after == crowded.indexes_before

    async def test_every_reference_finds_its_row(self, crowded: Crowded) -> None:
        assert await lawful.orphans(crowded.db) == []

    async def test_the_trigger_finds_no_unlawful_approval(self, crowded: Crowded) -> None:
        touched = await crowded.db.execute_query_dict(
            "UPDATE wf_case SET status = status WHERE status = 'approved' RETURNING id"
        )

        assert len(touched) > PERSONS  # and the constraint trigger let the commit pass

    async def test_chains_of_hashes_are_whole(self, crowded: Crowded) -> None:
        assert await lawful.broken_chains(crowded.db) == []

    async def test_every_state_is_the_fold_of_its_events(self, crowded: Crowded) -> None:
        assert await lawful.unlike_their_events(crowded.db) == []

    async def test_records_tasks_and_opinions_agree_with_their_case(self, crowded: Crowded) -> None:
        assert await lawful.disagreeing(crowded.db) == []

    async def test_what_is_open_can_be_decided(self, crowded: Crowded) -> None:
        assert await lawful.outdated_revisions(crowded.db, NOW) == []
        assert await column(crowded, "SELECT count(*) FROM wf_task WHERE status = 'open'") > [80]

    async def test_counting_again_says_the_same(self, crowded: Crowded) -> None:
        sample = "SELECT person_id FROM person_total ORDER BY md5(person_id::text) LIMIT 40"
        for person_id in await column(crowded, sample):
            given = await annual.load(person_id, on=crowded.db)

            assert given is not None
            verdicts = annual.judge(given, this_year=dates.shanghai_date(NOW).year)
            assert [annual.snapshot(given, one) for one in verdicts] == [None] * len(verdicts)


class TestShare:
    def test_is_the_same_every_time(self) -> None:
        share = Share(
            unit=0,
            first=0,
            persons=30,
            all_persons=30,
            now=NOW,
            definitions=tuple((one.digest, uuid4()) for one in definition.shipped().values()),
        )

        once, again = crowd.people_of(share), crowd.people_of(share)

        assert once.records == again.records
        assert once.columns == again.columns


async def test_a_crowd_needs_a_city(pg: Postgres, database: str) -> None:
    config = servers.configuration(pg, database).orm

    with pytest.raises(city.NotFounded):
        await city.scale(config, persons=5, now=NOW)

    async with TortoiseContext() as context:
        await context.init(config=config)
        assert await read.value("SELECT count(*) FROM organisation") == 0
