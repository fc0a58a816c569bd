"""What the workbench saves: every cell is text to a spreadsheet, and none is a formula."""

import base64
import csv
import io
import json
import shutil
import subprocess
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema import pages
from schema.graphiql import fetch

NODE = shutil.which("node")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DANGEROUS = tuple("=+-@\t\r\n\0＝＋－＠")
DRIVER = """
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
globalThis.fflate = createRequire('/')(process.argv[1]);
const made = JSON.parse(readFileSync(0)).map(data => {
  const rows = table(data);
  return [rows, csv(rows), Buffer.from(xlsx(rows)).toString('base64')];
});
console.log(JSON.stringify(made));
"""
needs_node = pytest.mark.skipif(
    not (NODE and fetch.complete()), reason="needs node and the files npm brings"
)


def saved(*answers: Any) -> list[tuple[list[list[Any]], str, bytes]]:
    """Table, CSV and XLSX of each answer, made by the very file the browser loads."""
    assert NODE
    source = (pages.HERE / "sheet.js").read_text(encoding="utf-8") + DRIVER
    command = [NODE, "--input-type=module", "-e", source, str(fetch.VENDOR / "fflate.js")]
    done = subprocess.run(
        command, input=json.dumps(answers), capture_output=True, text=True, check=True
    )
    return [(rows, text, base64.b64decode(data)) for rows, text, data in json.loads(done.stdout)]


def cells(data: bytes) -> list[list[tuple[str, str]]]:
    """Type and value of each cell of an XLSX."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        for name in file.namelist():
            ElementTree.fromstring(file.read(name))
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row]
        for row in sheet.iter(f"{MAIN}row")
    ]


@needs_node
def test_the_rows_are_the_first_list_of_objects_and_columns_are_paths() -> None:
    nodes = [
        {"id": "a", "person": {"name": "张三"}, "hours": "6.5", "files": [{"n": 1}, {"n": 2}]},
        {"id": "b", "person": None, "hours": None, "files": [], "tags": ["x", "y"]},
    ]

    ((rows, text, data),) = saved({"records": {"pageInfo": {"next": True}, "nodes": nodes}})

    assert rows == [
        ["id", "person.name", "hours", "files.n", "person", "files", "tags"],
        ["a", "张三", "6.5", "1; 2", "", "", ""],
        ["b", "", "", "", "", "", "x; y"],
    ]
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == rows
    assert [[value for _, value in row] for row in cells(data)] == rows


@needs_node
def test_an_answer_without_a_list_is_one_row_and_numbers_stay_numbers() -> None:
    ((rows, _, data),) = saved({"viewer": {"login": "person", "count": 3, "late": False}})

    assert rows == [["viewer.login", "viewer.count", "viewer.late"], ["person", 3, False]]
    assert cells(data)[1] == [("inlineStr", "person"), ("n", "3"), ("inlineStr", "false")]


@needs_node
@pytest.mark.parametrize("sign", DANGEROUS, ids=lambda sign: f"U+{ord(sign):04X}")
def test_a_cell_that_a_spreadsheet_would_calculate_is_text(sign: str) -> None:
    text = f'{sign}HYPERLINK("//x","y")'

    ((_, made, data),) = saved({"rows": [{"a": text}]})

    assert list(csv.reader(io.StringIO(made.removeprefix("\ufeff"), newline="")))[1] == ["'" + text]
    assert cells(data)[1][0][0] == "inlineStr"


@needs_node
def test_more_columns_than_letters_are_named_as_excel_names_them() -> None:
    ((_, _, data),) = saved({"rows": [{f"c{n}": n for n in range(703)}]})

    with zipfile.ZipFile(io.BytesIO(data)) as file:
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    names = [cell.get("r") for cell in next(sheet.iter(f"{MAIN}row"))]
    assert [names[n] for n in (0, 25, 26, 51, 701, 702)] == [
        "A1",
        "Z1",
        "AA1",
        "AZ1",
        "ZZ1",
        "AAA1",
    ]


TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from(DANGEROUS + tuple("\",'\ud800_x")))


@needs_node
@settings(max_examples=25, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=60))
def test_whatever_the_text_it_comes_back_and_is_no_formula(texts: list[str]) -> None:
    ((_, made, data),) = saved({"rows": [{"a": text} for text in texts]})

    lines = csv.reader(io.StringIO(made.removeprefix("\ufeff"), newline=""))
    read = [(row or [""])[0] for row in lines][1:]
    assert not any(value.startswith(DANGEROUS) for value in read)
    assert [kind for kind, _ in (row[0] for row in cells(data)[1:])] == ["inlineStr"] * len(texts)
    plain = [text for text in texts if not text.startswith(DANGEROUS) and text.isprintable()]
    assert set(plain) <= set(read)
