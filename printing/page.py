"""The page of a certificate (验证证书): made of the signed data and nothing else."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from printing import font
from printing.sheet import FAINT, GHOST, GOLD, INK, LINE, RED, SOFT, WASH, WIDTH, Sheet
from workflow import signature
from workflow.signature import Signed

ATTACHED = "certificate.jws"
TITLE = "广州市专业技术人员继续教育验证证书"
LEFT, INNER = 26.0, WIDTH - 52.0
KINDS = {"annual": "年度验证", "cycle": "周期验证"}
VERDICTS = {"pass": "通过", "fail": "不通过"}
COLUMNS = (
    ("年度", 22.0),
    ("学时", 24.0),
    ("公需课", 24.0),
    ("专业课", 24.0),
    ("其他", 22.0),
    ("总学时", 22.0),
    ("结论", 20.0),
)
PARTS = ("public", "professional", "elective", "total")
ROW, TALLEST = 7.6, 60.0  # of a line of the table, and of all but its head
DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
UNBINDING = (
    "说明：{years}的学时标准对当年不具约束力，本证书所载该年度结论仅供参考，"
    "不作为已按规定完成年度验证的证明。"
)
UNSOURCED = "该标准由本系统设定，无出处。"
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
    lower = max(0.0, 12 - 3 * len(told.data["figures"]))  # few years are set less densely
    end = _table(sheet, told.data, _statement(sheet, told.data, 76 + lower) + lower / 2)
    _basis(sheet, told.data, end + 4)
    _foot(sheet, told)
    return bytes(sheet.output())


def _characters(data: Mapping[str, Any]) -> str:
    """Everything that is not ours to word."""
    sources = [each["rule"]["source"] for each in data["figures"]]
    return "".join([data["name"], data["issuer"], *sources])


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
    kind = f"{KINDS[data['kind']]}　{_years(data['years'])}"
    sheet.write_at(LEFT, 53, INNER, kind, size=14, align="C")
    number = f"证书编号　{data['number']}"
    sheet.write_at(LEFT, 62, INNER, number, size=10, colour=SOFT, face="sans", align="C")


def _statement(sheet: Sheet, data: Mapping[str, Any], y: float) -> float:
    """Who, what, and with which result."""
    sheet.write_at(LEFT, y + 2.4, 24, "兹证明", size=13)
    sheet.write_at(LEFT + 22, y, 60, data["name"], size=20, align="C", bold=True)
    sheet.rule(LEFT + 22, y + 11, 60, weight=0.25, colour=LINE)
    number = f"（身份证件号码：{data['maskedNumber']}）"
    sheet.write_at(LEFT + 85, y + 2.8, INNER - 85, number, size=11, colour=SOFT)
    text = (
        f"{_years(data['years'])}参加专业技术人员继续教育，所修学时经审核计入，按规定验证，"
        f"结论为{VERDICTS[data['verdict']]}。各项学时如下："
    )
    return sheet.write_lines(LEFT, y + 15, INNER, text, size=13, spacing=0.72)


def _table(sheet: Sheet, data: Mapping[str, Any], top: float) -> float:
    """Year by year: the hours there are, and those the rule asks for."""
    height = min(ROW, TALLEST / (2 * len(data["figures"])))
    y = top + 3
    sheet.rule(LEFT, y, INNER, weight=0.5, colour=GOLD)
    _row(sheet, y, ROW, [name for name, _ in COLUMNS], soft=True)
    y += ROW
    for each in data["figures"]:
        had = [each["hours"].get(part, "—") for part in PARTS]
        needed = [each["needed"].get(part, "—") for part in PARTS]
        sheet.rule(LEFT, y, INNER, weight=0.2, colour=LINE)
        _row(sheet, y, height, [str(each["year"]), "核定", *had, VERDICTS[each["verdict"]]])
        _row(sheet, y + height, height, ["", "规定（不少于）", *needed, ""], soft=True)
        y += 2 * height
    sheet.rule(LEFT, y, INNER, weight=0.5, colour=GOLD)
    return y


def _row(
    sheet: Sheet, y: float, height: float, cells: Sequence[str], *, soft: bool = False
) -> None:
    """One line of the table."""
    x, size = LEFT, (9.5 if soft else 11.5) * min(1.0, height / ROW + 0.1)
    colour, face = (SOFT, "sans") if soft else (INK, "serif")
    for text, (_, width) in zip(cells, COLUMNS, strict=True):
        top = y + (height - size * 0.5) / 2
        sheet.write_at(x + 1, top, width - 2, text, size=size, colour=colour, face=face, align="C")
        x += width


def _basis(sheet: Sheet, data: Mapping[str, Any], y: float) -> None:
    """By which rule, where it is written, and what it is worth."""
    told: dict[str, list[int]] = {}
    for each in data["figures"]:
        unsourced = UNSOURCED if each["rule"]["unsourced"] else ""
        text = f"政策条目 {each['rule']['id']}，出处：{each['rule']['source']}。{unsourced}"
        told.setdefault(text, []).append(each["year"])
    lines = [f"验证依据：{_years(years)}，{text}" for text, years in told.items()]
    loose = [each["year"] for each in data["figures"] if not each["binding"]]
    if loose:
        lines.append(UNBINDING.format(years=_years(loose)))
    if font.spelt(data["name"]) != data["name"]:
        lines.append(SPELT)
    for line in lines:
        colour = RED if line.startswith("说明") else SOFT
        y = sheet.write_lines(LEFT, y, INNER, line, size=8.5, colour=colour, face="sans") + 1


def _foot(sheet: Sheet, told: Signed) -> None:
    """The code to check it by, who issued it, and the signature."""
    data = told.data
    sheet.qr(LEFT - 2, 213, 38, data["check"])
    sheet.write_at(LEFT - 2, 251.5, 38, "扫码验真", size=9, colour=SOFT, face="sans", align="C")
    right, width = LEFT + 62, INNER - 62
    sheet.write_at(right, 218, width, "发证机构", size=9, colour=SOFT, face="sans", align="C")
    sheet.write_at(right, 224, width, data["issuer"], size=14, align="C", bold=True)
    sheet.rule(right + 6, 233.5, width - 12, weight=0.25, colour=LINE)
    sheet.write_at(right, 237, width, _day(data["issuedOn"]), size=12, align="C")
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


def _years(years: Sequence[int]) -> str:
    """2026 年度, or 2021—2025 年度."""
    if len(years) == 1:
        return f"{years[0]} 年度"
    together = list(years) == list(range(years[0], years[-1] + 1))
    return f"{years[0]}—{years[-1]} 年度" if together else f"{'、'.join(map(str, years))} 年度"


def _day(iso: str) -> str:
    """二〇二六年十一月二十五日."""
    year, month, day = iso.split("-")
    return f"{year.translate(DIGITS)}年{_count(int(month))}月{_count(int(day))}日"


def _count(number: int) -> str:
    """A number up to 31 as it is said."""
    tens, ones = divmod(number, 10)
    said = "" if not tens else ("十" if tens == 1 else f"{'〇一二三'[tens]}十")
    return said + (str(ones).translate(DIGITS) if ones else "")
