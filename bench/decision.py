"""`python -m bench.decision`: one decision, a race for it, and a batch of five hundred."""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg
from tortoise import Tortoise
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.transactions import in_transaction

import settings
from bench import town
from bench.recalculation import staffed, unhurried
from models import migrate, read
from models.access import Viewer
from models.ids import uuid7
from rules.refusal import Refused
from workflow import account, batch, command, task
from workflow.case import Act
from workflow.command import Done, Request
from workflow.task import Decision

AGREE = Decision(act=Act.AGREE_UP, comment="材料齐全")
# crowded: a unit's handlers, and how many tasks lie with them.
CROWDED = """
SELECT t.organisation_id, count(*) AS tasks FROM wf_task t JOIN wf_case c ON c.id = t.case_id
WHERE t.status = 'open' AND t.group_key = 'handler' AND t.reason = 'submitted'
  AND c.subject_type = 'training_record' GROUP BY 1 ORDER BY 2 DESC LIMIT $1
"""
HANDLERS = """
SELECT a.id AS account_id, s.id AS seat_id FROM seat s JOIN account a ON a.person_id = s.person_id
WHERE s.organisation_id = $1 AND 'handler' = ANY (s.groups) AND s.ended_at IS NULL
ORDER BY s.created_at, s.id LIMIT $2
"""
# hired: people of other units get a seat in this one, so that it has so many handlers.
HIRED = """
INSERT INTO seat (id, person_id, organisation_id, user_type, groups, duties, created_at)
SELECT gen_random_uuid(), person_id, $1, 'unit', '{handler}', '{}', now()
FROM account WHERE NOT EXISTS (
  SELECT FROM seat s WHERE s.person_id = account.person_id AND s.organisation_id = $1)
  AND person_id NOT IN (SELECT applicant_id FROM wf_case WHERE closed_at IS NULL)
ORDER BY id LIMIT $2
"""
# gathered: the tasks of others are given to one unit, whose handler has then five hundred, none of
# them about to be reminded of.
GATHERED = """
WITH given AS (
  SELECT id, case_id, organisation_id AS before FROM wf_task WHERE id = ANY ($2::uuid[])),
tasks AS (
  UPDATE wf_task t SET organisation_id = $1, due_at = now() + interval '9 days' FROM given
  WHERE t.id = given.id)
UPDATE wf_case c SET employer_id = $1,
  state = replace(state::text, given.before::text, $1::uuid::text)::jsonb
FROM given WHERE c.id = given.case_id
"""
TASKS = """
SELECT t.id, c.seq FROM wf_task t JOIN wf_case c ON c.id = t.case_id
WHERE t.organisation_id = $1 AND t.group_key = 'handler' AND t.status = 'open'
  AND t.reason = 'submitted' AND c.subject_type = 'training_record' ORDER BY t.id
"""
ANSWERS = """
SELECT count(answer) AS answered, count(*) FILTER (WHERE answer ? 'done') AS decided,
  array_agg(DISTINCT answer #>> '{refused,code}') FILTER (WHERE answer ? 'refused') AS refused
FROM decision_item WHERE batch_id = $1
"""
RACERS, RACES = 50, 100
Sent = list[tuple[str, Sequence[Any]]]


class RolledBack(Exception):
    """So that the same task can be decided again."""


def main() -> None:
    """Build or reuse the city, then measure."""
    parser = argparse.ArgumentParser(prog="bench.decision", description=__doc__)
    parser.add_argument("--persons", type=int, default=10_000, help="size of the city")
    given = parser.parse_args()
    with town.opened(given.persons) as place, staffed(place.variables):
        asyncio.run(measured(place.variables))


async def measured(variables: Mapping[str, str]) -> None:
    """The three figures."""
    config = unhurried(settings.tortoise(settings.read(variables)))
    await Tortoise.init(config=config, _enable_global_fallback=True)
    desks = [desk async for desk in found()]
    ours, theirs = await one_decision(config, *desks[0])
    print(f"decide {ours:.2f} ms, its statements alone {theirs:.2f} ms: {theirs / ours:.2f} ×")
    where, tasks = desks[0][0].organisation_id, [one for _, tasks in desks for one in tasks]
    await read.rows(GATHERED, [where, [id for id, _ in tasks[: RACES + batch.MOST]]])
    print(await races(await crowd(where), (await waiting(where))[:RACES]))
    print(await five_hundred(desks[0][0], (await waiting(where))[: batch.MOST]))
    await Tortoise.close_connections()


async def found() -> Any:
    """Reviewers with the tasks that lie with them, the longest inbox first."""
    for row in await read.rows(CROWDED, [400]):
        for viewer in await handlers(row.organisation_id, 1):
            yield viewer, await waiting(row.organisation_id)


async def waiting(organisation_id: UUID | None) -> list[tuple[UUID, int]]:
    """The tasks that lie with an organisation's handlers, as they are now."""
    return [(each.id, each.seq) for each in await read.rows(TASKS, [organisation_id])]


async def handlers(organisation_id: UUID | None, most: int) -> list[Viewer]:
    """So many people who review for an organisation."""
    seats = await read.rows(HANDLERS, [organisation_id, most])
    found = [await account.acting(one.account_id, one.seat_id, on_behalf=uuid7()) for one in seats]
    return [one for one in found if one]


async def crowd(organisation_id: UUID | None) -> list[Viewer]:
    """Fifty people who review for it."""
    there = await handlers(organisation_id, RACERS)
    await read.rows(HIRED, [organisation_id, RACERS - len(there)])
    return await handlers(organisation_id, RACERS)


async def one_decision(
    config: dict[str, Any], who: Viewer, tasks: Sequence[tuple[UUID, int]]
) -> tuple[float, float]:
    """Milliseconds of `decide`, and of the same statements by hand; each rolled back."""
    ours, theirs = [], []
    raw = await asyncpg.connect(**migrate.identity(config))
    for one in [each for each in tasks for _ in range(5)][:100]:
        with recorded() as sent:
            await undone(who, one)  # also warms what is cached
        began = time.perf_counter()
        await undone(who, one)
        between = time.perf_counter()
        await by_hand(raw, sent)
        ours.append(between - began)
        theirs.append(time.perf_counter() - between)
    await raw.close()
    return 1000 * median(ours), 1000 * median(theirs)


async def undone(who: Viewer, one: tuple[UUID, int]) -> None:
    """Decide a task, and take it back with the transaction."""
    try:
        async with in_transaction():
            answer = await decided(who, one)
            assert isinstance(answer, Done), answer
            raise RolledBack
    except RolledBack:
        pass


async def by_hand(raw: "asyncpg.Connection[asyncpg.Record]", sent: Sent) -> None:
    """What somebody would write who knows all the answers beforehand."""
    transaction = raw.transaction()
    await transaction.start()
    for sql, values in sent:
        await raw.fetch(sql, *values)
    await transaction.rollback()


@contextmanager
def recorded() -> Iterator[Sent]:
    """The statements of a transaction, with their values."""
    sent: Sent = []
    kept = TransactionWrapper.execute_query, TransactionWrapper.execute_query_dict

    async def query(self: Any, sql: str, values: Any = None) -> Any:
        sent.append((sql, list(values or ())))
        return await kept[0](self, sql, values)

    async def query_dict(self: Any, sql: str, values: Any = None) -> Any:
        sent.append((sql, list(values or ())))
        return await kept[1](self, sql, values)

    TransactionWrapper.execute_query = query  # type: ignore[method-assign]
    TransactionWrapper.execute_query_dict = query_dict  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        TransactionWrapper.execute_query = kept[0]  # type: ignore[method-assign]
        TransactionWrapper.execute_query_dict = kept[1]  # type: ignore[method-assign]


async def decided(who: Viewer, one: tuple[UUID, int]) -> command.Answer:
    """Agree, under a new key."""
    request = Request(viewer=who, key=str(uuid7()), now=datetime.now(UTC))
    return await task.decide(request, task_id=one[0], expected_version=one[1], decision=AGREE)


async def races(crowd: Sequence[Viewer], tasks: Sequence[tuple[UUID, int]]) -> str:
    """All of them at once for each task: one wins, and everybody else is told why not."""
    began, wins, told = time.perf_counter(), 0, Counter[str]()
    for one in tasks:
        answers = await asyncio.gather(*(decided(who, one) for who in crowd))
        wins += sum(isinstance(each, Done) for each in answers) == 1
        told.update(each.code for each in answers if isinstance(each, Refused))
    seconds = time.perf_counter() - began
    return f"{wins} of {len(tasks)} races of {len(crowd)} had one winner, {seconds:.1f} s; {told}"


async def five_hundred(who: Viewer, tasks: Sequence[tuple[UUID, int]]) -> str:
    """A batch as large as may be, of one reviewer, all his to decide."""
    request = Request(viewer=who, key=str(uuid7()), now=datetime.now(UTC))
    began = time.perf_counter()
    answer = await batch.decide(request, tasks=tasks, decision=AGREE)
    assert isinstance(answer, Done)
    while (one := await read.row(ANSWERS, [answer.data["batch"]])).answered < len(tasks):  # type: ignore[union-attr]
        await asyncio.sleep(0.02)
    seconds = time.perf_counter() - began
    return (
        f"a batch of {len(tasks)}: {seconds:.1f} s, {one.decided} decided, refused: {one.refused}"  # type: ignore[union-attr]
    )


if __name__ == "__main__":
    main()
