"""Errands on a case: handing its task over, urging, showing it, moving it elsewhere."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from rules import refusal, text
from rules.refusal import Refused
from workflow import task
from workflow.case import Act
from workflow.command import Answer, Request
from workflow.receiver import Receiver
from workflow.task import LONGEST_COMMENT, Decision


async def transfer(
    request: Request, *, task_id: UUID, expected_version: int, person_id: UUID, reason: str
) -> Answer:
    """Give a task to one colleague (转办)."""
    decision = Decision(act=Act.TRANSFER, to=str(person_id), comment=reason)
    return unfit(reason) or await task.act(
        request, task_id=task_id, expected_version=expected_version, decision=decision
    )


async def urge(request: Request, *, case_id: UUID, expected_version: int, reason: str) -> Answer:
    """Ask whoever has the task to hurry (催办)."""
    wanted = replace(task.asked(request, Act.URGE, expected_version), comment=reason)
    return unfit(reason) or await task.on_case(request, case_id, wanted)


async def redirect(
    request: Request, *, case_id: UUID, expected_version: int, organisation_id: UUID, reason: str
) -> Answer:
    """Move the step of a case to another organisation (改派)."""
    wanted = task.asked(request, Act.REDIRECT, expected_version)
    wanted = replace(wanted, to=str(organisation_id), comment=reason)
    return unfit(reason) or await task.on_case(request, case_id, wanted)


async def show(
    request: Request,
    *,
    case_id: UUID,
    expected_version: int,
    receiver: Receiver,
    until: datetime,
    reason: str,
) -> Answer:
    """Let a person or an organisation read a case for a time (抄送)."""
    wanted = task.asked(request, Act.COPY, expected_version)
    wanted = replace(wanted, to=receiver.key, comment=reason, until=until)
    return unfit(reason) or await task.on_case(request, case_id, wanted, receiver)


async def add_signer(
    request: Request, *, case_id: UUID, expected_version: int, who: str, reason: str
) -> Answer:
    """Ask a colleague, or a group of the organisation, for an opinion besides (加签)."""
    wanted = replace(task.asked(request, Act.ADD_SIGNER, expected_version), to=who, comment=reason)
    return unfit(reason) or await task.on_case(request, case_id, wanted)


async def drop_signer(
    request: Request, *, case_id: UUID, expected_version: int, who: str, reason: str
) -> Answer:
    """Ask for it no more (减签)."""
    wanted = replace(task.asked(request, Act.DROP_SIGNER, expected_version), to=who, comment=reason)
    return unfit(reason) or await task.on_case(request, case_id, wanted)


def unfit(reason: str) -> Refused | None:
    """What is wrong with a reason before any command begins."""
    problems = text.check(reason, most=LONGEST_COMMENT, lines=True)
    return refusal.all_of([one.under("reason") for one in problems]) if problems else None
