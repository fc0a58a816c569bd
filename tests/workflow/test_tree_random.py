"""Random changes of the tree against a tree of dictionaries: it stays one, whoever is refused."""

import random
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from models import Organisation
from models.organisation import OrganisationKind
from models.read import Connection
from tests.factories import tree
from tests.factories.city import City
from tests.factories.tree import GROUNDS, closed, faults, merged, reaffiliated
from workflow import tree as verbs
from workflow.command import Answer, Done

# Written from the chart of the guide (L5, L396, L405–409): what stands below what.
STANDS = {
    "unit": {"city_bureau", "city_department", "district_bureau", "district_department"},
    "district_department": {"district_bureau"},
    "district_bureau": {"city_bureau"},
    "city_department": {"city_bureau"},
}
AFFILIATIONS = {
    "city_bureau": "municipal",
    "city_department": "municipal",
    "district_bureau": "district_direct",
    "district_department": "district",
}


@dataclass
class Oracle:
    """Who stands below whom, of which kind, and what is closed."""

    above: dict[str, str | None] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    peopled: set[str] = field(default_factory=set)

    def open(self, name: str) -> bool:
        return name not in self.gone and self.above[name] is not None

    def takes(self, kind: str, to: str) -> bool:
        return to not in self.gone and self.kinds[to] in STANDS[kind]

    def moves(self, what: str, to: str) -> bool:
        fits = self.open(what) and self.above[what] != to
        return fits and self.takes(self.kinds[what], to)

    @property
    def possible(self) -> list[tuple[str, str]]:
        return [(one, up) for one in self.above for up in self.above if self.moves(one, up)]

    def merges(self, what: str, into: str) -> bool:
        both = {self.kinds[what], self.kinds[into]} == {"unit"}
        return both and what != into and self.open(what) and self.open(into)

    def closes(self, what: str) -> bool:
        below = [one for one, up in self.above.items() if up == what and one not in self.gone]
        return self.open(what) and not below and what not in self.peopled

    def path(self, name: str) -> list[str]:
        up = self.above[name]
        return [] if up is None else [*self.path(up), up]


async def oracle_of(city: City) -> Oracle:
    """The tree of the test city, as it was built."""
    names = {key: name for name, key in city.organisations.items()}
    oracle = Oracle(peopled={"hospital", "museum", "school", "clinic", "department"})
    oracle.peopled |= {"bureau", "district", "far district"}
    for one in await Organisation.exclude(kind=OrganisationKind.TRAINING_BASE):
        oracle.above[one.name] = names[one.parent_id] if one.parent_id else None
        oracle.kinds[one.name] = one.kind
    return oracle


async def step(city: City, oracle: Oracle, dice: random.Random, number: int) -> tuple[Answer, bool]:
    """One change of any kind, and whether the oracle allows it; the oracle follows."""
    what, to = dice.choice([*oracle.above]), dice.choice([*oracle.above])
    act = dice.choice(("create", "move", "move", "move", "merge", "close"))
    if act == "move" and dice.random() < 0.8:
        what, to = dice.choice([*oracle.possible] or [(what, to)])
    match act:
        case "create":
            return await create(city, oracle, dice, to, f"新设{number}")
        case "move":
            lawful = oracle.moves(what, to)
            answer = await reaffiliated(city, what, to)
            oracle.above[what] = to if lawful else oracle.above[what]
        case "merge":
            lawful = oracle.merges(what, to)
            answer = await merged(city, what, to)
            if lawful and what in oracle.peopled:
                oracle.peopled.add(to)
            oracle.gone |= {what} if lawful else set()
        case _:
            lawful = oracle.closes(what)
            answer = await closed(city, what)
            oracle.gone |= {what} if lawful else set()
    return answer, lawful


async def create(
    city: City, oracle: Oracle, dice: random.Random, to: str, name: str
) -> tuple[Answer, bool]:
    """A new body somewhere."""
    kind = dice.choice(["city_department", "district_bureau", "district_department"])
    answer = await verbs.establish(
        city.request("keeper"),
        kind=OrganisationKind(kind),
        name=name,
        superior_id=city.organisations[to],
        unit_code=None,
        grounds=GROUNDS,
    )
    lawful = oracle.takes(kind, to)
    if isinstance(answer, Done):
        city.organisations[name] = UUID(answer.data["organisation"])
        oracle.above[name], oracle.kinds[name] = to, kind
    return answer, lawful


@pytest.mark.parametrize("seed", range(4))
async def test_any_changes_in_any_order_keep_the_tree_as_the_oracle_has_it(
    db: Connection, seed: int
) -> None:
    city, dice = await tree.build(db), random.Random(seed)
    oracle = await oracle_of(city)

    for number in range(100):
        answer, lawful = await step(city, oracle, dice, number)
        assert isinstance(answer, Done) is lawful, (number, answer)

    assert await faults() == []
    names = {key: name for name, key in city.organisations.items()}
    for one in await Organisation.exclude(kind=OrganisationKind.TRAINING_BASE):
        assert [names[key] for key in one.ancestors] == oracle.path(one.name)
        assert (one.closed_on is not None) is (one.name in oracle.gone)
        if one.kind == "unit" and one.name not in oracle.gone:
            above = oracle.above[one.name]
            assert above and one.unit_kind == AFFILIATIONS[oracle.kinds[above]]
