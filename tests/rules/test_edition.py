"""The edition: another code is another edition, another number of the regulation is not."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules import edition


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the rules, which a test may change."""
    shutil.copytree(edition.HERE, tmp_path / "rules")
    monkeypatch.setattr(edition, "HERE", tmp_path / "rules")
    yield tmp_path / "rules"
    edition.current.cache_clear()


def told() -> str:
    edition.current.cache_clear()
    return edition.current()


def test_a_changed_function_is_another_edition(copied: Path) -> None:
    before = told()

    with (copied / "annual.py").open("a") as file:
        file.write("CHANGED = True\n")

    assert told() != before


def test_a_changed_number_is_the_same_edition(copied: Path) -> None:
    before = told()

    with (copied / "regulation.toml").open("a") as file:
        file.write("# another\n")

    assert told() == before
