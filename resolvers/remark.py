"""Remarks: prepared texts of the viewer's organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models import select, sources
from models.read import Row
from resolvers import command, filter, ids
from resolvers.command import Payload
from resolvers.context import Context
from rules.refusal import Refused
from workflow import remark as verbs
from workflow.vocabulary import Act


@dataclass(frozen=True, kw_only=True)
class RemarkFilter:
    route: filter.Word | None = None
    step: filter.Word | None = None
    and_: list["RemarkFilter"] | None = None
    or_: list["RemarkFilter"] | None = None
    not_: "RemarkFilter | None" = None


@dataclass(frozen=True, kw_only=True)
class AddRemarkInput:
    route: str
    step: str
    act: Act | None = None
    text: str
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class RemoveRemarkInput:
    remark_id: ids.NodeId
    idempotency_key: str


async def remarks(context: Context, *, where: RemarkFilter | None = None) -> list[Row]:
    """All of them: one list per body, short by nature."""
    wanted = filter.condition(sources.REMARK.filters, where)
    return await select.every(
        sources.REMARK, context.me, wanted, order="m.route_code, m.step_key, m.id"
    )


async def presets(context: Context, row: Row) -> list[Row]:
    """The texts a reviewer may pick at this step."""
    viewer = context.me

    async def load(keys: list[UUID]) -> Mapping[UUID, list[Row]]:
        return await select.grouped(sources.REMARK, viewer, "organisation_id", keys)

    ours = await context.loader("remarks", load, list).load(row.organisation_id)
    here = (row.route_code, row.step_key)
    return [one for one in ours if (one.route_code, one.step_key) == here]


async def add(context: Context, *, input: AddRemarkInput) -> Payload:
    """A new text for one step of one business."""
    done: Any = await verbs.add(
        command.request(context, input),
        route_code=input.route,
        step_key=input.step,
        act=input.act,
        text=input.text,
    )
    if isinstance(done, Refused):
        return done
    remark = await command.again(context, sources.REMARK, done.data["remark"])
    return {"remark": remark, "replayed": done.replayed}


async def remove(context: Context, *, input: RemoveRemarkInput) -> Payload:
    """Take a text off the list."""
    remark = command.key(input.remark_id, "Remark", path="remarkId")
    if isinstance(remark, Refused):
        return remark
    done: Any = await verbs.remove(command.request(context, input), remark_id=remark)
    if isinstance(done, Refused):
        return done
    return {"removed_id": input.remark_id, "replayed": done.replayed}
