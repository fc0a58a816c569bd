"""A profile is kept whole, by its owner alone; what a verdict reads is judged anew."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models import read
from models.access import Viewer
from models.ids import uuid7
from rules.person import Discipline, Education, Gender, PersonGroup
from rules.refusal import Refused
from tests.factories import people
from workflow import profile
from workflow.command import Answer, Done
from workflow.profile import ProfileInput

FULL = ProfileInput(
    gender=Gender.FEMALE,
    birth_date=date(1980, 1, 1),
    education=Education.BACHELOR,
    title_code="083",
    qualified_on=date(2008, 11, 1),
    started_work_on=date(2002, 7, 1),
    discipline=Discipline.NATURAL,
    phone="13800000000",
)


@pytest.fixture
async def owner(db: Any) -> Viewer:
    return await people.viewer(await people.person(employer=await people.unit()))


async def save(
    owner: Viewer, given: ProfileInput = FULL, *, expected: int = 0, key: str | None = None
) -> Answer:
    request = people.request(owner, key=key)
    return await profile.save(request, profile=given, expected_version=expected)


async def stored() -> read.Row:
    row = await read.row("SELECT * FROM profile")
    assert row is not None
    return row


async def stale() -> bool:
    found = await read.value("SELECT count(*) FROM person_total WHERE dirty_version > 0")
    return bool(found)


def codes(answer: Answer) -> list[tuple[str, list[str]]]:
    assert isinstance(answer, Refused)
    return [(problem["code"], problem["path"]) for problem in answer.data["problems"]]


async def test_a_profile_is_stored_as_it_was_given(owner: Viewer) -> None:
    answer = await save(owner)

    assert answer == Done({"person": str(owner.person_id), "version": 1})
    row = await stored()
    assert {name: getattr(row, name) for name in profile.FIELDS} == {
        name: getattr(FULL, name) for name in profile.FIELDS
    }


async def test_history_names_the_fields_that_changed_and_not_what_they_say(owner: Viewer) -> None:
    await save(owner)
    await save(owner, replace(FULL, phone="020-83000000", education=None), expected=1)

    told = await read.rows("SELECT data::text AS data, subject_id FROM history ORDER BY id")
    assert told[1].data == '{"fields": ["education", "phone"]}'
    assert told[1].subject_id == owner.person_id


async def test_saving_the_same_again_changes_nothing(owner: Viewer) -> None:
    await save(owner)

    answer = await save(owner, expected=1)

    assert isinstance(answer, Done)
    assert answer.data["version"] == 1
    assert await read.value("SELECT count(*) FROM history") == 1


@pytest.mark.parametrize("expected", [0, 2])
async def test_who_has_not_seen_the_last_version_is_refused(owner: Viewer, expected: int) -> None:
    await save(owner)

    refused = await save(owner, replace(FULL, phone=None), expected=expected)

    assert isinstance(refused, Refused)
    assert refused.code == "CONFLICT"
    assert (refused.data["expected"], refused.data["actual"]) == (expected, 1)
    name = await read.value("SELECT name FROM person WHERE id = $1", [owner.person_id])
    assert (refused.data["by"], refused.data["what"]) == (name, "profile:save")
    assert (await stored()).phone == FULL.phone


async def test_of_two_first_savings_at_once_one_is_refused(owner: Viewer) -> None:
    await asyncio.gather(*(read.value("SELECT pg_sleep(0.02)") for _ in range(3)))  # connections

    answers = await asyncio.gather(save(owner), save(owner, replace(FULL, phone=None)))

    assert sorted(type(answer).__name__ for answer in answers) == ["Done", "Refused"]
    assert (await stored()).version == 1


async def test_a_repeated_request_is_answered_again_and_done_once(owner: Viewer) -> None:
    first, second = await save(owner, key="k"), await save(owner, key="k")

    assert isinstance(first, Done)
    assert second == Done(first.data, replayed=True)
    assert (await stored()).version == 1


async def test_nobody_saves_the_profile_of_another(owner: Viewer) -> None:
    await save(owner)
    other = await people.viewer(await people.person())

    await save(other, replace(FULL, phone="13900000000"))

    phones = await read.rows("SELECT phone FROM profile ORDER BY phone")
    assert [row.phone for row in phones] == ["13800000000", "13900000000"]


@pytest.mark.parametrize(
    ("changed", "judged"),
    [
        ({"qualified_on": date(2009, 11, 1)}, True),
        ({"title_code": "012"}, True),
        ({"started_work_on": date(2003, 7, 1)}, True),
        ({"has_title": False}, True),
        ({"discipline": Discipline.SOCIAL}, True),
        ({"person_group": PersonGroup.TEACHER}, True),
        ({"phone": "13900000000"}, False),
        ({"education": Education.DOCTOR}, False),
        ({"gender": Gender.MALE}, False),
        ({"birth_date": date(1981, 1, 1)}, False),
    ],
)
async def test_only_what_a_verdict_reads_makes_figures_stale(
    owner: Viewer, changed: dict[str, Any], judged: bool
) -> None:
    await save(owner)
    await read.rows("UPDATE person_total SET dirty_version = 0 RETURNING 1")

    await save(owner, replace(FULL, **changed), expected=1)

    assert await stale() is judged


@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({"birth_date": date(2013, 1, 1)}, {"birthDate", "qualifiedOn", "startedWorkOn"}),
        ({"qualified_on": date(2012, 5, 8)}, {"qualifiedOn"}),
        ({"started_work_on": date(1979, 12, 31)}, {"startedWorkOn"}),
        ({"title_code": "no such"}, {"titleCode"}),
        ({"phone": "12345"}, {"phone"}),
        ({"phone": "12345", "title_code": "999"}, {"phone", "titleCode"}),
    ],
)
async def test_what_cannot_be_so_is_refused_with_its_field(
    owner: Viewer, changed: dict[str, Any], problems: set[str]
) -> None:
    refused = await save(owner, replace(FULL, **changed))

    assert {path for _, [path] in codes(refused)} == problems
    assert await read.value("SELECT count(*) FROM profile") == 0


async def test_a_title_obtained_today_in_guangzhou_is_not_in_the_future(owner: Viewer) -> None:
    today = people.NOW.date()

    assert isinstance(await save(owner, replace(FULL, qualified_on=today)), Done)


async def test_without_a_title_there_is_neither_which_nor_since_when(owner: Viewer) -> None:
    await save(owner, replace(FULL, has_title=False))

    row = await stored()
    assert (row.title_code, row.qualified_on) == (None, None)
    assert await profile.missing(owner.person_id) == ()


@pytest.mark.parametrize(
    ("typed", "kept"), [("１３８ ０００ ０００００", "13800000000"), ("  ", None), ("", None)]
)
async def test_a_number_is_kept_as_it_is_dialled(
    owner: Viewer, typed: str, kept: str | None
) -> None:
    await save(owner, replace(FULL, phone=typed))

    assert (await stored()).phone == kept


async def test_before_anything_is_stated_everything_is_missing(owner: Viewer) -> None:
    assert await profile.missing(owner.person_id) == (
        "gender",
        "birthDate",
        "education",
        "titleCode",
        "qualifiedOn",
        "discipline",
        "phone",
    )


async def test_nothing_is_missing_from_a_full_profile(owner: Viewer) -> None:
    await save(owner)

    assert await profile.missing(owner.person_id) == ()


async def test_an_employer_is_missing_too(db: Any) -> None:
    homeless = await people.viewer(await people.person())
    await save(homeless)

    assert await profile.missing(homeless.person_id) == ("employer",)


async def test_a_person_nobody_knows_lacks_everything(db: Any) -> None:
    assert "employer" in await profile.missing(uuid7())
