"""The form of a grant (权限申请表): what somebody fills in, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from models.account import UserType
from models.grant import WorkField
from models.organisation import OrganisationKind, UnitKind
from models.read import Row
from rules import identity, text
from rules.refusal import Refused

LONGEST_NAME, LONGEST_NOTE = 120, 500
Kind = OrganisationKind

# Which organisations a user type acts for (L396, L405–409).
ACTS_FOR: Mapping[UserType, frozenset[OrganisationKind]] = {
    UserType.UNIT: frozenset({Kind.UNIT, Kind.DIRECT_POINT}),
    UserType.TRAINING_BASE: frozenset({Kind.TRAINING_INSTITUTION, Kind.TRAINING_BASE}),
    UserType.CITY_DEPARTMENT: frozenset({Kind.CITY_DEPARTMENT}),
    UserType.DISTRICT_DEPARTMENT: frozenset({Kind.DISTRICT_DEPARTMENT}),
    UserType.DISTRICT_BUREAU: frozenset({Kind.DISTRICT_BUREAU}),
    UserType.CITY_BUREAU: frozenset({Kind.CITY_BUREAU}),
}
# Below which bodies a new unit of an affiliation stands.
STANDS_BELOW: Mapping[UnitKind, frozenset[OrganisationKind]] = {
    UnitKind.MUNICIPAL: frozenset({Kind.CITY_DEPARTMENT, Kind.CITY_BUREAU}),
    UnitKind.DISTRICT: frozenset({Kind.DISTRICT_DEPARTMENT}),
    UnitKind.DISTRICT_DIRECT: frozenset({Kind.DISTRICT_BUREAU}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """A unit that is registered with the application (注册法人单位)."""

    name: str
    unit_kind: UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is asked for; the code is a unit code of 18 or an organisation code of 9 characters."""

    user_type: UserType
    unit_code: str
    superior_id: UUID
    new_unit: NewUnit | None = None
    work_fields: tuple[WorkField, ...] = ()
    note: str = ""


def code(written: str) -> str | Refused:
    """The normal form of either code."""
    short = len(identity.compact(written)) == 9
    return identity.organisation_code(written) if short else identity.unit_code(written)


def same_unit(one: str, other: str) -> bool:
    """Do two codes name one unit? Only one of 9 characters may stand for the other's middle."""
    if len(one) == len(other):
        return one == other
    return organisation_part(one) == organisation_part(other)


def organisation_part(known: str) -> str:
    """The 9 characters a unit code and an organisation code have in common."""
    return known if len(known) == 9 else identity.organisation_code_of(known)


def unfit(form: Form) -> tuple[Refused, ...]:
    """What is wrong with the form by itself."""
    found = list(text.check(form.note, most=LONGEST_NOTE, lines=True))
    problems = [one.under("note") for one in found]
    if form.user_type not in ACTS_FOR:
        problems.append(Refused("NOT_GRANTED", {"user_type": form.user_type}, ("userType",)))
    read = code(form.unit_code)
    if isinstance(read, Refused):
        problems.append(read.under("unitCode"))
    return (*problems, *unfit_unit(form))


def unfit_unit(form: Form) -> tuple[Refused, ...]:
    """What is wrong with a unit to be registered."""
    unit = form.new_unit
    if unit is None:
        return ()
    problems = [one.under("newUnit", "name") for one in text.check(unit.name, most=LONGEST_NAME)]
    if text.blank(unit.name):
        problems.append(Refused("REQUIRED", {}, ("newUnit", "name")))
    if form.user_type is not UserType.UNIT:
        told = {"user_type": form.user_type}
        problems.append(Refused("UNITS_ONLY_REGISTERED", told, ("newUnit",)))
    if unit.unit_kind not in STANDS_BELOW:
        problems.append(Refused("UNIT_KIND_CLOSED", {}, ("newUnit", "unitKind")))
    return tuple(problems)


def problems(row: Row) -> tuple[Refused, ...]:
    """Why an application cannot be granted as the tree is now; asked again when it is decided."""
    found = [*(founding(row) if row.unit_name is not None else joining(row))]
    if row.held:
        found.append(Refused("SEAT_HELD", {}, ("unitCode",)))
    if row.waiting:
        found.append(Refused("GRANT_WAITING", {}, ("unitCode",)))
    return tuple(found)


def deciding(row: Row) -> tuple[Refused, ...]:
    """Why it cannot be granted now: of claims of a number only who decides may hear."""
    found = list(problems(row))
    if row.contested:
        found.append(Refused("CLAIM_OPEN"))
    if not row.signs_in:
        found.append(Refused("ACCOUNT_SILENT"))
    return tuple(found)


def founding(row: Row) -> list[Refused]:
    """A unit that is registered with the application: new, and below a body that takes it."""
    if row.found_id is not None:
        return [Refused("UNIT_EXISTS", {"name": row.found_name}, ("unitCode",))]
    wanted = STANDS_BELOW[UnitKind(row.unit_kind)]
    if row.superior_kind in wanted and not row.superior_closed:
        return []
    told = {"body": sorted(wanted), "affiliation": row.unit_kind}
    return [Refused("SUPERIOR_KIND", told, ("superiorId",))]


def joining(row: Row) -> list[Refused]:
    """An organisation of the tree: open, of the right kind, below the body that was named."""
    moved = row.organisation_id not in (None, row.found_id)
    if row.found_id is None or moved or not same_unit(row.unit_code, row.found_code):
        return [Refused("UNIT_UNKNOWN", {"code": row.unit_code}, ("unitCode",))]
    if row.found_kind not in ACTS_FOR[UserType(row.user_type)]:
        told = {"name": row.found_name, "user_type": row.user_type}
        return [Refused("USER_TYPE_WRONG", told, ("userType",))]
    if row.found_closed:
        return [Refused("UNIT_CLOSED", {"name": row.found_name}, ("unitCode",))]
    approver, name = approved_by(row)
    if approver == row.superior_id:
        return []
    return [Refused("SUPERIOR_WRONG", {"name": name or ""}, ("superiorId",))]


def approved_by(row: Row) -> tuple[UUID | None, str | None]:
    """The body that approves, as the tree has it: above a unit its parent, else the city."""
    if row.user_type == UserType.UNIT and row.parent_id is not None:
        return row.parent_id, row.parent_name
    return row.city_id, row.city_name
