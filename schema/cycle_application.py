"""Cycle applications and their figures, as clients see them."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from resolvers import certificate, cycle_application, cycle_result, organisation, person
from resolvers import filter as conditions
from rules.annual import Verdict
from rules.difference import Fate
from rules.person import Discipline, PersonGroup
from rules.title import CycleBusiness, TitleLevel
from schema import errors, filter
from schema.case import Case
from schema.certificate import Certificate
from schema.cycle import CycleExplanation, CycleFigures, CycleLine
from schema.errors import UserError
from schema.field import answered_by, named, published, stored
from schema.label import Label
from schema.node import Node
from schema.organisation import Organisation
from schema.person import Person
from schema.role import OFFICES, REVIEWERS, SUPERIORS
from schema.title import Title
from schema.training import KEY, VERSION, Warning
from workflow.case import Status

STATED = {
    "target_title": "Code of the title applied for (拟申报资格).",
    "discipline": "Discipline (所属学科专业); that of the profile unless given.",
    "qualified_on": "Date of the present title (现专业技术资格取得时间), or of the start of work; "
    "that of the profile unless given.",
}
APPLICATION = "The application."
HOURS = {
    "total": "Total hours (继续教育总学时数).",
    "public": "Public hours (公需课总学时).",
    "professional": "Professional hours (专业课总学时).",
    "elective": "Elective hours (其他学时).",
    "days": "Total hours in days (培训天数).",
    "public_courses": "Distinct public courses (所修公需课门数).",
    "professional_courses": "Distinct professional courses (专业课总门数).",
    "required": "Hours needed together (应完成学时).",
    "first": "First year of the cycle (验证年度).",
    "last": "Last year of the cycle.",
    "supplement": "Was the current year added (当年补充)?",
    "binding": "Do the rules bind, or is the verdict for information (仅供参考)?",
}

published(
    cycle_application.ApplyForCycleInput,
    "ApplyForCycleInput",
    "What is applied for before a promotion.",
    **STATED,
    idempotency_key=KEY,
)
published(
    cycle_application.EditCycleApplicationInput,
    "EditCycleApplicationInput",
    "The same anew, for a draft or a returned application.",
    application_id=APPLICATION,
    **STATED,
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    cycle_application.CycleApplicationInput,
    "CycleApplicationInput",
    "An application and the version the client saw.",
    application_id=APPLICATION,
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    conditions.CycleDraft,
    "CycleDraft",
    "Minimums of a cycle that are not in force: what if they were?",
    hours_per_year="Hours that each year of the cycle asks for.",
    public_courses="Public courses (公需课门数).",
    professional_courses="Professional courses (专业课门数).",
    from_year="The first year that asks for these hours; earlier ones ask for what they did.",
)
published(
    cycle_application.CycleApplicationFilter,
    "CycleApplicationFilter",
    "Which applications.",
    {
        "name": OFFICES,
        "ce_number": REVIEWERS,
        "employer": SUPERIORS,
        "changed_under": REVIEWERS,
    },
    status="Where it stands (信息状态).",
    reason="Why its task is open: 待审, 待审(退案), 待审(回收).",
    step="Key of the step it stands at (业务步骤).",
    person="Whose.",
    name="Name of the applicant (姓名).",
    ce_number="His number of continuing education (继续教育号).",
    employer="Employer then, or a part of the tree.",
    target_title="Code of the title applied for (拟申报资格).",
    level="Level applied for (拟晋升级别).",
    business="The yearly business (复验业务).",
    discipline="Discipline (学科).",
    year="Year of the application.",
    applied_on="Date of the application (申报时间).",
    verdict="Do the latest figures pass?",
    binding="Only those whose rules bind, or only the others.",
    stale="Only those whose hours are being counted again, or only the others.",
    changed_under="Those whose verdict would be another under a draft (政策试算).",
    **filter.JOINED,
)
named(
    cycle_application.CycleApplicationOrderField,
    "CycleApplicationOrderField",
    "What applications are ordered by.",
    APPLIED_ON="Date of the application; drafts are the latest.",
    CREATED_AT="When it was made.",
    NAME="Name of the applicant.",
)
published(
    cycle_application.CycleApplicationOrder,
    "CycleApplicationOrder",
    "One level of the order of applications.",
    field="What by.",
    direction="Which way.",
)
named(
    cycle_application.CycleVerb,
    "CycleVerb",
    "What can be done with an application besides deciding it.",
    EDIT="Edit (编辑).",
    DELETE="Delete a draft (删除).",
    SUBMIT="Submit (送审).",
    RECALL="Recall (回收).",
    WITHDRAW="Withdraw (撤回).",
    RESTATE="Adopt figures that were counted again (重新统计学时), for reviewers.",
)
named(
    Fate,
    "RecordFate",
    "What became of a record between two counts.",
    ADDED="It is new.",
    REMOVED="It is gone.",
    CHANGED="It counts otherwise.",
)


@strawberry.type(description="One button beside an application (操作).")
class CycleAction:
    verb: cycle_application.CycleVerb = stored("What it does.")
    label: str = stored("Its name in the reader's language.")
    enabled: bool = stored("May it be pressed now?")
    refusal: UserError | None = answered_by(errors.of_action, "Why not: what the verb would say.")


@strawberry.type(description="One figure that is another than in the snapshot before.")
class CycleChange:
    field: Label = stored("Which figure.")
    before: str | None = stored("As it was.")
    after: str | None = stored("As it is.")


@strawberry.type(description="One record that counts otherwise than in the snapshot before.")
class CycleRecount:
    fate: Fate = stored("What became of it.")
    before: CycleLine | None = stored("As it counted.")
    after: CycleLine | None = stored("As it counts.")


@strawberry.type(
    description="Figures (统计结果) of an application: a numbered snapshot that never changes."
)
class CycleResult(Node):
    number: int = stored("Number of the snapshot; each recalculation that differs adds one.")
    current: bool = stored("Is it the latest?")
    decided: bool = stored(
        "Was it decided upon? Later ones follow corrections of what is approved."
    )
    person_group: PersonGroup = stored("Person group (人员类别) it was judged for.")
    first_year: int | None = stored(HOURS["first"])
    last_year: int | None = stored(HOURS["last"])
    required_hours: Decimal = stored(HOURS["required"])
    total_hours: Decimal = stored(HOURS["total"])
    public_hours: Decimal = stored(HOURS["public"])
    professional_hours: Decimal = stored(HOURS["professional"])
    elective_hours: Decimal = stored(HOURS["elective"])
    days: Decimal = stored(HOURS["days"])
    public_courses: int = stored(HOURS["public_courses"])
    professional_courses: int = stored(HOURS["professional_courses"])
    verdict: Verdict = stored("Pass or fail.")
    supplement_used: bool = stored(HOURS["supplement"])
    binding: bool = stored(HOURS["binding"])
    computed_at: datetime = stored("When it was counted.")
    obstacle: str | None = answered_by(
        cycle_result.obstacle, "Why it does not pass, in a sentence; null when it does."
    )
    explanation: CycleExplanation | None = answered_by(
        cycle_result.explanation, "Why (验证说明); null where there is no cycle any more."
    )
    changes: list[CycleChange] = answered_by(
        cycle_result.changes, "Figures that are others than in the snapshot before."
    )
    records: list[CycleRecount] = answered_by(
        cycle_result.records, "Records that count otherwise than in the snapshot before."
    )


@strawberry.type(
    description="An application for cycle verification (周期验证申请) before a promotion."
)
class CycleApplication(Node):
    person: Person = answered_by(person.person, "Who applies.")
    employer: Organisation | None = answered_by(
        organisation.employer, "His employer (工作单位) when it was handed in."
    )
    target_title: str = stored(STATED["target_title"])
    target: Title | None = answered_by(
        cycle_application.target, "Series, name and level of that title (申报资格系列)."
    )
    level: TitleLevel = stored("Level applied for (拟晋升级别).")
    business: CycleBusiness = stored("The yearly business that takes it (复验业务).")
    discipline: Discipline = stored("Discipline (所属学科专业).")
    qualified_on: date = stored("Date of the present title (取得时间), or of the start of work.")
    year: int = stored("Year of the application.")
    applied_on: date | None = stored(
        "Date of the application (申报验证时间): it decides which years count; null for drafts."
    )
    status: Status = stored("Where it stands (办理情况).")
    mark: Label = answered_by(
        cycle_application.mark, "The same in words: 办理中, 待审, 待审(退案), 待审(回收)."
    )
    version: int = stored("Rises with every change; goes into expectedVersion.")
    first_year: int | None = stored(HOURS["first"])
    last_year: int | None = stored(HOURS["last"])
    required_hours: Decimal | None = stored(HOURS["required"])
    total_hours: Decimal | None = stored(HOURS["total"])
    public_hours: Decimal | None = stored(HOURS["public"])
    professional_hours: Decimal | None = stored(HOURS["professional"])
    elective_hours: Decimal | None = stored(HOURS["elective"])
    days: Decimal | None = stored(HOURS["days"])
    public_courses: int | None = stored(HOURS["public_courses"])
    professional_courses: int | None = stored(HOURS["professional_courses"])
    verdict: Verdict | None = stored("Do the latest figures pass? Null before it is handed in.")
    supplement_used: bool | None = stored(HOURS["supplement"])
    binding: bool | None = stored(HOURS["binding"])
    computed_at: datetime | None = stored("When the latest figures were counted.")
    stale: bool = stored(
        "Are its hours being counted again (待重新统计)? Until then it is only sent back."
    )
    years: list[CycleFigures] = answered_by(
        cycle_result.years, "The yearly table of the cycle (年度培训情况列表)."
    )
    year_panel: CycleFigures | None = answered_by(
        cycle_result.year_panel, "The year of the application beside it (YYYY年度培训情况)."
    )
    explanation: CycleExplanation | None = answered_by(
        cycle_result.of_application, "Why the latest figures are so (验证说明)."
    )
    results: list[CycleResult] = answered_by(
        cycle_application.results, "All its figures there ever were, the latest first."
    )
    certificate: Certificate | None = answered_by(
        certificate.of_application, "The latest certificate (验证证书) of it, valid or revoked."
    )
    case: Case | None = answered_by(
        cycle_application.case, "Its newest case, with who did what (办理情况)."
    )
    warnings: list[Warning] = answered_by(
        cycle_application.warnings, "What deserves a second look before it is handed in."
    )
    available_actions: list[CycleAction] = answered_by(
        cycle_application.available_actions,
        "What the applicant, or a reviewer besides deciding, may do now (操作).",
    )
    created_at: datetime = stored("When it was made.")
    updated_at: datetime = stored("When it was last changed.")
    submitted_at: datetime | None = stored("When it was first handed in.")
    closed_at: datetime | None = stored("When it was decided or given up.")


@strawberry.type(description="An application after a verb.")
class CycleApplicationPayload:
    application: CycleApplication | None = stored(
        "The application, read again; null when it was thrown away."
    )
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
