"""Amending approved records (培训信息维护): one proposes, with a reason; another confirms.

Confirming, returning and rejecting are decisions on a task like any other (`workflow.task`), and
so is taking a proposal back while nobody has acted (`task.recall`).
"""

from uuid import UUID

from models import access, amendment_sql, declared, read
from models.access import Viewer
from models.amendment import AmendmentKind
from models.ids import uuid7
from models.read import Connection, Parameters, Row
from models.training import RecordStatus
from rules import dates, refusal, text
from rules.refusal import Refused
from workflow import amendment_subject, command, proof, training, transition
from workflow import proposal as proposals
from workflow.amendment_subject import AmendmentSubject
from workflow.case import Act, Command
from workflow.command import Answer, Done, Request
from workflow.proposal import Proposal

DUTY = "record_maintenance"


async def propose(
    request: Request, *, record_id: UUID, expected_version: int, proposal: Proposal
) -> Answer:
    """Propose to correct or to delete an approved record of one's unit, and send it up."""
    refused = without_duty(request.viewer) or proposals.unfit(proposal)
    if refused is not None:
        return refused

    async def verb(c: Connection) -> Answer:
        record = await hold(c, request.viewer, record_id, proposal)
        if record is None:
            return Refused("NOT_FOUND", {}, ("recordId",))
        refused = closed_to(request.viewer, record) or await training.outdated(
            c, record, expected_version
        )
        if refused is not None:
            return refused
        return await send(c, request, uuid7(), record, proposal)

    asked = {"record": record_id, "version": expected_version, **proposals.given(proposal)}
    return await command.once(request, "propose_amendment", asked, verb)


async def change(
    request: Request, *, amendment_id: UUID, expected_version: int, proposal: Proposal
) -> Answer:
    """Propose something else after a recall or a return, and send that up again."""
    refused = without_duty(request.viewer) or proposals.unfit(proposal)
    if refused is not None:
        return refused

    async def verb(c: Connection) -> Answer:
        held = await hold_case(c, request.viewer, amendment_id)
        record = held and await hold(c, request.viewer, held.record_id, proposal)
        if held is None or record is None:
            return Refused("NOT_FOUND", {}, ("amendmentId",))
        if refused := not_his(request.viewer, record) or keeps_kind(held, proposal):
            return refused
        return await send(c, request, amendment_id, record, proposal, expected_version)

    asked = {"amendment": amendment_id, "version": expected_version, **proposals.given(proposal)}
    return await command.once(request, "change_amendment", asked, verb)


async def withdraw(
    request: Request, *, amendment_id: UUID, expected_version: int, reason: str = ""
) -> Answer:
    """Give a proposal up for good; the record stays as it was.

    Its proposer does, or, when he has left while it lay with him, the administrator of the unit.
    """
    problems = text.check(reason, most=proposals.LONGEST_REASON, lines=True)
    if problems:
        return refusal.all_of([one.under("reason") for one in problems])

    async def verb(c: Connection) -> Answer:
        if await hold_case(c, request.viewer, amendment_id) is None:
            return Refused("NOT_FOUND", {}, ("amendmentId",))
        wanted = Command(
            act=Act.WITHDRAW,
            actor=transition.actor(request.viewer),
            comment=reason,
            expected_seq=expected_version,
        )
        adapter = amendment_subject.ADAPTER
        return named(amendment_id, await transition.run(c, request, adapter, amendment_id, wanted))

    asked = {"amendment": amendment_id, "version": expected_version, "reason": reason}
    return await command.once(request, "withdraw_amendment", asked, verb)


async def send(
    c: Connection,
    request: Request,
    amendment_id: UUID,
    record: Row,
    proposal: Proposal,
    expected_seq: int | None = None,
) -> Answer:
    """Submit a proposal with its files, which is written if the engine accepts it."""
    before = None if expected_seq is None else amendment_id
    proofs = await proof.chosen(
        c, request.viewer, record_id=record.id, amendment_id=before, wanted=proposal.proofs
    )
    if isinstance(proofs, Refused):
        return proofs
    record.proofs = proofs.kept
    problems = [*proposals.wrong(record, proposal, dates.shanghai_date(request.now))]
    if problems:
        return refusal.all_of(problems)
    statement = proposals.stated(amendment_id, record, request.viewer.person_id, proposal)
    if proposal.correction and not amendment_subject.changed_fields(
        statement.before, statement.proposed
    ):
        return Refused("NOTHING_CHANGED", {}, ("correction",))
    wanted = Command(
        act=Act.SUBMIT,
        actor=transition.actor(request.viewer),
        comment=proposal.reason,
        expected_seq=expected_seq,
    )
    adapter = AmendmentSubject(statement)
    answer = await transition.run(c, request, adapter, amendment_id, wanted)
    if isinstance(answer, Done):
        await proof.keep(c, request, amendment_id, proofs)
    return named(amendment_id, answer)


def named(amendment_id: UUID, answer: Answer) -> Answer:
    """The answer of a transition with the amendment it was about."""
    if isinstance(answer, Refused):
        return answer
    return Done({**answer.data, "amendment": str(amendment_id)})


def without_duty(viewer: Viewer) -> Refused | None:
    """Only who keeps the records of a unit amends them."""
    kept = viewer.organisation_id and DUTY in viewer.duties
    return None if kept else Refused("DUTY_REQUIRED", {"duty": DUTY})


def closed_to(viewer: Viewer, record: Row) -> Refused | None:
    """Why this viewer cannot propose to amend this record now."""
    if refused := not_his(viewer, record):
        return refused
    if record.deleted_at is not None:
        return Refused("DELETED")
    if record.status != RecordStatus.APPROVED:
        return Refused("NOT_APPROVED", {"status": record.status})
    return Refused("UNDER_AMENDMENT") if record.under_amendment else None


def not_his(viewer: Viewer, record: Row) -> Refused | None:
    """Why this viewer can never amend this record: not his duty, not his unit, or his own."""
    if refused := without_duty(viewer):
        return refused
    if record.employer_id != viewer.organisation_id:
        return Refused("OTHER_UNIT")
    return Refused("OWN_CASE") if record.person_id == viewer.person_id else None


def keeps_kind(held: Row, proposal: Proposal) -> Refused | None:
    """Values that were forgotten do not make a deletion of a correction."""
    forgotten = held.kind == AmendmentKind.CORRECT and proposal.correction is None
    return Refused("REQUIRED", {}, ("correction",)) if forgotten else None


async def hold(c: Connection, viewer: Viewer, record_id: UUID, proposal: Proposal) -> Row | None:
    """A record one may read, locked, with its files and its person as the rules read them."""
    organiser = proposal.correction and proposal.correction.organiser_id
    p = Parameters([record_id, organiser])
    readable = access.records(viewer, p, "r")
    held = await read.row(amendment_sql.HOLD_RECORD.format(readable=readable), p, on=c)
    if held is None:
        return None
    record = (await declared.read(c, [record_id], others=False))[record_id]
    record.organiser = held.organiser
    record.under_amendment = await read.value(amendment_sql.IS_UNDER_AMENDMENT, [record_id], on=c)
    return record


async def hold_case(c: Connection, viewer: Viewer, amendment_id: UUID) -> Row | None:
    """An amendment one may read: its case, locked."""
    p = Parameters([amendment_id])
    readable = access.cases(viewer, p, "c")
    return await read.row(amendment_sql.HOLD.format(readable=readable), p, on=c)
