"""The commands: each exists and is explained, and a slip of the pen is understood."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from devserver.postgres import Postgres
from tests import servers, shape


def load() -> ModuleType:
    """Not by its name, which is pytest's own here."""
    spec = importlib.util.spec_from_file_location("commands", shape.ROOT / "__main__.py")
    assert spec and spec.loader
    sys.modules["commands"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COMMANDS = load().COMMANDS


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(shape.ROOT), *arguments],
        capture_output=True,
        text=True,
        env={**servers.surroundings(), **environment},
        cwd="/",
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_listed_can_be_called(name: str) -> None:
    assert callable(COMMANDS[name].function())


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",)])
def test_help_names_every_command(arguments: tuple[str, ...]) -> None:
    answer = run(*arguments)

    assert answer.returncode == 0
    assert [name for name in COMMANDS if f"  {name}" not in answer.stdout] == []


@pytest.mark.parametrize("arguments", [("help",), ("schema",)])
def test_a_reader_who_goes_away_is_no_fault(arguments: tuple[str, ...]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as gone:
        answer = subprocess.run(
            [sys.executable, str(shape.ROOT), *arguments],
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            env=servers.surroundings(),
            cwd="/",
        )

    assert (answer.returncode, answer.stderr) == (1, "")


def test_a_pipe_that_breaks_elsewhere_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> int:
        raise BrokenPipeError

    module = load()
    monkeypatch.setattr(module, "_named", breaks)

    with pytest.raises(BrokenPipeError):
        module.main()


def test_a_slip_of_the_pen_is_understood() -> None:
    answer = run("sreve")

    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("There is no command 'sreve'. Did you mean serve?")


def test_a_wrong_setting_stops_the_start_with_one_line() -> None:
    answer = run("migrate", JIJIAO_PORT="x")

    assert answer.returncode == 2
    assert answer.stderr.startswith("JIJIAO_PORT must be a whole number")
    assert answer.stderr.count("\n") == 1


def test_migrate_says_nothing_when_there_is_nothing_to_do(pg: Postgres, database: str) -> None:
    answer = run("migrate", **servers.environment(pg, database))

    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("name", [name for name, each in COMMANDS.items() if each.needs])
def test_a_database_that_is_not_there_is_one_sentence(name: str, scratch: Path) -> None:
    url = f"postgresql://postgres@/jijiao?host={scratch}"
    place = {"JIJIAO_DATABASE_URL": url, "JIJIAO_STORAGE": str(scratch)}

    answer = run(*name.split(), JIJIAO_MODE="dev", **place)

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.startswith("database: ")
    assert answer.stderr.endswith("Start PostgreSQL, or set JIJIAO_DATABASE_URL.\n")
    assert answer.stderr.count("\n") == 1


def test_the_api_asks_the_doctor_for_demo_accounts_before_it_starts() -> None:
    assert "accounts" in COMMANDS["serve"].needs


def test_a_database_without_tables_is_told_what_to_run(pg: Postgres) -> None:
    given = servers.environment(pg, "postgres")

    answer = run("serve", **given)

    assert answer.returncode == 1
    assert "run `jijiao migrate`" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_development_settings_do_not_start_by_accident_in_production() -> None:
    answer = run("dev", JIJIAO_MODE="production")

    assert answer.returncode == 2
    assert answer.stderr.startswith("JIJIAO_DATABASE_URL must be set in production")
