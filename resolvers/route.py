"""The way of a case through its route: before it is sent, and while it is under way."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models import read, select, sources, task_sql
from models.read import Parameters, Row
from resolvers import ids, label
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.label import Label
from rules.refusal import Refused
from workflow import definition, describe, profile_subject, transition
from workflow import forecast as forecasts
from workflow.case import TERMINAL, Case, Status
from workflow.forecast import Prospect, Where
from workflow.task import ADAPTERS
from workflow.transition import Scene

OPEN_TO_CHANGE = frozenset({Status.DRAFT, Status.RETURNED})
SUBJECTS = {"Person": profile_subject.TYPE}  # others are named as their nodes are


@dataclass(frozen=True, kw_only=True)
class RoutePreviewInput:
    subject_id: ids.NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """One step of the way."""

    step: Label | None
    where: Where
    relation: Label
    organisation: str | None
    organisation_id: str | None
    groups: Sequence[Label]
    needs: int
    eligible: int
    workdays: int | None
    due_on: date | None
    skipped: Label | None
    stand_in: str | None
    stand_in_groups: Sequence[Label]
    refusal: Refused | None


async def preview(context: Context, *, input: RoutePreviewInput) -> Payload:
    """What would become of a subject if it were sent now, or becomes of it under way."""
    decoded = ids.decode(input.subject_id)
    kind = decoded and subject_type(decoded[0])
    if decoded is None or kind is None or not context.has_type(decoded[0]):
        return Refused("NOT_FOUND", {}, ("subjectId",))
    found = await readable(context, kind, *decoded)
    if found is None:
        return Refused("NOT_FOUND", {}, ("subjectId",))
    status = Status(found.status) if found.status else Status.DRAFT
    if status in TERMINAL and kind != profile_subject.TYPE:  # a profile is confirmed anew
        return Refused("CLOSED", {"status": status})
    sending = status in OPEN_TO_CHANGE | TERMINAL
    scene = (await scenes(context, kind, [decoded[1]], submitting=sending))[decoded[1]]
    return scene if isinstance(scene, Refused) else shown(context, scene, sending=sending)


def subject_type(type_name: str) -> str | None:
    """The kind of subject a node is; nothing, if it is none that takes a route."""
    snake = "".join(f"_{one.lower()}" if one.isupper() else one for one in type_name).lstrip("_")
    kind = SUBJECTS.get(type_name, snake)
    return kind if kind in ADAPTERS else None


async def readable(context: Context, kind: str, type_name: str, key: UUID) -> Row | None:
    """The row, if the viewer may read it, with the status of its case."""
    source = sources.BY_TYPE[type_name]
    p = Parameters([kind, key])
    sql = task_sql.SUBJECT.format(
        tables=source.tables,
        alias=source.alias,
        readable=select.allowed(source, context.me, p),
    )
    return await read.row(sql, p)


async def scenes(
    context: Context, kind: str, keys: Sequence[UUID], *, submitting: bool
) -> Mapping[UUID, Scene | Refused]:
    """What a decision would look at, in two statements however many there are."""
    return await transition.scenes_of(
        read.connection(), ADAPTERS[kind], keys, submitting=submitting, now=context.now
    )


def shown(context: Context, scene: Scene, *, sending: bool) -> dict[str, object]:
    """A preview as its payload."""
    case = Case(applicant=scene.before.applicant) if sending else scene.before
    return {
        "business": label.business(context, scene.route, scene.route.code),
        "route_version": scene.route.version,
        "steps": steps(context, scene, case),
        "diagram": drawn(context, scene.route.text, case),
    }


def steps(context: Context, scene: Scene, case: Case) -> list[RouteStep]:
    """The way, step by step."""
    stored = scene.standing.case
    due_at = stored.due_at if stored and case.step else None
    found = forecasts.prospects(scene.route, case, scene.facts, due_at=due_at)
    return [told(context, scene, one) for one in found]


def told(context: Context, scene: Scene, one: Prospect) -> RouteStep:
    """One step for the eye."""
    names = {body.id: body.name for body in scene.standing.chain}
    step = one.step
    called = scene.route.step(step.step).stand_in if step.stand_in else None
    return RouteStep(
        step=label.step(context, scene.route, step.step),
        where=one.where,
        relation=label.word(context, "relation", step.relation),
        organisation=names.get(step.org_id or ""),
        organisation_id=step.org_id,
        groups=[label.word(context, "group", group) for group in step.groups],
        needs=step.needs,
        eligible=step.eligible,
        workdays=step.due,
        due_on=one.due_on,
        skipped=label.word(context, "skipped", step.skipped) if step.skipped else None,
        stand_in=names.get(step.stand_in or ""),
        stand_in_groups=[
            label.word(context, "group", group) for group in (called.groups if called else ())
        ],
        refusal=step.problem,
    )


async def organisation(context: Context, row: RouteStep) -> str | None:
    """The name of who decides; a case may have been sent to a body outside the chain."""
    if row.organisation or row.organisation_id is None:
        return row.organisation
    found = context.one(sources.ORGANISATION, UUID(row.organisation_id))
    body = await found if found else None
    return body.name if body else None


async def forecast(context: Context, row: Row) -> list[RouteStep]:
    """What awaits a case; nothing, when it is over."""
    if row.status in TERMINAL:
        return []
    kind, sending = row.subject_type, row.status in OPEN_TO_CHANGE

    async def load(keys: list[UUID]) -> Mapping[UUID, Scene | Refused]:
        return await scenes(context, kind, keys, submitting=sending)

    loader = context.loader(("scenes", kind, sending), load)
    scene: Scene | Refused | None = await loader.load(row.subject_id)
    if scene is None or isinstance(scene, Refused):
        return []
    case = Case(applicant=scene.before.applicant) if sending else scene.before
    return steps(context, scene, case)


def diagram(context: Context, row: Row) -> str:
    """The route of a case as Mermaid: where it stands is thick, what is done is shaded."""
    return drawn(context, row.route_source, Case.from_state(json.loads(row.state)))


def drawn(context: Context, source: str, case: Case) -> str:
    """The diagram of a route around a case."""
    route = definition.pinned(source)
    done = forecasts.done(case)
    return describe.mermaid(route, context.language, here=case.step, done=done)
