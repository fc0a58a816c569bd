"""How much a viewer may spend: a leaky bucket of cost points, shared by all processes.

No request waits for Redis. Each process keeps its own level and decides by it; what was spent is
told to Redis in the background, and the answer, the level over all processes, corrects our own.
Without Redis each process still holds its own bound: the limit is then per process, not gone.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

from schema.errors import refusal

log = logging.getLogger("jijiao.graphql")
PAUSE = 0.05  # seconds between two tellings: so long several processes know nothing of each other
PATIENCE = 1.0  # seconds for Redis
USUALLY_MOST = 10_000  # levels, before those that ran empty are looked for

# Redis has the clock, since several processes drop into one bucket.
DROP = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1e6
local was = redis.call('HMGET', KEYS[1], 'level', 'at')
local restores = tonumber(ARGV[2])
local level = math.max(0, tonumber(was[1] or 0) - (now - tonumber(was[2] or now)) * restores)
level = level + tonumber(ARGV[1])
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], math.ceil(level / restores) + 1)
return tostring(level)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a kind of viewer may spend: at once, and again each minute."""

    cost: int
    per_minute: int
    limit: str = "rate"

    @property
    def restores(self) -> float:
        """Points a second."""
        return self.per_minute / 60


@dataclass(frozen=True, slots=True)
class Level:
    """How full a bucket was at some time, and how fast it empties."""

    points: float
    at: float
    restores: float

    def now(self, at: float) -> float:
        """How full it is."""
        return max(0.0, self.points - (at - self.at) * self.restores)


class Rate:
    """The buckets of this process."""

    def __init__(self, redis_url: str = "", *, clock: Callable[[], float] = time.monotonic) -> None:
        self.redis_url, self.clock = redis_url, clock
        self.levels: dict[str, Level] = {}
        self.untold: dict[str, float] = {}
        self.teller: asyncio.Task[None] | None = None
        self.well = True
        self.most = USUALLY_MOST

    def spend(self, who: str, points: int, allowance: Allowance) -> int:
        """Take points out of what somebody has, and say what is left; or refuse."""
        now, level = self.clock(), self.after(who, points, allowance)
        self.levels[who] = Level(level, now, allowance.restores)
        self.forget(now)
        if self.redis_url:
            self.untold[who] = self.untold.get(who, 0.0) + points
            self.teller = self.teller or asyncio.create_task(self.tell())
        return int(allowance.cost - level)

    def after(self, who: str, points: int, allowance: Allowance) -> float:
        """How full a bucket would be with that many points more; it must not run over."""
        known = self.levels.get(who)
        level = (known.now(self.clock()) if known else 0.0) + points
        if level > allowance.cost:
            raise refusal(
                "RATE_LIMITED",
                limit=allowance.limit,
                maximum=allowance.cost,
                measured=math.ceil(level),
                retryAfter=math.ceil((level - allowance.cost) / allowance.restores),
            )
        return level

    def forget(self, now: float) -> None:
        """Who has spent nothing lately needs no place."""
        if len(self.levels) > self.most:
            self.levels = {who: each for who, each in self.levels.items() if each.now(now) > 0}
            self.most = max(USUALLY_MOST, 2 * len(self.levels))

    async def tell(self) -> None:
        """Tell Redis what was spent until there is nothing more to tell."""
        try:
            await asyncio.sleep(PAUSE)
            async with Redis.from_url(
                self.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
            ) as redis:
                while self.untold:
                    telling, self.untold = self.untold, {}
                    self.learn(telling, await self.drop(redis, telling))
                    await asyncio.sleep(PAUSE)
        except (RedisError, OSError) as error:
            self.say(well=False, why=type(error).__name__)
        else:
            self.say(well=True)
        finally:
            self.teller = None

    async def drop(self, redis: "Redis", telling: Mapping[str, float]) -> list[float]:
        """All of it in one exchange; the levels over all processes come back."""
        async with redis.pipeline(transaction=False) as pipe:
            for who, points in telling.items():
                pipe.eval(DROP, 1, f"jijiao:cost:{who}", str(points), str(self.restores(who)))
            return [float(level) for level in await pipe.execute()]

    def restores(self, who: str) -> float:
        """How fast his bucket empties."""
        return self.levels[who].restores if who in self.levels else 1.0

    def learn(self, told: Mapping[str, float], levels: list[float]) -> None:
        """Others may have spent too; less than our own is a Redis that was emptied."""
        now = self.clock()
        for who, shared in zip(told, levels, strict=True):
            own = self.levels.get(who)
            if own and shared + self.untold.get(who, 0.0) > own.now(now):
                self.levels[who] = Level(shared + self.untold.get(who, 0.0), now, own.restores)

    def say(self, *, well: bool, why: str = "") -> None:
        """Log that Redis went or came, not each time."""
        if well is not self.well:
            log.warning("rate limits are %s%s", "shared again" if well else "per process: ", why)
        self.well = well
