"""The organisations of the demo city, from the list in organisations.toml."""

import string
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from devserver.city import chance
from devserver.city.rows import Rows
from models.organisation import OrganisationKind, UnitKind
from models.standing import Body
from rules import identity
from rules.refusal import Refused

LIST = Path(__file__).with_name("organisations.toml")
REGION = "440100"  # the city as a whole
SIGNS = string.digits + string.ascii_uppercase
FIRST_CODE = 9000000  # organisation codes that look made up


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One organisation; `above` runs from the root to the parent."""

    id: UUID
    key: str
    kind: OrganisationKind
    name: str
    above: tuple["Place", ...]
    unit_kind: UnitKind | None
    unit_code: str
    field: str

    @property
    def parent(self) -> "Place | None":
        return self.above[-1] if self.above else None

    @property
    def employs(self) -> bool:
        return self.unit_kind is not None

    def chain(self) -> list[Body]:
        """The bodies a case of this employer can meet, as `models.standing` reads them."""
        return [
            Body(
                id=str(place.id),
                name=place.name,
                kind=place.kind,
                parent_id=str(place.parent.id) if place.parent else None,
                unit_kind=place.unit_kind,
            )
            for place in (*self.above, self)
        ]


@cache
def listed() -> Sequence[Mapping[str, str]]:
    """The list as it is written."""
    found: Sequence[Mapping[str, str]] = tomllib.loads(LIST.read_text("utf-8"))["organisation"]
    return found


def build(founded: datetime) -> dict[str, Place]:
    """Every place by its key; a place stands in the list below the one it belongs to."""
    luck = chance.of("places")
    places: dict[str, Place] = {}
    for number, each in enumerate(listed()):
        parent = places.get(each.get("parent", ""))
        places[each["key"]] = Place(
            id=chance.row_id(luck, founded),
            key=each["key"],
            kind=OrganisationKind(each["kind"]),
            name=each["name"],
            above=(*parent.above, parent) if parent else (),
            unit_kind=UnitKind(each["unit_kind"]) if "unit_kind" in each else None,
            unit_code=unit_code(each["code"], FIRST_CODE + 37 * number),
            field=each.get("field", ""),
        )
    return places


def unit_code(category: str, number: int) -> str:
    """A unified social credit code (统一社会信用代码) whose check characters are right."""
    organisation_code = completed(f"{number:08d}", identity.organisation_code)
    return completed(category + REGION + organisation_code, identity.unit_code)


def completed(body: str, rule: Callable[[str], str | Refused]) -> str:
    """The body with the one check character the rule accepts."""
    return next(body + sign for sign in SIGNS if isinstance(rule(body + sign), str))


def rows(places: Mapping[str, Place], rows: Rows, *, founded: datetime) -> None:
    """The rows of the tree."""
    for place in places.values():
        rows.add("organisation", **row(place, founded))


def row(place: Place, founded: datetime) -> dict[str, object]:
    """One node of the tree."""
    return {
        "id": place.id,
        "kind": place.kind,
        "name": place.name,
        "parent_id": place.parent.id if place.parent else None,
        "ancestors": [each.id for each in place.above],
        "unit_kind": place.unit_kind,
        "unit_code": place.unit_code,
        "created_at": founded,
    }
