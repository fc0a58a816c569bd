"""Refusals are values that travel."""

import dataclasses

import pytest

from rules.refusal import Refused


def test_a_refusal_without_data_has_an_empty_mapping_nobody_can_fill() -> None:
    refused = Refused("REQUIRED")

    assert dict(refused.data) == {}
    with pytest.raises(TypeError):
        refused.data["most"] = 1  # type: ignore[index]


def test_a_refusal_is_put_below_a_path_and_the_first_one_stays_as_it_was() -> None:
    refused = Refused("REQUIRED", {"least": 1}, ("courseName",))

    assert refused.under("input", "record").path == ("input", "record", "courseName")
    assert refused.under("input").data == {"least": 1}
    assert refused.path == ("courseName",)


def test_two_refusals_that_say_the_same_are_equal() -> None:
    assert Refused("REQUIRED", path=("note",)) == Refused("REQUIRED", {}, ("note",))


def test_a_refusal_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Refused("REQUIRED").code = "OTHER"  # type: ignore[misc]
