"""Questions put to the schema as somebody of the test city, without HTTP."""

from typing import Any

import orjson
from strawberry.types import ExecutionResult

from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from resolvers import ids
from resolvers.context import Context, Limits
from schema import api
from schema.limits import Gate
from schema.limits import Limits as OperationLimits
from schema.rate import Allowance
from tests.factories.city import NOW
from workflow import attachment, audit

LIMITS = Limits(upload=attachment.Limits(max_bytes=20 << 20, files_per_record=10), session_hours=8)
HURRY = OperationLimits(cost=Allowance(cost=10_000, per_minute=10**8))
VIEWS = api.guarded(Gate(HURRY))
FAILED = "... on UserError { code message path }"


def context(viewer: Viewer | None, language: str = "en") -> Context:
    """One operation of this viewer."""
    return Context(viewer=viewer, now=NOW, language=language, limits=LIMITS)


async def asked(
    viewer: Viewer | None, query: str, language: str = "en", **variables: Any
) -> ExecutionResult:
    """The whole result, as it arrives: part of it may be JSON that PostgreSQL wrote."""
    audit.called("192.0.2.1")
    result = await VIEWS.of(viewer).execute(
        query, variable_values=variables, context_value=context(viewer, language)
    )
    result.data = orjson.loads(orjson.dumps(result.data))
    return result


async def answered(viewer: Viewer | None, query: str, language: str = "en", **given: Any) -> Any:
    """The data of a question that has no errors."""
    result = await asked(viewer, query, language, **given)
    assert result.errors is None, result.errors
    return result.data


async def codes(viewer: Viewer | None, query: str, **given: Any) -> list[str]:
    """The codes of the errors a question meets."""
    result = await asked(viewer, query, **given)
    return [(error.extensions or {})["code"] for error in result.errors or ()]


def key() -> str:
    """A fresh idempotency key."""
    return str(uuid7())


def record_id(row_id: object) -> str:
    """The global id of a training record."""
    return ids.encode("TrainingRecord", str(row_id))


def task_id(row_id: object) -> str:
    """The global id of a task."""
    return ids.encode("Task", str(row_id))


def somebody(user_type: UserType = UserType.PERSON) -> Viewer:
    """A viewer who stands in no table: for questions that read nothing about him."""
    at_work = user_type is not UserType.PERSON
    return Viewer(
        account_id=uuid7(),
        person_id=uuid7(),
        session_id=uuid7(),
        seat_id=uuid7(),
        organisation_id=uuid7() if at_work else None,
        user_type=user_type,
        groups=frozenset({"handler"}) if at_work else frozenset(),
        duties=frozenset(),
    )
