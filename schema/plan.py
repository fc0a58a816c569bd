"""Generated code that completes rows: one function per selection, instead of a walk per field.

graphql-core looks up, resolves, checks and locates every field of every row. Here one function is
written for what a query selects of a type; it reads attributes, asks resolvers, and puts what it
must wait for on a list, so that all rows wait together. Whatever it cannot do exactly raises
`Inexact`, and the standard way repeats the work and reports the fault at its place.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    is_abstract_type,
    is_leaf_type,
)

from models.read import Painted
from resolvers import selection
from resolvers.context import Context
from resolvers.selection import Scope

EXACT = {
    GraphQLString: "type(v) is str",
    GraphQLBoolean: "type(v) is bool",
    GraphQLInt: "type(v) is int and -2147483648 <= v <= 2147483647",
}
NOTHING_READY: dict[str, Any] = {}
Waiting: TypeAlias = "tuple[dict[str, Any], str, Any, Finish]"
Finish: TypeAlias = Callable[[Any, Context, "list[Waiting]"], Any]


class Inexact(Exception):
    """The standard way must do it."""


class NotPlanned(Exception):
    """A selection that is left to the standard way altogether."""


def planned(scope: Scope, kind: Any, nodes: Sequence[Any]) -> Finish:
    """The function for values of a composite type."""
    made: Finish = scope.once(by_type if is_abstract_type(kind) else of_type, kind, nodes)
    return made


def of_type(scope: Scope, kind: Any, nodes: Sequence[Any]) -> Finish:
    """Values of one type: a function of their own."""
    text = Text()
    text.line("def finish(v, context, waiting):")
    text.line("    if v.__class__ is Painted: return v")
    if kind.is_type_of:
        text.line(f"    if not {text.name(kind.is_type_of)}(v, None): raise Inexact")
    text.line("    ready = getattr(v, 'ready', NOTHING_READY)")
    text.line("    o, done = v, {}")
    for key, found in selection.collect(scope, kind, nodes).items():
        one(text, scope, kind, key, found)
    text.line("    return done")
    return text.function("finish")


def by_type(scope: Scope, kind: Any, nodes: Sequence[Any]) -> Finish:
    """Values of an interface or union: each by the plan of its own type."""
    plans = {
        each.name: planned(scope, each, nodes) for each in scope.schema.get_possible_types(kind)
    }

    def finish(value: Any, context: Context, waiting: list[Waiting]) -> Any:
        if value.__class__ is Painted:
            return value
        plan = plans.get(name_of(value) or "")
        if plan is None:
            raise Inexact
        return plan(value, context, waiting)

    return finish


def name_of(value: Any) -> str | None:
    """The type of a value: rows say it, objects of ours carry their definition."""
    name: str | None = getattr(value, "type_name", None)
    return name or getattr(getattr(value, "__strawberry_definition__", None), "name", None)


def completer(scope: Scope, returned: Any, nodes: Sequence[Any]) -> Finish:
    """How a value of any type is completed."""
    if isinstance(returned, GraphQLNonNull):
        return required(completer(scope, returned.of_type, nodes))
    if isinstance(returned, GraphQLList):
        return listed(completer(scope, returned.of_type, nodes))
    if is_leaf_type(returned):
        return lambda value, _, __: None if value is None else returned.coerce_output_value(value)
    plan = planned(scope, returned, nodes)
    return lambda value, context, waiting: None if value is None else plan(value, context, waiting)


def required(inner: Finish) -> Finish:
    """A value that must be there."""

    def finish(value: Any, context: Context, waiting: list[Waiting]) -> Any:
        done = inner(value, context, waiting)
        if done is None:
            raise Inexact
        return done

    return finish


def listed(inner: Finish) -> Finish:
    """A list; a string is none, though it can be walked."""

    def finish(value: Any, context: Context, waiting: list[Waiting]) -> Any:
        if value is None or value.__class__ is Painted:
            return value
        if type(value) not in (list, tuple):
            raise Inexact
        return [inner(one, context, waiting) for one in value]

    return finish


class Text:
    """A function being written; only names of GraphQL and of attributes reach its text."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "Painted": Painted,
            "Inexact": Inexact,
            "NOTHING_READY": NOTHING_READY,
        }

    def line(self, text: str) -> None:
        """One more line."""
        self.lines.append(text)

    def name(self, value: Any) -> str:
        """A name for a value the function uses."""
        name = f"g{len(self.names)}"
        self.names[name] = value
        return name

    def function(self, name: str) -> Finish:
        """The function that was written."""
        exec("\n".join(self.lines), self.names)
        made: Finish = self.names[name]
        return made


def one(text: Text, scope: Scope, kind: GraphQLObjectType, key: str, nodes: list[Any]) -> None:
    """One field of the function."""
    name = nodes[0].name.value
    if name == "__typename":
        text.line(f"    done[{key!r}] = {kind.name!r}")
        return
    published = kind.fields[name]
    source = published.extensions.get("strawberry-definition")
    if source is None or published.args:
        raise NotPlanned(f"{kind.name}.{name}")
    if not source.is_basic_field:
        ask(text, key, source, completer(scope, published.type, nodes))
        return
    text.line(f"    v = o.{source.python_name}")
    must, inner = selection.stripped(published.type)
    if inner in EXACT:
        text.line(
            f"    if {'' if must else 'v is not None and '}not ({EXACT[inner]}): raise Inexact"
        )
        text.line(f"    done[{key!r}] = v")
    else:
        finish = text.name(completer(scope, published.type, nodes))
        text.line(f"    done[{key!r}] = {finish}(v, context, waiting)")


def ask(text: Text, key: str, source: Any, finish: Finish) -> None:
    """A field that a resolver answers, unless it is painted already."""
    answer = source.metadata.get("answer")
    if answer is None or source.extensions:
        raise NotPlanned(source.python_name)
    resolver, finished = text.name(answer.resolver), text.name(finish)
    arguments = "context, o" if answer.takes_row else "context"
    text.line(f"    if {key!r} in ready: done[{key!r}] = ready[{key!r}]")
    text.line("    else:")
    text.line(f"        v = {resolver}({arguments})")
    text.line("        if hasattr(v, '__await__'):")
    text.line(f"            done[{key!r}] = None")
    text.line(f"            waiting.append((done, {key!r}, v, {finished}))")
    text.line(f"        else: done[{key!r}] = {finished}(v, context, waiting)")
