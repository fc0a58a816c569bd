"""Definitions: published once, never changed, and chosen by what a subject is."""

from dataclasses import replace
from uuid import UUID

import pytest

from models.read import Connection, Row
from rules.refusal import Refused
from tests.factories.city import NOW
from workflow import definition
from workflow.route import Route
from workflow.subject import Subject


def subject(category: str) -> Subject:
    return Subject(
        type="training_record",
        id=UUID(int=1),
        applicant_id=UUID(int=2),
        employer_id=None,
        selectors={"category": category},
        business=None,
        content={},
        declared={},
        obstacles=(),
        unclean=(),
        row=Row(),
    )


async def test_publishing_again_changes_nothing(db: Connection) -> None:
    await definition.publish(db, NOW)
    before = await db.execute_query_dict("SELECT * FROM wf_definition ORDER BY code")

    await definition.publish(db, NOW.replace(year=2030))

    assert await db.execute_query_dict("SELECT * FROM wf_definition ORDER BY code") == before


async def test_a_new_text_needs_a_new_number(
    db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await definition.publish(db, NOW)
    changed = {
        code: replace(route, digest="0" * 64) for code, route in definition.shipped().items()
    }

    def other() -> dict[str, Route]:
        return changed

    monkeypatch.setattr(definition, "shipped", other)
    with pytest.raises(definition.AlreadyPublished, match=r"account\.bureau 1 was published"):
        await definition.publish(db, NOW)


def test_a_subject_takes_the_route_that_names_it_and_no_other() -> None:
    chosen = definition.select(subject("public"))
    nothing = definition.select(subject("unheard of"))

    assert isinstance(chosen, Route) and chosen.code == "declaration.public_course"
    assert nothing == Refused("NO_ROUTE", {"subject": "training_record", "category": "unheard of"})
