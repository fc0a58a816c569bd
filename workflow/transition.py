"""The one transaction of a case: look after the lock, decide without effects, write it all."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from models import standing
from models.access import Mandate, Viewer
from models.ids import uuid7
from models.read import Connection
from models.standing import Standing
from rules import dates
from rules.refusal import Refused
from workflow import definition, digest, engine, ledger, tick, watch
from workflow.case import TERMINAL, Act, Actor, Case, Command, Event, Facts
from workflow.command import Answer, Done, Request
from workflow.route import Route
from workflow.subject import Adapter, Change, Subject
from workflow.vocabulary import SIGNING

# What is no matter of the subject: who has the task, who is told, who may read.
ASIDE = SIGNING | {Act.TRANSFER, Act.URGE, Act.COPY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything a decision looks at, read under the lock."""

    subject: Subject
    standing: Standing
    route: Route
    before: Case
    facts: Facts


async def run(
    c: Connection,
    request: Request,
    adapter: Adapter,
    subject_id: UUID,
    command: Command,
    *,
    task_id: UUID | None = None,
    known: bool = True,
) -> Answer:
    """Decide one command on a subject whose case (if it has one) is locked, and write it."""
    scene = await look(c, request, adapter, subject_id, command)
    if isinstance(scene, Refused):
        return scene
    if not known:
        scene = replace(scene, facts=replace(scene.facts, known=False))
    decided = engine.decide(scene.route, scene.before, command, scene.facts)
    if isinstance(decided, Refused):
        return decided
    if task_id and task_id != open_task(scene):
        return Refused("TASK_OVER")
    wanted = entry_of(scene, request, command, decided)
    opened = None
    if decided:  # claiming what one holds already is done, and nothing happens
        opened = await ledger.write(c, wanted)
        await watch.tell(c, wanted, scene.standing)
        await follow(c, adapter, scene, wanted)
    return Done(
        {
            "case": str(wanted.case_id),
            "seq": wanted.after.seq,
            "status": wanted.after.status.value,
            "task": str(opened) if opened else None,
        }
    )


async def strike(
    c: Connection, adapter: Adapter, subject_id: UUID, now: datetime
) -> tuple[Event, ...]:
    """Let the clock strike for a subject whose case is locked; write what it has to tell."""
    scenes = await scenes_of(c, adapter, [subject_id], submitting=False, now=now)
    scene = scenes[subject_id]
    if isinstance(scene, Refused):
        return ()
    told = tick.tick(scene.route, scene.before, scene.facts)
    if told:
        struck = entry(scene, None, told, now=now)
        await ledger.write(c, struck)
        await watch.tell(c, struck, scene.standing)
    return told


def open_task(scene: Scene) -> UUID | None:
    """The task that is open now, if any."""
    stored = scene.standing.case
    return stored.open_task_id if stored else None


async def follow(c: Connection, adapter: Adapter, scene: Scene, wanted: ledger.Entry) -> None:
    """Tell the subject what became of its case, where that is anything to it."""
    if wanted.actor is not None and wanted.act not in ASIDE:
        change = Change(before=scene.before, after=wanted.after, actor=wanted.actor, now=wanted.now)
        await adapter.write(c, scene.subject, change)


def entry_of(
    scene: Scene, request: Request, command: Command, events: tuple[Event, ...]
) -> ledger.Entry:
    """What a command writes."""
    return entry(scene, command, events, key=request.key, now=request.now)


def entry(
    scene: Scene,
    command: Command | None,
    events: tuple[Event, ...],
    *,
    key: str = "",
    now: datetime,
) -> ledger.Entry:
    """What is to be written: the events and the case they lead to."""
    stored, after = scene.standing.case, scene.before
    for event in events:
        after = engine.evolve(scene.route, after, event)
    return ledger.Entry(
        case_id=stored.id if stored else uuid7(),
        subject=scene.subject,
        route=scene.route,
        stored=stored,
        before=scene.before,
        events=events,
        after=after,
        command=command,
        command_id=key,
        now=now,
    )


async def look(
    c: Connection, request: Request, adapter: Adapter, subject_id: UUID, command: Command
) -> Scene | Refused:
    """Read the subject, its case, the pinned route and the staff."""
    scenes = await scenes_of(
        c, adapter, [subject_id], submitting=command.act is Act.SUBMIT, now=request.now
    )
    return scenes[subject_id]


async def scenes_of(
    c: Connection,
    adapter: Adapter,
    subject_ids: Collection[UUID],
    *,
    submitting: bool,
    now: datetime,
) -> dict[UUID, Scene | Refused]:
    """The same for many, in two statements: what a page of tasks needs to offer its actions."""
    today = dates.shanghai_date(now)
    subjects = await adapter.read(c, subject_ids, submitting=submitting, today=today)
    employed = {one.id: one.employer_id for one in subjects.values() if one.employer_id}
    found = await standing.read(c, subject_type=adapter.type, subjects=employed)
    return {
        one.id: scene(adapter, one, found.get(one.id), submitting=submitting, now=now)
        for one in subjects.values()
    }


def scene(
    adapter: Adapter, subject: Subject, found: Standing | None, *, submitting: bool, now: datetime
) -> Scene | Refused:
    """Put together what was read."""
    if found is None:
        return Refused("NO_EMPLOYER")
    if submitting and begins_anew(subject, found):
        found = replace(found, case=None)
    stored = found.case
    chosen = (
        definition.pinned(stored.source)
        if stored and not submitting
        else definition.select(subject)
    )
    if isinstance(chosen, Refused):
        return chosen
    before = Case.from_state(stored.state) if stored else begun(subject)
    facts = facts_of(adapter, subject, found, chosen, now)
    return Scene(subject=subject, standing=found, route=chosen, before=before, facts=facts)


def begins_anew(subject: Subject, found: Standing) -> bool:
    """Is the last case over, and another one lawful? What was decided stays decided."""
    return subject.anew and found.case is not None and found.case.state["status"] in TERMINAL


def begun(subject: Subject) -> Case:
    """The case of a subject that was never submitted."""
    about = subject.concerns_id
    return engine.opening(
        applicant=str(subject.applicant_id), concerns=str(about) if about else None
    )


def parties(subject: Subject) -> frozenset[str]:
    """Who cannot count as staff of any step."""
    return begun(subject).parties


def facts_of(
    adapter: Adapter, subject: Subject, found: Standing, chosen: Route, now: datetime
) -> Facts:
    """What the engine may know of the world, nothing of it looked up later."""
    organisations = {**standing.organisations(found), **subject.named}
    staff = {
        step.key: standing.staff(
            found,
            organisation_id=organisations[step.org],
            groups=step.groups,
            without=parties(subject),
        )
        for step in chosen.steps
    }
    return Facts(
        organisations=organisations,
        revision=digest.digest(subject.content),
        parts=digest.parts(subject.content),
        eligible={step: len(seats) for step, seats in staff.items()},
        staffed={step: frozenset().union(*seats.values()) for step, seats in staff.items()},
        obstacles=subject.obstacles,
        unclean=subject.unclean,
        shortfall=subject.shortfall,
        unsettled=subject.unsettled,
        applicant_left=subject.applicant_left,
        business=subject.business,
        check_values=lambda values: adapter.check(subject, values),
        declared=subject.declared,
        conflict=found.case.last if found.case else {},
        seats=standing.seats(found),
        bodies={one.id: one.kind.value for one in found.chain},
        due_at=found.case.due_at if found.case else None,
        holder=found.case.holder if found.case else "",
        claimed_at=found.case.claimed_at if found.case else None,
        now=now,
    )


def actor(viewer: Viewer, mandate: Mandate | None = None) -> Actor:
    """The viewer as the engine knows people: in his own name, or with what another handed over."""
    return Actor(
        person_id=str(viewer.person_id),
        account_id=str(viewer.account_id),
        org_id=str(viewer.organisation_id) if viewer.organisation_id else None,
        groups=mandate.groups if mandate else viewer.groups,
        on_behalf_of=str(mandate.principal_id) if mandate else None,
        admin=mandate is None and "unit_admin" in viewer.groups,
    )
