"""Chapter five of the guide: 复验(周期验证), from the unit to the city (L213–307)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from models.ids import uuid7
from rules import dates
from schema import example
from tests.guide import operations as op
from tests.guide.watching import CASE, until, watching
from tests.town import Citizen, Town, eventually, key

TODAY = dates.shanghai_date(datetime.now(UTC))
LAST = TODAY.year if TODAY > date(TODAY.year, 6, 30) else TODAY.year - 1
FIELDS = """id version status stale appliedOn firstYear lastYear totalHours days requiredHours
publicCourses publicHours professionalCourses professionalHours electiveHours verdict binding
years { year totalHours } results { number totalHours verdict
  changes { field { key } before after } records { fate before { hours } after { hours } } }
case { id version status timeline { step { key } what { key } organisation person } }
availableActions { verb enabled refusal { code message } }"""
PAYLOAD = f"... on CycleApplicationPayload {{ application {{ {FIELDS} }} }}"
APPLY = f"""mutation ($input: ApplyForCycleInput!) {{
  applyForCycle(input: $input) {{ {op.ERRORS} {PAYLOAD} }} }}"""
SUBMIT = f"""mutation ($input: CycleApplicationInput!) {{
  submitCycleApplication(input: $input) {{ {op.ERRORS} {PAYLOAD} }} }}"""
READ = f"query ($id: ID!) {{ node(id: $id) {{ ... on CycleApplication {{ {FIELDS} }} }} }}"
TASKS = """{ tasks(first: 100) { nodes { id version mark { name } cycleApplication { id }
  availableActions { act enabled refusal { code } } } } }"""
ON_CASE = """mutation ($input: {kind}!) { {name}(input: $input) { {errors}
  ... on CasePayload { case { id version status step { key } } } } }"""
PROPOSE = f"""mutation ($input: ProposeCorrectionInput!) {{ proposeCorrection(input: $input) {{
  {op.ERRORS} ... on AmendmentPayload {{ amendment {{ id version }} }} }} }}"""
CONFIRM = """{ tasks(first: 100) { nodes { id version amendment { id } } } }"""
RECORDS = """query ($person: ID!) { trainingRecords(first: 100, where: {
  person: { eq: $person }, status: { eq: APPROVED } }) { nodes {
  id version courseName category startsOn endsOn attendedDays approvedHours organiserName } } }"""
FIND = "query ($id: ID!) { node(id: $id) { ... on CycleApplication { person { id } } } }"
ISSUE, SHOWN = (
    next(each.query for each in example.library() if each.name == name)
    for name in ("IssueCertificate", "CycleCertificate")
)
# The figures of the guide's screen (L257–262): 404.0 hours, 4 public and 9 professional courses.
STUDIES = (
    *(("public", "17.0", n) for n in range(4)),
    *(("professional", "35.5", n % 4) for n in range(8)),
    ("professional", "36.0", 0),
    ("elective", "16.0", 1),
)
REGISTER = """INSERT INTO training_record (id, person_id, employer_id, origin, status, course_name,
  category, starts_on, ends_on, attended_days, approved_hours, organiser_name, study_form, place,
  content, note, version, created_at, updated_at)
SELECT $1, s.id, e.organisation_id, 'in_system', 'approved', $3, $4, $5::date, $5::date, 1,
  $6, '某培训基地', '', '', '', '', 1, now(), now()
FROM person s JOIN employment e ON e.person_id = s.id AND e.until_on IS NULL
JOIN account a ON a.person_id = s.id WHERE a.login = $2"""
RESIDENT = """SELECT a.login FROM account a JOIN employment e ON e.person_id = a.person_id
JOIN employment c ON c.organisation_id = e.organisation_id
JOIN account colleague ON colleague.person_id = c.person_id AND colleague.login = $1
WHERE a.login ~ '^p[0-9]+$' AND NOT EXISTS
  (SELECT FROM cycle_application y WHERE y.person_id = a.person_id) ORDER BY a.login"""
SETTLE = """UPDATE training_record SET deleted_at = now() WHERE person_id =
  (SELECT person_id FROM account WHERE login = $1)"""
QUALIFY = """UPDATE profile SET qualified_on = $2::date, has_title = true, title_code = '083',
  discipline = 'natural', person_group = 'general'
WHERE person_id = (SELECT person_id FROM account WHERE login = $1)"""


async def applicant(town: Town, colleague: str, studies: Any = STUDIES) -> str:
    """The login of a colleague whose title is four years old, and what bases registered of him.

    There is no screen of bases yet, so what comes from them is laid behind the API.
    """
    (row, *_) = await town.sql(RESIDENT, colleague)
    login: str = row["login"]
    await town.sql(SETTLE, login)
    await town.sql(QUALIFY, login, date(LAST - 3, 11, 1))
    for number, (category, hours, ago) in enumerate(studies):
        ended = date(LAST - ago, 1, 9)
        await town.sql(REGISTER, uuid7(), login, f"课程{number}", category, ended, Decimal(hours))
    return login


async def handed_in(town: Town, login: str) -> dict[str, Any]:
    """An application for a senior title, under review."""
    async with town.citizen(login) as me:
        made = await me.do(APPLY, targetTitle="082", idempotencyKey=key())
        assert made["__typename"] == "CycleApplicationPayload", made
        answer = await me.do(SUBMIT, **pointer(made["application"]))
        assert answer["__typename"] == "CycleApplicationPayload", answer
        application: dict[str, Any] = answer["application"]
        return application


def pointer(application: dict[str, Any]) -> dict[str, Any]:
    """What a mutation wants to know of an application."""
    return {
        "applicationId": application["id"],
        "expectedVersion": application["version"],
        "idempotencyKey": key(),
    }


async def seen(town: Town, application: dict[str, Any], login: str) -> dict[str, Any]:
    """The application as somebody sees it now."""
    async with town.citizen(login) as me:
        found: dict[str, Any] = (await me.ask(READ, id=application["id"]))["node"]
        return found


async def task_of(reviewer: Citizen, application: dict[str, Any]) -> dict[str, Any]:
    """The reviewer's task about an application."""
    nodes = (await reviewer.ask(TASKS))["tasks"]["nodes"]
    found = [one for one in nodes if (one["cycleApplication"] or {}).get("id") == application["id"]]
    assert found, "nothing waits for him"
    task: dict[str, Any] = found[0]
    return task


async def decided(
    town: Town, login: str, application: dict[str, Any], act: str, **words: Any
) -> dict[str, Any]:
    """What somebody is answered who decides."""
    async with town.citizen(login) as reviewer:
        task = await task_of(reviewer, application)
        answer: dict[str, Any] = await reviewer.do(
            op.DECIDE,
            taskId=task["id"],
            act=act,
            expectedVersion=task["version"],
            idempotencyKey=key(),
            **words,
        )
        return answer


async def passed(town: Town, application: dict[str, Any], *said: tuple[str, str]) -> None:
    """Several decisions one after another, none of them refused."""
    for login, act in said:
        answer = await decided(town, login, application, act, comment="已核对")
        assert answer["__typename"] == "TaskPayload", (login, act, answer)


async def on_case(town: Town, login: str, application: dict[str, Any], name: str) -> None:
    """A verb on the case of an application: it stands at its first step again."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    query = ON_CASE.replace("{kind}", kind).replace("{name}", name).replace("{errors}", op.ERRORS)
    case = (await seen(town, application, login))["case"]
    async with town.citizen(login) as reviewer:
        answer = await reviewer.do(
            query, caseId=case["id"], expectedVersion=case["version"], idempotencyKey=key()
        )
    assert answer["case"]["step"]["key"] == "unit_check", answer


async def counted_again(town: Town, application: dict[str, Any], login: str) -> dict[str, Any]:
    """The application once the worker has followed the correction."""
    found: dict[str, Any] = {}

    async def followed() -> bool:
        found.update(await seen(town, application, login))
        return not found["stale"] and len(found["results"]) == 2

    await eventually(followed, said=lambda: town.log("work") + town.log("relay"))
    return found


UNIT = (("initial_checker", "AGREE_UP"), ("unit_leader", "PASS"))
CITY = (("city_rechecker", "AGREE_UP"), ("division_leader", "PASS"))
CLINIC = (("clinic_handler", "AGREE_UP"), ("clinic_leader", "PASS"))
ABOVE = (("clinic_checker", "PASS"), ("district_checker", "PASS"))


async def test_a_municipal_application_climbs_with_the_figures_of_the_guide(town: Town) -> None:
    login = await applicant(town, "initial_checker")

    application = await handed_in(town, login)
    await passed(town, application, *UNIT, ("checker", "PASS"), *CITY)

    final = await seen(town, application, login)
    assert (final["status"], final["appliedOn"]) == ("APPROVED", str(TODAY))
    assert (final["firstYear"], final["lastYear"]) == (LAST - 3, LAST)
    assert (final["totalHours"], final["days"]) == ("404.0", "50.5")  # 8 hours a day since 2021
    assert (final["publicCourses"], final["publicHours"]) == (4, "68.0")
    assert (final["professionalCourses"], final["professionalHours"]) == (9, "320.0")
    assert (final["electiveHours"], final["requiredHours"]) == ("16.0", "360.0")
    assert (final["verdict"], final["binding"]) == ("PASS", False)
    assert sum(float(each["totalHours"]) for each in final["years"]) == 404
    people = {line["person"] for line in final["case"]["timeline"] if line["step"]}
    assert len(people) == 6  # the applicant, two of the unit, one above, two of the city


async def test_a_district_application_goes_back_and_is_counted_again_on_its_way(
    town: Town,
) -> None:
    login = await applicant(town, "clinic_handler")
    application = await handed_in(town, login)

    await passed(town, application, *CLINIC)
    await on_case(town, "clinic_handler", application, "recallCase")
    assert await mark(town, "clinic_leader", application) == "待审(回收)"
    await passed(town, application, CLINIC[1], ABOVE[0])
    await decided(town, "district_checker", application, "RETURN", to="unit_check", comment="核对")
    assert await mark(town, "clinic_leader", application) == "待审(退案)"
    await passed(town, application, CLINIC[1], *ABOVE, CITY[0])

    async with town.citizen("division_leader") as chief:
        case = application["case"]["id"]
        async with watching(chief, CASE, id=case) as heard:
            await anext(heard)
            town.end("work")
            await corrected(town, application, "课程0")
            assert await until(heard, lambda event: event["case"]["status"] == "IN_REVIEW")
    early = await decided(town, "division_leader", application, "PASS")
    town.start("work", "work", "all")
    after = await counted_again(town, application, "division_leader")
    late = await decided(town, "division_leader", application, "PASS")

    assert (early["code"], late["code"]) == ("FIGURES_STALE", "CONTENT_CHANGED")
    assert [each["totalHours"] for each in after["results"]] == ["394.0", "404.0"]
    (record,) = after["results"][0]["records"]
    assert (record["before"], record["after"]) == ({"hours": "17.0"}, {"hours": "7.0"})
    await on_case(town, "division_leader", application, "restateCase")
    await passed(town, application, *CLINIC, *ABOVE, *CITY)
    assert (await seen(town, application, login))["status"] == "APPROVED"


async def test_who_has_studied_too_little_is_returned_and_never_passed(town: Town) -> None:
    login = await applicant(town, "initial_checker", STUDIES[:6])

    application = await handed_in(town, login)
    await passed(town, application, UNIT[0])
    refused = await decided(town, "unit_leader", application, "PASS")
    returned = await decided(town, "unit_leader", application, "RETURN", comment="学时不足")

    assert (application["verdict"], refused["code"]) == ("FAIL", "FIGURES_SHORT")
    assert "还差 221.0 学时" in refused["message"]  # 360 − 4 × 17 − 2 × 35.5
    assert returned["case"]["status"] == "RETURNED", returned


async def test_what_is_corrected_after_the_approval_ends_the_certificate(town: Town) -> None:
    login = await applicant(town, "clinic_handler")
    application = await handed_in(town, login)
    await passed(town, application, *CLINIC, *ABOVE, *CITY)

    async with town.citizen(login) as me:
        made = await me.do(ISSUE, resultId=application["id"], idempotencyKey=key())
        assert made["__typename"] == "CertificatePayload", made
        check = made["certificate"]["checkUrl"]
        before = (await me.client.get(check)).text
        file = await me.client.get(made["certificate"]["url"])
        await corrected(town, application, "课程0")
        await counted_again(town, application, login)
        after, shown = (await me.client.get(check)).text, await me.ask(SHOWN, id=application["id"])
        gone = await me.client.get(made["certificate"]["url"])

    assert 'class="verdict valid"' in before and 'class="verdict revoked"' in after
    assert (file.content[:4], gone.status_code) == (b"%PDF", 410)
    node = shown["node"]
    assert (node["status"], node["certificate"]["revokedBecause"]) == ("APPROVED", "RECALCULATED")
    told = [(one["number"], one["decided"], one["totalHours"]) for one in node["results"]]
    assert told == [(2, False, "394.0"), (1, True, "404.0")]


async def mark(town: Town, login: str, application: dict[str, Any]) -> str:
    """Why it waits for somebody, in words."""
    async with town.citizen(login) as reviewer:
        return str((await task_of(reviewer, application))["mark"]["name"])


async def corrected(town: Town, application: dict[str, Any], course: str) -> None:
    """A record of the applicant is corrected to seven hours, by two of his unit."""
    async with town.citizen("clinic_handler") as keeper:
        person = (await keeper.ask(FIND, id=application["id"]))["node"]["person"]["id"]
        nodes = (await keeper.ask(RECORDS, person=person))["trainingRecords"]["nodes"]
        (record,) = [one for one in nodes if one["courseName"] == course]
        about = {"recordId": record.pop("id"), "expectedVersion": record.pop("version")}
        shall = {**record, "approvedHours": "7.0"}
        answer = await keeper.do(
            PROPOSE, **about, correction=shall, reason="证书载明 7 学时。", idempotencyKey=key()
        )
        assert answer["__typename"] == "AmendmentPayload", answer
    async with town.citizen("clinic_leader") as leader:
        nodes = (await leader.ask(CONFIRM))["tasks"]["nodes"]
        wanted = answer["amendment"]["id"]
        (task,) = [one for one in nodes if (one["amendment"] or {}).get("id") == wanted]
        given = {"taskId": task["id"], "expectedVersion": task["version"], "act": "PASS"}
        done = await leader.do(op.DECIDE, **given, idempotencyKey=key())
        assert done["__typename"] == "TaskPayload", done
