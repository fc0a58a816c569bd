"""Answers to what never became an operation: one code, one status, one JSON error."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from schema.media import JSON
from workflow import message

STATUS: Mapping[str, int] = {
    "BAD_REQUEST": 400,
    "DOCUMENT_NOT_FOUND": 400,
    "DOCUMENT_NOT_TRUSTED": 400,
    "OPERATION_NAME_REQUIRED": 400,
    "UNAUTHENTICATED": 401,
    "CSRF": 403,
    "FORBIDDEN": 403,
    "NOT_IN_YET": 403,
    "STAFF_ONLY": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "BODY_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
    "TIMEOUT": 504,
}
CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "BODY_TOO_LARGE"}  # of Starlette's own


class Unfit(Exception):
    """A request that is no GraphQL request, or one that cannot be served."""

    def __init__(self, code: str, /, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data

    def formatted(self, language: str) -> dict[str, Any]:
        """The one error of the answer."""
        return message.formatted(self.code, self.data, language)


class Misfit(Unfit):
    """Well-formed JSON that is no GraphQL request: the draft of 2026 has a status of its own."""


def answer(
    code: str,
    language: str,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    **data: Any,
) -> Response:
    """A whole answer with one error, for every route of ours."""
    return Response(
        orjson.dumps({"errors": [message.formatted(code, data, language)]}),
        status_code=status or STATUS[code],
        media_type=JSON,
        headers=headers,
    )
