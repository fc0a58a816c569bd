"""Which status says what: the text the audits of graphql-http hold, or the draft of 2026.

The draft gave syntax (400), everything else that is wrong with a request (422) and partial
success (294) statuses of their own, and clients of plain JSON see them too.
"""

from enum import StrEnum

from strawberry.types import ExecutionResult

from schema.media import GRAPHQL, JSON
from schema.operation import is_request_error
from schema.refusal import STATUS, Misfit, Unfit

PARTIAL, UNPROCESSABLE = 294, 422


class Profile(StrEnum):
    """Whose text decides."""

    AUDIT = "audit"
    DRAFT = "draft-2026"


def of_result(result: ExecutionResult, media: str, profile: Profile) -> tuple[int, str]:
    """Status and media type of an answer."""
    if not is_request_error(result):
        partial = bool(result.errors) and media == GRAPHQL and profile is Profile.DRAFT
        return (PARTIAL if partial else 200), media
    code = code_of(result)
    known = STATUS.get(code, 400 if media == GRAPHQL else 200)
    if profile is Profile.AUDIT or known > 400:
        return known, media
    return (400 if code == "GRAPHQL_PARSE_FAILED" else UNPROCESSABLE), GRAPHQL


def of_refusal(unfit: Unfit, media: str | None, profile: Profile) -> tuple[int, str]:
    """Status and media type of an answer without a result."""
    if isinstance(unfit, Misfit) and profile is Profile.DRAFT:
        return UNPROCESSABLE, GRAPHQL
    return STATUS[unfit.code], media or JSON


def code_of(result: ExecutionResult) -> str:
    """Why it could not even be executed: what its first error says."""
    errors = result.errors or ()
    return str((errors[0].extensions or {}).get("code")) if errors else ""
