"""Synthetic persons, their accounts, seats and employers; every call makes somebody new."""

import itertools
from collections.abc import Collection
from datetime import UTC, date, datetime
from uuid import UUID

import models
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.organisation import OrganisationKind, UnitKind
from workflow.command import Request

NOW = datetime(2012, 5, 7, 1, 30, tzinfo=UTC)  # a Monday morning in Guangzhou
NUMBERS = itertools.count(1)


async def person(*, employer: models.Organisation | None = None) -> models.Person:
    """A person without a profile; his number is a mask and nothing else."""
    number = next(NUMBERS)
    made = await models.Person.create(
        name=f"测试人员{number}", masked_number="440" + "*" * 15, ce_number=f"T{number:09}"
    )
    if employer:
        await models.Employment.create(person=made, organisation=employer, from_on=date(2009, 7, 1))
    return made


async def unit() -> models.Organisation:
    """An employer without superiors."""
    return await models.Organisation.create(
        kind=OrganisationKind.UNIT, unit_kind=UnitKind.MUNICIPAL, name=f"测试单位{next(NUMBERS)}"
    )


async def account(of: models.Person, *, password_hash: str = "") -> models.Account:
    """A login `testN`."""
    return await models.Account.create(
        person=of, login=f"test{next(NUMBERS)}", password_hash=password_hash
    )


async def seat(
    of: models.Person,
    organisation: models.Organisation | None = None,
    *,
    groups: Collection[str] = (),
    duties: Collection[str] = (),
) -> models.Seat:
    """A seat of his own, or one in a unit."""
    return await models.Seat.create(
        person=of,
        organisation=organisation,
        user_type=UserType.UNIT if organisation else UserType.PERSON,
        groups=list(groups),
        duties=list(duties),
    )


async def viewer(
    of: models.Person,
    organisation: models.Organisation | None = None,
    *,
    groups: Collection[str] = (),
    duties: Collection[str] = (),
) -> Viewer:
    """Somebody who is signed in; his session exists in name only."""
    login = await account(of)
    place = await seat(of, organisation, groups=groups, duties=duties)
    return Viewer(
        account_id=login.id,
        person_id=of.id,
        session_id=uuid7(),
        seat_id=place.id,
        organisation_id=organisation.id if organisation else None,
        user_type=place.user_type,
        groups=frozenset(groups),
        duties=frozenset(duties),
    )


def request(viewer: Viewer, *, key: str | UUID | None = None, now: datetime = NOW) -> Request:
    """A command of his, under a new key unless one is given."""
    return Request(viewer=viewer, key=str(key or uuid7()), now=now)
