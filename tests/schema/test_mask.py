"""Masks: of all that a viewer can learn of somebody together, a hundred numbers still fit."""

from datetime import date
from itertools import product

import pytest
from stdnum.cn import ric

from models import Profile
from models.read import Connection
from resolvers import ids
from rules.person import Gender
from tests.factories import city
from tests.factories.city import City
from tests.factories.identity import number, numbered
from tests.factories.question import answered

NUMBER = number(date(1985, 6, 8), region="440106", sequence=1)
EVERYTHING = """query($id: ID!) { node(id: $id) { ... on Person {
  maskedNumber profile { birthDate gender } employer { name } } } }"""


@pytest.fixture
async def town(db: Connection) -> City:
    built = await city.build(db)
    await numbered(built.viewers["applicant"].person_id, NUMBER)
    return built


def fitting(mask: str, born: date | None, gender: Gender | None, region: str) -> int:
    """How many valid numbers of a region fit; who looks is taken to know the region."""
    days = [born] if born else [date(1985, 6, 8)]
    made = (f"{region}{day:%Y%m%d}{one:03}" for day, one in product(days, range(1000)))
    bodies = [b for b in made if gender is None or int(b[16]) % 2 == (gender is Gender.MALE)]
    numbers = [body + ric.calc_check_digit(f"{body}0") for body in bodies]
    return sum(
        all(sign in ("*", digit) for sign, digit in zip(mask, each, strict=True))
        for each in numbers
    )


@pytest.mark.parametrize("who", ["handler", "leader", "checker", "city checker"])
async def test_whoever_sees_the_birth_date_too_cannot_tell_the_number(town: City, who: str) -> None:
    person = town.viewers["applicant"].person_id
    await Profile.filter(person_id=person).update(birth_date=date(1985, 6, 8), gender="male")

    seen = (await answered(town.viewers[who], EVERYTHING, id=ids.encode("Person", person)))["node"]

    told = seen["profile"]
    assert told["birthDate"] == "1985-06-08"  # so it was worth counting
    count = fitting(seen["maskedNumber"], date(1985, 6, 8), Gender.MALE, "440106")
    assert count >= 100


def test_with_the_tail_in_sight_few_would_fit() -> None:
    """Why nobody but the person himself sees the mask with both ends."""
    standard = NUMBER[:4] + "*" * 10 + NUMBER[-4:]

    assert fitting(standard, date(1985, 6, 8), Gender.MALE, "440106") == 1
