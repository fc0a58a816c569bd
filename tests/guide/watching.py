"""Somebody who watches over server-sent events, as a page of the product does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.town import PATIENCE, Citizen

TASKS = "subscription { myTasksChanged { todoGroups { step { key } count } } }"
CASE = """subscription ($id: ID!) { caseChanged(id: $id) { case { status version
  timeline { what { key } person } } } }"""
JOB = """subscription ($id: ID!) { jobProgress(id: $id) {
  job { id kind { key name } state progress } } }"""


@asynccontextmanager
async def watching(
    citizen: Citizen, query: str, **variables: Any
) -> AsyncIterator[AsyncIterator[Any]]:
    """The data of each event, until the block is left."""
    body = {"query": query, "variables": variables}
    headers = {"Accept": "text/event-stream"}
    async with citizen.client.stream("POST", "/graphql", json=body, headers=headers) as answer:
        assert answer.status_code == 200
        yield told(answer.aiter_lines())


async def told(lines: AsyncIterator[str]) -> AsyncIterator[Any]:
    async for line in lines:
        if line.startswith("data: {"):
            body = json.loads(line.removeprefix("data: "))
            assert "errors" not in body, body
            (event,) = body["data"].values()
            yield event


async def until(heard: AsyncIterator[Any], wanted: Any) -> Any:
    """The first event of which this is true."""
    async with asyncio.timeout(PATIENCE):
        async for event in heard:
            if wanted(event):
                return event
    raise AssertionError("the stream ended before")
