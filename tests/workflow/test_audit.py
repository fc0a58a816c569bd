"""The audit log: one row per deed, in its transaction, with whoever did it and nothing personal."""

from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import OperationalError

from models.account import UserType
from models.attachment import ScanState
from models.read import Connection
from resolvers import ids
from rules.refusal import Refused
from tests.factories import city, file, people
from tests.factories.city import City
from tests.factories.question import answered, codes, key, record_id, somebody
from tests.factories.record import draft
from tests.statements import counted
from workflow import account, attachment, audit, recalculation, training
from workflow.attachment import Verdict
from workflow.command import Done

LOG = "SELECT *, xid::text AS tx, detail::text AS told FROM audit.audit_event ORDER BY at"
SUBMIT = """mutation($input: SubmitRecordInput!) { submitRecord(input: $input) {
  ... on UserError { code } } }"""
CORRECT = """mutation($input: ProposeDeletionInput!) { proposeDeletion(input: $input) {
  ... on UserError { code } } }"""
AUDIT = """{ auditLog(where: {outcome: {eq: DONE}}) { totalCount
  nodes { action actor role sealed objectKey } } }"""


@pytest.fixture
async def town(db: Connection) -> City:
    built = await city.build(db)
    return built


async def log(db: Connection) -> list[dict[str, Any]]:
    return list(await db.execute_query_dict(LOG))


async def test_a_command_leaves_one_row_of_its_own_transaction(db: Connection, town: City) -> None:
    record = await draft(town)

    (row,) = await log(db)

    who = town.viewers["applicant"]
    assert (row["action"], row["outcome"], row["object_id"]) == ("record:declare", "done", record)
    assert (row["person_id"], row["account_id"], row["role"]) == (
        who.person_id,
        who.account_id,
        "person",
    )
    assert "course_name" in row["fields"] and row["idempotency_key"]
    written = await db.execute_query_dict("SELECT xmin::text AS tx FROM training_record")
    assert int(row["tx"]) % 2**32 == int(written[0]["tx"])


async def test_the_log_costs_a_command_no_statement(town: City) -> None:
    record = await draft(town)
    request = town.request("applicant")

    with counted() as sent:
        await training.delete(request, record_id=record, expected_version=1)

    logging = [each for each in sent if "audit_event" in each]
    assert len(logging) == 1 and "UPDATE wf_command" in logging[0]


async def test_a_refusal_is_logged_with_its_code_and_a_replay_not_again(
    db: Connection, town: City
) -> None:
    record = await draft(town)
    request = town.request("second handler")

    for _ in range(2):
        answer = await training.delete(request, record_id=record, expected_version=1)
        assert isinstance(answer, Refused)

    rows = [(row["outcome"], row["code"]) for row in await log(db)]
    assert rows == [("done", None), ("denied", "NOT_FOUND")]


async def test_what_is_denied_before_it_begins_is_logged_once_too(
    db: Connection, town: City
) -> None:
    record = record_id(await draft(town))
    given = {"recordId": record, "reason": "重复", "expectedVersion": 1, "idempotencyKey": key()}

    answer = await answered(town.viewers["leader"], CORRECT, input=given)

    assert answer["proposeDeletion"]["code"] == "DUTY_REQUIRED"
    (_, row) = await log(db)
    assert (row["action"], row["outcome"]) == ("command:ProposeDeletion", "denied")


async def test_without_its_row_a_deed_is_undone(db: Connection, town: City) -> None:
    record = await draft(town)
    await db.execute_script("ALTER TABLE audit.audit_event RENAME TO elsewhere")
    try:
        with pytest.raises(OperationalError):
            await training.delete(town.request("applicant"), record_id=record, expected_version=1)
    finally:
        await db.execute_script("ALTER TABLE audit.elsewhere RENAME TO audit_event")

    kept = await db.execute_query_dict("SELECT deleted_at FROM training_record")
    assert kept[0]["deleted_at"] is None


async def test_signing_in_and_failing_to_are_logged_without_what_was_typed(db: Connection) -> None:
    who = await people.account(await people.person())
    for login in (who.login, "440106198506080012"):
        await account.sign_in(login=login, given="440106198506080012", now=people.NOW, hours=1)

    rows = await log(db)

    assert [(row["action"], row["outcome"], row["object_id"]) for row in rows] == [
        ("session:sign_in", "denied", who.id),
        ("session:sign_in", "denied", None),
    ]
    assert "440106" not in str(rows)


async def test_a_request_is_known_by_its_address_and_number(db: Connection) -> None:
    audit.called("192.0.2.7")

    await audit.record(db, None, "test:one", ("", None))
    await audit.record(db, None, "test:two", ("", None))

    first, second = await log(db)
    assert (first["address"], second["address"]) == ("192.0.2.7", "192.0.2.7")
    assert first["request_id"] == second["request_id"] is not None


async def test_the_audit_administrator_reads_the_log_and_no_business(town: City) -> None:
    record = await draft(town)
    auditor = somebody(UserType.AUDIT_ADMIN)

    read = (await answered(auditor, AUDIT))["auditLog"]

    assert read["totalCount"] == 1
    assert read["nodes"][0]["objectKey"] == str(record)
    assert (read["nodes"][0]["role"], read["nodes"][0]["sealed"]) == ("PERSON", False)
    assert await codes(auditor, "{ trainingRecords { totalCount } }")


@pytest.mark.parametrize("kind", [each for each in UserType if each is not UserType.AUDIT_ADMIN])
async def test_nobody_else_reads_it(db: Connection, kind: UserType) -> None:
    await audit.record(db, None, "test:one", ("", None))

    assert await codes(somebody(kind), AUDIT) == ["GRAPHQL_VALIDATION_FAILED"]
    assert await codes(None, AUDIT) == ["UNAUTHENTICATED"]


OFFICES = ("sys_admin", "sec_admin", "audit_admin")
SEAT = """INSERT INTO seat (id, person_id, user_type, groups, duties, organisation_id, created_at)
VALUES (gen_random_uuid(), $1, $2, $3, '{}', $4, now())"""


@pytest.mark.parametrize("first", OFFICES)
@pytest.mark.parametrize("second", [*OFFICES, "unit"])
async def test_nobody_holds_two_of_the_three_offices_or_one_beside_business(
    db: Connection, first: str, second: str
) -> None:
    who, unit = await people.person(), (await people.unit()).id
    await db.execute_query(SEAT, [who.id, "person", [], None])
    await db.execute_query(SEAT, [who.id, first, [], None])

    with pytest.raises(Exception, match=r"seat_one_office|seat_live|no seat of business"):
        await db.execute_query(SEAT, [who.id, second, [], unit if second == "unit" else None])


async def test_an_officer_belongs_to_no_group(db: Connection) -> None:
    who = await people.person()

    with pytest.raises(Exception, match="seat_officer"):
        await db.execute_query(SEAT, [who.id, "sys_admin", ["handler"], None])


def test_ids_of_others_are_not_mistaken_for_rows() -> None:
    assert audit.first({"version": 3, "place": ["x"], "record": ids.encode("Case", "x")}) is None


async def test_a_run_begun_from_the_command_line_is_logged_and_so_is_its_end(
    db: Connection, town: City
) -> None:
    begun = await recalculation.begin_unasked(anew=False, now=city.NOW)
    assert isinstance(begun, Done)
    run_id = UUID(begun.data["run"])
    await recalculation.end_unasked(run_id=run_id, now=city.NOW)

    rows = [(row["action"], row["object_id"], row["person_id"]) for row in await log(db)]

    assert rows == [
        ("recalculation:begin", run_id, None),
        ("recalculation:abort", run_id, None),
    ]


@pytest.mark.parametrize(
    ("state", "found"), [(ScanState.INFECTED, 1), (ScanState.FAILED, 1), (ScanState.CLEAN, 0)]
)
async def test_a_scan_that_found_something_is_logged(
    db: Connection, town: City, state: ScanState, found: int
) -> None:
    who = town.viewers["applicant"]
    key = await file.received(who, await draft(town))

    verdict = Verdict(state=state, engine="test")
    await attachment.judge(db, attachment_id=key, verdict=verdict, now=city.NOW)

    rows = [row["object_id"] for row in await log(db) if row["action"] == f"attachment:{state}"]
    assert rows == [key] * found
