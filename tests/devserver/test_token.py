"""The command `token`: a session without a password, for demo accounts in development only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tortoise.context import TortoiseContext

from devserver import token
from devserver.postgres import Postgres
from models.access import Viewer
from settings import Settings
from tests import servers
from tests.devserver.demo import Demo
from workflow import account

ANY_TIME = timedelta(days=1)


@pytest.fixture
def settings(pg: Postgres, demo: Demo) -> Settings:
    return servers.configuration(pg, "city")


async def viewer(settings: Settings, printed: str) -> Viewer | None:
    async with TortoiseContext() as context:
        await context.init(config=settings.orm)
        return await account.viewer_of(printed.strip(), now=datetime.now(UTC), idle=ANY_TIME)


@pytest.mark.parametrize(
    ("arguments", "user_type", "groups"),
    [
        (["handler"], "unit", {"handler"}),
        (["handler", "person"], "person", set()),
        (["person"], "person", set()),
        (["city_checker"], "city_bureau", {"checker", "approve_admins"}),
        (["training_base"], "training_base", set()),
    ],
)
async def test_opens_a_session_from_the_seat_of_work_or_the_named_one(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    user_type: str,
    groups: set[str],
) -> None:
    assert await token.main(settings, arguments) == 0

    found = await viewer(settings, capsys.readouterr().out)
    assert found is not None
    assert (found.user_type.value, set(found.groups)) == (user_type, groups)


@pytest.mark.parametrize("arguments", [["nobody"], ["person", "city_bureau"]])
async def test_an_unknown_login_or_seat_gets_none(
    settings: Settings, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert await token.main(settings, arguments) == 1

    assert capsys.readouterr().out == ""


async def test_an_account_that_is_not_for_demonstration_gets_none(
    settings: Settings, demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    await demo.db.execute_query("UPDATE account SET demo = false WHERE login = 'unit_leader'")

    assert await token.main(settings, ["unit_leader"]) == 1

    await demo.db.execute_query("UPDATE account SET demo = true WHERE login = 'unit_leader'")
    assert await token.main(settings, ["unit_leader"]) == 0
    assert await viewer(settings, capsys.readouterr().out)


@pytest.mark.parametrize("arguments", [[], ["handler", "unit", "more"]])
async def test_says_how_it_is_used(
    settings: Settings, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert await token.main(settings, arguments) == 2

    assert token.USAGE in capsys.readouterr().err


async def test_production_has_no_such_tokens(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await token.main(replace(settings, mode="production"), ["handler"]) == 2

    assert capsys.readouterr().out == ""
