"""Annual verification: the golden verdicts, the explanation, what would make it pass."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import amount, annual, figures, regulation
from rules.annual import Reason, Requirement, Verdict
from rules.course import CourseCategory
from rules.figures import Entry, Figures
from tests.golden import table

HOURS = st.integers(0, 1500).map(lambda tenths: Decimal(tenths) / 10)


def totals(total: Any, public: Any, professional: Any) -> Figures:
    return Figures(
        total_hours=Decimal(total),
        public_hours=Decimal(public),
        professional_hours=Decimal(professional),
    )


def judged(found: Figures, year: int = 2012) -> annual.AnnualVerdict:
    return annual.judge(found, year=year, policy=regulation.current().annual(year))


@table.each("annual")
def test_a_year_is_judged_as_the_golden_table_says(row: table.Row) -> None:
    found = totals(row["total_hours"], row["public_hours"], row["professional_hours"])

    result = judged(found, int(row["year"]))

    assert amount.written(found.elective_hours) == row["elective_hours"]
    assert result.verdict == Verdict(row["verdict"])
    assert result.binding is (row["binding"] == "yes")
    for code, column in (
        (Requirement.TOTAL_HOURS, "short_total"),
        (Requirement.PUBLIC_HOURS, "short_public"),
        (Requirement.PROFESSIONAL_HOURS, "short_professional"),
    ):
        assert amount.written(result.missing(code)) == row[column]


@pytest.mark.parametrize(
    ("total", "public", "professional"),
    [("71.9", "18.0", "42.0"), ("72.0", "17.9", "42.0"), ("72.0", "18.0", "41.9")],
)
def test_a_tenth_of_an_hour_short_of_one_rule_fails(
    total: str, public: str, professional: str
) -> None:
    assert judged(totals(total, public, professional)).verdict == Verdict.FAIL


@pytest.mark.parametrize(
    ("year", "verdict"), [(2012, "pass"), (2020, "pass"), (2021, "fail"), (2026, "fail")]
)
def test_the_thresholds_of_2012_are_not_enough_from_2021(year: int, verdict: str) -> None:
    assert judged(totals("72.0", "18.0", "42.0"), year).verdict == verdict


def test_a_what_if_with_the_rule_of_another_year_is_not_binding() -> None:
    later = regulation.current().annual(2021)

    assert not annual.judge(totals(90, 30, 42), year=2020, policy=later).binding
    assert annual.judge(totals(90, 30, 42), year=2021, policy=later).binding


# Missing 18 in all: 6 public and 12 professional fill it; missing 63: 3 are left for any kind.
@pytest.mark.parametrize(
    ("figures_of_year", "remedy"),
    [
        (totals("54.0", "12.0", "30.0"), ("6.0", "12.0", "0.0")),
        (totals("9.0", "0.0", "0.0"), ("18.0", "42.0", "3.0")),
        (totals("90.0", "0.0", "90.0"), ("18.0", "0.0", "0.0")),
        (totals("72.0", "18.0", "42.0"), ("0.0", "0.0", "0.0")),
    ],
)
def test_the_remedy_is_the_least_that_passes(
    figures_of_year: Figures, remedy: tuple[str, str, str]
) -> None:
    found = judged(figures_of_year).remedy

    assert tuple(amount.written(hours) for hours in found.values()) == remedy


@given(HOURS, HOURS, HOURS)
def test_whoever_follows_the_remedy_passes(
    public: Decimal, professional: Decimal, elective: Decimal
) -> None:
    before = totals(public + professional + elective, public, professional)
    remedy = judged(before).remedy

    after = totals(
        before.total_hours + sum(remedy.values()),
        public + remedy["public"],
        professional + remedy["professional"],
    )

    assert judged(after).verdict == Verdict.PASS
    assert (sum(remedy.values()) == 0) is (judged(before).verdict == Verdict.PASS)


@given(HOURS, HOURS, HOURS)
def test_more_hours_never_turn_a_pass_into_a_fail(
    public: Decimal, professional: Decimal, elective: Decimal
) -> None:
    before = judged(totals(public + professional + elective, public, professional))
    more = judged(totals(public + professional + elective + 1, public + 1, professional))

    assert before.verdict == Verdict.FAIL or more.verdict == Verdict.PASS


ENTRIES = (
    Entry(
        record_id="c",
        course_name="岭南文化传承",
        category=CourseCategory.ELECTIVE,
        ends_on=date(2012, 1, 5),
        approved=True,
        approved_hours=Decimal("8.0"),
    ),
    Entry(
        record_id="a",
        course_name="公共危机管理",
        category=CourseCategory.PUBLIC,
        ends_on=date(2012, 3, 1),
        approved=True,
        approved_hours=Decimal("12.0"),
        deleted=True,
    ),
    Entry(
        record_id="b",
        course_name="公共危机管理",
        category=CourseCategory.PUBLIC,
        ends_on=date(2012, 3, 1),
        approved=False,
        approved_hours=None,
    ),
    Entry(
        record_id="d",
        course_name="专业",
        category=CourseCategory.PROFESSIONAL,
        ends_on=date(2011, 12, 31),
        approved=True,
        approved_hours=Decimal("28.0"),
    ),
)


def test_every_record_is_listed_with_the_reason_it_counts_or_not() -> None:
    lines = annual.explain(ENTRIES, year=2012)

    assert [(line.record_id, line.reason, amount.written(line.hours)) for line in lines] == [
        ("d", Reason.OTHER_YEAR, "0.0"),
        ("c", Reason.COUNTED, "8.0"),
        ("a", Reason.DELETED, "0.0"),
        ("b", Reason.NOT_APPROVED, "0.0"),
    ]


def test_the_lines_add_up_to_the_figures() -> None:
    found = figures.figures(ENTRIES, year=2012)
    lines = annual.explain(ENTRIES, year=2012)

    assert sum(line.hours for line in lines) == found.total_hours == Decimal("8.0")


def test_the_explanation_is_plain_data_and_the_same_whatever_the_order() -> None:
    policy = regulation.current().annual(2012)
    found = figures.figures(ENTRIES, year=2012)

    one = annual.judge(found, year=2012, policy=policy, entries=ENTRIES).as_data()
    other = annual.judge(found, year=2012, policy=policy, entries=ENTRIES[::-1]).as_data()

    assert json.dumps(one) == json.dumps(other)
    assert json.loads(json.dumps(one)) == one


def test_the_explanation_names_rule_policy_figures_and_remedy() -> None:
    data = judged(totals("54.0", "12.0", "30.0"), 2026).as_data()

    assert data == {
        "year": 2026,
        "verdict": "fail",
        "binding": True,
        "policy": {
            "id": "annual.guangdong.2021",
            "jurisdiction": "guangdong",
            "source": "gdjxjy.com/m/view.php?aid=2828",
            "unsourced": False,
            "hoursPerDay": "8.0",
        },
        "figures": {
            "totalHours": "54.0",
            "publicHours": "12.0",
            "professionalHours": "30.0",
            "electiveHours": "12.0",
            "publicCourses": 0,
            "professionalCourses": 0,
            "days": "6.8",  # 54 / 8 = 6.75
        },
        "rules": [
            {"code": "TOTAL_HOURS", "needed": "90.0", "had": "54.0", "missing": "36.0",
             "met": False},
            {"code": "PUBLIC_HOURS", "needed": "30.0", "had": "12.0", "missing": "18.0",
             "met": False},
            {"code": "PROFESSIONAL_HOURS", "needed": "42.0", "had": "30.0", "missing": "12.0",
             "met": False},
        ],
        "remedy": {"public": "18.0", "professional": "12.0", "any": "6.0"},
        "records": [],
    }  # fmt: skip


def test_a_record_is_explained_in_plain_words_of_data() -> None:
    data = judged_with_entries()["records"][1]

    assert data == {
        "recordId": "c",
        "category": "elective",
        "counted": True,
        "hours": "8.0",
        "reason": "COUNTED",
    }


def judged_with_entries() -> dict[str, Any]:
    policy = regulation.current().annual(2012)
    return annual.judge(Figures(), year=2012, policy=policy, entries=ENTRIES).as_data()
