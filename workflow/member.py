"""Which groups and duties a seat may hold: those of its own kind of body, and no others."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum

from models.account import UserType
from models.organisation import OrganisationKind
from rules.refusal import Refused


class SeatGroup(StrEnum):
    """User groups (用户组) of a seat, its administrator among them."""

    UNIT_ADMIN = "unit_admin"
    HANDLER = "handler"
    UNIT_LEADER = "unit_leader"
    INITIAL_CHECKER = "initial_checker"
    CHECKER = "checker"
    RECHECKER = "rechecker"
    DIVISION_LEADER = "division_leader"
    INTAKE_CLERK = "intake_clerk"
    EXAMINER = "examiner"
    APPROVE_ADMINS = "approve_admins"


class Duty(StrEnum):
    """Duties (职责): one for each function of an organisation (L488–499, L703–705).

    Who keeps the tree of bodies the guide does not say; it is a duty of the bureaus.
    """

    REMARKS = "remarks"
    RECORD_REVIEW = "record_review"
    RECORD_MAINTENANCE = "record_maintenance"
    ANNUAL_VIEW = "annual_view"
    CYCLE_CHECK = "cycle_check"
    REPORTS = "reports"
    STAFF = "staff"
    DEPARTMENT_BUSINESS = "department_business"
    ORGANISATIONS = "organisations"


G, D = SeatGroup, Duty
ABOVE = frozenset({G.UNIT_ADMIN, G.CHECKER, G.APPROVE_ADMINS})
OF_SUPERIORS = frozenset({D.REMARKS, D.ANNUAL_VIEW, D.REPORTS, D.STAFF, D.DEPARTMENT_BUSINESS})
OF_BUREAUS = OF_SUPERIORS | {D.ORGANISATIONS}

GROUPS: Mapping[UserType, frozenset[SeatGroup]] = {
    UserType.UNIT: frozenset({G.UNIT_ADMIN, G.HANDLER, G.UNIT_LEADER, G.INITIAL_CHECKER}),
    UserType.TRAINING_BASE: frozenset({G.UNIT_ADMIN}),
    UserType.CITY_DEPARTMENT: ABOVE,
    UserType.DISTRICT_DEPARTMENT: ABOVE,
    UserType.DISTRICT_BUREAU: ABOVE,
    UserType.CITY_BUREAU: ABOVE | {G.RECHECKER, G.DIVISION_LEADER, G.INTAKE_CLERK, G.EXAMINER},
}
DUTIES: Mapping[UserType, frozenset[Duty]] = {
    UserType.UNIT: frozenset(Duty) - {D.DEPARTMENT_BUSINESS, D.ORGANISATIONS},
    UserType.TRAINING_BASE: frozenset({D.REPORTS, D.STAFF}),
    UserType.CITY_DEPARTMENT: OF_SUPERIORS,
    UserType.DISTRICT_DEPARTMENT: OF_SUPERIORS,
    UserType.DISTRICT_BUREAU: OF_BUREAUS,
    UserType.CITY_BUREAU: OF_BUREAUS,
}
# In what capacity people of an organisation act.
ACTS_AS: Mapping[OrganisationKind, UserType] = {
    OrganisationKind.UNIT: UserType.UNIT,
    OrganisationKind.DIRECT_POINT: UserType.UNIT,
    OrganisationKind.TRAINING_INSTITUTION: UserType.TRAINING_BASE,
    OrganisationKind.TRAINING_BASE: UserType.TRAINING_BASE,
    OrganisationKind.CITY_DEPARTMENT: UserType.CITY_DEPARTMENT,
    OrganisationKind.DISTRICT_DEPARTMENT: UserType.DISTRICT_DEPARTMENT,
    OrganisationKind.DISTRICT_BUREAU: UserType.DISTRICT_BUREAU,
    OrganisationKind.CITY_BUREAU: UserType.CITY_BUREAU,
}


def foreign(
    user_type: UserType, groups: Collection[SeatGroup], duties: Collection[Duty]
) -> Iterator[Refused]:
    """Groups and duties that people of this kind of body do not have."""
    told = {"user_type": user_type.value}
    for group in sorted(set(groups) - GROUPS[user_type]):
        yield Refused("GROUP_ELSEWHERE", {"group": group.value, **told}, ("groups",))
    for duty in sorted(set(duties) - DUTIES[user_type]):
        yield Refused("DUTY_ELSEWHERE", {"duty": duty.value, **told}, ("duties",))
