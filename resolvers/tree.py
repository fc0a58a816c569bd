"""The tree of organisations (机构树): its verbs, what they would move, the history of a body."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models import sources
from models.organisation import OrganisationKind
from models.read import Row
from models.tree_source import ORGANISATION_EVENT
from resolvers import command, ids, label
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.label import Label
from rules.refusal import Refused
from workflow import merger, tree, tree_preview
from workflow.command import Answer
from workflow.tree_form import Grounds
from workflow.tree_preview import CaseGroup, Preview

ORGANISATIONS = ("Unit", "Department", "Institution", "TrainingBase")
MOST_SHOWN = 100
Found = Awaitable[Row | None] | None


@dataclass(frozen=True, kw_only=True)
class CreateOrganisationInput:
    kind: OrganisationKind
    name: str
    superior_id: ids.NodeId
    unit_code: str | None = None
    reason: str
    effective_on: date
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class RenameOrganisationInput:
    organisation_id: ids.NodeId
    name: str
    reason: str
    effective_on: date
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class ReaffiliateOrganisationInput:
    organisation_id: ids.NodeId
    superior_id: ids.NodeId
    reason: str
    effective_on: date
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class MergeOrganisationInput:
    organisation_id: ids.NodeId
    into_id: ids.NodeId
    reason: str
    effective_on: date
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class CloseOrganisationInput:
    organisation_id: ids.NodeId
    reason: str
    effective_on: date
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class ReaffiliationPreviewInput:
    organisation_id: ids.NodeId
    superior_id: ids.NodeId


@dataclass(frozen=True, kw_only=True)
class MergerPreviewInput:
    organisation_id: ids.NodeId
    into_id: ids.NodeId


async def create(context: Context, *, input: CreateOrganisationInput) -> Payload:
    """Put a new body below another."""
    above = command.key(input.superior_id, *ORGANISATIONS, path="superiorId")
    if isinstance(above, Refused):
        return above
    done = await tree.establish(
        command.request(context, input),
        kind=input.kind,
        name=input.name,
        superior_id=above,
        unit_code=input.unit_code,
        grounds=grounds(input),
    )
    return await told(context, done)


async def rename(context: Context, *, input: RenameOrganisationInput) -> Payload:
    """Give a body another name."""
    body = command.key(input.organisation_id, *ORGANISATIONS, path="organisationId")
    if isinstance(body, Refused):
        return body
    request, why = command.request(context, input), grounds(input)
    done = await tree.rename(request, organisation_id=body, name=input.name, grounds=why)
    return await told(context, done)


async def reaffiliate(context: Context, *, input: ReaffiliateOrganisationInput) -> Payload:
    """Put a body below another."""
    found = two(input.organisation_id, input.superior_id, "superiorId")
    if isinstance(found, Refused):
        return found
    body, above = found
    request, why = command.request(context, input), grounds(input)
    done = await tree.reaffiliate(request, organisation_id=body, superior_id=above, grounds=why)
    return await told(context, done)


async def merge(context: Context, *, input: MergeOrganisationInput) -> Payload:
    """Let one unit go into another."""
    found = two(input.organisation_id, input.into_id, "intoId")
    if isinstance(found, Refused):
        return found
    body, into = found
    request, why = command.request(context, input), grounds(input)
    done = await merger.merge(request, organisation_id=body, into_id=into, grounds=why)
    return await told(context, done)


async def close(context: Context, *, input: CloseOrganisationInput) -> Payload:
    """Close a body."""
    body = command.key(input.organisation_id, *ORGANISATIONS, path="organisationId")
    if isinstance(body, Refused):
        return body
    request, why = command.request(context, input), grounds(input)
    return await told(context, await tree.close(request, organisation_id=body, grounds=why))


async def reaffiliation(context: Context, *, input: ReaffiliationPreviewInput) -> Payload:
    """What would move with a body."""
    found = two(input.organisation_id, input.superior_id, "superiorId")
    if isinstance(found, Refused):
        return found
    body, above = found
    return shown(
        await tree_preview.reaffiliation(context.me, organisation_id=body, superior_id=above)
    )


async def merging(context: Context, *, input: MergerPreviewInput) -> Payload:
    """What would go from one unit to another."""
    found = two(input.organisation_id, input.into_id, "intoId")
    if isinstance(found, Refused):
        return found
    body, into = found
    return shown(await tree_preview.merging(context.me, organisation_id=body, into_id=into))


def two(body: str, other: str, path: str) -> tuple[UUID, UUID] | Refused:
    """The body that changes, and the other one it has to do with."""
    first = command.key(body, *ORGANISATIONS, path="organisationId")
    second = command.key(other, *ORGANISATIONS, path=path)
    if isinstance(first, Refused):
        return first
    return second if isinstance(second, Refused) else (first, second)


def grounds(given: Any) -> Grounds:
    """Why, and since when."""
    return Grounds(reason=given.reason, effective_on=given.effective_on)


async def told(context: Context, done: Answer) -> Payload:
    """The body after a verb; after a merger the one that took the other over."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, sources.ORGANISATION, done.data["organisation"])
    return {"organisation": found, "replayed": done.replayed}


def shown(found: Preview | Refused) -> Payload:
    """A preview, if there is one."""
    return found if isinstance(found, Refused) else {"preview": found}


def other(context: Context, row: Any) -> Found:
    """The other body of a change."""
    return context.one(sources.ORGANISATION, row.other_id)


async def bodies(context: Context, row: Preview) -> list[Row]:
    """The first of those that move."""
    loading = [context.one(sources.ORGANISATION, one) for one in row.bodies[:MOST_SHOWN]]
    found = await asyncio.gather(*(one for one in loading if one is not None))
    return [one for one in found if one is not None]


def body_count(context: Context, row: Preview) -> int:
    """How many move."""
    return len(row.bodies)


def business(context: Context, row: CaseGroup) -> Label:
    """The business (所属业务) of some cases."""
    return label.business(context, label.shipped(row.route), row.route)


def step(context: Context, row: CaseGroup) -> Label | None:
    """The step they are at; none where they are with their applicants."""
    return label.step(context, label.shipped(row.route), row.step)


def fate(context: Context, row: CaseGroup) -> Label:
    """What becomes of them."""
    return label.word(context, "fate", row.fate)


def lacking(context: Context, row: CaseGroup) -> list[Label]:
    """Whose later steps would find nobody."""
    return [label.word(context, "relation", one) for one in row.lacking]


def history(context: Context, row: Row) -> Awaitable[list[Row]]:
    """What happened to a body, the latest first."""
    order = "oe.at DESC, oe.id DESC"
    return context.many(ORGANISATION_EVENT, "organisation_id", row.id, order)


def acting(context: Context, row: Row) -> Found:
    """The body for which it was done."""
    return context.one(sources.ORGANISATION, row.acting_id)


def superior_before(context: Context, row: Row) -> Found:
    """Below which body it stood."""
    return context.one(sources.ORGANISATION, row.superior_before_id)


def superior_after(context: Context, row: Row) -> Found:
    """Below which body it stands since then."""
    return context.one(sources.ORGANISATION, row.superior_after_id)


def official(context: Context, row: Row) -> str | None:
    """The name of who did it, as it is now."""
    name: str | None = row.official
    return name
