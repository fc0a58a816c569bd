"""What the viewer may do with a subject now: the guards of the verbs, asked for a whole page."""

from collections.abc import Mapping
from uuid import UUID

from models.access import Mandate
from resolvers.context import Context
from workflow import task
from workflow.case import Offer
from workflow.vocabulary import Act


async def about(
    context: Context, kind: str, subject_id: UUID, mandate: Mandate | None = None
) -> Mapping[Act, Offer]:
    """Every act with its refusal or none; empty where no route could be found."""
    viewer, now = context.me, context.now

    async def load(keys: list[UUID]) -> Mapping[UUID, Mapping[Act, Offer]]:
        cases = [(kind, key) for key in keys]
        return await task.offers(viewer, cases=cases, now=now, mandate=mandate)

    asked = context.loader(("offers", kind, mandate), load, dict)
    found: Mapping[Act, Offer] = await asked.load(subject_id)
    return found
