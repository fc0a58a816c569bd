"""The days of the calendar that the viewer must not miss."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from models import read
from models.account import UserType
from models.read import Row
from resolvers.context import Context
from rules import deadline
from rules.deadline import DeadlineKind
from rules.person import PersonGroup

GROUP = "SELECT person_group FROM profile WHERE person_id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One of them, in words."""

    kind: DeadlineKind
    on: date
    year: int
    workdays_left: int
    binding: bool
    title: str
    sentence: str


async def deadlines(context: Context, _: Row) -> list[Deadline]:
    """The next of each kind: for a person his own, for an organisation those of its people."""
    if context.me.lacks:
        return []
    found = deadline.upcoming(today=context.today, groups=await groups(context))
    return [told(context, one) for one in found]


async def groups(context: Context) -> Collection[PersonGroup]:
    """Whose days they are; a base registers records and applies for nobody."""
    me = context.me
    if me.user_type is UserType.TRAINING_BASE:
        return ()
    if not me.is_person:
        return tuple(PersonGroup)
    own = await read.value(GROUP, [me.person_id])
    return (PersonGroup(own) if own else PersonGroup.GENERAL,)


def told(context: Context, one: deadline.Deadline) -> Deadline:
    """With its sentence, and that it is a what-if where it does not bind."""
    data = {"year": one.year, "on": one.on.isoformat()}
    sentence = context.say(f"deadline.{one.kind}_sentence", **data)
    remark = "" if one.binding else context.say("deadline.what_if")
    return Deadline(
        kind=one.kind,
        on=one.on,
        year=one.year,
        workdays_left=one.workdays_left,
        binding=one.binding,
        title=context.say(f"deadline.{one.kind}", **data),
        sentence=" ".join(filter(None, [sentence, remark])),
    )
