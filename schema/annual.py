"""Annual results, as clients see them."""

from datetime import datetime
from decimal import Decimal

import strawberry

from resolvers import annual, person
from resolvers import filter as conditions
from rules.annual import Reason, Requirement, Verdict
from rules.course import CourseCategory
from schema import filter
from schema.field import answered_by, named, published, stored
from schema.node import Node
from schema.person import Person
from schema.role import REVIEWERS, SUPERIORS
from schema.training import TrainingRecord

named(
    Verdict,
    "Verdict",
    "What the rules say of figures.",
    PASS="Pass (通过).",
    FAIL="Fail (不通过).",
)
named(
    Requirement,
    "AnnualRule",
    "A rule of the year.",
    TOTAL_HOURS="Total hours (总学时).",
    PUBLIC_HOURS="Public hours (公需课学时).",
    PROFESSIONAL_HOURS="Professional hours (专业课学时).",
)
named(
    Reason,
    "CountingReason",
    "Why a record counts in a year, or why not.",
    COUNTED="It counts.",
    DELETED="It is deleted.",
    NOT_APPROVED="It is not approved.",
    OTHER_YEAR="It ended in another year.",
)
published(
    conditions.Draft,
    "AnnualDraft",
    "Minimums of a year that are not in force: what if they were?",
    total_hours="Total hours (总学时).",
    public_hours="Public hours (公需课学时).",
    professional_hours="Professional hours (专业课学时).",
)
published(
    annual.AnnualResultFilter,
    "AnnualResultFilter",
    "Which results.",
    {
        "name": REVIEWERS,
        "employer": SUPERIORS,
        "person_group": REVIEWERS,
        "changed_under": REVIEWERS,
    },
    person="Whose.",
    name="Name of the person.",
    employer="Present employer of the person.",
    year="Which year.",
    verdict="Pass or fail.",
    person_group="Present person group of the person (人员类别).",
    changed_under="Those whose verdict would be another under a draft (政策试算).",
    **filter.JOINED,
)
named(
    annual.AnnualResultOrderField,
    "AnnualResultOrderField",
    "What results are ordered by.",
    YEAR="Year.",
    TOTAL_HOURS="Total hours.",
    NAME="Name of the person.",
)
published(
    annual.AnnualResultOrder,
    "AnnualResultOrder",
    "One level of the order of results.",
    field="What by.",
    direction="Which way.",
)
published(
    annual.RecalculateInput,
    "RecalculateInput",
    "A person whose years shall be judged anew (重新统计学时).",
    person_id="The person.",
    idempotency_key="The same key, the same answer.",
)


@strawberry.type(description="One rule of the year applied.")
class AnnualFinding:
    code: Requirement = stored("Which rule.")
    needed: Decimal = stored("Hours needed.")
    had: Decimal = stored("Hours there.")
    missing: Decimal = stored("Hours short (差额).")
    met: bool = stored("Is it met?")
    sentence: str = stored("The same in words.")


@strawberry.type(description="One record, and whether it counts in the year.")
class AnnualLine:
    record: TrainingRecord | None = answered_by(annual.record, "The record, if still readable.")
    category: CourseCategory = stored("Its category.")
    counted: bool = stored("Does it count?")
    hours: Decimal = stored("With how many hours.")
    reason: Reason = stored("Why, or why not.")
    sentence: str = stored("The same in words.")


@strawberry.type(description="Everything a verdict rests on (验证说明).")
class AnnualExplanation:
    findings: list[AnnualFinding] = stored("Rule by rule.")
    lines: list[AnnualLine] = stored("Record by record.")
    days: Decimal = stored("Total hours in days (培训天数).")
    remedy: str | None = stored("The least that would make it pass, in words.")
    document: str | None = stored("Title of the document behind them, where it is known.")
    source: str = stored("Where the numbers are written, or were read.")
    unsourced: bool = stored("Are the numbers ours, without a document (无出处)?")


@strawberry.type(description="Yearly totals of a person and the verdict on them (年度验证).")
class AnnualResult(Node):
    person: Person = answered_by(person.person, "Whose year.")
    year: int = stored("The year.")
    number: int = stored("Number of this snapshot; each recalculation that differs adds one.")
    total_hours: Decimal = stored("Total hours (总学时).")
    public_hours: Decimal = stored("Public hours (公需课学时).")
    professional_hours: Decimal = stored("Professional hours (专业课学时).")
    elective_hours: Decimal = stored("Elective hours (其他学时).")
    public_courses: int = stored("Number of public courses (公需课门数).")
    professional_courses: int = stored("Number of professional courses (专业课门数).")
    verdict: Verdict = stored("Pass or fail.")
    binding: bool = stored("Did the rules bind in this year, or is it only for information?")
    explanation: AnnualExplanation = answered_by(annual.explanation, "Why.")
    stale_since: datetime | None = answered_by(
        annual.stale_since, "Since when the records are newer than this (待重新统计)."
    )
    computed_at: datetime = stored("When it was computed.")


@strawberry.type(description="A person whose figures are being looked at anew, or a saved profile.")
class PersonPayload:
    person: Person = stored("The person, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
