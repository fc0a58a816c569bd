"""Links that are good once (一次性链接): to a first password (邀请), or to another one (取回密码).

The token stands behind the `#` of the address, which a browser sends to nobody and no log has.
"""

from datetime import datetime, timedelta

from models import password_link_sql, read
from models.read import Row
from rules.refusal import Refused
from workflow import digest, throttle

PAGE = "/password"
# More than a person needs: a whole office may come from one address.
GUESSES = throttle.by_address(20, "token", timedelta(hours=1))


def address(origin: str, token: str) -> str:
    """The whole address of the page that takes the token."""
    return f"{origin}{PAGE}#{token}"


async def look(token: str, *, address: str, now: datetime) -> Row | Refused | None:
    """What a token is good for, which does not use it up; a good one counts as no guess."""
    if refused := await throttle.take(GUESSES, address, now=now):
        return refused
    found = await read.row(password_link_sql.LOOK, [digest.of_token(token).hex(), now])
    if found is not None:
        await throttle.forget(GUESSES, address)
    return found
