"""Errands on cases: taking back, restating, handing over, urging, showing, moving elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.case_source import CASE
from models.sources import ORGANISATION, PERSON
from resolvers import command, decision, ids
from resolvers.command import Payload
from resolvers.context import Context
from rules.refusal import Refused
from workflow import errand, task
from workflow.command import Answer
from workflow.receiver import Receiver


@dataclass(frozen=True, kw_only=True)
class RecallCaseInput:
    case_id: ids.NodeId
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class RestateCaseInput:
    case_id: ids.NodeId
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class UrgeCaseInput:
    case_id: ids.NodeId
    reason: str = ""
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class CopyCaseInput:
    case_id: ids.NodeId
    to: ids.NodeId
    until: datetime
    reason: str
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class RedirectCaseInput:
    case_id: ids.NodeId
    organisation_id: ids.NodeId
    reason: str
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class SignerInput:
    case_id: ids.NodeId
    person_id: ids.NodeId | None = None
    group: str | None = None
    reason: str = ""
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class TransferTaskInput:
    task_id: ids.NodeId
    person_id: ids.NodeId
    reason: str = ""
    expected_version: int
    idempotency_key: str


async def recall(context: Context, *, input: RecallCaseInput) -> Payload:
    """Take a case back to the step that sent it on."""
    return await plainly(context, task.recall, input)


async def restate(context: Context, *, input: RestateCaseInput) -> Payload:
    """Adopt the content as it is now."""
    return await plainly(context, task.restate, input)


async def plainly(
    context: Context, verb: Any, given: RecallCaseInput | RestateCaseInput
) -> Payload:
    """A verb that is told nothing but the case."""
    case = command.key(given.case_id, "Case", path="caseId")
    if isinstance(case, Refused):
        return case
    request = command.request(context, given)
    done = await verb(request, case_id=case, expected_version=given.expected_version)
    return await told(context, done)


async def urge(context: Context, *, input: UrgeCaseInput) -> Payload:
    """Ask whoever has the task to hurry."""
    case = command.key(input.case_id, "Case", path="caseId")
    if isinstance(case, Refused):
        return case
    done = await errand.urge(
        command.request(context, input),
        case_id=case,
        expected_version=input.expected_version,
        reason=input.reason,
    )
    return await told(context, done)


async def copy(context: Context, *, input: CopyCaseInput) -> Payload:
    """Let somebody read a case for a time."""
    case = command.key(input.case_id, "Case", path="caseId")
    to = command.key(input.to, *PERSON.type_names, *ORGANISATION.type_names, path="to")
    if isinstance(case, Refused):
        return case
    if isinstance(to, Refused):
        return to
    done = await errand.show(
        command.request(context, input),
        case_id=case,
        expected_version=input.expected_version,
        receiver=receiver(input.to, to),
        until=input.until,
        reason=input.reason,
    )
    return await told(context, done)


def receiver(node_id: str, key: UUID) -> Receiver:
    """A person or an organisation, as the id says."""
    if not isinstance(command.key(node_id, *PERSON.type_names, path="to"), Refused):
        return Receiver(person_id=key)
    return Receiver(organisation_id=key)


async def redirect(context: Context, *, input: RedirectCaseInput) -> Payload:
    """Move the step to another organisation."""
    case = command.key(input.case_id, "Case", path="caseId")
    to = command.key(input.organisation_id, *ORGANISATION.type_names, path="organisationId")
    if isinstance(case, Refused):
        return case
    if isinstance(to, Refused):
        return to
    done = await errand.redirect(
        command.request(context, input),
        case_id=case,
        expected_version=input.expected_version,
        organisation_id=to,
        reason=input.reason,
    )
    return await told(context, done)


async def transfer(context: Context, *, input: TransferTaskInput) -> Payload:
    """Give a task to one colleague."""
    given = command.key(input.task_id, "Task", path="taskId")
    person = command.key(input.person_id, *PERSON.type_names, path="personId")
    if isinstance(given, Refused):
        return given
    if isinstance(person, Refused):
        return person
    done = await errand.transfer(
        command.request(context, input),
        task_id=given,
        expected_version=input.expected_version,
        person_id=person,
        reason=input.reason,
    )
    return await decision.told(context, given, done)


async def add_signer(context: Context, *, input: SignerInput) -> Payload:
    """Ask for one more opinion."""
    return await signing(context, errand.add_signer, input)


async def drop_signer(context: Context, *, input: SignerInput) -> Payload:
    """Ask for it no more."""
    return await signing(context, errand.drop_signer, input)


async def signing(context: Context, verb: Any, given: SignerInput) -> Payload:
    """A verb that is told a case, and a person or a group."""
    case, who = command.key(given.case_id, "Case", path="caseId"), signer(given)
    if isinstance(case, Refused):
        return case
    if isinstance(who, Refused):
        return who
    done = await verb(
        command.request(context, given),
        case_id=case,
        expected_version=given.expected_version,
        who=who,
        reason=given.reason,
    )
    return await told(context, done)


def signer(given: SignerInput) -> str | Refused:
    """The person or the group named; one of them, and not both."""
    if given.person_id is None:
        return given.group or Refused("REQUIRED", {}, ("personId",))
    if given.group is not None:
        return Refused("SIGNER_DOES_NOT_FIT", {}, ("group",))
    key = command.key(given.person_id, *PERSON.type_names, path="personId")
    return key if isinstance(key, Refused) else str(key)


async def told(context: Context, done: Answer) -> Payload:
    """The case after a verb."""
    if isinstance(done, Refused):
        return done
    case = await command.again(context, CASE, done.data["case"])
    return {"case": case, "replayed": done.replayed}
