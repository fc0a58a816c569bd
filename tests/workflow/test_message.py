"""The catalogue: complete in both languages, and every code in use has its sentence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workflow import message

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("models", "resolvers", "rules", "schema", "uploads", "workers", "workflow")
MADE = re.compile(r'(?:Refused|Unanswerable|Unfit)\(\s*"([A-Z_]+)"')


def used() -> dict[str, str]:
    """Every code that is written down somewhere, and where."""
    return {
        code: path.name
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for code in MADE.findall(path.read_text(encoding="utf-8"))
    }


def test_both_languages_say_the_same_things_with_the_same_data() -> None:
    chinese, english = (message.catalogue(language) for language in message.LANGUAGES)

    assert chinese.keys() == english.keys()
    for key, text in english.items():
        assert message.placeholders(chinese[key]) == message.placeholders(text), key


def test_every_code_in_use_has_a_sentence() -> None:
    missing = {code: where for code, where in used().items() if code not in message.codes()}

    assert missing == {}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-TW,en;q=0.5", "zh-CN"),
        ("en;q=0.1,zh;q=0.2", "zh-CN"),
        ("de,fr;q=0.5", "zh-CN"),
        ("en;q=0", "zh-CN"),
        ("en;q=x", "zh-CN"),
        ("*", "zh-CN"),
    ],
)
def test_the_language_is_the_best_we_have(header: str, language: str) -> None:
    assert message.negotiate(header) == language


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "该业务已办结（审核同意(结案)），不能再办理。"),
        ("en", "This case is over (approved) and accepts nothing more."),
    ],
)
def test_words_of_ours_are_said_in_the_language_of_the_sentence(language: str, said: str) -> None:
    assert message.sentence("CLOSED", {"status": "approved"}, language)[:4] == said[:4]


def test_lists_have_their_comma_and_a_missing_datum_shows_as_a_gap() -> None:
    assert message.worded({}, "x", ["a", "b"], "zh-CN") == "a、b"
    assert message.sentence("BAD_USER_INPUT", {}, "en").count("…") == 2


@pytest.mark.parametrize(
    ("must", "bounds", "said"),
    [
        ("between", {"least": 1, "most": 100}, ("应在 1 至 100 之间", "it must be from 1 to 100.")),
        ("id_of", {"types": ("Task", "Case")}, ("Task、Case 的编号", "an id of Task, Case.")),
        ("unknown {argument}", {}, ("unknown {argument}", "unknown {argument}")),
    ],
)
def test_a_word_is_told_with_its_own_data_and_what_was_sent_is_left_as_it_is(
    must: str, bounds: dict[str, Any], said: tuple[str, str]
) -> None:
    data = {"argument": "first", "must": must, **bounds}

    for language, text in zip(message.LANGUAGES, said, strict=True):
        assert text in message.sentence("BAD_USER_INPUT", data, language)


def reasons() -> Iterator[str]:
    """What an argument must be, wherever one is refused."""
    for path in (*ROOT.glob("resolvers/*.py"), *ROOT.glob("schema/*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                place = {"bad_input": 1, "refuse": 0}.get(call.func.id)
                given = [each.value for each in call.keywords if each.arg == "must"]
                for one in given if place is None else [call.args[place]]:
                    if isinstance(one, ast.Constant):
                        yield str(one.value)


def test_every_reason_of_a_wrong_argument_is_in_the_catalogue_and_in_use() -> None:
    told = {key.removeprefix("must.") for key in message.catalogue("en") if key[:5] == "must."}

    assert set(reasons()) == told


def test_a_key_stands_in_one_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.xx.toml").write_text('TWICE = "x"\n', encoding="utf-8")
    monkeypatch.setattr(message, "FOLDER", tmp_path)

    with pytest.raises(ValueError, match="TWICE"):
        message.catalogue("xx")
