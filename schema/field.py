"""The ways a field is declared: who may see it, and who answers it."""

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

import strawberry

from models.shape import Wanted
from resolvers import selection
from resolvers.context import Context
from resolvers.page import Asked
from schema.role import EVERYBODY, SIGNED_IN

Info = strawberry.Info[Context, None]
Resolver = Callable[..., Any]
WANTED = Wanted | None
Published = TypeVar("Published", bound=type)

ANNOTATED: Any = Annotated  # subscripted with what is known only at run time
PARAMETER = inspect.Parameter
POSITIONAL = PARAMETER.POSITIONAL_OR_KEYWORD

PAGE = {
    each.name: each.type
    for each in dataclasses.fields(Asked)
    if each.metadata.get("argument", True)
}
ARGUMENTS = {
    "input": "The one argument.",
    "id": "A global id.",
    "ids": "Global ids, at most 100.",
    "token": "The token of a registration.",
    "code": "A unit code of 18 or an organisation code of 9 characters.",
    "where": "Which rows.",
    "order_by": "In which order, at most three levels; the id always decides last.",
    "first": "Rows from the start, 1 to 100; 20 unless said otherwise.",
    "after": "Only rows after this cursor.",
    "last": "Rows from the end, 1 to 100; never together with first.",
    "before": "Only rows before this cursor.",
}


def stored(description: str, *, seen_by: frozenset[str] = EVERYBODY) -> Any:
    """A column of the row, shown as it is."""
    return strawberry.field(description=description, metadata={"roles": seen_by})


def answered_by(
    resolver: Resolver,
    description: str,
    *,
    seen_by: frozenset[str] = EVERYBODY,
    graphql_type: Any = None,
    **arguments: str,
) -> Any:
    """A question put to one function in ``resolvers/``; keywords describe its arguments."""
    return strawberry.field(
        resolver=adapted(resolver, arguments),
        description=description,
        metadata={"roles": seen_by, "answer": Answer(resolver, takes_row(resolver))},
        graphql_type=graphql_type,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """The resolver behind a field, for code that calls it without Strawberry in between."""

    resolver: Resolver
    takes_row: bool


def takes_row(resolver: Resolver) -> bool:
    """Is it asked about a row, or about the operation alone?"""
    parameters = inspect.signature(resolver).parameters.values()
    return sum(each.kind is POSITIONAL for each in parameters) > 1


def followed_by(
    resolver: Resolver, description: str, *, seen_by: frozenset[str] = SIGNED_IN
) -> Any:
    """A subscription: a function in ``resolvers/`` says when there is something to tell."""
    return strawberry.subscription(
        resolver=adapted(resolver, {}), description=description, metadata={"roles": seen_by}
    )


def adapted(
    resolver: Resolver,
    arguments: Mapping[str, str],
    finish: Callable[[Any, Context], Any] | None = None,
) -> Resolver:
    """A resolver of ours, `(context[, row], *, arguments)`, as Strawberry calls resolvers.

    Keyword-only parameters become arguments; one of type `Asked` becomes the four of a page, and
    one of type `Wanted | None` is what the query wants of the rows.
    """
    parameters = list(inspect.signature(resolver).parameters.values())
    with_row = takes_row(resolver)
    paged = any(each.annotation is Asked for each in parameters)
    selects = any(each.annotation == WANTED for each in parameters)

    def answer(root: Any, info: Info, **given: Any) -> Any:
        if paged:
            given = gathered(given, info)
        elif selects:
            given["wanted"] = wanted(info)
        row = (root,) if with_row else ()
        return resolver(info.context, *row, **given)

    async def answer_and_finish(root: Any, info: Info, **given: Any) -> Any:
        return await finish(await answer(root, info, **given), info.context) if finish else None

    published: Any = answer_and_finish if finish else answer
    shown = [each for one in parameters for each in spread(one, arguments)]
    published.__signature__ = inspect.Signature(
        [PARAMETER("root", POSITIONAL), PARAMETER("info", POSITIONAL, annotation=Info), *shown],
        return_annotation=inspect.signature(resolver).return_annotation,
    )
    published.__module__ = resolver.__module__
    resolved: Resolver = published
    return resolved


def gathered(given: dict[str, Any], info: Info) -> dict[str, Any]:
    """The four page arguments as one value, and what the query wants of the rows."""
    page = {name: given.pop(name) for name in PAGE if name in given}
    return {**given, "asked": Asked(**page, wanted=wanted(info))}


def wanted(info: Info) -> Wanted | None:
    """What the query wants of the rows of a field, where the answer may be painted."""
    context = info.context
    return selection.of(info._raw_info, context.memo) if context.compiled else None


def spread(parameter: inspect.Parameter, texts: Mapping[str, str]) -> Iterator[inspect.Parameter]:
    """The arguments a parameter stands for, described."""
    if parameter.kind is not PARAMETER.KEYWORD_ONLY or parameter.annotation == WANTED:
        return
    if parameter.annotation is Asked:
        for name, each in PAGE.items():
            yield argument(PARAMETER(name, parameter.kind, default=None, annotation=each))
        return
    yield argument(parameter, texts.get(parameter.name))


def argument(parameter: inspect.Parameter, text: str | None = None) -> inspect.Parameter:
    """A parameter with its description; a default of None is not printed as `= null`."""
    described = strawberry.argument(description=text or ARGUMENTS[parameter.name])
    default = strawberry.UNSET if parameter.default is None else parameter.default
    annotation = ANNOTATED[parameter.annotation, described]
    return parameter.replace(annotation=annotation, default=default)


def published(
    cls: Published,
    name: str,
    description: str,
    seen_by: Mapping[str, frozenset[str]] = MappingProxyType({}),
    /,
    **texts: str,
) -> Published:
    """A plain dataclass of another layer as an input type; every field is described here.

    `seen_by` says of single fields who has them.

    Not slotted: Strawberry would take the slot descriptors for default values.
    """
    strawberry.input(cls, name=name, description=description)
    shown = cls.__strawberry_definition__.fields  # type: ignore[attr-defined]
    for each in shown:
        each.description = texts.pop(each.python_name)
        each.metadata = {"roles": seen_by.get(each.python_name, EVERYBODY)}
        if each.python_name.endswith("_"):
            each.graphql_name = each.python_name.removesuffix("_")
        if each.default is None:
            each.default = each.default_value = strawberry.UNSET
    if texts:
        raise TypeError(f"{name} has no {', '.join(texts)}")
    return cls


def named(enum: Any, name: str, description: str, /, **texts: str) -> Any:
    """A closed list of words as an enum; every member is described here."""
    strawberry.enum(enum, name=name, description=description)
    for value in enum.__strawberry_definition__.values:
        value.description = texts.pop(value.name)
    if texts:
        raise TypeError(f"{name} has no {', '.join(texts)}")
    return enum
