"""Kinds of viewers: each has a schema of its own, with nothing in it that is not for him.

A kind follows the rows `models/access.py` opens, not the single duty: a field of the wrong duty
is refused by its verb, with a sentence; a field of the wrong kind does not exist.
"""

from enum import StrEnum

from models.access import Viewer
from models.account import UserType


class Role(StrEnum):
    """Who a viewer is to the schema."""

    STRANGER = "stranger"
    ARRIVING = "arriving"  # is who he says, and must first change his password or enrol
    PERSON = "person"  # acts for himself
    BASE = "base"  # a training institution or base: sees what it registered
    UNIT = "unit"  # reviews and keeps its own people
    STAFF = "staff"  # departments and bureaus: review, and look over units
    OFFICER = "officer"  # keeps accounts or grants roles (三员), and sees no business
    AUDITOR = "auditor"  # reads the audit log, and nothing else


OF_TYPE = {
    UserType.PERSON: Role.PERSON,
    UserType.TRAINING_BASE: Role.BASE,
    UserType.UNIT: Role.UNIT,
    UserType.CITY_DEPARTMENT: Role.STAFF,
    UserType.DISTRICT_DEPARTMENT: Role.STAFF,
    UserType.DISTRICT_BUREAU: Role.STAFF,
    UserType.CITY_BUREAU: Role.STAFF,
    UserType.SYS_ADMIN: Role.OFFICER,
    UserType.SEC_ADMIN: Role.OFFICER,
    UserType.AUDIT_ADMIN: Role.AUDITOR,
}
EVERYBODY: frozenset[str] = frozenset()  # said of a field that nothing is said of
OFFICERS = frozenset({Role.OFFICER, Role.AUDITOR})
AUDITORS = frozenset({Role.AUDITOR})
SIGNED_IN = frozenset(Role) - {Role.STRANGER, Role.ARRIVING} - OFFICERS  # to do business
EVERY_ACCOUNT = SIGNED_IN | OFFICERS
AT_THE_DOOR = EVERY_ACCOUNT | {Role.ARRIVING}
KEEPERS = frozenset({Role.OFFICER})  # of accounts
OFFICES = frozenset({Role.BASE, Role.UNIT, Role.STAFF})  # act for an organisation
REVIEWERS = frozenset({Role.UNIT, Role.STAFF})
UNITS = frozenset({Role.UNIT})  # keep the records of their people
SUPERIORS = frozenset({Role.STAFF})  # look over several organisations
OVER_MANY = SUPERIORS | {Role.BASE}  # see records of people of several employers


def of(viewer: Viewer | None) -> Role:
    """The kind of this viewer."""
    if viewer is None:
        return Role.STRANGER
    return Role.ARRIVING if viewer.lacks else OF_TYPE[viewer.user_type]
