"""Remarks (批注): prepared texts of an organisation, picked as the comment of an opinion."""

import unicodedata
from collections.abc import Iterator
from uuid import UUID

from models import read
from models.ids import uuid7
from models.read import Connection
from rules import refusal
from rules import text as texts
from rules.refusal import Refused
from workflow import command, definition, history
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.vocabulary import APPLICANT, Act

DUTY = "remarks"
LONGEST = 500

ADD = """
INSERT INTO remark (id, organisation_id, route_code, step_key, act, text, created_by_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
REMOVE = """
UPDATE remark SET deleted_at = $3 WHERE id = $1 AND organisation_id = $2 AND deleted_at IS NULL
RETURNING id
"""


async def add(
    request: Request, *, route_code: str, step_key: str, act: Act | None, text: str
) -> Answer:
    """Keep a text for one step of one business, for everybody of the viewer's organisation."""
    kept = unicodedata.normalize("NFC", text.strip())
    refused = without_duty(request)
    if refused:
        return refused
    problems = (*misplaced(route_code, step_key, act), *unusable(kept))
    if problems:
        return refusal.all_of(problems)
    place = [route_code, step_key, act.value if act else None, kept]

    async def verb(c: Connection) -> Answer:
        remark_id, viewer = uuid7(), request.viewer
        await c.execute_query(
            ADD, [remark_id, viewer.organisation_id, *place, viewer.person_id, request.now]
        )
        await tell(c, request, Tag.REMARK_ADD, remark_id)
        return Done({"remark": str(remark_id)})

    return await command.once(request, "add_remark", {"place": place}, verb)


async def remove(request: Request, *, remark_id: UUID) -> Answer:
    """Take a text off the list; opinions that used it keep their comment."""
    refused = without_duty(request)
    if refused:
        return refused

    async def verb(c: Connection) -> Answer:
        mine = [remark_id, request.viewer.organisation_id, request.now]
        if await read.row(REMOVE, mine, on=c) is None:
            return Refused("NOT_FOUND", {}, ("remarkId",))
        await tell(c, request, Tag.REMARK_REMOVE, remark_id)
        return Done({"remark": str(remark_id)})

    return await command.once(request, "remove_remark", {"remark": remark_id}, verb)


def without_duty(request: Request) -> Refused | None:
    """Only who keeps the remarks of an organisation changes them."""
    kept = request.viewer.organisation_id and DUTY in request.viewer.duties
    return None if kept else Refused("DUTY_REQUIRED", {"duty": DUTY})


def misplaced(route_code: str, step_key: str, act: Act | None) -> Iterator[Refused]:
    """There must be such a business, such a step of it, and such an act at that step."""
    route = definition.shipped().get(route_code)
    if route is None:
        yield Refused("UNKNOWN_ROUTE", {}, ("route",))
        return
    may = {step.key: step.may for step in route.steps} | {APPLICANT: frozenset({Act.SUBMIT})}
    if step_key not in may:
        yield Refused("UNKNOWN_STEP", {"steps": list(may)}, ("step",))
    elif act is not None and act not in may[step_key]:
        yield Refused("NOT_ALLOWED_HERE", {}, ("act",))


def unusable(text: str) -> Iterator[Refused]:
    """Something readable, and not too long for a comment."""
    if texts.blank(text):
        yield Refused("REQUIRED", {}, ("text",))
    for problem in texts.check(text, most=LONGEST, lines=True):
        yield problem.under("text")


async def tell(c: Connection, request: Request, tag: Tag, remark_id: UUID) -> None:
    """One line of history about a remark."""
    await history.write(
        c,
        tag=tag,
        subject_type="remark",
        subject_id=remark_id,
        viewer=request.viewer,
        now=request.now,
    )
