"""Tries that are counted (登录失败处理): in PostgreSQL, so that losing Redis opens no door.

Each try is counted before anything is looked at, so that a thousand at once are a thousand. What
is stored is a hash of what was tried by whom.
"""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import read
from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused

# A row of yesterday goes with each try, so the table stays as small as the day.
TAKE = """
WITH old AS (DELETE FROM throttle WHERE id IN (
  SELECT id FROM throttle WHERE since < $3::timestamptz - interval '1 day' AND key <> $2
  ORDER BY since LIMIT 10 FOR UPDATE SKIP LOCKED))
INSERT INTO throttle AS t (id, key, of, hits, since) VALUES ($1, $2, $7, 1, $3::timestamptz)
ON CONFLICT (key) DO UPDATE SET
  hits = CASE WHEN t.since <= $3::timestamptz - $5::interval THEN 1 ELSE t.hits + 1 END,
  since = CASE WHEN t.since <= $3::timestamptz - $5::interval THEN $3::timestamptz ELSE t.since END,
  until = CASE WHEN t.until > $3::timestamptz THEN t.until
    WHEN t.since > $3::timestamptz - $5::interval AND t.hits >= $4
      THEN $3::timestamptz + $6::interval END
RETURNING until
"""
FORGET = "DELETE FROM throttle WHERE key = $1"
UNLOCK = "DELETE FROM throttle WHERE of = ANY ($1::text[])"


PERSON, ADDRESS = "door", "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many tries within a time, and how long the door stays shut after more.

    Whose door it is comes first of what is counted: a person's, which an officer opens again, or
    an address's, which opens by itself; so a login that reads like an address opens none.
    """

    name: str
    most: int
    within: timedelta
    shut: timedelta
    door: str = PERSON


# 等保2.0 8.1.4.1 b: five failures, then a quarter of an hour.
SIGN_IN = Limit(name="sign_in", most=5, within=timedelta(minutes=15), shut=timedelta(minutes=15))
RESET = Limit(name="reset", most=5, within=timedelta(hours=1), shut=timedelta(hours=1))


def by_address(rate: int, name: str = "address", within: timedelta = timedelta(minutes=1)) -> Limit:
    """Tries of any kind from one address, usually a minute."""
    return Limit(name=name, most=rate, within=within, shut=within, door=ADDRESS)


async def take(limit: Limit, *who: str, now: datetime) -> Refused | None:
    """Count one try; refuse it while the door is shut."""
    row = [uuid7(), key(limit, *who), now, limit.most, limit.within, limit.shut]
    until: datetime | None = await read.value(TAKE, [*row, of(who[0], limit.door)])
    if until is None:
        return None
    return Refused("TOO_MANY_TRIES", {"minutes": math.ceil((until - now) / timedelta(minutes=1))})


async def forget(limit: Limit, *who: str) -> None:
    """Somebody has shown that he is who he says: his failures are forgotten."""
    await read.connection().execute_query(FORGET, [key(limit, *who)])


async def unlock(c: Connection, *whose: str) -> None:
    """Somebody with the duty opens a person's doors again, from wherever they were shut."""
    await c.execute_query(UNLOCK, [[of(each) for each in whose]])


def of(whose: str, door: str = PERSON) -> str:
    """A hash of whose door it is, which PostgreSQL can make as well."""
    return hashlib.sha256(f"{door}:{whose}".encode("utf-8", "surrogatepass")).hexdigest()


def key(limit: Limit, *who: str) -> str:
    """A hash of what is counted, whatever was sent."""
    return hashlib.sha256(
        "\0".join((limit.name, *who)).encode("utf-8", "surrogatepass")
    ).hexdigest()


def network(address: str) -> str:
    """The network an address is of, so that its neighbours count as one: /24, or /64 of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    length = 24 if known.version == 4 else 64
    return str(ipaddress.ip_network(f"{known}/{length}", strict=False))
