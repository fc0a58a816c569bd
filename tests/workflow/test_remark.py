"""Remarks: an organisation's own texts for one step of one business."""

from typing import Any
from uuid import UUID

import pytest

from models import Organisation, read
from models.access import Viewer
from models.ids import uuid7
from rules.refusal import Refused
from tests.factories import people
from workflow import remark
from workflow.command import Answer, Done
from workflow.vocabulary import Act

PLACE: dict[str, Any] = {"route_code": "declaration", "step_key": "unit_review", "act": Act.PASS}
TEXT = "情况属实，同意。"


@pytest.fixture
async def unit(db: Any) -> Organisation:
    return await people.unit()


@pytest.fixture
async def keeper(unit: Organisation) -> Viewer:
    return await people.viewer(await people.person(), unit, duties=["remarks"])


async def add(viewer: Viewer, *, key: str | None = None, **changed: Any) -> Answer:
    return await remark.add(people.request(viewer, key=key), **{**PLACE, "text": TEXT, **changed})


async def remove(viewer: Viewer, answer: Answer) -> Answer:
    assert isinstance(answer, Done)
    remark_id = UUID(answer.data["remark"])
    return await remark.remove(people.request(viewer), remark_id=remark_id)


async def kept() -> list[str]:
    found = await read.rows("SELECT text FROM remark WHERE deleted_at IS NULL ORDER BY id")
    return [row.text for row in found]


async def tags() -> list[str]:
    return [row.tag for row in await read.rows("SELECT tag FROM history ORDER BY id")]


async def test_a_text_is_kept_for_the_organisation_and_its_step(
    keeper: Viewer, unit: Organisation
) -> None:
    await add(keeper)

    row = await read.row("SELECT * FROM remark")
    assert row is not None
    assert (row.organisation_id, row.created_by_id) == (unit.id, keeper.person_id)
    assert (row.route_code, row.step_key, row.act) == ("declaration", "unit_review", "pass")
    assert row.text == TEXT
    assert await tags() == ["remark:add"]


async def test_a_text_taken_off_the_list_stays_in_the_database(keeper: Viewer) -> None:
    first = await add(keeper, text="一")
    await add(keeper, text="二")

    await remove(keeper, first)

    assert await kept() == ["二"]
    assert await read.value("SELECT count(*) FROM remark") == 2
    assert await tags() == ["remark:add", "remark:add", "remark:remove"]


async def test_a_repeated_request_keeps_one_text(keeper: Viewer) -> None:
    await add(keeper, key="k")
    again = await add(keeper, key="k")

    assert isinstance(again, Done)
    assert again.replayed
    assert await kept() == [TEXT]


@pytest.mark.parametrize(
    ("step_key", "act"),
    [
        ("unit_review", None),
        ("unit_review", Act.RETURN),
        ("applicant", None),
        ("applicant", Act.SUBMIT),
    ],
)
async def test_every_step_may_have_texts_the_applicants_too(
    keeper: Viewer, step_key: str, act: Act | None
) -> None:
    assert isinstance(await add(keeper, step_key=step_key, act=act), Done)


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"route_code": "no such"}, "UNKNOWN_ROUTE", "route"),
        ({"step_key": "no such"}, "UNKNOWN_STEP", "step"),
        ({"act": Act.SUBMIT}, "NOT_ALLOWED_HERE", "act"),
        ({"step_key": "applicant"}, "NOT_ALLOWED_HERE", "act"),
        ({"text": " \n\u3000"}, "REQUIRED", "text"),
        ({"text": "字" * 501}, "TEXT_TOO_LONG", "text"),
        ({"text": "\x00"}, "CHARACTER", "text"),
        ({"text": "\u202etxt"}, "CHARACTER", "text"),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_its_field(
    keeper: Viewer, changed: dict[str, Any], code: str, path: str
) -> None:
    refused = await add(keeper, **changed)

    assert isinstance(refused, Refused)
    found = {(problem["code"], *problem["path"]) for problem in refused.data["problems"]}
    assert (code, path) in found
    assert await kept() == []


async def test_five_hundred_characters_are_kept(keeper: Viewer) -> None:
    assert isinstance(await add(keeper, text="字" * 500), Done)


async def test_only_who_has_the_duty_keeps_texts(keeper: Viewer, unit: Organisation) -> None:
    colleague = await people.viewer(await people.person(), unit, groups=["handler"])
    mine = await add(keeper)

    refusals = [await add(colleague), await remove(colleague, mine)]

    assert refusals == [Refused("DUTY_REQUIRED", {"duty": "remarks"})] * 2
    assert await kept() == [TEXT]


async def test_the_texts_of_another_organisation_are_not_there(keeper: Viewer) -> None:
    theirs = await add(keeper)
    elsewhere = await people.viewer(await people.person(), await people.unit(), duties=["remarks"])

    assert await remove(elsewhere, theirs) == Refused("NOT_FOUND", {}, ("remarkId",))
    assert await kept() == [TEXT]


async def test_what_was_never_there_cannot_be_removed(keeper: Viewer) -> None:
    refused = await remark.remove(people.request(keeper), remark_id=uuid7())

    assert refused == Refused("NOT_FOUND", {}, ("remarkId",))
