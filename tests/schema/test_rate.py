"""The bucket: what is spent, what comes back, who shares it, and what remains without Redis."""

import asyncio
import logging
from collections.abc import Callable

import pytest
from graphql import GraphQLError
from redis.asyncio import Redis

from devserver.redis import Redis as RedisServer
from schema import rate
from schema.rate import Allowance, Rate

SIXTY = Allowance(cost=100, per_minute=60)  # a point a second
NOBODY = "redis://127.0.0.1:1"


class Clock:
    """A clock that stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def refused(bucket: Rate, who: str, points: int) -> dict[str, object]:
    with pytest.raises(GraphQLError) as error:
        bucket.spend(who, points, SIXTY)
    data: dict[str, object] = error.value.original_error.data  # type: ignore[union-attr]
    return data


def test_a_bucket_holds_its_capacity_and_empties_by_the_second() -> None:
    clock = Clock()
    bucket = Rate(clock=clock)

    assert bucket.spend("a", 60, SIXTY) == 40
    assert bucket.spend("a", 40, SIXTY) == 0
    assert refused(bucket, "a", 7) == {
        "limit": "rate",
        "maximum": 100,
        "measured": 107,
        "retryAfter": 7,
    }
    clock.now += 7
    assert bucket.spend("a", 7, SIXTY) == 0


def test_a_refusal_takes_nothing() -> None:
    bucket = Rate(clock=Clock())
    bucket.spend("a", 90, SIXTY)

    refused(bucket, "a", 20)

    assert bucket.spend("a", 10, SIXTY) == 0


def test_everybody_has_his_own() -> None:
    bucket = Rate(clock=Clock())

    assert bucket.spend("a", 100, SIXTY) == 0
    assert bucket.spend("b", 100, SIXTY) == 0


def test_who_has_spent_nothing_lately_needs_no_place() -> None:
    clock = Clock()
    bucket = Rate(clock=clock)
    for i in range(rate.USUALLY_MOST):
        bucket.spend(f"early {i}", 1, SIXTY)
    clock.now += 2

    bucket.spend("late", 1, SIXTY)

    assert list(bucket.levels) == ["late"]


async def told(*buckets: Rate) -> None:
    """Wait until everything is told."""
    async with asyncio.timeout(20):
        for bucket in buckets:
            while bucket.teller:
                await asyncio.wait([bucket.teller])


async def test_processes_share_a_bucket(redis: Redis, redis_server: RedisServer) -> None:
    one, other = Rate(redis_server.url()), Rate(redis_server.url())
    one.spend("a", 80, SIXTY)
    await told(one)

    other.spend("a", 15, SIXTY)  # it knows of nothing yet
    await told(other)

    assert refused(other, "a", 30)["limit"] == "rate"
    assert 80 < other.levels["a"].points <= 95


async def test_an_emptied_redis_forgives_nothing(redis: Redis, redis_server: RedisServer) -> None:
    bucket = Rate(redis_server.url())
    bucket.spend("a", 90, SIXTY)
    await told(bucket)
    await redis.flushall()

    bucket.spend("a", 1, SIXTY)
    await told(bucket)

    assert refused(bucket, "a", 60)["limit"] == "rate"


async def test_a_level_in_redis_goes_when_it_is_empty(
    redis: Redis, redis_server: RedisServer
) -> None:
    bucket = Rate(redis_server.url())
    bucket.spend("a", 90, SIXTY)
    await told(bucket)

    assert 1 <= await redis.ttl("jijiao:cost:a") <= 91


async def test_without_redis_each_process_holds_the_limit_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bucket = Rate(NOBODY)

    with caplog.at_level(logging.WARNING, "jijiao.graphql"):
        for _ in range(2):
            bucket.spend("a", 50, SIXTY)
            await told(bucket)

    assert refused(bucket, "a", 60)["limit"] == "rate"
    assert [line.message for line in caplog.records] == [
        "rate limits are per process: ConnectionError"
    ]


async def test_no_request_waits_for_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    from_url: Callable[..., Redis] = Redis.from_url

    def counted(url: str, **options: object) -> Redis:
        asked.append(url)
        return from_url(url, **options)

    monkeypatch.setattr(Redis, "from_url", counted)
    bucket = Rate(NOBODY)

    for _ in range(50):
        bucket.spend("a", 1, SIXTY)

    assert asked == []  # not before the request has gone on
    await told(bucket)
    assert asked == [NOBODY]
