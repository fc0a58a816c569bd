"""Documents: their normal form, and masks under which enough numbers still fit."""

from datetime import date

import pytest

from rules import document
from rules.document import Document, DocumentType
from rules.refusal import Refused


@pytest.mark.parametrize(
    ("kind", "written", "number", "standard", "strict"),
    [
        ("citizen", "440106198506080012", None, "4401**********0012", "440" + "*" * 15),
        ("citizen", "440106800101003", "440106198001010035", "4401**********0035", None),
        ("passport", " e1234567８", "E12345678", "E*******8", "E" + "*" * 8),
        ("taiwan", "12345678", "12345678", "1******8", "1" + "*" * 7),
    ],
)
def test_a_document_has_one_number_and_two_masks(
    kind: str, written: str, number: str | None, standard: str, strict: str | None
) -> None:
    found = document.document(DocumentType(kind), written)

    assert isinstance(found, Document)
    assert found.number == (number or written)
    assert (found.standard, found.strict) == (standard, strict or found.strict)


@pytest.mark.parametrize(
    ("kind", "written", "refused"),
    [
        ("citizen", "440106198506080013", Refused("CHECK_DIGIT")),
        ("passport", "E1234", Refused("LENGTH", {"lengths": [6, 18], "length": 5})),
        ("passport", "E" * 19, Refused("LENGTH", {"lengths": [6, 18], "length": 19})),
        ("passport", "E12_4567", Refused("CHARACTER", {"position": 4})),
    ],
)
def test_a_wrong_number_is_refused(kind: str, written: str, refused: Refused) -> None:
    assert document.document(DocumentType(kind), written) == refused


def test_nobody_is_born_after_today_and_no_printed_form_tells_a_number() -> None:
    fine = document.document(DocumentType.CITIZEN, "440106198506080012", today=date(1985, 6, 8))
    early = document.document(DocumentType.CITIZEN, "440106198506080012", today=date(1985, 6, 7))

    assert "440106" not in repr(fine)
    assert early == Refused("DATE_IMPOSSIBLE")
