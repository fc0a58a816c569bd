"""Definitions: the routes of this release published to the database, and pinned ones read back."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused
from workflow import route
from workflow.route import Route
from workflow.subject import Subject

PUBLISH = """
INSERT INTO wf_definition (id, code, version, digest, source, compiled, published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (code, version) DO NOTHING
RETURNING id
"""
PUBLISHED = "SELECT code, digest FROM wf_definition WHERE code = $1 AND version = $2"


class AlreadyPublished(ValueError):
    """This number of the route was published with another text: a new text needs a new number."""

    def __init__(self, code: str, version: int) -> None:
        super().__init__(f"{code} {version} was published with another text")
        self.data = {"code": code, "version": version}


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Route]:
    """The routes of this release by code."""
    return route.load_all()


@lru_cache(maxsize=64)
def pinned(source: str) -> Route:
    """The compiled form of a stored text."""
    return route.compile_route(source)


def select(subject: Subject) -> Route | Refused:
    """The route of this release for a subject; it is pinned at each submission."""
    try:
        return route.select(shipped(), subject.type, subject.selectors)
    except LookupError:
        return Refused("NO_ROUTE", {"subject": subject.type, **subject.selectors})


async def publish(c: Connection, now: datetime) -> list[Route]:
    """Publish the routes of this release, and tell which are new; run again it changes nothing."""
    return [one for one in shipped().values() if await is_new(c, one, now)]


async def is_new(c: Connection, one: Route, now: datetime) -> bool:
    """Write one, unless it is there; a number that stands for another text is a fault."""
    compiled = json.dumps(one.to_data(), ensure_ascii=False)
    columns = [uuid7(), one.code, one.version, one.digest, one.text, compiled, now]
    if await c.execute_query_dict(PUBLISH, columns):
        return True
    found = await c.execute_query_dict(PUBLISHED, [one.code, one.version])
    if found[0]["digest"] != one.digest:
        raise AlreadyPublished(one.code, one.version)
    return False
