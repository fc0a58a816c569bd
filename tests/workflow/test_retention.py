"""Retention of the audit log: old rows go by one door, young ones by none, and seals stay."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from devserver.postgres import Postgres
from models import audit_sql, roles
from tests import servers
from tests.workflow.test_seal import KEYS, MANY, SIGNER, Connection, log, tampered
from workers import sealer
from workflow import seal

__all__ = ["log"]
TODAY = datetime.now(UTC)  # the database compares with its own clock
LAW = timedelta(days=184)
OLD, YOUNG = TODAY - timedelta(days=500), TODAY - timedelta(days=100)
KEPT_FROM = TODAY - timedelta(days=400)
COUNT = "SELECT count(*) FROM audit.audit_event WHERE action LIKE 'test:%'"
AGE = "UPDATE audit.audit_event SET at = $1 WHERE at > now() - interval '1 hour'"


@pytest.fixture
async def auditor(pg: Postgres, database: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(
        host=str(pg.socket), user=roles.AUDITOR, database=database, server_settings=seal.SESSION
    )
    yield connection
    await connection.close()


async def aged(log: Connection, at: datetime, rows: int = 3) -> seal.Seal:
    """A seal over rows that were written then, as time itself would have made them."""
    await log.execute(MANY, rows)
    await tampered(log, AGE, at)
    (made,) = await seal.seal(log, SIGNER, at)
    return made


async def wrong(log: Connection) -> list[str]:
    return (await seal.verify(log, KEYS, None, TODAY)).wrong


async def test_old_rows_go_and_the_proof_walks_on_over_their_seals(
    log: Connection, auditor: Connection
) -> None:
    first, second, third = [await aged(log, at) for at in (OLD, OLD, YOUNG)]

    removed = await seal.prune(auditor, KEPT_FROM)

    lines = [each.line for each in (first, second, third)]
    found = await seal.verify(log, KEYS, lines, TODAY)
    assert (removed, await log.fetchval(COUNT)) == (6, 3)
    assert (found.wrong, found.seals, found.pruned, found.rows) == ([], 3, 2, 4)


async def test_that_rows_went_is_a_row_itself_which_is_sealed(
    log: Connection, auditor: Connection
) -> None:
    await aged(log, OLD)
    await seal.prune(auditor, KEPT_FROM)

    told = await log.fetchval("SELECT detail FROM audit.audit_event WHERE action = 'audit:prune'")

    assert '"seal": 1' in told and '"rows": 3' in told
    assert [each.count for each in await seal.seal(log, SIGNER, TODAY)] == [1]
    assert await wrong(log) == []


async def test_a_seal_with_one_younger_row_keeps_all_of_them(
    log: Connection, auditor: Connection
) -> None:
    await log.execute(MANY, 2)
    await tampered(log, AGE, OLD)
    await log.execute(MANY, 1)
    await seal.seal(log, SIGNER, OLD)  # by a sealer whose clock is wrong

    assert await seal.prune(auditor, KEPT_FROM) == 0
    assert await log.fetchval(COUNT) == 3


async def test_nothing_goes_that_is_not_sealed(log: Connection, auditor: Connection) -> None:
    await log.execute(MANY, 3)
    await tampered(log, AGE, OLD)

    assert await seal.prune(auditor, KEPT_FROM) == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await log.execute("DELETE FROM audit.audit_event")


async def test_pruning_twice_removes_nothing_more(log: Connection, auditor: Connection) -> None:
    await aged(log, OLD)

    assert [await seal.prune(auditor, KEPT_FROM) for _ in range(2)] == [3, 0]
    assert await log.fetchval("SELECT count(*) FROM audit.audit_pruned") == 1


async def test_the_law_is_kept_by_the_database_whatever_is_asked(
    log: Connection, auditor: Connection
) -> None:
    await aged(log, TODAY - LAW + timedelta(hours=1))

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="184 days"):
        await seal.prune(auditor, TODAY - LAW + timedelta(hours=2))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await log.execute("DELETE FROM audit.audit_event")

    assert (await log.fetchval(COUNT), await wrong(log)) == (3, [])


@pytest.mark.parametrize("role", [roles.APP, roles.WORKER, roles.AUDITOR])
async def test_no_role_of_the_running_system_deletes(
    log: Connection, pg: Postgres, database: str, role: str
) -> None:
    await aged(log, OLD)
    theirs = await asyncpg.connect(host=str(pg.socket), user=role, database=database)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await theirs.execute("DELETE FROM audit.audit_event")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await theirs.execute("INSERT INTO audit.audit_pruned VALUES (1, now(), now(), 1)")
    await theirs.close()

    assert await log.fetchval(COUNT) == 3


@pytest.mark.parametrize("role", [roles.APP, roles.WORKER])
async def test_only_the_auditor_opens_the_door(
    log: Connection, pg: Postgres, database: str, role: str
) -> None:
    await aged(log, OLD)
    theirs = await asyncpg.connect(host=str(pg.socket), user=role, database=database)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await theirs.fetchrow(audit_sql.PRUNE, KEPT_FROM, 1)
    await theirs.close()

    assert await log.fetchval(COUNT) == 3


async def test_a_hole_that_pretends_to_be_old_is_found(log: Connection) -> None:
    await aged(log, YOUNG)
    await tampered(log, "DELETE FROM audit.audit_event WHERE action = 'test:2'")
    assert await wrong(log) == ["seal 1 covers 3 rows, there are 2"]

    await tampered(log, "DELETE FROM audit.audit_event")
    await log.execute("INSERT INTO audit.audit_pruned VALUES (1, now(), now(), 3)")

    assert await wrong(log) == ["the rows of seal 1 were removed before their term"]


async def test_rows_that_should_have_gone_and_stand_there_are_found(log: Connection) -> None:
    await aged(log, OLD)
    await log.execute("INSERT INTO audit.audit_pruned VALUES (1, now(), now(), 3)")

    assert await wrong(log) == ["seal 1 covers 0 rows, there are 3"]


@pytest.mark.parametrize("day", ["tomorrow", "2999-01-01", "2026-13-01"])
async def test_a_day_within_the_term_is_refused(
    log: Connection, pg: Postgres, database: str, day: str
) -> None:
    await aged(log, OLD)
    given = servers.configuration(pg, database)

    assert await sealer.main(given, ["prune", "--before", day]) == 2
    assert await log.fetchval(COUNT) == 3

    assert await sealer.main(given, ["prune"]) == 0
    assert await log.fetchval(COUNT) == 0


async def test_every_seal_can_be_exported_again(
    log: Connection, pg: Postgres, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = [await aged(log, at) for at in (OLD, YOUNG)]

    assert await sealer.main(servers.configuration(pg, database), ["heads"]) == 0

    assert capsys.readouterr().out.splitlines() == [each.line for each in made]
