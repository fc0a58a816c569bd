"""How a mutation is declared: one verb, one payload, and the errors that may come instead."""

from typing import Any

import strawberry

from resolvers.command import Payload
from resolvers.context import Context
from rules.refusal import Refused
from schema import errors
from schema.field import Resolver, adapted
from schema.role import EVERYBODY
from workflow import audit


def commanded_by(
    name: str,
    verb: Resolver,
    payload: Any,
    description: str,
    *others: Any,
    seen_by: frozenset[str] = EVERYBODY,
) -> Any:
    """A verb whose answer is a member of the union `<name>Result`.

    `others` are errors of this verb alone: each has the CODE it stands for.
    """
    special = {other.CODE: other for other in others}

    async def finish(answer: Payload, context: Context) -> Any:
        context.loaders.clear()  # what was loaded before may have changed
        if not isinstance(answer, Refused):
            return payload(**answer)
        await audit.deny(context.viewer, f"command:{name}", answer)
        if answer.code in special:
            known = errors.worded(answer.code, answer.data, answer.path, context.language)
            return special[answer.code].said(known, answer.data)
        return errors.member(answer, context.language)

    return strawberry.field(
        resolver=adapted(verb, {}, finish),
        description=description,
        metadata={"roles": seen_by},
        graphql_type=errors.result(f"{name}Result", payload, *others),
    )
