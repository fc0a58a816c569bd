"""`python -m bench.visibility`: what conditions of access cost an inbox, and sign-ins in memory."""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import httpx
from tortoise import Tortoise

import settings
from bench import __main__ as reads
from bench import town
from bench.decision import found
from models import access, migrate, read, select
from models.access import Viewer
from models.picture import Gate
from resolvers.context import Context, Limits, clock
from schema import api, limits
from schema.rate import Allowance
from workflow import attachment

INBOX = (Path(__file__).parent / "questions/inbox.graphql").read_text(encoding="utf-8")
ROUNDS = 400
MOST_ADDED = 0.10  # of the same query without conditions
SIGN_IN = """mutation($login: String!) {
  signIn(input: { login: $login, password: "wrong, and as much work" }) { __typename } }"""
CROWD, PAIR = 100, 2
Statement = tuple[str, list[Any]]


def main() -> None:
    """Build or reuse the city, then measure."""
    parser = argparse.ArgumentParser(prog="bench.visibility", description=__doc__)
    parser.add_argument("--persons", type=int, default=10_000, help="size of the city")
    given = parser.parse_args()
    with town.opened(given.persons) as place:
        print(*asyncio.run(conditions(place.variables)), sep="\n")
        peaks = {number: signed_in(place.variables, number) for number in (PAIR, CROWD)}
    print(memory(peaks))


async def conditions(variables: Mapping[str, str]) -> list[str]:
    """Milliseconds of the inbox with its conditions, and with none but whose desk it is."""
    config = settings.tortoise(settings.read(variables))
    await Tortoise.init(config=config, _enable_global_fallback=True)
    who, _ = await anext(found())
    ours = await sent(who)
    with without_conditions():
        bare = await sent(who)
    await Tortoise.close_connections()
    raw = await asyncpg.connect(**migrate.identity(config))
    with_them, without = await timed(raw, ours, bare)
    await raw.close()
    added = with_them / without - 1
    verdict = "within" if added <= MOST_ADDED else "NOT within"
    return [
        f"inbox {with_them:.2f} ms, without conditions {without:.2f} ms:"
        f" {with_them / without:.3f} x, {verdict} {1 + MOST_ADDED:.2f} x",
        f"conditions make {len(ours[0]):,} characters of SQL out of {len(bare[0]):,}",
    ]


async def sent(who: Viewer) -> Statement:
    """The one statement an inbox is read by."""
    statements: list[Statement] = []
    kept = read.records

    async def records(sql: str, p: Any = ()) -> list[Any]:
        statements.append((sql, list(p)))
        return await kept(sql, p)

    read.records = records
    try:
        result = await views().of(who).execute(INBOX, context_value=context(who))
    finally:
        read.records = kept
    assert result.errors is None, result.errors
    (one,) = statements
    return one


def views() -> api.Views:
    """The schema behind a gate that lets everything through."""
    plenty = Allowance(cost=10**9, per_minute=10**9)
    return api.guarded(limits.Gate(limits.Limits(cost=plenty, cost_reviewer=plenty)))


def context(who: Viewer) -> Context:
    """One operation."""
    upload = attachment.Limits(max_bytes=20 << 20, files_per_record=10)
    allowed = Limits(upload=upload, session_hours=8, idle=timedelta(minutes=30))
    return Context(viewer=who, now=clock(), language="zh-CN", limits=allowed)


@contextmanager
def without_conditions() -> Iterator[None]:
    """No condition at any relation; the desk is named, or it would be another inbox."""
    kept = select.allowed, Gate.__call__

    def desk(source: Any, viewer: Any, p: Any) -> str:
        return access.tasks(viewer, p, source.alias) if source.alias == "t" else "true"

    select.allowed = desk
    Gate.__call__ = lambda *_: "true"  # type: ignore[method-assign]
    try:
        yield
    finally:
        select.allowed = kept[0]
        Gate.__call__ = kept[1]  # type: ignore[method-assign]


async def timed(raw: Any, *both: Statement) -> tuple[float, float]:
    """The medians of two statements that answer alike, in turn, in milliseconds."""
    answers = [await raw.fetch(sql, *values) for sql, values in both]
    assert answers[0] == answers[1] and answers[0], "they answer otherwise"
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for (sql, values), mine in zip(both, spent, strict=True):
            began = time.perf_counter()
            await raw.fetch(sql, *values)
            mine.append(time.perf_counter() - began)
    return 1000 * median(spent[0]), 1000 * median(spent[1])


def signed_in(variables: Mapping[str, str], number: int) -> float:
    """By how many MiB a fresh server grows at its peak while so many sign in at once."""
    given = {**variables, "JIJIAO_SIGN_IN_RATE": "1000000", "JIJIAO_PORT": str(reads.PORT)}
    command = [sys.executable, str(town.CHECKOUT), "serve"]
    environment = {"PATH": os.defpath, **given}
    process = subprocess.Popen(command, env=environment, cwd=town.CHECKOUT)
    try:
        reads.wait(process)
        asyncio.run(crowd(1, "warm"))
        before = resident(process.pid, "VmRSS")
        asyncio.run(crowd(number, f"crowd{number}"))
        return resident(process.pid, "VmHWM") - before
    finally:
        process.terminate()
        process.wait()


async def crowd(number: int, name: str) -> None:
    """So many strangers, each with a login of his own; an unknown one costs as much as a known."""
    limits = httpx.Limits(max_connections=number)
    async with httpx.AsyncClient(limits=limits, timeout=120) as client:
        bodies = [{"query": SIGN_IN, "variables": {"login": f"{name}{n}"}} for n in range(number)]
        answers = await asyncio.gather(*(client.post(reads.URL, json=body) for body in bodies))
    assert {one.json()["data"]["signIn"]["__typename"] for one in answers} == {"Refusal"}


def resident(process: int, what: str) -> float:
    """Memory of a process, in MiB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    (line,) = [one for one in status.splitlines() if one.startswith(f"{what}:")]
    return int(line.split()[1]) / 1024


def memory(peaks: Mapping[int, float]) -> str:
    """The crowd beside the pair that is let in at a time."""
    ratio = peaks[CROWD] / peaks[PAIR]
    return (
        f"{CROWD} sign-ins at once grow the server by {peaks[CROWD]:.0f} MiB,"
        f" {PAIR} by {peaks[PAIR]:.0f} MiB: {ratio:.2f} x for {CROWD // PAIR} x as many"
    )


if __name__ == "__main__":
    main()
