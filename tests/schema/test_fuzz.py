"""Generated documents for every kind of login: whatever is asked, nothing of ours breaks."""

import os
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

import app
from models.read import Connection
from resolvers import ids
from schema.api import api
from settings import Settings
from tests.factories import city
from tests.factories.record import draft, submitted
from tests.factories.session import opened

ORIGIN = "http://test"
LOGINS = (
    None,
    "applicant",
    "handler",
    "leader",
    "administrator",
    "checker",
    "city checker",
    "district checker",
    "only reviewer",
)
EXAMPLES = int(os.environ.get("JIJIAO_TEST_FUZZ", "0"))  # set, it looks elsewhere each time
MARK = re.compile(r'"@(\w+)"')


def text(*examples: str) -> Any:
    """A scalar that is written as a string: mostly a good one, now and then anything."""
    return st.one_of(st.sampled_from(examples), st.text(max_size=20)).map(nodes.String)


SCALARS = {
    "Date": text("2026-05-11", "2026-02-30", "0001-01-01", "9999-12-31"),
    "DateTime": text("2026-05-11T08:00:00+08:00", "2026-05-11T08:00:00", "9999-12-31T23:59:59Z"),
    "Hours": text("1.5", "0", "-1", "99999.9", "1e3", "NaN"),
}
ROWS = ("case", "task", "record", "person", "unit", "unknown", "malformed")
DOCUMENTS = from_schema(
    api.as_str(),
    custom_scalars={
        "ID": st.sampled_from(ROWS).map(lambda row: nodes.String(f"@{row}")),
        **SCALARS,
    },
)


class Site:
    """Somebody over HTTP, and the ids of what is under way in the city."""

    def __init__(self, client: httpx.AsyncClient, rows: dict[str, str]) -> None:
        self.client, self.rows = client, rows

    async def ask(self, document: str) -> httpx.Response:
        named = MARK.sub(lambda found: f'"{self.rows[found[1]]}"', document)
        return await self.client.post("/graphql", json={"query": named})


@pytest.fixture(params=LOGINS, ids=str)
async def site(
    request: pytest.FixtureRequest, db: Connection, configuration: Settings
) -> AsyncIterator[Site]:
    """One kind of login after the other."""
    town, who = await city.build(db), request.param
    task, record = await submitted(town), await draft(town)
    (case,) = await db.execute_query_dict("SELECT id FROM wf_case")
    rows = dict(
        task=ids.encode("Task", task),
        record=ids.encode("TrainingRecord", record),
        case=ids.encode("Case", case["id"]),
        person=ids.encode("Person", town.viewers["applicant"].person_id),
        unit=ids.encode("Unit", town.organisations["hospital"]),
        unknown=ids.encode("Case", record),
    )
    rows["malformed"] = "x"
    transport = httpx.ASGITransport(app.create(configuration))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        if who:
            client.headers["Authorization"] = f"Bearer {await opened(town.viewers[who])}"
        yield Site(client, rows)


@settings(
    max_examples=EXAMPLES or 15,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(document=DOCUMENTS)
async def test_whatever_is_asked_nothing_of_ours_breaks(site: Site, document: str) -> None:
    answer = await site.ask(document)

    note(answer.text)
    assert answer.status_code < 500
    assert "INTERNAL" not in [one["extensions"]["code"] for one in answer.json().get("errors", ())]
