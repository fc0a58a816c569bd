"""The sentences of a cycle: every word of the rules has one in both languages."""

from collections.abc import Iterator

import pytest

from rules.cycle import COUNTING, Reason, Requirement
from rules.period import Begin, End
from workflow import message


def keys() -> Iterator[str]:
    yield from (f"cycle.begin.{each}" for each in Begin)
    yield from (f"cycle.end.{each}" for each in End)
    yield from (f"cycle.counts.{each}" for each in Reason)
    yield from (f"cycle.counts.{each}_AGAIN" for each in COUNTING)
    for each in Requirement:
        yield from (f"cycle.needs.{each}", f"rule.{each}")


@pytest.mark.parametrize("language", message.LANGUAGES)
def test_every_word_of_the_rules_has_a_sentence(language: str) -> None:
    known = message.catalogue(language)

    assert [key for key in keys() if key not in known] == []
