"""Numbers of certificates, masked names, and the one way to write what is signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import certificate

CHANCE = st.integers(0, 2 ** (5 * certificate.RANDOM) - 1)


def test_a_number_has_the_year_chance_and_a_check_character() -> None:
    assert certificate.number(2026, 0) == "JX2026-0000-0000-000W"
    assert certificate.number(2026, 1) == "JX2026-1000-0000-000T"


@given(CHANCE)
def test_a_number_is_read_however_it_is_typed(chance: int) -> None:
    number = certificate.number(2026, chance)

    for typed in (
        number,
        number.lower(),
        number.replace("-", " "),
        number.replace("-", "").removeprefix("JX"),
        number.replace("0", "O").replace("1", "l"),
        "".join(chr(ord(each) + 0xFEE0) for each in number),
    ):
        assert certificate.read_number(typed) == number


@given(CHANCE, st.integers(0, 15), st.integers(1, 31))
def test_one_wrong_character_is_always_noticed(chance: int, place: int, shift: int) -> None:
    plain = certificate.number(2026, chance).removeprefix("JX").replace("-", "")
    wrong = certificate.ALPHABET[(certificate.ALPHABET.index(plain[place]) + shift) % 32]

    assert certificate.read_number(plain[:place] + wrong + plain[place + 1 :]) is None


@pytest.mark.parametrize("typed", ["", "JX2026", "张三", "JX2026-0000-0000-000U", "9" * 400])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert certificate.read_number(typed) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳小三", "欧**三"),
        ("𠮷", "*"),
        ("𠮷田", "𠮷*"),
        ("Mei", "M*i"),
        ("", "*"),
    ],
)
def test_the_public_sees_part_of_a_name(name: str, shown: str) -> None:
    assert certificate.masked(name) == shown


@pytest.mark.parametrize("number", ["4401**********1234", "440***************"])
def test_a_certificate_shows_three_digits_of_a_number(number: str) -> None:
    assert certificate.hidden(number) == "440***************"


def test_the_same_data_are_written_the_same_way_in_any_order() -> None:
    one, other = {"b": "𠮷", "a": [1, {"d": True, "c": "x"}]}, {"a": [1, {"c": "x", "d": True}]}

    assert certificate.canonical(one) == '{"a":[1,{"c":"x","d":true}],"b":"𠮷"}'.encode()
    assert certificate.canonical(one) == certificate.canonical({**other, "b": "𠮷"})
