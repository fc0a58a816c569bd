"""The command `rules check`: what it prints, and the status it ends with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rules import check
from rules.check import main
from tests.golden.table import HERE
from tests.test_main import run

HEADER = "id,kind,input,expected,note\n"

Written = Callable[[str], str]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A file of examples with this text; its path."""

    def write(text: str) -> str:
        path = tmp_path / "mine.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


NO_SETTINGS: Any = None


def test_tables_that_agree_end_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(NO_SETTINGS, ["check", *map(str, sorted(HERE.glob("*.csv")))])

    out = capsys.readouterr().out
    assert status == 0
    assert out.count("\n") == 9 == out.count("0 differ")
    assert "supplement.csv: supplement of the current year; 11 rows, 121 cells agree" in out


def test_a_table_that_differs_ends_with_1_and_says_where(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "L1,pages,21,5,\nL2,pages,21,4,\nL3,pages,x,4,\nL4,weekday,2012-07-01,,\n"
    path = written(HEADER + rows)

    status = main(NO_SETTINGS, ["check", path])

    assert status == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{path}: pages, dates, businesses; 4 rows, 1 cells agree, 3 differ",
        "  L2 expected: the table says 4, the rules say 5",
        "  L3: cannot be computed: 'x' is no number",
        "  L4 expected: the table says nothing, the rules say 星期日",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (HEADER, "has no rows below its columns"),
        (HEADER + "\n,,\n", "has no rows below its columns"),
        (HEADER + 'L1,pages,"21', "cannot be read"),
        ("id,kind,input\nL1,pages,21\n", "Nearest is pages, dates, businesses; missing: expected."),
        ("id,kind,input\nL1,pages,21\n", "\n  professional titles: code, series, title, level\n"),
    ],
)
def test_a_file_that_is_no_table_ends_with_2_and_says_what_is_expected(
    written: Written, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    status = main(NO_SETTINGS, ["check", written(text)])

    assert status == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_not_there_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(NO_SETTINGS, ["check", str(HERE / "lists.csv"), "nowhere.csv"])

    assert status == 2
    assert "nowhere.csv: cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["check"], ["list", "lists.csv"]])
def test_without_a_file_the_command_says_how_it_is_called(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(NO_SETTINGS, arguments) == 2
    assert capsys.readouterr().err == f"{check.USAGE}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_of_spreadsheets_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes(f"{HEADER}D1,weekday,2011-07-07,星期四\r\n".encode(encoding))

    assert main(NO_SETTINGS, ["check", str(path)]) == 0


def test_bytes_of_no_known_writing_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(b"\xff\xff\xff")

    assert main(NO_SETTINGS, ["check", str(path)]) == 2


def test_a_line_break_within_a_cell_is_no_new_row(written: Written) -> None:
    path = written(HEADER + 'L1,pages,21,5,"first\nsecond"\n')

    assert main(NO_SETTINGS, ["check", path]) == 0


@pytest.mark.parametrize(("expected", "status"), [("5", 0), ("4", 1)])
def test_the_status_is_that_of_the_process(written: Written, expected: str, status: int) -> None:
    answer = run("rules", "check", written(f"{HEADER}L1,pages,21,{expected},\n"))

    assert (answer.returncode, answer.stderr) == (status, "")
