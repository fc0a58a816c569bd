"""Generated documents for every kind of login: whatever is asked, nothing of ours breaks."""

import os
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis_graphql import mutations, nodes, queries

import app
from models.access import Viewer
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
Rows = dict[str, str]
MARK = re.compile(r'"@(\w+)"')


def text(*good: str, bad: tuple[str, ...]) -> Any:
    """A scalar that is written as a string: mostly a good one, now and then another."""
    return st.sampled_from((*good * (9 * len(bad) // len(good)), *bad)).map(nodes.String)


ROWS = ("case", "task", "record", "person", "unit", "unknown", "malformed")
SCALARS = {
    "ID": text(*(f"@{row}" for row in ROWS[:5]), bad=("@unknown", "@malformed")),
    "Date": text("2026-05-11", "2026-05-12", bad=("2026-02-30", "0001-01-01", "9999-12-31", "x")),
    "DateTime": text(
        "2026-05-11T08:00:00+08:00", "9999-12-31T23:59:59Z", bad=("2026-05-11T08:00:00", "\x00")
    ),
    "Hours": text("1.5", "0", "12", bad=("-1", "99999.9", "1e3", "NaN")),
}
QUERIES = queries(api.as_str(), custom_scalars=SCALARS)
MUTATIONS = mutations(api.as_str(), custom_scalars=SCALARS)


class Site:
    """Somebody over HTTP, and the ids of what is under way in the city."""

    def __init__(self, client: httpx.AsyncClient, viewer: Viewer | None, rows: Rows) -> None:
        self.client, self.viewer, self.rows = client, viewer, rows

    async def ask(self, document: str) -> httpx.Response:
        """In a session of its own: the document before may have signed out."""
        if self.viewer:
            self.client.headers["Authorization"] = f"Bearer {await opened(self.viewer)}"
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
    rows: Rows = dict(
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
        yield Site(client, town.viewers[who] if who else None, rows)


@settings(
    max_examples=EXAMPLES or 15,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(document=QUERIES | QUERIES | MUTATIONS)
async def test_whatever_is_asked_nothing_of_ours_breaks(site: Site, document: str) -> None:
    answer = await site.ask(document)

    note(answer.text)
    assert answer.status_code < 500
    assert "INTERNAL" not in [one["extensions"]["code"] for one in answer.json().get("errors", ())]
