"""Deciding tasks (审核): one, many, and who holds one meanwhile."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from models import access, read, task_sql
from models.access import Mandate, Viewer
from models.read import Connection, Parameters
from rules import refusal, text
from rules.refusal import Refused
from workflow import (
    amendment_subject,
    command,
    cycle_subject,
    delegation,
    digest,
    engine,
    grant_subject,
    profile_subject,
    training_subject,
    transition,
)
from workflow.case import APPLICANT, Act, Actor, Command, Offer
from workflow.command import Answer, Done, Request
from workflow.receiver import Receiver
from workflow.subject import Adapter
from workflow.vocabulary import REVIEWING

ADAPTERS: Mapping[str, Adapter] = {
    training_subject.TYPE: training_subject.ADAPTER,
    amendment_subject.TYPE: amendment_subject.ADAPTER,
    grant_subject.TYPE: grant_subject.ADAPTER,
    profile_subject.TYPE: profile_subject.ADAPTER,
    cycle_subject.TYPE: cycle_subject.ADAPTER,
}
MOST_INLINE = 50  # items of a batch in one request
LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer decides: the act, where a return goes, his words and his fields."""

    act: Act
    to: str = APPLICANT
    comment: str = ""
    remark_id: UUID | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    on_behalf_of: UUID | None = None


async def decide(
    request: Request, *, task_id: UUID, expected_version: int, decision: Decision
) -> Answer:
    """Give an opinion on the open task, inside or outward."""
    return unfit(decision) or await act(
        request, task_id=task_id, expected_version=expected_version, decision=decision
    )


def unfit(decision: Decision) -> Refused | None:
    """What is wrong with a decision before any command begins: nothing of it is kept."""
    if decision.act not in REVIEWING:  # the others have verbs of their own
        return Refused("NOT_ALLOWED_HERE", path=("act",))
    problems = text.check(decision.comment, most=LONGEST_COMMENT, lines=True)
    return refusal.all_of([one.under("comment") for one in problems]) if problems else None


async def act(
    request: Request, *, task_id: UUID, expected_version: int, decision: Decision
) -> Answer:
    """Any act on the open task, under the lock of its case."""

    async def verb(c: Connection) -> Answer:
        p = Parameters([task_id, decision.remark_id, request.viewer.organisation_id])
        readable = access.cases(request.viewer, p, "c")
        held = await read.row(task_sql.HOLD.format(readable=readable), p, on=c)
        if held is None:
            return Refused("NOT_FOUND")
        if decision.remark_id and held.remark is None:
            return Refused("REMARK_UNKNOWN", {}, ("remarkId",))
        actor = await acting(c, request, task_id, decision.on_behalf_of)
        if isinstance(actor, Refused):
            return actor
        wanted = Command(
            act=decision.act,
            actor=actor,
            to=decision.to,
            comment=decision.comment or held.remark or "",
            values=decision.values,
            expected_seq=expected_version,
        )
        adapter = ADAPTERS[held.subject_type]
        return await transition.run(c, request, adapter, held.subject_id, wanted, task_id=task_id)

    asked = {
        "task": task_id,
        "version": expected_version,
        "act": decision.act,
        "to": decision.to,
        "comment": decision.comment,
        "remark": decision.remark_id,
        "values": dict(decision.values),
        **({"for": decision.on_behalf_of} if decision.on_behalf_of else {}),
    }
    return await command.once(request, decision.act.value, asked, verb)


async def acting(
    c: Connection, request: Request, task_id: UUID, principal_id: UUID | None
) -> Actor | Refused:
    """Who decides: the viewer himself, or for whom he stands by what is in force now."""
    if principal_id is None:
        return transition.actor(request.viewer)
    mandate = await delegation.mandate(c, request, principal_id, task_id)
    if mandate is None:
        return Refused("NOT_DELEGATED", {}, ("onBehalfOf",))
    return transition.actor(request.viewer, mandate)


async def claim(
    request: Request, *, task_id: UUID, expected_version: int, on_behalf_of: UUID | None = None
) -> Answer:
    """Take a task so that colleagues leave it (签收)."""
    return await hold(request, Act.CLAIM, task_id, expected_version, on_behalf_of)


async def unclaim(
    request: Request, *, task_id: UUID, expected_version: int, on_behalf_of: UUID | None = None
) -> Answer:
    """Put one's task back (放回)."""
    return await hold(request, Act.UNCLAIM, task_id, expected_version, on_behalf_of)


async def release(
    request: Request, *, task_id: UUID, expected_version: int, on_behalf_of: UUID | None = None
) -> Answer:
    """Free a colleague's task, as unit administrator (释放); nobody can in another's name."""
    return await hold(request, Act.RELEASE, task_id, expected_version, on_behalf_of)


async def hold(
    request: Request,
    wanted: Act,
    task_id: UUID,
    expected_version: int,
    on_behalf_of: UUID | None,
) -> Answer:
    """An act on the task itself."""
    decision = Decision(act=wanted, on_behalf_of=on_behalf_of)
    return await act(request, task_id=task_id, expected_version=expected_version, decision=decision)


async def decide_many(
    request: Request, *, tasks: Sequence[tuple[UUID, int]], decision: Decision
) -> list[tuple[UUID, Answer]] | Refused:
    """The same decision on many tasks (批量审核), each a transaction of its own, in id order."""
    if refused := unfit_batch(tasks, decision, most=MOST_INLINE):
        return refused
    answers = {
        task_id: await decide_item(request, task_id, version, decision)
        for task_id, version in sorted(tasks)
    }
    return [(task_id, answers[task_id]) for task_id, _ in tasks]


def unfit_batch(
    tasks: Sequence[tuple[UUID, int]], decision: Decision, *, most: int
) -> Refused | None:
    """What is wrong with a batch before any of it is decided."""
    if len(tasks) > most:
        return Refused("BATCH_TOO_LARGE", {"maximum": most}, ("tasks",))
    if len({task_id for task_id, _ in tasks}) != len(tasks):
        return Refused("BATCH_REPEATS", {}, ("tasks",))
    return unfit(decision)


async def decide_item(request: Request, task_id: UUID, version: int, decision: Decision) -> Answer:
    """One task of a batch, under a key of its own: asked again, it is answered again."""
    one = replace(request, key=digest.digest([request.key, task_id]))
    return await decide(one, task_id=task_id, expected_version=version, decision=decision)


async def recall(request: Request, *, case_id: UUID, expected_version: int) -> Answer:
    """Take a case back that one's organisation has sent on (回收)."""
    return await on_case(request, case_id, asked(request, Act.RECALL, expected_version))


async def restate(request: Request, *, case_id: UUID, expected_version: int) -> Answer:
    """Adopt the content of a case as it is now and begin again with it (重新统计)."""
    return await on_case(request, case_id, asked(request, Act.RESTATE, expected_version))


def asked(request: Request, act: Act, expected_version: int) -> Command:
    """What the viewer asks of a case."""
    actor = transition.actor(request.viewer)
    return Command(act=act, actor=actor, expected_seq=expected_version)


async def on_case(
    request: Request, case_id: UUID, wanted: Command, receiver: Receiver | None = None
) -> Answer:
    """An act on a case, whoever has its task, under the lock of the case."""

    async def verb(c: Connection) -> Answer:
        p = Parameters([case_id])
        readable = access.cases(request.viewer, p, "c")
        held = await read.row(task_sql.HOLD_CASE.format(readable=readable), p, on=c)
        if held is None:
            return Refused("NOT_FOUND")
        adapter, known = ADAPTERS[held.subject_type], not receiver or await receiver.exists(c)
        answer = await transition.run(c, request, adapter, held.subject_id, wanted, known=known)
        if receiver and isinstance(answer, Done):
            await receiver.grant(c, answer, wanted.until, request.now)
        return answer

    given = {
        "case": case_id,
        "version": wanted.expected_seq,
        "to": wanted.to,
        "reason": wanted.comment,
        "until": wanted.until,
    }
    return await command.once(request, wanted.act.value, given, verb)


async def offers(
    viewer: Viewer,
    *,
    cases: Collection[tuple[str, UUID]],
    now: datetime,
    mandate: Mandate | None = None,
) -> dict[UUID, Mapping[Act, Offer]]:
    """What the viewer may do with each case now, by subject id; the same guards as the verbs."""
    actor = transition.actor(viewer, mandate)
    found: dict[UUID, Mapping[Act, Offer]] = {}
    for kind, adapter in ADAPTERS.items():
        wanted = [subject_id for subject_type, subject_id in cases if subject_type == kind]
        if wanted:
            found |= await offers_of(adapter, actor, wanted, now)
    return found


async def offers_of(
    adapter: Adapter, actor: Actor, subject_ids: Collection[UUID], now: datetime
) -> dict[UUID, Mapping[Act, Offer]]:
    """The same for one kind of subject: two statements however many there are."""
    scenes = await transition.scenes_of(
        read.connection(), adapter, subject_ids, submitting=False, now=now
    )
    return {
        subject_id: engine.available(scene.route, scene.before, actor, scene.facts)
        for subject_id, scene in scenes.items()
        if not isinstance(scene, Refused)
    }
