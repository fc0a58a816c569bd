"""The law of the tree of organisations (机构树): what stands below what, and who may change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from models.access import Viewer
from models.organisation import OrganisationKind, UnitKind
from models.read import Row
from rules import dates, identity, text
from rules.refusal import Refused
from workflow import staff
from workflow.member import Duty

LONGEST_NAME, LONGEST_REASON = 120, 500
Kind = OrganisationKind

# The affiliation of a unit, by the body it stands below.
AFFILIATION: Mapping[OrganisationKind, UnitKind] = {
    Kind.CITY_BUREAU: UnitKind.MUNICIPAL,
    Kind.CITY_DEPARTMENT: UnitKind.MUNICIPAL,
    Kind.DISTRICT_BUREAU: UnitKind.DISTRICT_DIRECT,
    Kind.DISTRICT_DEPARTMENT: UnitKind.DISTRICT,
}
# Below which bodies each kind stands; below nothing the municipal bureau alone.
BELOW: Mapping[OrganisationKind, frozenset[OrganisationKind]] = {
    Kind.CITY_BUREAU: frozenset(),
    Kind.CITY_DEPARTMENT: frozenset({Kind.CITY_BUREAU}),
    Kind.DISTRICT_BUREAU: frozenset({Kind.CITY_BUREAU}),
    Kind.DISTRICT_DEPARTMENT: frozenset({Kind.DISTRICT_BUREAU}),
    Kind.UNIT: frozenset(AFFILIATION),
    Kind.DIRECT_POINT: frozenset({Kind.CITY_BUREAU, Kind.DISTRICT_BUREAU}),
    Kind.TRAINING_INSTITUTION: frozenset({Kind.CITY_BUREAU}),
    Kind.TRAINING_BASE: frozenset({Kind.CITY_BUREAU}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Why the tree changes, and since when: the words and the day of the decree."""

    reason: str
    effective_on: date


def unfit(grounds: Grounds, now: datetime) -> list[Refused]:
    """What is wrong with the grounds by themselves; a change is made when it is in force."""
    found = [one.under("reason") for one in written(grounds.reason, LONGEST_REASON, lines=True)]
    today = dates.shanghai_date(now)
    if grounds.effective_on > today:
        found.append(Refused("DATE_IN_FUTURE", {"today": str(today)}, ("effectiveOn",)))
    return found


def written(words: str, most: int, *, lines: bool = False) -> list[Refused]:
    """What is wrong with a text that must be there."""
    if text.blank(words):
        return [Refused("REQUIRED")]
    return list(text.check(words, most=most, lines=lines))


def named(name: str) -> list[Refused]:
    """What is wrong with a name."""
    return [one.under("name") for one in written(name, LONGEST_NAME)]


def code(given: str | None, kind: OrganisationKind) -> str | Refused | None:
    """The unit code in its normal form; a unit has one, others may."""
    if given is None or text.blank(given):
        return Refused("REQUIRED", {}, ("unitCode",)) if kind is Kind.UNIT else None
    known = identity.unit_code(given)
    return known.under("unitCode") if isinstance(known, Refused) else known


def affiliation(kind: str, above: str) -> UnitKind | None:
    """The affiliation (隶属关系) of a body below another; only employers of persons have one."""
    if kind == Kind.DIRECT_POINT:
        return UnitKind.DIRECT_POINT
    return AFFILIATION[Kind(above)] if kind == Kind.UNIT else None


def without_duty(viewer: Viewer) -> Refused | None:
    """Only the bureaus keep the tree, by those who have the duty (机构管理)."""
    return staff.without_duty(viewer, Duty.ORGANISATIONS)


def below(viewer: Viewer, body: Row | None, *path: str) -> Refused | None:
    """Is it a body below the viewer's own?"""
    if body is None:
        return Refused("NOT_FOUND", {}, path)
    if viewer.organisation_id in body.ancestors:
        return None
    return Refused("BEYOND_YOUR_TREE", {"name": body.name}, path)


def changeable(viewer: Viewer, body: Row | None, *path: str) -> Refused | None:
    """Is it an open body below the viewer's own?"""
    return below(viewer, body, *path) or closed(body, *path)


def takes(viewer: Viewer, kind: str, above: Row | None) -> Refused | None:
    """Does a body stand lawfully below another, which the viewer keeps or is himself?"""
    at = ("superiorId",)
    if above is None or above.id != viewer.organisation_id:
        if refused := below(viewer, above, *at):
            return refused
    if refused := closed(above, *at):
        return refused
    assert above is not None
    lawful = BELOW[Kind(kind)]
    if above.kind in lawful:
        return None
    return Refused("PLACE_WRONG", {"body": sorted(lawful)}, at)


def closed(body: Row | None, *path: str) -> Refused | None:
    """A closed body changes no more."""
    if body is None or body.closed_on is None:
        return None
    return Refused("UNIT_CLOSED", {"name": body.name}, path)


def too_early(grounds: Grounds, *bodies: Row) -> Refused | None:
    """The history of a body runs forward."""
    last = max((one.last_on for one in bodies if one.last_on), default=None)
    if last is None or last <= grounds.effective_on:
        return None
    return Refused("BEFORE_LAST_CHANGE", {"last": str(last)}, ("effectiveOn",))


def remains(counts: Row, body: Row) -> Refused | None:
    """What keeps a body from being closed, counted."""
    left = {"bodies": counts.bodies, "people": counts.people, "cases": counts.cases}
    return Refused("UNIT_NOT_EMPTY", {"name": body.name, **left}) if any(left.values()) else None


def departed(before: Row, after: list[UUID]) -> frozenset[str]:
    """The bodies above it that are above it no longer."""
    return frozenset(map(str, before.ancestors)) - frozenset(map(str, after))
