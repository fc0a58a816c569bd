"""What the viewer may do with a subject now: the guards of the verbs, asked for a whole page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from models import sources
from models.access import Mandate
from models.read import Row
from models.select import Source
from resolvers import label
from resolvers.context import Context
from resolvers.label import Label
from rules.refusal import Refused
from workflow import task
from workflow.case import Offer
from workflow.route import Route
from workflow.vocabulary import SIGNING, Act, Group

GROUPS = frozenset(group.value for group in Group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One button: what it does, why it is greyed, and where it may lead."""

    act: Act
    label: str
    refusal: Refused | None
    targets: Sequence[Label] = ()
    leads_to: Sequence[str] = ()

    @property
    def enabled(self) -> bool:
        """May it be pressed?"""
        return self.refusal is None


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


async def buttons(
    context: Context,
    kind: str,
    subject_id: UUID,
    acts: Iterable[Act],
    route: Route | None,
    mandate: Mandate | None = None,
) -> list[Action]:
    """Some of them as buttons."""
    found = await about(context, kind, subject_id, mandate)
    return [button(context, act, found[act], route) for act in acts if act in found]


def button(context: Context, act: Act, offer: Offer, route: Route | None) -> Action:
    """An offer as a button: a return leads to steps, other acts to people or organisations."""
    word = label.word(context, "act", act).name
    if act is not Act.RETURN:
        return Action(act=act, label=word, refusal=offer.refusal, leads_to=offer.targets)
    steps = [label.step(context, route, target) for target in offer.targets]
    found = [step for step in steps if step]
    return Action(act=act, label=word, refusal=offer.refusal, targets=found)


async def people(context: Context, row: Action) -> list[Row]:
    """To whom a task may be handed, or whose opinion may be asked for, or no more."""
    named = row.leads_to if row.act in SIGNING | {Act.TRANSFER} else ()
    keys = [UUID(one) for one in named if one not in GROUPS]
    return await together(context, sources.NAMED_PERSON, keys)


def groups(context: Context, row: Action) -> list[Label]:
    """Which groups may be asked for an opinion, or no more."""
    named = row.leads_to if row.act in SIGNING else ()
    return [label.word(context, "group", one) for one in named if one in GROUPS]


async def organisations(context: Context, row: Action) -> list[Row]:
    """Where a step may be moved."""
    keys = [UUID(one) for one in row.leads_to] if row.act is Act.REDIRECT else []
    return await together(context, sources.ORGANISATION, keys)


async def together(context: Context, source: Source, keys: Iterable[UUID]) -> list[Row]:
    """Rows by id, asked for at once so that one statement brings them all."""
    asked = [context.one(source, key) for key in keys]
    found = [await one for one in asked if one]
    return [one for one in found if one]
