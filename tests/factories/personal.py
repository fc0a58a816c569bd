"""Copies of one's own data: asked for by the mutation, fetched from the address it answers."""

from typing import Any

import httpx

from models.access import Viewer
from tests.factories.city import NOW
from tests.factories.session import opened
from workflow import personal
from workflow.personal import Permit

EXPORT = """mutation { exportMyData { __typename
  ... on ExportMyDataPayload { downloadUrl fileName mediaType format expiresAt }
  ... on UserError { code message } } }"""


async def bearer(viewer: Viewer) -> dict[str, str]:
    """The header of a session of his."""
    return {"Authorization": f"Bearer {await opened(viewer)}"}


async def asked(client: httpx.AsyncClient, headers: dict[str, str]) -> Any:
    """What the mutation answers."""
    answer = await client.post("/graphql", json={"query": EXPORT}, headers=headers)
    return answer.json()["data"]["exportMyData"]


async def fetched(client: httpx.AsyncClient, viewer: Viewer) -> Any:
    """The copy of somebody, over HTTP."""
    headers = await bearer(viewer)
    answer = await client.get((await asked(client, headers))["downloadUrl"], headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def copied(viewer: Viewer) -> dict[str, Any]:
    """The same without HTTP."""
    made = await personal.permit(viewer, NOW)
    assert isinstance(made, Permit)
    told = await personal.export(viewer, made.token, NOW)
    assert isinstance(told, dict)
    return told
