"""Errors: refusals as members of the union in the reader's language, faults masked."""

import logging
from typing import Any
from unittest.mock import patch

import pytest

from models.read import Connection
from rules import title
from rules.refusal import Refused
from schema import errors
from tests.factories import city
from tests.factories.question import answered, asked, codes, key, record_id, somebody
from tests.factories.record import draft
from workflow import message

DELETE = """mutation($input: RecordInput!) { deleteRecord(input: $input) { __typename
  ... on RecordPayload { replayed record { deleted version } }
  ... on StateConflict { expected actual by what }
  ... on Refusal { details { name value } }
  ... on UserError { code message path } } }"""
DECLARE = """mutation($input: DeclareRecordInput!) { declareRecord(input: $input) { __typename
  ... on ValidationFailed { problems { code message path } } ... on UserError { code } } }"""


@pytest.mark.parametrize(
    ("refused", "member"),
    [
        (Refused("CONFLICT", {"expected": 1, "actual": 2}), errors.StateConflict),
        (Refused("OWN_CASE"), errors.NotPermitted),
        (Refused("NOT_EDITABLE", {"status": "approved"}), errors.Refusal),
        (Refused("INVALID_INPUT", {"problems": []}), errors.ValidationFailed),
    ],
)
def test_a_refusal_is_a_member_by_its_code(refused: Refused, member: type) -> None:
    assert type(errors.member(refused, "en")) is member


def test_every_code_of_the_catalogue_is_a_code_of_the_schema() -> None:
    assert {each.value for each in errors.ErrorCode} == set(message.codes())


async def test_the_sentence_follows_the_language(db: Connection) -> None:
    town = await city.build(db)
    given = {"recordId": record_id(await city.registered(town, "applicant")), "expectedVersion": 1}

    said = [
        (
            await answered(
                town.viewers["applicant"],
                DELETE,
                language,
                input={**given, "idempotencyKey": key()},
            )
        )["deleteRecord"]
        for language in message.LANGUAGES
    ]

    assert [one["code"] for one in said] == ["NOT_DECLARED"] * 2
    assert said[0]["message"] != said[1]["message"]
    assert said[0]["details"] == [{"name": "origin", "value": "in_system"}]


async def test_a_conflict_says_both_versions_and_changes_nothing(db: Connection) -> None:
    town = await city.build(db)
    me, record = town.viewers["applicant"], record_id(await draft(town))
    wrong = {"recordId": record, "expectedVersion": 9, "idempotencyKey": key()}

    conflict = (await answered(me, DELETE, input=wrong))["deleteRecord"]
    right = {**wrong, "expectedVersion": 1, "idempotencyKey": key()}
    done = (await answered(me, DELETE, input=right))["deleteRecord"]

    assert (conflict["__typename"], conflict["expected"], conflict["actual"]) == (
        "StateConflict",
        9,
        1,
    )
    assert done["record"]["deleted"] is True


async def test_a_repeated_key_answers_again_and_says_so(db: Connection) -> None:
    town = await city.build(db)
    me = town.viewers["applicant"]
    given = {"recordId": record_id(await draft(town)), "expectedVersion": 1, "idempotencyKey": "k"}

    first = (await answered(me, DELETE, input=given))["deleteRecord"]
    second = (await answered(me, DELETE, input=given))["deleteRecord"]

    assert (first["replayed"], second["replayed"]) == (False, True)
    assert first["record"] == second["record"]


async def test_every_problem_of_an_input_names_its_field(db: Connection) -> None:
    town = await city.build(db)
    declaration = {
        "courseName": "",
        "category": "PUBLIC",
        "startsOn": "2026-05-11",
        "endsOn": "2030-01-01",
    }
    given = {"declaration": declaration, "idempotencyKey": key()}

    answer = (await answered(town.viewers["applicant"], DECLARE, input=given))["declareRecord"]

    assert answer["__typename"] == "ValidationFailed"
    assert ["declaration", "endsOn"] in [problem["path"] for problem in answer["problems"]]


async def test_too_many_places_are_refused_by_their_field_and_in_his_language(
    db: Connection,
) -> None:
    town = await city.build(db)
    declaration = {
        "courseName": "课程",
        "category": "ELECTIVE",
        "startsOn": "2026-05-11",
        "endsOn": "2026-05-11",
        "declaredHours": "6.25",
    }

    said = [
        (
            await answered(
                town.viewers["applicant"],
                DECLARE,
                language,
                input={"declaration": declaration, "idempotencyKey": key()},
            )
        )["declareRecord"]["problems"]
        for language in message.LANGUAGES
    ]

    ((chinese,), (english,)) = said
    assert chinese["code"] == english["code"] == "HOURS_TOO_PRECISE"
    assert chinese["path"] == ["declaration", "declaredHours"]
    assert chinese["message"] != english["message"]


@pytest.mark.parametrize("wrong", ["", "a\0", "\n", "k" * 256])
async def test_a_key_that_cannot_be_kept_is_refused_by_its_field(
    db: Connection, wrong: str
) -> None:
    town = await city.build(db)
    given = {"recordId": record_id(await draft(town)), "expectedVersion": 1}

    answer = await answered(
        town.viewers["applicant"], DELETE, input={**given, "idempotencyKey": wrong}
    )

    assert answer["deleteRecord"]["code"] == "IDEMPOTENCY_KEY"
    assert answer["deleteRecord"]["path"] == ["idempotencyKey"]


@pytest.mark.parametrize(
    ("datum", "text"),
    [
        (("titleCode", "phone"), '["titleCode", "phone"]'),
        ([{"name": "证书.pdf"}], '[{"name": "证书.pdf"}]'),
        (3, "3"),
    ],
)
def test_a_datum_of_several_values_is_json(datum: Any, text: str) -> None:
    refusal = errors.member(Refused("NOT_EDITABLE", {"status": datum}), "en")

    assert isinstance(refusal, errors.Refusal)
    assert refusal.details[0].value == text


@pytest.mark.parametrize(
    "query",
    ["{ tasks { nodes { id } } }", "{ todoGroups { count } }", "{ persons { totalCount } }"],
)
async def test_a_stranger_is_asked_to_sign_in(query: str) -> None:
    assert await codes(None, query) == ["UNAUTHENTICATED"]


async def test_a_stranger_is_nobody() -> None:
    assert await answered(None, "{ viewer { login } }") == {"viewer": None}


async def test_a_fault_of_ours_is_a_number_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def boom() -> Any:
        raise RuntimeError("postgresql://secret")

    with patch.object(title, "catalogue", boom), caplog.at_level(logging.ERROR):
        result = await asked(somebody(), "{ titles { code } }")

    assert result.errors
    said = result.errors[0].formatted
    assert said["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(said)
    logged = [line for line in caplog.records if said["extensions"]["incident"] in line.message]
    assert len(logged) == 1 and "boom" in logged[0].getMessage()
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("query a { viewer { login } } query b { viewer { login } }", "OPERATION_NAME_REQUIRED"),
        (
            '{ trainingRecords(where: {year: {eq: "x"}}) { totalCount } }',
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ],
)
async def test_a_document_that_does_not_fit_has_a_code(query: str, code: str) -> None:
    assert await codes(None, query) == [code]
