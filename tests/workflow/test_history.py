"""History: one line per change, one tag per line, never changed."""

import re
from typing import Any

import pytest
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from models import read
from models.access import Viewer
from models.ids import uuid7
from tests.factories.people import NOW, person, unit, viewer
from workflow import history
from workflow.history import Tag


async def line(by: Viewer | None, **data: object) -> read.Row:
    async with in_transaction() as c:
        await history.write(
            c,
            tag=Tag.PROFILE_SAVE,
            subject_type="profile",
            subject_id=uuid7(),
            viewer=by,
            now=NOW,
            data=data,
        )
    found = await read.row("SELECT * FROM history")
    assert found is not None
    return found


def test_every_tag_is_a_noun_and_a_verb() -> None:
    assert all(re.fullmatch(r"[a-z]+:[a-z_]+", tag) for tag in Tag)


async def test_a_line_says_who_from_where_what_and_when(db: Any) -> None:
    employer = await unit()
    reviewer = await viewer(await person(), employer, groups=["handler"])

    row = await line(reviewer, fields=["phone"])

    assert (row.person_id, row.account_id) == (reviewer.person_id, reviewer.account_id)
    assert (row.organisation_id, row.at, row.tag) == (employer.id, NOW, "profile:save")
    assert row.data == '{"fields": ["phone"]}'


async def test_the_system_itself_has_no_name(db: Any) -> None:
    row = await line(None)

    assert (row.person_id, row.account_id, row.organisation_id) == (None, None, None)


@pytest.mark.parametrize("sql", ["UPDATE history SET tag = 'x'", "DELETE FROM history"])
async def test_a_line_is_never_changed(db: Any, sql: str) -> None:
    await line(None)

    with pytest.raises(OperationalError, match="append-only"):
        await db.execute_query(sql)
