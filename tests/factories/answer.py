"""A city with something of everything, and what leaves the server when it is asked."""

from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from strawberry.types import ExecutionResult

from models import TrainingRecord
from models.access import Viewer
from models.account import UserType
from models.attachment import ScanState
from models.read import Connection
from rules.course import CourseCategory
from schema.api import api, behind
from schema.limits import Gate, Limits
from schema.rate import Allowance
from tests.factories import amendment as amendments
from tests.factories import city
from tests.factories.city import City
from tests.factories.question import context
from tests.factories.record import attach, decided, done, draft, submitted
from workflow import annual, remark
from workflow.case import Act

PLENTY = Allowance(cost=10**12, per_minute=10**12)
# The whole schema, for purses that are never empty: the same is asked twice, thousands of times.
OPEN = behind(Gate(Limits(cost=PLENTY, cost_reviewer=PLENTY)), copy(api))
VIEWERS = (
    "applicant",
    "handler",
    "leader",
    "checker",
    "only reviewer",
    "city checker",
    "trainer",
)


async def varied(db: Connection) -> City:
    """Records, files, cases and tasks in several states, with remarks and annual results."""
    found = await city.build(db)
    for category in (CourseCategory.PUBLIC, CourseCategory.PROFESSIONAL):
        await submitted(found, category=category, course_name=f'"{category}"\\ 课程 😀𠮷')
    await TrainingRecord.all().update(note="\x01\t\r\n\u2028</script>\x7f")
    record = await draft(found, course_name="只是草稿", declared_credits=None, attended_days=2)
    await attach(found, record, state=ScanState.INFECTED)
    await attach(found, record, state=ScanState.UNSCANNED)
    await city.registered(found, "applicant")
    await found.person("trainer", "base", "teacher", user_type=UserType.TRAINING_BASE)
    await remark.add(
        found.request("leader"),
        route_code="declaration",
        step_key="unit_review",
        act=None,
        text="同意",
    )
    assert await annual.settle(found.viewers["applicant"].person_id, now=city.NOW)
    return found


async def amended(db: Connection) -> City:
    """The same with records under amendment, and amended ones."""
    found = await varied(db)
    await amendments.keepers(found)
    for hours, act in (("24.0", None), ("12.5", Act.PASS), ("9.0", Act.RETURN)):
        record = await amendments.approved(found, course_name=f"更正为{hours}学时的课程")
        answer = done(await amendments.proposed(found, record, approved_hours=Decimal(hours)))
        if act:
            await decided(found, "leader", UUID(answer.data["task"]), act, comment="已核对")
    await amendments.struck(found, await amendments.approved(found, course_name="重复的课程"))
    return found


async def said(viewer: Viewer | None, query: str, *, compiled: bool, **given: Any) -> Any:
    """What leaves the server: data as JSON with its order, and every error with its place."""
    asked = replace(context(viewer), compiled=compiled)
    result: ExecutionResult = await OPEN.execute(query, variable_values=given, context_value=asked)
    return orjson.dumps(orjson.loads(orjson.dumps(result.data))), [
        error.formatted for error in result.errors or ()
    ]
