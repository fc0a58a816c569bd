"""Cycle verification, as clients see it."""

from datetime import date
from decimal import Decimal

import strawberry

from resolvers import cycle
from rules.annual import Verdict
from rules.course import CourseCategory
from rules.cycle import Reason, Requirement
from rules.period import Begin, End
from rules.person import Discipline, PersonGroup
from rules.title import CycleBusiness
from schema.field import named, published, stored
from schema.title import Title
from schema.training import Warning

named(
    Requirement,
    "CycleRule",
    "A rule of the cycle.",
    TOTAL_HOURS="Hours of all its years together (累计总学时).",
    PUBLIC_COURSES="Distinct public courses (公需课门数).",
    PROFESSIONAL_COURSES="Distinct professional courses (专业课门数).",
)
named(
    Reason,
    "CycleReason",
    "Why a record counts in a cycle, or why not.",
    COUNTED="It counts in the cycle.",
    SUPPLEMENT="It counts as supplement of the current year (当年补充).",
    SUPPLEMENT_NOT_NEEDED="It is of the current year, which is not needed.",
    BEFORE_CYCLE="It ended before the cycle.",
    AFTER_APPLICATION="It ended after the application.",
    NOT_APPROVED="It is not approved.",
    DELETED="It is deleted.",
)
named(
    Begin,
    "CycleBegin",
    "Why a cycle begins with its first year.",
    TITLE_YEAR="It is the year of the present title, which counts whole.",
    LONGEST_CYCLE="More years would be too many: the last ones count.",
)
named(
    End,
    "CycleEnd",
    "Why a cycle ends with its last year.",
    FIRST_WINDOW="Applied up to 30 June: the year before.",
    SECOND_WINDOW="Applied after 30 June: the year of the application.",
    EXEMPT_GROUP="Teachers and health workers: always the year before.",
)
named(
    CycleBusiness,
    "CycleBusiness",
    "The two yearly businesses of cycle verification (复验业务).",
    TO_INTERMEDIATE="For targets up to intermediate level (初、中级职称复验).",
    TO_SENIOR="For senior targets (中级晋升副高、副高晋升正高职称复验).",
)
published(
    cycle.CycleFiguresInput,
    "CycleFiguresInput",
    "Hours and courses of a span, typed in by hand.",
    total_hours="Total hours (总学时).",
    public_courses="Distinct public courses (公需课门数).",
    professional_courses="Distinct professional courses (专业课门数).",
)
published(
    cycle.CyclePreviewInput,
    "CyclePreviewInput",
    "An application nobody has made. What is not given is taken from the person, if one is named.",
    person_id="Oneself, or somebody one may read: profile and approved records are his.",
    applied="Date of the application (申报时间); today unless given.",
    qualified="Date of the present title (现专业技术资格取得时间), or of the start of work.",
    discipline="Discipline (所属学科专业).",
    person_group="Person group (人员类别); general unless given.",
    target_title="Code of the title applied for (拟申报资格).",
    figures="Figures of the cycle, instead of the records of a person.",
    current_year="Figures of the year of the application besides; its courses are new ones.",
)


@strawberry.type(description="One year of a cycle, and the hours it asks for.")
class CycleYear:
    year: int = stored("The year.")
    needed: Decimal = stored("Hours it asks for.")
    policy: str = stored("Name of the row of the regulation that says so.")
    document: str | None = stored("Title of the document behind the number, where it is known.")
    source: str = stored("Where the number is written, or was read.")
    unsourced: bool = stored("Is the number ours, without a document (无出处)?")
    sentence: str = stored("The same in words.")


@strawberry.type(description="Hours and courses of a span.")
class CycleFigures:
    year: int | None = stored("The calendar year, where it is one.")
    total_hours: Decimal = stored("Total hours (总学时).")
    public_hours: Decimal | None = stored("Public hours (公需课学时); null for typed figures.")
    professional_hours: Decimal | None = stored(
        "Professional hours (专业课学时); null for typed figures."
    )
    elective_hours: Decimal | None = stored("Elective hours (其他学时); null for typed figures.")
    public_courses: int = stored("Distinct public courses (公需课门数).")
    professional_courses: int = stored("Distinct professional courses (专业课门数).")
    days: Decimal = stored("Total hours in days (培训天数).")


@strawberry.type(description="One rule of the cycle applied.")
class CycleFinding:
    code: Requirement = stored("Which rule.")
    needed: Decimal = stored("Hours or courses needed.")
    had: Decimal = stored("Hours or courses there.")
    missing: Decimal = stored("Hours or courses short (差额).")
    met: bool = stored("Is it met?")
    sentence: str = stored("The same in words.")


@strawberry.type(description="One record, and whether it counts in the cycle.")
class CycleLine:
    record_id: strawberry.ID | None = stored("The record, if one may read it.")
    course_name: str | None = stored("Its course (培训科目), if one may read it.")
    ends_on: date | None = stored("Its end (参训结束时间), if one may read it.")
    category: CourseCategory = stored("Its category.")
    counted: bool = stored("Does it count?")
    new_course: bool = stored("Does it add a course to the cycle? A repeated one does not.")
    hours: Decimal = stored("With how many hours.")
    reason: Reason = stored("Why, or why not.")
    sentence: str = stored("The same in words.")


@strawberry.type(description="The verdict on the figures of a cycle.")
class CycleJudgement:
    verdict: Verdict = stored("Pass or fail.")
    supplement_used: bool = stored("Was the current year added (当年补充)?")
    figures: CycleFigures = stored("What was judged.")
    alone: CycleFigures = stored("The cycle without the current year.")
    table: list[CycleFigures] = stored(
        "Year by year (年度培训情况列表), that of the application too; empty for typed figures."
    )
    findings: list[CycleFinding] = stored("Rule by rule.")
    lines: list[CycleLine] = stored("Record by record, the oldest first.")
    remedy: str | None = stored("The least that would make it pass, in words.")


@strawberry.type(description="The years of an application and why, and the verdict (验证说明).")
class CycleExplanation:
    first_year: int = stored("First year of the cycle (验证年度).")
    last_year: int = stored("Last year of the cycle.")
    begin: Begin = stored("Why it begins so.")
    end: End = stored("Why it ends so.")
    years: list[CycleYear] = stored("What each year asks for.")
    required_hours: Decimal = stored("Hours needed together.")
    supplement_open: bool = stored("May the current year be added, where the cycle does not pass?")
    binding: bool = stored("Do the rules bind, or is it only for information?")
    unsourced: bool = stored("Is any of the numbers ours, without a document (无出处)?")
    document: str | None = stored("Title of the document behind the rules, where it is known.")
    source: str = stored("Where the rules are written, or were read.")
    reasons: list[str] = stored("In words: why these years, and what else one must know.")
    judgement: CycleJudgement | None = stored("The verdict; null without records and figures.")


@strawberry.type(description="What an application for cycle verification would come to.")
class CyclePreview:
    applied: date = stored("Date of the application (申报时间).")
    qualified: date = stored("Date of the present title (现专业技术资格取得时间).")
    discipline: Discipline = stored("Discipline (所属学科专业).")
    person_group: PersonGroup = stored("Person group (人员类别).")
    target: Title | None = stored("The title applied for (拟申报资格).")
    business: CycleBusiness | None = stored("The yearly business that takes it.")
    explanation: CycleExplanation = stored("Years, hours, and the verdict.")
    warnings: list[Warning] = stored("What deserves a second look.")
