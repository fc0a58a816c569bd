"""Applying for cycle verification: what is handed in, what stands in the way, and how it climbs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models import (
    Case,
    CycleApplication,
    CycleResult,
    Employment,
    Event,
    History,
    Opinion,
    PersonTotal,
    Profile,
    Seat,
    Task,
    TrainingRecord,
)
from models.organisation import OrganisationKind, UnitKind
from models.read import Connection
from rules.person import Discipline, PersonGroup
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories.city import City
from tests.factories.cycle import APPLIED, SENIOR, acted, applied, climbed, decided, submitted
from tests.factories.record import done
from tests.statements import counted
from workflow import cycle, task
from workflow.case import Act
from workflow.command import Answer
from workflow.cycle import Application
from workflow.task import Decision

TABLES = (CycleApplication, CycleResult, Case, Task, Event, Opinion, History, PersonTotal)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cycles.peopled(await cities.build(db))
    await cycles.studied(city)
    return city


async def everything() -> list[Any]:
    return [await table.all().order_by("id").values() for table in TABLES]


def code(answer: Answer) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


async def test_the_screen_of_the_guide_is_what_is_handed_in(city: City) -> None:
    key = await submitted(city)

    row, figures = await CycleApplication.get(id=key), await CycleResult.get(application_id=key)
    assert (row.status, row.applied_on, row.year) == ("in_review", date(2012, 3, 6), 2012)
    assert (row.level, row.business, row.qualified_on) == (
        "associate_senior",
        "to_senior",
        date(2008, 11, 1),
    )
    hours = (figures.total_hours, figures.public_hours, figures.professional_hours)
    assert hours == (Decimal("404.0"), Decimal("68.0"), Decimal("320.0"))
    assert (figures.elective_hours, figures.days) == (Decimal("16.0"), Decimal("67.3"))
    assert (figures.public_courses, figures.professional_courses) == (4, 9)
    assert (figures.first_year, figures.last_year, figures.required_hours) == (2008, 2011, 288)
    assert (figures.number, figures.current, figures.verdict) == (1, True, "pass")
    assert (figures.binding, figures.supplement_used) == (True, False)


async def test_a_municipal_case_climbs_from_the_unit_to_the_city(city: City) -> None:
    key = await submitted(city)

    await climbed(city, key)

    row, case = await CycleApplication.get(id=key), await Case.get(subject_id=key)
    assert (row.status, case.status, row.closed_at) == ("approved", "approved", APPLIED)
    steps = [one.step_key for one in await Task.filter(case_id=case.id).order_by("id")]
    assert steps == ["unit_check"] * 2 + ["dept_check"] + ["city_recheck"] * 2


UNITS = {
    "clinic": ("cycle.district", ("unit_check", "dept_check", "district_check", "city_recheck")),
    "school": ("cycle.district_direct", ("unit_check", "district_check", "city_recheck")),
    "point": ("cycle.direct_point", ("point_check", "city_recheck")),
}
STAFF = {
    "dept_check": (("clinic verifier", Act.PASS),),
    "district_check": (("district verifier", Act.PASS),),
    "city_recheck": (("rechecker", Act.AGREE_UP), ("division", Act.PASS)),
}


@pytest.mark.parametrize("unit", UNITS)
async def test_each_kind_of_unit_has_its_way_up(city: City, unit: str) -> None:
    route, steps = UNITS[unit]
    await city.person("somebody", unit)
    await Profile.filter(person_id=city.viewers["somebody"].person_id).update(
        qualified_on=cycles.QUALIFIED
    )
    await cycles.studied(city, "somebody", employer_id=city.organisations[unit])
    key = await submitted(city, "somebody")

    unit_staff = ((f"{unit} checker", Act.AGREE_UP), (f"{unit} chief", Act.PASS))
    for who, act in (*unit_staff, *(each for step in steps[1:] for each in STAFF[step])):
        done(await decided(city, who, key, act))

    case = await Case.get(subject_id=key)
    walked = [one.step_key for one in await Task.filter(case_id=case.id).order_by("id")]
    assert tuple(dict.fromkeys(walked)) == steps
    routes = {one.route_code for one in await Task.filter(case_id=case.id)}
    assert (case.status, routes) == ("approved", {route})


async def test_a_unit_alone_under_a_point_is_checked_at_the_point(city: City) -> None:
    kind = OrganisationKind.UNIT
    await city.organisation("studio", kind, "point", UnitKind.DIRECT_POINT)
    await city.person("freelancer", "studio")
    await Profile.filter(person_id=city.viewers["freelancer"].person_id).update(
        qualified_on=cycles.QUALIFIED
    )
    await cycles.studied(city, "freelancer", employer_id=city.organisations["studio"])

    key = await submitted(city, "freelancer")

    case = await Case.get(subject_id=key)
    row = await Task.get(case_id=case.id)
    assert (row.step_key, row.organisation_id) == ("point_check", city.organisations["point"])


async def short(city: City) -> None:
    await TrainingRecord.filter(category="elective").update(approved_hours="0.0")
    await TrainingRecord.filter(category="professional").update(approved_hours="20.0")


async def undecided(city: City) -> None:
    await cities.registered(city, "applicant", status="returned", course_name="退回的课程")


async def deleted(city: City) -> None:
    await cities.registered(city, "applicant", status="returned", deleted_at=cities.NOW)


async def drafted(city: City) -> None:
    await cities.registered(city, "applicant", status="draft", approved_hours=None)


async def phoneless(city: City) -> None:
    await Profile.filter(person_id=city.viewers["applicant"].person_id).update(phone=None)


async def unemployed(city: City) -> None:
    await Employment.filter(person_id=city.viewers["applicant"].person_id).delete()


async def of_this_year(city: City) -> None:
    await CycleApplication.all().update(qualified_on=date(2012, 1, 5))


async def of_next_week(city: City) -> None:
    await CycleApplication.all().update(qualified_on=date(2012, 3, 7))


OBSTACLES: dict[str, tuple[Any, str | None]] = {
    "nothing": (None, None),
    "a record the unit has not decided": (undecided, "UNDECIDED_RECORDS"),
    "one that was deleted": (deleted, None),
    "a draft": (drafted, None),
    "a profile without telephone": (phoneless, "PROFILE_INCOMPLETE"),
    "no employer": (unemployed, "NO_EMPLOYER"),
    "a title of this year": (of_this_year, "CYCLE_EMPTY"),
    "a title of tomorrow": (of_next_week, "QUALIFIED_AFTER_APPLIED"),
    "too few hours": (short, None),  # a warning: the unit may return it or say no
}


@pytest.mark.parametrize("name", OBSTACLES)
async def test_what_stands_in_the_way_of_handing_in(city: City, name: str) -> None:
    change, expected = OBSTACLES[name]
    key = await applied(city)
    if change:
        await change(city)
    before = await everything()

    answer = await acted(city, cycle.submit, key)

    if expected is None:
        done(answer)
    else:
        given = answer.data.get("problems", []) if isinstance(answer, Refused) else []
        assert expected in {code(answer), *(one["code"] for one in given)}
        assert await everything() == before


async def test_the_refusal_names_the_undecided_records(city: City) -> None:
    await undecided(city)

    answer = await acted(city, cycle.submit, await applied(city))

    assert isinstance(answer, Refused)
    assert (answer.data["count"], answer.data["courses"]) == (1, ["退回的课程"])


@pytest.mark.parametrize(
    ("now", "group", "earliest"),
    [
        (datetime(2012, 6, 30, 15, tzinfo=UTC), PersonGroup.GENERAL, "2012-07-01"),
        (datetime(2012, 6, 30, 17, tzinfo=UTC), PersonGroup.GENERAL, None),  # 1 July in Shanghai
        (datetime(2012, 6, 30, 17, tzinfo=UTC), PersonGroup.TEACHER, "2013-01-01"),
        (datetime(2012, 12, 31, 17, tzinfo=UTC), PersonGroup.TEACHER, None),
    ],
)
async def test_the_day_is_that_of_shanghai_and_decides_whether_there_is_a_cycle(
    city: City, now: datetime, group: PersonGroup, earliest: str | None
) -> None:
    person = city.viewers["applicant"].person_id
    await Profile.filter(person_id=person).update(person_group=group)
    key = await applied(city, qualified_on=date(2012, 1, 5), now=now)

    answer = await acted(city, cycle.submit, key, now=now)

    if earliest is None:
        done(answer)
    else:
        assert (code(answer), answer.data["earliest"]) == ("CYCLE_EMPTY", earliest)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"target_title": "999"}, "TITLE_UNKNOWN"),
        ({"qualified_on": date(2012, 3, 7)}, "DATE_IN_FUTURE"),
        ({"qualified_on": date(2012, 3, 6)}, None),
        ({"discipline": Discipline.SOCIAL}, None),
    ],
)
async def test_a_draft_says_nothing_that_cannot_be(
    city: City, changes: dict[str, Any], expected: str | None
) -> None:
    stated = replace(Application(target_title=SENIOR), **changes)

    answer = await cycle.apply(cycles.request(city, "applicant"), application=stated)

    if expected is None:
        done(answer)
    else:
        assert isinstance(answer, Refused)
        assert [one["code"] for one in answer.data["problems"]] == [expected]
        assert not await CycleApplication.exists()


async def test_what_is_not_stated_is_taken_from_the_profile(city: City) -> None:
    row = await CycleApplication.get(id=await applied(city))

    assert (row.discipline, row.qualified_on) == (Discipline.NATURAL, cycles.QUALIFIED)


async def test_without_an_employer_nobody_applies(city: City) -> None:
    await unemployed(city)

    answer = await cycle.apply(
        cycles.request(city, "applicant"), application=Application(target_title=SENIOR)
    )

    assert (code(answer), "employer" in answer.data["fields"]) == ("PROFILE_INCOMPLETE", True)


async def test_a_second_open_application_for_the_same_title_names_the_first(city: City) -> None:
    first = await applied(city)
    before = await everything()

    again = await cycle.apply(
        cycles.request(city, "applicant"), application=Application(target_title=SENIOR)
    )

    assert isinstance(again, Refused)
    assert (again.code, again.data["application"]) == ("ALREADY_APPLIED", str(first))
    assert await everything() == before
    other = await applied(city, target_title=cycles.OTHER)  # lawful: CYC-13
    moved = await cycle.edit(
        cycles.request(city, "applicant"),
        application_id=other,
        expected_version=1,
        application=Application(target_title=SENIOR),
    )
    assert code(moved) == "ALREADY_APPLIED"


async def test_after_the_end_of_one_another_may_be_begun(city: City) -> None:
    key = await submitted(city)
    done(await acted(city, cycle.withdraw, key))

    assert await applied(city) != key


async def test_a_draft_of_last_year_is_handed_in_as_of_this_year(city: City) -> None:
    key = await applied(city, now=datetime(2011, 12, 30, tzinfo=UTC))

    done(await acted(city, cycle.submit, key))

    assert (await CycleApplication.get(id=key)).year == 2012


async def test_two_open_ones_do_not_meet_in_the_same_year(city: City) -> None:
    old = await applied(city, now=datetime(2011, 12, 30, tzinfo=UTC))
    await applied(city)

    assert code(await acted(city, cycle.submit, old)) == "ALREADY_APPLIED"


async def test_a_recalled_application_is_applied_for_anew(city: City) -> None:
    key = await submitted(city)
    later = APPLIED + timedelta(days=150)  # in August: the second window

    done(await acted(city, cycle.recall, key))
    between = await CycleApplication.get(id=key)
    done(await acted(city, cycle.submit, key, now=later))

    row = await CycleApplication.get(id=key)
    assert (between.status, between.applied_on) == ("draft", None)
    assert row.applied_on == date(2012, 8, 3)
    figures = await CycleResult.filter(application_id=key).order_by("number")
    assert [(one.last_year, one.current) for one in figures] == [(2011, False), (2012, True)]


async def test_a_returned_application_keeps_its_day(city: City) -> None:
    key = await submitted(city)
    done(await decided(city, "hospital checker", key, Act.RETURN, comment="请核对"))
    edited = await cycle.edit(
        cycles.request(city, "applicant"),
        application_id=key,
        expected_version=(await CycleApplication.get(id=key)).version,
        application=Application(target_title=SENIOR, discipline=Discipline.SOCIAL),
    )

    done(edited)
    done(await acted(city, cycle.submit, key, now=APPLIED + timedelta(days=150)))

    row, case = await CycleApplication.get(id=key), await Case.get(subject_id=key)
    assert (row.applied_on, row.discipline, case.round) == (date(2012, 3, 6), "social", 2)


async def test_after_the_first_opinion_it_is_not_recalled(city: City) -> None:
    key = await submitted(city)
    await climbed(city, key, 1)
    before = await everything()

    assert code(await acted(city, cycle.recall, key)) == "ALREADY_REVIEWED"
    assert await everything() == before


async def test_a_unit_recalls_while_the_department_has_said_nothing(city: City) -> None:
    key = await submitted(city)
    await climbed(city, key, 2)
    case = await Case.get(subject_id=key)

    answer = await task.recall(
        city.request("hospital checker"), case_id=case.id, expected_version=case.seq
    )

    done(answer)
    row = await Task.get(case_id=case.id, status="open")
    assert (row.step_key, row.reason) == ("unit_check", "recalled")


async def test_a_draft_is_thrown_away_and_what_was_handed_in_is_withdrawn(city: City) -> None:
    draft, handed = await applied(city), await submitted(city, target_title=cycles.OTHER)
    done(await acted(city, cycle.recall, handed))

    never = await acted(city, cycle.withdraw, draft)
    done(await acted(city, cycle.delete, draft))
    refused = await acted(city, cycle.delete, handed)
    done(await acted(city, cycle.withdraw, handed))

    assert (code(never), code(refused)) == ("NOT_IN_REVIEW", "WITHDRAW_INSTEAD")
    assert [one.status for one in await CycleApplication.all()] == ["withdrawn"]


@pytest.mark.parametrize("verb", [cycle.submit, cycle.recall, cycle.withdraw, cycle.delete])
@pytest.mark.parametrize("who", ["hospital checker", "museum chief", "rechecker"])
async def test_nobody_acts_for_the_applicant(city: City, who: str, verb: Any) -> None:
    key = await submitted(city)
    before = await everything()

    assert code(await acted(city, verb, key, who)) == "NOT_FOUND"
    assert await everything() == before


async def test_a_stale_screen_is_told_who_did_what(city: City) -> None:
    key = await submitted(city)

    answer = await cycle.recall(
        cycles.request(city, "applicant"), application_id=key, expected_version=1
    )

    assert isinstance(answer, Refused)
    told = [answer.data[name] for name in ("by", "what", "expected", "actual")]
    assert (answer.code, told) == ("CONFLICT", ["applicant", "submitted", 1, 2])


async def test_an_applicant_does_not_check_himself_whatever_seat_he_takes(city: City) -> None:
    key = await submitted(city)
    person = city.viewers["applicant"].person_id
    for seat in ("hospital checker", "hospital chief"):
        city.viewers[f"applicant as {seat}"] = replace(city.viewers[seat], person_id=person)
    before = await everything()

    answer = await decided(city, "applicant as hospital checker", key, Act.AGREE_UP)

    assert code(answer) == "OWN_CASE"
    assert await everything() == before


async def test_one_person_is_not_enough_for_a_unit(city: City) -> None:
    key = await submitted(city)

    alone = await decided(city, "hospital checker", key, Act.PASS)

    assert code(alone) == "MORE_REVIEWERS_NEEDED"


async def test_with_one_reviewer_the_body_above_gives_the_second_person(city: City) -> None:
    chiefs = [city.viewers[name].person_id for name in ("hospital chief", "leader")]
    await Seat.filter(person_id__in=chiefs).update(ended_at=cities.NOW)
    key = await submitted(city)

    done(await decided(city, "hospital checker", key, Act.AGREE_UP))
    done(await decided(city, "second checker", key, Act.PASS))

    kinds = [one.kind for one in await Event.filter(case__subject_id=key).order_by("seq")]
    assert "stand_in_called" in kinds


async def test_figures_that_fail_do_not_pass_but_may_be_returned_or_refused(city: City) -> None:
    await short(city)
    key = await submitted(city)
    done(await decided(city, "hospital checker", key, Act.AGREE_UP))
    before = await everything()

    passed = await decided(city, "hospital chief", key, Act.PASS)

    # 4 × 17 + 9 × 20 = 248 of 288
    assert isinstance(passed, Refused)
    assert (passed.code, passed.data["hours"]) == ("FIGURES_SHORT", "40.0")
    assert await everything() == before
    done(await decided(city, "hospital chief", key, Act.REJECT, comment="学时不足"))
    assert (await CycleApplication.get(id=key)).status == "rejected"


async def test_since_2017_an_application_is_taken_and_says_that_it_does_not_bind(
    city: City,
) -> None:
    key = await submitted(city, now=cities.NOW)

    figures = await CycleResult.get(application_id=key)
    assert (figures.binding, figures.verdict) == (False, "fail")
    done(await decided(city, "hospital checker", key, Act.AGREE_UP))
    assert code(await decided(city, "hospital chief", key, Act.PASS)) == "FIGURES_SHORT"


async def test_a_key_that_is_repeated_hands_in_once(city: City) -> None:
    key = await applied(city)
    request = cycles.request(city, "applicant")

    answers = [
        done(await cycle.submit(request, application_id=key, expected_version=1)) for _ in range(2)
    ]

    assert [one.replayed for one in answers] == [False, True]
    assert await CycleResult.all().count() == 1


async def test_the_verbs_cost_at_most_ten_statements(city: City) -> None:
    with counted() as applying:
        key = await applied(city)
    request = cycles.request(city, "applicant")
    with counted() as submitting:
        done(await cycle.submit(request, application_id=key, expected_version=1))
    await climbed(city, key, 4)
    row = await Task.get(case__subject_id=key, status="open")
    seq = (await Case.get(subject_id=key)).seq
    passed = Decision(act=Act.PASS)
    with counted() as passing:
        done(
            await task.decide(
                cycles.request(city, "division"),
                task_id=row.id,
                expected_version=seq,
                decision=passed,
            )
        )

    assert len(applying) <= 10, applying
    assert len(submitting) <= 10, submitting
    assert len(passing) <= 10, passing


async def test_a_handed_in_application_is_not_edited(city: City) -> None:
    key = await submitted(city)

    answer = await cycle.edit(
        cycles.request(city, "applicant"),
        application_id=key,
        expected_version=2,
        application=Application(target_title=SENIOR),
    )

    assert code(answer) == "NOT_EDITABLE"


async def test_the_history_names_the_fields_and_not_the_values(city: City) -> None:
    key = await applied(city)
    done(
        await cycle.edit(
            cycles.request(city, "applicant"),
            application_id=key,
            expected_version=1,
            application=Application(target_title=cycles.OTHER),
        )
    )

    line = await History.get(tag="cycle:edit")
    assert (line.subject_id, line.data) == (key, {"fields": ["target_title"]})
