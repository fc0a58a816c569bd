"""Global ids: there and back, and what was never one of ours."""

from uuid import UUID

import pytest

from resolvers import ids
from resolvers.failure import Unanswerable

KEY = UUID("018f0000-0000-7000-8000-000000000001")


def test_an_id_names_its_type_and_its_row() -> None:
    assert ids.decode(ids.encode("Task", KEY)) == ("Task", KEY)


@pytest.mark.parametrize("text", ["", "x", "VGFzaw==", "VGFzazp4", "é", "VGFzaz", "//8=", "%%%"])
def test_what_was_never_an_id_is_nothing(text: str) -> None:
    assert ids.decode(text) is None


def test_an_id_of_another_type_is_a_wrong_argument() -> None:
    with pytest.raises(Unanswerable) as failure:
        ids.key(ids.encode("Task", KEY), "recordId", "TrainingRecord")

    assert (failure.value.code, failure.value.data["argument"]) == ("BAD_USER_INPUT", "recordId")
