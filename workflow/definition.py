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
"""
PUBLISHED = "SELECT code, digest FROM wf_definition WHERE code = $1 AND version = $2"


class AlreadyPublished(ValueError):
    """This number of the route was published with another text: a new text needs a new number."""


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


async def publish(c: Connection, now: datetime) -> None:
    """Publish the routes of this release; run again it changes nothing."""
    for one in shipped().values():
        compiled = json.dumps(one.to_data(), ensure_ascii=False)
        columns = [uuid7(), one.code, one.version, one.digest, one.text, compiled, now]
        await c.execute_query(PUBLISH, columns)
        found = await c.execute_query_dict(PUBLISHED, [one.code, one.version])
        if found[0]["digest"] != one.digest:
            raise AlreadyPublished(f"{one.code} {one.version}")
