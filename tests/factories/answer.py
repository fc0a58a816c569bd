"""A city with something of everything, and what leaves the server when it is asked."""

from copy import copy
from dataclasses import replace
from typing import Any

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
from tests.factories import city
from tests.factories.city import City
from tests.factories.question import context
from tests.factories.record import attach, draft, submitted
from workflow import annual, remark

PLENTY = Allowance(cost=10**12, per_minute=10**12)
# The whole schema, for purses that are never empty: the same is asked twice, thousands of times.
OPEN = behind(Gate(Limits(cost=PLENTY, cost_reviewer=PLENTY)), copy(api))
VIEWERS = ("applicant", "handler", "leader", "checker", "only reviewer", "city checker", "trainer")


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


async def said(viewer: Viewer | None, query: str, *, compiled: bool, **given: Any) -> Any:
    """What leaves the server: data as JSON with its order, and every error with its place."""
    asked = replace(context(viewer), compiled=compiled)
    result: ExecutionResult = await OPEN.execute(query, variable_values=given, context_value=asked)
    return orjson.dumps(orjson.loads(orjson.dumps(result.data))), [
        error.formatted for error in result.errors or ()
    ]
