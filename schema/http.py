"""GraphQL over HTTP: one POST in, one JSON answer out, whatever comes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionResult

from resolvers.context import Context, Door, Limits
from resolvers.failure import Unanswerable
from schema import limits as operation_limits
from schema.api import Schema, Views
from schema.documents import Documents
from workflow import message

JSON, GRAPHQL = "application/json", "application/graphql-response+json"
MOST_BYTES = 256 * 1024
STATUS = {
    "BAD_REQUEST": 400,
    "DOCUMENT_NOT_FOUND": 400,
    "DOCUMENT_NOT_TRUSTED": 400,
    "OPERATION_NAME_REQUIRED": 400,
    "UNAUTHENTICATED": 401,
    "CSRF": 403,
    "FORBIDDEN": 403,
    "METHOD_NOT_ALLOWED": 405,
    "BODY_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
    "TIMEOUT": 504,
}


class Unfit(Exception):
    """A request that is no GraphQL request."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A well-formed request."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """How the session's cookie is called and whether it wants TLS."""

    name: str
    secure: bool
    lifetime: timedelta

    def settle(self, response: Response, door: Door) -> None:
        """Set or forget it, as the operation left the door."""
        options: dict[str, Any] = {
            "path": "/",
            "secure": self.secure,
            "httponly": True,
            "samesite": "lax",
        }
        if door.token is not None:
            age = int(self.lifetime.total_seconds())
            response.set_cookie(self.name, door.token, max_age=age, **options)
        elif door.closed:
            response.delete_cookie(self.name, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The ASGI endpoint of `/graphql`; it answers every method itself, as JSON."""

    views: Views
    limits: Limits
    cookie: Cookie
    clock: Callable[[], datetime]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self.answer(request)
        except (Unfit, Unanswerable) as unfit:
            response = refusal(request, unfit.code, **unfit.data)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """Read, execute, write."""
        context = self.context(request)
        schema = self.views.of(context.viewer)
        asked = parse(await read(request), schema.gate.documents)
        result = await self.execute(schema, asked, context)
        response = written(request, result)
        response.headers.update(operation_limits.headers(context))
        self.cookie.settle(response, context.door)
        return response

    async def execute(self, schema: Schema, asked: Asked, context: Context) -> ExecutionResult:
        """Run one operation; there must be one."""
        try:
            return await schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
            )
        except CannotGetOperationTypeError:
            raise Unfit("BAD_REQUEST") from None

    def context(self, request: Request) -> Context:
        """What the resolvers may know of this request."""
        client = request.client.host if request.client else ""
        return Context(
            viewer=request.state.viewer,
            now=self.clock(),
            language=language(request),
            limits=self.limits,
            door=Door(address=client, user_agent=request.headers.get("user-agent", "")),
        )


def language(request: Request) -> str:
    """The reader's language."""
    return message.negotiate(request.headers.get("accept-language", ""))


async def read(request: Request) -> bytes:
    """The body, counted while it comes."""
    if request.method != "POST":
        raise Unfit("METHOD_NOT_ALLOWED")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != JSON:
        raise Unfit("UNSUPPORTED_MEDIA_TYPE")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Unfit("BODY_TOO_LARGE", maximum=MOST_BYTES)
    return bytes(body)


def parse(body: bytes, documents: Documents) -> Asked:
    """The parameters, each of its type; an array would be a batch, which is off."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unfit("BAD_REQUEST") from None
    if not isinstance(data, dict):
        raise Unfit("BAD_REQUEST")
    variables, name = data.get("variables"), data.get("operationName")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise Unfit("BAD_REQUEST")
    return Asked(query=documents.requested(data), variables=variables, operation_name=name)


def written(request: Request, result: ExecutionResult) -> Response:
    """A request error has no `data`; only clients that know GraphQL's own media type see 400."""
    errors = [error.formatted for error in result.errors or ()]
    refused = result.data is None and all(error.path is None for error in result.errors or ())
    body: dict[str, Any] = {"errors": errors} if errors else {}
    if not refused:
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    graphql = GRAPHQL in request.headers.get("accept", "")
    status, headers = refused_with(errors[0], graphql) if refused and errors else (200, {})
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type=GRAPHQL if graphql else JSON,
        headers=headers,
    )


def refused_with(error: Mapping[str, Any], graphql: bool) -> tuple[int, dict[str, str]]:
    """The status of an operation that did not begin, and when to come again."""
    data = error["extensions"]
    status = STATUS.get(data["code"], 400 if graphql else 200)
    return status, {"Retry-After": str(data["retryAfter"])} if "retryAfter" in data else {}


def refusal(request: Request, code: str, **data: Any) -> Response:
    """An answer to what never became an operation."""
    text = message.sentence(code, data, language(request))
    error = {"message": text, "extensions": {"code": code, **data}}
    headers = {"Allow": "POST"} if code == "METHOD_NOT_ALLOWED" else None
    body = orjson.dumps({"errors": [error]})
    return Response(body, status_code=STATUS[code], media_type=JSON, headers=headers)
