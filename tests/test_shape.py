"""The house keeps its shape, and its rules see what they are meant to see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import shape

LONG_FUNCTION = "def f():\n" + "    pass\n" * shape.LONGEST_FUNCTION


@pytest.mark.parametrize("rule", shape.RULES)
def test_the_house_keeps_the_rule(rule: str) -> None:
    assert [line for module in shape.modules() for line in shape.broken(rule, module)] == []


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        ("files", "rules/annual.py", "\n" * (shape.LONGEST_FILE + 1)),
        ("functions", "rules/annual.py", LONG_FUNCTION),
        ("names", "rules/utils.py", ""),
        ("names", "workflow/helpers/case.py", ""),
        ("names", "rules/base.py", ""),
        ("first-line", "rules/annual.py", ""),
        ("first-line", "rules/annual.py", '"""The annual verdict"""'),
        ("writes", "resolvers/case.py", "await row.save()"),
        ("writes", "workers/scan.py", "await Attachment.filter(id=1).update(state='clean')"),
        ("writes", "models/read.py", "await Person.bulk_create(rows)"),
        ("writes", "app.py", "await Person.create(name='x')"),
        ("reads", "resolvers/case.py", "await Case.filter(id=1)"),
        ("reads", "schema/case.py", "await models.Case.get(id=1)"),
        ("reads", "app.py", "await Case.all()"),
        ("production", "app.py", "from devserver import city"),
        ("production", "doctor.py", "import devserver.postgres"),
    ],
)
def test_a_rule_sees_what_breaks_it_and_honours_an_escape_with_a_reason(
    rule: str, path: str, text: str
) -> None:
    excused = f"# allow: {rule}: here it is better\n{text}"
    without_reason = f"# allow: {rule}:\n{text}"

    assert shape.broken(rule, shape.Module(Path(path), text))
    assert not shape.broken(rule, shape.Module(Path(path), excused))
    assert shape.broken(rule, shape.Module(Path(path), without_reason))


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        ("files", "tests/rules/test_annual.py", "\n" * 1000),
        ("functions", "models/migrations/0001_initial.py", LONG_FUNCTION),
        ("names", "models/base.py", ""),
        ("first-line", "rules/annual.py", '"""The annual verdict."""'),
        ("writes", "workflow/case.py", "await row.save()"),
        ("writes", "resolvers/case.py", "await case.submit()"),
        ("reads", "models/read.py", "await Case.filter(id=1)"),
        ("reads", "resolvers/case.py", "LOADS.get('x'); filters.get('x')"),
        ("production", "__main__.py", "from devserver import city"),
    ],
)
def test_a_rule_leaves_in_peace_what_it_is_not_about(rule: str, path: str, text: str) -> None:
    assert not shape.broken(rule, shape.Module(Path(path), text))


def test_the_page_of_settings_and_commands_is_current() -> None:
    command = [sys.executable, str(shape.ROOT), "settings"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env={})

    assert (shape.ROOT / "docs/settings.md").read_text() == printed.stdout
