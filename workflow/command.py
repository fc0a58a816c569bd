"""One command, one transaction: the idempotency key stands or falls with the effect."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from tortoise.transactions import in_transaction

from models import audit_sql
from models.access import Viewer
from models.ids import uuid7
from models.read import Connection
from rules import text
from rules.refusal import Refused
from workflow import audit, digest, failpoint

LONGEST_KEY = 255
TRIES = 3
# Serialisation failure, deadlock; a unique violation: somebody was faster, and is seen next time.
RUN_AGAIN = frozenset({"40001", "40P01", "23505"})
LOCK_TIMEOUT = "55P03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who asks, under which idempotency key, and what time the server accepted it."""

    viewer: Viewer
    key: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to a command that took effect: ids and numbers, fit for JSON."""

    data: Mapping[str, Any]
    replayed: bool = False


Answer = Done | Refused
Result = TypeVar("Result")
Verb = Callable[[Connection], Awaitable[Answer]]


async def once(request: Request, name: str, given: Mapping[str, Any], verb: Verb) -> Answer:
    """Run a verb at most once per key; a repeated key gets the first answer again.

    A refusal is an answer too. Errors of the world (serialisation, deadlock) are tried again,
    a lock that is not to be had in time is refused as BUSY, everything else is raised and
    leaves nothing behind.
    """
    if not request.key or text.check(request.key, most=LONGEST_KEY):
        return Refused("IDEMPOTENCY_KEY", {"maximum": LONGEST_KEY}, ("idempotencyKey",))
    wanted = digest.digest([name, given])
    return await again(lambda: attempt_once(request, name, given, verb, wanted))


async def again(attempted: Callable[[], Awaitable[Result]]) -> Result | Refused:
    """A transaction that loses a race is run again, and then sees who was faster."""
    attempt = 1
    while True:
        try:
            return await attempted()
        except Exception as error:
            state = sqlstate(error)
            if state == LOCK_TIMEOUT:
                return Refused("BUSY")
            if state not in RUN_AGAIN or attempt == TRIES:
                raise
            await asyncio.sleep(0.02 * 2**attempt)
            attempt += 1


async def attempt_once(
    request: Request, name: str, given: Mapping[str, Any], verb: Verb, wanted: str
) -> Answer:
    """The transaction itself: the key, the effect, and the row of the audit log."""
    async with in_transaction() as c:
        key = await take(c, request, wanted)
        if key is None:
            return await stored(c, request, wanted)
        answer = await verb(c)
        event = audit.of_command(request.viewer, name, request.key, given, answer)
        await c.execute_query(audit_sql.ANSWER, [*audit.row(event), written(answer), key])
        failpoint.hit(f"{name}:before_commit")
    failpoint.hit(f"{name}:after_commit")
    return answer


async def take(c: Connection, request: Request, wanted: str) -> UUID | None:
    """Insert the key; a second request with it waits here until the first has ended."""
    inserted = await c.execute_query_dict(
        "INSERT INTO wf_command (id, account_id, command_id, digest, created_at)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id",
        [uuid7(), request.viewer.account_id, request.key, wanted, request.now],
    )
    return inserted[0]["id"] if inserted else None


async def stored(c: Connection, request: Request, wanted: str) -> Answer:
    """The answer given before under this key."""
    found = await c.execute_query_dict(
        "SELECT digest, answer FROM wf_command WHERE account_id = $1 AND command_id = $2",
        [request.viewer.account_id, request.key],
    )
    if not found or found[0]["digest"] != wanted:
        return Refused("IDEMPOTENCY_KEY_REUSED", {}, ("idempotencyKey",))
    return read_back(found[0]["answer"])


def written(answer: Answer) -> str:
    """An answer as it is kept."""
    if isinstance(answer, Done):
        return json.dumps({"done": dict(answer.data)})
    refused = {"code": answer.code, "data": dict(answer.data), "path": list(answer.path)}
    return json.dumps({"refused": refused}, default=str)


def read_back(kept: str) -> Answer:
    """A kept answer as it was given."""
    answer = json.loads(kept)
    if "done" in answer:
        return Done(answer["done"], replayed=True)
    refused = answer["refused"]
    return Refused(refused["code"], refused["data"], tuple(refused["path"]))


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's code of an error, through the wrapping of the ORM."""
    return getattr(error.__cause__ or error, "sqlstate", None)


def constraint(error: BaseException) -> str | None:
    """The name of the violated constraint, through the wrapping of the ORM."""
    return getattr(error.__cause__ or error, "constraint_name", None)
