"""The tree of organisations as clients ask for it: preview, act, history."""

from typing import Any

import pytest

from models.read import Connection
from resolvers import ids
from tests.factories import record, tree
from tests.factories.city import City
from tests.factories.question import FAILED, answered, codes, key
from tests.statements import counted

PREVIEW = f"""query($input: ReaffiliationPreviewInput!) {{ reaffiliationPreview(input: $input) {{
  ... on TreePreviewPayload {{ preview {{ organisation {{ name }} other {{ name }} unitKind people
    organisationCount organisations {{ name }} seats grants problem {{ code }}
    cases {{ business {{ key }} step {{ key name }} fate {{ key name }} lacking {{ key }} count }}
  }} }}
  {FAILED} }} }}"""
MERGER = f"""query($input: MergerPreviewInput!) {{ mergerPreview(input: $input) {{
  ... on TreePreviewPayload {{ preview {{ people cases {{ fate {{ key }} count }} }} }}
  {FAILED} }} }}"""
HISTORY = """query($id: ID!) { node(id: $id) { ... on Unit { name history { kind effectiveOn reason
  nameBefore nameAfter official superiorBefore { name } superiorAfter { name } other { name }
  acting { name } } } } }"""


def mutation(verb: str) -> str:
    """A verb of the tree."""
    kind = verb[0].upper() + verb[1:]
    return f"""mutation($input: {kind}Input!) {{ {verb}(input: $input) {{
      ... on OrganisationPayload {{ organisation {{ name closed parent {{ name }} }} }}
      ... on ValidationFailed {{ problems {{ code path }} }} {FAILED} }} }}"""


@pytest.fixture
async def city(db: Connection) -> City:
    return await tree.build(db)


def grounds(**given: Any) -> dict[str, Any]:
    """An input with its grounds."""
    return {"reason": "批复", "effectiveOn": "2026-11-01", "idempotencyKey": key(), **given}


def unit(city: City, name: str) -> str:
    return ids.encode("Unit", city.organisations[name])


def office(city: City, name: str) -> str:
    return ids.encode("Department", city.organisations[name])


async def test_a_preview_says_what_moves_and_what_becomes_of_each_case(city: City) -> None:
    await tree.recognising(city)
    await record.submitted(city, "patient", course_name="另一门课")
    given = {
        "organisationId": unit(city, "clinic"),
        "superiorId": office(city, "far department"),
    }

    found = await answered(city.viewers["keeper"], PREVIEW, "zh-CN", input=given)

    told = found["reaffiliationPreview"]["preview"]
    assert (told["unitKind"], told["people"], told["seats"]) == ("DISTRICT", 3, 2)
    assert told["organisations"] == [{"name": "clinic"}]
    assert [(one["step"]["name"], one["fate"]["key"], one["count"]) for one in told["cases"]] == [
        ("单位审批", "stays", 1),
        ("公需课认定", "follows", 1),
    ]


async def test_each_verb_answers_with_the_body_as_it_is_then(city: City) -> None:
    keeper, clinic = city.viewers["keeper"], unit(city, "clinic")
    asked = {
        "renameOrganisation": {"organisationId": clinic, "name": "社区医院"},
        "reaffiliateOrganisation": {
            "organisationId": clinic,
            "superiorId": office(city, "far district"),
        },
        "mergeOrganisation": {"organisationId": clinic, "intoId": unit(city, "surgery")},
        "closeOrganisation": {"organisationId": office(city, "district department")},
        "createOrganisation": {
            "kind": "DISTRICT_DEPARTMENT",
            "name": "新局",
            "superiorId": office(city, "district"),
        },
    }

    found = [
        (await answered(keeper, mutation(verb), input=grounds(**given)))[verb]["organisation"]
        for verb, given in asked.items()
    ]

    assert [(one["name"], one["closed"], one["parent"]["name"]) for one in found] == [
        ("社区医院", False, "district department"),
        ("社区医院", False, "far district"),
        ("surgery", False, "far department"),
        ("district department", True, "district"),
        ("新局", False, "district"),
    ]


async def test_the_history_shows_names_places_and_reasons_and_officials_to_offices(
    city: City,
) -> None:
    keeper, clinic = city.viewers["keeper"], unit(city, "clinic")
    moved = {"organisationId": clinic, "superiorId": office(city, "far district")}
    renamed = {"organisationId": clinic, "name": "社区医院"}
    await answered(keeper, mutation("reaffiliateOrganisation"), input=grounds(**moved))
    await answered(keeper, mutation("renameOrganisation"), input=grounds(**renamed))

    with counted() as sent:
        last, first = (await answered(keeper, HISTORY, id=clinic))["node"]["history"]

    assert (last["nameBefore"], last["nameAfter"], last["reason"]) == ("clinic", "社区医院", "批复")
    assert (first["superiorBefore"], first["superiorAfter"]) == (
        {"name": "district department"},
        {"name": "far district"},
    )
    assert (first["official"], first["acting"]) == ("keeper", {"name": "bureau"})
    assert len(sent) == 3  # the unit, its history, the bodies named there
    assert await codes(city.viewers["patient"], HISTORY, id=clinic) == ["GRAPHQL_VALIDATION_FAILED"]
    plain = HISTORY.replace("official", "")
    assert len((await answered(city.viewers["patient"], plain, id=clinic))["node"]["history"]) == 2


@pytest.mark.parametrize("verb", ["rename", "reaffiliate", "merge", "close", "create"])
async def test_an_id_of_nothing_names_nothing(city: City, verb: str) -> None:
    ends = {
        "rename": {"organisationId": "x", "name": "名"},
        "reaffiliate": {"organisationId": unit(city, "clinic"), "superiorId": "x"},
        "merge": {"organisationId": unit(city, "clinic"), "intoId": "x"},
        "close": {"organisationId": "x"},
        "create": {"kind": "UNIT", "name": "名", "superiorId": "x"},
    }[verb]
    name = f"{verb}Organisation"

    found = await answered(city.viewers["keeper"], mutation(name), input=grounds(**ends))

    assert found[name]["code"] == "NOT_FOUND"


async def test_previews_of_nothing_and_of_mergers(city: City) -> None:
    keeper, clinic = city.viewers["keeper"], unit(city, "clinic")
    pairs = [("x", clinic), (clinic, "x"), (clinic, unit(city, "surgery"))]

    found = [
        (await answered(keeper, MERGER, input={"organisationId": one, "intoId": other}))[
            "mergerPreview"
        ]
        for one, other in pairs
    ]
    moves = [
        (await answered(keeper, PREVIEW, input={"organisationId": one, "superiorId": other}))[
            "reaffiliationPreview"
        ]["code"]
        for one, other in pairs[:2]
    ]

    assert [one.get("code") for one in found] == ["NOT_FOUND", "NOT_FOUND", None]
    assert found[2]["preview"] == {"people": 3, "cases": []} and moves == ["NOT_FOUND"] * 2


async def test_a_preview_costs_six_statements_however_much_would_move(city: City) -> None:
    keeper, to = city.viewers["keeper"], office(city, "far district")
    bodies = [unit(city, "clinic"), office(city, "district department")]

    sent = []
    for body in bodies:
        with counted() as statements:
            await answered(keeper, PREVIEW, input={"organisationId": body, "superiorId": to})
        sent.append(len(statements))

    assert max(sent) <= 6
