"""What a certificate of annual verification (年度验证) says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from printing import wording
from printing.table import Row

NAME = "年度验证"
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
UNBINDING = (
    "说明：{years}的学时标准对当年不具约束力，本证书所载该年度结论仅供参考，"
    "不作为已按规定完成年度验证的证明。"
)


def sentence(data: Mapping[str, Any]) -> str:
    """What is certified."""
    return (
        f"{wording.years(data['years'])}参加专业技术人员继续教育，所修学时经审核计入，按规定验证，"
        f"结论为{wording.VERDICTS[data['verdict']]}。各项学时如下："
    )


def facts(data: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Nothing but the figures."""
    return ()


def rows(data: Mapping[str, Any]) -> Iterator[Row]:
    """Year by year: the hours there are, and those the rule asks for."""
    for each in data["figures"]:
        had = [each["hours"].get(part, "—") for part in PARTS]
        needed = [each["needed"].get(part, "—") for part in PARTS]
        yield Row([str(each["year"]), "核定", *had, wording.VERDICTS[each["verdict"]]])
        yield Row(["", "规定（不少于）", *needed, ""], soft=True, new=False)


def basis(data: Mapping[str, Any]) -> Iterator[str]:
    """By which rule, and what it is worth."""
    for years, text in wording.by_year(data["figures"]):
        yield f"验证依据：{wording.years(years)}，{text}"
    loose = [each["year"] for each in data["figures"] if not each["binding"]]
    if loose:
        yield UNBINDING.format(years=wording.years(loose))
