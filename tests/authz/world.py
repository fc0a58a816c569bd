"""A city with rows of every type in every place, and somebody of every kind to ask for them."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from models import (
    Amendment,
    Attachment,
    Case,
    Certificate,
    Copy,
    CycleApplication,
    CycleResult,
    DecisionBatch,
    Employment,
    IdentityChange,
    Job,
    Organisation,
    Person,
    RecalculationRun,
    Remark,
    Session,
    Task,
    TrainingRecord,
    read,
)
from models.access import Viewer
from models.account import UserType
from models.data_request import DataRequest
from models.door import Claim
from models.ids import uuid7
from models.move import Move, MoveOutcome
from models.notice import Notice, NoticeKind
from models.organisation import OrganisationKind, UnitKind
from models.read import Connection
from models.recalculation import RunState
from models.viewer import Lack
from resolvers import ids
from resolvers.context import clock
from tests.factories import amendment as amendments
from tests.factories import certificate as certificates
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories import delegation as delegations
from tests.factories import grant as grants
from tests.factories import record as records
from tests.factories import session as sessions
from tests.factories.city import NOW, City
from tests.factories.record import done
from workflow import later, notice
from workflow.case import Act
from workflow.notice import Desk, Telling

# Who asks, by the names of the table; the city knows them by others.
ACTORS = {
    "owner": "applicant",
    "drafter": "hospital drafter",
    "handler": "handler",
    "leader": "leader",
    "administrator": "administrator",
    "idle": "idle",
    "sister": "museum handler",
    "department": "checker",
    "district-department": "clinic verifier",
    "district": "district checker",
    "far-district": "far checker",
    "bureau": "city checker",
    "base": "base",
    "arriving": "arriving",
    "system": "system",
    "security": "security",
    "audit": "audit",
}
OFFICERS = {
    "system": UserType.SYS_ADMIN,
    "security": UserType.SEC_ADMIN,
    "audit": UserType.AUDIT_ADMIN,
}
OFFICES = ("hospital", "museum", "gone", "clinic", "school", "far school")
SECRET = "机密的草稿"  # in every draft of the city
UNKNOWN = UUID(int=7)


@dataclass
class World:
    """The city, and the id of a row of each type at each place."""

    city: City
    rows: dict[tuple[str, str], str] = field(default_factory=dict)

    def viewer(self, actor: str) -> Viewer | None:
        """Who asks; nobody has signed in as the stranger."""
        return self.city.viewers[ACTORS[actor]] if actor in ACTORS else None

    def put(self, type_name: str, place: str, key: UUID) -> None:
        """Remember a row."""
        self.rows[type_name, place] = ids.encode(type_name, key)

    def of(self, type_name: str) -> dict[str, str]:
        """The rows of a type by their places."""
        return {place: id for (kind, place), id in self.rows.items() if kind == type_name}


async def build(c: Connection) -> World:
    """Everything there is, in the order in which it can come about."""
    city = await cities.build(c)
    await peopled(city)
    world = World(city)
    for place in OFFICES:
        await applied(world, place)
    for place in OFFICES:
        await employed(world, place)
        await reviewed(world, place)
        await kept(world, c, place)
    await shown(world)
    await addressed(world)
    await beside(world)
    gone = city.organisations["gone"]
    await Organisation.filter(id=gone).update(closed_on=date(2026, 1, 1))
    return world


async def peopled(city: City) -> None:
    """Units everywhere, one of them to be closed, and the people of each."""
    kind = OrganisationKind
    await cycles.peopled(city)
    await city.organisation("gone", kind.UNIT, "department", UnitKind.MUNICIPAL)
    await city.organisation("far district", kind.DISTRICT_BUREAU, "bureau")
    await city.organisation("far school", kind.UNIT, "far district", UnitKind.DISTRICT_DIRECT)
    far = UserType.DISTRICT_BUREAU
    await city.person("far checker", "far district", "checker", user_type=far)
    await city.person(
        "base", None, seat_at="base", duties=("feed",), user_type=UserType.TRAINING_BASE
    )
    for name, keeps in OFFICERS.items():
        known = await city.person(name, None)
        city.viewers[name] = replace(known, user_type=keeps)
    for place in OFFICES:
        if place != "hospital":
            await city.person(f"{place} owner", place)
        await city.person(f"{place} drafter", place)
        await city.person(f"{place} keeper", place, "handler", duties=amendments.DUTY)
        await city.person(f"{place} head", place, "unit_leader", duties=amendments.DUTY)
    for place in ("gone", "far school"):
        await city.person(f"{place} checker", place, "initial_checker")
    city.viewers["arriving"] = replace(city.viewers["checker"], lacks=Lack.SECOND_FACTOR)
    city.viewers["hospital owner"] = city.viewers["applicant"]
    await city.person("idle", "hospital", "handler")
    city.viewers["idle"] = replace(city.viewers["idle"], groups=frozenset())
    for who, duty in (("administrator", "record_maintenance"), ("city checker", "recalculation")):
        known = city.viewers[who]
        city.viewers[who] = replace(known, duties=known.duties | {duty})
    below = city.viewers["checker"]  # approves for a department what only the city approves
    city.viewers["checker"] = replace(below, groups=below.groups | {"approve_admins"})


async def applied(world: World, place: str) -> None:
    """An application with figures and a task, and one that is still a draft."""
    stated = {"qualified_on": cycles.QUALIFIED, "target_title": "012"}
    key = await cycles.submitted(world.city, f"{place} owner", **stated)
    world.put("CycleApplication", place, key)
    world.put("CycleResult", place, (await CycleResult.get(application_id=key, current=True)).id)
    case = await Case.get(subject_id=key)
    world.put("Case", f"{place} cycle", case.id)
    world.put("Task", f"{place} cycle", (await Task.get(case_id=case.id)).id)
    draft = await cycles.applied(world.city, f"{place} drafter", **stated)
    world.put("CycleApplication", f"{place} draft", draft)


async def employed(world: World, place: str) -> None:
    """A person with a year, its certificate, and a recount that is still to come."""
    viewer = world.city.viewers[f"{place} owner"]
    at = {"employer_id": world.city.organisations[place]}
    for category, hours in certificates.ENOUGH.items():
        key = await cities.registered(
            world.city, f"{place} owner", category=category, approved_hours=hours, **at
        )
    declared = await cities.registered(
        world.city, f"{place} owner", origin="declared", status="rejected", **at
    )
    world.put("TrainingRecord", f"{place} naming the base", declared)
    result = await certificates.recounted(world.city, f"{place} owner")
    done(await certificates.issued(world.city, result, f"{place} owner"))
    world.put("Person", place, viewer.person_id)
    world.put("TrainingRecord", f"{place} registered", key)
    world.put("AnnualResult", place, result)
    found = await Certificate.get(person_id=viewer.person_id)
    world.put("Certificate", place, found.id)


async def reviewed(world: World, place: str) -> None:
    """A record in review with its file, a draft of somebody, and an amendment with its proof."""
    city, owner = world.city, f"{place} owner"
    task = await Task.get(id=await records.submitted(city, owner)).select_related("case")
    world.put("Task", place, task.id)
    world.put("Case", place, task.case_id)
    world.put("TrainingRecord", place, task.case.subject_id)
    file = await Attachment.get(record_id=task.case.subject_id)
    world.put("Attachment", place, file.id)
    await drafted(world, place)
    ready = await records.submitted(city, owner, course_name="待更正的课程")
    second = done(await records.decided(city, f"{place} keeper", ready, Act.AGREE_UP))
    passed = done(await records.decided(city, f"{place} head", UUID(second.data["task"]), Act.PASS))
    case = await Case.get(id=passed.data["case"])
    record = await TrainingRecord.get(id=case.subject_id)
    sender = "administrator" if place == "hospital" else f"{place} keeper"
    world.put("Attachment", f"{place} unproposed", await amendments.sent(city, record, sender))
    proof = await amendments.sent(city, record, f"{place} keeper")
    world.put("Attachment", f"{place} proof", proof)
    made = done(await amendments.struck(city, record, f"{place} keeper", proofs=(proof,)))
    amendment = await Amendment.get(record_id=record.id)
    world.put("Amendment", place, amendment.id)
    world.put("Task", f"{place} amendment", UUID(made.data["task"]))


async def drafted(world: World, place: str) -> None:
    """What nobody but its author may see."""
    draft = await records.draft(world.city, f"{place} drafter", course_name=SECRET)
    world.put("TrainingRecord", f"{place} draft", draft)
    world.put("Attachment", f"{place} draft", (await Attachment.get(record_id=draft)).id)
    own = await records.draft(world.city, f"{place} owner", course_name=SECRET)
    world.put("TrainingRecord", f"{place} own draft", own)


async def kept(world: World, c: Connection, place: str) -> None:
    """What the unit keeps for itself."""
    city, organisation = world.city, world.city.organisations[place]
    keeper = city.viewers[f"{place} keeper"]
    remark = await Remark.create(
        organisation_id=organisation,
        route_code="declaration",
        step_key="unit_review",
        text="同意",
        created_by_id=keeper.person_id,
        created_at=NOW,
    )
    world.put("Remark", place, remark.id)
    giver = "handler" if place == "hospital" else f"{place} keeper"
    taker = "leader" if place == "hospital" else f"{place} head"
    world.put("Delegation", place, await delegations.given(city, giver, taker))
    owner = city.viewers[f"{place} owner"].person_id
    desk = Desk(organisation, "handler")
    for to, name, column in (
        (desk, place, "organisation_id"),
        (owner, f"{place} own", "person_id"),
    ):
        await notice.tell(c, Telling(kind=NoticeKind.OVERDUE, to=to), now=NOW)
        whose: dict[str, Any] = {column: organisation if to is desk else owner}
        told = await Notice.get(kind=NoticeKind.OVERDUE, **whose)
        world.put("Notice", name, told.id)
    job = await recounted(c, city.viewers[f"{place} owner"].person_id)
    world.put("Job", place, job)


async def recounted(c: Connection, person_id: UUID) -> UUID:
    """A recount of somebody that is still to come."""
    await Job.filter(subject=person_id).delete()
    await later.recalculate(c, [person_id], NOW)
    return (await Job.get(subject=person_id)).id


async def shown(world: World) -> None:
    """One case shown to the unit beside it and to a person, another whose day is over."""
    for place, until in (("shown", timedelta(days=30)), ("shown before", timedelta(days=-1))):
        task = await records.submitted(world.city, course_name=f"抄送 {place}")
        case = (await Task.get(id=task)).case_id
        world.put("Case", place, case)
        museum = world.city.organisations["museum"]
        drafter = world.city.viewers["hospital drafter"].person_id
        receivers: list[dict[str, Any]] = [{"organisation_id": museum}, {"person_id": drafter}]
        for to in receivers:
            await Copy.create(case_id=case, until=real(until), event_seq=1, **to)


def real(span: timedelta) -> Any:
    """A moment by the clock of the database, which is not the one of the tests."""
    return clock() + span


async def addressed(world: World) -> None:
    """A task that lies with a body which has nothing else to do with the person."""
    city = world.city
    who = await city.person("mover", "hospital")
    key = await cycles.submitted(city, "mover", qualified_on=cycles.QUALIFIED, target_title="012")
    case = await Case.get(subject_id=key)
    there = city.organisations["far district"]
    await Task.filter(case_id=case.id).update(organisation_id=there, group_key="checker")
    world.put("CycleApplication", "addressed", key)
    world.put("CycleResult", "addressed", (await CycleResult.get(application_id=key)).id)
    world.put("Case", "addressed", case.id)
    world.put("Task", "addressed", (await Task.get(case_id=case.id)).id)
    world.put("Person", "addressed", who.person_id)
    moved = await Task.get(id=await records.submitted(city, "mover")).select_related("case")
    await Task.filter(id=moved.id).update(organisation_id=there, group_key="checker")
    world.put("TrainingRecord", "moved", moved.case.subject_id)
    world.put("Case", "moved", moved.case_id)
    world.put("Task", "moved", moved.id)


async def beside(world: World) -> None:
    """Batches, a run over everybody, somebody who has left, and the organisations."""
    for place, who in (("hospital", "handler"), ("museum", "museum handler")):
        viewer = world.city.viewers[who]
        job = await Job.create(
            kind="decide", queue="batch", args={}, started_by_id=viewer.person_id
        )
        batch = await DecisionBatch.create(
            person_id=viewer.person_id,
            account_id=viewer.account_id,
            seat_id=viewer.seat_id,
            job_id=job.id,
            key=str(uuid7()),
            decision={},
            created_at=NOW,
        )
        world.put("DecisionBatch", place, batch.id)
        world.put("Job", f"{place} batch", job.id)
    run = await RecalculationRun.create(
        state=RunState.RUNNING, anew=False, persons=1, chunks=1, created_at=NOW
    )
    world.put("RecalculationRun", "city", run.id)
    left = await world.city.person("left", "hospital")
    await Employment.filter(person_id=left.person_id).update(until_on=date(2026, 1, 1))
    world.put("Person", "left", left.person_id)
    for type_name, name in (
        ("Unit", "hospital"),
        ("Department", "department"),
        ("TrainingBase", "base"),
    ):
        world.put(type_name, "city", world.city.organisations[name])
    school = await world.city.organisation("college", OrganisationKind.TRAINING_INSTITUTION)
    world.put("Institution", "city", school)
    other = await cities.registered(world.city, "applicant", organiser_id=school)
    world.put("TrainingRecord", "hospital other base", other)
    await employed_by_the_base(world)
    await joining(world)
    await absorbed(world)


async def joining(world: World) -> None:
    """Who works where, who asks to, who asks about his data, and whose number another claims."""
    city = world.city
    for place, who in (("hospital", "handler"), ("museum", "museum handler")):
        world.put("Member", place, city.viewers[who].seat_id)
    drafter = city.viewers["hospital drafter"].person_id
    hospital = city.organisations["hospital"]
    move = await Move.create(person_id=drafter, organisation_id=hospital, created_at=NOW)
    world.put("Move", "hospital", move.id)
    leaver = city.viewers["second handler"].person_id
    school = city.organisations["far school"]
    leaving: dict[str, Any] = {"organisation_id": school, "former_id": hospital, "created_at": NOW}
    world.put("Move", "leaving", (await Move.create(person_id=leaver, **leaving)).id)
    wish = await DataRequest.create(
        person_id=drafter, kind="closure", reason="测试", created_at=NOW, due_at=NOW
    )
    world.put("DataRequest", "hospital", wish.id)
    change = await IdentityChange.create(
        person_id=drafter,
        name_before="旧",
        name_after="新",
        masked_before="440***************",
        reason="测试",
        evidence="测试",
        created_at=NOW,
        due_at=NOW,
    )
    world.put("IdentityChange", "hospital", change.id)
    world.put("Account", "city", city.viewers["handler"].account_id)
    owner = city.viewers["museum owner"].person_id
    claim = await Claim.create(claimant_id=drafter, owner_id=owner, created_at=NOW, due_at=NOW)
    world.put("Claim", "hospital", claim.id)
    newcomer = city.viewers["school drafter"].person_id
    claim = await Claim.create(claimant_id=newcomer, owner_id=owner, created_at=NOW, due_at=NOW)
    world.put("Claim", "unasked", claim.id)
    refused: dict[str, Any] = {"outcome": MoveOutcome.REFUSED, "created_at": NOW, "closed_at": NOW}
    await Move.create(person_id=newcomer, organisation_id=hospital, **refused)
    await asking(world)


async def asking(world: World) -> None:
    """Who asks for a seat where, who is signed in, and a line of the log that tells of it."""
    for place, code in grants.CODES.items():
        await Organisation.filter(id=world.city.organisations[place]).update(unit_code=code)
    for place, superior in (("hospital", "department"), ("school", "district")):
        who, at = f"{place} drafter", {"unit": place, "superior": superior}
        made = done(await grants.applied(world.city, who, **at))
        world.put("Grant", place, UUID(made.data["grant"]))
    for place, who in (("hospital", "handler"), ("museum", "museum handler")):
        viewer = world.city.viewers[who]
        await sessions.opened(viewer)
        session = await Session.filter(account_id=viewer.account_id).order_by("-id").first()
        assert session is not None
        world.put("Session", place, session.id)
    world.put("AuditEvent", "city", await read.value("SELECT id FROM audit.audit_event LIMIT 1"))


async def employed_by_the_base(world: World) -> None:
    """People of a base and what they handed in: no business of its own of whatever duty."""
    city, base = world.city, world.city.organisations["base"]
    worker = await city.person("worker", "base")
    world.put("Person", "at the base", worker.person_id)
    await city.person("lent", "hospital")
    key = await cycles.submitted(city, "lent", qualified_on=cycles.QUALIFIED, target_title="012")
    await CycleApplication.filter(id=key).update(employer_id=base)
    await Case.filter(subject_id=key).update(employer_id=base)
    world.put("CycleApplication", "at the base", key)
    world.put("Case", "at the base", (await Case.get(subject_id=key)).id)


async def absorbed(world: World) -> None:
    """Whom the owner was in another account, at another unit, with a case from that time."""
    city, owner = world.city, world.city.viewers["applicant"]
    former = await city.person("former", "museum")
    case = (await Task.get(id=await records.submitted(city, "former"))).case_id
    await Employment.filter(person_id=former.person_id).update(until_on=date(2026, 1, 1))
    await Person.filter(id=former.person_id).update(absorbed_by_id=owner.person_id)
    city.viewers["applicant"] = replace(owner, former=(former.person_id,))
    world.put("Person", "former", former.person_id)
    world.put("Case", "former", case)
