"""The commands `routes histories` and `routes export`: recorded cases replayed, and recorded."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise.context import TortoiseContext

from models import read
from models.read import Row
from workflow import definition, replay
from workflow.case import Case
from workflow.route import Route

if TYPE_CHECKING:
    from settings import Settings

FINE, FAULTY, UNKNOWN = 0, 1, 2
KEPT = Path(__file__).parents[1] / "tests" / "histories"  # only a checkout has them
CASE = "SELECT id, state FROM wf_case WHERE id = $1"
EVENTS = """
SELECT seq, kind, data, at, previous_hash, hash FROM wf_event WHERE case_id = $1 ORDER BY seq
"""
ROUTES = """
SELECT DISTINCT d.source FROM wf_event e JOIN wf_definition d ON d.digest = e.data->>'digest'
WHERE e.case_id = $1
"""


def main(settings: "Settings", arguments: Sequence[str]) -> int:
    """Replay files, or those of the checkout; 1 where one does not lead to its state."""
    paths = [Path(name) for name in arguments] or sorted(KEPT.glob("*.json"))
    if not paths:
        sys.stderr.write("routes histories FILE…\n")
        return UNKNOWN
    status = FINE
    for path in paths:
        found = list(checked(path))
        status = FAULTY if found else status
        for line in found or ["leads to its state"]:
            sys.stdout.write(f"{path.name}: {line}\n")
    return status


def checked(path: Path) -> Iterator[str]:
    """What is wrong with one file."""
    try:
        history = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        yield str(fault)
        return
    yield from replay.problems(history)


async def export(settings: "Settings", arguments: Sequence[str]) -> int:
    """Print a case as a history without names; 1 where its own history does not fit."""
    try:
        (case_id,) = map(UUID, arguments)
    except ValueError:
        sys.stderr.write("routes export CASE\n")
        return UNKNOWN
    async with TortoiseContext() as context:
        await context.init(config=settings.orm)
        history = await recorded(case_id)
    if history is None:
        sys.stderr.write(f"{case_id}: no such case\n")
        return UNKNOWN
    found = list(replay.problems(history))
    sys.stderr.write("".join(f"{line}\n" for line in found))
    text = json.dumps(replay.anonymous(history), ensure_ascii=False, indent=1)
    sys.stdout.write("" if found else f"{text}\n")
    return FAULTY if found else FINE


async def recorded(case_id: UUID) -> dict[str, Any] | None:
    """A case with its events and the texts of its routes, as the database keeps them."""
    row = await read.row(CASE, [case_id])
    if row is None:
        return None
    events = [written(one) for one in await read.rows(EVENTS, [case_id])]
    routes = [definition.pinned(one.source) for one in await read.rows(ROUTES, [case_id])]
    return replay.recorded(
        case_id=case_id,
        case=Case.from_state(json.loads(row.state)),
        routes=by_digest(routes),
        events=events,
    )


def by_digest(routes: Sequence[Route]) -> dict[str, Route]:
    """Routes by the fingerprint of their text."""
    return {one.digest: one for one in routes}


def written(row: Row) -> dict[str, Any]:
    """An event as JSON keeps it."""
    data, at = json.loads(row.data), row.at.isoformat()
    return {**vars(row), "data": data, "at": at}
