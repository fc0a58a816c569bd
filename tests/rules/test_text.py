"""Text as people type it: rare characters pass, characters that break things do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import text
from rules.refusal import Refused

# What occurs in course names: Chinese, Latin in both widths, marks, spaces of several kinds.
NAMES = st.text(
    alphabet="专业技术职业修养2012Ａａé《》〈“”·•・ \u3000\u200b-（）()ﬁ㎡", max_size=20
)


@pytest.mark.parametrize("name", ["𠮷田·买买提", "欧阳•示例", "é", "\ue000", "零宽\u200b连字", ""])
def test_rare_characters_of_names_are_fine(name: str) -> None:
    assert text.check(name, most=20) == ()


@pytest.mark.parametrize("wrong", ["\x00", "\x07", "\n", "\t", "\ud800", "\u202e", "\u2028"])
def test_a_character_that_cannot_be_stored_or_seen_is_refused_with_its_place(wrong: str) -> None:
    assert text.check(f"网络{wrong}安全", most=20) == (Refused("CHARACTER", {"position": 3}),)


@pytest.mark.parametrize("fine", ["\n", "\r", "\t"])
def test_lines_and_tabs_are_fine_where_lines_are_expected(fine: str) -> None:
    assert text.check(f"第一行{fine}第二行", most=20, lines=True) == ()


def test_a_nul_is_refused_where_lines_are_expected_too() -> None:
    assert text.check("\x00", most=20, lines=True) == (Refused("CHARACTER", {"position": 1}),)


def test_a_text_is_measured_in_characters_not_in_bytes() -> None:
    assert text.check("𠮷" * 5, most=5) == ()
    assert text.check("𠮷" * 6, most=5) == (Refused("TEXT_TOO_LONG", {"most": 5, "length": 6}),)


@pytest.mark.parametrize("nothing", [None, "", "  ", "\u3000\n", "\u200b", "《 》"])
def test_a_text_of_nothing_one_can_read_is_blank(nothing: str | None) -> None:
    assert text.blank(nothing)


def test_a_single_character_is_not_blank() -> None:
    assert not text.blank(" 字 ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("《公共危机管理》", "公共危机管理"),
        ("〈公共危机管理〉", "“公共危机管理”"),
        ("公共 危机\u3000管理", "公共危机管理\n"),
        ("Ｐｙｔｈｏｎ 编程", "PYTHON编程"),
        ("幸福广州•低碳广州", "幸福广州·低碳广州"),
        ("幸福广州・低碳广州", "幸福广州·低碳广州"),
        ("继续教育（一）", "继续教育(一)"),
        ("Stra\u00dfe", "STRASSE"),
    ],
)
def test_two_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert text.fold(one) == text.fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("公共危机管理一", "公共危机管理二"), ("课程1.0", "课程10"), ("C", "C++")],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert text.fold(one) != text.fold(other)


@given(NAMES)
def test_folding_twice_changes_nothing_more(name: str) -> None:
    assert text.fold(text.fold(name)) == text.fold(name)


@given(NAMES)
def test_a_book_title_folds_like_its_name(name: str) -> None:
    assert text.fold(f" 《{name}》 ") == text.fold(name)
