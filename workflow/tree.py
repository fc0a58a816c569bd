"""The tree of organisations (机构树), kept by the municipal bureau and by districts below them.

Each verb takes the lock of the tree first, so that two changes are made one after the other, and
leaves a line in the history of the body. What happens to open cases says `workflow.tree_case`.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from models import grant_sql, read, tree_sql
from models.access import Viewer
from models.ids import uuid7
from models.organisation import OrganisationKind, TreeChange
from models.read import Connection, Row
from rules import refusal
from rules.refusal import NOTHING, Refused
from workflow import command, grant_form, staff, tree_case, tree_form
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.tree_form import Grounds


async def establish(
    request: Request,
    *,
    kind: OrganisationKind,
    name: str,
    superior_id: UUID,
    unit_code: str | None,
    grounds: Grounds,
) -> Answer:
    """Put a new body below another (设立)."""
    code = tree_form.code(unit_code, kind)
    wrong = [code] if isinstance(code, Refused) else []
    if refused := unfit(request, grounds, *tree_form.named(name), *wrong):
        return refused

    async def verb(c: Connection) -> Answer:
        above = (await held(c, superior_id)).get(superior_id)
        refused = tree_form.takes(request.viewer, kind, above)
        if refused := refused or await known(c, code):
            return refused
        assert above is not None
        made = uuid7()
        affiliation = tree_form.affiliation(kind, above.kind)
        ancestors = [*above.ancestors, above.id]
        row = [made, kind, name.strip(), above.id, ancestors, affiliation, code, request.now]
        await c.execute_query(tree_sql.CREATE, row)
        after = {"name_after": name.strip(), "superior_after": above.id}
        await tell(c, request, TreeChange.CREATED, made, grounds, **after)
        return Done({"organisation": str(made)})

    asked = {"kind": kind, "name": name, "superior": superior_id, "code": code}
    return await command.once(request, "create_organisation", {**asked, **given(grounds)}, verb)


async def rename(request: Request, *, organisation_id: UUID, name: str, grounds: Grounds) -> Answer:
    """Give a body another name (更名); certificates and dossiers keep the one they say."""
    if refused := unfit(request, grounds, *tree_form.named(name)):
        return refused

    async def verb(c: Connection) -> Answer:
        body = await held_open(c, request.viewer, organisation_id, grounds)
        if isinstance(body, Refused):
            return body
        if body.name == name.strip():
            return Refused("NAME_UNCHANGED", {}, ("name",))
        await c.execute_query(tree_sql.RENAME, [body.id, name.strip()])
        names = {"name_before": body.name, "name_after": name.strip()}
        await tell(c, request, TreeChange.RENAMED, body.id, grounds, **names)
        return Done({"organisation": str(body.id)})

    asked = {"organisation": organisation_id, "name": name, **given(grounds)}
    return await command.once(request, "rename_organisation", asked, verb)


async def reaffiliate(
    request: Request, *, organisation_id: UUID, superior_id: UUID, grounds: Grounds
) -> Answer:
    """Put a body, with all below it, under another one (调整隶属关系)."""
    if refused := unfit(request, grounds):
        return refused

    async def verb(c: Connection) -> Answer:
        found = await held(c, organisation_id, superior_id)
        body, above = found.get(organisation_id), found.get(superior_id)
        if refused := misplaced(request.viewer, body, above, grounds):
            return refused
        assert body is not None and above is not None
        return await move(c, request, body, above, grounds)

    asked = {"organisation": organisation_id, "superior": superior_id, **given(grounds)}
    return await command.once(request, "reaffiliate_organisation", asked, verb)


def misplaced(
    viewer: Viewer, body: Row | None, above: Row | None, grounds: Grounds | None = None
) -> Refused | None:
    """Why a body cannot stand below another; a preview asks the same, without a day."""
    if refused := tree_form.changeable(viewer, body, "organisationId"):
        return refused
    assert body is not None
    if refused := tree_form.takes(viewer, body.kind, above):
        return refused
    assert above is not None
    if body.parent_id == above.id:
        return Refused("ALREADY_THERE", {"name": above.name}, ("superiorId",))
    return tree_form.too_early(grounds, body) if grounds else None


async def move(c: Connection, request: Request, body: Row, above: Row, grounds: Grounds) -> Answer:
    """Move the subtree in one statement, then what lies with bodies it has left."""
    subtree = [one.id for one in await read.rows(tree_sql.SUBTREE, [body.id], on=c)]
    ancestors = [*above.ancestors, above.id]
    left = tree_form.departed(body, ancestors)
    found = await tree_case.followers(c, subtree, left)
    if refused := tree_case.too_many(found):
        return refused
    affiliation = tree_form.affiliation(body.kind, above.kind)
    await c.execute_query(tree_sql.MOVE, [body.id, above.id, ancestors, affiliation])
    followed = await tree_case.follow(c, request, found, left, grounds.reason.strip())
    ends = {"superior_before": body.parent_id, "superior_after": above.id}
    counts = {"bodies": len(subtree), "cases": followed}
    await tell(c, request, TreeChange.REAFFILIATED, body.id, grounds, **ends, counts=counts)
    return Done({"organisation": str(body.id), **counts})


async def close(request: Request, *, organisation_id: UUID, grounds: Grounds) -> Answer:
    """Close a body that is empty (撤销); its administrators may be the last to leave."""
    if refused := unfit(request, grounds):
        return refused

    async def verb(c: Connection) -> Answer:
        body = await held_open(c, request.viewer, organisation_id, grounds)
        if isinstance(body, Refused):
            return body
        await c.execute_query(tree_sql.SUBTREE, [body.id])
        counts = await read.row(tree_sql.REMAINS, [body.id], on=c)
        assert counts is not None
        if refused := tree_form.remains(counts, body):
            return refused
        await end(c, request, body, grounds, "closed")
        await tell(c, request, TreeChange.CLOSED, body.id, grounds)
        return Done({"organisation": str(body.id)})

    asked = {"organisation": organisation_id, **given(grounds)}
    return await command.once(request, "close_organisation", asked, verb)


async def end(c: Connection, request: Request, body: Row, grounds: Grounds, why: str) -> int:
    """Nobody acts for a body any more, and each seat says so; how many there were."""
    values = [body.id, grounds.effective_on, request.now, grounds.reason.strip()[:200]]
    ended = await read.rows(tree_sql.CLOSE, values, on=c)
    for seat in ended:
        await staff.tell(c, request, Tag.SEAT_END, seat.id, {"why": why})
    return len(ended)


def unfit(request: Request, grounds: Grounds, *others: Refused) -> Refused | None:
    """Why a command is refused before anything is looked up."""
    if refused := tree_form.without_duty(request.viewer):
        return refused
    problems = [*others, *tree_form.unfit(grounds, request.now)]
    return refusal.all_of(problems) if problems else None


async def held(c: Connection, *ids: UUID) -> Mapping[UUID, Row]:
    """Some bodies as they are, under the lock of the tree."""
    await c.execute_query(tree_sql.LOCK)
    return {one.id: one for one in await read.rows(tree_sql.BODIES, [list(ids)], on=c)}


async def held_open(
    c: Connection, viewer: Viewer, organisation_id: UUID, grounds: Grounds
) -> Row | Refused:
    """One body below the viewer's own, if it may change on that day."""
    body = (await held(c, organisation_id)).get(organisation_id)
    if refused := tree_form.changeable(viewer, body, "organisationId"):
        return refused
    assert body is not None
    return tree_form.too_early(grounds, body) or body


async def known(c: Connection, code: str | Refused | None) -> Refused | None:
    """A code that a body has already."""
    if not isinstance(code, str):
        return None
    found = await read.row(grant_sql.BY_CODE, [grant_form.organisation_part(code)], on=c)
    return Refused("UNIT_EXISTS", {"name": found.name}, ("unitCode",)) if found else None


def given(grounds: Grounds) -> dict[str, Any]:
    """The grounds, for what a key stands for."""
    return {"reason": grounds.reason, "effective_on": grounds.effective_on}


async def tell(
    c: Connection,
    request: Request,
    kind: TreeChange,
    organisation_id: UUID,
    grounds: Grounds,
    *,
    name_before: str | None = None,
    name_after: str | None = None,
    superior_before: UUID | None = None,
    superior_after: UUID | None = None,
    other: UUID | None = None,
    counts: Mapping[str, int] = NOTHING,
) -> None:
    """One line of the history of a body."""
    viewer = request.viewer
    row = [uuid7(), organisation_id, kind, grounds.effective_on, grounds.reason.strip()]
    who = [request.now, viewer.person_id, viewer.organisation_id]
    what = [name_before, name_after, superior_before, superior_after, other]
    await c.execute_query(tree_sql.EVENT, [*row, *who, *what, json.dumps(dict(counts))])
