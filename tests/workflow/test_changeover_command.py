"""`routes migrate`: every case by itself, nothing by a dry run, and who has ended stays ended."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

import settings
from models import Case, Event, Opinion, Task, TrainingRecord
from models.ids import uuid7
from models.read import Connection
from resolvers import ids
from rules.course import CourseCategory
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import NOW, City
from tests.factories.question import answered
from tests.factories.record import done
from tests.statements import counted
from workflow import changeover_command, definition, engine, ledger, route, task
from workflow.case import Act, Kind
from workflow.case import Case as EngineCase
from workflow.case import Event as Happened
from workflow.changeover import Plan
from workflow.route import Route

OLD = route.load_all()["declaration"]
TABLES = (Case, Task, Event, Opinion, TrainingRecord)
TIMELINE = """query ($id: ID!) { case(id: $id) { routeVersion step { key name } timeline {
  kind step { name } what { name } person } } }"""


def version(*changes: tuple[str, str]) -> Route:
    text = OLD.text.replace("version  = 1", "version  = 2")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return route.compile_route(text)


RENAMED = version(
    ('key      = "unit_review"', 'key      = "unit_decides"'), ('"单位审批"', '"单位审定"')
)


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def everything() -> list[Any]:
    return [await table.all().order_by("id").values() for table in TABLES]


async def run(configuration: settings.Settings, *more: str) -> int:
    usual = ["--from", "declaration:1", "--to", "declaration:2", "--operator", "运维"]
    return await changeover_command.main(configuration, [*usual, *more])


async def stood(city: City) -> UUID:
    """A case with one opinion, claimed by the leader; the task."""
    task_id = await records.agreed(city, await records.submitted(city))
    case = await Case.get()
    done(await task.claim(city.request("leader"), task_id=task_id, expected_version=case.seq))
    return task_id


async def test_a_case_goes_on_under_the_new_version_with_its_task_and_claim(
    city: City, db: Connection, configuration: settings.Settings
) -> None:
    task_id = await stood(city)
    await definition.is_new(db, RENAMED, NOW)
    before = await Task.get(id=task_id)

    status = await run(configuration, "--map", "unit_review=unit_decides")

    after = await Task.get(id=task_id)
    assert (status, after.step_key, after.claimed_by_id) == (
        0,
        "unit_decides",
        city.viewers["leader"].person_id,
    )
    assert (after.group_key, after.due_at, after.created_at) == (
        before.group_key,
        before.due_at,
        before.created_at,
    )
    done(await records.decided(city, "leader", task_id, Act.PASS))
    case = await Case.get().select_related("definition")
    assert (case.status, case.definition.version) == ("approved", 2)


async def test_a_dry_run_writes_nothing(
    city: City,
    db: Connection,
    configuration: settings.Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await stood(city)
    await definition.is_new(db, RENAMED, NOW)
    before = await everything()

    status = await run(configuration, "--map", "unit_review=unit_decides", "--dry-run")

    assert (status, await everything()) == (0, before)
    case = await Case.get()
    assert capsys.readouterr().out == f"{case.id} 可以换版 （已签收，签收不变）\n1 可以换版\n"


async def test_every_case_has_an_outcome_and_run_again_only_what_stays_is_looked_at(
    city: City,
    db: Connection,
    configuration: settings.Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    submitted = await records.submitted(city, course_name="待审")
    returned = await records.submitted(city, course_name="退案")
    done(await records.decided(city, "handler", returned, Act.RETURN))
    over = await records.agreed(city, await records.submitted(city, course_name="结案"))
    done(await records.decided(city, "leader", over, Act.PASS))
    said = await records.agreed(
        city, await records.submitted(city, course_name="已填"), values={"approved_hours": "6.0"}
    )
    closed = await Case.get(status="approved")
    await definition.is_new(
        db, version(('writes   = ["approved_hours", "approved_credits"]\n', "")), NOW
    )

    status = await run(configuration, "--language", "en")
    first = capsys.readouterr().out
    again = await run(configuration, "--language", "en")

    cases = {one.id: (await Case.get(id=one.case_id)).id for one in await Task.all()}
    assert status == again == 1
    assert f"{cases[submitted]} moved\n" in first
    assert f"{cases[returned]} lies with its applicant" in first
    assert f"{cases[said]} stays under the old version At step unit_review something" in first
    assert str(closed.id) not in first
    assert (await Case.get(id=closed.id)).seq == closed.seq
    second = capsys.readouterr().out
    assert "moved" not in second and str(cases[said]) in second


async def test_the_history_of_a_moved_case_folds_to_its_state_and_its_chain_holds(
    city: City, db: Connection, configuration: settings.Settings
) -> None:
    task_id = await stood(city)
    await definition.is_new(db, RENAMED, NOW)
    await run(configuration, "--map", "unit_review=unit_decides")
    done(await records.decided(city, "leader", task_id, Act.PASS))

    stored = await Case.get()
    case, previous = engine.opening(applicant=str(stored.applicant_id)), ""
    for row in await Event.all().order_by("seq"):
        assert row.seq == case.seq + 1
        assert row.hash == ledger.event_hash(
            previous, stored.id, row.seq, row.kind, row.data, row.at
        )
        route_now = RENAMED if row.kind == Kind.MIGRATED_DEFINITION else None
        case = engine.evolve(route_now or OLD, case, Happened(Kind(row.kind), row.data))
        previous = row.hash
    assert case == EngineCase.from_state(stored.state)


async def test_the_timeline_calls_steps_as_they_were_called_then(
    city: City, db: Connection, configuration: settings.Settings
) -> None:
    await stood(city)
    await definition.is_new(db, RENAMED, NOW)
    await run(configuration, "--map", "unit_review=unit_decides")
    case = await Case.get()

    told = (
        await answered(
            city.viewers["leader"], TIMELINE, "zh-CN", id=ids.encode("Case", str(case.id))
        )
    )["case"]

    assert (told["routeVersion"], told["step"]["name"]) == (2, "单位审定")
    lines = [(one["kind"], one["step"] and one["step"]["name"]) for one in told["timeline"]]
    assert ("OPINED", "单位审批") in lines
    assert lines[-1] == ("MIGRATED_DEFINITION", "单位审定")
    assert told["timeline"][-1]["what"]["name"] == "流程换版"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "declaration:3"), "declaration version 3 was never published."),
        (("--to", "declaration:1"), "Both versions are the same: 1."),
        (("--to", "record.amendment:1"), "Cases move between versions of one route only"),
        (("--map", "x=y"), "There is no such step: x=y."),
        (("--operator", " "), "Say who does it: --operator NAME."),
    ],
)
async def test_a_bad_plan_is_one_sentence_and_changes_nothing(
    city: City,
    db: Connection,
    configuration: settings.Settings,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    await stood(city)
    await definition.is_new(db, version(), NOW)
    before = await everything()

    status = await run(configuration, "--language", "en", *arguments)

    assert status == 2
    assert capsys.readouterr().err.startswith(said)
    assert await everything() == before


@pytest.mark.parametrize("arguments", [("--from", "declaration"), ("--map", "x")])
async def test_what_cannot_be_read_ends_with_the_usage(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        await changeover_command.main(None, ["--to", "declaration:2", *arguments])  # type: ignore[arg-type]

    assert ended.value.code == 2


async def test_a_decision_and_a_migration_at_once_are_both_lawful_in_some_order(
    city: City, db: Connection, configuration: settings.Settings
) -> None:
    task_id = await records.agreed(city, await records.submitted(city))
    await definition.is_new(db, version(), NOW)
    plan = Plan(old=OLD, new=version(), explicit={})

    async def moving() -> list[Any]:
        return [one async for one in changeover_command.outcomes(plan, operator="o", dry_run=False)]

    decided, outcomes = await asyncio.gather(
        records.decided(city, "leader", task_id, Act.PASS), moving()
    )

    case = await Case.get().select_related("definition")
    seqs = [one.seq for one in await Event.all().order_by("seq")]
    assert seqs == list(range(1, case.seq + 1))
    if case.status == "approved":
        assert case.definition.version == (2 if outcomes and outcomes[0].answer else 1)
    else:
        assert decided.code == "CONFLICT" and case.definition.version == 2


async def test_a_case_costs_five_statements_beside_the_list(city: City, db: Connection) -> None:
    await records.submitted(city)
    new = version()
    await definition.is_new(db, new, NOW)
    plan = Plan(old=OLD, new=new, explicit={})

    with counted() as sent:
        async for _ in changeover_command.outcomes(plan, operator="o", dry_run=False):
            pass

    assert len(sent) <= 6, sent  # the list, then lock, time, subject, standing and one that writes


async def test_steps_that_shift_keep_the_opinions_of_somebody_who_spoke_at_both(
    city: City, db: Connection
) -> None:
    task_id = await records.submitted(city, category=CourseCategory.PUBLIC)
    await records.decided(city, "leader", await records.agreed(city, task_id), Act.PASS)
    case, said = await Case.get(), await Opinion.get(act="pass").values()
    await Opinion.create(**{**said, "id": uuid7(), "step_key": "recognition"})
    old = route.load_all()["declaration.public_course"]
    text = old.text.replace('"recognition"', '"last_word"').replace(
        '"unit_review"', '"recognition"'
    )
    new = route.compile_route(text.replace("version  = 1", "version  = 2"))
    await definition.is_new(db, new, NOW)
    steps = {"unit_review": "recognition", "recognition": "last_word"}
    plan = Plan(old=old, new=new, explicit=steps)

    (one,) = [one async for one in changeover_command.outcomes(plan, operator="o", dry_run=False)]

    assert one.case_id == case.id
    leader = city.viewers["leader"].person_id
    rows = await Opinion.filter(person_id=leader).order_by("step_key")
    assert [(row.step_key, row.round) for row in rows] == [("last_word", 1), ("recognition", 1)]


async def test_an_event_tells_who_did_it_and_from_where(
    city: City, db: Connection, configuration: settings.Settings
) -> None:
    await records.submitted(city)
    await definition.is_new(db, version(), NOW)
    await run(configuration)

    row = await Event.all().order_by("-seq").first()
    assert row is not None
    assert (row.kind, row.person_id, row.data["operator"]) == ("migrated_definition", None, "运维")
    assert row.data["was"] == {"version": 1, "digest": OLD.digest}
    assert json.loads(json.dumps(row.data)) == row.data
