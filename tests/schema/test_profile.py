"""The confirmation of a profile as clients see it: the person, the handler, and nobody else."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from models import Profile
from models.read import Connection
from tests.factories import city
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.question import answered, codes, key
from tests.factories.record import done
from tests.statements import counted
from workflow import profile
from workflow.case import Act

MINE = """{ viewer { person { profile { confirmation confirmedAt confirmedBy { name } version
  case { status timeline { person } } } } } }"""
INBOX = """{ tasks { nodes { business { key } step { key } record { id } amendment { id }
  applicant { name } profile { titleCode qualifiedOn } case { profile { discipline } } } } }"""
SUBMIT = """mutation ($input: ProfileVersionInput!) { submitProfile(input: $input) { __typename
  ... on PersonPayload { person { profile { confirmation } } } ... on UserError { code } } }"""
TODO = "{ todoGroups { business { key } step { key } count } }"


@pytest.fixture
async def town(db: Connection) -> City:
    return await city.build(db)


async def asked(town: City, who: str = "applicant", version: int = 1) -> UUID:
    answer = done(await profile.submit(town.request(who), expected_version=version))
    return UUID(answer.data["task"])


async def confirmation(town: City, who: str = "applicant") -> Any:
    data = await answered(town.viewers[who], MINE)
    return data["viewer"]["person"]["profile"]


async def changed(town: City) -> None:
    """The applicant gives another date of his title."""
    row = await Profile.get(person_id=town.viewers["applicant"].person_id)
    given = {name: getattr(row, name) for name in profile.FIELDS}
    other = profile.ProfileInput(**{**given, "qualified_on": date(2021, 5, 1)})
    done(await profile.save(town.request("applicant"), profile=other, expected_version=row.version))


async def test_the_person_sees_how_his_confirmation_stands(town: City) -> None:
    seen = [(await confirmation(town))["confirmation"]]
    task_id = await asked(town)
    seen.append((await confirmation(town))["confirmation"])
    done(await records.decided(town, "handler", task_id, Act.RETURN))
    seen.append((await confirmation(town))["confirmation"])
    done(await records.decided(town, "handler", await asked(town), Act.PASS))
    told = await confirmation(town)
    await changed(town)

    assert [*seen, told["confirmation"]] == ["NONE", "ASKED", "RETURNED", "CONFIRMED"]
    assert (await confirmation(town))["confirmation"] == "VOID"
    assert told["confirmedBy"] == {"name": "handler"}
    assert told["case"]["status"] == "APPROVED"


async def test_somebody_who_never_began_has_no_confirmation(town: City) -> None:
    await town.person("newcomer", "hospital", complete=False)

    assert await confirmation(town, "newcomer") == {
        **{"confirmation": "NONE", "confirmedAt": None, "confirmedBy": None},
        **{"version": 0, "case": None},
    }


async def test_the_verb_answers_with_the_person(town: City) -> None:
    given = {"expectedVersion": 1, "idempotencyKey": key()}

    first = (await answered(town.viewers["applicant"], SUBMIT, input=given))["submitProfile"]
    again = await answered(
        town.viewers["applicant"], SUBMIT, input={**given, "idempotencyKey": key()}
    )

    assert first == {
        "__typename": "PersonPayload",
        "person": {"profile": {"confirmation": "ASKED"}},
    }
    assert again["submitProfile"]["code"] == "NOT_EDITABLE"


async def test_the_handler_finds_what_is_to_be_confirmed_in_his_inbox(town: City) -> None:
    await asked(town)

    (node,) = (await answered(town.viewers["handler"], INBOX))["tasks"]["nodes"]

    assert node == {
        "business": {"key": "profile.confirmation"},
        "step": {"key": "unit_confirm"},
        "record": None,
        "amendment": None,
        "applicant": {"name": "applicant"},
        "profile": {"titleCode": "083", "qualifiedOn": "2020-05-01"},
        "case": {"profile": {"discipline": "NATURAL"}},
    }


async def test_a_task_of_another_kind_has_no_profile(town: City) -> None:
    await records.submitted(town)

    (node,) = (await answered(town.viewers["handler"], INBOX))["tasks"]["nodes"]

    assert (node["profile"], node["case"]["profile"]) == (None, None)


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("applicant", True),
        ("handler", True),
        ("leader", True),
        ("checker", True),
        ("museum handler", False),
        ("district checker", False),
        ("pupil", False),
    ],
)
async def test_who_reads_the_case_of_a_confirmation(town: City, who: str, reads: bool) -> None:
    await asked(town)
    case = "query ($id: ID!) { case(id: $id) { id profile { titleCode } } }"
    mine = await answered(
        town.viewers["applicant"], "{ viewer { person { profile { case { id } } } } }"
    )
    case_id = mine["viewer"]["person"]["profile"]["case"]["id"]

    found = await codes(town.viewers[who], case, id=case_id)

    assert found == ([] if reads else ["NOT_FOUND"])


async def test_a_confirmation_that_is_void_or_came_back_waits_on_the_to_do_list(
    town: City,
) -> None:
    applicant = town.viewers["applicant"]
    task_id = await asked(town)
    waiting = (await answered(applicant, TODO))["todoGroups"]
    done(await records.decided(town, "handler", task_id, Act.RETURN))
    returned = (await answered(applicant, TODO))["todoGroups"]
    done(await records.decided(town, "handler", await asked(town), Act.PASS))
    settled = (await answered(applicant, TODO))["todoGroups"]
    await changed(town)
    void = (await answered(applicant, TODO))["todoGroups"]

    line = {"business": {"key": "profile.confirmation"}, "step": {"key": "applicant"}, "count": 1}
    assert (waiting, returned, settled, void) == ([], [line], [], [line])
    assert (await answered(town.viewers["pupil"], TODO))["todoGroups"] == []


async def test_a_longer_inbox_of_confirmations_costs_no_more_statements(town: City) -> None:
    handler = town.viewers["handler"]
    await asked(town)
    with counted() as few:
        await answered(handler, INBOX)
    await asked(town, "leader")
    await asked(town, "second handler")
    with counted() as many:
        data = await answered(handler, INBOX)

    assert len(data["tasks"]["nodes"]) == 3
    assert len(many) == len(few) <= 3, many  # tasks, cases, profiles
