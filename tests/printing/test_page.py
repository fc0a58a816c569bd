"""The page shows what was signed, in fonts it brings along, with the same bytes each time."""

import io
import re
from collections.abc import Iterator

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from printing import font, page
from tests.factories.certificate import token
from workflow import signature

RARE, ABSENT = "𠮷", "\U0002a6d0"  # one only the large font has, one that no font here has


def text(content: bytes) -> str:
    """The text of the only page."""
    with pypdfium2.PdfDocument(content) as document:
        assert len(document) == 1
        found: str = document[0].get_textpage().get_text_bounded()
    return found


def picture(content: bytes, scale: float = 2.0) -> Image.Image:
    with pypdfium2.PdfDocument(content) as document:
        drawn: Image.Image = document[0].render(scale=scale).to_pil()
    return drawn


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    page.pdf.cache_clear()
    yield


def test_every_signed_word_stands_on_it() -> None:
    signed = token()
    data = signature.read(signed).data

    found = text(page.pdf(signed))

    for said in (
        "广州市专业技术人员继续教育验证证书", "张小三", data["maskedNumber"], data["number"],
        "96.5", "48.5", "90.0", "42.0", "通过", data["issuer"], "二〇二六年十一月二十五日",
        data["check"], "annual.guangdong.2021", "gdjxjy.com",
    ):  # fmt: skip
        assert said in found
    assert "演示" not in found and "不具约束力" not in found


def test_a_demo_says_so_across_the_page() -> None:
    assert "演示 DEMO" in text(page.pdf(token(demo=True)))


def test_a_year_whose_rules_did_not_bind_says_so() -> None:
    assert "不具约束力" in text(page.pdf(token(years=(2011,), binding=False)))


def test_a_cycle_with_its_supplement_fits_above_the_code() -> None:
    found = text(page.pdf(token(years=tuple(range(2016, 2021)), binding=False, name=ABSENT)))

    for said in (
        "周期验证", "2016—2020 年度", "高级工程师（工程技术人员）", "自然科学类", "450.0",
        "2021年3月6日", "2021年5月18日", "广州市示例局", "2021 ＊", "标＊者", "不具约束力",
        "经更正重新统计", "cycle.guangzhou.2021", "穗人社函〔2012〕272号",
    ):  # fmt: skip
        assert said in found
    assert all(str(year) in found for year in range(2016, 2022))


def test_the_longest_basis_ends_above_the_code() -> None:
    signed = token(years=tuple(range(2016, 2021)), binding=False, name=f"{RARE}{ABSENT}")

    with pypdfium2.PdfDocument(page.pdf(signed)) as document:
        words = document[0].get_textpage()
        lowest = words.search("以身份证件为准").get_next()
        assert lowest is not None
        bottom = min(words.get_charbox(lowest[0] + each)[1] for each in range(lowest[1]))

    assert bottom > (297 - 213) / 25.4 * 72  # points from below


def test_the_same_data_make_the_same_bytes() -> None:
    signed = token(name=f"张{RARE}")

    first = page.pdf(signed)
    page.pdf.cache_clear()

    assert page.pdf(signed) == first


def test_the_code_leads_to_the_check() -> None:
    signed = token()

    (code,) = zxingcpp.read_barcodes(picture(page.pdf(signed)))

    assert code.text == signature.read(signed).data["check"]


def test_fonts_are_brought_along_and_only_as_far_as_needed() -> None:
    content = page.pdf(token())

    assert content.count(b"/FontFile3") >= 2
    assert b"/BaseFont /MPDFAA+NotoSerifSC" in content
    assert len(content) < 400_000  # the fonts are 20 MB


@pytest.mark.parametrize("name", ["张三", "㛃", "䶮", "𬭎", RARE, "欧阳·买买提", "Mei Lin"])
def test_a_rare_character_is_drawn_and_not_a_box(name: str) -> None:
    content = page.pdf(token(name=name))

    assert name in text(content)
    assert "统一码" not in text(content)
    assert (b"NotoSansCJK" in content) == (name == RARE)


def test_a_character_no_font_has_is_spelt_out_and_explained() -> None:
    found = text(page.pdf(token(name=f"张{ABSENT}")))

    assert "张〔U+2A6D0〕" in found
    assert "以身份证件为准" in found


def test_no_text_ever_reaches_a_font_that_lacks_it(caplog: pytest.LogCaptureFixture) -> None:
    page.pdf(token(name=f"{RARE}{ABSENT}张\N{THAI CHARACTER KO KAI}"))

    assert "missing" not in caplog.text


def test_a_rare_character_looks_like_itself() -> None:
    """The two differ, and neither is the empty box of a missing glyph."""
    names = ("𠮷", "𠮟", "口")
    boxes = [
        picture(page.pdf(token(name=name))).crop((272, 470, 612, 545)).tobytes() for name in names
    ]

    assert len({*boxes}) == len(names)


def test_the_signed_data_are_attached() -> None:
    signed = token()

    with pypdfium2.PdfDocument(io.BytesIO(page.pdf(signed))) as document:
        attached = document.get_attachment(0)
        assert attached.get_name() == "certificate.jws"
        assert bytes(attached.get_data()).decode() == signed


def test_the_fonts_have_every_character_of_gb_18030_in_the_basic_plane() -> None:
    ideographs = {*range(0x3400, 0x4DB6), *range(0x4E00, 0x9FA6)}

    assert ideographs <= font.known(font.serif())


def test_nothing_of_this_machine_stands_in_it() -> None:
    content = page.pdf(token(name=RARE))

    assert not re.search(rb"/tmp|/home|/work|rare\.otf", content)
