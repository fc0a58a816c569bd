"""Open cases when the tree moves under them: what follows, what stays, what is told before."""

import pytest

from models import Case, Event, Seat, Task
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record, tree
from tests.factories.city import City
from tests.factories.record import done
from tests.factories.tree import codes, merged, reaffiliated, whole
from workflow import definition, tree_case, tree_preview
from workflow.case import Act
from workflow.tree_case import Fate, Place


@pytest.fixture
async def city(db: Connection) -> City:
    return await tree.build(db)


async def test_what_lies_with_the_former_superior_begins_anew_with_the_next(city: City) -> None:
    task_id = await tree.recognising(city)
    ids = {
        "organisation_id": city.organisations["clinic"],
        "superior_id": city.organisations["far department"],
    }
    preview = await tree_preview.reaffiliation(city.viewers["keeper"], **ids)

    answer = done(await reaffiliated(city, "clinic", "far department"))

    assert not isinstance(preview, Refused)
    assert (preview.people, preview.seats, preview.grants) == (3, 2, 0)
    assert [(one.step, one.fate, one.count) for one in preview.cases] == [
        ("recognition", Fate.FOLLOWS, 1)
    ]
    assert answer.data["cases"] == 1
    was = await Task.get(id=task_id)
    now = await Task.get(case_id=was.case_id, status="open")
    assert (was.status, now.organisation_id) == ("void", city.organisations["far district"])
    event = await Event.filter(case_id=was.case_id, kind="redirected").get()
    assert event.data["was"] == str(city.organisations["district"])
    assert event.data["comment"] == "机构改革方案"
    done(await record.decided(city, "far checker", now.id, Act.PASS))
    assert (await Case.get(id=was.case_id)).status == "approved"


async def test_what_lies_with_the_unit_stays_there(city: City) -> None:
    first = await record.submitted(city, "patient")

    answer = done(await reaffiliated(city, "clinic", "far department"))

    task = await Task.get(id=first)
    assert answer.data["cases"] == 0
    assert (task.status, task.organisation_id) == ("open", city.organisations["clinic"])


async def test_a_stand_in_above_is_the_one_above_now(city: City) -> None:
    await Seat.filter(id=city.viewers["clinic leader"].seat_id).update(ended_at=cities.NOW)
    first = await record.submitted(city, "patient")
    case = (await Task.get(id=first)).case_id

    done(await reaffiliated(city, "clinic", "far department"))

    state = (await Case.get(id=case)).state
    assert state["org_id"] == str(city.organisations["clinic"])
    assert state["stand_in"] == str(city.organisations["far department"])


async def test_too_many_open_cases_at_once_are_refused_before_anything_moves(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tree.recognising(city)
    monkeypatch.setattr(tree_case, "MOST", 0)
    before = await whole()

    answer = await reaffiliated(city, "clinic", "far department")

    assert codes(answer) == codes(await merged(city, "clinic", "surgery")) == ["TOO_MANY_CASES"]
    assert await whole() == before


LAW = {
    # status, step, its organisation, stand-in; the superior and the district after the change
    "at the unit": (("in_review", "unit_check", "unit", None), ("above", "far"), "stays"),
    "at a body that is left": (
        ("in_review", "dept_check", "old", None),
        ("above", "far"),
        "follows",
    ),
    "with a stand-in left": (
        ("in_review", "unit_check", "unit", "old"),
        ("above", "far"),
        "follows",
    ),
    "with nobody in its place": (
        ("in_review", "district_check", "old", None),
        ("above", None),
        "blocked",
    ),
    "with no stand-in": (("in_review", "unit_check", "unit", "old"), (None, None), "blocked"),
    "blocked, and found": (("blocked", "district_check", None, None), ("above", "far"), "follows"),
    "blocked for good": (("blocked", "district_check", None, None), ("above", None), "stays"),
    "with the applicant": (("returned", None, None, None), (None, None), "stays"),
}


@pytest.mark.parametrize("what", LAW)
def test_what_becomes_of_a_case_follows_from_where_it_lies(what: str) -> None:
    (status, step, org, stand_in), (superior, district), expected = LAW[what]
    bodies = {"employer": "unit", "superior": superior, "district_bureau": district}
    place = Place(status=status, step=step, org_id=org, stand_in=stand_in)

    route = definition.shipped()["cycle.district"]
    assert tree_case.fate(route, place, bodies, {"old"}) == expected


def test_later_steps_that_would_find_nobody_are_told() -> None:
    route = definition.shipped()["cycle.district"]
    bodies = {"employer": "unit", "superior": "above", "city_bureau": "city"}
    here, nowhere = [
        Place(status="in_review", step=step, org_id="unit", stand_in=None)
        for step in ("unit_check", None)
    ]

    assert tree_case.lacking(route, here, bodies) == ("district_bureau",)
    assert tree_case.lacking(route, nowhere, bodies) == ()


async def test_a_blocked_case_goes_on_when_the_tree_has_whom_it_lacked(city: City) -> None:
    first = await Task.get(id=await record.submitted(city, "patient"))
    case = await Case.get(id=first.case_id)
    stuck = {**case.state, "status": "blocked", "missing": "superior"}
    await Task.all().update(status="void")
    await Case.all().update(status="blocked", state=stuck)

    answer = done(await reaffiliated(city, "clinic", "far department"))

    await case.refresh_from_db()
    assert (answer.data["cases"], case.status) == (1, "in_review")
    assert (await Task.get(status="open")).organisation_id == city.organisations["clinic"]
