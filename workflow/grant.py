"""Grants (权限管理): a registered person applies for a seat, and cancels while it waits.

Whoever approves decides on a task like any other (`workflow.task`).
"""

from dataclasses import asdict
from uuid import UUID

from models import access, grant_sql, read
from models.ids import uuid7
from models.read import Connection, Parameters, Row
from rules import refusal
from rules.refusal import Refused
from workflow import command, grant_form, grant_subject, transition
from workflow.case import Act, Command
from workflow.command import Answer, Done, Request
from workflow.grant_form import Form
from workflow.grant_subject import GrantSubject


async def apply(request: Request, *, form: Form) -> Answer:
    """Apply for a seat of an organisation (申请新权限); the superior body decides."""
    if problems := grant_form.unfit(form):
        return refusal.all_of(problems)

    async def verb(c: Connection) -> Answer:
        await c.execute_query(grant_sql.LOCK, [request.viewer.person_id])
        row = await asked(c, request.viewer.person_id, form)
        wanted = Command(act=Act.SUBMIT, actor=transition.actor(request.viewer), comment=form.note)
        adapter = GrantSubject(row)
        return named(row.id, await transition.run(c, request, adapter, row.id, wanted))

    return await command.once(request, "apply_for_seat", {"form": asdict(form)}, verb)


async def cancel(request: Request, *, grant_id: UUID, expected_version: int) -> Answer:
    """Give an application up while it waits (取消)."""

    async def verb(c: Connection) -> Answer:
        p = Parameters([grant_id])
        readable = access.cases(request.viewer, p, "c")
        if await read.row(grant_sql.HOLD.format(readable=readable), p, on=c) is None:
            return Refused("NOT_FOUND", {}, ("grantId",))
        wanted = Command(
            act=Act.WITHDRAW,
            actor=transition.actor(request.viewer),
            expected_seq=expected_version,
        )
        adapter = grant_subject.ADAPTER
        return named(grant_id, await transition.run(c, request, adapter, grant_id, wanted))

    given = {"grant": grant_id, "version": expected_version}
    return await command.once(request, "cancel_grant", given, verb)


async def asked(c: Connection, person_id: UUID, form: Form) -> Row:
    """The application beside the tree as it is."""
    unit = form.new_unit
    values = [
        uuid7(),
        person_id,
        form.user_type,
        grant_form.code(form.unit_code),
        form.superior_id,
        unit and unit.name.strip(),
        unit and unit.unit_kind,
        sorted(set(form.work_fields)),
        form.note,
    ]
    found = await read.row(grant_sql.ASKED, values, on=c)
    assert found is not None
    return found


async def by_code(written: str) -> UUID | Refused | None:
    """The organisation a code names (检测); nothing where there is none."""
    code = grant_form.code(written)
    if isinstance(code, Refused):
        return code.under("code")
    found = await read.row(grant_sql.BY_CODE, [grant_form.organisation_part(code)])
    return found.id if found and grant_form.same_unit(code, found.unit_code) else None


def named(grant_id: UUID, answer: Answer) -> Answer:
    """The answer of a transition with the grant it was about."""
    if isinstance(answer, Refused):
        return answer
    return Done({**answer.data, "grant": str(grant_id)})
