"""What a certificate of cycle verification (周期验证) says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from printing import wording
from printing.table import Row

NAME = "周期验证"
COLUMNS = (
    ("年度", 32.0),
    ("公需课", 25.0),
    ("专业课", 25.0),
    ("其他", 25.0),
    ("总学时", 25.0),
    ("应完成", 26.0),
)
PARTS = ("public", "professional", "elective", "total")
DISCIPLINES = {"natural": "自然科学类", "social": "社会科学类"}
UNBINDING = (
    "说明：申报当年周期验证的规定不具约束力，本证书所载结论仅供参考，"
    "不作为已按规定完成周期验证的证明。"
)
SUPPLEMENT = "标＊者为申报当年截至申报之日所修学时，按规定补充计入。"
RECOUNTED = "本证书所载学时为审核通过后经更正重新统计的结果。"


def sentence(data: Mapping[str, Any]) -> str:
    """What is certified."""
    courses = data["courses"]
    return (
        f"在 {wording.years(data['years'])}的验证周期内参加专业技术人员继续教育，核定学时共 "
        f"{data['hours']['total']}，应完成 {data['required']}；修读公需课 "
        f"{courses['public']['had']} 门、专业课 {courses['professional']['had']} 门，应各不少于 "
        f"{'、'.join(dict.fromkeys(each['needed'] for each in courses.values()))} 门。"
        f"经审核，周期验证结论为{wording.VERDICTS[data['verdict']]}。"
    )


def facts(data: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """What it was for, when, and who decided."""
    target = data["target"]
    series = f"（{target['series']}）" if target["series"] else ""
    return (
        ("拟申报资格", f"{target['title']}{series}"),
        ("学科专业", DISCIPLINES[data["discipline"]]),
        ("申报日期", wording.short_day(data["appliedOn"])),
        ("核定日期", wording.short_day(data["approvedOn"])),
        ("审核机构", " → ".join(data["bodies"])),
    )


def rows(data: Mapping[str, Any]) -> Iterator[Row]:
    """Year by year, the current one where it was added, and all together."""
    for each in data["figures"]:
        had = [each["hours"][part] for part in PARTS]
        year = f"{each['year']}{' ＊' if each['supplement'] else ''}"
        yield Row([year, *had, each["needed"].get("total", "—")])
    yield Row(["合计", *(data["hours"][part] for part in PARTS), data["required"]])


def basis(data: Mapping[str, Any]) -> Iterator[str]:
    """By which rules, and what they are worth."""
    if data["supplement"]:
        yield SUPPLEMENT
    yield f"验证依据：{wording.rule(data['rule'])}"
    for years, text in wording.by_year(data["figures"]):
        yield f"学时标准：{wording.years(years)}，{text}"
    if data["recounted"]:
        yield RECOUNTED
    if not data["binding"]:
        yield UNBINDING
