"""The three officers (三员): no condition on rows of business is ever met by one of them."""

import inspect
from types import ModuleType
from typing import Any

import pytest

from models import access, account_access
from models.account import OFFICERS, UserType
from models.read import Parameters
from tests.factories.question import somebody

HELPS = {"within", "in_groups", "business"}  # put together by conditions, none by themselves
OF_OFFICERS = {"audit_events", "persons"}  # the log of one of them; each his own person


def conditions(module: ModuleType) -> dict[str, Any]:
    """The conditions of a module on rows of business."""
    return {
        name: one
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__
        and list(inspect.signature(one).parameters)[:2] == ["viewer", "p"]
        and name not in HELPS | OF_OFFICERS
    }


EVERY = {**conditions(access), **conditions(account_access)}


@pytest.mark.parametrize("name", EVERY)
def test_an_officer_meets_no_condition_on_business(name: str) -> None:
    met = [EVERY[name](somebody(kind), Parameters(), "x") for kind in sorted(OFFICERS)]
    other = EVERY[name](somebody(UserType.CITY_BUREAU), Parameters(), "x")

    assert "x." not in " ".join(met) and "EXISTS" not in " ".join(met), met
    assert other is not None
