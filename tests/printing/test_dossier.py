"""The dossier on paper: every word of its data, page after page, with the data attached."""

from typing import Any

import pypdfium2
import pytest

from models.read import Connection
from printing import dossier as pages
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories.city import City
from tests.factories.dossier import case_of, decided, dossier_of, exported
from workflow import digest


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


def texts(content: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def without_breaks(content: bytes) -> str:
    return "".join("".join(texts(content)).split())


async def test_what_was_decided_by_whom_stands_on_it(city: City) -> None:
    told = await dossier_of(city, await decided(city))

    found = without_breaks(pages.pdf(told))

    for said in (
        "办案卷宗", "个人参加继续教育情况申报", "审核同意(结案)", "按证书核定。", "30.0→24.0",
        "证书.pdf", "未发现病毒", "ab" * 32, "hospital", told["sha256"],
    ):  # fmt: skip
        assert said in found
    assert all(event["hash"] in found for event in told["dossier"]["history"]["events"])


async def test_every_page_says_which_of_how_many_it_is(city: City) -> None:
    await cycles.peopled(city)
    await cycles.studied(city)
    application_id = await cycles.submitted(city)
    await cycles.climbed(city, application_id)

    found = texts(pages.pdf(await dossier_of(city, await case_of(application_id))))

    assert len(found) >= 3
    assert all(f"{number} / {len(found)}" in text for number, text in enumerate(found, 1))


async def test_an_english_reader_gets_english(city: City) -> None:
    told = await exported(city, "handler", await decided(city), language="en")
    assert not isinstance(told, Refused)

    found = " ".join("".join(texts(pages.pdf(told))).split())

    assert "Case dossier" in found and "Chain of events" in found
    assert "as it was handed in last" in found and "办案卷宗" not in found


async def test_the_data_are_attached_as_they_were_exported(city: City) -> None:
    told = await dossier_of(city, await decided(city))

    with pypdfium2.PdfDocument(pages.pdf(told)) as document:
        (file,) = [document.get_attachment(0)]
        content, name = bytes(file.get_data()), file.get_name()

    assert name == "dossier.json"
    assert digest.digest(told["dossier"]).encode() in content


async def test_a_remark_longer_than_a_page_goes_on_overleaf(city: City) -> None:
    told = await dossier_of(city, await decided(city))
    told["dossier"]["timeline"][1]["remark"] = "长" * 3000

    assert without_breaks(pages.pdf(told)).count("长") == 3000


async def test_a_broken_chain_is_said_on_paper(city: City) -> None:
    told: dict[str, Any] = await dossier_of(city, await decided(city))
    told["dossier"]["problems"] = ["event 2 breaks the chain of hashes"]

    found = without_breaks(pages.pdf(told))

    assert "event2breaksthechain" in found and "事件编号连续" not in found
