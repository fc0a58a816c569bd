"""Cycle verification: the golden verdicts, the supplement, the explanation, what would pass."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import amount, cycle, explanation, period
from rules.annual import Verdict
from rules.course import CourseCategory
from rules.cycle import CycleVerdict, Reason, Requirement, Tally
from rules.figures import Entry, Figures
from rules.period import Application, Cycle
from rules.person import Discipline, PersonGroup
from tests.golden import table

ENTRIES = st.lists(
    st.builds(
        Entry,
        record_id=st.uuids().map(str),
        course_name=st.sampled_from(["公共危机管理", "《公共危机管理》", "岭南文化传承", "测量"]),
        category=st.sampled_from(CourseCategory),
        ends_on=st.dates(date(2006, 1, 1), date(2013, 12, 31)),
        approved=st.booleans(),
        approved_hours=st.decimals(min_value="0.1", max_value="150.0", places=1),
        deleted=st.sampled_from([False, False, False, True]),
    ),
    max_size=25,
)
CYCLES = st.builds(
    lambda applied, qualified, group, discipline: period.cycle(
        Application(applied=applied, qualified=qualified, person_group=group, discipline=discipline)
    ),
    st.dates(date(2012, 1, 1), date(2012, 12, 31)),
    st.dates(date(2005, 1, 1), date(2011, 12, 31)),
    st.sampled_from(PersonGroup),
    st.sampled_from(Discipline),
).filter(lambda found: isinstance(found, Cycle))


def cycle_of(applied: str, qualified: str, group: str = "general") -> Cycle:
    found = period.cycle(
        Application(
            applied=date.fromisoformat(applied),
            qualified=date.fromisoformat(qualified),
            person_group=PersonGroup(group),
            discipline=Discipline.NATURAL,
        )
    )
    assert isinstance(found, Cycle)
    return found


def entry(name: str, category: str, ends_on: str, hours: str, **more: Any) -> Entry:
    given: dict[str, Any] = {
        "record_id": name,
        "course_name": name,
        "category": CourseCategory(category),
        "ends_on": date.fromisoformat(ends_on),
        "approved": True,
        "approved_hours": Decimal(hours),
    }
    return Entry(**(given | more))


def judged(entries: Sequence[Entry], found: Cycle) -> CycleVerdict:
    return cycle.judge(cycle.tally(entries, found), found, entries=entries)


def courses(prefix: str, category: str, number: int, year: int) -> list[Entry]:
    return [entry(f"{prefix}{each}", category, f"{year}-06-01", "0.1") for each in range(number)]


def filled(hours: str, public: int, professional: int, year: int) -> list[Entry]:
    """Records of one year with these hours in all, and these numbers of courses."""
    taught = [
        *courses("公", "public", public, year),
        *courses("专", "professional", professional, year),
    ]
    rest = Decimal(hours) - sum(each.approved_hours or 0 for each in taught)
    return [*taught, entry("其他", "elective", f"{year}-06-01", str(rest))]


@table.each("supplement")
def test_the_current_year_is_added_as_the_golden_table_says(row: table.Row) -> None:
    found = cycle_of(row["applied"], f"{row['first_year']}-01-01", row["person_group"])
    before = filled(
        row["cycle_hours"],
        int(row["cycle_public_courses"]),
        int(row["cycle_professional_courses"]),
        int(row["first_year"]),
    )
    inside = date.fromisoformat(row["record_ends_on"]).year <= found.last_year
    category = row["record_category"]
    name = "新" if row["record_is_new_course"] == "yes" else {"public": "公0"}.get(category, "x")
    more = entry("record", category, row["record_ends_on"], row["record_hours"], course_name=name)

    verdict = judged(before if inside else [*before, more], found)

    assert amount.written(found.required) == row["required_hours"]
    assert verdict.supplement_used is (row["supplement_used"] == "yes")
    assert amount.written(verdict.figures.total_hours) == row["counted_hours"]
    assert str(verdict.figures.public_courses) == row["counted_public_courses"]
    assert str(verdict.figures.professional_courses) == row["counted_professional_courses"]
    assert verdict.verdict == Verdict(row["verdict"])
    assert [each.missing for each in verdict.findings] == [
        Decimal(row["short_hours"]),
        Decimal(row["short_public_courses"]),
        Decimal(row["short_professional_courses"]),
    ]


@table.each("hours", where=lambda row: row["scope"] == "cycle")
def test_a_cycle_is_judged_as_the_golden_table_says(row: table.Row) -> None:
    found = cycle_of(f"{int(row['last_year']) + 1}-03-01", f"{row['first_year']}-01-01")
    given = Figures(
        total_hours=Decimal(row["total_hours"]),
        public_hours=Decimal(row["public_hours"]),
        professional_hours=Decimal(row["professional_hours"]),
        public_courses=int(row["public_courses"]),
        professional_courses=int(row["professional_courses"]),
    )

    verdict = cycle.judge(Tally(alone=given, supplemented=given), found)

    assert amount.written(found.required) == row["required_hours"]
    assert verdict.verdict == Verdict(row["verdict"])


def test_a_course_of_two_years_adds_one_to_the_cycle_as_the_golden_table_says() -> None:
    rows = table.rows("courses")
    found = cycle_of("2012-03-01", "2007-01-01")
    entries = [
        entry(row["id"], row["category"], f"{row['year']}-06-01", "1.0", course_name=row["subject"])
        for row in rows
    ]

    verdict = judged(entries, found)

    new = {line.record_id: "yes" if line.new_course else "no" for line in verdict.lines}
    assert new == {row["id"]: row["new_in_cycle"] for row in rows}
    assert (verdict.figures.public_courses, verdict.figures.professional_courses) == (7, 3)


def test_years_without_records_are_zero_in_the_yearly_table() -> None:
    found = cycle_of("2012-03-01", "2010-01-01")

    years = cycle.tally([entry("a", "public", "2012-02-01", "6.0")], found).years

    assert {year: each.total_hours for year, each in years.items()} == {
        2010: 0,
        2011: 0,
        2012: Decimal("6.0"),
    }


# The rules told once more, from L664–672: by days and sets instead of by places and tallies.
@given(ENTRIES, CYCLES)
def test_a_verdict_is_that_of_the_regulation(entries: list[Entry], found: Cycle) -> None:
    applied = found.application.applied
    in_time = [e for e in entries if e.approved and not e.deleted and e.ends_on <= applied]
    alone = [e for e in in_time if e.ends_on.year in range(found.first_year, found.last_year + 1)]
    now = [e for e in in_time if e.ends_on.year == applied.year and e not in alone]

    def enough(counted: list[Entry]) -> bool:
        def distinct(category: CourseCategory) -> int:
            names = {e.course_name.strip("《》") for e in counted if e.category == category}
            return len(names)

        return (
            sum(e.approved_hours or 0 for e in counted) >= found.required
            and distinct(CourseCategory.PUBLIC) >= 2
            and distinct(CourseCategory.PROFESSIONAL) >= 2
        )

    verdict = judged(entries, found)

    supplemented = not enough(alone) and bool(now)
    counted = alone + now if supplemented else alone
    assert verdict.supplement_used is supplemented
    assert (verdict.verdict is Verdict.PASS) is enough(counted)
    assert {line.record_id for line in verdict.lines if line.reason in cycle.COUNTING} == {
        e.record_id for e in counted
    }


@given(ENTRIES, CYCLES)
def test_the_lines_add_up_to_the_figures(entries: list[Entry], found: Cycle) -> None:
    verdict = judged(entries, found)
    new = [line.category for line in verdict.lines if line.new_course]

    assert sum(line.hours for line in verdict.lines) == verdict.figures.total_hours
    assert new.count(CourseCategory.PUBLIC) == verdict.figures.public_courses
    assert new.count(CourseCategory.PROFESSIONAL) == verdict.figures.professional_courses
    assert len(verdict.lines) == len(entries)


@given(ENTRIES, CYCLES)
def test_whoever_follows_the_remedy_passes_and_nothing_less_would_do(
    entries: list[Entry], found: Cycle
) -> None:
    before = judged(entries, found)
    public, professional = Requirement.PUBLIC_COURSES, Requirement.PROFESSIONAL_COURSES
    needed = dict(before.remedy)

    def followed(hours: Decimal, wanted: dict[Requirement, Decimal]) -> Verdict:
        """New courses of the day of the application; what is left of the hours is elective."""
        day = found.application.applied.isoformat()
        new = [
            entry(f"新{code}{each}", category, day, "0.0")
            for code, category in ((public, "public"), (professional, "professional"))
            for each in range(int(wanted[code]))
        ]
        return judged([*entries, *new, entry("补", "elective", day, str(hours))], found).verdict

    hours = needed[Requirement.TOTAL_HOURS]
    assert followed(hours, needed) is Verdict.PASS
    assert any(needed.values()) is (before.verdict is Verdict.FAIL)
    if hours:
        assert followed(hours - amount.STEP, needed) is Verdict.FAIL
    for code in (public, professional):
        if needed[code]:
            assert followed(hours, needed | {code: needed[code] - 1}) is Verdict.FAIL


@given(ENTRIES, CYCLES)
def test_the_order_of_the_records_does_not_matter(entries: list[Entry], found: Cycle) -> None:
    one, other = judged(entries, found), judged(entries[::-1], found)

    assert json.dumps(explanation.of_verdict(one)) == json.dumps(explanation.of_verdict(other))


FOUND = cycle_of("2012-06-15", "2010-05-01")  # 2010 and 2011: 144 hours
RECORDS = [
    entry("early", "public", "2009-12-31", "6.0"),
    entry("counted", "public", "2010-01-01", "100.0"),
    entry("again", "public", "2011-12-31", "20.0", course_name="《counted》"),
    entry("deleted", "professional", "2011-03-01", "6.0", deleted=True),
    entry("waiting", "professional", "2011-04-01", "6.0", approved=False, approved_hours=None),
    entry("current", "professional", "2012-06-15", "8.0"),
    entry("late", "elective", "2012-06-16", "8.0"),
]


def test_every_record_is_listed_with_the_reason_it_counts_or_not() -> None:
    lines = judged(RECORDS, FOUND).lines

    assert [(each.record_id, each.reason, each.new_course) for each in lines] == [
        ("early", Reason.BEFORE_CYCLE, False),
        ("counted", Reason.COUNTED, True),
        ("deleted", Reason.DELETED, False),
        ("waiting", Reason.NOT_APPROVED, False),
        ("again", Reason.COUNTED, False),
        ("current", Reason.SUPPLEMENT, True),
        ("late", Reason.AFTER_APPLICATION, False),
    ]


def test_a_cycle_that_passes_leaves_the_current_year_out_and_says_so() -> None:
    entries = [*filled("144.0", 2, 2, 2010), entry("current", "public", "2012-03-01", "24.0")]

    verdict = judged(entries, FOUND)

    assert (verdict.verdict, verdict.supplement_used) == (Verdict.PASS, False)
    assert verdict.figures.total_hours == Decimal("144.0")
    assert verdict.lines[-1].reason is Reason.SUPPLEMENT_NOT_NEEDED
    assert verdict.lines[-1].hours == 0


def test_in_the_second_window_nothing_is_ever_added_whatever_is_handed_in() -> None:
    second = cycle_of("2012-07-07", "2008-11-01")
    short, more = Figures(total_hours=Decimal("350.0")), Figures(total_hours=Decimal("374.0"))

    verdict = cycle.judge(Tally(alone=short, supplemented=more), second)

    assert not second.supplement_open
    assert (verdict.supplement_used, verdict.figures) == (False, short)


@pytest.mark.parametrize(
    ("hours", "public", "professional", "short"),
    [
        ("143.9", 2, 2, Requirement.TOTAL_HOURS),
        ("144.0", 1, 2, Requirement.PUBLIC_COURSES),
        ("144.0", 2, 1, Requirement.PROFESSIONAL_COURSES),
    ],
)
def test_one_step_short_of_one_rule_fails(
    hours: str, public: int, professional: int, short: Requirement
) -> None:
    verdict = judged(filled(hours, public, professional, 2011), FOUND)

    assert verdict.verdict is Verdict.FAIL
    assert [each.code for each in verdict.findings if not each.met] == [short]


def test_the_explanation_says_all_a_verdict_rests_on() -> None:
    data = explanation.of_verdict(judged(RECORDS, FOUND))

    assert json.loads(json.dumps(data)) == data
    assert {name: data[name] for name in ("firstYear", "lastYear", "begin", "end", "closes")} == {
        "firstYear": 2010,
        "lastYear": 2011,
        "begin": "TITLE_YEAR",
        "end": "FIRST_WINDOW",
        "closes": "2012-06-30",
    }
    assert [(each["year"], each["needed"], each["policy"]["id"]) for each in data["years"]] == [
        (2010, "72.0", "cycle_year.guangzhou.2008"),
        (2011, "72.0", "cycle_year.guangzhou.2008"),
    ]
    assert (data["required"], data["verdict"], data["binding"]) == ("144.0", "fail", True)
    assert (data["supplementOpen"], data["supplementUsed"]) == (True, True)
    assert (data["alone"]["totalHours"], data["figures"]["totalHours"]) == ("120.0", "128.0")
    assert data["figures"]["days"] == "21.3"  # 128 / 6 = 21.33
    assert data["rules"][1] == {
        "code": "PUBLIC_COURSES",
        "needed": "2",
        "had": "1",
        "missing": "1",
        "met": False,
    }
    assert data["remedy"] == {
        "TOTAL_HOURS": "16.0",
        "PUBLIC_COURSES": "1",
        "PROFESSIONAL_COURSES": "1",
    }
    assert [each["year"] for each in data["table"]] == [2010, 2011, 2012]
    assert data["records"][1] == {
        "recordId": "counted",
        "category": "public",
        "counted": True,
        "hours": "100.0",
        "reason": "COUNTED",
        "newCourse": True,
    }
    assert (data["policy"]["id"], data["window"]["id"]) == (
        "cycle.guangzhou.2012",
        "window.guangzhou",
    )
