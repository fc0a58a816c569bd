"""Delegations of the test city, and viewers as their sessions would bring them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models import Task, read
from models.access import Viewer
from models.account_sql import MANDATED
from tests.factories.city import NOW, City
from tests.factories.record import done
from workflow import delegation, task
from workflow.case import Act
from workflow.command import Answer
from workflow.delegation import Wanted
from workflow.task import Decision

UNTIL = NOW + timedelta(days=7)
MINE = f"SELECT {MANDATED} FROM (SELECT $1::uuid AS person_id) a, "
MINE = MINE + "(SELECT $3::uuid AS organisation_id) t"


async def deputies(city: City) -> None:
    """People of the hospital who stand for others, and one who holds everything."""
    await city.person("deputy", "hospital", duties=("staff",))
    await city.person("chief", "hospital", "handler", "unit_leader")


def wanted(city: City, principal: str, delegate: str, **changes: Any) -> Wanted:
    """What somebody asks for; for a week, all groups and routes, unless said otherwise."""
    asked = Wanted(
        principal_id=city.viewers[principal].person_id,
        delegate_id=city.viewers[delegate].person_id,
        groups=None,
        routes=(),
        starts_at=NOW,
        ends_at=UNTIL,
        reason="出差一周",
    )
    return replace(asked, **changes)


async def asked(city: City, by: str, principal: str, delegate: str, **changes: Any) -> Answer:
    """The answer to somebody who wants to delegate."""
    return await delegation.give(city.request(by), wanted(city, principal, delegate, **changes))


async def given(
    city: City, principal: str, delegate: str, *, by: str | None = None, **changes: Any
) -> UUID:
    """A delegation, by the principal himself unless said otherwise."""
    answer = done(await asked(city, by or principal, principal, delegate, **changes))
    return UUID(answer.data["delegation"])


async def seen(city: City, who: str, now: datetime = NOW) -> Viewer:
    """Somebody with the mandates he has at that moment."""
    viewer = city.viewers[who]
    stored = await read.value(MINE, [viewer.person_id, now, viewer.organisation_id])
    return replace(viewer, mandates=delegation.mandates(stored))


async def decided(
    city: City,
    who: str,
    principal: str,
    task_id: UUID,
    act: Act,
    *,
    now: datetime = NOW,
    **words: Any,
) -> Answer:
    """The answer to a decision in another's name, made on what is there now."""
    row = await Task.get(id=task_id).select_related("case")
    name = city.viewers[principal].person_id
    return await task.decide(
        city.request(who, now=now),
        task_id=task_id,
        expected_version=row.case.seq,
        decision=Decision(act=act, on_behalf_of=name, **words),
    )
