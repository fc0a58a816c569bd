"""Delegation during absence (代理): given, revoked, and looked up when somebody decides by it.

No task moves. What a delegate may do is what his principal holds himself at that moment, as far
as it was handed over; what he received from others is not his to pass on.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models import access, delegation_sql, read
from models.access import Mandate, Viewer
from models.ids import uuid7
from models.notice import NoticeKind
from models.read import Connection, Parameters, Row
from rules import refusal, text
from rules.refusal import Refused
from workflow import command, definition, history, notice
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.notice import Telling
from workflow.vocabulary import Group

LONGEST_REASON = 500
LONGEST = timedelta(days=366)  # whoever is away longer gives up his group
REVIEWING = tuple(group.value for group in Group)
Seated = Mapping[UUID, frozenset[str]]  # by person, the groups he may give away


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Who shall decide for whom: in which groups (all he holds), on which routes (all), when."""

    principal_id: UUID
    delegate_id: UUID
    groups: Sequence[str] | None
    routes: Sequence[str]
    starts_at: datetime
    ends_at: datetime
    reason: str


async def give(request: Request, wanted: Wanted) -> Answer:
    """Let a colleague decide in one's own name, or as administrator in that of another."""
    refused = not_his_to_give(request.viewer, wanted) or unfit(wanted, request.now)
    if refused is not None:
        return refused

    async def verb(c: Connection) -> Answer:
        held = await seated(c, request.viewer.organisation_id)
        groups = sorted(wanted.groups or held.get(wanted.principal_id, frozenset()))
        problems = [*unstaffed(wanted, held, groups)]
        if problems:
            return refusal.all_of(problems)
        return await given(c, request, wanted, groups)

    asked = {name: getattr(wanted, name) for name in wanted.__slots__}
    return await command.once(request, "create_delegation", asked, verb)


async def given(c: Connection, request: Request, wanted: Wanted, groups: list[str]) -> Answer:
    """Write it, and tell both."""
    delegation_id, viewer = uuid7(), request.viewer
    who = (wanted.principal_id, wanted.delegate_id, viewer.organisation_id)
    what = (groups, sorted(set(wanted.routes)), wanted.starts_at, wanted.ends_at)
    why = (wanted.reason.strip(), viewer.person_id, request.now)
    await c.execute_query(delegation_sql.GIVE, [delegation_id, *who, *what, *why])
    await log(c, request, Tag.DELEGATION_GIVE, delegation_id)
    row = Row(
        id=delegation_id,
        principal_id=wanted.principal_id,
        delegate_id=wanted.delegate_id,
        groups=groups,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
    )
    await tell(c, request, NoticeKind.DELEGATION_GIVEN, row)
    return Done({"delegation": str(delegation_id)})


async def revoke(request: Request, *, delegation_id: UUID) -> Answer:
    """End it now: by whoever gave or received it, or by the administrator."""

    async def verb(c: Connection) -> Answer:
        p = Parameters([delegation_id])
        readable = access.delegations(request.viewer, p, "g")
        held = await read.row(delegation_sql.HOLD.format(readable=readable), p, on=c)
        if held is None:
            return Refused("NOT_FOUND", {}, ("delegationId",))
        if held.revoked_at is not None or held.ends_at <= request.now:
            return Refused("DELEGATION_OVER")
        by = [delegation_id, request.now, request.viewer.person_id]
        await c.execute_query(delegation_sql.REVOKE, by)
        await log(c, request, Tag.DELEGATION_REVOKE, delegation_id)
        await tell(c, request, NoticeKind.DELEGATION_REVOKED, held)
        return Done({"delegation": str(delegation_id)})

    return await command.once(request, "revoke_delegation", {"delegation": delegation_id}, verb)


async def mandate(
    c: Connection, request: Request, principal_id: UUID, task_id: UUID
) -> Mandate | None:
    """What the viewer may do on a task in this person's name now; none if it is not in force."""
    viewer = request.viewer
    values = [viewer.person_id, viewer.organisation_id, request.now, principal_id, task_id]
    found = await read.rows(delegation_sql.MANDATE, values, on=c)
    if not found or not viewer.has_business:
        return None
    return Mandate(
        principal_id=principal_id,
        groups=frozenset().union(*(row.groups for row in found)),
        routes=frozenset(),
        until=max(row.ends_at for row in found),
    )


def mandates(stored: str | None) -> tuple[Mandate, ...]:
    """Those of a viewer, as his session brings them."""
    return tuple(
        Mandate(
            principal_id=UUID(one["principal"]),
            groups=frozenset(one["groups"]),
            routes=frozenset(one["routes"]),
            until=datetime.fromisoformat(one["until"]),
        )
        for one in (json.loads(stored) if stored else ())
    )


def not_his_to_give(viewer: Viewer, wanted: Wanted) -> Refused | None:
    """One's own, or as administrator that of a colleague, but never to oneself."""
    if viewer.organisation_id is None:
        return Refused("NOT_YOURS_TO_DELEGATE")
    if wanted.principal_id != viewer.person_id and "unit_admin" not in viewer.groups:
        return Refused("NOT_YOURS_TO_DELEGATE", {}, ("principalId",))
    own = wanted.delegate_id == viewer.person_id
    return Refused("DELEGATE_TO_YOURSELF", {}, ("delegateId",)) if own else None


def unfit(wanted: Wanted, now: datetime) -> Refused | None:
    """What is wrong with it whoever they are."""
    problems = [*untimely(wanted, now), *unnamed(wanted), *unreasoned(wanted.reason)]
    return refusal.all_of(problems) if problems else None


def untimely(wanted: Wanted, now: datetime) -> Iterator[Refused]:
    """It ends after it begins, not in the past, and within a year."""
    if wanted.ends_at <= max(wanted.starts_at, now):
        yield Refused("DELEGATION_ENDS_EARLY", {}, ("endsAt",))
    elif wanted.ends_at - wanted.starts_at > LONGEST:
        yield Refused("DELEGATION_TOO_LONG", {"days": LONGEST.days}, ("endsAt",))


def unnamed(wanted: Wanted) -> Iterator[Refused]:
    """Two persons, groups that review, and routes there are."""
    if wanted.principal_id == wanted.delegate_id:
        yield Refused("DELEGATE_IS_PRINCIPAL", {}, ("delegateId",))
    if wanted.groups is not None and not wanted.groups:
        yield Refused("REQUIRED", {}, ("groups",))
    if set(wanted.routes) - set(definition.shipped()):
        yield Refused("UNKNOWN_ROUTE", {}, ("routes",))


def unreasoned(reason: str) -> Iterator[Refused]:
    """Everybody who sees it shall see why."""
    if text.blank(reason):
        yield Refused("REQUIRED", {}, ("reason",))
    for problem in text.check(reason, most=LONGEST_REASON, lines=True):
        yield problem.under("reason")


def unstaffed(wanted: Wanted, held: Seated, groups: Sequence[str]) -> Iterator[Refused]:
    """Both sit there, and the principal holds what is handed over."""
    if wanted.delegate_id not in held:
        yield Refused("NOT_SEATED_HERE", {}, ("delegateId",))
    if wanted.principal_id not in held:
        yield Refused("NOT_SEATED_HERE", {}, ("principalId",))
    elif not groups or not held[wanted.principal_id].issuperset(groups):
        missing = sorted(set(groups) - held[wanted.principal_id])
        yield Refused("GROUP_NOT_HELD", {"group": missing}, ("groups",))


async def seated(c: Connection, organisation_id: UUID | None) -> Seated:
    """Who sits in an organisation, and which reviewing groups he holds."""
    found = await read.rows(delegation_sql.COLLEAGUES, [organisation_id, [*REVIEWING], None], on=c)
    return {row.person_id: frozenset(row.groups or ()) for row in found}


async def log(c: Connection, request: Request, tag: Tag, delegation_id: UUID) -> None:
    """One line of history about a delegation."""
    await history.write(
        c,
        tag=tag,
        subject_type="delegation",
        subject_id=delegation_id,
        viewer=request.viewer,
        now=request.now,
    )


async def tell(c: Connection, request: Request, kind: NoticeKind, row: Row) -> None:
    """Both learn of it, but whoever did it himself."""
    term = {"from": row.starts_at.isoformat(), "until": row.ends_at.isoformat()}
    said: dict[str, Any] = {"group": row.groups, **term}
    to_delegate = Telling(kind=kind, to=row.delegate_id, about=row.principal_id, data=said)
    to_principal = Telling(
        kind=kind,
        to=row.principal_id,
        about=row.delegate_id,
        data={**said, "as": "principal"},
    )
    told = [one for one in (to_delegate, to_principal) if one.to != request.viewer.person_id]
    await notice.tell(c, *told, now=request.now)
