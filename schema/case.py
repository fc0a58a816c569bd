"""Cases and timelines, as clients see them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import amendment, case, cycle_application, grant, organisation, person, route
from schema.action import Action
from schema.field import answered_by, named, stored
from schema.label import Label
from schema.node import Node
from schema.organisation import Organisation
from schema.person import Person, Profile
from schema.role import REVIEWERS
from schema.route import RouteStep
from workflow.case import Kind, Reason, Status

named(
    Status,
    "CaseStatus",
    "Where a case stands.",
    DRAFT="Not submitted, or recalled (未送审).",
    IN_REVIEW="Under review (办理中).",
    RETURNED="Returned to the applicant, who may change it (退回待改).",
    BLOCKED="An organisation is missing; the operators see it (受阻).",
    APPROVED="Approved (审核同意).",
    REJECTED="Rejected (不同意).",
    WITHDRAWN="Withdrawn by the applicant, or for one who has left (已撤回).",
)
named(
    Kind,
    "EventKind",
    "What can happen to a case.",
    SUBMITTED="Handed in (送审).",
    RECALLED="Taken back (回收).",
    WITHDRAWN="Given up for good (撤回).",
    CLAIMED="Somebody took the task (签收).",
    UNCLAIMED="Somebody put it back (放回).",
    RELEASED="An administrator freed it (释放).",
    OPINED="An opinion was given (处理意见).",
    RETURNED_INSIDE="Handed back to a colleague (退案内部).",
    FORWARDED="Sent on to the next step.",
    STEP_SKIPPED="A step was left out, and why.",
    STEP_UNDERSTAFFED="A step has too few people.",
    STAND_IN_CALLED="The superior body was asked for the second person (代审).",
    BLOCKED="No organisation was found for the next step.",
    CLAIM_EXPIRED="A task that was held for two working days was put back.",
    MOVED_UP="Nobody was left in the group; the task went to the next group up.",
    FREED="Whoever it was kept for has left; it is the group's again.",
    TRANSFERRED="The task was handed to a colleague (转办).",
    SIGNER_ADDED="One more opinion was asked for (加签).",
    SIGNER_DROPPED="It was asked for no more (减签).",
    SIGNER_LEFT="Nobody is left who could give the opinion asked for; the case waits.",
    URGED="Whoever has the task was asked to hurry (催办).",
    COPIED="Somebody may read the case for a time (抄送).",
    REDIRECTED="The step was moved to another organisation (改派).",
    OVERDUE="The term is over (办理逾期); told once for each level.",
    RETURNED="Returned (退案).",
    RESTATED="The content as it is now was adopted; all begins again (重新统计).",
    APPROVED="Ended with yes (审核同意结案).",
    REJECTED="Ended with no (不同意结案).",
    MIGRATED_DEFINITION="Goes on under another version of its route (流程换版).",
)
named(
    Reason,
    "TaskReason",
    "Why a task is open.",
    SUBMITTED="After a submission (待审).",
    RETURNED="After a return from a later step (待审(退案)).",
    RECALLED="After a recall (待审(回收)).",
    HANDED_BACK="Handed back by a colleague (退案(内部)).",
    RESTATED="The content was stated anew (待审(重新统计)).",
    REDIRECTED="Moved here from another organisation (待审(改派)).",
    SIGNER="An opinion is asked for besides (待审(加签)).",
)

if TYPE_CHECKING:
    from schema.amendment import Amendment
    from schema.cycle_application import CycleApplication
    from schema.grant import Grant
    from schema.task import Task
    from schema.training import TrainingRecord
else:  # a record shows its case, a case its record
    Amendment = Annotated["Amendment", strawberry.lazy("schema.amendment")]
    Grant = Annotated["Grant", strawberry.lazy("schema.grant")]
    CycleApplication = Annotated["CycleApplication", strawberry.lazy("schema.cycle_application")]
    Task = Annotated["Task", strawberry.lazy("schema.task")]
    TrainingRecord = Annotated["TrainingRecord", strawberry.lazy("schema.training")]


@strawberry.type(description="What a reviewer made of a number: declared and approved (拟报→核定).")
class Change:
    field: str = stored("Which number.")
    declared: Decimal | None = stored("As the person stated it.")
    approved: Decimal = stored("As the reviewer granted it.")


@strawberry.type(description="One line of the timeline (办理情况).")
class TimelineEntry:
    number: int = stored("Running number (序号).")
    step: Label | None = stored("Step (业务步骤).")
    kind: Kind = stored("What happened.")
    what: Label = stored("The same in words (处理结果).")
    comment: str = stored("What was said (意见).")
    organisation: str | None = stored("Organisation (所属单位).")
    person: str | None = stored("Person (处理人).")
    on_behalf_of: str | None = stored("In whose name (代理), if not in his own.")
    signature: str | None = stored("Both in words: 张三 代 李四.")
    at: datetime = stored("When (操作时间).")
    round: int | None = stored("Which submission it belongs to.")
    to: Label | None = stored("Where the case went, if it was returned or recalled.")
    changes: list[Change] = answered_by(case.changes, "Numbers the reviewer set.")


@strawberry.type(description="A case (案): one run of an approval route for one subject.")
class Case(Node):
    business: Label = answered_by(case.business, "The business (所属业务): its route.")
    route_version: int = stored("Version of the route it was submitted under.")
    status: Status = stored("Where it stands.")
    step: Label | None = answered_by(case.step, "The step it stands at; none when it is over.")
    round: int = stored("How often it was submitted.")
    version: int = stored("Goes into expectedVersion of task verbs.")
    applicant: Person = answered_by(
        person.applicant, "Whose case it is; of an amendment, who proposed it."
    )
    employer: Organisation | None = answered_by(organisation.employer, "His employer then.")
    opened_at: datetime = stored("When it was first submitted.")
    closed_at: datetime | None = stored("When it ended.")
    due_at: datetime | None = stored("When the present step is due.")
    record: TrainingRecord | None = answered_by(case.record, "The training record it is about.")
    amendment: Amendment | None = answered_by(
        amendment.of_subject, "The amendment it is about, if it is about one."
    )
    grant: Grant | None = answered_by(
        grant.of_subject, "The grant (权限) it is about, if it is about one."
    )
    profile: Profile | None = answered_by(
        person.of_subject, "The profile it is about, if it is about one."
    )
    cycle_application: CycleApplication | None = answered_by(
        cycle_application.of_subject, "The cycle application it is about, if it is about one."
    )
    open_task: Task | None = answered_by(
        case.open_task, "The open task, for those to whom it is addressed.", seen_by=REVIEWERS
    )
    available_actions: list[Action] = answered_by(
        case.available_actions,
        "What may be done to it whoever has its task, with the reason when it is greyed.",
    )
    timeline: list[TimelineEntry] = answered_by(case.timeline, "What happened, in order.")
    dossier_url: str = stored(
        "Address of its dossier (办案卷宗) as PDF; with .json in place of .pdf, as data."
    )
    forecast: list[RouteStep] = answered_by(
        route.forecast, "What awaits it, step by step; nothing when it is over."
    )
    diagram: str = answered_by(
        route.diagram, "Its route as Mermaid: the present step is thick, those done are shaded."
    )


@strawberry.type(description="A case after a verb.")
class CasePayload:
    case: Case = stored("The case, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
