"""Mergers (合并): one unit goes into another, with its people, seats, records and open cases.

The unit that is merged closes and keeps its history: ended seats, closed cases, what it decided.
"""

from collections.abc import Sequence
from uuid import UUID

from models import read, tree_sql
from models.access import Viewer
from models.ids import uuid7
from models.organisation import OrganisationKind, TreeChange
from models.read import Connection, Row
from rules.refusal import Refused
from workflow import command, staff, tree, tree_case, tree_form
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.tree_form import Grounds


async def merge(
    request: Request, *, organisation_id: UUID, into_id: UUID, grounds: Grounds
) -> Answer:
    """Let one unit go into another; both lie below the viewer's body."""
    if refused := tree.unfit(request, grounds):
        return refused

    async def verb(c: Connection) -> Answer:
        found = await tree.held(c, organisation_id, into_id)
        body, into = found.get(organisation_id), found.get(into_id)
        if refused := unfit(request.viewer, body, into, grounds):
            return refused
        assert body is not None and into is not None
        return await carry(c, request, body, into, grounds)

    asked = {"organisation": organisation_id, "into": into_id, **tree.given(grounds)}
    return await command.once(request, "merge_organisation", asked, verb)


def unfit(
    viewer: Viewer, body: Row | None, into: Row | None, grounds: Grounds | None = None
) -> Refused | None:
    """Why one cannot go into the other; a preview asks the same, without a day."""
    refused = tree_form.changeable(viewer, body, "organisationId")
    if refused := refused or tree_form.changeable(viewer, into, "intoId"):
        return refused
    assert body is not None and into is not None
    if body.id == into.id:
        return Refused("ALREADY_THERE", {"name": into.name}, ("intoId",))
    for one, at in ((body, "organisationId"), (into, "intoId")):
        if one.kind != OrganisationKind.UNIT:
            return Refused("UNITS_ONLY_MERGED", {"name": one.name}, (at,))
    return tree_form.too_early(grounds, body, into) if grounds else None


async def carry(c: Connection, request: Request, body: Row, into: Row, grounds: Grounds) -> Answer:
    """People first, since cases look at who is there; then what is open; then it closes."""
    await c.execute_query(tree_sql.DRAFTS, [body.id])
    await c.execute_query(tree_sql.SUBTREE, [body.id])
    left = tree_form.departed(body, into.ancestors) | {str(body.id)}
    if refused := tree_case.too_many(await tree_case.followers(c, [body.id], left)):
        return refused
    moving = await read.rows(tree_sql.STAFF, [body.id], on=c)
    await seat(c, request, body, into, [one.id for one in moving if one.what == "seat"])
    taken = await read.row(tree_sql.TAKE_CASES, [body.id, into.id], on=c)
    assert taken is not None
    seats = await tree.end(c, request, body, grounds, "merged")
    jobs = {one.id: uuid7() for one in moving if one.what == "employment"}
    await c.execute_query(tree_sql.TAKE_PEOPLE, [into.id, list(jobs.values()), list(jobs)])
    found = await tree_case.followers(c, [into.id], left)  # and what was sent again meanwhile
    await tree_case.follow(c, request, found, left, grounds.reason.strip())
    counts = {"people": len(jobs), "seats": seats, "records": taken.records, "cases": taken.cases}
    merged, took = TreeChange.MERGED, TreeChange.TOOK_OVER
    await tree.tell(c, request, merged, body.id, grounds, other=into.id, counts=counts)
    await tree.tell(c, request, took, into.id, grounds, other=body.id, counts=counts)
    return Done({"organisation": str(into.id), **counts})


async def seat(c: Connection, request: Request, body: Row, into: Row, held: Sequence[UUID]) -> None:
    """Whoever acts for the one acts for the other, with the groups and duties he had."""
    fresh = [uuid7() for _ in held]
    await c.execute_query(tree_sql.TAKE_SEATS, [body.id, into.id, fresh, held, request.now])
    for one in await read.rows(tree_sql.OPENED, [fresh], on=c):
        data = {"organisation": into.id, "groups": one.groups, "duties": one.duties}
        await staff.tell(c, request, Tag.SEAT_OPEN, one.id, data)
