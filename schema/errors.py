"""Errors a client can act on are members of the result; everything else is coded or masked."""

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Union

import strawberry
from graphql import GraphQLError, print_ast
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.extensions import SchemaExtension

from resolvers.context import Context
from resolvers.failure import Unanswerable
from rules.refusal import Refused
from schema import incident
from schema.field import named, stored
from workflow import command, message

STATEMENT_TIMEOUT = "57014"
VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at (\.?[^:]+))?: ")
DIGITS = re.compile(r"\d{6,}[Xx]?")  # graphql-core quotes what it stumbles over; a number may be it
QUOTED = 60  # characters of a value that is wrong; it may be as long as the document
SUGGESTION = " Did you mean"  # Strawberry's own switch leaves it to arguments, enums and types

ErrorCode = named(
    StrEnum("ErrorCode", {code: code for code in message.codes()}),
    "ErrorCode",
    "Why something was refused; each code has an entry in docs/errors.md.",
    **{code: message.catalogue("en")[code] for code in message.codes()},
)
NOT_YOURS = frozenset(
    {
        "NOT_PERMITTED",
        "NOT_APPLICANT",
        "NOT_YOUR_TASK",
        "NOT_YOURS_TO_RECALL",
        "NOT_YOURS_TO_RESTATE",
        "NOT_YOURS_TO_URGE",
        "NOT_YOURS_TO_COPY",
        "NOT_YOURS_TO_REDIRECT",
        "OWN_CASE",
    }
)


@strawberry.interface(description="A refusal the user can act on.")
class UserError:
    message: str = stored("A sentence in the language of Accept-Language.")
    code: ErrorCode = stored("Stable name of the reason.")  # type: ignore[valid-type]
    path: list[str] | None = stored("The field of `input` it is about.")


@strawberry.type(description="One thing that is wrong with the input.")
class Problem(UserError):
    pass


@strawberry.type(description="The input is wrong by itself; nothing was looked up or changed.")
class ValidationFailed(UserError):
    problems: list[Problem] = stored("Everything that is wrong, field by field.")


@strawberry.type(description="Somebody was faster: read the object again, then decide again.")
class StateConflict(UserError):
    expected: int = stored("The version the client saw.")
    actual: int = stored("The version there is.")
    by: str | None = stored("Who made the last change.")
    what: str | None = stored("What the last change was.")


@strawberry.type(description="One datum of a refusal.")
class Detail:
    name: str = stored("What it is.")
    value: str = stored("Its value as text; JSON where it is more than one.")


@strawberry.type(description="The rules forbid it now.")
class Refusal(UserError):
    details: list[Detail] = stored("The data behind the sentence.")


@strawberry.type(description="This viewer may not do it.")
class NotPermitted(UserError):
    pass


MEMBERS = (ValidationFailed, StateConflict, Refusal, NotPermitted)


def result(name: str, payload: type, *others: type) -> Any:
    """The union of a mutation: its payload or one of the errors."""
    description = f"{payload.__name__}, or why not."
    return Annotated[
        Union[(payload, *others, *MEMBERS)],
        strawberry.union(name, description=description),
    ]


def of_action(context: Context, row: Any) -> UserError | None:
    """Why a button is greyed."""
    return row.refusal and member(row.refusal, context.language)


def of_item(context: Context, row: Any) -> UserError | None:
    """Why an item of a batch was refused."""
    return row.error and member(row.error, context.language)


def member(refused: Refused, language: str) -> UserError:
    """A refusal as clients see it."""
    known = worded(refused.code, refused.data, refused.path, language)
    data = refused.data
    if refused.code == "CONFLICT":
        who, what = data.get("by"), data.get("what")
        return StateConflict(
            **known, expected=data["expected"], actual=data["actual"], by=who, what=what
        )
    if refused.code == "INVALID_INPUT":
        problems = [
            Problem(**worded(each["code"], each["data"], each["path"], language))
            for each in data["problems"]
        ]
        return ValidationFailed(**known, problems=problems)
    if refused.code in NOT_YOURS:
        return NotPermitted(**known)
    details = [Detail(name=name, value=written(value)) for name, value in data.items()]
    return Refusal(**known, details=details)


def written(value: Any) -> str:
    """A datum as text a client can read: JSON where it is more than one value."""
    several = isinstance(value, list | tuple | dict)
    return json.dumps(value, ensure_ascii=False, default=str) if several else str(value)


def worded(code: str, data: Mapping[str, Any], path: Any, language: str) -> dict[str, Any]:
    """What every error says."""
    text = message.sentence(code, data, language)
    return {"message": text, "code": ErrorCode(code), "path": list(path) or None}


def public(error: GraphQLError, context: Context) -> GraphQLError:
    """A top-level error a client may see: coded, in his language, without a word of ours inside."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error:
        cause = cause.original_error
    if isinstance(cause, Unanswerable):
        where = {"argument": place_of(error)} if cause.code == "BAD_USER_INPUT" else {}
        return coded(error, cause.code, context, **{**where, **cause.data})
    if isinstance(cause, StrawberryInputCoercionError):  # its text names Python types
        return coded(error, "BAD_USER_INPUT", context, argument="input", must="type")
    if command.sqlstate(cause or error) == STATEMENT_TIMEOUT:
        return coded(error, "TIMEOUT", context, limit="statement")
    if cause is None or isinstance(cause, GraphQLError):
        return of_core(error, context)
    place = ".".join(str(step) for step in error.path or ())
    return coded(error, "INTERNAL", context, incident=incident.report(cause, place))


def of_core(error: GraphQLError, context: Context) -> GraphQLError:
    """What graphql-core found: its own words after a sentence of ours."""
    if "code" in (error.extensions or {}):  # a stream passes the mask twice
        return error
    code = code_of(error)
    if code == "BAD_USER_INPUT":
        place = str(error.path[-1]) if error.path else ""
        return coded(error, code, context, argument=place, must="type")
    text = DIGITS.sub("…", error.message.partition(SUGGESTION)[0])
    return copied(error, f"{context.say(code)} {text}", {"code": code})


def place_of(error: GraphQLError) -> str:
    """Where a value stands: in which variable, or else itself as it is written in the document."""
    if found := VARIABLE.match(error.message):
        return f"{found[1]}{found[2] or ''}"
    return DIGITS.sub("…", print_ast(error.nodes[0]))[:QUOTED] if error.nodes else ""


def refusal(code: str, /, **data: Any) -> GraphQLError:
    """A refusal of a whole operation; the mask puts it into the reader's language."""
    return GraphQLError(code, original_error=Unanswerable(code, **data))


def coded(error: GraphQLError, code: str, context: Context, **data: Any) -> GraphQLError:
    """The same place, another text."""
    return copied(error, context.say(code, **data), {"code": code, **data})


def copied(error: GraphQLError, text: str, extensions: dict[str, Any]) -> GraphQLError:
    """The error without the exception it came from."""
    return GraphQLError(
        text,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def code_of(error: GraphQLError) -> str:
    """graphql-core gives its own errors no code."""
    if error.message.startswith("Syntax Error"):
        return "GRAPHQL_PARSE_FAILED"
    return "GRAPHQL_VALIDATION_FAILED" if error.path is None else "BAD_USER_INPUT"


class Mask(SchemaExtension):
    """Every error that leaves passes here, also those of streamed results."""

    def on_operation(self) -> Iterator[None]:
        yield
        self.clean(self.execution_context.result)

    def on_stream_result(self, result: Any) -> Iterator[None]:
        self.clean(result)
        yield

    def clean(self, result: Any) -> None:
        """Replace the errors of a result."""
        if getattr(result, "errors", None):
            context = self.execution_context.context
            result.errors = [public(error, context) for error in result.errors]
