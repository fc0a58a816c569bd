"""Every column of the live database was reviewed, once, and the page says what was found."""

from collections import Counter

import pytest

from models import inventory
from models.read import Connection
from tests import shape

LIVE = """
SELECT table_name AS t, column_name AS c FROM information_schema.columns
WHERE table_schema = 'public'
"""
# A row that names one of these is about somebody.
PEOPLE = {
    "person_id", "applicant_id", "concerns_id", "principal_id", "delegate_id", "proposer_id",
    "about_id", "created_by_id", "revoked_by_id", "claimed_by_id", "done_by_id", "confirmed_by_id",
    "uploaded_by_id", "started_by_id", "account_id",
}  # fmt: skip


async def test_every_column_of_the_database_was_reviewed_once(db: Connection) -> None:
    found = {(row["t"], row["c"]) for row in await db.execute_query_dict(LIVE)}
    known = inventory.current()

    reviewed = Counter(
        (table, column)
        for table in {*known.personal, *known.other}
        for column in known.columns(table)
    )

    assert found - reviewed.keys() == set(), "in neither list"
    assert reviewed.keys() - found == set(), "no longer there"
    assert [one for one, times in reviewed.items() if times > 1] == []


async def test_a_new_column_is_seen(db: Connection) -> None:
    await db.execute_script("CREATE TABLE unreviewed (secret text)")

    found = {(row["t"], row["c"]) for row in await db.execute_query_dict(LIVE)}
    await db.execute_script("DROP TABLE unreviewed")

    assert ("unreviewed", "secret") in found
    assert inventory.current().columns("unreviewed") == []


def test_whatever_names_somebody_is_personal() -> None:
    missed = {
        (table, column)
        for table, columns in inventory.current().other.items()
        for column in columns
        if column in PEOPLE
    }

    assert missed == set()


def test_each_class_is_used_and_none_is_missing() -> None:
    known = inventory.current()

    assert {kind for columns in known.personal.values() for kind in columns} == set(known.classes)


@pytest.mark.parametrize("kind", inventory.current().classes.values(), ids=lambda one: one.title)
def test_each_class_says_what_for_by_which_law_to_whom_and_how_long(
    kind: inventory.Class,
) -> None:
    assert all((kind.title, kind.purpose, kind.basis, kind.readers, kind.kept))
    assert "PIPL 13" in kind.basis


def test_the_page_is_current() -> None:
    page = (shape.ROOT / "docs/personal-data.md").read_text(encoding="utf-8")

    assert page == inventory.page(inventory.current())
