"""Every guard: what it refuses, and the twin with one thing changed that succeeds."""

import pytest

from rules.refusal import Refused
from tests.workflow import scene
from tests.workflow.refusals import ROWS, Row
from workflow import guard, message

OF_SUBJECTS = {"MISSING_PROOF", "HOURS_RANGE", "REQUIREMENTS_NOT_MET"}  # their own codes


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.guard} {row.code}")
def test_a_guard_refuses_and_its_twin_passes(row: Row) -> None:
    on = scene.route(row.route)

    refused = scene.answer(row.refused, *row.before, on=on)
    before = row.before if row.twin_before is None else row.twin_before
    accepted = scene.answer(row.twin, *before, on=on)

    assert refused == Refused(row.code, row.data, row.path)
    assert not isinstance(accepted, Refused)


def test_every_guard_has_an_example() -> None:
    assert {row.guard for row in ROWS} == {one.check.__name__ for one in guard.TABLE}


def test_guards_stand_in_the_order_of_their_contract() -> None:
    numbers = [int((one.check.__doc__ or "").split(":")[0]) for one in guard.TABLE]

    assert numbers == sorted(numbers)


@pytest.mark.parametrize("language", message.LANGUAGES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.guard} {row.code}")
def test_every_refusal_of_a_guard_is_a_sentence(row: Row, language: str) -> None:
    known = row.code in message.catalogue(language)

    assert known or row.code in OF_SUBJECTS
    assert not known or "…" not in message.sentence(row.code, row.data, language)
