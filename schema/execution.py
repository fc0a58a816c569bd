"""The executor: standard for what it decides, compiled for what it would repeat row by row."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from graphql import is_composite_type, is_non_null_type
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from models.read import Painted
from resolvers import selection
from resolvers.selection import Scope, Unclear
from schema import plan
from schema.plan import Finish, NotPlanned, Waiting


class Executor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, with two doors on the way: painted JSON, and generated plans.

    Every plan falls back to the standard way, which repeats the work and locates the error.
    """

    def complete_value(self, returned, details, info, path, result, position):  # type: ignore[no-untyped-def]
        """What PostgreSQL wrote is complete; the rest goes on."""
        if result.__class__ is Painted:
            return result
        return super().complete_value(returned, details, info, path, result, position)

    def complete_iterable_value(self, item_type, details, info, path, items, position):  # type: ignore[no-untyped-def]
        """All rows of a list by one generated function."""

        def standard() -> Any:
            return super(Executor, self).complete_iterable_value(
                item_type, details, info, path, items, position
            )

        inner = item_type.of_type if is_non_null_type(item_type) else item_type
        if type(items) not in (list, tuple) or not is_composite_type(inner):
            return standard()
        finish = self.plan(inner, details)
        if finish is None or None in items:
            return standard()
        return self.completed(lambda waiting: self.each(finish, items, waiting), standard)

    def complete_object_value(self, kind, details, info, path, result, position):  # type: ignore[no-untyped-def]
        """One object by a generated function."""

        def standard() -> Any:
            return super(Executor, self).complete_object_value(
                kind, details, info, path, result, position
            )

        finish = self.plan(kind, details)
        if finish is None:
            return standard()
        return self.completed(lambda waiting: finish(result, self.context_value, waiting), standard)

    def each(self, finish: Finish, items: Any, waiting: list[Waiting]) -> list[Any]:
        """The rows in order."""
        context = self.context_value
        return [finish(one, context, waiting) for one in items]

    def completed(self, run: Any, standard: Any) -> Any:
        """What a plan makes of it; whatever goes wrong is left to the standard way."""
        waiting: list[Waiting] = []
        try:
            done = run(waiting)
        except Exception:
            dispose(waiting)
            return standard()
        return self.awaited(done, waiting, standard) if waiting else done

    async def awaited(self, done: Any, waiting: list[Waiting], standard: Any) -> Any:
        """Wait for everything at once, round by round: what was awaited may lead further."""
        try:
            while waiting:
                now, waiting = waiting, []
                values = await asyncio.gather(*(each[2] for each in now))
                for (place, key, _, finish), value in zip(now, values, strict=True):
                    place[key] = finish(value, self.context_value, waiting)
        except Exception:
            dispose(waiting)
            repeated = standard()
            return await repeated if isinstance(repeated, Awaitable) else repeated
        return done

    def plan(self, kind: Any, details: Any) -> Finish | None:
        """The generated function for a selection, made once per document; None if there is none."""
        context, manager = self.context_value, self.middleware_manager
        if not context.compiled or (manager and manager.middlewares):  # who must see every field
            return None
        nodes = [one.node for one in details]
        variables = self.variable_values.coerced
        key = ("plan", kind.name, *map(id, nodes), selection.truths(variables))
        scope = Scope(self.schema, self.fragment_definitions, variables)
        found: Finish | None = selection.remembered(
            context.memo, key, lambda: planned(scope, kind, nodes)
        )
        return found


def planned(scope: Scope, kind: Any, nodes: list[Any]) -> Finish | None:
    """A plan, or None for what is left to the standard way."""
    try:
        return plan.planned(scope, kind, nodes)
    except (NotPlanned, Unclear):
        return None


def dispose(waiting: list[Waiting]) -> None:
    """Close coroutines that nobody will await."""
    for _, _, value, _ in waiting:
        if asyncio.iscoroutine(value):
            value.close()
