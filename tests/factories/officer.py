"""The three officers of the test city, each with an account, a seat and an app."""

from models import Account, Person, Seat
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from tests.factories.city import City

NAMES = {
    "system": UserType.SYS_ADMIN,
    "security": UserType.SEC_ADMIN,
    "audit": UserType.AUDIT_ADMIN,
}


async def seated(city: City) -> None:
    """All three."""
    for name, office in NAMES.items():
        city.viewers[name] = await one(name, office)


async def one(login: str, office: UserType) -> Viewer:
    """An officer who has signed in."""
    person = await Person.create(name=login, masked_number="***")
    account = await Account.create(person_id=person.id, login=login, password_hash="-")
    seat = await Seat.create(person_id=person.id, user_type=office)
    return Viewer(
        account_id=account.id,
        person_id=person.id,
        session_id=uuid7(),
        seat_id=seat.id,
        organisation_id=None,
        user_type=office,
        groups=frozenset(),
        duties=frozenset(),
    )
