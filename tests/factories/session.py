"""Login sessions of the test city, without a password."""

from datetime import UTC, datetime

from tortoise.transactions import in_transaction

from models.access import Viewer
from models.read import Row
from workflow import account


async def opened(viewer: Viewer) -> str:
    """The token of a session that begins now."""
    async with in_transaction() as c:
        found = Row(id=viewer.account_id, person_id=viewer.person_id)
        (seat,) = [one for one in await account.seats(viewer.person_id) if one.id == viewer.seat_id]
        signed_in = await account.open_session(
            c,
            account=found,
            seat=seat,
            device=account.NOWHERE,
            now=datetime.now(UTC),
            hours=8,
        )
    return signed_in.token
