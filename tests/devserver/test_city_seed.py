"""The command `seed`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext

from devserver import city
from devserver.postgres import Postgres
from models import read
from settings import Settings
from tests import servers


@pytest.fixture
def settings(pg: Postgres, database: str, tmp_path: Path) -> Settings:
    return servers.configuration(pg, database, storage=str(tmp_path))


async def persons(settings: Settings) -> int:
    async with TortoiseContext() as context:
        await context.init(config=settings.orm)
        return int(await read.value("SELECT count(*) FROM person"))


async def test_founds_the_city_once_and_prints_the_logins(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await city.seed(settings, []) == 0

    assert await persons(settings) == 104
    printed = capsys.readouterr()
    assert "unit_leader" in printed.out
    assert "annual verification" in printed.err

    assert await city.seed(settings, []) == 1

    assert await persons(settings) == 104
    assert "already" in capsys.readouterr().err


async def test_scale_adds_persons(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert await city.seed(settings, ["--scale", "10"]) == 0

    assert await persons(settings) > 90
    assert "rows/s" in capsys.readouterr().err


async def test_production_gets_no_demo_city(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    production = replace(settings, mode="production")

    assert await city.seed(production, []) == 2

    assert await persons(settings) == 0
    assert "JIJIAO_MODE=dev" in capsys.readouterr().err


async def test_without_a_directory_for_files_there_is_no_city(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await city.seed(replace(settings, storage=None), []) == 2

    assert await persons(settings) == 0
    assert "JIJIAO_STORAGE" in capsys.readouterr().err
