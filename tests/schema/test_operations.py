"""Every example operation answers without an error against the demo city."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from tortoise.context import TortoiseContext

import app
from devserver import city
from devserver.postgres import Postgres
from devserver.redis import Redis
from models.account import OFFICERS, UserType
from schema import example, pages, visitor
from schema.operation import Asked, Operations
from settings import Settings
from tests import servers
from tests.factories.factor import QUICK
from tests.shape import ROOT
from tests.statements import counted
from workflow import password

FILES = example.files()
PERSON, UNIT = ("person", "PERSON"), ("handler", "UNIT")
SYSTEM, SECURITY = ("sysadmin", "SYS_ADMIN"), ("secadmin", "SEC_ADMIN")
KEY = {"key": "@key"}
BUREAU = ("city_rechecker", "CITY_BUREAU")  # has the duty
RETURNED = ("initial_checker", "PERSON")  # one of his records was returned to him
DRAFT = {
    "courseName": "工程测量新技术",
    "category": "PROFESSIONAL",
    "startsOn": "2026-09-07",
    "endsOn": "2026-09-08",
    "declaredHours": "12.0",
    "attendedDays": 2,
    "organiserName": "某培训中心",
}
PROFILE = {
    "gender": "FEMALE",
    "birthDate": "1990-01-02",
    "education": "BACHELOR",
    "titleCode": "083",
    "qualifiedOn": "2020-05-01",
    "discipline": "NATURAL",
    "phone": "13800138000",
}
RECORDS = """query($id: ID!, $status: RecordStatus!) { trainingRecords(first: 1, where: {
  person: { eq: $id }, status: { eq: $status }, deleted: false }) {
  nodes { id version attachments { id } } } }"""
ME = "{ viewer { person { id profile { version } recalculation { id } } seats { id } } }"
RECALCULATE = """mutation($input: RecalculateInput!) { recalculate(input: $input) {
  ... on PersonPayload { person { id } } ... on UserError { message } } }"""
RECALCULATE_ALL = """mutation($input: RecalculateAllInput!) { recalculateAll(input: $input) {
  ... on RecalculationPayload { run { id } } ... on UserError { message } } }"""
RUNS = "{ recalculationRuns { id state } }"
TASKS = """{ tasks(where: { claimed: false }) {
  nodes { id version case { id } availableActions { act enabled } } } }"""


@pytest.fixture(scope="module")
async def town(
    pg: Postgres,
    redis_server: Redis,
    admin: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Settings]:
    """The demo city in a database of its own."""
    await admin.execute(f"CREATE DATABASE town TEMPLATE {servers.TEMPLATE} STRATEGY file_copy")
    storage = tmp_path_factory.mktemp("files")
    given = servers.configuration(
        pg, "town", redis_url=redis_server.url(), storage=str(storage), log_level="WARNING"
    )
    with pytest.MonkeyPatch.context() as patch:  # here everybody signs in a hundred times
        patch.setattr(password, "HASHER", QUICK)
        await city.build(given.orm, storage=storage)
        yield given
    await admin.execute("DROP DATABASE town WITH (FORCE)")


class Site:
    """The application over HTTP, spoken to as people of the city."""

    def __init__(
        self, client: httpx.AsyncClient, operations: Operations, tokens: dict[str, str]
    ) -> None:
        self.client, self.operations, self.tokens = client, operations, tokens

    async def ask(self, who: tuple[str, str], query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        body = {"query": query, "variables": variables}
        headers = {"Authorization": f"Bearer {await self.token(*who)}"}
        answer = (await self.client.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def token(self, login: str, user_type: str) -> str:
        """A session of somebody, opened once."""
        if login not in self.tokens:
            query = """mutation($input: SignInInput!) { signIn(input: $input) {
              ... on SignInPayload { token } ... on UserError { message } } }"""
            given = {"login": login, "password": city.PASSWORD, "asToken": True}
            body = {"query": query, "variables": {"input": {**given, "userType": user_type}}}
            answer = (await self.client.post("/graphql", json=body)).json()
            self.tokens[login] = answer["data"]["signIn"]["token"]
        return self.tokens[login]

    async def watch(self, who: tuple[str, str], query: str, **variables: Any) -> Any:
        """The data of the first event of a subscription."""
        header = f"Bearer {await self.token(*who)}".encode()
        scope = {"headers": [(b"authorization", header)]}
        asked = Asked(query=query, variables=variables)
        async with aclosing(self.operations.answers(asked, visitor.of(scope, ""))) as answers:
            first = await anext(answers)
        assert not first.errors, first.errors
        return orjson.loads(orjson.dumps(first.data))

    async def facts(self, who: tuple[str, str]) -> dict[str, Any]:
        """What the workbench fills in for somebody."""
        if UserType[who[1]] in OFFICERS:
            await self.ask(who, "{ viewer { login } }")
            return {}  # they have no rows of business
        found: dict[str, Any] = await self.ask(who, FACTS)
        reviews = who[1] not in (UserType.PERSON.name, UserType.TRAINING_BASE.name)
        return found | (await self.ask(who, OF_REVIEW) if reviews else {})

    async def run(self) -> Any:
        """A run over everybody that is under way."""
        await self.ask(BUREAU, RECALCULATE_ALL, input={"idempotencyKey": str(uuid4())})
        return (await self.ask(BUREAU, RUNS))["recalculationRuns"][0]

    async def fact(self, name: str) -> Any:
        """Something the city has: a person, a record by its status, a task to decide."""
        if who := {each[0]: each for each in (PERSON, UNIT, RETURNED)}.get(name):
            viewer = (await self.ask(who, ME))["viewer"]
            person = viewer["person"]
            version = person["profile"]["version"]
            return {"id": person["id"], "version": version, "seat": viewer["seats"][-1]["id"]}
        if name == "job":
            person = await self.fact(UNIT[0])
            recount = {"personId": person["id"], "idempotencyKey": str(uuid4())}
            await self.ask(UNIT, RECALCULATE, input=recount)
            return (await self.ask(UNIT, ME))["viewer"]["person"]["recalculation"]
        if name == "run":
            return await self.run()
        if name == "task":
            tasks = (await self.ask(UNIT, TASKS))["tasks"]["nodes"]
            wanted = {"act": "AGREE_UP", "enabled": True}
            return next(task for task in tasks if wanted in task["availableActions"])
        who = RETURNED if name == "returned" else PERSON
        me = (await self.fact(who[0]))["id"]
        data = await self.ask(who, RECORDS, id=me, status=name.upper())
        record = data["trainingRecords"]["nodes"][0]
        return {**record, "file": record["attachments"][0]["id"] if record["attachments"] else ""}


@pytest.fixture(scope="module")
def made(town: Settings) -> Starlette:
    """The application over that city; nobody goes to its portal."""
    return app.create(replace(town, oidc_issuer="https://sso.example"))


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    """Sessions that are open, by login: a password takes its time."""
    return {}


@asynccontextmanager
async def opened(town: Settings, made: Starlette, tokens: dict[str, str]) -> AsyncIterator[Site]:
    """A client of the application; the ORM is entered here, as the lifespan would."""
    async with TortoiseContext() as context:
        await context.init(config=town.orm)
        endpoint: Any = next(each for each in made.routes if isinstance(each, WebSocketRoute)).app
        transport = httpx.ASGITransport(made)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Site(client, endpoint.operations, tokens)


@pytest.fixture
async def site(town: Settings, made: Starlette) -> AsyncIterator[Site]:
    """Everybody signs in anew: some examples end sessions."""
    async with opened(town, made, {}) as found:
        yield found


@pytest.fixture
async def reading(town: Settings, made: Starlette, tokens: dict[str, str]) -> AsyncIterator[Site]:
    """Whoever only reads stays signed in."""
    async with opened(town, made, tokens) as found:
        yield found


# Who asks, the member of the union he must get, and the variables; @fact.name is looked up.
RECORD = {"recordId": "@draft.id", "version": "@draft.version", "key": "@key"}
REVIEWED = {"recordId": "@in_review.id", "version": "@in_review.version", "key": "@key"}
TASK = {"taskId": "@task.id", "expectedVersion": "@task.version"}
FACTS, OF_REVIEW = (
    (Path(pages.HERE) / name).read_text(encoding="utf-8")
    for name in ("facts.graphql", "facts.review.graphql")
)
SOMEBODY = {
    UserType.PERSON: "person",
    UserType.UNIT: "handler",
    UserType.TRAINING_BASE: "training_base",
    UserType.CITY_DEPARTMENT: "checker",
    UserType.DISTRICT_DEPARTMENT: "stand_in",
    UserType.DISTRICT_BUREAU: "district_checker",
    UserType.CITY_BUREAU: "city_checker",
    UserType.SYS_ADMIN: "sysadmin",
    UserType.SEC_ADMIN: "secadmin",
    UserType.AUDIT_ADMIN: "auditadmin",
}
UPLOAD = {"recordId": "@draft.id", "label": "证书", "fileName": "证书.pdf", "size": 500}
REMARK = {"route": "declaration", "step": "unit_review", "text": "材料齐全"}
GIVEN: dict[str, tuple[tuple[str, str], str, dict[str, Any]]] = {
    "SignIn": (PERSON, "SignInPayload", {"login": "person", "password": city.PASSWORD}),
    "ChooseSeat": (UNIT, "ChooseSeatPayload", {"seatId": "@handler.seat"}),
    "RevealIdentity": (UNIT, "RevealIdentityPayload", {}),
    "SaveProfile": (
        PERSON,
        "PersonPayload",
        {"input": {**PROFILE, "expectedVersion": "@person.version", "idempotencyKey": "@key"}},
    ),
    "SubmitProfile": (PERSON, "PersonPayload", {}),
    "RecallProfile": (PERSON, "PersonPayload", {}),
    "RoutePreview": (PERSON, "RoutePreview", {}),
    "Titles": (PERSON, "", {"level": "ASSOCIATE_SENIOR", "contains": "工程"}),
    "MyRecords": (PERSON, "", {"personId": "@person.id"}),
    "Institutions": (PERSON, "", {"contains": "继续教育基地"}),
    "Declare": (PERSON, "RecordPayload", {"declaration": DRAFT, "key": "@key"}),
    "Edit": (PERSON, "RecordPayload", {**RECORD, "declaration": DRAFT}),
    "Upload": (
        PERSON,
        "RequestUploadPayload",
        {"input": {**UPLOAD, "idempotencyKey": "@key"}},
    ),
    "RemoveFiles": (
        RETURNED,
        "RecordPayload",
        {"attachmentIds": ["@returned.file"], "key": "@key"},
    ),
    "RemoveProof": (
        UNIT,
        "Refusal",  # somebody else's file
        {"attachmentIds": ["@returned.file"], "key": "@key"},
    ),
    "Submit": (PERSON, "Refusal", RECORD),  # its proof is not there yet
    "Recall": (PERSON, "RecordPayload", REVIEWED),
    "Withdraw": (PERSON, "RecordPayload", REVIEWED),
    "Delete": (PERSON, "RecordPayload", RECORD),
    "Record": (PERSON, "", {"id": "@approved.id"}),
    "ReviewList": (UNIT, "", {"where": {"year": {"eq": 2026}}}),
    "Review": (UNIT, "", {"taskId": "@task.id"}),
    "Claim": (
        UNIT,
        "TaskPayload",
        {"taskId": "@task.id", "version": "@task.version", "key": "@key"},
    ),
    "Decide": (
        UNIT,
        "TaskPayload",
        {
            "input": {
                **TASK,
                "act": "AGREE_UP",
                "comment": "材料齐全",
                "values": {"approvedHours": "6.0"},
                "idempotencyKey": "@key",
            }
        },
    ),
    "DecideMany": (
        UNIT,
        "DecideTasksPayload",
        {"tasks": [TASK], "act": "AGREE_UP", "comment": "材料齐全", "key": "@key"},
    ),
    "Remarks": (UNIT, "", {}),
    "AddRemark": (UNIT, "RemarkPayload", {"input": {**REMARK, "idempotencyKey": "@key"}}),
    "AnnualOverview": (UNIT, "", {"where": {"verdict": {"eq": "FAIL"}}}),
    "Recalculate": (UNIT, "PersonPayload", {"personId": "@handler.id", "key": "@key"}),
    "RecalculateAll": (
        BUREAU,
        "RecalculationPayload",
        {"input": {"anew": False, "idempotencyKey": "@key"}},
    ),
    "WatchRecalculation": (BUREAU, "", {"id": "@run.id"}),
    "WatchCase": (UNIT, "", {"id": "@task.case.id"}),
    "WatchJob": (UNIT, "", {"id": "@job.id"}),
    "Staff": (UNIT, "", {}),
    "ApprovedRecords": (UNIT, "", {}),
    "CyclePreview": (PERSON, "CyclePreview", {}),
    "CyclePlanner": (PERSON, "CyclePreview", {}),
    "CycleOfAPerson": (UNIT, "CyclePreview", {}),
    "IssueCertificate": (PERSON, "Refusal", {}),  # this site has no key to sign with
    "Release": (UNIT, "NotPermitted", {}),  # a handler is no administrator
    "RecallCase": (UNIT, "Refusal", {}),  # others have acted since
    "RestateCase": (UNIT, "Refusal", {}),  # nothing has changed
    "TransferTask": (UNIT, "Refusal", {}),  # to himself: he has it
    "AddSigner": (UNIT, "CasePayload", {}),
    "DropSigner": (UNIT, "NotPermitted", {}),  # nobody was asked
    "Signers": (UNIT, "", {}),
    "UrgeCase": (PERSON, "Refusal", {}),  # too early
    "RedirectCase": (UNIT, "NotPermitted", {}),  # a handler is no administrator
    "ChangeAmendment": (UNIT, "Refusal", {}),  # it is under review
    "WithdrawAmendment": (UNIT, "AmendmentPayload", {}),
    "ApplyForCycle": (PERSON, "CycleApplicationPayload", {}),
    "EditCycleApplication": (PERSON, "CycleApplicationPayload", {}),
    "SubmitCycleApplication": (PERSON, "Refusal", {}),  # some of his records are undecided
    "RecallCycleApplication": (PERSON, "Refusal", {}),  # a draft
    "WithdrawCycleApplication": (PERSON, "Refusal", {}),
    "DeleteCycleApplication": (PERSON, "CycleApplicationPayload", {}),
    "RemoveRemark": (UNIT, "RemoveRemarkPayload", {}),
    "AppointMember": (UNIT, "Refusal", {}),  # a handler has no such duty
    "ChangeMember": (UNIT, "Refusal", {}),
    "EndMember": (UNIT, "Refusal", {}),
    "AskToMove": (PERSON, "MovePayload", {}),
    "WithdrawMove": (PERSON, "MovePayload", {}),
    "DecideMove": (UNIT, "Refusal", {}),
    "RequestCorrection": (PERSON, "DataRequestPayload", {}),
    "ExportMyData": (PERSON, "ExportMyDataPayload", {}),
    "RequestClosure": (PERSON, "Refusal", {}),  # his cases are open
    "WithdrawDataRequest": (PERSON, "Refusal", {}),
    "DataRequests": (PERSON, "", {}),
    "AnswerDataRequest": (BUREAU, "Refusal", {}),
    "RevokeSession": (PERSON, "Refusal", {}),
    "ChangePassword": (PERSON, "Refusal", {}),
    "BeginSecondFactor": (PERSON, "Refusal", {}),  # not his password
    "ConfirmSecondFactor": (PERSON, "Refusal", {}),
    "StepUp": (PERSON, "Refusal", {}),
    "RenewRecoveryCodes": (PERSON, "Refusal", {}),
    "RedeemInvitation": (SYSTEM, "Refusal", {}),
    "InviteOfficer": (SYSTEM, "InvitationPayload", {"login": "new.officer", "name": "某人", **KEY}),
    "DisableAccount": (SYSTEM, "Refusal", {}),  # of nobody
    "EnableAccount": (SYSTEM, "Refusal", {}),
    "EndSessions": (SYSTEM, "Refusal", {}),
    "UnlockAccount": (SECURITY, "Refusal", {}),
    "ResetSecondFactor": (SECURITY, "Refusal", {}),
    "GrantOffice": (SECURITY, "Refusal", {}),
    "EndOffice": (SECURITY, "Refusal", {}),
    "ResetMemberFactor": (UNIT, "Refusal", {}),
    "BeginRegistration": (PERSON, "RegistrationPayload", {}),
    "SaveRegistration": (PERSON, "Refusal", {}),
    "FinishRegistration": (PERSON, "Refusal", {}),
    "RequestPasswordReset": (PERSON, "PasswordResetRequestedPayload", {}),
    "ResetPassword": (PERSON, "Refusal", {}),
    "DecideClaim": (UNIT, "Refusal", {}),
    "ApplyForSeat": (PERSON, "GrantPayload", {}),
    "CancelGrant": (UNIT, "Refusal", {}),  # nothing of his waits
    "MarkNoticesRead": (PERSON, "MarkNoticesReadPayload", {}),
}


async def looked_up(site: Site, value: Any) -> Any:
    """The variables with every @fact.name replaced by what it is now."""
    if isinstance(value, dict):
        return {key: await looked_up(site, one) for key, one in value.items()}
    if isinstance(value, list):
        return [await looked_up(site, one) for one in value]
    if not (isinstance(value, str) and value.startswith("@")):
        return value
    fact, *names = value.removeprefix("@").split(".")
    if not names:
        return str(uuid4())
    found = await site.fact(fact)
    for name in names:
        found = found[name]
    return found


def filled(value: Any, facts: dict[str, Any]) -> Any:
    """The variables of a file as the library of the workbench fills them: see library.js."""
    if isinstance(value, dict):
        return {name: filled(one, facts) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, facts) for one in value]
    if not (isinstance(value, str) and value.startswith("@")):
        return value
    if value == "@key":
        return str(uuid4())
    first, *path = value.removeprefix("@").split(".")
    found = facts[first]["nodes"] if "nodes" in facts[first] else facts[first]
    found = (found or [None])[0] if isinstance(found, list) else found
    for name in path:
        found = found[int(name)] if name.isdigit() else found and found[name]
    return "" if found is None else found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_an_example_answers_as_its_screen_expects(site: Site, path: Path) -> None:
    each = example.read(path)
    default = (SOMEBODY[each.roles[0]], each.roles[0].name)
    who, member, variables = GIVEN.get(each.name, (default, "", {}))

    own = filled(each.variables, await site.facts(who)) if not variables else {}
    ask = site.watch if each.kind == "subscription" else site.ask
    data = await ask(who, each.query, **own, **await looked_up(site, variables))

    answer = next(iter(data.values()))
    assert answer is not None
    if member:
        assert answer["__typename"] == member, answer


QUERIES = [
    (role, each) for each in example.library() if each.kind == "query" for role in each.roles
]


@pytest.mark.parametrize(
    ("role", "each"), QUERIES, ids=[f"{each.name}-{role}" for role, each in QUERIES]
)
async def test_a_query_runs_for_every_user_type_it_names(
    reading: Site, role: UserType, each: example.Example
) -> None:
    who = (SOMEBODY[role], role.name)

    data = await reading.ask(who, each.query, **filled(each.variables, await reading.facts(who)))

    assert data.keys() and "errors" not in data


def test_an_example_says_its_screen_and_where_the_guide_shows_it() -> None:
    titles = [path.read_text(encoding="utf-8").partition("\n")[0] for path in FILES]

    unsaid = {title.split(" · ")[0] for title in titles if "(guide L" not in title}
    assert unsaid == {  # ours: the guide has no such screen
        "# 绑定双因素",
        "# 确认双因素",
        "# 再次验证",
        "# 更换恢复码",
        "# 启用管理员帐号",
        "# 一次性链接",
        "# 密码要求",
        "# 帐号管理",
        "# 审计日志",
        "# 开设管理员帐号",
        "# 停用帐号",
        "# 启用帐号",
        "# 强制下线",
        "# 解锁帐号",
        "# 解除双因素",
        "# 授予管理员岗位",
        "# 免去管理员岗位",
        "# 解除业务人员双因素",
        "# 签收",
        "# 履历",
        "# 调整隶属关系预览",
        "# 调整隶属关系",
        "# 单位合并预览",
        "# 单位合并",
        "# 设立机构",
        "# 机构更名",
        "# 撤销机构",
        "# 机构沿革",
        "# 放回",
        "# 释放",
        "# 转办",
        "# 催办",
        "# 抄送",
        "# 改派",
        "# 待办变化",
        "# 办案卷宗",
        "# 办件变化",
        "# 作业进度",
        "# 查看证件号码",
        "# 证件号码查看记录",
        "# 个人信息副本",
        "# 案外事项",
        "# 超期案外事项",
        "# 请求更正个人信息",
        "# 请求注销帐号",
        "# 撤回个人信息请求",
        "# 个人信息请求",
        "# 答复个人信息请求",
        "# 全部重新统计进度",
        "# 设置代理",
        "# 撤销代理",
        "# 代理情况",
        "# 代理待办",
        "# 提醒",
        "# 提醒已阅",
        "# 提醒变化",
        "# 加签",
        "# 减签",
        "# 平台身份",
        "# 关联平台身份",
        "# 解除关联",
        "# 加签人选",
        "# 周期验证证书",
        "# 验证证书",
        "# 申领验证证书",
        "# 本单位验证证书",
    }


def test_the_page_of_the_api_lists_every_example_with_its_title_and_roles() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

    assert [line for path in FILES if (line := row(path)) not in page] == []


def row(path: Path) -> str:
    """The line of the table in docs/api.md."""
    each = example.read(path)
    rest, everybody = [kind.value for kind in each.roles], set(UserType) - OFFICERS
    if everybody <= set(rest):
        rest = [example.EVERYBODY, *(kind for kind in rest if kind not in everybody)]
    roles = ", ".join(rest)
    return f"| {each.chinese} | {each.english} | {roles} | [{path.name}](operations/{path.name}) |"


# What each screen costs, the session included; a list costs the same however long it is.
STATEMENTS = {
    "Accounts": 5,
    "AuditLog": 2,
    "Viewer": 6,
    "Profile": 6,
    "Titles": 1,
    "ToDo": 2,
    "MyRecords": 6,
    "Institutions": 2,
    "Record": 5,
    "ReviewList": 9,
    "Review": 12,
    "Remarks": 2,
    "YearlyTotals": 5,
    "AnnualOverview": 5,
    "Staff": 5,
    "ApprovedRecords": 3,
    "Case": 4,
    "Dossier": 2,
    "CaseActions": 4,
    "Signers": 5,
    "Overdue": 4,
    "Done": 3,
    "Organisations": 4,
    "Shortfalls": 6,
    "RecordExport": 4,
    "CyclePreview": 2,
    "CyclePlanner": 1,
    "CycleOfAPerson": 2,
    "WhatIf": 7,
    "CycleWhatIf": 7,
    "Amendments": 3,
    "Amendment": 4,
    "Proof": 5,
    "IdentityAccessLog": 5,
    "CheckUnitCode": 2,
    "Grants": 5,
    "Sessions": 2,
    "Portal": 2,
    "Registration": 2,
    "PasswordLink": 3,
    "PasswordRules": 1,
    "Claims": 2,
    "Members": 2,
    "MovePreview": 3,
    "Moves": 2,
    "DataRequests": 2,
    "OpenRequests": 2,
    "LateRequests": 7,
    "ApproveGrants": 2,
    "MyCycleApplications": 6,
    "CycleApplications": 3,
    "CycleApplication": 8,
    "CycleCertificate": 5,
    "Certificates": 3,
    "UnitCertificates": 3,
    "RoutePreview": 4,
    "CaseForecast": 4,
    "Confirmation": 4,
    "ProfilesToConfirm": 3,  # nothing waits for him: the profiles and their buttons would be three
    "Delegations": 5,
    "DelegatedTasks": 3,
    "Notices": 4,
    "ReaffiliationPreview": 6,
    "MergerPreview": 2,
    "OrganisationHistory": 3,
    "Past": 6,
    "IdentityChanges": 2,
}


@pytest.mark.parametrize(
    "each", [one for one in example.library() if one.kind == "query"], ids=lambda each: each.name
)
async def test_a_screen_costs_the_statements_it_is_known_for(
    reading: Site, each: example.Example
) -> None:
    role = each.roles[-1]
    who = (SOMEBODY[role], role.name)
    variables = filled(each.variables, await reading.facts(who))

    with counted() as sent:
        await reading.ask(who, each.query, **variables)

    assert len(sent) == STATEMENTS[each.name], "\n".join(sent)
