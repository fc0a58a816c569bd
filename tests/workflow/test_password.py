"""Passwords: only the right one matches, in any spelling of it."""

import time

import pytest
from argon2 import PasswordHasher

from workflow import password

FULL_WIDTH = "Ｃｏｒｒｅｃｔ－１２３"  # an input method left in full width


@pytest.fixture(scope="module")
async def stored() -> str:
    return await password.hashed("Correct-123")


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Correct-123", True),
        (FULL_WIDTH, True),
        ("correct-123", False),
        ("Correct-123 ", False),
        ("", False),
        ("\x00", False),
        ("\ud800", False),
        ("很长" * 10_000, False),
    ],
)
async def test_only_the_password_itself_matches(stored: str, typed: str, same: bool) -> None:
    assert await password.matches(typed, stored) is same


@pytest.mark.parametrize("broken", ["", "plain text", "$argon2id$v=19$m=8"])
async def test_a_hash_that_cannot_be_read_matches_nothing(broken: str) -> None:
    assert await password.matches("Correct-123", broken) is False


async def test_nobody_has_a_password() -> None:
    assert await password.matches("", None) is False


async def test_asking_for_nobody_costs_the_same_work(stored: str) -> None:
    async def seconds(known: str | None) -> float:
        begun = time.process_time()  # of all threads, whatever else the machine is doing
        await password.matches("Wrong-123", known)
        return time.process_time() - begun

    known = min([await seconds(stored) for _ in range(5)])
    unknown = min([await seconds(None) for _ in range(5)])
    assert 0.5 < unknown / known < 2


def test_the_hash_of_nobody_has_todays_parameters() -> None:
    assert not password.outdated(password.NOBODYS)


def test_other_parameters_are_outdated() -> None:
    assert password.outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("x"))
