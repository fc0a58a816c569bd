"""Documents that a generator makes of the schema alone: the same answers, compiled or not."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from models.read import Connection
from schema.api import api
from tests.factories.answer import VIEWERS, amended, said
from tests.factories.city import City

DOCUMENTS = from_schema(
    api.as_str(),
    custom_scalars={
        "Hours": st.sampled_from(["1.5", "0"]).map(nodes.String),
        "Date": st.dates().map(str).map(nodes.String),
        "DateTime": st.just("2026-06-30T09:00:00+08:00").map(nodes.String),
    },
    allow_x00=False,
)
STEADY = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
async def town(db: Connection) -> City:
    return await amended(db)


@given(query=DOCUMENTS, who=st.sampled_from([None, *VIEWERS]))
@STEADY
async def test_generated_documents_are_answered_as_by_the_standard_execution(
    town: City, query: str, who: str | None
) -> None:
    viewer = town.viewers[who] if who and not query.startswith("mutation") else None
    ours = await said(viewer, query, compiled=True)
    assert ours == await said(viewer, query, compiled=False)
