"""The timeline of a case: what was declared and approved stays as it was at its time."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from models import Case, Task, TrainingRecord
from models.read import Connection
from resolvers import case, ids
from resolvers.case import Change, Entry
from resolvers.label import Label
from tests.factories import city
from tests.factories.city import NOW, City
from tests.factories.question import answered, context
from tests.factories.record import DECLARATION, agreed, decided, done, submitted
from workflow import training
from workflow.case import Act

TIMELINE = "query($id: ID!) { case(id: $id) { timeline { changes { field declared approved } } } }"


@pytest.fixture
async def town(db: Connection) -> City:
    return await city.build(db)


async def changes(town: City, task_id: UUID) -> list[Any]:
    """What reviewers made of numbers, in order."""
    row = await Task.get(id=task_id)
    given = {"id": ids.encode("Case", row.case_id)}
    told = (await answered(town.viewers["leader"], TIMELINE, **given))["case"]["timeline"]
    return [
        (one["field"], one["declared"], one["approved"]) for each in told for one in each["changes"]
    ]


async def mended(town: City, task_id: UUID, hours: str) -> UUID:
    """Returned, declared anew and submitted again: the new task of the handler."""
    done(await decided(town, "leader", task_id, Act.RETURN, comment="请更正学时"))
    kept = await TrainingRecord.get(
        id=(await Case.get(id=(await Task.get(id=task_id)).case_id)).subject_id
    )
    version = done(
        await training.edit(
            town.request("applicant"),
            record_id=kept.id,
            expected_version=kept.version,
            declaration=replace(DECLARATION, declared_hours=Decimal(hours), declared_credits=None),
        )
    ).data["version"]
    again = await training.submit(
        town.request("applicant"), record_id=kept.id, expected_version=version
    )
    return UUID(done(again).data["task"])


async def test_an_earlier_round_keeps_the_numbers_it_was_about(town: City) -> None:
    values = {"approved_hours": "28.0", "approved_credits": "1.5"}
    first = await agreed(town, await submitted(town), values=values)
    task_id = await mended(town, first, "20.0")
    task_id = await agreed(
        town, task_id, values={"approved_hours": "18.0", "approved_credits": "1.0"}
    )

    await decided(town, "leader", task_id, Act.PASS)

    second = [("approved_hours", "20.0", "18.0"), ("approved_credits", None, "1.0")]
    assert await changes(town, task_id) == [
        ("approved_hours", "30.0", "28.0"),
        ("approved_credits", "2.0", "1.5"),
        *second,  # the opinion of the handler
        *second,  # that of the leader, which takes it over
        *second,  # and the end of the case
    ]


async def test_an_event_without_them_shows_the_numbers_of_the_record(town: City) -> None:
    task_id = await submitted(town)
    row = await Case.get(id=(await Task.get(id=task_id)).case_id)
    entry = Entry(
        number=2,
        kind="opined",
        what=Label(key="opined", name="处理意见"),
        step=None,
        to=None,
        comment="",
        person=None,
        on_behalf_of=None,
        signature=None,
        organisation=None,
        at=NOW,
        round=1,
        data={"values": {"approved_hours": "28.0"}},
        subject_id=row.subject_id,
    )

    for viewer, declared in (("applicant", Decimal("30.0")), ("stranger", None)):
        asking = context(town.viewers.get(viewer))
        assert await case.changes(asking, entry) == [
            Change(field="approved_hours", declared=declared, approved=Decimal("28.0"))
        ]
