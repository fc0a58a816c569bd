"""Numbers are shown to whoever reviews the person, after it was logged, and not too often."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.access import Viewer
from models.account import UserType
from models.read import Connection
from resolvers import ids
from tests.factories import city
from tests.factories.city import City
from tests.factories.identity import numbered
from tests.factories.question import answered, codes
from tests.factories.record import submitted
from workflow import keyring

NUMBER = "440106198506080012"
REVEAL = """mutation($input: RevealIdentityInput!) { revealIdentity(input: $input) { __typename
  ... on RevealIdentityPayload { number documentType } ... on UserError { code } } }"""
FIND = """mutation($input: FindPersonInput!) { findPerson(input: $input) { __typename
  ... on FindPersonPayload { person { id maskedNumber } } ... on UserError { code path } } }"""
ACCESSES = """query($id: ID!) { node(id: $id) { ... on Person {
  identityAccessLog { name organisation purpose } } } }"""
LOG = "SELECT action, outcome, code, detail::text AS detail FROM audit.audit_event ORDER BY at"
TWICE = "mutation($i: RevealIdentityInput!) { a: revealIdentity(input: $i) { __typename } b: %s }"


@pytest.fixture
async def town(db: Connection) -> City:
    built = await city.build(db)
    await numbered(built.viewers["applicant"].person_id, NUMBER)
    return built


@pytest.fixture
async def asked(db: Connection, town: City) -> dict[str, Any]:
    """A case that waits for the handler, and the log emptied of how it came about."""
    await submitted(town)
    found = await db.execute_query_dict("SELECT id FROM wf_case")
    person = ids.encode("Person", town.viewers["applicant"].person_id)
    await empty(db)
    case = ids.encode("Case", found[0]["id"])
    return {"personId": person, "caseId": case, "purpose": "VERIFY", "reason": "核对身份"}


async def empty(db: Connection) -> None:
    await db.execute_script(
        "SET session_replication_role = replica; DELETE FROM audit.audit_event;"
        " SET session_replication_role = origin"
    )


async def revealed(who: Viewer, given: dict[str, Any]) -> Any:
    return (await answered(who, REVEAL, input=given))["revealIdentity"]


async def log(db: Connection) -> list[Any]:
    return [
        (row["action"], row["outcome"], row["code"]) for row in await db.execute_query_dict(LOG)
    ]


async def test_who_reviews_sees_the_number_and_its_owner_sees_that(
    db: Connection, town: City, asked: dict[str, Any]
) -> None:
    handler, owner = town.viewers["handler"], town.viewers["applicant"]

    seen = await revealed(handler, asked)

    assert (seen["number"], seen["documentType"]) == (NUMBER, "CITIZEN")
    assert await log(db) == [("identity:reveal", "done", None)]
    told = (await answered(owner, ACCESSES, id=asked["personId"]))["node"]["identityAccessLog"]
    assert [(one["purpose"], bool(one["name"]), bool(one["organisation"])) for one in told] == [
        ("VERIFY", True, True)
    ]
    others = (await answered(handler, ACCESSES, id=asked["personId"]))["node"]
    assert others == {"identityAccessLog": []}


@pytest.mark.parametrize("who", ["second handler", "museum handler"])
async def test_only_the_group_whose_task_it_is_sees_it(
    db: Connection, town: City, asked: dict[str, Any], who: str
) -> None:
    other = replace(town.viewers[who], groups=frozenset({"nobody"}))
    seen = await revealed(other, asked)

    assert seen == {"__typename": "NotPermitted", "code": "NOT_YOUR_TASK"}
    assert await log(db) == [("identity:reveal", "denied", "NOT_YOUR_TASK")]
    assert (await revealed(town.viewers["handler"], asked))["number"] == NUMBER


@pytest.mark.parametrize(
    ("minutes", "answer"), [(None, None), (10, None), (11, "STEP_UP_REQUIRED")]
)
async def test_who_has_an_app_shows_a_fresh_code_before_a_number(
    db: Connection, town: City, asked: dict[str, Any], minutes: int | None, answer: str | None
) -> None:
    shown = None if minutes is None else city.NOW - timedelta(minutes=minutes)

    seen = await revealed(replace(town.viewers["handler"], mfa_at=shown), asked)

    assert seen.get("code") == answer
    assert await log(db) == ([("identity:reveal", "done", None)] if answer is None else [])


async def test_after_the_task_is_over_nothing_is_shown(
    db: Connection, town: City, asked: dict[str, Any]
) -> None:
    await db.execute_script("UPDATE wf_task SET status = 'void'")

    assert (await revealed(town.viewers["handler"], asked))["code"] == "NOT_YOUR_TASK"


async def test_of_another_person_the_case_shows_nothing(
    db: Connection, town: City, asked: dict[str, Any]
) -> None:
    other = town.viewers["leader"].person_id
    await numbered(other, "440103198001010028")

    seen = await revealed(
        town.viewers["handler"], {**asked, "personId": ids.encode("Person", other)}
    )

    assert seen["code"] == "NOT_YOUR_TASK"


async def test_whose_number_is_not_known_cannot_be_seen(
    db: Connection, town: City, asked: dict[str, Any]
) -> None:
    await db.execute_script("DELETE FROM vault.person_identity")

    assert (await revealed(town.viewers["handler"], asked))["code"] == "NO_NUMBER"
    assert await log(db) == [("identity:reveal", "refused", "NO_NUMBER")]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "REASON_TOO_SHORT"),
        ("看", "REASON_TOO_SHORT"),
        ("核对 440106 1985 0608 0012", "NUMBER_IN_TEXT"),
        ("核对４４０１０６１９８５０６０８００１２", "NUMBER_IN_TEXT"),
        ("核" * 201, "TEXT_TOO_LONG"),
    ],
)
async def test_without_a_proper_reason_nothing_is_shown_or_kept(
    db: Connection, town: City, asked: dict[str, Any], reason: str, code: str
) -> None:
    seen = await revealed(town.viewers["handler"], {**asked, "reason": reason})

    assert seen["code"] == code
    assert await log(db) == []


@pytest.mark.parametrize(("age", "most"), [("1 minute", 30), ("2 hours", 100)])
async def test_after_so_many_it_is_enough(
    db: Connection, town: City, asked: dict[str, Any], age: str, most: int
) -> None:
    handler = town.viewers["handler"]
    await earlier(db, handler, most - 1, age)

    last, more = await revealed(handler, asked), await revealed(handler, asked)
    found = await answered(handler, FIND, input={"number": NUMBER})

    assert last["number"] == NUMBER
    assert more["code"] == found["findPerson"]["code"] == "DISCLOSED_TOO_OFTEN"


async def earlier(db: Connection, who: Viewer, count: int, age: str) -> None:
    """What he has seen before, as the log would say."""
    await db.execute_script(
        "SET session_replication_role = replica;"
        " INSERT INTO audit.audit_event (era, xid, at, account_id, action, outcome)"
        f" SELECT 1, '1', clock_timestamp() - interval '{age}', '{who.account_id}',"
        f" 'identity:reveal', 'done' FROM generate_series(1, {count});"
        " SET session_replication_role = origin"
    )


async def test_two_at_once_do_not_pass_the_limit_together(
    db: Connection, town: City, asked: dict[str, Any]
) -> None:
    handler = town.viewers["handler"]
    await earlier(db, handler, 28, "1 minute")

    seen = await asyncio.gather(*(revealed(handler, asked) for _ in range(4)))

    assert sum("number" in each for each in seen) == 2


async def test_it_is_logged_for_good_before_it_is_opened(
    db: Connection, town: City, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise RuntimeError("no key")

    monkeypatch.setattr(keyring, "current", broken)
    result = await codes(town.viewers["handler"], REVEAL, input=asked)

    assert result == ["INTERNAL"]
    assert await log(db) == [("identity:reveal", "done", None)]


async def test_one_document_shows_one_number(town: City, asked: dict[str, Any]) -> None:
    query = TWICE % "revealIdentity(input: $i) { __typename }"

    assert await codes(town.viewers["handler"], query, i=asked) == ["QUERY_TOO_COMPLEX"]


async def test_a_person_is_found_by_his_exact_number_in_any_writing(
    db: Connection, town: City, asked: dict[str, Any]
) -> None:
    handler = town.viewers["handler"]

    written = await answered(handler, FIND, input={"number": "４４０１０６ 19850608 0012"})
    unknown = await answered(handler, FIND, input={"number": "440103198001010028"})

    assert written["findPerson"]["person"] == {
        "id": asked["personId"],
        "maskedNumber": "440" + "*" * 15,
    }
    assert unknown["findPerson"]["person"] is None
    assert await log(db) == [("identity:find", "done", None)] * 2


async def test_whom_one_may_not_read_is_as_unknown_as_nobody(town: City) -> None:
    museum = town.viewers["museum handler"]

    known = await answered(museum, FIND, input={"number": NUMBER})
    unknown = await answered(museum, FIND, input={"number": "440103198001010028"})

    assert known == unknown and known["findPerson"]["person"] is None


async def test_a_wrong_number_is_refused_at_its_field(town: City) -> None:
    found = await answered(town.viewers["handler"], FIND, input={"number": NUMBER[:-1]})

    assert (found["findPerson"]["code"], found["findPerson"]["path"]) == ("LENGTH", ["number"])


@pytest.mark.parametrize("kind", [UserType.PERSON, UserType.TRAINING_BASE, UserType.AUDIT_ADMIN])
async def test_for_who_reviews_nobody_there_is_no_such_thing(town: City, kind: UserType) -> None:
    viewer = replace(town.viewers["applicant"], user_type=kind)

    assert await codes(viewer, FIND, input={"number": NUMBER})
