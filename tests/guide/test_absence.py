"""What changes under way: a leader is away, a term is over, a unit gets another department."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.guide import operations as op
from tests.guide.test_cycle_climbs import TASKS as APPLICATIONS
from tests.guide.test_unit_reviews import decided, read, sent, task_of
from tests.guide.watching import until, watching
from tests.town import Citizen, Town, eventually, key

COLLEAGUES = "{ viewer { person { id name } } colleagues { person { id name } groups { key } } }"
CREATE = f"""mutation ($input: CreateDelegationInput!) {{ createDelegation(input: $input) {{
  {op.ERRORS} ... on DelegationPayload {{ delegation {{ id active }} }} }} }}"""
REVOKE = f"""mutation ($input: RevokeDelegationInput!) {{ revokeDelegation(input: $input) {{
  {op.ERRORS} ... on DelegationPayload {{ delegation {{ active }} }} }} }}"""
BEHALF = """query ($where: TaskFilter) { tasks(where: $where, first: 100) { nodes { id version
  record { id } onBehalfOf { person { id name } availableActions { act enabled } } } } }"""
TIMELINE = """query ($id: ID!) { node(id: $id) { ... on TrainingRecord { status
  case { timeline { what { key } person onBehalfOf signature } } } } }"""
NOTICES = """query ($where: NoticeFilter) { viewer { unreadNotices }
  notices(where: $where, first: 100) { nodes { id kind sentence } } }"""
MARK = f"""mutation ($input: MarkNoticesReadInput!) {{ markNoticesRead(input: $input) {{
  {op.ERRORS} ... on MarkNoticesReadPayload {{ unreadNotices }} }} }}"""
WATCH = "subscription { noticesChanged { unreadNotices } }"
PASSES = """UPDATE {} SET due_at = now() - interval '1 day' WHERE {} = (
  SELECT c.id FROM wf_case c JOIN training_record r ON r.id = c.subject_id
  WHERE r.course_name = $1)"""
CLINIC, TO = "榕湾区石榴街社区卫生服务中心", "榕湾区教育事业管理局"
FIND = """query ($name: String!) { organisations(first: 1, where: { name: { eq: $name } }) {
  nodes { id parent { name } history { kind effectiveOn reason official
    superiorBefore { name } superiorAfter { name } } } } }"""
PREVIEW = f"""query ($input: ReaffiliationPreviewInput!) {{ reaffiliationPreview(input: $input) {{
  {op.ERRORS} ... on TreePreviewPayload {{ preview {{ people organisationCount problem {{ code }}
    cases {{ step {{ name }} fate {{ key }} count }} }} }} }} }}"""
MOVE = f"""mutation ($input: ReaffiliateOrganisationInput!) {{
  reaffiliateOrganisation(input: $input) {{ {op.ERRORS}
    ... on OrganisationPayload {{ organisation {{ name parent {{ name }} }} }} }} }}"""
JOURNEY = """query ($id: ID!) { node(id: $id) { ... on CycleApplication { status
  case { step { name } timeline { what { key } comment organisation } } } } }"""


async def delegated(town: Town, leader: str, deputy: str) -> dict[str, Any]:
    """The administrator lets somebody stand for the leader, as he finds them in his list."""
    async with town.citizen("unit_admin") as admin:
        found = (await admin.ask(COLLEAGUES))["colleagues"]
        persons = {one["person"]["name"]: one["person"]["id"] for one in found}
        answer = await admin.do(
            CREATE,
            principalId=persons[leader],
            delegateId=persons[deputy],
            endsAt=(datetime.now(UTC) + timedelta(days=3)).isoformat(),
            reason="出差三天",
            idempotencyKey=key(),
        )
        made: dict[str, Any] = answer["delegation"]
        return made


async def name_of(town: Town, login: str) -> str:
    async with town.citizen(login) as somebody:
        name: str = (await somebody.ask(COLLEAGUES))["viewer"]["person"]["name"]
        return name


async def behalf_of(deputy: Citizen, record: dict[str, Any]) -> list[dict[str, Any]]:
    """The deputy's task about a record, if he has it."""
    where = {"courseName": {"eq": record["courseName"]}}
    tasks = (await deputy.ask(BEHALF, where=where))["tasks"]["nodes"]
    return [one for one in tasks if one["record"]["id"] == record["id"]]


async def passed(deputy: Citizen, task: dict[str, Any], principal: str) -> dict[str, Any]:
    return await deputy.do(
        op.DECIDE,
        taskId=task["id"],
        act="PASS",
        onBehalfOf=principal,
        expectedVersion=task["version"],
        idempotencyKey=key(),
    )


async def test_a_deputy_decides_in_the_leaders_name_until_it_is_revoked(town: Town) -> None:
    record, other = [await sent(town, courseName=f"领导出差时的课程{n}") for n in "一二"]
    for one in (record, other):
        await decided(town, "handler", one, "AGREE_UP", comment="证书属实")
    leader, deputy = [await name_of(town, login) for login in ("unit_leader", "initial_checker")]

    async with town.citizen("initial_checker") as me, watching(me, WATCH) as heard:
        before = (await anext(heard))["unreadNotices"]
        assert await behalf_of(me, record) == []
        made = await delegated(town, leader, deputy)
        await until(heard, lambda event: event["unreadNotices"] > before)
        (task,) = await behalf_of(me, record)
        (behalf,) = task["onBehalfOf"]
        final = await passed(me, task, behalf["person"]["id"])
        (left,) = await behalf_of(me, other)
        async with town.citizen("unit_admin") as admin:
            await admin.do(REVOKE, delegationId=made["id"], idempotencyKey=key())
        late = await passed(me, left, behalf["person"]["id"])
        gone = await behalf_of(me, other)

    assert (behalf["person"]["name"], final["case"]["status"]) == (leader, "APPROVED")
    assert (late["code"], gone) == ("NOT_DELEGATED", [])
    async with town.citizen("person") as applicant:
        node = (await applicant.ask(TIMELINE, id=record["id"]))["node"]
    (entry,) = [one for one in node["case"]["timeline"] if one["what"]["key"] == "pass"]
    assert (entry["person"], entry["onBehalfOf"]) == (deputy, leader)
    assert entry["signature"] == f"{deputy} 代 {leader}"
    assert (await read(town, other))["status"] == "IN_REVIEW"


async def told_of(citizen: Citizen, record: dict[str, Any]) -> list[dict[str, Any]]:
    """The notices about a record."""
    where = {"unread": True, "case": {"eq": record["case"]["id"]}}
    found: list[dict[str, Any]] = (await citizen.ask(NOTICES, where=where))["notices"]["nodes"]
    return found


async def test_what_is_late_reminds_the_unit_and_is_told_to_the_body_above(town: Town) -> None:
    record = await sent(town, courseName="超过时限的课程")
    for table, column in (("wf_case", "id"), ("wf_task", "case_id")):
        await town.sql(PASSES.format(table, column), record["courseName"])  # ten working days go by

    town.end("work")
    town.start("work", "work", "all")  # a clock looks at once when it starts

    async with town.citizen("handler") as handler, town.citizen("checker") as checker:

        async def told() -> bool:
            return bool(await told_of(handler, record) and await told_of(checker, record))

        await eventually(told, said=lambda: town.log("work"))
        (reminder,), (escalation,) = [await told_of(one, record) for one in (handler, checker)]
        unread = (await handler.ask(NOTICES))["viewer"]["unreadNotices"]
        marked = await handler.do(MARK, noticeIds=[reminder["id"]], idempotencyKey=key())
        task = await task_of(handler, record)

    assert (reminder["kind"], escalation["kind"]) == ("OVERDUE", "ESCALATED")
    assert "单位审批" in reminder["sentence"] and "下级单位" in escalation["sentence"]
    assert marked["unreadNotices"] == unread - 1
    assert (task["overdue"], (await read(town, record))["status"]) == (True, "IN_REVIEW")


async def found(who: Citizen, name: str) -> dict[str, Any]:
    """An organisation by its name."""
    (node,) = (await who.ask(FIND, name=name))["organisations"]["nodes"]
    body: dict[str, Any] = node
    return body


async def waiting(who: Citizen) -> list[dict[str, Any]]:
    """The cycle applications that wait for somebody."""
    nodes = (await who.ask(APPLICATIONS))["tasks"]["nodes"]
    return [one for one in nodes if one["cycleApplication"]]


async def test_a_unit_changes_its_department_and_its_open_case_goes_on(town: Town) -> None:
    async with town.citizen("clinic_checker") as before:
        (lying,) = await waiting(before)

    async with town.citizen("district_checker") as district:
        clinic, to = [await found(district, name) for name in (CLINIC, TO)]
        ends = {"organisationId": clinic["id"], "superiorId": to["id"]}
        preview = (await district.do(PREVIEW, **ends))["preview"]
        grounds = {"reason": "榕湾区机构改革方案", "effectiveOn": "2026-01-01"}
        moved = await district.do(MOVE, **ends, **grounds, idempotencyKey=key())
        (line,) = (await found(district, CLINIC))["history"]

    fates = {one["step"]["name"]: one["fate"]["key"] for one in preview["cases"] if one["step"]}
    assert fates["区县所属单位的主管部门验证"] == "follows"
    assert fates["区县人事局验证"] == "stays"
    assert moved["organisation"] == {"name": CLINIC, "parent": {"name": TO}}
    assert (line["kind"], line["superiorAfter"], line["official"]) == (
        "REAFFILIATED",
        {"name": TO},
        "冯国华",
    )
    await goes_on(town, lying["cycleApplication"]["id"])


async def goes_on(town: Town, application_id: str) -> None:
    """The department before has it no longer; the one in its place passes it to the district."""
    async with town.citizen("clinic_checker") as before:
        assert await waiting(before) == []
    async with town.citizen("education_checker") as after:
        (task,) = [
            one for one in await waiting(after) if one["cycleApplication"]["id"] == application_id
        ]
        decision = {"taskId": task["id"], "act": "PASS", "expectedVersion": task["version"]}
        answer = await after.do(op.DECIDE, **decision, idempotencyKey=key())
        case = (await after.ask(JOURNEY, id=application_id))["node"]["case"]
    assert answer["case"]["status"] == "IN_REVIEW" and case["step"]["name"] == "区县人事局验证"
    (moved,) = [one for one in case["timeline"] if one["what"]["key"] == "redirected"]
    assert moved["comment"] == "榕湾区机构改革方案"
