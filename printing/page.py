"""The page of a certificate (验证证书): made of the signed data and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from printing import annual, cycle, font, table, wording
from printing.sheet import FAINT, GHOST, GOLD, INK, LINE, RED, SOFT, WASH, WIDTH, Sheet
from workflow import signature
from workflow.signature import Signed

TALLEST, TABLE, LOWEST = 60.0, 10.6, 186.0  # of rows, of a table without them; where it ends
LEAD, CODE = 6.2, 213.0  # between facts; where the code begins
LONG = 75  # characters of a statement that are set smaller
SIZES = (8.5, 7.5, 6.5, 5.5)  # of the basis: the largest that ends above the code
ATTACHED = "certificate.jws"
TITLE = "广州市专业技术人员继续教育验证证书"
LEFT, INNER = 26.0, WIDTH - 52.0
KINDS: Mapping[str, Any] = {"annual": annual, "cycle": cycle}
SPELT = "姓名中以〔U+…〕标示的字，字库尚未收录，括号内为该字的统一码，以身份证件为准。"
SIGNED = "本证书以电子签名为准，不另盖印章。签名数据附于本文件内（certificate.jws），可离线核验。"
CHECK = "扫描二维码或打开下列网址即可验真；是否已被撤销，以网上查询结果为准。"


@lru_cache(maxsize=64)
def pdf(token: str) -> bytes:
    """The certificate as a file; the same token, the same bytes."""
    told = signature.read(token)
    made = datetime.fromisoformat(told.data["issuedOn"]).replace(tzinfo=UTC)
    sheet = Sheet(characters=_characters(told.data), made=made)
    sheet.set_lang("zh-CN")
    sheet.set_title(f"{TITLE} {told.data['number']}")
    sheet.set_author(told.data["issuer"])
    sheet.embed_file(
        bytes=token.encode(), basename=ATTACHED, mime_type="application/jose", creation_date=made
    )
    _ground(sheet, demo=told.data["demo"])
    _head(sheet, told.data)
    _body(sheet, told.data)
    _foot(sheet, told)
    return bytes(sheet.output())


def _characters(data: Mapping[str, Any]) -> str:
    """Everything that is not ours to word."""
    kind = KINDS[data["kind"]]
    said = [text for _, text in kind.facts(data)]
    return "".join([data["name"], data["issuer"], *said, *kind.basis(data)])


def _ground(sheet: Sheet, *, demo: bool) -> None:
    """Frames, rosette, and the word that says it is not real."""
    sheet.set_fill_color(*WASH)
    sheet.rect(12, 12, WIDTH - 24, 273, style="F")
    sheet.rosette(WIDTH / 2, 150, 66, petals=24, colour=FAINT)
    sheet.frame(9, weight=1.1, colour=GOLD)
    sheet.frame(11, weight=0.25, colour=GOLD)
    sheet.frame(14, weight=0.25, colour=LINE)
    for x in (14.0, WIDTH - 14):
        for y in (14.0, 283.0):
            sheet.rosette(x, y, 5.2, petals=10, colour=GOLD)
    if demo:
        with sheet.rotation(38, WIDTH / 2, 150):
            sheet.write_at(0, 128, WIDTH, "演示 DEMO", size=92, colour=GHOST, align="C")


def _head(sheet: Sheet, data: Mapping[str, Any]) -> None:
    """Title, kind, number."""
    sheet.write_at(LEFT, 32, INNER, TITLE, size=25, colour=RED, align="C", bold=True)
    sheet.rule(WIDTH / 2 - 30, 48, 60, weight=0.5, colour=GOLD)
    sheet.rule(WIDTH / 2 - 30, 49, 60, weight=0.15, colour=GOLD)
    kind = f"{KINDS[data['kind']].NAME}　{wording.years(data['years'])}"
    sheet.write_at(LEFT, 53, INNER, kind, size=14, align="C")
    number = f"证书编号　{data['number']}"
    sheet.write_at(LEFT, 62, INNER, number, size=10, colour=SOFT, face="sans", align="C")


def _body(sheet: Sheet, data: Mapping[str, Any]) -> None:
    """The statement, what it was for, the table, and the rules; few lines are set less densely."""
    kind = KINDS[data["kind"]]
    rows, facts = list(kind.rows(data)), kind.facts(data)
    lower = max(0.0, 12 - 1.5 * len(rows)) if not facts else 0.0
    y = _statement(sheet, data, kind.sentence(data), (72 if facts else 76) + lower)
    y = _facts(sheet, facts, y + 2) if facts else y + lower / 2
    tallest = min(TALLEST, LOWEST - y - TABLE)
    y = table.draw(sheet, kind.COLUMNS, rows, x=LEFT, top=y + 3, tallest=tallest)
    _basis(sheet, data, kind.basis(data), y + (3 if facts else 4))


def _statement(sheet: Sheet, data: Mapping[str, Any], text: str, y: float) -> float:
    """Who, what, and with which result."""
    sheet.write_at(LEFT, y + 2.4, 24, "兹证明", size=13)
    sheet.write_at(LEFT + 22, y, 60, data["name"], size=20, align="C", bold=True)
    sheet.rule(LEFT + 22, y + 11, 60, weight=0.25, colour=LINE)
    number = f"（身份证件号码：{data['maskedNumber']}）"
    sheet.write_at(LEFT + 85, y + 2.8, INNER - 85, number, size=11, colour=SOFT)
    size = 13 if len(text) < LONG else 12
    return sheet.write_lines(LEFT, y + 15, INNER, text, size=size, spacing=0.7)


def _facts(sheet: Sheet, facts: Sequence[tuple[str, str]], y: float) -> float:
    """Label and value, two beside each other, the last across the page."""
    *pairs, last = facts
    for place, (label, text) in enumerate(pairs):
        x = LEFT + place % 2 * INNER / 2
        _fact(sheet, x, y + place // 2 * LEAD, INNER / 2, label, text)
    y += (len(pairs) + 1) // 2 * LEAD
    _fact(sheet, LEFT, y, INNER, *last)
    return y + LEAD


def _fact(sheet: Sheet, x: float, y: float, width: float, label: str, text: str) -> None:
    """A label in grey and what it names."""
    sheet.write_at(x, y + 0.7, 22, label, size=9, colour=SOFT, face="sans")
    sheet.write_at(x + 22, y, width - 24, text, size=11)


def _basis(sheet: Sheet, data: Mapping[str, Any], basis: Iterable[str], y: float) -> None:
    """By which rule, where it is written, and what it is worth."""
    lines = list(basis)
    if font.spelt(data["name"]) != data["name"]:
        lines.append(SPELT)
    size = next(
        (each for each in SIZES if y + sheet.height(lines, INNER, size=each) < CODE), SIZES[-1]
    )
    for line in lines:
        colour = RED if line.startswith("说明") else SOFT
        y = sheet.write_lines(
            LEFT, y, INNER, line, size=size, colour=colour, face="sans", spacing=0.55
        )


def _foot(sheet: Sheet, told: Signed) -> None:
    """The code to check it by, who issued it, and the signature."""
    data = told.data
    sheet.qr(LEFT - 2, CODE, 38, data["check"])
    sheet.write_at(LEFT - 2, 251.5, 38, "扫码验真", size=9, colour=SOFT, face="sans", align="C")
    right, width = LEFT + 62, INNER - 62
    sheet.write_at(right, 218, width, "发证机构", size=9, colour=SOFT, face="sans", align="C")
    sheet.write_at(right, 224, width, data["issuer"], size=14, align="C", bold=True)
    sheet.rule(right + 6, 233.5, width - 12, weight=0.25, colour=LINE)
    sheet.write_at(right, 237, width, wording.day(data["issuedOn"]), size=12, align="C")
    key = f"Ed25519 密钥 {told.key_id.hex}"
    sheet.write_at(right, 246, width, key, size=7, colour=SOFT, face="sans", align="C")
    mark = signature.encoded(told.signature)
    for place, part in enumerate((mark[:43], mark[43:])):
        sheet.write_at(
            right, 250 + 3.4 * place, width, part, size=7, colour=SOFT, face="sans", align="C"
        )
    y = sheet.write_lines(LEFT, 262, INNER, CHECK, size=8, colour=SOFT, face="sans")
    y = sheet.write_lines(LEFT, y, INNER, data["check"], size=8, colour=INK, face="sans")
    sheet.write_lines(LEFT, y, INNER, SIGNED, size=8, colour=SOFT, face="sans")
