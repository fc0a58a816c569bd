"""Open cases when the tree moves under them: which stay, which begin their step elsewhere.

A task keeps its organisation (a snapshot) as long as that body is still above the employer. What
lies with one that is so no longer begins its step with the body in its place: what was said at
that step is said anew, what earlier steps decided stays. Where there is none, it is blocked.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models import read, tree_sql
from models.read import Connection, Row
from rules.refusal import Refused
from workflow import arrival, ledger, transition, watch
from workflow.case import Act, Case, Command, Event, Facts, Kind, Status
from workflow.command import Request
from workflow.route import Route
from workflow.subject import Change
from workflow.task import ADAPTERS
from workflow.transition import Scene
from workflow.vocabulary import Relation

MOST = 500  # cases that are carried along within one transaction


class Fate(StrEnum):
    """What becomes of an open case."""

    STAYS = "stays"
    FOLLOWS = "follows"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a case lies."""

    status: str
    step: str | None
    org_id: str | None
    stand_in: str | None


Bodies = Mapping[str, str | None]


def fate(route: Route, place: Place, bodies: Bodies, left: Collection[str]) -> Fate:
    """What becomes of a case: `bodies` by relation after the change, `left` those that go."""
    if place.step is None or place.status not in (Status.IN_REVIEW, Status.BLOCKED):
        return Fate.STAYS
    step = route.step(place.step)
    needed = [step.org, *([step.stand_in.org] if step.stand_in and place.stand_in else [])]
    there = all(bodies.get(one) is not None for one in needed)
    if place.status == Status.BLOCKED:
        return Fate.FOLLOWS if there else Fate.STAYS
    if not {place.org_id, place.stand_in}.intersection(left):
        return Fate.STAYS
    return Fate.FOLLOWS if there else Fate.BLOCKED


def lacking(route: Route, place: Place, bodies: Bodies) -> tuple[Relation, ...]:
    """Whose later steps would find nobody: such a case is withdrawn and handed in anew."""
    if place.step is None:  # it is with its applicant, and takes its route when it is sent
        return ()
    ahead = route.steps[route.order[place.step] + 1 :]
    return tuple(dict.fromkeys(one.org for one in ahead if bodies.get(one.org) is None))


async def followers(c: Connection, employers: Collection[UUID], left: Collection[str]) -> list[Row]:
    """The open cases that will follow, locked before anything is written."""
    return await read.rows(tree_sql.FOLLOWERS, [list(employers), sorted(left)], on=c)


def too_many(found: Collection[Row]) -> Refused | None:
    """One transaction carries so many and no more."""
    if len(found) <= MOST:
        return None
    return Refused("TOO_MANY_CASES", {"maximum": MOST, "cases": len(found)})


async def follow(
    c: Connection, request: Request, found: Collection[Row], left: Collection[str], reason: str
) -> int:
    """Let locked cases follow the tree as it is now; how many did."""
    followed = 0
    for kind in sorted({one.subject_type for one in found}):
        subjects = [one.subject_id for one in found if one.subject_type == kind]
        scenes = await transition.scenes_of(
            c, ADAPTERS[kind], subjects, submitting=False, now=request.now
        )
        for scene in scenes.values():
            followed += await carry(c, request, kind, scene, left, reason)
    return followed


async def carry(
    c: Connection,
    request: Request,
    kind: str,
    scene: Scene | Refused,
    left: Collection[str],
    reason: str,
) -> int:
    """Write what becomes of one locked case."""
    if isinstance(scene, Refused):
        return 0
    where = place(scene.before)
    if fate(scene.route, where, scene.facts.organisations, left) is Fate.STAYS:
        return 0
    actor = transition.actor(request.viewer)
    wanted = Command(act=Act.REDIRECT, actor=actor, comment=reason)
    told = tuple(events(scene.route, scene.before, scene.facts, wanted))
    entry = transition.entry_of(scene, request, wanted, told)
    await ledger.write(c, entry)
    await watch.tell(c, entry, scene.standing)
    change = Change(before=scene.before, after=entry.after, actor=actor, now=request.now)
    await ADAPTERS[kind].write(c, scene.subject, change)
    return 1


def place(case: Case) -> Place:
    """Where a case lies."""
    return Place(status=case.status, step=case.step, org_id=case.org_id, stand_in=case.stand_in)


def events(route: Route, case: Case, facts: Facts, wanted: Command) -> Iterator[Event]:
    """The step begins with the body in its place; one that has become its neighbour's is left."""
    assert case.step is not None
    skips, step = arrival.onward(route, facts, route.order[case.step])
    assert step is not None  # a step is only skipped for a neighbour that cannot be
    yield from skips
    hand = {
        "person": wanted.actor.person_id,
        "on_behalf_of": None,
        "people": sorted(wanted.actor.identities),
        "comment": wanted.comment,
        "at": facts.now.isoformat(),
    }
    here = arrival.place(step, facts)
    yield Event(Kind.REDIRECTED, {**hand, **here, "was": case.org_id})
    yield from arrival.consequences(step, facts)
