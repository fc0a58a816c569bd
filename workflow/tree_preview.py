"""What a change of the tree would move and what stays, told before anybody decides."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from models import read, standing, tree_sql
from models.access import Viewer
from models.organisation import UnitKind
from models.read import Row
from models.standing import Body, Standing
from rules.refusal import Refused
from workflow import definition, merger, tree, tree_case, tree_form
from workflow.tree_case import MOST, Fate, Place
from workflow.vocabulary import Relation

GRANT = "grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGroup:
    """Open cases of one route at one step that have the same fate."""

    route: str
    step: str | None
    fate: Fate
    lacking: tuple[Relation, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Who and what moves; `grants` are applications for seats, which are made anew."""

    organisation_id: UUID
    other_id: UUID
    unit_kind: UnitKind | None
    bodies: Sequence[UUID]
    people: int
    seats: int
    grants: int
    cases: Sequence[CaseGroup] = field(default_factory=tuple)
    refusal: Refused | None = None


async def reaffiliation(
    viewer: Viewer, *, organisation_id: UUID, superior_id: UUID
) -> Preview | Refused:
    """What would move with a body that is put below another."""
    found = await asked(organisation_id, superior_id)
    body, above = found.get(organisation_id), found.get(superior_id)
    refused = tree_form.without_duty(viewer)
    if refused := refused or tree.misplaced(viewer, body, above):
        return refused
    assert body is not None and above is not None
    affiliation = tree_form.affiliation(body.kind, above.kind)
    moving = await read.rows(tree_sql.MOVING, [body.id])
    upper = await chain(above.id)
    foot = replace(own(body), parent_id=str(above.id), unit_kind=affiliation)
    lower = {**{one.id: own(one) for one in moving}, body.id: foot}
    relations = {one.id: relations_of(one, body.id, upper, lower) for one in moving}
    left = tree_form.departed(body, [*above.ancestors, above.id])
    return await put_together(body, above.id, affiliation, moving, relations, left)


async def merging(viewer: Viewer, *, organisation_id: UUID, into_id: UUID) -> Preview | Refused:
    """What would go from one unit to another."""
    found = await asked(organisation_id, into_id)
    body, into = found.get(organisation_id), found.get(into_id)
    refused = tree_form.without_duty(viewer)
    if refused := refused or merger.unfit(viewer, body, into):
        return refused
    assert body is not None and into is not None
    moving = await read.rows(tree_sql.MOVING, [body.id])
    relations = {body.id: standing_of(into.id, await chain(into.id))}
    left = tree_form.departed(body, into.ancestors) | {str(body.id)}
    affiliation = UnitKind(into.unit_kind)
    return await put_together(body, into.id, affiliation, moving, relations, left)


async def asked(*ids: UUID) -> Mapping[UUID, Row]:
    """The bodies as they are; what somebody does meanwhile shows when it is done."""
    return {one.id: one for one in await read.rows(tree_sql.BODIES, [list(ids)])}


async def chain(organisation_id: UUID) -> list[Body]:
    """A body and the open ones above it."""
    return [own(one) for one in await read.rows(tree_sql.CHAIN, [organisation_id])]


def own(row: Row) -> Body:
    """A body as routing knows it."""
    above = row.parent_id and str(row.parent_id)
    return Body(
        id=str(row.id), name=row.name, kind=row.kind, parent_id=above, unit_kind=row.unit_kind
    )


def relations_of(
    one: Row, moved: UUID, upper: Sequence[Body], lower: Mapping[UUID, Body]
) -> tree_case.Bodies:
    """The bodies around one of the subtree, once the subtree stands elsewhere."""
    path = [*one.ancestors, one.id]
    kept = [lower[key] for key in path[path.index(moved) :] if key in lower]
    return standing_of(one.id, [*upper, *kept])


def standing_of(employer_id: UUID, around: Sequence[Body]) -> tree_case.Bodies:
    """The body of each relation, seen from an employer."""
    seen = Standing(employer_id=str(employer_id), case=None, chain=around, seats=())
    return standing.organisations(seen)


async def put_together(
    body: Row,
    other_id: UUID,
    affiliation: UnitKind | None,
    moving: Sequence[Row],
    relations: Mapping[UUID, tree_case.Bodies],
    left: frozenset[str],
) -> Preview:
    """Everything counted, with what stands in the way."""
    cases = grouped(await read.rows(tree_sql.PLACES, [body.id]), relations, left)
    carried = sum(one.count for one in cases if one.fate is not Fate.STAYS)
    too_many = Refused("TOO_MANY_CASES", {"maximum": MOST, "cases": carried})
    return Preview(
        organisation_id=body.id,
        other_id=other_id,
        unit_kind=affiliation,
        bodies=[one.id for one in moving],
        people=sum(one.people for one in moving),
        seats=sum(one.seats for one in moving),
        grants=sum(one.grants for one in moving),
        cases=cases,
        refusal=too_many if carried > MOST else None,
    )


def grouped(
    found: Sequence[Row], relations: Mapping[UUID, tree_case.Bodies], left: frozenset[str]
) -> list[CaseGroup]:
    """Open cases by route, step and fate, in the order of the routes."""
    counts: Counter[tuple[str, str | None, Fate, tuple[Relation, ...]]] = Counter()
    for row in found:
        if row.subject_type == GRANT or row.employer_id not in relations:
            continue
        route, bodies = definition.pinned(row.source), relations[row.employer_id]
        where = Place(status=row.status, step=row.step, org_id=row.org_id, stand_in=row.stand_in)
        fate = tree_case.fate(route, where, bodies, left)
        lacking = tree_case.lacking(route, where, bodies)
        counts[row.code, row.step, fate, lacking] += row.count
    return [
        CaseGroup(route=code, step=step, fate=fate, lacking=lacking, count=count)
        for (code, step, fate, lacking), count in counts.items()
    ]
