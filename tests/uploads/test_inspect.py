"""What kind of file this is: by its ends, and said so that the sender knows what to do."""

from typing import Any

import pytest

from rules.refusal import Refused
from tests.factories import file
from uploads import inspect

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"


def checked(content: bytes, expected: str) -> Refused | None:
    head, tail = content[: inspect.HEAD], content[-inspect.TAIL :]
    return inspect.check(head=head, tail=tail, expected=expected)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (file.pdf(), PDF),
        (file.pdf() + b"\r\n" * 100, PDF),
        (file.jpeg(), JPEG),
        (file.jpeg() + b"\0" * 500, JPEG),
        (file.png(), PNG),
        (file.png() + b"\n", PNG),
    ],
)
def test_a_whole_file_of_the_promised_kind_passes(content: bytes, expected: str) -> None:
    assert checked(content, expected) is None


@pytest.mark.parametrize(
    ("content", "expected", "code", "data"),
    [
        (b"MZ" + b"x" * 300, PDF, "FILE_TYPE", {"allowed": ["PDF", "JPEG", "PNG"]}),
        (b"PK\3\4" + file.pdf(), PDF, "FILE_TYPE", {"allowed": ["PDF", "JPEG", "PNG"]}),
        (b"<svg/>", PNG, "FILE_TYPE", {"allowed": ["PDF", "JPEG", "PNG"]}),
        (file.png(), PDF, "FILE_TYPE_DIFFERS", {"found": "PNG", "expected": "PDF"}),
        (file.pdf(), JPEG, "FILE_TYPE_DIFFERS", {"found": "PDF", "expected": "JPEG"}),
        (file.pdf()[:-7], PDF, "FILE_INCOMPLETE", {"type": "PDF", "ending": "%%EOF"}),
        (file.pdf() + b"x" * 1024, PDF, "FILE_INCOMPLETE", {"type": "PDF", "ending": "%%EOF"}),
        (file.jpeg()[:-1], JPEG, "FILE_INCOMPLETE", {"type": "JPEG", "ending": "FF D9"}),
        (file.jpeg() + b"x", JPEG, "FILE_INCOMPLETE", {"type": "JPEG", "ending": "FF D9"}),
        (file.png()[:-1], PNG, "FILE_INCOMPLETE", {"type": "PNG", "ending": "IEND"}),
    ],
)
def test_anything_else_is_refused_with_what_would_be_right(
    content: bytes, expected: str, code: str, data: dict[str, Any]
) -> None:
    assert checked(content, expected) == Refused(code, data)
