"""Mergers (合并): what goes with a unit, and who may let one go into another."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from models import (
    Case,
    Employment,
    Organisation,
    OrganisationEvent,
    Seat,
    Task,
    TrainingRecord,
)
from models.organisation import TreeChange
from models.read import Connection
from rules.refusal import Refused
from tests.factories import record, tree
from tests.factories.city import City
from tests.factories.record import done
from tests.factories.tree import codes, merged, whole
from workflow import training, tree_preview
from workflow.case import Act
from workflow.tree_case import Fate


@pytest.fixture
async def city(db: Connection) -> City:
    return await tree.build(db)


async def test_a_merged_unit_gives_people_seats_records_and_open_cases_to_the_other(
    city: City,
) -> None:
    first = await record.submitted(city, "patient")
    second = await record.agreed(city, first, "clinic handler")
    case_id = (await Task.get(id=second)).case_id

    answer = done(await merged(city, "clinic", "surgery"))

    surgery = city.organisations["surgery"]
    assert {key: answer.data[key] for key in ("people", "seats", "records", "cases")} == {
        "people": 3,
        "seats": 2,
        "records": 1,
        "cases": 1,
    }
    assert (await Case.get(id=case_id)).employer_id == surgery
    assert (await TrainingRecord.get()).employer_id == surgery
    assert await Employment.filter(organisation_id=surgery, until_on=None).count() == 3
    groups = await Seat.filter(organisation_id=surgery, ended_at=None).values_list("groups")
    assert sorted(groups) == [(["handler"],), (["unit_leader"],)]
    assert (await Organisation.get(id=city.organisations["clinic"])).closed_on is not None
    kinds: Any = await OrganisationEvent.all().order_by("id").values_list("kind", flat=True)
    assert kinds == [TreeChange.MERGED, TreeChange.TOOK_OVER]


async def test_the_step_of_a_merged_unit_begins_anew_with_its_people_in_the_other(
    city: City,
) -> None:
    first = await record.submitted(city, "patient")
    case_id = (await Task.get(id=first)).case_id
    done(await merged(city, "clinic", "surgery"))

    handler = await Seat.get(person_id=city.viewers["clinic handler"].person_id, ended_at=None)
    city.viewers["moved"] = replace(
        city.viewers["clinic handler"], seat_id=handler.id, organisation_id=handler.organisation_id
    )
    now = await Task.get(case_id=case_id, status="open")

    assert now.organisation_id == city.organisations["surgery"]
    done(await record.decided(city, "moved", now.id, Act.AGREE_UP))


async def test_who_has_a_seat_in_both_units_keeps_what_he_had_in_either(city: City) -> None:
    person = city.viewers["clinic handler"].person_id
    await Seat.create(
        person_id=person,
        organisation_id=city.organisations["surgery"],
        user_type="unit",
        groups=["unit_leader"],
    )

    done(await merged(city, "clinic", "surgery"))

    seat = await Seat.get(person_id=person, organisation_id=city.organisations["surgery"])
    assert (sorted(seat.groups), seat.version) == (["handler", "unit_leader"], 2)


REFUSED_MERGERS = {
    "without the duty": ("clinic", "school", "district checker", "DUTY_REQUIRED"),
    "into another district": ("clinic", "surgery", "district keeper", "BEYOND_YOUR_TREE"),
    "of another district": ("surgery", "clinic", "district keeper", "BEYOND_YOUR_TREE"),
    "into itself": ("clinic", "clinic", "keeper", "ALREADY_THERE"),
    "of a department": ("district department", "clinic", "keeper", "UNITS_ONLY_MERGED"),
}


@pytest.mark.parametrize("what", REFUSED_MERGERS)
async def test_nothing_is_merged_that_must_not(city: City, what: str) -> None:
    name, into, who, expected = REFUSED_MERGERS[what]
    before = await whole()

    answer = await merged(city, name, into, who)

    assert codes(answer) == [expected]
    ids = {"organisation_id": city.organisations[name], "into_id": city.organisations[into]}
    assert codes(await tree_preview.merging(city.viewers[who], **ids)) == [expected]
    assert await whole() == before


async def test_a_preview_of_a_merger_counts_what_it_will_do(city: City) -> None:
    await record.submitted(city, "patient")
    ids = {
        "organisation_id": city.organisations["clinic"],
        "into_id": city.organisations["surgery"],
    }

    preview = await tree_preview.merging(city.viewers["keeper"], **ids)

    assert not isinstance(preview, Refused)
    assert (preview.people, preview.seats, preview.refusal) == (3, 2, None)
    assert [(one.fate, one.count) for one in preview.cases] == [(Fate.FOLLOWS, 1)]


async def test_what_is_sent_while_its_unit_is_merged_lies_with_the_other_unit(city: City) -> None:
    drafts = [await record.draft(city, "patient", course_name=f"课程{n}") for n in range(6)]
    sending = [
        training.submit(city.request("patient"), record_id=one, expected_version=1)
        for one in drafts
    ]

    answers = await asyncio.gather(*sending[:3], merged(city, "clinic", "surgery"), *sending[3:])

    assert [done(one).replayed for one in answers] == [False] * 7
    surgery = city.organisations["surgery"]
    open_tasks = await Task.filter(status="open").values_list("organisation_id", flat=True)
    assert set(open_tasks) == {surgery} and len(open_tasks) == 6
    assert set(await Case.all().values_list("employer_id", flat=True)) == {surgery}
