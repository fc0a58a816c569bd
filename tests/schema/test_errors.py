"""Errors: refusals as members of the union in the reader's language, faults masked."""

import logging
from typing import Any
from unittest.mock import patch

import pytest
from graphql import GraphQLError

from models.read import Connection
from rules import title
from rules.refusal import Refused
from schema import errors
from tests.factories import city
from tests.factories.question import answered, asked, codes, context, key, record_id, somebody
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


async def only(query: str, language: str, **given: Any) -> GraphQLError:
    """The one error of a question."""
    errors = (await asked(somebody(), query, language, **given)).errors
    assert errors and len(errors) == 1
    return errors[0]


DATES = "query($d: [Date!]) { trainingRecords(where: {startsOn: {in: $d}}) { totalCount } }"
HOURS = "mutation($i: DeclareRecordInput!) { declareRecord(input: $i) { __typename } }"
HALF: dict[str, Any] = {"courseName": "甲", "category": "PUBLIC", "declaredHours": 8.5}
DRAFT = {**HALF, "startsOn": "2026-05-11", "endsOn": "2026-05-11"}


@pytest.mark.parametrize(
    ("query", "given", "argument", "said"),
    [
        (
            "{ trainingRecords(first: 0) { totalCount } }",
            {},
            "first",
            ("应在 1 至 100 之间", "must be from 1 to 100."),
        ),
        (
            "{ trainingRecords(first: 1, last: 1) { totalCount } }",
            {},
            "last",
            ("不能与 first 同时使用", "must be given without first."),
        ),
        (
            '{ trainingRecords(where: {person: {eq: "x"}}) { totalCount } }',
            {},
            "where.person",
            ("应为编号", "must be an id."),
        ),
        (
            DATES,
            {"d": ["2026-05-11", "2026-5-1"]},
            "d[1]",
            ("应为日期文本，如 2026-06-30", "must be a string such as 2026-06-30."),
        ),
        (DATES, {"d": 5}, "d", ("应为日期文本", "must be a string such as")),
        (
            HOURS,
            {"i": {"idempotencyKey": "k", "declaration": DRAFT}},
            "i.declaration.declaredHours",
            ('应为整数或小数文本，如 "6.5"', "must be a whole number, or a decimal"),
        ),
        (
            '{ trainingRecords(where: {endsOn: {eq: "11.5.2026"}}) { totalCount } }',
            {},
            '"11.5.2026"',
            ("应为日期文本", "must be a string such as"),
        ),
    ],
)
async def test_a_wrong_argument_is_named_and_what_it_must_be_is_said_in_both_languages(
    query: str, given: dict[str, Any], argument: str, said: tuple[str, str]
) -> None:
    for language, words in zip(message.LANGUAGES, said, strict=True):
        error = await only(query, language, **given)
        told = error.extensions or {}

        assert (told["code"], told["argument"]) == ("BAD_USER_INPUT", argument)
        assert words in error.message and argument in error.message
        assert f"must.{told['must']}" in message.catalogue(language)


@pytest.mark.parametrize(
    ("query", "lead", "words"),
    [
        ("{", "查询语句有语法错误。", "Syntax Error: Expected Name, found <EOF>."),
        ("{ titels }", "查询语句与接口不符。", "Cannot query field 'titels' on type 'Query'."),
        (
            "query($n: Int!) { trainingRecords(first: $n) { totalCount } }",
            "查询语句与接口不符。",
            "Variable '$n' has invalid value",
        ),
    ],
)
async def test_words_of_graphql_itself_follow_a_sentence_in_the_language_of_the_reader(
    query: str, lead: str, words: str
) -> None:
    error = await only(query, "zh-CN")

    assert error.message.startswith(f"{lead} {words}")


async def test_a_long_value_is_quoted_in_part() -> None:
    query = f'{{ trainingRecords(where: {{endsOn: {{eq: "{"x" * 9000}"}}}}) {{ totalCount }} }}'

    assert len((await only(query, "en")).message) < 200


def test_a_value_graphql_refuses_later_is_a_wrong_argument() -> None:
    found = GraphQLError("Argument 'x' of required type 'Int!'", path=["titles"])

    told = errors.public(found, context(None, "zh-CN"))

    assert told.message == "参数 titles 不正确：应与接口规定的类型相符。"
    assert errors.public(told, context(None, "zh-CN")) is told
