"""The command `routes migrate`: cases in flight, one by one, to another version of their route."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from models import changeover_sql, read
from models.ids import uuid7
from models.read import Connection, Row
from rules.refusal import Refused
from workflow import changeover, definition, ledger, message, transition
from workflow.changeover import Move, Obstacle, Plan
from workflow.route import Route
from workflow.task import ADAPTERS
from workflow.transition import Scene

if TYPE_CHECKING:
    from settings import Settings

FINE, LEFT, FAULTY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case: it moves, it stays for a reason, or there is nothing to move."""

    case_id: UUID
    answer: Move | Obstacle | None


async def main(settings: "Settings", arguments: Sequence[str]) -> int:
    """Print the outcome for each case; 1 where one stays that lies at a step, 2 for a bad plan."""
    given = parser().parse_args(arguments)
    async with TortoiseContext() as context:
        await context.init(config=settings.orm)
        plan = await planned(given)
        faults = [plan] if isinstance(plan, Obstacle) else changeover.faults(plan)
        if isinstance(plan, Obstacle) or faults:
            sys.stderr.write("".join(f"{said(one, given.language)}\n" for one in faults))
            return FAULTY
        return await run(plan, given)


def parser() -> ArgumentParser:
    """The arguments of `routes migrate`."""
    made = ArgumentParser(prog="jijiao routes migrate")
    for name in ("from", "to"):
        made.add_argument(
            f"--{name}", dest=f"{name}_", type=version, required=True, metavar="CODE:VERSION"
        )
    made.add_argument("--map", action="append", type=pair, default=[], metavar="OLD=NEW")
    made.add_argument("--dry-run", action="store_true", help="look at every case, write nothing")
    made.add_argument("--operator", default="", metavar="NAME", help="who does it; kept forever")
    made.add_argument("--language", choices=message.LANGUAGES, default=message.DEFAULT)
    return made


def version(text: str) -> tuple[str, int]:
    """CODE:VERSION as its parts."""
    code, _, number = text.rpartition(":")
    if not code or not number.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not CODE:VERSION, as declaration:1")
    return code, int(number)


def pair(text: str) -> tuple[str, str]:
    """OLD=NEW as its parts."""
    old, _, new = text.partition("=")
    if not old or not new:
        raise ArgumentTypeError(f"{text!r} is not OLD=NEW")
    return old, new


async def planned(given: Namespace) -> Plan | Obstacle:
    """The two texts as the database keeps them."""
    if not given.dry_run and not given.operator.strip():
        return Obstacle("no_operator")
    found: list[Route] = []
    for code, number in (given.from_, given.to_):
        source = await read.value(changeover_sql.DEFINITION, [code, number])
        if source is None:
            return Obstacle("not_published", {"code": code, "version": number})
        found.append(definition.pinned(source))
    return Plan(old=found[0], new=found[1], explicit=dict(given.map))


async def run(plan: Plan, given: Namespace) -> int:
    """Move what can be moved, and say of each case what became of it."""
    totals: Counter[str] = Counter()
    async for one in outcomes(plan, operator=given.operator.strip(), dry_run=given.dry_run):
        kind = told(one, dry_run=given.dry_run)
        totals[kind] += 1
        why = said(one.answer, given.language) if isinstance(one.answer, Obstacle) else ""
        notes = [word(note, given.language) for note in getattr(one.answer, "notes", ())]
        line = " ".join(filter(None, [str(one.case_id), word(kind, given.language), why, *notes]))
        sys.stdout.write(f"{line}\n")
    for kind, number in sorted(totals.items()):
        sys.stdout.write(f"{number} {word(kind, given.language)}\n")
    return LEFT if totals["stays"] else FINE


def told(one: Outcome, *, dry_run: bool) -> str:
    """One word for an outcome."""
    if isinstance(one.answer, Move):
        return "would_move" if dry_run else "moved"
    return "stays" if one.answer else "with_applicant"


def word(key: str, language: str) -> str:
    """A word of the catalogue."""
    return message.sentence(f"changeover.{key}", {}, language)


def said(obstacle: Obstacle, language: str) -> str:
    """Why not, in words."""
    return message.sentence(f"changeover.{obstacle.rule}", obstacle.data, language)


async def outcomes(plan: Plan, *, operator: str, dry_run: bool) -> AsyncIterator[Outcome]:
    """Case by case, each in a transaction of its own; run again, only what is left is looked at."""
    for row in await read.rows(changeover_sql.OPEN_CASES, [plan.old.digest]):
        async with in_transaction() as c:
            if await read.row(changeover_sql.HOLD, [row.id, plan.old.digest], on=c) is None:
                continue  # it has ended, or has been moved by somebody else
            now = await read.value("SELECT now()", on=c)
            yield Outcome(row.id, await moved(c, plan, row, now, operator, dry_run=dry_run))


async def moved(
    c: Connection, plan: Plan, row: Row, now: datetime, operator: str, *, dry_run: bool
) -> Move | Obstacle | None:
    """Decide about one locked case, and write it."""
    adapter = ADAPTERS[row.subject_type]
    found = await transition.scenes_of(c, adapter, [row.subject_id], submitting=False, now=now)
    scene = found[row.subject_id]
    if isinstance(scene, Refused):
        return Obstacle("no_scene", {"code": scene.code})
    facts = transition.facts_of(adapter, scene.subject, scene.standing, plan.new, now)
    answer = changeover.move(plan, scene.before, facts, operator=operator)
    if isinstance(answer, Move) and not dry_run:
        await write(c, plan, scene, answer, now)
    return answer


async def write(c: Connection, plan: Plan, scene: Scene, answer: Move, now: datetime) -> None:
    """One statement: events, task and case; one before it where steps are called otherwise."""
    stored = scene.standing.case
    assert stored is not None  # its row is locked
    if plan.renamed:
        await c.execute_query(changeover_sql.RENAME, [stored.id, json.dumps(plan.renamed)])
    values = [
        stored.id,
        now,
        json.dumps(sealed(stored.id, stored.last_hash, scene.before.seq, answer, now)),
        answer.after.step,
        answer.after.seq,
        json.dumps(answer.after.to_state()),
        plan.new.digest,
        scene.before.seq,
    ]
    if not await c.execute_query_dict(changeover_sql.MOVE, values):
        raise ledger.OutOfDate(str(stored.id))


def sealed(
    case_id: UUID, previous: str, last: int, answer: Move, now: datetime
) -> list[dict[str, object]]:
    """The events, each with the hash of the one before."""
    rows: list[dict[str, object]] = []
    for seq, event in enumerate(answer.events, start=last + 1):
        made = ledger.event_hash(previous, case_id, seq, event.kind, event.data, now)
        rows.append(
            {
                "id": str(uuid7()),
                "seq": seq,
                "kind": event.kind.value,
                "data": dict(event.data),
                "previous_hash": previous,
                "hash": made,
            }
        )
        previous = made
    return rows
